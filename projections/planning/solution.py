"""From a proposal in fractions to payments in minor units, and back through the ledger until they hold.

A proposed balance is rounded to the minor unit and walked through the fold. Should what was rounded away break a
budget or a floor by a few minor units, the programme is asked again with a little less of the one, more of the other.
Source: docs/planning.md.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

import msgspec

from ledger.book import fold
from ledger.money import round_fraction
from projections.planning.course import Asked, Course, walk
from projections.planning.debts import outstanding
from projections.planning.programme import Problem, Proposal, propose
from projections.planning.strategies import toward

_MARGINS: Final = (Fraction(1, 10), Fraction(1), Fraction(10))
"""Units of the currency by which budget and floor are drawn in, one attempt after the other."""


class Unverified(AssertionError):
    """A course whose facts, folded anew, come to something else: a fault of the program, never of the book."""


class Solution(NamedTuple):
    """A proposal, and the course that follows it or one drawn in a little; None where rounding breaks them all."""

    proposal: Proposal
    course: Course | None


def solve(asked: Asked, problem: Problem, *, guess: Mapping[str, int], settled: bool = False) -> Solution | None:
    """The cheapest course that holds; None when there is none. Shape: `guess` and `settled` as in `propose`."""
    first = propose(problem, budget=asked.budget, guess=guess, settled=settled)
    if first is None:
        return None
    course = walk(asked, "optimal", toward(first.targets))
    for margin in _MARGINS:
        if course.holds:
            return Solution(first, course)
        inside = _inside(asked, problem, round_fraction(margin * problem.unit), first)
        if inside is None:
            break
        course = walk(asked, "optimal", toward(inside.targets))
    return Solution(first, course if course.holds else None)


def _inside(asked: Asked, problem: Problem, margin: int, first: Proposal) -> Proposal | None:
    """A proposal for a little less budget and a little more floor, with the choices of the first where that goes."""
    drawn_in, budget = _drawn_in(problem, margin), asked.budget - margin
    kept = propose(drawn_in, budget=budget, guess=first.begun, settled=True)
    return kept or propose(drawn_in, budget=budget, guess=first.begun)


def _drawn_in(problem: Problem, margin: int) -> Problem:
    purse = problem.purse
    if not margin or purse is None or purse.floor is None:
        return problem
    higher = msgspec.structs.replace(purse, floor=purse.floor + margin)
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
