"""Why there is no plan: which minimums a budget cannot meet, by how much and when, and what would be enough."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final, NamedTuple, TypeAlias

import msgspec

from ledger.money import round_fraction
from projections.planning.course import Asked, Course, begun, walk
from projections.planning.debts import Month
from projections.planning.programme import Least, Problem, highest_floor, shortfalls, smallest_budget
from projections.planning.strategies import minimum, soonest

_ATTEMPTS: Final = 5


class Unmet(NamedTuple):
    """A payment that is due in a month, and what of it cannot be met. Units: an ordinal, minor units."""

    line: str
    loan: str | None
    on: int
    amount: int
    unmet: int


class Short(NamedTuple):
    """A month whose minimums a budget cannot meet. Units: minor units.

    Shape: `dues` are in the order of their days; what comes last is what cannot be met.
    """

    month: Month
    amount: int
    dues: tuple[Unmet, ...]


class Infeasible(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no plan.

    Shape: `short` is empty where it is the floor that cannot hold; `smallest` is the smallest budget that is
    feasible, in whole units of the currency, None where none is; then `floor` is the highest reserve that can be kept.
    Units: minor units.
    """

    short: tuple[Short, ...]
    smallest: int | None
    floor: int | None


Enough: TypeAlias = Callable[[Asked, Mapping[str, int]], bool]
"""Says of another budget whether some course would hold, with debts begun in given months."""


def infeasible(asked: Asked, problem: Problem, *, enough: Enough) -> Infeasible:
    """Why nothing holds."""
    least, guess = walk(asked, "minimum", minimum), begun(walk(asked, "optimal", soonest))
    needed = smallest_budget(problem, guess=guess)
    lacking = {month.number: _lacking(month, least, budget=asked.budget) for month in asked.months}
    short = shortfalls(problem, budget=asked.budget, lacking=lacking, guess=guess if needed is None else needed.begun)
    found = tuple(
        _short(month, amount, least)
        for month in asked.months
        if (amount := min(round_fraction(short.get(month.number, Fraction(0))), lacking[month.number])) > 0
    )
    smallest = None if needed is None else _smallest(asked, needed, unit=problem.unit, enough=enough)
    return Infeasible(short=found, smallest=smallest, floor=None if smallest is not None else _floor(problem))


def _lacking(month: Month, least: Course, *, budget: int) -> int:
    """What a budget lacks for the minimums of a month when nothing was paid early."""
    return max(0, sum(one.amount for one in least.payments if one.month == month.number) - budget)


def _short(month: Month, amount: int, least: Course) -> Short:
    dues: list[Unmet] = []
    left = amount
    for payment in reversed([one for one in least.payments if one.month == month.number]):
        unmet = min(left, payment.amount)
        left -= unmet
        dues.append(Unmet(payment.line, payment.loan, payment.on, payment.amount, unmet))
    return Short(month, amount, tuple(reversed(dues)))


def _smallest(asked: Asked, needed: Least, *, unit: int, enough: Enough) -> int | None:
    """The smallest budget in whole units that the ledger, too, finds feasible.

    Interest is rounded with each payment, so that now and then a unit less than the programme asks for is enough.
    """
    exact = needed.budget
    units = -(-(exact.numerator - exact.denominator // 1000) // (exact.denominator * unit))
    for budget in range(max(units - 1, 0) * unit, (units + _ATTEMPTS) * unit, unit):
        if enough(msgspec.structs.replace(asked, budget=budget), needed.begun):
            return budget
    return None


def _floor(problem: Problem) -> int | None:
    liquid, purse = highest_floor(problem), problem.purse
    return None if liquid is None or purse is None else round_fraction(purse.reserve(liquid))
