"""How fast the log is read back: folded, derived into the read tables, followed, and read.

    python -m ops.benchmarks.replay [--facts 1000000] [--sizes 100000] [--writes 1000] [--seconds 10]

Two processes, one throw-away server. In the plain book 5,000 households have 200 facts each, four a day, draws and
repayments. The sparse book has a fact every second day: two rows a fact instead of half a row. The mixed book is a year
of what a family writes, with rates, a schedule, bills and observations. The same movements are given to ledger (Debian:
`apt install ledger`) and bean-check (`pip install beancount`, its bin folder on the PATH), as programs that print
balances and that check; null where one is not installed. The last line is one JSON object:

facts_per_second          full replay of all households to folded state; the middle of three
compiled                  whether the fold that was measured is the compiled one
vs_stock                  the same over the library's repository: events of its aggregates a second, one process, all
                          that were replayed in turn with parts of ours, as a core's speed changes
vs_ledger_cli,            the same over these programs on the same movements
vs_beancount
mixed_facts_per_second,   the same of the mixed book
mixed_vs_ledger_cli
rebuild_facts_per_second  all read tables derived anew and stored
rebuild_vs_copy           seconds of a bare COPY of the rows it wrote, over seconds of the rebuild
rebuild_rss_mb            largest resident memory of one of its processes
mixed_rebuild_...,        the same of the mixed book, and of the sparse one
sparse_rebuild_...
rebuild_by_size           facts a second of rebuilds of other sizes, and their memory
follow_lag_p99_ms         from a fact's commit to its being in the read tables, under `--writes` single writes a second
position_sql_p99_ms       one household's position, from the reporting view, in the sparse book
series_sql_p99_ms,        a year of its daily series; the middle of the readings too: what disturbs a machine
series_sql_median_ms      shows in the former alone
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg

from ledger import timeline
from ledger.book import fold
from ledger.store import reader
from ledger.store.bulk import record_file
from ledger.store.replay import Sized, collect_seldom, recorded
from ledger.timeline import Timeline
from ops.benchmarks import replay_books, replay_follow, replay_rebuild, replay_stock
from projections.readmodels import tables
from projections.readmodels.follow import catch_up
from tests.postgres import Cluster, Database, binaries

WORKERS: Final = 2
REPLAYS: Final = 3
PARTS: Final = 8
"""Parts of a replay, with the library's turn after each."""
SETTINGS: Final = ("shared_buffers=128MB", "max_wal_size=4GB")
SPARSE_FACTS: Final = 200_000


def main() -> None:
    """Run every measurement and print the numbers."""
    options = argparse.ArgumentParser()
    options.add_argument("--facts", type=int, default=1_000_000)
    options.add_argument("--sizes", type=int, nargs="*", default=[100_000])
    options.add_argument("--writes", type=int, default=1_000)
    options.add_argument("--seconds", type=float, default=10.0)
    chosen = options.parse_args()
    programs = binaries(os.environ.get("HEADROOM_TEST_POSTGRES", "18"))
    if programs is None:
        sys.exit("the wanted PostgreSQL is not installed here")
    cluster = Cluster(programs, settings=SETTINGS)
    try:
        numbers = measure(cluster, chosen.facts)
        numbers |= mixed_numbers(cluster, chosen.facts // 4)
        numbers |= sparse_numbers(cluster)
        numbers["rebuild_by_size"] = {size: sized_numbers(cluster, size) for size in chosen.sizes}
        numbers |= replay_follow.measure(cluster, writes=chosen.writes, seconds=chosen.seconds)
    finally:
        cluster.close()
    for name, value in numbers.items():
        print(f"{name:>32}  {value}")
    print(json.dumps(numbers))


class Book(NamedTuple):
    """A book in a database of its own, and the files beside it."""

    database: Database
    name: str
    folder: Path
    facts: int
    households: list[Sized]


@contextmanager
def book(
    cluster: Cluster, facts: int, family: replay_books.Family = replay_books.plain, **shape: Any
) -> Iterator[Book]:
    """An invented book, recorded."""
    name, database = cluster.new_database()
    with (
        tempfile.TemporaryDirectory(prefix="hr-bench-") as folder,
        psycopg.connect(database.service, autocommit=True) as connection,
    ):
        replay_books.write(Path(folder), facts, family, **shape)
        with Path(folder, "facts.jsonl").open("rb") as stream:
            record_file(connection, stream, clock=_now, salts=lambda: os.urandom(16))
        with psycopg.connect(database.superuser, autocommit=True) as owner:
            owner.execute("VACUUM (ANALYZE) headroom.event")  # which the server would do by itself, while we measure
        households = [(one.household, one.facts) for one in reader.households(connection)]
        yield Book(database, name, Path(folder), sum(size for _, size in households), households)


def measure(cluster: Cluster, facts: int) -> dict[str, Any]:
    """Everything that is read back from one big plain book."""
    with book(cluster, facts) as plain:
        library: list[float] = []
        with replay_stock.recorded(cluster, plain.name) as replay_library:
            replays = replay_seconds(plain, between=lambda: library.append(replay_library()))
        replayed = plain.facts / statistics.median(replays)
        in_turn, stock = plain.facts / statistics.mean(replays), replay_stock.EVENTS / statistics.mean(library)
        return {
            "facts_per_second": round(replayed),
            "compiled": not str(timeline.__file__).endswith(".py"),
            "vs_stock": round(in_turn / stock, 2),
            "vs_ledger_cli": _beside(
                replayed, plain.facts, "ledger", "-f", str(plain.folder / "facts.ledger"), "balance"
            ),
            "vs_beancount": _beside(replayed, plain.facts, "bean-check", str(plain.folder / "facts.beancount")),
            **rebuild_numbers(plain.database),
        }


def mixed_numbers(cluster: Cluster, facts: int) -> dict[str, Any]:
    """The replay, and the rebuild, of what families write."""
    with book(cluster, facts, replay_books.mixed, a_household=365 * replay_books.A_DAY) as mixed:
        replayed = mixed.facts / statistics.median(replay_seconds(mixed))
        return {
            "mixed_facts_per_second": round(replayed),
            "mixed_vs_ledger_cli": _beside(
                replayed, mixed.facts, "ledger", "-f", str(mixed.folder / "facts.ledger"), "balance"
            ),
            **_of("mixed", rebuild_numbers(mixed.database)),
        }


def sparse_numbers(cluster: Cluster) -> dict[str, Any]:
    """The rebuild, and reading, where most facts have a day of their own."""
    with book(cluster, SPARSE_FACTS, a_day=0.5) as sparse:
        return _of("sparse", rebuild_numbers(sparse.database)) | read_numbers(sparse)


def sized_numbers(cluster: Cluster, facts: int) -> dict[str, Any]:
    """The rebuild of a plain book of another size."""
    with book(cluster, facts) as other:
        return rebuild_numbers(other.database)


def _now() -> int:
    return time.time_ns() // 1000


def _of(kind: str, numbers: dict[str, Any]) -> dict[str, Any]:
    return {f"{kind}_{name}": value for name, value in numbers.items()}


def replay_seconds(one: Book, *, between: Callable[[], object] = lambda: None) -> list[float]:
    """How long full replays take two processes, without their start, and without what runs between parts of them."""
    context = get_context("spawn")
    beginning = (one.database.service, context.Barrier(WORKERS))
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_begin_folding, initargs=beginning) as pool:
        list(pool.map(fold_all, [[]] * WORKERS))
        return [sum(_replayed_in_parts(pool, one.households, between)) for _ in range(REPLAYS)]


def _replayed_in_parts(
    pool: ProcessPoolExecutor, households: list[Sized], between: Callable[[], object]
) -> Iterator[float]:
    for part in range(PARTS):
        begun = time.perf_counter()
        list(pool.map(fold_all, [households[part + PARTS * worker :: PARTS * WORKERS] for worker in range(WORKERS)]))
        yield time.perf_counter() - begun
        between()


_connection: "psycopg.Connection[Any] | None" = None
"""Of a process that folds."""


def _begin_folding(conninfo: str, ready: Barrier) -> None:
    """Wait until every process has begun: a task given before then would go to the first that has."""
    global _connection  # what such a process keeps between parts
    collect_seldom()
    _connection = psycopg.connect(conninfo, autocommit=True)
    ready.wait()


def fold_all(households: list[Sized]) -> int:
    """Fold some households from the log; how many facts they have."""
    assert _connection is not None
    return sum(fold(Timeline(known)).version for _, known in recorded(_connection, households))


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
        facts, seconds, memory = rebuild_apart(database.service)
        copied = copy_seconds(connection)
    return {
        "rebuild_facts_per_second": round(facts / seconds),
        "rebuild_vs_copy": round(copied / seconds, 3),
        "rebuild_rss_mb": memory,
    }


def rebuild_apart(conninfo: str) -> tuple[int, float, int]:
    """A rebuild in a process of its own, which has no other helpers: facts, seconds, and the most memory of one."""
    words = ("-m", replay_rebuild.__name__, conninfo)
    facts, seconds, memory = json.loads(
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.PIPE).stdout
    )
    return facts, seconds, memory


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


def read_numbers(one: Book) -> dict[str, Any]:
    """How long readers wait."""
    with psycopg.connect(one.database.service, autocommit=True) as connection:
        catch_up(connection, clock=_now)
        connection.execute("SET search_path = reporting_v1")
        position = "SELECT * FROM household_position WHERE household = %s"
        year = "SELECT * FROM household_daily WHERE household = %s AND day BETWEEN '2020-01-01' AND '2020-12-30'"

        def ask(statement: str, household: str) -> Callable[[], object]:
            return lambda: connection.execute(statement, (household,), prepare=True).fetchall()

        chance = random.Random(3)
        chosen = [chance.choice(one.households)[0] for _ in range(300)]
        positions = [timed(ask(position, household)) for household in chosen]
        years = [timed(ask(year, household)) for household in chosen]
        return {
            "position_sql_p99_ms": p99(positions),
            "series_sql_p99_ms": p99(years),
            "series_sql_median_ms": round(statistics.median(years) * 1000, 2),
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
