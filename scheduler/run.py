"""The clock of one process: takes the lease when it can, follows the log, and does what is due while it holds it.

APScheduler is the clock and nothing more: its triggers stand in code and its store is memory; what ran is decided by
our own table. Any number of processes may run this; one leads, the others wait for the lease.
"""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from threading import Event
from typing import Final, Protocol

import msgspec
import psycopg
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from ledger.store.reader import Connection
from ledger.store.replay import collect_seldom
from scheduler import agenda, leader, wake
from scheduler.leader import Fenced
from scheduler.sweep import Swept, Turn, sweep
from scheduler.wake import Woken
from scheduler.wishes import USUAL, Wishes
from scheduler.workers import Workers

LOOK_SECONDS: Final = 0.25
NOTE_SECONDS: Final = 1.0
"""How often a sweep that found nothing is noted."""
LOSSES: Final = (psycopg.OperationalError, psycopg.InterfaceError)
"""What a lost connection ends in."""


class Log(Protocol):
    """Where a wide line for each unit of work goes."""

    def __call__(self, name: str, facts: Mapping[str, str | int | bool | None]) -> None:
        """Write one line."""
        ...


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how a clock runs.

    Shape: `connect` opens a connection in autocommit mode, `conninfo` is where other processes of ours connect to;
    `holder` names the process. Units: `now` gives microseconds since the epoch.
    """

    connect: Callable[[], Connection]
    conninfo: str
    holder: str
    now: Callable[[], int]
    log: Log
    usual: Wishes = USUAL
    workers: int = 1
    lease_seconds: float = leader.LASTS_SECONDS


class Clock:
    """What one process does about the clock, by turns."""

    def __init__(self, place: Place) -> None:
        self.epoch: int | None = None
        self._place = place
        self._connections: dict[str, Connection] = {}
        self._workers = Workers(place.conninfo, place.workers)
        self._noted = 0.0
        self._renew_at = 0.0

    def hold(self) -> None:
        """Take the lease once it is free, or renew it in good time. Called every second."""
        if self.epoch is not None and time.monotonic() < self._renew_at:
            return
        connection = self._connection("lease")
        if connection is None:
            return
        try:
            if self.epoch is not None:
                leader.renew(connection, self.epoch)
            else:
                self._take(connection)
            self._renew_at = time.monotonic() + min(leader.RENEW_SECONDS, self._place.lease_seconds / 3)
        except Fenced:
            self._lost("fenced")
        except LOSSES:
            self._drop("lease")
        except psycopg.Error as problem:  # while a restore puts another schema in place there is no lease
            self._lost(type(problem).__name__)
            self._drop("lease")

    def _take(self, connection: Connection) -> None:
        place = self._place
        epoch = leader.take(connection, place.holder, lasts_seconds=place.lease_seconds)
        if epoch is not None:
            enrolled = wake.begin(connection, epoch, now=place.now())
            self.epoch = epoch
            place.log("lease_taken", {"epoch": epoch, "holder": place.holder, "enrolled": enrolled, "outcome": "done"})

    def work(self) -> None:
        """Follow the log and do what is due, until there is nothing more. Called several times a second."""
        epoch = self.epoch
        connection = self._connection("work") if epoch is not None else None
        if connection is None or epoch is None:
            return
        try:
            while self.epoch == epoch and self._round(connection, epoch):
                pass
        except Fenced:
            self._lost("fenced")
        except agenda.Overtaken:
            self._place.log("sweep", {"epoch": epoch, "outcome": "overtaken"})
        except LOSSES:
            self._drop("work")
        except psycopg.Error as problem:
            self._place.log("sweep", {"epoch": epoch, "outcome": type(problem).__name__})
            self._drop("work")

    def _round(self, connection: Connection, epoch: int) -> bool:
        """One look at the log and one batch; whether there may be more."""
        place, began = self._place, time.monotonic()
        now = place.now()
        woken = wake.wake(connection, epoch, now=now)
        turn = Turn(epoch=epoch, usual=place.usual)
        swept = sweep(connection, turn, now=now)
        if swept.households == turn.batch and place.workers > 1:
            swept = swept.plus(
                self._workers.sweep(connection, turn, now=now, meanwhile=partial(self._follow, connection, epoch))
            )  # fmt: skip
        milliseconds = round((time.monotonic() - began) * 1000)
        busy = bool(woken.places or swept.households)
        if busy or time.monotonic() - self._noted > NOTE_SECONDS:
            leader.swept(connection, epoch, at=now, milliseconds=milliseconds)
            self._noted = time.monotonic()
        if busy:
            self._told(epoch, woken, swept, milliseconds)
        return busy

    def _follow(self, connection: Connection, epoch: int) -> None:
        wake.wake(connection, epoch, now=self._place.now())

    def _told(self, epoch: int, woken: Woken, swept: Swept, milliseconds: int) -> None:
        self._place.log(
            "sweep",
            {
                "epoch": epoch, "facts": woken.places, "called": woken.called, "enrolled": woken.enrolled,
                "households": swept.households, "runs": swept.runs, "checks": swept.checks,
                "notices": swept.notices, "failed": swept.failed,
                "first_failed": swept.first_failed, "duration_ms": milliseconds,
                "outcome": "failed" if swept.failed else "done",
            },
        )  # fmt: skip

    def stop(self) -> None:
        """Give the lease up and end."""
        connection = self._connection("lease") if self.epoch is not None else None
        if connection is not None and self.epoch is not None:
            try:
                leader.give_up(connection, self.epoch)
            except LOSSES:
                self._drop("lease")
        self.epoch = None
        self._workers.stop()
        for name in list(self._connections):
            self._drop(name)

    def _connection(self, name: str) -> Connection | None:
        """A connection for one of the turns; None while the database cannot be reached."""
        if name not in self._connections:
            try:
                self._connections[name] = self._place.connect()
            except Exception as problem:  # noqa: BLE001  # whatever it is, the next turn tries again
                code = str(getattr(problem, "code", type(problem).__name__))
                self._lost(code)
                return None
        return self._connections[name]

    def _drop(self, name: str) -> None:
        connection = self._connections.pop(name, None)
        if connection is not None:
            connection.close()

    def _lost(self, outcome: str) -> None:
        if self.epoch is not None:
            self._place.log("lease_lost", {"epoch": self.epoch, "outcome": outcome})
        self.epoch = None


def run(place: Place, ending: Event) -> None:
    """Run the clock until it is told to end; what is under way is finished first."""
    collect_seldom()
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a turn that outlasts its interval is no news
    clock = Clock(place)
    turns: dict[str, tuple[Callable[[], None], float]] = {
        "hold": (clock.hold, min(leader.LOOK_SECONDS, place.lease_seconds / 3)),
        "work": (clock.work, LOOK_SECONDS),
    }
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(turns))},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        timezone="UTC",
    )
    for name, (turn, seconds) in turns.items():
        scheduler.add_job(turn, _every(seconds), id=name)
    clock.hold()
    scheduler.start()
    try:
        _watch(scheduler, turns, ending)
    finally:
        scheduler.shutdown(wait=True)
        clock.stop()


def _every(seconds: float) -> IntervalTrigger:
    return IntervalTrigger(seconds=seconds)


def _watch(scheduler: BackgroundScheduler, turns: dict[str, tuple[Callable[[], None], float]], ending: Event) -> None:
    """Wait for the end. A wall clock that was set back would leave every turn waiting for it: begin them anew."""
    before = time.time() - time.monotonic()
    while not ending.wait(1.0):
        offset = time.time() - time.monotonic()
        if offset < before - 1.0:
            for name, (_, seconds) in turns.items():
                scheduler.reschedule_job(name, trigger=_every(seconds))
        before = offset
