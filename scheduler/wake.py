"""Following the log for facts that can move a limit or set a date: whoever they are of is looked at at once.

The cursor and the calls move in one transaction. Positions grow in the order of transactions, and what may still be
overtaken is held back, so no fact is stepped over.
"""

from typing import Final, LiteralString

import msgspec

from ledger.store.reader import Connection
from projections.readmodels import log
from scheduler import agenda, leader
from scheduler.jobs import calls as calling

BATCH: Final = 2_000

CURSOR: Final[LiteralString] = "SELECT position FROM clock.cursor WHERE name = 'limits'"
MOVE: Final[LiteralString] = """
UPDATE clock.cursor SET position = %s WHERE name = 'limits' AND position = %s
"""


class Woken(msgspec.Struct, frozen=True, kw_only=True):
    """What following found. Shape: `called` households are due now; `enrolled` ones are new."""

    places: int = 0
    called: int = 0
    enrolled: int = 0


def begin(connection: Connection, epoch: int, *, now: int) -> int:
    """Begin an agenda for whoever has none and, the first time, read the log from where it ends; how many are new.

    What the log held before is looked at by the first check of each household.
    """
    with connection.transaction():
        leader.stand(connection, epoch)
        if _cursor(connection) == 0:
            end = log.settled_end(connection)
            connection.execute(MOVE, (end, 0))
        return agenda.enrol(connection, now=now)


def wake(connection: Connection, epoch: int, *, now: int) -> Woken:
    """Read on in the log, and call for whom it concerns. Raises: Fenced."""
    after = _cursor(connection)
    places, told_to = log.follow(connection, after=after, limit=BATCH)
    if not places:
        return Woken()
    last = {place.household: place.position for place in places if place.version is not None}
    calls = {place.household: place.position for place in places if place.version is not None and _calls(place)}
    with connection.transaction():
        leader.stand(connection, epoch)
        if connection.execute(MOVE, (told_to, after)).rowcount != 1:
            raise leader.Fenced
        enrolled = agenda.enrol(connection, now=now, households=list(last))
        if calls:
            agenda.call(connection, calls)
    return Woken(places=len(places), called=len(calls), enrolled=enrolled)


def _calls(place: log.Place) -> bool:
    """Whether a fact calls for a look; so does one that nobody can read, and the look will say so."""
    try:
        return calling(place.recorded.fact)
    except msgspec.DecodeError:
        return True


def _cursor(connection: Connection) -> int:
    row = connection.execute(CURSOR).fetchone()
    assert row is not None
    return int(row[0])
