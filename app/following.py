"""Keeping the read models up with the log, for doors that read from them.

Whoever finds nobody following does it: a book that is used from the command line alone has no follower of its own.
"""

import time
from collections.abc import Iterator
from typing import Final

from app.wiring import OpenBook
from projections.readmodels import feed, follow
from projections.readmodels.feed import Cursor, Event

PAUSE_SECONDS = 0.2
WAIT_SECONDS: Final = 0.02
PATIENCE_SECONDS: Final = 10.0
"""How long is waited for another follower, or for a long transaction that holds all followers back."""


def caught_up(book: OpenBook) -> bool:
    """Have the read models hold what was recorded up to now: by following, or by waiting for whoever follows.

    What is still not there after some seconds is read without; then false.
    """
    with book.reading() as connection:
        follow.catch_up(connection, clock=book.now)
        return follow.until_told(connection, clock=book.now, pauses=_patience())


def _patience() -> Iterator[None]:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        yield
        time.sleep(WAIT_SECONDS)


def feed_entries(book: OpenBook, after: Cursor, *, onward: bool) -> Iterator[Event]:
    """The feed after a place; `onward`, also what is still to come, for as long as it is read."""
    with book.reading() as connection:
        yield from feed.tail(connection, after, pauses=_pauses(book, onward=onward))


def _pauses(book: OpenBook, *, onward: bool) -> Iterator[None]:
    caught_up(book)
    yield
    while onward:
        time.sleep(PAUSE_SECONDS)
        with book.reading() as connection:
            follow.catch_up(connection, clock=book.now)
        yield
