"""What can be asked of the book, answered in the shapes of the contract, for any door.

A bare date as "at", "until" or "known at" means the end of that day in the household's zone, as "since" its start.
Source: contract.md section 4; domain.md section 1, "Windows and edges".
"""

import msgspec

from app.listing import timeline
from ledger.book import fold
from ledger.calendar import When
from ledger.store.reader import Connection
from ledger.timeline import Timeline
from projections import position as positions
from projections.explanation import answer as explanation
from projections.explanation.shape import Explanation
from projections.explanation.window import window, window_of_change
from projections.explanation.wording import Language
from projections.limit_changes import Change, limit_changes
from projections.position import Position


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which change of which line is to be explained: one by its id, or everything inside a window."""

    line: str
    change: str | None = None
    since: When | None = None
    until: When | None = None
    known_at: When | None = None


def changes(
    connection: Connection, household: str, *, line: str | None = None, known_at: When | None = None, now: int
) -> tuple[Change, ...]:
    """Every limit change of a household, or of one of its lines. Raises: NotFound."""
    book = fold(timeline(connection, household, known_at=known_at), at=now)
    return limit_changes(book, household=household, line=line)


def position(
    connection: Connection, household: str, *, at: When | None = None, known_at: When | None = None, now: int
) -> Position:
    """A household's position at a time, as known at a time; now, with all that is known, when neither is given.

    Raises: NotFound.
    """
    known = timeline(connection, household, known_at=known_at)
    moment = now if at is None else known.zone.last_moment(at)
    return positions.position(fold(known, at=moment), household=household, known_at=_horizon(known, now=now))


def _horizon(known: Timeline, *, now: int) -> int:
    """The K an answer is given for: what was asked for, else the time of the question."""
    return now if known.known_at is None else known.known_at


def explain(connection: Connection, household: str, asked: Asked, *, now: int, language: Language) -> Explanation:
    """Why a line's available credit moved, over a change or a window. Raises: NotFound."""
    known = timeline(connection, household, known_at=asked.known_at)
    if asked.change is not None:
        found = window_of_change(fold(known, at=now), household=household, change=asked.change, line=asked.line)
    else:
        assert asked.since is not None
        assert asked.until is not None
        found = window(known.zone, since=asked.since, until=asked.until)
    return explanation.explain(
        known,
        household=household,
        line=asked.line,
        since=found.since,
        until=found.until,
        known_at=_horizon(known, now=now),
        language=language,
    )
