"""How fast every household is checked, what looking costs when nothing is due, and how soon a limit change is told.

    python -m ops.benchmarks.checks [--households 3000] [--facts 100] [--agenda 100000] [--seconds 10]

Invented families in one throw-away server, two processes. The last line is one JSON object:

households_per_second  the monthly check with stress of every household: read, woken, judged, stored with its run
of_wanted              the same as a part of the 2,000 a second that are wanted on two cores
first_per_second       the first check of every household: folded, laid to rest, and what it has to tell written
loaded_per_second      facts a second that the file of all families was recorded at, before anything is measured
rss_mb                 largest resident memory of one of the processes that check
rss_mb_by_checked      the same while the first check went on: by how many households it had reached
idle_sweep_ms          a look at the log and at the agenda of `--agenda` households when nothing is due, at worst
idle_sweep_median_ms   the same, by the median of fifty looks
notice_lag_p99_ms      from a fact's commit to the notice's being in the outbox, under ten limit changes a second
answer_bytes           a stored result, as canonical JSON, on average
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final

import psycopg

from ledger.store.application import Ledger
from ledger.store.bulk import record_file
from ops.benchmarks.checks_families import cut, write_families
from ops.benchmarks.memory import Watch
from ops.benchmarks.replay import SETTINGS, p99
from scheduler import leader, wake
from scheduler.run import LOOK_SECONDS
from scheduler.sweep import Turn, sweep, sweep_all
from scheduler.workers import Workers
from tests.postgres import Cluster, Database, binaries

WORKERS: Final = 2
WANTED: Final = 2_000
"""Households a second that are to be checked."""
IDLE_LOOKS: Final = 50
FAMILIES_A_FILE: Final = 3_000
"""A file is recorded as a whole, and what it has begun is held until then: the loading is cut, the checking is not."""
SECOND: Final = 1_000_000


def main() -> None:
    """Run every measurement and print the numbers."""
    options = argparse.ArgumentParser()
    options.add_argument("--households", type=int, default=3_000)
    options.add_argument("--facts", type=int, default=100)
    options.add_argument("--agenda", type=int, default=100_000)
    options.add_argument("--seconds", type=float, default=10.0)
    chosen = options.parse_args()
    programs = binaries(os.environ.get("HEADROOM_TEST_POSTGRES", "18"))
    if programs is None:
        sys.exit("the wanted PostgreSQL is not installed here")
    cluster = Cluster(programs, settings=SETTINGS)
    try:
        _, database = cluster.new_database()
        numbers = measure(database, chosen.households, chosen.facts)
        numbers |= idle(database, chosen.agenda)
        numbers |= lag(database, seconds=chosen.seconds)
    finally:
        cluster.close()
    for name, value in numbers.items():
        print(f"{name:>24}  {value}")
    print(json.dumps(numbers))


def _now() -> int:
    return time.time_ns() // 1000


def measure(database: Database, households: int, facts: int) -> dict[str, Any]:
    """Every household checked for the first time, then on the first of a month."""
    with psycopg.connect(database.service, autocommit=True) as connection:
        begun = time.perf_counter()
        _record(connection, households, facts)
        loaded = households * facts / (time.perf_counter() - begun)
        epoch = leader.take(connection, "benchmark", lasts_seconds=0)
        assert epoch is not None
        wake.begin(connection, epoch, now=_now())
        workers = Workers(database.service, WORKERS)
        watch = Watch(connection, households)
        workers.start()
        first = _swept(connection, workers, epoch, _now(), households, meanwhile=watch.look)
        month = _first_of_next_month(connection)
        _on_that_day_only(connection, month)
        seconds = _swept(connection, workers, epoch, month, households)
        rss = watch.peak_mb()
        workers.stop()
        stored = connection.execute(
            "SELECT count(*), avg(octet_length(answer))::integer FROM clock.check_result WHERE kind = 'monthly'"
        ).fetchone()
        assert stored is not None
        assert stored[0] == households
    return {
        "households_per_second": round(households / seconds),
        "of_wanted": round(households / seconds / WANTED, 2),
        "first_per_second": round(households / first),
        "loaded_per_second": round(loaded),
        "answer_bytes": stored[1],
        "rss_mb": rss,
        "rss_mb_by_checked": watch.by_checked,
    }


def _record(connection: "psycopg.Connection[Any]", households: int, facts: int) -> None:
    with tempfile.TemporaryDirectory(prefix="hr-bench-") as folder:
        file = Path(folder) / "families.jsonl"
        for first in range(0, households, FAMILIES_A_FILE):
            numbers = range(first, min(first + FAMILIES_A_FILE, households))
            write_families(file, numbers, facts, until=time.time() - 86_400)
            with file.open("rb") as stream:
                record_file(connection, stream, clock=_now, salts=lambda: os.urandom(16))


def _swept(
    connection: "psycopg.Connection[Any]",
    workers: Workers,
    epoch: int,
    now: int,
    households: int,
    *,
    meanwhile: Callable[[], object] = lambda: None,
) -> float:
    """Seconds that two processes take for one sweep of all; their start is not counted."""
    begun = time.perf_counter()
    swept = workers.sweep(connection, Turn(epoch=epoch), now=now, meanwhile=meanwhile)
    seconds = time.perf_counter() - begun
    assert (swept.households, swept.failed) == (households, 0)
    return seconds


def _first_of_next_month(connection: "psycopg.Connection[Any]") -> int:
    found = connection.execute(
        "SELECT (extract(epoch FROM (date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') + interval '1 month"
        " 8 hours') AT TIME ZONE 'Asia/Shanghai') * 1000000)::bigint"
    ).fetchone()
    assert found is not None
    return int(found[0])


def _on_that_day_only(connection: "psycopg.Connection[Any]", at: int) -> None:
    """Let the days before be done, so that one check of each household is measured."""
    connection.execute("UPDATE clock.agenda SET checked_to = %s - 1, next_at = %s", (at, at))


def idle(database: Database, agendas: int) -> dict[str, Any]:
    """Looks that find nothing, with many households on the agenda."""
    with psycopg.connect(database.service, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO clock.agenda (household, timezone, enrolled_at, checked_to, next_at, last_at, last_version,"
            " told_version) SELECT 'idle' || i, 'Asia/Shanghai', 1, 1, 9000000000000000 + i, 1, 1, 1"
            " FROM generate_series(1, %s) AS i",
            (agendas,),
        )
        epoch = leader.take(connection, "benchmark", lasts_seconds=0)
        assert epoch is not None
        while wake.wake(connection, epoch, now=_now()).places:  # an idle clock has read what its own checks told
            pass
        took = []
        for _ in range(IDLE_LOOKS):
            begun = time.perf_counter()
            assert not wake.wake(connection, epoch, now=_now()).places
            assert not sweep(connection, Turn(epoch=epoch), now=_now()).households
            took.append(time.perf_counter() - begun)
    return {"idle_sweep_ms": round(max(took) * 1000, 2), "idle_sweep_median_ms": round(median(took) * 1000, 2)}


def lag(database: Database, *, seconds: float) -> dict[str, Any]:
    """How soon limit changes are told while the clock runs as it does in `headroom serve`."""
    committed: dict[str, float] = {}
    lags: list[float] = []
    ending = threading.Event()
    with psycopg.connect(database.service, autocommit=True) as connection:
        names = [name for (name,) in connection.execute("SELECT household FROM headroom.head ORDER BY household")]
        chosen = random.Random(4).sample(names, min(len(names), round(seconds * 10)))
        writer = threading.Thread(target=_cut, args=(database, chosen, committed, ending))
        epoch = leader.take(connection, "benchmark", lasts_seconds=0)
        assert epoch is not None
        writer.start()
        while not ending.is_set() or committed:
            wake.wake(connection, epoch, now=_now())
            sweep_all(connection, Turn(epoch=epoch), now=_now())
            told = connection.execute(
                "SELECT household FROM clock.outbox WHERE kind = 'limit_changed' AND household = ANY(%s)",
                (list(committed),),
            ).fetchall()
            seen = time.monotonic()
            lags += [seen - committed.pop(name) for (name,) in told]
            time.sleep(LOOK_SECONDS)
        writer.join()
    assert len(lags) == len(chosen)
    return {"notice_lag_p99_ms": p99(lags)}


def _cut(database: Database, households: list[str], committed: dict[str, float], ending: threading.Event) -> None:
    ledger = Ledger(database.service, clock=_now, salts=lambda: os.urandom(16))
    try:
        for household in households:
            ledger.record(household, [cut(household)])
            committed[household] = time.monotonic()
            time.sleep(0.1)
    finally:
        ledger.close()
        ending.set()


if __name__ == "__main__":
    main()
