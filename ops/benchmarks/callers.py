"""Sixteen callers that do one thing over and over for a while, in as many processes as a service would run."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from multiprocessing import get_context
from typing import Any, Final

CALLERS: Final = 16
PROCESSES: Final = 2
"""One for each core, as a service is run that is written in Python; pgbench is given as many threads."""

Act = Callable[[int, int], object]
"""What a caller does in its turn: `act(caller, turn)`."""
Part = Callable[[range], AbstractContextManager[Act]]
"""What a process does for its callers, ready to begin; it is sent to that process."""

_gate: Any = None


def rate(part: Part, *, seconds: float, processes: int = PROCESSES) -> float:
    """How often a second all callers together act, shared out evenly among processes that begin together."""
    spawn = get_context("spawn")
    gate = spawn.Barrier(processes)
    share = CALLERS // processes
    with ProcessPoolExecutor(processes, mp_context=spawn, initializer=_stand_at, initargs=(gate,)) as pool:
        begun = [pool.submit(_share, part, range(n * share, (n + 1) * share), seconds) for n in range(processes)]
        return sum(task.result() for task in begun)


def _stand_at(gate: Any) -> None:
    global _gate  # a barrier reaches a process only while it is started
    _gate = gate


def _share(part: Part, callers: range, seconds: float) -> float:
    with part(callers) as act:
        _gate.wait()
        return _rate(act, callers, seconds=seconds)


def _rate(act: Act, callers: range, *, seconds: float) -> float:
    turns = dict.fromkeys(callers, 0)
    start = time.perf_counter()

    def work(caller: int) -> None:
        while time.perf_counter() - start < seconds:
            act(caller, turns[caller])
            turns[caller] += 1

    threads = [threading.Thread(target=work, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(turns.values()) / (time.perf_counter() - start)
