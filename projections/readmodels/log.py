"""The log as the read models follow it: facts, lapses and checks of all households in the one order, none missing.

Source: ops/decisions and the comments of ops/migrations/versions/0001_event_store.sql: positions grow with transaction
ids, so what lies below the oldest running transaction can have nothing inserted behind it.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final, LiteralString, NamedTuple

import psycopg

from ledger.events import Recorded
from ledger.payload import decode
from projections.readmodels.household import Moment

Connection = psycopg.Connection[Any]

FOLLOW: Final[LiteralString] = """
SELECT position, txid::text::bigint, household, version, at, payload, moves FROM (
    (SELECT position, txid, household, version, recorded_at AS at, payload, true AS moves FROM headroom.event
     WHERE position > %(after)s AND txid < pg_snapshot_xmin(pg_current_snapshot()) AND topic = ''
     ORDER BY position LIMIT %(limit)s)
    UNION ALL
    (SELECT position, txid, household, NULL, at, NULL, true FROM headroom.lapse
     WHERE position > %(after)s AND txid < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY position LIMIT %(limit)s)
    UNION ALL
    (SELECT position, txid, household, NULL, checked_at, NULL, false FROM headroom.light_change
     WHERE position > %(after)s AND txid < pg_snapshot_xmin(pg_current_snapshot()) AND ordinal = 1
     ORDER BY position LIMIT %(limit)s)
) AS log ORDER BY position LIMIT %(limit)s
"""
REST: Final[LiteralString] = """
SELECT position, txid::text::bigint, household, version, recorded_at, payload FROM headroom.event
WHERE household = %s AND version > %s AND recorded_at = %s ORDER BY version
"""
END: Final[LiteralString] = """
SELECT greatest((SELECT position FROM headroom.event WHERE topic = '' ORDER BY position DESC LIMIT 1),
                (SELECT max(position) FROM headroom.lapse),
                (SELECT max(position) FROM headroom.light_change), 0)
"""
SETTLED: Final[LiteralString] = """
SELECT position FROM headroom.event WHERE txid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY position DESC LIMIT 1
"""
PLACES: Final[LiteralString] = """
SELECT e.household, e.version, e.position FROM headroom.event AS e
JOIN unnest(%s::text[], %s::integer[]) AS wanted (household, version) USING (household, version)
"""
LAPSES: Final[LiteralString] = "SELECT household, position, at FROM headroom.lapse WHERE household = ANY(%s)"


class Place(NamedTuple):
    """A fact, a lapse or a check at its place in the log. Shape: only a fact has a version; a check moves no rows."""

    position: int
    txid: int
    household: str
    version: int | None
    at: int
    payload: bytes | None
    moves: bool = True

    @property
    def recorded(self) -> Recorded:
        """The fact at this place."""
        assert self.version is not None
        assert self.payload is not None
        return Recorded(version=self.version, recorded_at=self.at, fact=decode(self.payload))


def follow(connection: Connection, *, after: int, limit: int) -> tuple[list[Place], int]:
    """What comes after a position, and the position up to which all of it is told.

    A household's facts that were recorded together come together, those beyond the limit included.
    """
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(FOLLOW, {"after": after, "limit": limit}, prepare=True)
        places = [Place(*row) for row in rows]
        told_to = places[-1].position if places else after
        if len(places) == limit:
            places += _cut_off(cursor, places)
    return places, told_to


def _cut_off(cursor: "psycopg.Cursor[Any]", places: list[Place]) -> list[Place]:
    """The facts that the limit cut off from others of their commit."""
    last = {place.household: place for place in places if place.version is not None and place.txid == places[-1].txid}
    return [
        Place(*row)
        for place in last.values()
        for row in cursor.execute(REST, (place.household, place.version, place.at)).fetchall()
    ]


def end(connection: Connection) -> int:
    """The highest position there is, whether a follower may rely on it or not."""
    found = connection.execute(END).fetchone()
    assert found is not None
    return int(found[0])


def settled_end(connection: Connection) -> int:
    """The highest position up to which nothing can be inserted any more; 0 in an empty log."""
    found = connection.execute(SETTLED).fetchone()
    return int(found[0]) if found else 0


def by_household(places: Iterable[Place]) -> dict[str, list[Place]]:
    """The places of each household that move its rows, in order."""
    found: dict[str, list[Place]] = {}
    for place in places:
        if place.moves:
            found.setdefault(place.household, []).append(place)
    return found


def moments(places: Iterable[Place]) -> Iterator[Moment]:
    """The moments that the places of one household make. Raises: msgspec.DecodeError for a fact nobody can read."""
    for (at, is_fact), group in groupby(places, key=lambda place: (place.at, place.version is not None)):
        together = list(group)
        facts = tuple(place.recorded for place in together) if is_fact else ()
        yield Moment(together[-1].position, at, facts)


def standing_moments(connection: Connection, recorded: dict[str, list[Recorded]]) -> dict[str, list[Moment]]:
    """The moments of some households from the beginning, by name, in order; `recorded` are their facts."""
    commits = {household: _commits(facts) for household, facts in recorded.items()}
    names = [household for household, own in commits.items() for _ in own]
    ends = [facts[-1].version for own in commits.values() for facts in own]
    with connection.cursor(binary=True) as cursor:
        places = cursor.execute(PLACES, (names, ends), prepare=True)
        position_of = {(household, version): position for household, version, position in places}
        found = {
            household: [Moment(position_of[household, facts[-1].version], facts[0].recorded_at, facts) for facts in own]
            for household, own in commits.items()
        }
        for household, position, at in cursor.execute(LAPSES, (list(recorded),), prepare=True):
            found[household].append(Moment(position, at))
    for own in found.values():
        own.sort(key=lambda moment: moment.position)
    return found


def _commits(recorded: list[Recorded]) -> list[tuple[Recorded, ...]]:
    """The facts that were recorded together, in order."""
    if recorded and recorded[0].recorded_at == recorded[-1].recorded_at:
        return [tuple(recorded)]
    return [tuple(facts) for _, facts in groupby(recorded, key=lambda one: one.recorded_at)]
