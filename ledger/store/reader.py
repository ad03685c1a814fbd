"""Reading the book: a household's facts, its personal texts, the list of households, and the log of all.

Light on purpose: a short command that only reads must not wait for anything but the database driver to load.
"""

import re
import sys
from array import array
from collections.abc import Iterator
from datetime import date
from typing import Any, Final, LiteralString

import msgspec
import psycopg

from ledger.errors import Corrupt, NotFound
from ledger.events import Recorded
from ledger.payload import decode, decode_all
from ledger.store.personal import PersonalText

Connection = psycopg.Connection[Any]

_AMONG: Final = re.compile(r" - at `\$\[([0-9]+)\]([^`]*)`")
CHUNK: Final = 50_000
"""Facts that travel together; one message must stay far below what PostgreSQL can hold in a value."""

# Aggregated by the server and decoded in one call a chunk: several times faster than row by row.
LOAD: Final[LiteralString] = """
SELECT count(*)::integer, max(version), string_agg(int4send(version), ''::bytea ORDER BY version),
       string_agg(int8send(recorded_at), ''::bytea ORDER BY version), string_agg(payload, ','::bytea ORDER BY version)
FROM (SELECT version, recorded_at, payload FROM headroom.event
      WHERE household = %s AND version > %s AND recorded_at <= %s ORDER BY version LIMIT %s) AS chunk
"""
LOAD_SEVERAL: Final[LiteralString] = """
SELECT wanted.household, held.* FROM unnest(%s::text[]) AS wanted (household) CROSS JOIN LATERAL (
    SELECT string_agg(int4send(version), ''::bytea ORDER BY version),
           string_agg(int8send(recorded_at), ''::bytea ORDER BY version),
           string_agg(payload, ','::bytea ORDER BY version)
    FROM headroom.event AS e WHERE e.household = wanted.household AND topic = '' HAVING count(*) > 0
) AS held
"""
HOUSEHOLDS: Final[LiteralString] = """
SELECT household, facts, version, (SELECT recorded_at FROM headroom.event AS e WHERE e.household = h.household
       ORDER BY version LIMIT 1), recorded_at, first_on, last_on
FROM headroom.head AS h WHERE household NOT LIKE 'urn:%%' ORDER BY household
"""
TEXTS: Final[LiteralString] = """
SELECT version, field, content FROM headroom.personal_text WHERE household = %s ORDER BY version
"""
FOLLOW: Final[LiteralString] = """
SELECT position, household, version, recorded_at, payload FROM headroom.event
WHERE position > %s AND txid < pg_snapshot_xmin(pg_current_snapshot()) AND topic = ''
ORDER BY position LIMIT %s
"""
RECALL: Final[LiteralString] = """
SELECT version, payload FROM headroom.event WHERE household = %s AND version = ANY(%s)
"""
RECALL_TEXTS: Final[LiteralString] = """
SELECT version, field, salt, content FROM headroom.personal_text WHERE household = %s AND version = ANY(%s)
"""
FOREVER: Final = (1 << 63) - 1


class Household(msgspec.Struct, frozen=True, kw_only=True):
    """One household of the book. Units: recorded times in microseconds since the epoch; days are local."""

    household: str
    facts: int
    version: int
    first_recorded_at: int
    last_recorded_at: int
    first_on: date | None
    last_on: date | None


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """A fact met by following the log of all households; the position is the cursor to go on from."""

    position: int
    household: str
    recorded: Recorded


class Recalled(msgspec.Struct, frozen=True):
    """A stored fact as it stands, with those of its texts that were not erased."""

    payload: bytes
    texts: dict[str, PersonalText]


def load(
    connection: Connection, household: str, *, known_at: int | None = None, after_version: int = 0
) -> list[Recorded]:
    """A household's facts in version order, texts sealed, as far as they were known at `known_at` (inclusive)."""
    facts: list[Recorded] = []
    for chunk in load_chunks(connection, household, known_at=known_at, after_version=after_version):
        facts += chunk
    return facts


def load_several(connection: Connection, households: list[str]) -> dict[str, list[Recorded]]:
    """The facts of some households, each with few, in one question; those that have none are left out."""
    with connection.cursor(binary=True) as cursor:
        return {
            household: _recorded(household, _integers("i", versions), _integers("q", times), payloads)
            for household, versions, times, payloads in cursor.execute(LOAD_SEVERAL, (households,), prepare=True)
        }


def load_chunks(
    connection: Connection, household: str, *, known_at: int | None = None, after_version: int = 0
) -> Iterator[list[Recorded]]:
    """The same, a chunk at a time."""
    horizon = FOREVER if known_at is None else known_at
    while True:
        with connection.cursor(binary=True) as cursor:
            found = cursor.execute(LOAD, (household, after_version, horizon, CHUNK)).fetchone()
        assert found is not None
        size, last, versions, times, payloads = found
        if size == 0:
            return
        yield _recorded(household, _integers("i", versions), _integers("q", times), payloads)
        if size < CHUNK:
            return
        after_version = last


def texts(connection: Connection, household: str) -> dict[int, dict[str, str]]:
    """The personal texts of a household that were not erased: version, then field, then what was written."""
    found: dict[int, dict[str, str]] = {}
    for version, field, content in connection.execute(TEXTS, (household,)):
        found.setdefault(version, {})[field] = content
    return found


def households(connection: Connection) -> list[Household]:
    """Every household in the book, by name."""
    return [
        Household(
            household=name,
            facts=facts,
            version=version,
            first_recorded_at=first,
            last_recorded_at=last,
            first_on=first_on,
            last_on=last_on,
        )
        for name, facts, version, first, last, first_on, last_on in connection.execute(HOUSEHOLDS)
    ]


def unknown(connection: Connection, household: str) -> NotFound:
    """That the book does not hold a household, and which it holds."""
    return NotFound("household", household, known=tuple(one.household for one in households(connection)))


def follow(connection: Connection, after: int, limit: int) -> list[Followed]:
    """Facts of all households past a position, in the one order that never has anything inserted behind it.

    Facts of transactions that may still be overtaken are held back until the oldest one running has ended.
    """
    with connection.cursor(binary=True) as cursor:
        return [
            Followed(
                position=position,
                household=household,
                recorded=Recorded(version=version, recorded_at=recorded_at, fact=decode(payload)),
            )
            for position, household, version, recorded_at, payload in cursor.execute(FOLLOW, (after, limit))
        ]


def recall(connection: Connection, household: str, versions: list[int]) -> dict[int, Recalled]:
    """Some stored facts with the salts of their texts, to compare a repeated fact with what is stored."""
    found = {version: Recalled(bytes(payload), {}) for version, payload in connection.execute(
        RECALL, (household, versions))}  # fmt: skip
    for version, field, salt, content in connection.execute(RECALL_TEXTS, (household, versions)):
        if version in found:
            found[version].texts[field] = PersonalText(field, bytes(salt), content)
    return found


def _integers(kind: str, data: bytes) -> "array[int]":
    """Big-endian integers as the server sends them."""
    numbers = array(kind, data)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def _recorded(household: str, versions: "array[int]", times: "array[int]", payloads: bytes) -> list[Recorded]:
    try:
        facts = decode_all(b"[" + payloads + b"]")
    except msgspec.DecodeError as broken:
        raise _corrupt(household, versions, str(broken)) from broken
    if len(facts) != len(versions):
        raise Corrupt(f"{household}:{versions[0]}..{versions[-1]}", "a payload holds more or less than one fact")
    return list(map(Recorded, versions, times, facts))


def _corrupt(household: str, versions: "array[int]", problem: str) -> Corrupt:
    """Which of some facts cannot be read, where the decoder tells its place among them."""
    found = _AMONG.search(problem)
    if found is None:
        return Corrupt(f"{household}:{versions[0]}..{versions[-1]}", problem)
    place, within = int(found[1]), found[2].removeprefix(".")
    return Corrupt(f"{household}:{versions[place]}", problem[: found.start()] + (f" - at `{within}`" if within else ""))


def fact_in(household: str, version: int, payload: bytes) -> Any:
    """The fact in one stored payload. Raises: Corrupt when there is none that this program can read."""
    try:
        return decode(payload)
    except msgspec.DecodeError as broken:
        raise Corrupt(f"{household}:{version}", str(broken)) from broken
