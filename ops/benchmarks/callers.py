"""Sixteen callers that do one thing over and over for a while."""

import threading
import time
from collections.abc import Callable

CALLERS = 16


def rate(act: Callable[[int, int], object], *, seconds: float) -> float:
    """How often a second `act(caller, turn)` is done by all callers together."""
    turns = [0] * CALLERS
    start = time.perf_counter()

    def work(caller: int) -> None:
        while time.perf_counter() - start < seconds:
            act(caller, turns[caller])
            turns[caller] += 1

    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(turns) / (time.perf_counter() - start)
