"""The connection is cut after the COMMIT and before its answer: what was stored is stored once, and found again."""

import io
import os

import psycopg
import pytest

from ledger.store import bulk, reader
from ledger.store.bulk import Outcome, record_file
from ledger.store.verify import verify
from tests.faults.wire import Wire, wired
from tests.postgres import Database
from tests.store.facts import amounts_of, connected, income, opened, ticking

A_FACT = b"IncomeReceived"
LINES = b"".join(
    b'{"type":"IncomeReceived","household":"h1","effective_at":"2025-01-01","amount":"1","key":"k%d"}\n' % number
    for number in range(50)
)


def test_a_command_without_a_key_whose_answer_was_lost_is_answered_as_if_it_was_not(database: Database) -> None:
    with wired(database.service) as (wire, through), opened(through) as ledger:
        ledger.record("h1", [income(1)])
        for amount in (2, 3, 4):
            wire.lose_the_answer_to(A_FACT)
            receipt = ledger.record("h1", [income(amount)])
            assert (receipt.versions, receipt.duplicates) == ((amount + 1,), 0)
        assert wire.cuts == 3
    with connected(database.service) as connection:
        assert amounts_of(reader.load(connection, "h1")) == [1, 2, 3, 4]
        assert verify(connection).ok


def through_a_wire(conninfo: str, wire: Wire) -> Outcome:
    """Record the file over a connection whose last answer is lost."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        wire.lose_the_answer_to(b"COMMIT")
        return record_file(connection, io.BytesIO(LINES), clock=ticking(), salts=lambda: os.urandom(16))


def test_a_file_whose_answer_was_lost_is_whole_and_adds_nothing_when_it_is_recorded_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "DIRECT_FACTS", 1)
    with wired(database.service) as (wire, through):
        with pytest.raises(psycopg.OperationalError):
            through_a_wire(through, wire)
        assert wire.cuts == 1
    with connected(database.service) as connection:
        assert len(reader.load(connection, "h1")) == 51
        again = record_file(connection, io.BytesIO(LINES), clock=ticking(), salts=lambda: os.urandom(16))
        assert again == Outcome(duplicates=50)
        assert verify(connection).ok
