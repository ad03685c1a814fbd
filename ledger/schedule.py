"""Repayment schedules: on which days a loan is paid back, and what of each payment is interest and principal.

A schedule is spans (from one due date to the next, with the days of interest each stands for) and the instalments
solved over them. Early principal keeps the dates and solves the rest anew.
Source: domain.md section 4, oracles O3, O5, O6.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Final

import msgspec

from ledger.calendar import add_months
from ledger.interest import days_between, year_days
from ledger.money import RATE_UNIT, round_half_up
from ledger.vocabulary import DayCount, Method, PeriodBasis

LONGEST: Final = 1_200
"""Instalments a schedule has at most; a due date further off than that many months gets the last of them."""

_LAST_DAY: Final = date(9999, 11, 30).toordinal()
_PRECISION: Final = 10**50  # discount factors; 1,200 of them, each cut off once, stay far below a minor unit


class Span(msgspec.Struct, frozen=True, gc=False):
    """The time up to a due date, and the days of interest it stands for (a fraction where periods are equal)."""

    start: int
    due_on: int
    days: Fraction

    def units(self, principal: int, daily_rate: int) -> Fraction:
        """Interest over the span. Units: minor units * 10**-12."""
        return principal * daily_rate * self.days

    def cut(self, day: int) -> "Span":
        """What is left of the span from a day on."""
        if day <= self.start:
            return self
        return Span(day, self.due_on, self.days * max(0, self.due_on - day) / (self.due_on - self.start))

    def joined(self, following: "Span") -> "Span":
        """This span and the one after it as one, when the payment between them is already made."""
        return Span(self.start, following.due_on, self.days + following.days)


class Instalment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One payment of a schedule. Units: minor units; `due_on` an ordinal; `days` the calendar days since the last."""

    number: int
    due_on: int
    days: int
    payment: int
    interest: int
    principal: int
    balance: int


def schedule(
    principal: int,
    *,
    daily_rate: int,
    method: Method,
    periods: int | None = None,
    drawn_on: int,
    first_due_on: int | None = None,
    due_on: int | None = None,
    period_basis: PeriodBasis = "actual_days",
    day_count: DayCount = "act_365f",
) -> tuple[Instalment, ...]:
    """The instalments of a loan as it is drawn; none when nothing says when it is due.

    Units: `daily_rate` in 10**-12 a day; days are ordinals.
    """
    dates = due_dates(method, periods=periods, drawn_on=drawn_on, first_due_on=first_due_on, due_on=due_on)
    over = spans(dates, drawn_on=drawn_on, period_basis=period_basis, day_count=day_count)
    return solve(principal, over, daily_rate=daily_rate, method=method)


def due_dates(
    method: Method, *, periods: int | None, drawn_on: int, first_due_on: int | None, due_on: int | None
) -> tuple[int, ...]:
    """The days on which something is due, all after the draw.

    Monthly dates keep the day of the first (31 Jan, 28 Feb, 31 Mar); without a first date it is the day of the draw
    one month on. A final `due_on` ends the monthly dates, and is the last of them. Instalments of which neither the
    number nor the end is known have no dates.
    """
    anchor, offset = (drawn_on, 1) if first_due_on is None else (first_due_on, 0)
    due_on = None if due_on is None else min(due_on, _LAST_DAY)
    if method == "at_will" or (method == "bullet" and due_on is not None):
        dates = [] if due_on is None else [due_on]
    elif method == "bullet":
        count = periods if periods is not None else 1 - offset
        dates = _monthly(anchor, offset, count, due_on=None)[-1:]
    else:
        known = periods is not None or due_on is not None
        dates = _monthly(anchor, offset, periods or LONGEST, due_on=due_on) if known else []
    return tuple(day for day in dates if day > drawn_on)


def _monthly(anchor: int, offset: int, count: int, *, due_on: int | None) -> list[int]:
    end = due_on or _LAST_DAY
    dates: list[int] = []
    for number in range(offset, offset + min(count, LONGEST)):
        year_months = date.fromordinal(anchor).year * 12 + date.fromordinal(anchor).month + number
        day = add_months(anchor, number) if year_months < 9999 * 12 + 11 else end
        if day >= end:
            dates.append(end)
            break
        dates.append(day)
    if due_on is not None and dates and dates[-1] < due_on:
        dates[-1] = due_on
    return dates


def spans(dates: Sequence[int], *, drawn_on: int, period_basis: PeriodBasis, day_count: DayCount) -> tuple[Span, ...]:
    """The time between due dates with the days of interest of each.

    Equal periods are one month of a year of 365 or 360 days each; the first, and a single one, are as many whole
    months as they last, and the days over.
    """
    made: list[Span] = []
    for start, due_on in pairwise((drawn_on, *dates)):
        if period_basis == "actual_days":
            days = Fraction(days_between(day_count, start, due_on))
        elif made:
            days = Fraction(year_days(day_count), 12)
        else:
            days = _months_and_days(start, due_on, day_count)
        made.append(Span(start, due_on, days))
    return tuple(made)


def _months_and_days(start: int, due_on: int, day_count: DayCount) -> Fraction:
    first, last = date.fromordinal(start), date.fromordinal(due_on)
    months = (last.year - first.year) * 12 + last.month - first.month
    if add_months(start, months) > due_on:
        months -= 1
    return Fraction(months * year_days(day_count), 12) + due_on - add_months(start, months)


def solve(
    principal: int,
    over: Sequence[Span],
    *,
    daily_rate: int,
    method: Method,
    carried: int = 0,
    payment: int | None = None,
    number: int = 1,
) -> tuple[Instalment, ...]:
    """The instalments that bring a balance to zero over spans; the last one absorbs what rounding left.

    Units: `carried` is interest already owed that the first payment takes along, in minor units * 10**-12.
    Shape: `payment` fixes what is otherwise solved: the payment of equal instalments, or the principal in each of
    equal principal parts. Numbers count from `number`.
    """
    if payment is None:
        payment = level(principal, over, daily_rate=daily_rate, method=method, carried=carried)
    rows: list[Instalment] = []
    balance, last = principal, len(over) - 1
    for index, span in enumerate(over):
        days, parts = span.days.numerator, span.days.denominator
        interest = max(0, round_half_up(balance * daily_rate * days + carried * parts, parts * RATE_UNIT))
        carried = 0
        part = balance if index == last else _part(method, payment, interest=interest, balance=balance)
        balance -= part
        rows.append(
            Instalment(
                number=number + index,
                due_on=span.due_on,
                days=span.due_on - span.start,
                payment=interest + part,
                interest=interest,
                principal=part,
                balance=balance,
            )
        )
    return tuple(rows)


def _part(method: Method, payment: int, *, interest: int, balance: int) -> int:
    """The principal in an instalment that is not the last."""
    if method == "equal_instalment":
        return min(max(0, payment - interest), balance)
    return min(payment, balance)


def level(principal: int, over: Sequence[Span], *, daily_rate: int, method: Method, carried: int) -> int:
    """What is the same in every instalment but the last: the payment, or the principal in it (0: none)."""
    if not over or method not in ("equal_instalment", "equal_principal"):
        return 0
    if method == "equal_principal":
        return round_half_up(principal, len(over))
    factor, annuity, first = _PRECISION, 0, 0
    for span in over:
        growth = RATE_UNIT * span.days.denominator + daily_rate * span.days.numerator
        factor = factor * RATE_UNIT * span.days.denominator // growth
        first = first or factor
        annuity += factor
    value = principal * RATE_UNIT * _PRECISION + carried * first
    return max(0, round_half_up(value, annuity * RATE_UNIT)) if annuity else principal
