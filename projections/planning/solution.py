"""From a proposal in fractions to payments in minor units, and back through the ledger until they hold.

A proposed balance is rounded to the minor unit and walked through the fold. Should what was rounded away break a
budget or a floor by a few minor units, the programme is asked again with a little less of the one, more of the other.
Source: docs/planning.md.
"""

from typing import Final, NamedTuple

import msgspec

from ledger.book import fold
from projections.planning.course import Asked, Course, walk
from projections.planning.debts import outstanding
from projections.planning.programme import Problem, Proposal, propose
from projections.planning.strategies import toward

_MARGINS: Final = (0, 1, 10)
"""Whole units of the currency by which budget and floor are drawn in, one attempt after the other."""


class Unverified(AssertionError):
    """A course whose facts, folded anew, come to something else: a fault of the program, never of the book."""


class Solution(NamedTuple):
    """A proposal and the course that follows it."""

    proposal: Proposal
    course: Course


def solve(asked: Asked, problem: Problem) -> Solution | None:
    """The cheapest course that holds; None when there is none."""
    for margin in _MARGINS:
        proposal = propose(_drawn_in(problem, margin), budget=asked.budget - margin * problem.unit)
        if proposal is None:
            return None
        course = walk(asked, "optimal", toward(proposal.targets))
        if course.holds:
            return Solution(proposal, course)
    return None


def _drawn_in(problem: Problem, margin: int) -> Problem:
    purse = problem.purse
    if not margin or purse is None or purse.floor is None:
        return problem
    higher = msgspec.structs.replace(purse, floor=purse.floor + margin * problem.unit)
    return msgspec.structs.replace(problem, purse=higher)


def verify(asked: Asked, course: Course) -> None:
    """Fold the history and a course's facts anew. Raises: Unverified when that comes to something else."""
    until = asked.at
    before = sum(line.loans.principal for line in asked.book.lines.values())
    supposed = asked.timeline.supposing(course.facts, until=until)
    last = course.months[-1].month.last + 1 if course.months else supposed.zone.day(until)
    after = fold(supposed, at=max(until, supposed.zone.start(last)))
    owed = outstanding(after, last)
    interest = course.paid + owed - before
    if (interest, owed) != (course.interest, course.owed):
        raise Unverified(f"folded anew: interest {interest}, owed {owed}; planned: {course.interest}, {course.owed}")
