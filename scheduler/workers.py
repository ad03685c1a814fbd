"""More processes for a long list of what is due: whoever is free sees to the next households, under the same lease."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from itertools import chain
from multiprocessing import get_context
from typing import Final

import psycopg

from ledger.store.processes import begin_helping, undisturbed
from ledger.store.reader import Connection
from ledger.store.replay import collect_seldom
from scheduler import agenda
from scheduler.agenda import Row
from scheduler.sweep import Swept, Turn, see_to

LOOK_SECONDS: Final = 0.25
AT_HAND: Final = 2
"""Batches given out for each process: one that it sees to, and one to go on with."""


def begin() -> None:
    """Begin a process of ours."""
    begin_helping()
    collect_seldom()


class Workers:
    """Processes of ours, started when there is much to do."""

    def __init__(self, conninfo: str, workers: int) -> None:
        self._conninfo = conninfo
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Start them, and wait until they are there."""
        self._pool = ProcessPoolExecutor(self._workers, mp_context=get_context("spawn"), initializer=begin)
        with undisturbed():
            wait([self._pool.submit(_connected, self._conninfo) for _ in range(self._workers)])

    def sweep(self, connection: Connection, turn: Turn, *, now: int, meanwhile: Callable[[], object]) -> Swept:
        """Sweep until nothing is due; the log is followed meanwhile. Raises: Fenced, Overtaken.

        Batches are given out as they are asked for, the households called for first: a slow process sees to fewer, and
        whoever is called for meanwhile waits for no more than what is given out already.
        """
        if self._pool is None:
            self.start()
        given: dict[Future[Swept], list[Row]] = {}
        total, looked = Swept(), time.monotonic()
        try:
            while self._given_out(connection, turn, given, now=now):
                done, _ = wait(given, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
                for one in done:
                    del given[one]
                    total = total.plus(one.result())
                if time.monotonic() - looked >= LOOK_SECONDS:
                    meanwhile()
                    looked = time.monotonic()
        except BrokenExecutor:  # a process died; the next sweep begins with new ones and finds what is left
            self.stop()
        finally:
            wait(given)  # what is under way is not given out again
        return total

    def _given_out(
        self, connection: Connection, turn: Turn, given: dict[Future[Swept], list[Row]], *, now: int
    ) -> bool:  # fmt: skip
        """Give out what is due, so that every process has enough; whether anything is under way."""
        assert self._pool is not None
        while len(given) < AT_HAND * self._workers:
            besides = chain.from_iterable(given.values())
            rows = agenda.due_rows(connection, now=now, limit=turn.batch, besides=besides)
            if not rows:
                break
            with undisturbed():
                given[self._pool.submit(_see_to, self._conninfo, turn, rows, now)] = rows
        return bool(given)

    def stop(self) -> None:
        """End them."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


_connections: dict[str, Connection] = {}


def _connected(conninfo: str) -> Connection:
    """The connection that a process keeps."""
    connection = _connections.get(conninfo)
    if connection is None or connection.closed:
        connection = _connections[conninfo] = psycopg.connect(conninfo, autocommit=True)
    return connection


def _see_to(conninfo: str, turn: Turn, rows: Sequence[Row], now: int) -> Swept:
    """See to some households, in a process of its own."""
    return see_to(_connected(conninfo), turn, rows, now=now)
