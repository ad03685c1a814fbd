"""Keeping the read models up with the log, for doors that read from them and for dashboards that read by themselves.

`headroom serve` follows for as long as it runs. Whoever records or reads and finds nobody following does it: a book
that is used from the command line alone has no follower of its own.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event as Signal
from threading import Thread
from typing import Final

import psycopg

from app.database.errors import DatabaseUnreachable
from app.wiring import OpenBook
from projections.readmodels import feed, follow
from projections.readmodels.feed import Cursor, Event
from projections.readmodels.follow import Step

PAUSE_SECONDS = 0.2
LOOK_SECONDS: Final = 0.25
"""How often a follower that has nothing to do looks at the log."""
RETRY_SECONDS: Final = 2.0
"""How long after another was found following, or the connection was lost, it is tried again."""
WAIT_SECONDS: Final = 0.02
PATIENCE_SECONDS: Final = 10.0
"""How long is waited for another follower, or for a long transaction that holds all followers back."""
MOMENT_SECONDS: Final = 2.0
"""How long whoever recorded something takes to have the reporting views hold it."""
_NO_TIME: Final = 0
"""What a clock says by which nothing lapses."""


class Stopped(Exception):
    """A follower was told to stop while it had more to take in; what it took in stands."""


class Following:
    """A follower at work beside other things, until it is told to stop. Of any number, one follows at a time.

    Shape: `told` hears of every batch that took something in, `lost` of what following broke off with.
    """

    def __init__(
        self, book: OpenBook, *, told: Callable[[Step], None], lost: Callable[[Exception], None]
    ) -> None:  # fmt: skip
        self._book = book
        self._told = told
        self._lost = lost
        self._ending = Signal()
        self._thread = Thread(target=self._work, name="follower", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch under way, and end."""
        self._ending.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._ending.is_set():
            try:
                with self._book.access.connect() as connection:
                    follow.follow(connection, clock=self._book.now, wait=self._wait, told=self._heard)
            except Stopped:
                return
            except Exception as error:  # noqa: BLE001  # a follower must not end for good; whatever it was, the next look tries again
                self._lost(error)
            self._ending.wait(RETRY_SECONDS)

    def _wait(self) -> bool:
        return not self._ending.wait(LOOK_SECONDS)

    def _heard(self, step: Step) -> None:
        if step.places:
            self._told(step)
        if self._ending.is_set():
            raise Stopped


def caught_up(book: OpenBook) -> bool:
    """Have the read models hold what was recorded up to now: by following, or by waiting for whoever follows.

    What is still not there after some seconds is read without; then false.
    """
    with book.reading() as connection:
        follow.catch_up(connection, clock=book.now)
        return follow.until_told(connection, clock=book.now, pauses=_patience(PATIENCE_SECONDS))


def brought_up(book: OpenBook) -> None:
    """Have the read models hold what was just recorded, so that whoever is told of it sees it wherever they look.

    What takes longer, as after a big import, and what fails is left to whoever follows next: the facts stand.
    """
    until = time.monotonic() + MOMENT_SECONDS

    def told(_: Step) -> None:
        if time.monotonic() > until:
            raise Stopped

    with suppress(Stopped, DatabaseUnreachable, psycopg.Error), book.reading() as connection:
        follow.until_told(connection, clock=lambda: _NO_TIME, pauses=_patience(MOMENT_SECONDS), told=told)


def _patience(seconds: float) -> Iterator[None]:
    until = time.monotonic() + seconds
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
