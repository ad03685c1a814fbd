"""A clock in a test: a book in a database, the time as the test says, and whatever is due done for it."""

from typing import Any

from ledger.calendar import DAY, parse_when, zone
from scheduler import leader, sweep, wake
from scheduler.sweep import Swept, Turn
from scheduler.wishes import USUAL, Wishes
from tests.build import Record
from tests.postgres import Database
from tests.readmodels.books import recording, service

HOUR = DAY // 24
SHANGHAI = zone("Asia/Shanghai")


def instant(text: str) -> int:
    """An instant as tests write it; a bare time of day counts in Shanghai."""
    found = parse_when(text if len(text) == 10 else text + "+08:00")
    return SHANGHAI.at(found)


class Clockwork:
    """A process that runs what is due, and its clock."""

    def __init__(self, database: Database, at: str = "2026-05-01T12:00:00", *, usual: Wishes = USUAL) -> None:
        self.database = database
        self.usual = usual
        self.now = instant(at)
        self.epoch = 0

    def record(self, household: str, *facts: Record) -> int:
        """Record facts now; the household's version."""
        with recording(self.database, lambda: self.now) as record:
            return record(household, *facts)

    def leads(self) -> None:
        """Take the lease from whoever has it."""
        with service(self.database) as connection:
            leader.give_up(connection, leader.lease(connection).epoch)
            epoch = leader.take(connection, "test")
            assert epoch is not None
            self.epoch = epoch
            wake.begin(connection, epoch, now=self.now)

    def runs(self, *, until: str | None = None) -> Swept:
        """Follow the log and do what is due at once, or at a later time."""
        if until is not None:
            self.now = instant(until)
        if not self.epoch:
            self.leads()
        with service(self.database) as connection:
            while wake.wake(connection, self.epoch, now=self.now).places:
                pass
            return sweep.sweep_all(connection, Turn(epoch=self.epoch, usual=self.usual), now=self.now)

    def sleeps(self, household: str) -> None:
        """Nobody looks at a household from now on."""
        self._set("UPDATE clock.agenda SET next_at = 9000000000000000000 - next_at WHERE household = %s", household)

    def wakes(self, household: str) -> None:
        """It is looked at again."""
        self._set("UPDATE clock.agenda SET next_at = 9000000000000000000 - next_at WHERE household = %s", household)

    def _set(self, statement: str, household: str) -> None:
        with service(self.database) as connection:
            connection.execute(statement.encode(), (household,))

    def rows(self, statement: str, *given: Any) -> list[tuple[Any, ...]]:
        """Rows of the clock's tables."""
        with service(self.database) as connection:
            return connection.execute(statement.encode(), given).fetchall()

    def ran(self, household: str = "h1") -> list[tuple[str, str]]:
        """What ran for a household, and for which instant."""
        found = self.rows(
            "SELECT job, scheduled_for FROM clock.job_run WHERE household = %s ORDER BY scheduled_for, job", household
        )
        return [(job, SHANGHAI.text(at)[:16]) for job, at in found]

    def told(self, household: str = "h1") -> list[str]:
        """The kinds of the messages to a household, in order."""
        found = self.rows("SELECT kind FROM clock.outbox WHERE household = %s ORDER BY created_at, kind", household)
        return [kind for (kind,) in found]

    def texts(self, kind: str, household: str = "h1") -> list[str]:
        """The texts of a kind of message."""
        found = self.rows(
            "SELECT text FROM clock.outbox WHERE household = %s AND kind = %s ORDER BY created_at", household, kind
        )
        return [text for (text,) in found]
