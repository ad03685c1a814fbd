"""How fast the log is read back: folded, derived into the read tables, followed, and read.

    python -m ops.benchmarks.replay [--facts 1000000] [--writes 1000] [--seconds 10]

Draws and repayments of 200 facts a household, one throw-away server, two processes. The last line is one JSON object:

facts_per_second          full replay of all households to folded state
vs_stock                  the same over the library's repository: events of its aggregates a second, one process
vs_ledger_cli,            the same over these programs on the same movements, as balances; null where the program
vs_beancount              (ledger, bean-check) is not installed
rebuild_facts_per_second  all read tables derived anew and stored
rebuild_vs_copy           seconds of a bare COPY of the rows it wrote, over seconds of the rebuild
rebuild_rss_mb            largest resident memory of one of its processes
follow_lag_p99_ms         from a fact's commit to its being in the read tables, under `--writes` single writes a second
position_sql_p99_ms       one household's position, from the reporting view
series_sql_p99_ms         a year of its daily series
"""

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg

from ledger.book import fold_recorded
from ledger.store import reader
from ledger.store.bulk import record_file
from ops.benchmarks import replay_follow, replay_stock
from projections.readmodels import tables
from projections.readmodels.follow import catch_up
from projections.readmodels.rebuild import rebuild
from tests.postgres import Cluster, Database, binaries

A_HOUSEHOLD: Final = 200
WORKERS: Final = 2
SETTINGS: Final = ("shared_buffers=128MB", "max_wal_size=4GB")


def main() -> None:
    """Run every measurement and print the numbers."""
    options = argparse.ArgumentParser()
    options.add_argument("--facts", type=int, default=1_000_000)
    options.add_argument("--writes", type=int, default=1_000)
    options.add_argument("--seconds", type=float, default=10.0)
    chosen = options.parse_args()
    programs = binaries(os.environ.get("HEADROOM_TEST_POSTGRES", "18"))
    if programs is None:
        sys.exit("the wanted PostgreSQL is not installed here")
    cluster = Cluster(programs, settings=SETTINGS)
    try:
        with tempfile.TemporaryDirectory(prefix="hr-bench-") as folder:
            numbers = measure(cluster, Path(folder), chosen.facts)
        numbers |= replay_follow.measure(cluster, writes=chosen.writes, seconds=chosen.seconds)
    finally:
        cluster.close()
    for name, value in numbers.items():
        print(f"{name:>26}  {value}")
    print(json.dumps(numbers))


def measure(cluster: Cluster, folder: Path, facts: int) -> dict[str, Any]:
    """Everything that is read back from one big book."""
    name, database = cluster.new_database()
    write_files(folder, facts)
    with (
        psycopg.connect(database.service, autocommit=True) as connection,
        (folder / "facts.jsonl").open("rb") as stream,
    ):
        record_file(connection, stream, clock=_now, salts=lambda: os.urandom(16))
        households = [one.household for one in reader.households(connection)]
    replayed = replay_rate(database, households)
    stock = replay_stock.rate(cluster, name)
    return {
        "facts_per_second": round(replayed),
        "vs_stock": round(replayed / stock, 2),
        "vs_ledger_cli": _beside(replayed, facts, "ledger", "-f", str(folder / "facts.ledger"), "balance"),
        "vs_beancount": _beside(replayed, facts, "bean-check", str(folder / "facts.beancount")),
        **rebuild_numbers(database),
        **read_numbers(database, households),
    }


def _now() -> int:
    return time.time_ns() // 1000


def write_files(folder: Path, facts: int) -> None:
    """The same movements as a history file, a ledger journal and a beancount file."""
    chance = random.Random(1)
    with (
        (folder / "facts.jsonl").open("wb") as ours,
        (folder / "facts.ledger").open("w") as cli,
        (folder / "facts.beancount").open("w") as beans,
    ):
        beans.write("2019-01-01 open Assets:Cash\n")
        for number in range(facts // A_HOUSEHOLD):
            household = f"h{number:06}"
            beans.write(f"2019-01-01 open Liabilities:H{number:06}\n")
            ours.write(_line(household, "LineOpened", 0, lender="x", product="consumer_loan"))
            ours.write(_line(household, "LimitGranted", 0, limit="50000.00"))
            for turn in range(1, A_HOUSEHOLD - 2):
                draws, amount = turn % 2 == 1, f"{chance.randint(100, 100_000) / 100:.2f}"
                ours.write(_line(household, "DrawnDown" if draws else "RepaymentPosted", turn, amount=amount))
                on, sign = _day(turn), "-" if draws else ""
                cli.write(f"{on} {turn}\n  Liabilities:{household}  {sign}{amount} CNY\n  Assets:Cash\n")
                beans.write(f'{on} * "{turn}"\n  Liabilities:H{number:06}  {sign}{amount} CNY\n  Assets:Cash\n')


def _line(household: str, kind: str, turn: int, **fields: str) -> bytes:
    fact = {"type": kind, "household": household, "line": "a", "effective_at": f"{_day(turn)}T10:00:00+08:00"}
    return msgspec.json.encode(fact | fields) + b"\n"


def _day(turn: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(1_577_836_800 + turn * 2 * 86_400))


def replay_rate(database: Database, households: list[str]) -> float:
    """Facts a second, read and folded by two processes; their start is not counted."""
    parts = [households[start::WORKERS] for start in range(WORKERS)]
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        list(pool.map(fold_all, [database.service] * WORKERS, [[]] * WORKERS))
        begun = time.perf_counter()
        facts = sum(pool.map(fold_all, [database.service] * WORKERS, parts))
        return facts / (time.perf_counter() - begun)


def fold_all(conninfo: str, households: list[str]) -> int:
    """Fold some households from the log; how many facts they have."""
    facts = 0
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for household in households:
            facts += fold_recorded(reader.load(connection, household)).version
    return facts


def _beside(ours: float, facts: int, *command: str) -> float | None:
    program = shutil.which(command[0])
    if program is None:
        return None
    begun = time.perf_counter()
    subprocess.run([program, *command[1:]], check=True, capture_output=True)
    return round(ours / (facts / (time.perf_counter() - begun)), 2)


def rebuild_numbers(database: Database) -> dict[str, Any]:
    """The rebuild, its memory, and a bare COPY of the rows it wrote."""
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        connection.execute("UPDATE readmodel.generation SET position = (SELECT max(position) FROM headroom.event)")
        begun = time.perf_counter()
        result = rebuild(database.service, clock=_now, workers=WORKERS)
        seconds = time.perf_counter() - begun
        assert not result.quarantined
        copied = copy_seconds(connection)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    return {
        "rebuild_facts_per_second": round(result.facts / seconds),
        "rebuild_vs_copy": round(copied / seconds, 3),
        "rebuild_rss_mb": memory,
    }


def copy_seconds(connection: "psycopg.Connection[Any]") -> float:
    """How long PostgreSQL takes to copy ready-made rows of every table into tables like them, keys included."""
    seconds = 0.0
    for table in tables.TABLES:
        name, data = f"{tables.SCHEMA}.{table.name}_2", bytearray()
        with connection.cursor() as cursor, cursor.copy(f"COPY {name} TO STDOUT (FORMAT BINARY)") as out:
            for piece in out:
                data += piece
        connection.execute(f"CREATE TABLE bare (LIKE {name} INCLUDING INDEXES)")
        begun = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy("COPY bare FROM STDIN (FORMAT BINARY)") as into:
            into.write(data)
        seconds += time.perf_counter() - begun
        connection.execute("DROP TABLE bare")
    return seconds


def read_numbers(database: Database, households: list[str]) -> dict[str, Any]:
    """How long readers wait."""
    with psycopg.connect(database.service, autocommit=True) as connection:
        catch_up(connection, clock=_now)
        connection.execute("SET search_path = reporting_v1")
        position = "SELECT * FROM household_position WHERE household = %s"
        year = "SELECT * FROM household_daily WHERE household = %s AND day BETWEEN '2020-01-15' AND '2021-01-13'"

        def ask(statement: str, household: str) -> Callable[[], object]:
            return lambda: connection.execute(statement, (household,), prepare=True).fetchall()

        chance = random.Random(3)
        chosen = [chance.choice(households) for _ in range(300)]
        return {
            "position_sql_p99_ms": p99([timed(ask(position, household)) for household in chosen]),
            "series_sql_p99_ms": p99([timed(ask(year, household)) for household in chosen]),
        }


def timed(act: Callable[[], object]) -> float:
    """How long something takes, in seconds."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def p99(seconds: list[float]) -> float:
    """The 99th percentile in milliseconds."""
    return round(statistics.quantiles(seconds, n=100)[98] * 1000, 2)


if __name__ == "__main__":
    main()
