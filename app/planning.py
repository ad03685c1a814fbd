"""Plans and what-ifs of a household, asked of the book for any door; nothing is written.

Judged by the household's own rules unless others are given. Apart from the other questions, because loading the solver
costs what a short command need not pay.
Source: docs/planning.md.
"""

from app.listing import horizon, moment, timeline
from app.rules import usual_rules
from ledger.book import fold
from ledger.calendar import When
from ledger.store.reader import Connection
from projections.indicators.basis import basis
from projections.planning.answer import answer
from projections.planning.floors import Request
from projections.planning.shape import PlanAnswer
from projections.ruleset import Ruleset
from projections.what_if import Supposed, WhatIf, what_if


def plan(
    connection: Connection,
    household: str,
    request: Request,
    *,
    rules: Ruleset | None,
    now: int,
    at: When | None = None,
    known_at: When | None = None,
) -> PlanAnswer:
    """The cheapest repayment plan of a household for a budget. Raises: NotFound, FloorUnknown."""
    known = timeline(connection, household, known_at=known_at)
    asked = basis(fold(known, at=moment(known.zone, at, now=now)), rules or usual_rules(connection, household))
    return answer(known, asked, request, household=household, known_at=horizon(known, now=now))


def supposing(
    connection: Connection,
    household: str,
    supposed: Supposed,
    *,
    rules: Ruleset | None,
    now: int,
    at: When | None = None,
    known_at: When | None = None,
) -> WhatIf:
    """What a supposition would do to every indicator. Raises: NotFound."""
    known = timeline(connection, household, known_at=known_at)
    known_as_of = horizon(known, now=now)
    judged_by = rules or usual_rules(connection, household)
    return what_if(
        known, supposed, at=moment(known.zone, at, now=now), rules=judged_by, household=household, known_at=known_as_of
    )
