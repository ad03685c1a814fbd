"""Kill -9 of a recording process and of the database: what was acknowledged is there once, the rest wholly or not.

Every moment of death is seeded; tests.kills says how many there are.
"""

import io
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NoReturn

import psycopg
import pytest

from ledger import events
from ledger.record import Draft
from ledger.store import batcher, reader
from ledger.store.bulk import record_file
from ledger.store.journal import Connection
from ledger.store.verify import verify
from tests.kills import kills
from tests.postgres import Cluster, Database, binaries, wanted_versions
from tests.store.facts import amounts_of, connected, income, opened

KILLS = kills(200)
KILLED_IMPORTS = kills(10)
KILLED_POSTMASTERS = kills(20)
CALLERS = 3


def facts_of(command: int) -> list[Draft]:
    """A command of one to three facts, each with a key that tells which command it belongs to."""
    return [income(command * 10 + place + 1, key=f"c{command}-{place}") for place in range(command % 3 + 1)]


def forked(body: Callable[[], None]) -> int:
    """Run something in a copy of this process that is about to be killed; its process id."""
    child = os.fork()
    if child:
        return child
    try:
        body()
    finally:
        os._exit(0)


def record_for_ever(conninfo: str, household: str, acknowledge: int) -> NoReturn:
    """Record commands from several threads, and write each number to the pipe once it was answered."""
    with opened(conninfo, clock=lambda: time.time_ns() // 1000) as ledger:

        def caller(first: int) -> None:
            for command in range(first, sys.maxsize, CALLERS):
                receipt = ledger.record(household, facts_of(command))
                os.write(acknowledge, f"{command} {receipt.versions[0]}\n".encode())

        for first in range(CALLERS):
            threading.Thread(target=caller, args=(first,), daemon=True).start()
        time.sleep(3600)
    raise AssertionError("nobody killed this process")


def killed_while_recording(conninfo: str, household: str, moment: float) -> dict[int, int]:
    """Kill a recording process some seconds after its first answer; the versions of the commands it had answered."""
    answers, acknowledge = os.pipe()
    child = forked(lambda: record_for_ever(conninfo, household, acknowledge))
    os.close(acknowledge)
    told = os.read(answers, 65536)
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(answers, 65536):
        told += more
    os.close(answers)
    whole = told[: told.rfind(b"\n") + 1]
    return {int(command): int(version) for command, version in (line.split() for line in whole.splitlines())}


def test_a_killed_process_loses_nothing_it_had_answered_and_leaves_no_half_command(database: Database) -> None:
    chance = random.Random(20260101)
    answered = {
        f"h{number}": killed_while_recording(database.service, f"h{number}", chance.random() * 0.03)
        for number in range(KILLS)
    }
    assert sum(map(len, answered.values())) > KILLS
    with connected(database.service) as connection:
        wait_for_the_sessions_to_end(database)
        for household, commands in answered.items():
            stored = {fact.fact.key: fact.version for fact in reader.load(connection, household) if fact.fact.key}
            present = Counter(int(key[1:].partition("-")[0]) for key in stored)
            assert all(count == len(facts_of(command)) for command, count in present.items())
            assert {command: stored[f"c{command}-0"] for command in commands} == commands
        assert verify(connection).ok


def wait_for_the_sessions_to_end(database: Database) -> None:
    """A server process may still be at work for a client that was killed."""
    with connected(database.superuser) as connection:
        for _ in range(500):
            found = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'headroom_service' AND state <> 'idle'"
                " AND datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchone()
            if found == (0,):
                return
            time.sleep(0.01)
    raise AssertionError("a session of a killed client is still active")


def test_a_killed_import_is_wholly_there_or_not_at_all(database: Database) -> None:
    chance = random.Random(7)
    lines = 6_000
    row = '{"type":"IncomeReceived","household":"%s","effective_at":"2025-01-01","amount":"1","key":"k%d"}\n'
    outcomes = Counter[int]()
    for number in range(KILLED_IMPORTS):
        file = "".join(row % (f"i{number}", line) for line in range(lines)).encode()

        def body(file: bytes = file) -> None:
            with connected(database.service) as connection:
                record_file(connection, io.BytesIO(file), clock=lambda: time.time_ns() // 1000, salts=lambda: b"0" * 16)

        child = forked(body)
        time.sleep(chance.random() * 0.6)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    wait_for_the_sessions_to_end(database)
    with connected(database.superuser) as connection:
        for number in range(KILLED_IMPORTS):
            outcomes[len(reader.load(connection, f"i{number}"))] += 1
        assert set(outcomes) <= {0, lines + 1}
        assert verify(connection).ok
        assert staging_left(connection) == 0


def staging_left(connection: Connection) -> int:
    """Staging tables of sessions that have ended; the server drops them as a session ends, which takes a moment."""
    for _ in range(200):
        left = connection.execute(
            "SELECT relname FROM pg_class WHERE relname IN ('staged', 'staged_text') AND relpersistence = 't'"
        ).fetchall()
        if not left:
            return 0
        time.sleep(0.01)
    return len(left)


@pytest.fixture
def crashing() -> Iterator[Cluster]:
    """A cluster of this test's own, since it will be killed."""
    programs = binaries(wanted_versions()[0])
    if programs is None:
        pytest.skip(f"PostgreSQL {wanted_versions()[0]} is not installed here")
    cluster = Cluster(programs)
    yield cluster
    cluster.close()


def test_a_killed_postmaster_is_survived_and_every_command_is_stored_exactly_once(crashing: Cluster) -> None:
    """The commands carry no keys: an answer lost with its connection is found by the hash it would have stored."""
    chance = random.Random(42)
    _, database = crashing.new_database()
    stop = threading.Event()
    answered: list[list[int]] = [[] for _ in range(CALLERS)]
    trouble: list[BaseException] = []
    with opened(database.service, clock=lambda: time.time_ns() // 1000) as ledger:

        def caller(mine: int) -> None:
            amount = mine
            while not stop.is_set():
                amount += CALLERS
                try:
                    ledger.record("h1", [income(amount)])
                except BaseException as error:
                    trouble.append(error)
                    raise
                answered[mine].append(amount)

        threads = [threading.Thread(target=caller, args=(mine,)) for mine in range(CALLERS)]
        for thread in threads:
            thread.start()
        for _ in range(KILLED_POSTMASTERS):
            time.sleep(chance.random() * 0.1)
            crashing.kill()
            crashing.restart()
        stop.set()
        for thread in threads:
            thread.join()
    assert trouble == []
    with connected(database.service) as connection:
        stored = Counter(amounts_of(reader.load(connection, "h1")))
        assert stored == Counter(amount for mine in answered for amount in mine)
        assert len(stored) > KILLED_POSTMASTERS
        assert verify(connection).ok


def test_an_unreachable_database_is_told_and_nothing_hangs(crashing: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batcher, "_PATIENCE_SECONDS", 0.2)
    _, database = crashing.new_database()
    with opened(database.service) as ledger:
        ledger.record("h1", [income(1)])
        crashing.kill()
        time.sleep(0.3)  # a server process may serve one more command before it notices
        with pytest.raises(psycopg.OperationalError, match="same keys"):
            ledger.record("h1", [income(2)])
        crashing.restart()
        assert ledger.record("h1", [income(3)]).versions == (3,)
    with connected(database.service) as connection:
        assert amounts_of(reader.load(connection, "h1")) == [1, 3]
        assert isinstance(reader.load(connection, "h1")[0].fact, events.HouseholdOpened)
