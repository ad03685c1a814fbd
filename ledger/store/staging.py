"""Many facts at once: set aside row by row while they are judged, published in one transaction.

The rows wait in a nameless file of this process, ready-made for COPY; personal texts wait in a table of this session.
Both are gone with the process, however it ends. No transaction is open while facts are judged, so followers of the
log are not held back; publishing holds them back for as long as copying the rows takes.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from struct import Struct
from tempfile import TemporaryFile
from typing import Any, Final, LiteralString

import msgspec

from ledger.store.chain import FORMULA
from ledger.store.columns import Bigints, Blobs, Days, Integers, Texts
from ledger.store.journal import Connection, Entry, Head
from ledger.store.personal import PersonalText
from ledger.store.reader import Recalled

WRITE_ROWS: Final = 2_000
"""Rows that are handed to the server at a time."""

CREATE: Final[LiteralString] = """CREATE TEMPORARY TABLE staged_text (
    household text NOT NULL COLLATE "C", version integer NOT NULL, field text NOT NULL, salt bytea NOT NULL,
    content text NOT NULL)"""
DROP: Final[LiteralString] = "DROP TABLE IF EXISTS pg_temp.staged_text"
FILL_TEXTS: Final[LiteralString] = "COPY pg_temp.staged_text (household, version, field, salt, content) FROM STDIN"
RECALL_TEXTS: Final[LiteralString] = """
SELECT version, field, salt, content FROM pg_temp.staged_text WHERE household = %s AND version = ANY(%s)
"""
LOCK: Final[LiteralString] = "SELECT headroom.lock_households(%s)"
MOVED: Final[LiteralString] = """
SELECT seen.household, h.version FROM unnest(%s::text[], %s::bytea[]) AS seen (household, hash)
LEFT JOIN headroom.head AS h ON h.household = seen.household WHERE h.hash IS DISTINCT FROM seen.hash LIMIT 1
"""
RESERVE: Final[LiteralString] = """
SELECT first, pg_current_xact_id()::text::bigint FROM headroom.reserve_positions(%s)
"""
PUBLISH: Final[LiteralString] = """
COPY headroom.event (position, txid, recorded_at, key_hash, version, formula, household, topic, hash, payload)
FROM STDIN (FORMAT BINARY)
"""
PUBLISH_HEADS: Final[LiteralString] = """
INSERT INTO headroom.head AS h (household, version, recorded_at, hash, facts, first_on, last_on)
SELECT * FROM unnest(%s, %s, %s, %s, %s, %s, %s)
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
_PLACE: Final = Struct(">hiqiq").pack
_KEYED: Final = Struct(">iqiqiiihi").pack
_KEYLESS: Final = Struct(">iqiiiihi").pack
_HASH: Final = Struct(">ii32si").pack
_NULL: Final = -1
_INTEGER: Final = Struct(">i").unpack_from
_VERSION_AT: Final = 12


class Move(msgspec.Struct, frozen=True):
    """How a household's chain moves on: from where to where, by how many facts, effective on which days."""

    household: str
    before: Head
    after: Head
    facts: int
    span: tuple[int, int] | None


class Moved(Exception):
    """A household moved on between judging and publishing. `found` is the version it has now."""

    def __init__(self, household: str, found: int) -> None:
        super().__init__(household)
        self.household = household
        self.found = found


class Staging:
    """What is set aside of a file, with a connection in autocommit mode. Close it to let go of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._spool = TemporaryFile()  # noqa: SIM115  # open until the file is published or given up
        self._sizes = array("I")
        connection.execute(DROP)
        connection.execute(CREATE)

    @property
    def rows(self) -> int:
        """How many facts are set aside."""
        return len(self._sizes)

    def add(self, batch: Sequence[tuple[str, Entry]]) -> None:
        """Set facts aside with their households; positions will grow in this order."""
        rows = [_row(household.encode(), entry) for household, entry in batch]
        self._spool.write(b"".join(rows))
        self._sizes.extend(map(len, rows))
        if any(entry.texts for _, entry in batch):
            self._add_texts(batch)

    def recall(self, household: str, versions: list[int]) -> dict[int, Recalled]:
        """Some facts set aside, to compare a repeated key with; looks through all of them."""
        wanted, name = set(versions), household.encode()
        found: dict[int, Recalled] = {}
        for row in self._read():
            version, owner, payload = _parts(row)
            if owner == name and version in wanted:
                found[version] = Recalled(payload, {})
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
            reserved = self._connection.execute(RESERVE, (self.rows,)).fetchone()
            assert reserved is not None
            self._copy(*reserved, progress=progress)
            self._connection.execute(PUBLISH_HEADS, _heads(moves))
            self._connection.execute(PUBLISH_TEXTS)

    def close(self) -> None:
        """Let go of what is set aside."""
        self._spool.close()
        if not self._connection.closed:
            self._connection.execute(DROP)

    def _copy(self, first: int, txid: int, *, progress: Callable[[float], None]) -> None:
        rows = enumerate(self._read(), start=first)
        told = 0
        with self._connection.cursor() as cursor, cursor.copy(PUBLISH) as copy:
            copy.write(_START)
            while chunk := [part for at, row in islice(rows, WRITE_ROWS) for part in (_PLACE(10, 8, at, 8, txid), row)]:
                copy.write(b"".join(chunk))
                told += len(chunk) // 2
                progress(told / self.rows)
            copy.write(_END)

    def _read(self) -> Iterator[bytes]:
        """The rows as they were set aside, in order."""
        self._spool.seek(0)
        for start in range(0, len(self._sizes), WRITE_ROWS):
            sizes = self._sizes[start : start + WRITE_ROWS]
            data, at = self._spool.read(sum(sizes)), 0
            for size in sizes:
                yield data[at : at + size]
                at += size

    def _add_texts(self, batch: Sequence[tuple[str, Entry]]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(FILL_TEXTS) as copy:
            copy.set_types(("text", "int4", "text", "bytea", "text"))
            for household, entry in batch:
                for text in entry.texts:
                    copy.write_row((household, entry.version, text.field, text.salt, text.content))


def _row(household: bytes, entry: Entry) -> bytes:
    """A row of PostgreSQL's binary COPY, without its place; written by hand, the most frequent act of an import."""
    size = len(household)
    if entry.key_hash is None:
        start = _KEYLESS(8, entry.recorded_at, _NULL, 4, entry.version, 2, FORMULA, size)
    else:
        start = _KEYED(8, entry.recorded_at, 8, entry.key_hash, 4, entry.version, 2, FORMULA, size)
    return b"".join((start, household, _HASH(0, 32, entry.hash, len(entry.payload)), entry.payload))


def _parts(row: bytes) -> tuple[int, bytes, bytes]:
    """Version, household and payload of a row."""
    key_size = max(0, _INTEGER(row, _VERSION_AT)[0])
    at = _VERSION_AT + 4 + key_size + 4
    version, size = _INTEGER(row, at)[0], _INTEGER(row, at + 10)[0]
    household = row[at + 14 : at + 14 + size]
    return version, household, row[at + 14 + size + 44 :]


def _heads(moves: Sequence[Move]) -> tuple[list[Any], ...]:
    return (
        Texts([move.household for move in moves]),
        Integers([move.after.version for move in moves]),
        Bigints([move.after.recorded_at for move in moves]),
        Blobs([move.after.hash for move in moves]),
        Integers([move.facts for move in moves]),
        Days([move.span[0] if move.span else None for move in moves]),
        Days([move.span[1] if move.span else None for move in moves]),
    )
