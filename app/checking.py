"""The check of a household, asked of the book for any door, under a version of the rules or a household's own.

Source: contract.md section 4, `check`.
"""

import msgspec

from app.listing import horizon, moment, timeline
from app.rules import usual_rules
from ledger.book import fold
from ledger.calendar import When
from ledger.store.reader import Connection
from projections.check import Check, answer, examine
from projections.explanation.window import ordered
from projections.findings import Language
from projections.ruleset import Ruleset


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """When a household is checked, as known when, and since when it is told what moved."""

    at: When | None = None
    known_at: When | None = None
    since: When | None = None


def check(
    connection: Connection, household: str, asked: Asked, *, rules: Ruleset | None, now: int, language: Language
) -> Check:
    """The check of a household, by its own rules unless others are given.

    What moved is told by what is known now of both times.
    Raises: NotFound; Refused when what is to be told moved since a time that is not before that of the check.
    """
    rules = rules or usual_rules(connection, household)
    known = timeline(connection, household, known_at=asked.known_at)
    at = moment(known.zone, asked.at, now=now)
    before = None
    if asked.since is not None:
        until = now if asked.at is None else asked.at
        window = ordered(known.zone, since=asked.since, until=until, asked_as="at")
        before = examine(fold(known, at=window.since), rules)
    return answer(
        examine(fold(known, at=at), rules),
        household=household,
        known_at=horizon(known, now=now),
        before=before,
        language=language,
        full=True,
    )
