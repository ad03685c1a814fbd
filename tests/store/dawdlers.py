"""Writers that commit late and roll back now and then, as no application should."""

import random
import time

import psycopg

from ledger.store import journal
from ledger.store.journal import Entry, Extension, Head

WRITERS = 12


def writer(conninfo: str, number: int, *, until: float, stored: set[tuple[str, int]]) -> None:
    """Append facts for a household, committing late and rolling back now and then, as no application should."""
    chance = random.Random(number)
    household, head = f"w{number}", Head()
    with psycopg.connect(conninfo) as connection:
        while time.monotonic() < until:
            version = head.version + 1
            payload = b'{"t":"IncomeReceived.1","amount":1,"at":0}'
            versions = range(version, version + chance.randint(1, 3))
            extension = Extension(
                household, head, entries=[Entry(number, number, None, payload) for number in versions]
            )
            connection.execute(journal.APPEND, journal._parameters([extension], whole=False))
            time.sleep(chance.random() * 0.01)
            if chance.random() < 0.2:
                connection.rollback()
            else:
                connection.commit()
                head = extension.chain()
                stored.update((household, number) for number in versions)
