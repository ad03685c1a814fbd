"""The ledger as an application: commands in, facts stored, answers after the commit."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

import psycopg
from eventsourcing.application import Application

from ledger.record import Draft
from ledger.sound import are_sound, household_is_named
from ledger.store.batcher import Batcher
from ledger.store.command import Command
from ledger.store.intake import Receipt
from ledger.store.journal import Connection
from ledger.store.recorder import BookRecorder
from ledger.store.shelf import Shelf, recollect

_AHEAD_SECONDS: Final = 2.0
"""How long a caller waits for a connection to read ahead with."""


class Ledger(Application[str]):
    """Records facts of households. Thread-safe: concurrent callers share commits.

    `conninfo` names the database as the service role; `clock` tells microseconds since the epoch, `salts` 16 fresh
    random bytes. Reading goes through `ledger.store.reader`, or through the library's `events` and
    `notification_log`.
    """

    name = "headroom"
    recorder: BookRecorder

    def __init__(self, conninfo: str, *, clock: Callable[[], int], salts: Callable[[], bytes]) -> None:
        super().__init__(
            {
                "PERSISTENCE_MODULE": "ledger.store.recorder:BookFactory",
                "MAPPER_TOPIC": "ledger.store.mapper:FactMapper",
                "CONNINFO": conninfo,
            }
        )
        self._shelf = Shelf()
        self._batcher = Batcher(lambda: _connect(conninfo), shelf=self._shelf, clock=clock, salts=salts)

    def record(self, household: str, drafts: Iterable[Draft], *, expected_version: int | None = None) -> Receipt:
        """Record facts of one household together: all of them or none.

        A draft whose key was recorded before with the same content is a duplicate and is not stored again.
        Raises: Refused by a rule, by a key of other content, or where a fact does not hold what its fields declare;
        ConcurrentChange when the household is not at `expected_version`; psycopg.OperationalError when the database
        stayed unreachable.
        """
        household_is_named(household)
        told = are_sound(drafts)
        if not self._shelf.remembers(household):
            self._read_ahead(household)
        return self._batcher.submit(Command(household, told, expected_version))

    def _read_ahead(self, household: str) -> None:
        """Read a household in the caller's own time, so that the batcher need not; the batcher bears with outages."""
        with suppress(psycopg.OperationalError), self.recorder.pool.connection(timeout=_AHEAD_SECONDS) as connection:
            self._shelf.offer(household, recollect(connection, household))

    def close(self) -> None:
        """Store what is queued, then let go of every connection."""
        if not self.closing.is_set():
            self._batcher.close()
        super().close()


def _connect(conninfo: str) -> Connection:
    return psycopg.connect(conninfo, autocommit=True)
