"""Writers that commit late and roll back now and then, as no application should."""

import random
import time

import psycopg

from ledger.store import journal
from ledger.store.chain import link
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
            entries = []
            end = head
            for place in range(chance.randint(1, 3)):
                hashed = link(
                    end.previous,
                    household=household,
                    version=version + place,
                    recorded_at=version + place,
                    topic="",
                    payload=payload,
                )
                end = Head(version + place, version + place, hashed)
                entries.append(Entry(end.version, end.recorded_at, None, hashed, payload))
            extension = Extension(household, head, entries=entries)
            connection.execute(journal.APPEND, journal._parameters([extension], whole=False))
            time.sleep(chance.random() * 0.01)
            if chance.random() < 0.2:
                connection.rollback()
            else:
                connection.commit()
                head = end
                stored.update((household, entry.version) for entry in entries)
