"""Keeping the read models up with the log, for doors that read from them.

Whoever finds nobody following does it: a book that is used from the command line alone has no follower of its own.
"""

import time
from collections.abc import Iterator

from app.wiring import OpenBook
from projections.readmodels import feed, follow
from projections.readmodels.feed import Cursor, Event

PAUSE_SECONDS = 0.2


def caught_up(book: OpenBook) -> None:
    """Take into the read models what the log holds now, unless somebody follows it already."""
    with book.reading() as connection:
        follow.catch_up(connection, clock=book.now)


def feed_entries(book: OpenBook, after: Cursor, *, onward: bool) -> Iterator[Event]:
    """The feed after a place; `onward`, also what is still to come, for as long as it is read."""
    with book.reading() as connection:
        yield from feed.tail(connection, after, pauses=_pauses(book, onward=onward))


def _pauses(book: OpenBook, *, onward: bool) -> Iterator[None]:
    while True:
        caught_up(book)
        yield
        if not onward:
            return
        time.sleep(PAUSE_SECONDS)
