"""What can be asked of the book, answered in the shapes of the contract, for any door.

A bare date as "at", "until" or "known at" means the end of that day in the household's zone, as "since" its start.
Source: contract.md section 4; domain.md section 1, "Windows and edges".
"""

from typing import Any

from app import listing
from app.listing import horizon, moment, timeline
from app.rules import usual_rules
from ledger.book import fold
from ledger.calendar import When
from ledger.store.reader import Connection
from ledger.timeline import Timeline
from projections import allocations
from projections import position as positions
from projections.limit_changes import Change, limit_changes
from projections.position import Position


def history(connection: Connection, household: str, *, line: str | None = None) -> dict[str, Any]:
    """A household's facts, or those of a line, and how each repayment that stands was used. Raises: NotFound.

    Shape: added to the contract: `allocated`, of a repayment or of the correction that says what it was.
    """

    def beside(standing: Timeline) -> dict[int, dict[str, Any]]:
        used = allocations.answers(fold(standing), household=household)
        return {version: {"allocated": told} for version, told in used.items()}

    return listing.history(connection, household, line=line, beside=beside)


def changes(
    connection: Connection, household: str, *, line: str | None = None, known_at: When | None = None, now: int
) -> tuple[Change, ...]:
    """Every limit change of a household, or of one of its lines. Raises: NotFound."""
    book = fold(timeline(connection, household, known_at=known_at), at=now)
    return limit_changes(book, household=household, line=line)


def position(
    connection: Connection, household: str, *, at: When | None = None, known_at: When | None = None, now: int
) -> Position:
    """A household's position at a time, as known at a time, by its own rules; now, with all that is known, when neither
    is given.

    Raises: NotFound.
    """
    known = timeline(connection, household, known_at=known_at)
    return positions.position(
        fold(known, at=moment(known.zone, at, now=now)),
        household=household,
        known_at=horizon(known, now=now),
        rules=usual_rules(connection, household),
    )
