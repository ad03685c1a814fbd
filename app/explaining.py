"""Why available credit moved, asked about one change or a window, for any door.

Apart from the other questions, because loading the reasons costs what a short command need not pay.
Source: contract.md sections 3 and 4, `explain`.
"""

import msgspec

from app.listing import horizon, timeline
from ledger.calendar import When
from ledger.store.reader import Connection
from projections.explanation import answer as explanation
from projections.explanation.dossier import Dossier
from projections.explanation.shape import Explanation
from projections.explanation.window import window, window_of_change
from projections.explanation.wording import Language


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which change of which line is to be explained: one by its id, or everything inside a window."""

    line: str
    change: str | None = None
    since: When | None = None
    until: When | None = None
    known_at: When | None = None


def explained(connection: Connection, household: str, asked: Asked, *, now: int, language: Language) -> Explanation:
    """Why a line's available credit moved, over a change or a window. Raises: NotFound."""
    known = timeline(connection, household, known_at=asked.known_at)
    dossier = Dossier(known)
    if asked.change is not None:
        book = dossier.track(asked.line, at=now).to(now)
        found = window_of_change(book, household=household, change=asked.change, line=asked.line)
    else:
        assert asked.since is not None
        assert asked.until is not None
        found = window(known.zone, since=asked.since, until=asked.until)
    return explanation.explain(
        dossier,
        household=household,
        line=asked.line,
        since=found.since,
        until=found.until,
        known_at=horizon(known, now=now),
        language=language,
    )
