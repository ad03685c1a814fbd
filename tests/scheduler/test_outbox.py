"""What goes into the outbox is told once, with its cause or not at all."""

from collections.abc import Iterator

import psycopg
import pytest

from ledger.store.reader import Connection
from scheduler.outbox import put
from tests.postgres import Database
from tests.scheduler.post import message


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.service, autocommit=True) as connection:
        yield connection


def stored(connection: Connection) -> list[tuple[str, str, list[str]]]:
    return connection.execute("SELECT dedup_key, text, facts FROM clock.outbox ORDER BY dedup_key").fetchall()


def test_the_same_thing_is_told_once_and_the_first_words_stand(connection: Connection) -> None:
    assert put(connection, message())
    assert not put(connection, message(text="Said otherwise."))
    assert stored(connection) == [("worse:dsr:12", message().text, ["lin:35", "lin:36"])]


def test_two_households_may_be_told_the_same(connection: Connection) -> None:
    assert put(connection, message())
    assert put(connection, message(household="wang"))


def test_a_message_goes_with_the_transaction_that_caused_it(connection: Connection) -> None:
    with connection.transaction(force_rollback=True):
        assert put(connection, message())
    assert stored(connection) == []


def test_the_service_changes_no_message(connection: Connection) -> None:
    put(connection, message())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE clock.outbox SET text = 'Said otherwise.'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM clock.outbox")


def test_nobody_but_the_service_reads_an_address(database: Database, connection: Connection) -> None:
    with psycopg.connect(database.superuser) as other:
        other.execute("SET ROLE headroom_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("SELECT address FROM clock.channel")
