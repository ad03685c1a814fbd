"""Recomputing every hash from what is stored, to name the first fact that is not as it was recorded.

What this cannot see: somebody with the rights of the schema's owner who rewrites a household's whole chain and its
head. For that, a head has to be kept outside the database (a backup holds one).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import msgspec
import psycopg

from ledger.payload import decode
from ledger.store.broken import UNREADABLE, Broken, broken
from ledger.store.chain import FORMULA, GENESIS, key_hash, key_in, link
from ledger.store.journal import Connection, Head
from ledger.store.personal import digest

STREAMED: Final = 5_000
"""Rows that travel together."""

EVENTS: Final[LiteralString] = """
SELECT household, version, recorded_at, formula, topic, hash, key_hash, payload FROM headroom.event
WHERE %(household)s::text IS NULL OR household = %(household)s ORDER BY household, position
"""
HEADS: Final[LiteralString] = """
SELECT household, version, recorded_at, hash, facts FROM headroom.head
WHERE %(household)s::text IS NULL OR household = %(household)s ORDER BY household
"""
TEXTS: Final[LiteralString] = """
SELECT t.household, t.version, t.field, t.salt, t.content, e.payload
FROM headroom.personal_text AS t LEFT JOIN headroom.event AS e USING (household, version)
WHERE %(household)s::text IS NULL OR t.household = %(household)s ORDER BY t.household, t.version, t.field
"""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying found: how much was looked at, and the first fact that is not as it was recorded.

    Shape: where all are as they were recorded, the first that is no fact this program can read.
    """

    households: int
    facts: int
    first_bad: Broken | None

    @property
    def ok(self) -> bool:
        """Whether everything is as it was recorded."""
        return self.first_bad is None


class _Row(msgspec.Struct, gc=False):
    household: str
    version: int
    recorded_at: int
    formula: int
    topic: str
    hash: bytes
    key_hash: int | None
    payload: bytes


class _Found(Exception):
    """Carries a finding up to `verify`."""

    def __init__(self, household: str, version: int, code: str, **details: object) -> None:
        super().__init__(code)
        self.place = (household, version)
        self.bad = broken(f"{household}:{version}", code, **details)


def verify(
    connection: Connection, household: str | None = None, *, progress: Callable[[int], None] = lambda _: None
) -> Verdict:
    """Recompute the chain of one household or of all, from one consistent view of the book.

    Shape: `progress` is told the number of facts seen so far, now and then.
    """
    seen = _Seen(progress)
    found: list[_Found] = []
    with _snapshot(connection):
        for walk in (_walk_chains, _walk_texts):
            try:
                walk(connection, household, seen)
            except _Found as finding:
                found.append(finding)
    first = min(found, key=lambda finding: finding.place, default=seen.unreadable)
    return Verdict(households=seen.households, facts=seen.facts, first_bad=None if first is None else first.bad)


class _Seen:
    """Counts what was looked at, and keeps the first fact that is as it was recorded but cannot be read."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self.households = 0
        self.facts = 0
        self.unreadable: _Found | None = None
        self._progress = progress

    def fact(self) -> None:
        self.facts += 1
        if self.facts % STREAMED == 0:
            self._progress(self.facts)


@contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    """One view of all tables; it only reads, so followers of the log are not held back.

    A caller's own transaction is used as it is: a restore verifies what it has not committed yet.
    """
    if connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
        yield
        return
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _stream(connection: Connection, statement: LiteralString, household: str | None) -> Iterator[tuple[Any, ...]]:
    with psycopg.ServerCursor(connection, "verify") as cursor:
        cursor.itersize = STREAMED
        yield from cursor.execute(statement, {"household": household}, binary=True)


def _walk_chains(connection: Connection, household: str | None, seen: _Seen) -> None:
    heads = {
        name: (Head(version, recorded_at, bytes(end)), facts)
        for name, version, recorded_at, end, facts in connection.execute(HEADS, {"household": household})
    }
    end, count, current = Head(), 0, ""
    for values in _stream(connection, EVENTS, household):
        row = _Row(*values)
        if row.household != current:
            if current:
                _check_head(current, end, count, heads.pop(current, None))
            _check_skipped(heads, row.household)
            end, count, current = Head(), 0, row.household
            seen.households += 1
        end = _check(row, end)
        seen.unreadable = seen.unreadable or _unreadable(row)
        count += 1
        seen.fact()
    if current:
        _check_head(current, end, count, heads.pop(current, None))
    for name in sorted(heads):
        raise _Found(name, 1, "facts_gone")


def _check_skipped(heads: dict[str, tuple[Head, int]], reached: str) -> None:
    """Households sort by name: one whose head is still waiting and comes before this one has lost all its facts."""
    first = next(iter(heads), None)
    if first is not None and first.encode() < reached.encode():
        raise _Found(first, 1, "facts_gone")


def _check(row: _Row, end: Head) -> Head:
    """Where the chain stands after a row. Raises: _Found when the row does not follow."""
    place = (row.household, row.version)
    if not row.household.startswith("urn:") and row.version != end.version + 1:
        found = f"{row.household}:{row.version}"
        raise _Found(row.household, min(end.version + 1, row.version), "out_of_place", found=found)
    if row.formula != FORMULA:
        raise _Found(*place, "unknown_formula", formula=row.formula)
    expected = link(
        end.hash or GENESIS,
        household=row.household,
        version=row.version,
        recorded_at=row.recorded_at,
        topic=row.topic,
        payload=row.payload,
    )
    if expected != row.hash:
        raise _Found(*place, "other_hash")
    if row.key_hash != _stored_key_hash(row):
        raise _Found(*place, "other_key")
    return Head(row.version, row.recorded_at, row.hash)


def _unreadable(row: _Row) -> _Found | None:
    """What is wrong with a payload that was recorded so, but is no fact; an event of the library's is none."""
    if row.topic:
        return None
    try:
        decode(row.payload)
    except msgspec.DecodeError as wrong:
        return _Found(row.household, row.version, UNREADABLE, problem=wrong)
    return None


_decode_any = msgspec.json.Decoder().decode


def _stored_key_hash(row: _Row) -> int | None:
    key = key_in(row.payload, topic=row.topic)
    return None if key is None else key_hash(key)


def _check_head(household: str, end: Head, count: int, stated: tuple[Head, int] | None) -> None:
    if stated is None:
        raise _Found(household, end.version, "end_gone")
    head, facts = stated
    if head.version > end.version:
        raise _Found(household, end.version + 1, "ended_early", end=head.version)
    if head != end or facts != count:
        raise _Found(household, end.version, "other_end")


def _walk_texts(connection: Connection, household: str | None, _: _Seen) -> None:
    for name, version, field, salt, content, payload in _stream(connection, TEXTS, household):
        if payload is None:
            raise _Found(name, version, "text_alone", field=field)
        if _field(_decode_any(payload), field) != digest(bytes(salt), content):
            raise _Found(name, version, "other_text", field=field)


def _field(stored: Any, path: str) -> Any:
    for name in path.split("."):
        stored = stored.get(name) if isinstance(stored, dict) else None
    return stored
