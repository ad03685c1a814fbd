"""Single commands: the ledger, plain INSERTs, and the library's own recorder, in turn."""

import os
import re
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from ledger import events
from ledger.payload import encode
from ledger.record import Draft
from ledger.store.application import Ledger
from ops.benchmarks.callers import CALLERS, PROCESSES, Act, rate
from tests.postgres import PORT, Cluster, Database

OPENING = events.LineOpened(effective="2025-01-01", key="open", line="jiebei", lender="ant", product="consumer_loan")
PAYLOAD = encode(
    events.DrawnDown(effective=1_735_704_000_000_000, key="jiebei-20250101-0000001", line="jiebei", amount=123_456)
)
PLAIN: Final = (
    "INSERT INTO plain VALUES"
    " (nextval('place'), pg_current_xact_id(), 1735704000000000, {}, {}, 1, {}, '', {}, {})"
)  # fmt: skip
"""A row as the ledger stores it: its key's hash, version, household, hash and payload are told."""
SAME_ROW: Final = "\\set key random(1, 9223372036854775806)\n" + PLAIN.format(
    ":key", "nextval('number')", "'h' || :client_id", f"'\\x{bytes(32).hex()}'", f"'\\x{PAYLOAD.hex()}'"
)
NARROW_ROW: Final = f"INSERT INTO narrow VALUES ('h' || :client_id, nextval('number'), '\\x{PAYLOAD.hex()}')"
TABLES: Final = """
CREATE TABLE plain (LIKE headroom.event INCLUDING ALL);
CREATE TABLE narrow (household text, version bigint, payload bytea, PRIMARY KEY (household, version));
CREATE SEQUENCE place;
CREATE SEQUENCE number AS integer;
"""


def measure(cluster: Cluster, programs: Path, *, seconds: float, rounds: int) -> dict[str, float]:
    """Commands a second of each, and the ratios; a round measures all one after the other."""
    name, database = cluster.new_database()
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        connection.execute(TABLES)
    PostgresApplicationRecorder(_datastore(str(cluster.home), name), events_table_name="stock_events").create_table()
    ways: dict[str, Callable[[int], float]] = {
        "single": lambda turn: _ledger_rate(database, turn, seconds=seconds),
        "insert": lambda _: _pgbench_rate(cluster, programs, name, SAME_ROW, seconds=seconds),
        "insert_threads": lambda turn: rate(partial(_plain, database.superuser, f"t{turn}-"), seconds=seconds),
        "stock": lambda _: rate(partial(_stock, str(cluster.home), name), seconds=seconds),
        "single_one_process": lambda turn: _ledger_rate(database, rounds + turn, seconds=seconds, processes=1),
        "insert_narrow": lambda _: _pgbench_rate(cluster, programs, name, NARROW_ROW, seconds=seconds),
    }
    told = [{way: measured(turn) for way, measured in ways.items()} for turn in range(rounds)]
    return {f"{way}_per_second": round(statistics.median(each[way] for each in told)) for way in ways} | {
        f"{ours}_vs_{theirs}": round(statistics.median(each[ours] / each[theirs] for each in told), 3)
        for ours, theirs in (
            ("single", "insert"),
            ("single", "insert_threads"),
            ("single", "stock"),
            ("single", "insert_narrow"),
            ("single_one_process", "insert"),
            ("single_one_process", "insert_narrow"),
        )
    }


def _ledger_rate(database: Database, turn: int, *, seconds: float, processes: int = PROCESSES) -> float:
    return rate(partial(_ledger, database.service, f"r{turn}-"), seconds=seconds, processes=processes)


@contextmanager
def _ledger(conninfo: str, prefix: str, callers: range) -> Iterator[Act]:
    """Commands through the application layer: validated, keyed, versioned, chained."""
    ledger = Ledger(conninfo, clock=lambda: time.time_ns() // 1000, salts=lambda: os.urandom(16))
    for caller in callers:
        ledger.record(f"{prefix}{caller}", [Draft(fact=OPENING)])

    def record(caller: int, turn: int) -> None:
        key = f"jiebei-20250101-{turn:07}"
        draw = events.DrawnDown(effective=1_735_704_000_000_000, key=key, line="jiebei", amount=10_000 + turn)
        ledger.record(f"{prefix}{caller}", [Draft(fact=draw)])

    yield record
    ledger.close()


@contextmanager
def _plain(conninfo: str, prefix: str, callers: range) -> Iterator[Act]:
    """Single-row INSERTs of Python, prepared, a connection a caller."""
    insert = PLAIN.format(*["%s"] * 5)
    connections = {caller: psycopg.connect(conninfo, autocommit=True) for caller in callers}

    def store(caller: int, turn: int) -> None:
        values = (caller << 32 | turn, turn, f"{prefix}{caller}", bytes(32), PAYLOAD)
        connections[caller].execute(insert, values, prepare=True)

    yield store
    for connection in connections.values():
        connection.close()


@contextmanager
def _stock(host: str, name: str, callers: range) -> Iterator[Act]:
    """Saves of one event through the library's own PostgreSQL recorder."""
    datastore = _datastore(host, name, callers=len(callers))
    recorder = PostgresApplicationRecorder(datastore, events_table_name="stock_events")
    streams = {caller: uuid4() for caller in callers}

    def store(caller: int, turn: int) -> None:
        recorder.insert_events([StoredEvent(streams[caller], turn, "DrawnDown", PAYLOAD)])

    yield store
    datastore.close()


def _datastore(host: str, name: str, *, callers: int = 1) -> PostgresDatastore:
    return PostgresDatastore(dbname=name, host=host, port=PORT, user="postgres", password="", pool_size=callers)


def _pgbench_rate(cluster: Cluster, programs: Path, name: str, script: str, *, seconds: float) -> float:
    """Single-row INSERTs of pgbench, which takes far less of the processor than any client in Python."""
    file = cluster.home / "insert.sql"
    file.write_text(script)
    words = f"-h {cluster.home} -p {PORT} -U postgres -n -M prepared -c {CALLERS} -j {PROCESSES}"
    lasting = ("-T", str(max(round(seconds), 1)), "-f", str(file))
    done = subprocess.run(
        [str(programs / "pgbench"), *words.split(), *lasting, name], check=True, capture_output=True, text=True
    )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found is not None
    return float(found[1])
