"""Why available credit moved, asked about one change or a window, for any door.

Apart from the other questions, because loading the reasons costs what a short command need not pay.
Source: contract.md sections 3 and 4, `explain`.
"""

from typing import Final

import msgspec

from app.listing import horizon, timeline
from ledger import events
from ledger.calendar import When
from ledger.errors import NotFound
from ledger.store import reader
from ledger.store.personal import words_in
from ledger.store.reader import Connection
from projections.explanation import answer as explanation
from projections.explanation.answer import Words
from projections.explanation.comparison import Comparison, compare
from projections.explanation.dossier import Dossier
from projections.explanation.shape import Explanation
from projections.explanation.window import Window, ordered, window_of_change, window_of_latest
from projections.explanation.wording import Language

_PAID: Final = (events.RepaymentSent, events.RepaymentPosted, events.RepaymentReversed)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which change of which line is to be explained: one by its id, all in a window, or the latest."""

    line: str
    change: str | None = None
    since: When | None = None
    until: When | None = None
    known_at: When | None = None


def explained(
    connection: Connection, household: str, asked: Asked, *, now: int, language: Language, revealed: bool = True
) -> Explanation:
    """Why a line's available credit moved, over a change or a window; what was said is quoted where it is `revealed`.

    Raises: NotFound; Refused when the window ends before it begins.
    """
    dossier = Dossier(timeline(connection, household, known_at=asked.known_at))
    asked_about = _window(dossier, household, asked, now=now)
    words = _words(connection, household) if revealed else explanation.no_words
    return _explain(dossier, household, asked.line, asked_about, now=now, language=language, words=words)


def compared(
    connection: Connection, household: str, asked: Asked, *, then: When, now: int, language: Language
) -> Comparison:
    """The answer as known at `then`, beside the one that is given now: what did later facts change. Raises: NotFound.

    A change that later facts withdrew is found as it was known then.
    """
    later = Dossier(timeline(connection, household, known_at=asked.known_at))
    earlier = Dossier(timeline(connection, household, known_at=then))
    try:
        asked_about = _window(later, household, asked, now=now)
    except NotFound:
        asked_about = _window(earlier, household, asked, now=now)
    answers = (
        _explain(
            each, household, asked.line, asked_about, now=now, language=language, words=_words(connection, household)
        )
        for each in (earlier, later)
    )
    return compare(*answers)


def _window(dossier: Dossier, household: str, asked: Asked, *, now: int) -> Window:
    if asked.change is not None:
        book = dossier.track(asked.line, at=now).to(now)
        return window_of_change(book, household=household, change=asked.change, line=asked.line)
    if asked.since is None:
        paid = dossier.facts(_PAID, line=asked.line, after=None, until=now)
        book = dossier.track(asked.line, at=now).to(now)
        return window_of_latest(book, line=asked.line, paid=max((one.at for one in paid), default=None))
    assert asked.until is not None
    return ordered(dossier.timeline.zone, since=asked.since, until=asked.until)


def _words(connection: Connection, household: str) -> Words:
    """What was written with a fact, read when it is asked for: most answers quote nothing."""

    def written(version: int) -> str | None:
        recalled = reader.recall(connection, household, [version])[version]
        return words_in({field: text.content for field, text in recalled.texts.items()})

    return written


def _explain(
    dossier: Dossier, household: str, line: str, found: Window, *, now: int, language: Language, words: Words
) -> Explanation:
    return explanation.explain(
        dossier,
        household=household,
        line=line,
        since=found.since,
        until=found.until,
        known_at=horizon(dossier.timeline, now=now),
        language=language,
        words=words,
    )
