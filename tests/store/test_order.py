"""The one order of all facts: a reader that tails it misses nothing, and nobody but the owner can change the past."""

import threading
import time

import psycopg
import pytest

from ledger.store import journal, reader
from ledger.store.journal import Entry, Extension, Head
from tests.postgres import Database
from tests.store.dawdlers import WRITERS, writer
from tests.store.facts import connected, income, opened


def test_a_tailing_reader_misses_nothing_while_writers_commit_late_and_roll_back(database: Database) -> None:
    until = time.monotonic() + 1.5
    stored: list[set[tuple[str, int]]] = [set() for _ in range(WRITERS)]
    threads = [
        threading.Thread(target=writer, args=(database.service, number), kwargs={"until": until, "stored": mine})
        for number, mine in enumerate(stored)
    ]
    for thread in threads:
        thread.start()
    tailed: list[reader.Followed] = []
    with connected(database.service) as connection:
        while True:
            alive = any(thread.is_alive() for thread in threads)
            found = reader.follow(connection, tailed[-1].position if tailed else 0, 50)
            tailed += found
            if not found and not alive:
                break
    met = [(fact.household, fact.recorded.version) for fact in tailed]
    assert len(met) > 200
    assert sorted(met) == sorted(set[tuple[str, int]]().union(*stored))
    for number in range(WRITERS):
        versions = [version for household, version in met if household == f"w{number}"]
        assert versions == sorted(versions)


def test_a_reader_that_ignores_the_horizon_would_step_over_a_late_commit(database: Database) -> None:
    """The trap itself: what is held back is exactly what a naive cursor would lose."""
    with psycopg.connect(database.service) as late, opened(database.service) as ledger, connected(
        database.service
    ) as tail:  # fmt: skip
        extension = Extension("late", Head(), entries=[Entry(1, 1, None, b'{"t":"x"}', topic="x")])
        late.execute(journal.APPEND, journal._parameters([extension], whole=False))
        ledger.record("early", [income(1)])
        naive = tail.execute("SELECT max(position) FROM headroom.event").fetchone()
        assert naive == (3,)
        assert reader.follow(tail, 0, 10) == []
        late.commit()
        assert [fact.position for fact in reader.follow(tail, 0, 10)] == [2, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE headroom.event SET version = version + 1",
        "DELETE FROM headroom.event",
        "TRUNCATE headroom.event",
        "ALTER TABLE headroom.event DISABLE TRIGGER ALL",
        "DROP TABLE headroom.event",
        "UPDATE headroom.personal_text SET content = 'x'",
        "DELETE FROM headroom.head",
        "SELECT nextval('headroom.position_of_event')",
        "SELECT setval('headroom.position_of_event', 1)",
        "CREATE TABLE headroom.mine (id integer)",
    ],
)
def test_the_service_may_not(statement: str, database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        ledger.record("h1", [income(1, note="salary")])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


def test_many_households_in_one_commit_take_a_bounded_number_of_locks(database: Database) -> None:
    with connected(database.service) as connection:
        extensions = []
        for number in range(8_000):
            household = f"h{number}"
            payload = b'{"t":"IncomeReceived.1","amount":1,"at":0}'
            extensions.append(Extension(household, Head(), entries=[Entry(1, 1, None, payload)]))
        assert len(journal.append(connection.cursor(), extensions, whole=True).stored) == 8_000
