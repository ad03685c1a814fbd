"""A repayment plan: the cheapest course of payments inside a budget, beside the usual ones, verified by the ledger.

What the plan says is what the one fold made of its payments. All of them are then taken as facts into a fresh fold of
the history, which must come to the same. Where rounding makes another verified course a few minor units cheaper, that
one is the plan.
Source: docs/planning.md; domain.md sections 4 to 6.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Final

import msgspec

from ledger.book import fold
from ledger.money import MINOR_DIGITS
from ledger.timeline import Timeline
from projections.planning.course import Asked, Chooser, Course, Strategy, Walker, walk
from projections.planning.course import begun as started
from projections.planning.debts import Debt, bills_due, debts, months, outstanding
from projections.planning.feasibility import Infeasible, infeasible
from projections.planning.programme import Problem, Proposal
from projections.planning.purse import Purse
from projections.planning.solution import Solution, solve, verify
from projections.planning.strategies import avalanche, minimum, snowball
from projections.planning.tracks import tracks

LONGEST: Final = 120
"""Months that are looked ahead when nobody says how many."""

_BILLED_MONTHS: Final = 3
_USUAL: Final[dict[Strategy, Chooser]] = {"avalanche": avalanche, "snowball": snowball}


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan and what it is compared with.

    Shape: `chosen` is the plan, None where nothing holds, and then `infeasible` says why; `courses` are all that were
    followed, the plan first. `proposal` is what the programme made of it, in fractions, None where it found nothing.
    `opening` is what was owed beyond principal when the plan began. Units: minor units.
    """

    asked: Asked
    debts: tuple[Debt, ...]
    principal: int
    opening: int
    chosen: Course | None
    courses: tuple[Course, ...]
    proposal: Proposal | None
    infeasible: Infeasible | None

    @property
    def proposed(self) -> Fraction | None:
        """The interest that the programme counts on."""
        return None if self.proposal is None else self.proposal.interest


def plan(timeline: Timeline, *, at: int, budget: int, purse: Purse | None, count: int | None = None) -> Plan:
    """The plan of a household from an instant on. Units: `budget` in minor units a month; `count` in months."""
    known = timeline.supposing((), until=at)
    begun = fold(known, at=at)
    ahead = months(begun.day, count or LONGEST)
    asked = Asked(timeline=known, book=begun, at=at, months=ahead, budget=budget, purse=purse)
    usual = {name: walk(asked, name, chooser) for name, chooser in _USUAL.items()}
    if count is not None:
        return _over(asked, usual)
    longest = max(1, *(len(course.months) for course in usual.values()))
    found = _over(msgspec.structs.replace(asked, months=ahead[:longest]), usual)
    while found.chosen is not None and found.chosen.owed and longest < LONGEST:
        longest *= 2
        found = _over(msgspec.structs.replace(asked, months=ahead[:longest]), usual)
    return found


def _over(asked: Asked, paid: Mapping[Strategy, Course]) -> Plan:
    """The plan over the months that are asked about; `paid` are the usual ways, which may be done sooner."""
    usual = {**paid, "minimum": walk(asked, "minimum", minimum)}
    problem, begun = _problem(asked), asked.book
    best = min(paid.values(), key=lambda course: (not course.holds, course.interest))
    solution = solve(asked, problem, guess=started(best))
    nothing = msgspec.structs.replace(usual["minimum"], strategy="optimal")
    chosen = nothing if not outstanding(begun, begun.day) else _cheapest(asked, solution, usual)
    principal = sum(line.loans.principal for line in begun.lines.values())
    return Plan(
        asked=asked,
        debts=tuple(track.debt for track in problem.tracks),
        principal=principal,
        opening=sum(line.loans.total(begun.day) for line in begun.lines.values()) - principal,
        chosen=chosen,
        courses=(*(() if chosen is None else (chosen,)), *usual.values()),
        proposal=None if solution is None else solution.proposal,
        infeasible=None if chosen is not None else infeasible(asked, problem, enough=partial(_enough, problem)),
    )


def _enough(problem: Problem, asked: Asked, begun: Mapping[str, int]) -> bool:
    """Whether some course holds inside a budget, with debts that have a choice begun in given months."""
    usual = {name: walk(asked, name, chooser) for name, chooser in _USUAL.items()}
    if any(course.holds for course in usual.values()):
        return True
    return _cheapest(asked, solve(asked, problem, guess=begun, settled=True), usual) is not None


def _problem(asked: Asked) -> Problem:
    """The programme's view of the first day of the first month, when what was overdue is cleared."""
    walker, first = Walker(asked), asked.months[0]
    cleared = walker.clear(first)
    bills = [
        (line.name, month.number, due.amount)
        for line in walker.book.lines.values()
        for month in asked.months[:_BILLED_MONTHS]
        for due in bills_due(line, month)
    ]
    return Problem(
        tracks=tracks(walker.book, debts(walker.book, first.first), asked.months),
        months=asked.months,
        cleared=cleared,
        burden=cleared - sum(payment.principal for payment in walker.payments),
        bills=tuple(bills),
        purse=asked.purse,
        unit=10 ** MINOR_DIGITS[asked.timeline.currency],
    )


def _cheapest(asked: Asked, solution: Solution | None, usual: Mapping[Strategy, Course]) -> Course | None:
    """The proposed course, unless rounding made a usual one that holds cheaper; None where none holds."""
    found = [course for name, course in usual.items() if course.holds and name != "minimum"]
    found = found if solution is None or solution.course is None else [solution.course, *found]
    if not found:
        return None
    best = min(found, key=lambda course: (course.interest, course.owed))
    verify(asked, best)
    return msgspec.structs.replace(best, strategy="optimal")
