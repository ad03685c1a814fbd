"""A history file of a million lines beside a bare COPY of the rows it becomes."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from ops.benchmarks import append_recording
from tests.postgres import Cluster, Database

LOG_FILES = 40
"""Files of the server's log that lie ready before the first of the two: a million rows write some 27."""
SWITCH = "SELECT pg_logical_emit_message(false, 'bench', 'a file of the log'), pg_switch_wal()"
OUT = "COPY headroom.event TO STDOUT (FORMAT BINARY)"
IN = "COPY bare FROM STDIN (FORMAT BINARY)"
OPENING = (
    '{"type":"LineOpened","household":"h1","effective_at":"2025-01-01","line":"jiebei","lender":"ant",'
    '"product":"consumer_loan"}\n'
)
DRAW = (
    '{"type":"DrawnDown","household":"h1","effective_at":"2025-01-%02dT%02d:%02d:%02d+08:00",'
    '"key":"jiebei-20250101-%07d","line":"jiebei","amount":"%d.%02d"}\n'
)


def measure(cluster: Cluster, folder: Path, *, lines: int) -> dict[str, float]:
    """Seconds of recording and of the bare COPY, memory, and bytes a fact."""
    name, database = cluster.new_database()
    file = folder / "million.jsonl"
    write_file(file, lines=lines)
    run_in(database)
    recording, memory = recorded_apart(database, file)
    copying, size = copied(database, folder / "rows.copy")
    cluster.drop(name)
    return {
        "bulk_seconds": round(recording, 2),
        "copy_seconds": round(copying, 2),
        "bulk_vs_copy": round(copying / recording, 3),
        "bulk_rss_mb": round(memory),
        "bytes_per_fact": round(size, 1),
    }


def write_file(file: Path, *, lines: int) -> None:
    """A history file of one household: a line is opened and drawn from."""
    with file.open("w") as stream:
        stream.write(OPENING)
        for number in range(lines - 1):
            second, cents = number % 86_400, number % 9_999_999 + 1
            at = (number // 86_400 % 28 + 1, second // 3600, second // 60 % 60, second % 60)
            stream.write(DRAW % (*at, number, cents // 100, cents % 100))


def run_in(database: Database) -> None:
    """Let the server have files of its log to write over, as one that has been running has. The import, which comes
    first, would otherwise fill and flush every one anew, and leave them to the COPY.
    """
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        for _ in range(LOG_FILES):
            connection.execute(SWITCH)
        connection.execute("CHECKPOINT")


def recorded_apart(database: Database, file: Path) -> tuple[float, float]:
    """Record the file in a process of its own: seconds, and megabytes of it and its helpers."""
    words = ("-m", append_recording.__name__, database.service, str(file))
    told = subprocess.run([sys.executable, *words], check=True, stdout=subprocess.PIPE).stdout
    seconds, megabytes = json.loads(told)
    return seconds, megabytes


def copied(database: Database, file: Path) -> tuple[float, float]:
    """Copy the stored rows into a table like theirs: seconds; and bytes a fact of the book's own table."""
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        with connection.cursor() as cursor, cursor.copy(OUT) as copy, file.open("wb") as stream:
            for data in copy:
                stream.write(data)
        connection.execute("CREATE TABLE bare (LIKE headroom.event INCLUDING ALL)")
        connection.execute("CHECKPOINT")
        start = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy(IN) as copy, file.open("rb") as stream:
            while data := stream.read(1 << 18):
                copy.write(data)
        seconds = time.perf_counter() - start
        found = connection.execute(
            "SELECT pg_total_relation_size('headroom.event')::float / count(*) FROM headroom.event"
        ).fetchone()
        assert found is not None
        return seconds, found[0]
