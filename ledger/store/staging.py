"""Many facts at once: staged in short transactions in tables of this session alone, published in one.

Nobody else sees the staging tables, and they vanish with the session, however it ends. While rows are staged no
transaction stays open, so followers of the log are not held back; publishing holds them back for as long as
inserting the rows takes.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from struct import Struct
from typing import Final, LiteralString

import msgspec

from ledger.store.chain import FORMULA
from ledger.store.journal import Connection, Entry, Head
from ledger.store.personal import PersonalText
from ledger.store.reader import Recalled

SLICES: Final = 20
"""Parts in which the rows are published, to show progress; all in one transaction."""

CREATE: Final[tuple[LiteralString, ...]] = (
    """CREATE TEMPORARY TABLE staged (
    place bigint NOT NULL, recorded_at bigint NOT NULL, key_hash bigint, version integer NOT NULL,
    household text NOT NULL COLLATE "C", hash bytea NOT NULL, payload bytea NOT NULL)""",
    """CREATE TEMPORARY TABLE staged_text (
    household text NOT NULL COLLATE "C", version integer NOT NULL, field text NOT NULL, salt bytea NOT NULL,
    content text NOT NULL)""",
)
DROP: Final[LiteralString] = "DROP TABLE IF EXISTS pg_temp.staged, pg_temp.staged_text"
FILL: Final[LiteralString] = (
    "COPY pg_temp.staged (place, recorded_at, key_hash, version, household, hash, payload) FROM STDIN (FORMAT BINARY)"
)
FILL_TEXTS: Final[LiteralString] = (
    "COPY pg_temp.staged_text (household, version, field, salt, content) FROM STDIN"
)  # fmt: skip
RECALL: Final[LiteralString] = """
SELECT version, payload FROM pg_temp.staged WHERE household = %s AND version = ANY(%s)
"""
RECALL_TEXTS: Final[LiteralString] = """
SELECT version, field, salt, content FROM pg_temp.staged_text WHERE household = %s AND version = ANY(%s)
"""
PAGES: Final[LiteralString] = "SELECT pg_relation_size('pg_temp.staged') / current_setting('block_size')::integer"
LOCK: Final[LiteralString] = "SELECT headroom.lock_households(%s)"
MOVED: Final[LiteralString] = """
SELECT seen.household, h.version FROM unnest(%s::text[], %s::bytea[]) AS seen (household, hash)
LEFT JOIN headroom.head AS h ON h.household = seen.household WHERE h.hash IS DISTINCT FROM seen.hash LIMIT 1
"""
RESERVE: Final[LiteralString] = "SELECT first FROM headroom.reserve_positions(%s)"
PUBLISH: Final[LiteralString] = """
INSERT INTO headroom.event (position, txid, recorded_at, key_hash, version, formula, household, topic, hash, payload)
SELECT %s + s.place, pg_current_xact_id(), s.recorded_at, s.key_hash, s.version, %s, s.household, '', s.hash, s.payload
FROM pg_temp.staged AS s WHERE s.ctid >= %s::tid AND s.ctid < %s::tid
"""
PUBLISH_HEADS: Final[LiteralString] = """
INSERT INTO headroom.head AS h (household, version, recorded_at, hash, facts, first_on, last_on)
SELECT * FROM unnest(%s::text[], %s::integer[], %s::bigint[], %s::bytea[], %s::integer[], %s::date[], %s::date[])
ON CONFLICT (household) DO UPDATE SET
    version = excluded.version, recorded_at = excluded.recorded_at, hash = excluded.hash,
    facts = h.facts + excluded.facts,
    first_on = least(h.first_on, excluded.first_on), last_on = greatest(h.last_on, excluded.last_on)
"""
PUBLISH_TEXTS: Final[LiteralString] = """
INSERT INTO headroom.personal_text (household, version, field, salt, content)
SELECT household, version, field, salt, content FROM pg_temp.staged_text
"""
_START: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END: Final = b"\xff\xff"
_KEYED: Final = Struct(">hiqiqiqiii").pack
_KEYLESS: Final = Struct(">hiqiqiiii").pack
_HASH: Final = Struct(">i32si").pack
_NULL: Final = -1


class Move(msgspec.Struct, frozen=True):
    """How a household's chain moves on: from where to where, by how many facts, effective on which days."""

    household: str
    before: Head
    after: Head
    facts: int
    span: tuple[str, str] | None


class Moved(Exception):
    """A household moved on between judging and publishing. `found` is the version it has now."""

    def __init__(self, household: str, found: int) -> None:
        super().__init__(household)
        self.household = household
        self.found = found


class Staging:
    """The staging tables of a connection in autocommit mode. Close it to drop them."""

    def __init__(self, connection: Connection) -> None:
        self.rows = 0
        self._connection = connection
        connection.execute(DROP)
        for statement in CREATE:
            connection.execute(statement)

    def add(self, batch: Sequence[tuple[str, Entry]]) -> None:
        """Stage facts with their households, in a short transaction; positions will grow in this order."""
        rows = [_START]
        rows += [_row(place, household.encode(), entry) for place, (household, entry) in enumerate(batch, self.rows)]
        rows.append(_END)
        with self._connection.cursor() as cursor, cursor.copy(FILL) as copy:
            copy.write(b"".join(rows))
        self.rows += len(batch)
        if any(entry.texts for _, entry in batch):
            self._add_texts(batch)

    def recall(self, household: str, versions: list[int]) -> dict[int, Recalled]:
        """Some staged facts, to compare a repeated key with; scans all that is staged, for files that repeat keys."""
        rows = self._connection.execute(RECALL, (household, versions))
        found = {version: Recalled(bytes(payload), {}) for version, payload in rows}
        for version, field, salt, content in self._connection.execute(RECALL_TEXTS, (household, versions)):
            found[version].texts[field] = PersonalText(field, bytes(salt), content)
        return found

    def publish(self, moves: Sequence[Move], *, progress: Callable[[float], None]) -> None:
        """Make everything staged part of the book, in one transaction. `progress` is told the part that is done.

        Raises: Moved when a household is no longer where it was when its facts were judged.
        """
        with self._connection.transaction():
            self._connection.execute(LOCK, ([move.household for move in moves],))
            moved = self._connection.execute(
                MOVED, ([move.household for move in moves], [move.before.hash for move in moves])
            ).fetchone()
            if moved is not None:
                raise Moved(moved[0], moved[1] or 0)
            first = self._one(RESERVE, (self.rows,))
            for part, (start, stop) in enumerate(self._slices(), start=1):
                self._connection.execute(PUBLISH, (first, FORMULA, start, stop))
                progress(part / SLICES)
            self._connection.execute(PUBLISH_HEADS, _heads(moves))
            self._connection.execute(PUBLISH_TEXTS)

    def close(self) -> None:
        """Drop the staging tables."""
        self._connection.execute(DROP)

    def _add_texts(self, batch: Sequence[tuple[str, Entry]]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(FILL_TEXTS) as copy:
            copy.set_types(("text", "int4", "text", "bytea", "text"))
            for household, entry in batch:
                for text in entry.texts:
                    copy.write_row((household, entry.version, text.field, text.salt, text.content))

    def _slices(self) -> list[tuple[str, str]]:
        pages = self._one(PAGES)
        bounds = [pages * part // SLICES for part in range(SLICES + 1)]
        bounds[-1] = pages + 1
        return [(f"({start},0)", f"({stop},0)") for start, stop in pairwise(bounds)]

    def _one(self, statement: LiteralString, parameters: tuple[int, ...] = ()) -> int:
        found = self._connection.execute(statement, parameters).fetchone()
        assert found is not None
        return int(found[0])


def _row(place: int, household: bytes, entry: Entry) -> bytes:
    """A row of PostgreSQL's binary COPY; written by hand because it is the most frequent act of an import."""
    size = len(household)
    if entry.key_hash is None:
        start = _KEYLESS(7, 8, place, 8, entry.recorded_at, _NULL, 4, entry.version, size)
    else:
        start = _KEYED(7, 8, place, 8, entry.recorded_at, 8, entry.key_hash, 4, entry.version, size)
    return b"".join((start, household, _HASH(32, entry.hash, len(entry.payload)), entry.payload))


def _heads(moves: Sequence[Move]) -> tuple[list[object], ...]:
    return (
        [move.household for move in moves],
        [move.after.version for move in moves],
        [move.after.recorded_at for move in moves],
        [move.after.hash for move in moves],
        [move.facts for move in moves],
        [move.span[0] if move.span else None for move in moves],
        [move.span[1] if move.span else None for move in moves],
    )
