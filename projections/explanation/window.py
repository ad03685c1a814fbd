"""The window of a question: two times as people give them, or a change by its id.

Source: domain.md section 1, "Windows and edges"; contract.md section 3, `explain`.
"""

from typing import Final, NamedTuple

from ledger.book import Book
from ledger.calendar import DAY, When, Zone
from ledger.errors import NotFound, Refused
from ledger.traces import LimitChange
from projections.limit_changes import change_id, standing

_FRESH_DAYS: Final = 7
"""How long after a payment its restoration may seem to be pending. Source: domain.md section 3."""


class Window(NamedTuple):
    """From just after `since` up to and with `until`. Units: microseconds since the epoch."""

    since: int
    until: int


def window(zone: Zone, *, since: When, until: When) -> Window:
    """The window between two times; of a bare date the whole day is inside, its facts that sort at 00:00 too."""
    start = zone.at(since)
    return Window(start - 1 if isinstance(since, str) else start, zone.last_moment(until))


def ordered(zone: Zone, *, since: When, until: When, asked_as: str = "until") -> Window:
    """The window between two times.

    Raises: Refused when it ends before it begins, under the name that its end was asked as.
    """
    found = window(zone, since=since, until=until)
    if found.until <= found.since:
        raise Refused("ends_before_it_starts", field=asked_as, found=zone.text(until), start=zone.text(since))
    return found


def window_of_change(book: Book, *, household: str, change: str, line: str | None = None) -> Window:
    """The window from just before a change's interval to just after it.

    An inferred change happened after the time it is counted from, so its window begins there.
    Raises: NotFound when the book, folded to its last fact, tells no such change (on that line).
    """
    lines = [book.line(line)] if line is not None else list(book.lines.values())
    found = {change_id(household, one): one for each in lines for one in standing(each)}
    if change not in found:
        raise NotFound("limit change", change, known=tuple(found))
    return around(book.zone, found[change])


def window_of_latest(book: Book, *, line: str, paid: int | None) -> Window:
    """The window that is meant where none is named: that of the line's latest change, grants aside.

    Where something was paid in the last days, and since that change, it is from the beginning of that day until now;
    so it is where there is no change. `paid` is when something was last paid, sent or sent back on the line.
    Units: microseconds since the epoch.
    Raises: NotFound when nothing was changed or paid on the line.
    """
    changes = standing(book.line(line))
    found = next((one for one in reversed(changes) if one.kind != "granted"), None)
    if paid is not None:
        fresh = paid > book.at - _FRESH_DAYS * DAY and (found is None or paid > book.zone.last_moment(found.until))
        if fresh or found is None:
            return Window(book.zone.start(book.zone.day(paid)) - 1, book.at)
    if not changes:
        raise NotFound("move", line)
    return around(book.zone, found or changes[-1])


def around(zone: Zone, change: LimitChange) -> Window:
    """The window of a change."""
    start = zone.at(change.since)
    dated = change.since == change.until
    return Window(start - 1 if dated else start, zone.last_moment(change.until))
