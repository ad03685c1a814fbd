"""Processes that want to lead, in a test: forked, each with its own connection, killed or let go."""

import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Value
from multiprocessing.sharedctypes import Synchronized

import psycopg

from scheduler import leader, sweep, wake
from scheduler.agenda import Overtaken
from scheduler.leader import Fenced
from scheduler.sweep import Turn
from tests.postgres import Database
from tests.readmodels.books import service


def lead_and_sweep(database: Database, now: int, *, batch: int = 3) -> None:
    """Take the lease from whoever has it and do what is due, in small steps."""
    with service(database) as connection:
        epoch = leader.take(connection, str(os.getpid()), lasts_seconds=0)
        if epoch is None:
            return
        wake.begin(connection, epoch, now=now)
        while wake.wake(connection, epoch, now=now).places:
            pass
        sweep.sweep_all(connection, Turn(epoch=epoch, batch=batch), now=now)


def killed(work: Callable[[], None], *, after_seconds: float) -> None:
    """Do the work in a process of its own and kill it outright after a time, if it is not done by then."""
    child = _forked(work)
    time.sleep(after_seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except (Fenced, Overtaken, psycopg.OperationalError):
            code = 0
        finally:
            if code:
                traceback.print_exc()
            os._exit(code)
    return child


@contextmanager
def contenders(database: Database, count: int, *, now: int) -> Iterator["Synchronized[int]"]:
    """Processes that take the lease from one another, all with the same clock, which the test moves."""
    clock: Synchronized[int] = Value("q", now)
    ending: Synchronized[int] = Value("q", 0)

    def contend(seed: int) -> None:
        chance = random.Random(seed)
        while not ending.value:
            with suppress(Fenced, Overtaken):
                lead_and_sweep(database, clock.value)
            time.sleep(chance.random() * 0.8)

    children = [_forked(lambda seed=seed: contend(seed)) for seed in range(count)]  # type: ignore[misc]  # a default binds it
    try:
        yield clock
    finally:
        ending.value = 1
        codes = [os.waitpid(child, 0)[1] for child in children]
    assert codes == [0] * count
