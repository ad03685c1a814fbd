"""How far the read tables lag behind single writes: a follower in a process of its own, writers in this one."""

import os
import threading
import time
from multiprocessing import get_context
from multiprocessing.synchronize import Event as Stop
from typing import Any, Final

import psycopg

from ledger import events
from ledger.record import Draft
from ledger.store.application import Ledger
from projections.readmodels.follow import follow
from tests.postgres import Cluster

HOUSEHOLDS: Final = 500
WRITERS: Final = 8
IDLE_SECONDS: Final = 0.005

LAG = """
SELECT n.household, n.version FROM readmodel.household_now AS n
WHERE n.slot = (SELECT slot FROM readmodel.generation WHERE state = 'live')
"""


def measure(cluster: Cluster, *, writes: int, seconds: float) -> dict[str, Any]:
    """The lag at its 99th percentile in each half of the run: it must not grow."""
    _, database = cluster.new_database()
    stop = get_context("spawn").Event()
    following = get_context("spawn").Process(target=keep_following, args=(database.service, stop))
    following.start()
    written: list[tuple[str, int, float]] = []
    seen: dict[tuple[str, int], float] = {}
    done = threading.Event()
    watching = threading.Thread(target=watch, args=(database.service, done, seen))
    ledger = Ledger(database.service, clock=_now, salts=lambda: os.urandom(16))
    try:
        open_lines(ledger)
        watching.start()
        threads = [threading.Thread(target=write, args=(ledger, number, writes / WRITERS, seconds, written))
                   for number in range(WRITERS)]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(2)
    finally:
        done.set()
        watching.join()
        ledger.close()
        stop.set()
        following.join(10)
    return lags(written, seen, seconds)


def _now() -> int:
    return time.time_ns() // 1000


def keep_following(conninfo: str, stop: Stop) -> None:
    """Follow until told to stop."""

    def wait() -> bool:
        return not stop.wait(IDLE_SECONDS)

    with psycopg.connect(conninfo, autocommit=True) as connection:
        follow(connection, clock=_now, wait=wait, told=lambda _: None)


def open_lines(ledger: Ledger) -> None:
    """Give every household a line with a limit."""
    for number in range(HOUSEHOLDS):
        now = _now()
        opened = events.LineOpened(effective=now, line="a", lender="x", product="consumer_loan")
        granted = events.LimitGranted(effective=now, line="a", limit=5_000_000)
        ledger.record(f"h{number}", [Draft(fact=opened), Draft(fact=granted)])


def write(ledger: Ledger, number: int, rate: float, seconds: float, written: list[tuple[str, int, float]]) -> None:
    """Record single draws and repayments at a steady rate."""
    begun = time.perf_counter()
    turn = 0
    while (now := time.perf_counter() - begun) < seconds:
        if now < turn / rate:
            time.sleep(turn / rate - now)
        household = f"h{(turn * WRITERS + number) % HOUSEHOLDS}"
        kind = events.DrawnDown if turn % 2 else events.RepaymentPosted
        receipt = ledger.record(household, [Draft(fact=kind(effective=_now(), line="a", amount=1_00))])
        written.append((household, max(receipt.versions), time.perf_counter()))
        turn += 1


def watch(conninfo: str, done: threading.Event, seen: dict[tuple[str, int], float]) -> None:
    """Look at the read tables again and again, and note when each version was first seen."""
    held: dict[str, int] = {}
    with psycopg.connect(conninfo, autocommit=True) as connection:
        while not done.wait(0.01):
            for household, version in connection.execute(LAG).fetchall():
                at = time.perf_counter()
                for passed in range(held.get(household, 0) + 1, version + 1):
                    seen[household, passed] = at
                held[household] = version


def lags(written: list[tuple[str, int, float]], seen: dict[tuple[str, int], float], seconds: float) -> dict[str, Any]:
    """The 99th percentile of the lag in milliseconds, all and by halves, and how many were never seen."""
    ordered = sorted(written, key=lambda one: one[2])
    found = [
        max(0.0, seen[household, version] - at) for household, version, at in ordered if (household, version) in seen
    ]
    half = len(found) // 2

    def worst(part: list[float]) -> float:
        return round(sorted(part)[int(len(part) * 0.99)] * 1000, 1) if part else -1.0

    return {
        "follow_writes_per_second": round(len(written) / seconds),
        "follow_lag_p99_ms": worst(found),
        "follow_lag_p99_ms_halves": [worst(found[:half]), worst(found[half:])],
        "follow_never_seen": len(written) - len(found),
    }
