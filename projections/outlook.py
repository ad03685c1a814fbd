"""A household's months ahead: what it has, what comes and goes each month, and what falls due in which month.

Source: domain.md section 6.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, final

from ledger.calendar import add_months
from ledger.line import Line
from ledger.money import Quotient, round_half_up
from projections.debt import lender_group
from projections.ruleset import Scenario

PARTS: Final = 600
"""Months of income and essentials are quotients by 1, 2 or 3, shocks are percents: in 600ths all are whole."""


@final
class Outlook:
    """A household's months ahead. Units: 600ths of minor units.

    Shape: `dated[k]` falls due in the k-th month from today on; `called` is what a freeze makes due in the first;
    `courses` keeps what was summed up, since many shocks leave the same income.
    """

    __slots__ = ("called", "courses", "dated", "essentials", "income", "reserve")

    def __init__(
        self, reserve: int, income: int, essentials: int, dated: tuple[int, ...], called: dict[str, int]
    ) -> None:
        self.reserve = reserve
        self.income = income
        self.essentials = essentials
        self.dated = dated
        self.called = called
        self.courses: dict[tuple[int, int], Course] = {}

    def course(self, scenario: Scenario, *, held: bool) -> "Course":
        """What the months leave, but for what is due once; `held` lets the shock last for ever."""
        lasts = len(self.dated) if held or not scenario.months else scenario.months
        key = (scenario.income_percent, lasts)
        found = self.courses.get(key)
        if found is None:
            shocked, usual = self.shocked_income(scenario) - self.essentials, self.income - self.essentials
            sums, left = [], 0
            for month, due in enumerate(self.dated):
                left += (shocked if month < lasts else usual) - due
                sums.append(left)
            found = self.courses[key] = Course(sums)
        return found

    def first(self, scenario: Scenario) -> int:
        """What the first month's income leaves after essentials and everything that falls due in it."""
        return self.shocked_income(scenario) - self.essentials - self.dated[0] - self.once(scenario)

    def shocked_income(self, scenario: Scenario) -> int:
        """A month's income while the shock lasts."""
        return self.income * scenario.income_percent // 100

    def once(self, scenario: Scenario) -> int:
        """What the shock makes due in the first month on top of the months to come."""
        return self.called[scenario.freezes] + self.essentials * scenario.times_essentials


@final
class Course:
    """What months of income leave after essentials and what falls due, summed up from the first on, and the least."""

    __slots__ = ("least", "sums")

    def __init__(self, sums: list[int]) -> None:
        self.sums = sums
        self.least = min(sums)

    def below(self, level: int) -> int | None:
        """The first month, counted from 1, after which less than this is left."""
        if self.least >= level:
            return None
        for month, left in enumerate(self.sums, start=1):
            if left < level:
                return month
        raise AssertionError("the least of them is among them")


def outlook(
    lines: Sequence[Line], *, day: int, months: int, reserve: int, income: Quotient, essentials: Quotient
) -> Outlook:
    """The months ahead, seen from a day. Units: minor units."""
    ends = _ends(day, months)
    dated = _monthly_interest(lines, day, ends)
    for line in lines:
        for payment in line.loans.ahead(day):
            month = bisect_left(ends, payment.due_on)
            if month < months:
                dated[month] += payment.amount
    return Outlook(
        reserve=reserve * PARTS,
        income=_whole(income),
        essentials=_whole(essentials),
        dated=tuple(amount * PARTS for amount in dated),
        called={
            "nothing": 0,
            "revocable": PARTS * sum(unbilled(line, day) for line in lines if line.terms.revocable),
            "largest_lender": PARTS * sum(unbilled(line, day) for line in _largest(lines)),
        },
    )


@lru_cache(maxsize=64)
def _ends(day: int, months: int) -> tuple[int, ...]:
    """The last day of each month ahead; many households are asked about on the same day."""
    return tuple(add_months(day, month) for month in range(1, months + 1))


def _monthly_interest(lines: Sequence[Line], day: int, ends: Sequence[int]) -> list[int]:
    """Interest in each month ahead on what is owed at will. It only ever falls: where the ends agree, all months do."""
    steady, falling = 0, []
    for line in lines:
        first, last = line.loans.month_interest(day, ends[0]), line.loans.month_interest(day, ends[-1])
        if first == last:
            steady += first
        else:
            falling.append([line.loans.month_interest(day, end) for end in ends])
    return [steady + sum(month) for month in zip(*falling, strict=True)] if falling else [steady] * len(ends)


def unbilled(line: Line, day: int) -> int:
    """What a frozen line asks for within the month beside its dated payments.

    A full balance is billed as a whole and can then no longer be drawn anew; drawn principal cannot be called early.
    """
    if line.terms.limit_basis != "full_balance" or not line.terms.revolving:
        return 0
    return max(0, line.drawn - line.loans.overdue(day) - sum(payment.amount for payment in line.loans.ahead(day)))


def _largest(lines: Iterable[Line]) -> list[Line]:
    """The lines of the lender group that the most unsecured principal is owed to, as the indicator names it.

    Shape: where none is unsecured, of the one that the most is owed to.
    """
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(lender_group(line), []).append(line)
    return groups[max(sorted(groups), key=lambda group: _owed(groups[group]))] if groups else []


def _owed(lines: Iterable[Line]) -> tuple[int, int]:
    """Principal on some lines, unsecured and in all. Units: minor units."""
    owed = [(line.loans.principal, line.terms.secured) for line in lines]
    return sum(principal for principal, secured in owed if not secured), sum(principal for principal, _ in owed)


def _whole(monthly: Quotient) -> int:
    return round_half_up(monthly.numerator * PARTS, monthly.denominator)
