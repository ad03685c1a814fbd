"""More processes for a long list of what is due: each sweeps its own part of the households under the same lease."""

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import Any, Final

import msgspec
import psycopg

from ledger.store.processes import begin_helping, undisturbed
from ledger.store.replay import collect_seldom
from scheduler.sweep import Swept, Turn, sweep_all

LOOK_SECONDS: Final = 0.25


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

    def sweep(self, turn: Turn, *, now: int, meanwhile: Callable[[], object]) -> Swept:
        """Sweep until nothing is due, in parts; the log is followed meanwhile. Raises: Fenced, Overtaken."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._workers, mp_context=get_context("spawn"), initializer=begin)
        with undisturbed():
            pending: set[Future[Swept]] = {
                self._pool.submit(
                    sweep_part, self._conninfo, msgspec.structs.replace(turn, part=part, parts=self._workers), now
                )
                for part in range(self._workers)
            }
        total = Swept()
        while pending:
            done, pending = wait(pending, timeout=LOOK_SECONDS)
            meanwhile()
            try:
                for one in done:
                    total = total.plus(one.result())
            except BrokenExecutor:  # a process died; the next sweep begins with new ones and finds what is left
                self.stop()
                break
        return total

    def stop(self) -> None:
        """End them."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


_connections: dict[str, "psycopg.Connection[Any]"] = {}


def sweep_part(conninfo: str, turn: Turn, now: int) -> Swept:
    """Sweep one part, in a process that keeps its connection."""
    connection = _connections.get(conninfo)
    if connection is None or connection.closed:
        connection = _connections[conninfo] = psycopg.connect(conninfo, autocommit=True)
    return sweep_all(connection, turn, now=now)
