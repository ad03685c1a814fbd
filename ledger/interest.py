"""Simple interest by day counts, in exact integers, and what a daily rate comes to in a year.

Source: domain.md section 4. Day counts: 30E/360 and 30U/360 as in ISDA 2006 section 4.16 (f) and (g), the latter
with the rule for the end of February.
"""

from datetime import date
from fractions import Fraction
from typing import Final, Literal, TypeAlias, assert_never

from ledger.money import RATE_UNIT, round_half_up
from ledger.vocabulary import DayCount

Basis: TypeAlias = Literal["x360", "x365", "effective"]
"""How a daily rate is annualised; a yearly rate without its basis says nothing."""

ACTUAL: Final = ("act_365f", "act_360")
"""The day counts that count each day as one."""
_YEAR_DAYS: Final[dict[DayCount, int]] = {"act_365f": 365, "act_360": 360, "30e_360": 360, "30u_360": 360}
_FACTORS: Final[dict[Basis, int]] = {"x360": 360, "x365": 365}


def year_days(day_count: DayCount) -> int:
    """The days a year has in a day count."""
    return _YEAR_DAYS[day_count]


def days_between(day_count: DayCount, start: int, end: int) -> int:
    """The days for which interest runs over [start, end). Units: both are ordinals."""
    match day_count:
        case "act_365f" | "act_360":
            return end - start
        case "30e_360":
            return _count_30e(end) - _count_30e(start)
        case "30u_360":
            return _days_30u(date.fromordinal(start), date.fromordinal(end))
        case _:
            assert_never(day_count)


def days_within(day_count: DayCount, anchor: int, start: int, end: int) -> int:
    """The days for which interest runs over [start, end) in a period that began on `anchor`.

    Counted from there, so that parts of a period add up to it, which 30U/360 does not give by itself.
    """
    if day_count in ACTUAL:
        return end - start
    anchor = min(anchor, start)
    return days_between(day_count, anchor, end) - days_between(day_count, anchor, start)


def interest_units(principal: int, daily_rate: int, days: int) -> int:
    """Simple interest, exactly. Units: minor units * 10**-12; `daily_rate` in units of 10**-12 a day."""
    return principal * daily_rate * days


def posted(units: int) -> int:
    """Exact interest as it is posted or shown: rounded once, to the minor unit."""
    return round_half_up(units, RATE_UNIT)


def annualise(daily_rate: int, basis: Basis) -> Fraction:
    """A daily rate as a yearly one, as a fraction (0.146 for 14.6 %)."""
    if basis == "effective":
        return Fraction(RATE_UNIT + daily_rate, RATE_UNIT) ** 365 - 1
    return Fraction(daily_rate * _FACTORS[basis], RATE_UNIT)


def _count_30e(ordinal: int) -> int:
    on = date.fromordinal(ordinal)
    return on.year * 360 + on.month * 30 + min(on.day, 30)


def _days_30u(start: date, end: date) -> int:
    first, last = start.day, end.day
    if _ends_february(start):
        if _ends_february(end):
            last = 30
        first = 30
    if last == 31 and first >= 30:
        last = 30
    first = min(first, 30)
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def _ends_february(on: date) -> bool:
    return on.month == 2 and date.fromordinal(on.toordinal() + 1).month == 3
