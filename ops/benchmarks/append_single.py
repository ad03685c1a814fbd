"""Single commands: the ledger, plain INSERTs, and the library's own recorder, in turn."""

import os
import re
import statistics
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from ledger import events
from ledger.record import Draft
from ledger.store.application import Ledger
from ops.benchmarks.callers import CALLERS, rate
from tests.postgres import PORT, Cluster, Database

PAYLOAD = events.encode(
    events.DrawnDown(effective=1_735_704_000_000_000, key="jiebei-20250101-0000001", line="jiebei", amount=123_456)
)
INSERT = f"""INSERT INTO plain (household, version, payload)
VALUES ('h' || :client_id, nextval('plain_version'), '\\x{PAYLOAD.hex()}')"""


def measure(cluster: Cluster, programs: Path, *, seconds: float, rounds: int) -> dict[str, float]:
    """Commands a second of each, and the ratios; a round measures all three one after the other."""
    name, database = cluster.new_database()
    script = prepare_plain(cluster, database)
    ours, plain, threads, stock = [], [], [], []
    for number in range(rounds):
        ours.append(ledger_rate(database, number, seconds=seconds))
        plain.append(pgbench_rate(cluster, programs, name, script, seconds=seconds))
        threads.append(threaded_rate(database, number, seconds=seconds))
        stock.append(stock_rate(cluster, name, seconds=seconds))
    pairs = list(zip(ours, plain, threads, stock, strict=True))
    return {
        "single_per_second": round(statistics.median(ours)),
        "insert_per_second": round(statistics.median(plain)),
        "insert_threads_per_second": round(statistics.median(threads)),
        "stock_per_second": round(statistics.median(stock)),
        "single_vs_insert": round(statistics.median(one / other for one, other, _, _ in pairs), 3),
        "single_vs_insert_threads": round(statistics.median(one / other for one, _, other, _ in pairs), 3),
        "single_vs_stock": round(statistics.median(one / other for one, _, _, other in pairs), 2),
    }


def prepare_plain(cluster: Cluster, database: Database) -> Path:
    """The plain table that INSERTs go to, and pgbench's script for it."""
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE plain (household text, version bigint, payload bytea, PRIMARY KEY (household, version))"
        )
        connection.execute("CREATE SEQUENCE plain_version")
    script = cluster.home / "insert.sql"
    script.write_text(INSERT)
    return script


def ledger_rate(database: Database, number: int, *, seconds: float) -> float:
    """Commands through the application layer: validated, keyed, versioned, chained."""
    ledger = Ledger(database.service, clock=lambda: time.time_ns() // 1000, salts=lambda: os.urandom(16))
    opening = events.LineOpened(
        effective="2025-01-01", key="open", line="jiebei", lender="ant", product="consumer_loan"
    )
    for caller in range(CALLERS):
        ledger.record(f"h{caller}", [Draft(fact=opening)])

    def record(caller: int, turn: int) -> None:
        key = f"jiebei-2025{number:02}{caller:02}-{turn:07}"
        draw = events.DrawnDown(effective=1_735_704_000_000_000, key=key, line="jiebei", amount=10_000 + turn)
        ledger.record(f"h{caller}", [Draft(fact=draw)])

    try:
        return rate(record, seconds=seconds)
    finally:
        ledger.close()


def pgbench_rate(cluster: Cluster, programs: Path, name: str, script: Path, *, seconds: float) -> float:
    """Single-row INSERTs of pgbench, which takes far less of the processor than any client in Python."""
    words = f"-h {cluster.home} -p {PORT} -U postgres -n -M prepared -c {CALLERS} -j 2 -T {max(round(seconds), 1)}"
    done = subprocess.run(
        [str(programs / "pgbench"), *words.split(), "-f", str(script), name], check=True, capture_output=True, text=True
    )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found is not None
    return float(found[1])


def threaded_rate(database: Database, number: int, *, seconds: float) -> float:
    """Single-row INSERTs of sixteen threads of one Python process, prepared, each with its connection."""
    connections = [psycopg.connect(database.superuser, autocommit=True) for _ in range(CALLERS)]

    def insert(caller: int, turn: int) -> None:
        values = (f"t{number}-{caller}", turn, PAYLOAD)
        connections[caller].execute("INSERT INTO plain VALUES (%s, %s, %s)", values, prepare=True)

    try:
        return rate(insert, seconds=seconds)
    finally:
        for connection in connections:
            connection.close()


def stock_rate(cluster: Cluster, name: str, *, seconds: float) -> float:
    """Saves of one event through the library's own PostgreSQL recorder."""
    datastore = PostgresDatastore(
        dbname=name, host=str(cluster.home), port=PORT, user="postgres", password="", pool_size=CALLERS
    )
    recorder = PostgresApplicationRecorder(datastore, events_table_name="stock_events")
    recorder.create_table()
    streams = [uuid4() for _ in range(CALLERS)]

    def insert(caller: int, turn: int) -> None:
        recorder.insert_events([StoredEvent(streams[caller], turn, "DrawnDown", PAYLOAD)])

    try:
        return rate(insert, seconds=seconds)
    finally:
        datastore.close()
