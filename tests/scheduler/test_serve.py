"""`headroom serve` as real processes: it checks, tells, ends cleanly, and is taken over from when it dies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from scheduler import addressbook, leader
from scheduler.channels.address import read_address
from scheduler.outbox import put
from scheduler.run import Clock, Place
from scheduler.sweep import BATCH
from tests.build import granted, lowered, opened_line
from tests.cli.program import address
from tests.postgres import Database
from tests.readmodels.books import a_family, recording, service
from tests.scheduler.post import message
from tests.scheduler.receivers import web_server

PATIENCE_SECONDS = 60.0


@contextmanager
def serving(database: Database, *, workers: int = 1) -> Iterator["subprocess.Popen[str]"]:
    """A process that serves the book, ended at the end whatever happens."""
    environment = os.environ | {"HEADROOM_DATABASE_URL": address(database.superuser)}
    process = subprocess.Popen(
        [sys.executable, "-c", "from app.cli.main import main; main()", "serve", "--workers", str(workers)],
        env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def awaited(holds: Callable[[], Any]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


def now() -> int:
    return time.time_ns() // 1000


def count(database: Database, table: str, where: str = "true") -> int:
    with service(database) as connection:
        found = connection.execute(f"SELECT count(*) FROM clock.{table} WHERE {where}".encode()).fetchone()
        assert found is not None
        return int(found[0])


def holder(database: Database) -> str | None:
    with service(database) as connection:
        lease = leader.lease(connection)
        return lease.holder if lease.held else None


def test_it_checks_a_new_household_tells_of_a_cut_and_ends_cleanly_when_asked(database: Database) -> None:
    with serving(database) as process, recording(database, now) as record:
        awaited(lambda: holder(database))
        record("h1", *a_family())
        awaited(lambda: count(database, "job_run", "job = 'first'"))
        record("h1", lowered(15000, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())))
        awaited(lambda: count(database, "outbox", "kind = 'limit_changed'"))
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert holder(database) is None
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert {line["event"] for line in lines} == {"lease_taken", "sweep", "followed"}
    assert sum(line.get("notices", 0) for line in lines) == count(database, "notice")
    assert not any("400" in str(line.get("subject", "")) for line in lines)


def test_it_keeps_the_reporting_views_up_with_the_book_and_another_goes_on_when_it_dies(database: Database) -> None:
    def shown() -> int:
        with psycopg.connect(database.superuser) as dashboard:
            found = dashboard.execute("SELECT sum(version) FROM reporting_v1.households").fetchone()
            return int(found[0] or 0) if found else 0

    with serving(database) as first, recording(database, now) as record:
        facts = record("h1", *a_family())
        awaited(lambda: shown() == facts)
        with serving(database):
            first.kill()
            first.wait()
            record("h1", lowered(15000, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())))
            awaited(lambda: shown() == facts + 1)


def test_when_the_leader_is_killed_another_takes_over_and_does_what_is_due(database: Database) -> None:
    with serving(database) as first:
        awaited(lambda: holder(database))
        with serving(database):
            first.kill()
            first.wait()
            with recording(database, now) as record:
                record("h1", *a_family())
            awaited(lambda: count(database, "job_run", "job = 'first'"))
            with service(database) as connection:
                assert leader.lease(connection).epoch == 2


def test_of_two_only_one_leads(database: Database) -> None:
    with serving(database), serving(database):
        awaited(lambda: holder(database))
        first = holder(database)
        time.sleep(2 * leader.RENEW_SECONDS + 1)
        assert holder(database) == first


def test_a_lost_connection_costs_nothing_but_time(database: Database) -> None:
    with serving(database), recording(database, now) as record:
        awaited(lambda: holder(database))
        with service(database) as ours:
            mine = ours.info.backend_pid
            for number in range(3):
                ours.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'headroom_service'"
                    " AND application_name = 'headroom' AND pid <> %s",
                    (mine,),
                )
                household = f"h{number}"
                record(household, *a_family())
                awaited(
                    lambda household=household: count(  # type: ignore[misc]  # a default binds it
                        database, "job_run", f"job = 'first' AND household = '{household}'"
                    )
                )
    assert count(database, "job_run", "job = 'first'") == 3


def test_a_long_list_is_shared_by_processes_that_end_with_the_one_that_serves(database: Database) -> None:
    with recording(database, now) as record:
        for number in range(BATCH + 20):
            record(f"h{number}", opened_line(), granted(1000))
    for kill in (signal.SIGINT, signal.SIGKILL):
        with serving(database, workers=2) as process:
            awaited(lambda: count(database, "job_run", "job = 'first'") == BATCH + 20)
            awaited(lambda process=process: len(family_of(process.pid)) > 2)  # type: ignore[misc]  # a default binds it
            os.killpg(process.pid, kill) if kill == signal.SIGINT else process.kill()
            _, said = process.communicate(timeout=PATIENCE_SECONDS)
            awaited(lambda process=process: not family_of(process.pid))  # type: ignore[misc]  # the same
        if kill == signal.SIGINT:
            assert process.returncode == 0
            assert "Traceback" not in said
        with service(database) as connection:
            connection.execute("UPDATE clock.agenda SET next_at = 0")


def family_of(group: int) -> list[str]:
    """The processes of a process group that still run."""
    found = subprocess.run(["ps", "-o", "pid=,stat=", "-g", str(group)], capture_output=True, text=True, check=False)
    return [line for line in found.stdout.splitlines() if "Z" not in line]


def test_what_stands_in_the_outbox_is_sent(database: Database) -> None:
    with web_server() as receiver, service(database) as connection:
        address = read_address(receiver.webhook)
        addressbook.add(connection, "lin", address, name="webhook", kinds=(), now=now())
        put(connection, message(not_before=now(), created_at=now()))
        with serving(database) as process:
            awaited(lambda: count(database, "delivery", "state = 'sent'"))
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=PATIENCE_SECONDS)
        assert [got.json["data"]["text"] for got in receiver.got] == [message().text]
        assert process.returncode == 0
        assert '"event": "delivery"' in said
        assert "s3cr3t" not in said


def test_another_takes_over_within_the_fifteen_seconds_that_are_promised() -> None:
    assert leader.LASTS_SECONDS + leader.LOOK_SECONDS <= 15
    assert 2 * leader.RENEW_SECONDS < leader.LASTS_SECONDS


def test_a_clock_without_a_schema_says_so_and_leads_again_once_there_is_one(database: Database) -> None:
    told: list[tuple[str, object]] = []
    place = Place(
        connect=lambda: psycopg.connect(database.service, autocommit=True),
        conninfo=database.service,
        holder="here",
        now=now,
        log=lambda name, facts: told.append((name, facts["outcome"])),
        lease_seconds=0.3,
    )
    clock = Clock(place)
    clock.hold()
    with psycopg.connect(database.superuser, autocommit=True) as administrator:
        administrator.execute("ALTER SCHEMA clock RENAME TO elsewhere")
        time.sleep(place.lease_seconds)
        clock.hold()
        assert clock.epoch is None
        administrator.execute("ALTER SCHEMA elsewhere RENAME TO clock")
    clock.hold()
    clock.stop()
    assert told == [("lease_taken", "done"), ("lease_lost", "UndefinedTable"), ("lease_taken", "done")]
