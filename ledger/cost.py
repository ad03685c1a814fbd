"""What credit costs all in: the internal rate of return of what was really paid and received.

A headline such as a monthly fee on the amount first borrowed understates it. Informs only; says nothing of legality.
Source: domain.md section 4, "All-in cost".
"""

from collections.abc import Iterable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from fractions import Fraction
from typing import Final

import msgspec

from ledger.money import round_fraction

_PLACES: Final = 15
_HALVINGS: Final = 80
_DIGITS: Final = 60
_LOWEST: Final = Decimal("-0.99")
_HIGHEST: Final = Decimal(1000)


class Flow(msgspec.Struct, frozen=True):
    """Money received (positive) or paid (negative). Units: minor units; `period` counts months, or is an ordinal."""

    period: int
    amount: int


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """All-in cost a year, as fractions: `nominal` is the monthly rate times 12, `effective` with interest on it."""

    monthly: Fraction
    nominal: Fraction
    effective: Fraction


def dated_cost(flows: Sequence[Flow]) -> Cost | None:
    """The cost of cash flows on any days; a year has 365 of them, and a month is a twelfth of it."""
    by_day = rate_of_return(flows)
    if by_day is None:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        effective = _decimal(1 + by_day) ** 365 - 1
        monthly = (1 + effective) ** (Decimal(1) / 12) - 1
        return Cost(
            monthly=_places(Fraction(monthly)), nominal=_places(Fraction(monthly * 12)), effective=_places(effective)
        )


def rate_of_return(flows: Iterable[Flow]) -> Fraction | None:
    """The rate a period at which the flows are worth nothing, to 15 places; None when there is no such rate.

    Flows of one sign, or all at once, have none. Where several rates would do, one of them is returned: repayments
    that follow what they repay have one only.
    """
    by_period: dict[int, int] = {}
    for flow in flows:
        by_period[flow.period] = by_period.get(flow.period, 0) + flow.amount
    amounts = sorted((period, amount) for period, amount in by_period.items() if amount)
    if not amounts or all(amount > 0 for _, amount in amounts) or all(amount < 0 for _, amount in amounts):
        return None
    with localcontext() as context:
        context.prec, context.Emax, context.Emin = _DIGITS, MAX_EMAX, MIN_EMIN
        return _bisect([(period - amounts[0][0], Decimal(amount)) for period, amount in amounts])


def _bisect(amounts: Sequence[tuple[int, Decimal]]) -> Fraction | None:
    low, high = _LOWEST, _HIGHEST
    worth_low, worth_high = _worth(amounts, low), _worth(amounts, high)
    if (worth_low > 0) == (worth_high > 0):
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (_worth(amounts, middle) > 0) == (worth_low > 0):
            low = middle
        else:
            high = middle
    return _places((low + high) / 2)


def _worth(amounts: Sequence[tuple[int, Decimal]], rate: Decimal) -> Decimal:
    """What the flows are worth at the last of them, seen at a rate."""
    growth, worth, reached = 1 + rate, Decimal(0), amounts[0][0]
    grown: dict[int, Decimal] = {}
    for period, amount in amounts:
        gap, reached = period - reached, period
        if gap not in grown:
            grown[gap] = growth**gap
        worth = worth * grown[gap] + amount
    return worth


def _places(value: Decimal | Fraction) -> Fraction:
    return Fraction(round_fraction(Fraction(value) * 10**_PLACES), 10**_PLACES)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
