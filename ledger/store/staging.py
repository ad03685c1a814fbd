"""Many facts at once: set aside while they are judged, chained and published in one transaction.

The facts wait in a nameless file of this process; personal texts, in a table of this session. They are chained while
they are copied: the server takes longer for a row than this process, and while they are judged no processor is idle.
Both are gone with the process, however it ends. No transaction is open while facts are judged, so followers of the
log are not held back; publishing holds them back for as long as copying the rows takes.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from struct import Struct
from tempfile import TemporaryFile
from typing import Any, Final, LiteralString

import msgspec

from ledger.store.chain import FORMULA, follow, key_bytes, surroundings
from ledger.store.columns import Bigints, Blobs, Days, Integers, Texts
from ledger.store.journal import Connection, Extension, Head, lock
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
_TIMES: Final = Struct(">iqiq").pack
_STREAM: Final = Struct(">ihi").pack
_NO_TOPIC_AND_A_HASH: Final = Struct(">ii").pack(0, 32)
_NULL: Final = -1

_Waiting = tuple[str, int, list[str | None], list[bytes]]
"""Facts of a household that wait: the version of the first, and the keys and stored forms of all."""
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[_Waiting]).decode


class Move(msgspec.Struct, frozen=True):
    """How a household's chain moves on: from where, by how many facts, recorded when, effective on which days."""

    household: str
    before: Head
    recorded_at: int
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
        self._sizes: list[int] = []
        self._facts = 0
        connection.execute(DROP)
        connection.execute(CREATE)

    def add(self, extensions: Sequence[Extension]) -> None:
        """Set the facts of extensions aside; positions will grow in this order."""
        batch = [
            (one.household, entries[0].version, [entry.key for entry in entries], [entry.payload for entry in entries])
            for one in extensions
            if (entries := one.entries)
        ]
        packed = _pack(batch)
        self._spool.write(packed)
        self._sizes.append(len(packed))
        self._facts += sum(len(one.entries) for one in extensions)
        texts = [
            (one.household, entry.version, text.field, text.salt, text.content)
            for one in extensions
            for entry in one.entries
            for text in entry.texts
        ]
        if texts:
            self._add_texts(texts)

    def recall(self, household: str, versions: list[int]) -> dict[int, Recalled]:
        """Some facts set aside, to compare a repeated key with; looks through all of them."""
        wanted, found = set(versions), dict[int, Recalled]()
        for owner, first, _, payloads in self._waiting():
            if owner == household:
                for version in wanted.intersection(range(first, first + len(payloads))):
                    found[version] = Recalled(payloads[version - first], {})
        for version, field, salt, content in self._connection.execute(RECALL_TEXTS, (household, versions)):
            found[version].texts[field] = PersonalText(field, bytes(salt), content)
        return found

    def publish(self, moves: Sequence[Move], *, progress: Callable[[float], None]) -> None:
        """Make everything staged part of the book, in one transaction. `progress` is told the part that is done.

        Raises: Moved when a household is no longer where it was when its facts were judged.
        """
        with self._connection.transaction():
            lock(self._connection, [move.household for move in moves])
            moved = self._connection.execute(
                MOVED, ([move.household for move in moves], [move.before.hash for move in moves])
            ).fetchone()
            if moved is not None:
                raise Moved(moved[0], moved[1] or 0)
            reserved = self._connection.execute(RESERVE, (self._facts,)).fetchone()
            assert reserved is not None
            first, txid = reserved
            chains = {move.household: _Chain(move, txid) for move in moves}
            self._copy(chains, first, progress=progress)
            self._connection.execute(PUBLISH_HEADS, _heads(moves, chains))
            self._connection.execute(PUBLISH_TEXTS)

    def close(self) -> None:
        """Let go of what is set aside."""
        self._spool.close()
        if not self._connection.closed:
            self._connection.execute(DROP)

    def _copy(self, chains: dict[str, "_Chain"], first: int, *, progress: Callable[[float], None]) -> None:
        rows, copied = self._rows(chains, first), 0
        with self._connection.cursor() as cursor, cursor.copy(PUBLISH) as copy:
            copy.write(_START)
            while some := list(islice(rows, WRITE_ROWS)):
                copy.write(b"".join(some))
                copied += len(some)
                progress(copied / self._facts)
            copy.write(_END)

    def _rows(self, chains: dict[str, "_Chain"], position: int) -> Iterator[bytes]:
        for household, version, keys, payloads in self._waiting():
            yield from chains[household].rows(position, version, keys, payloads)
            position += len(payloads)

    def _waiting(self) -> Iterator[_Waiting]:
        """The facts as they were set aside, in order."""
        self._spool.seek(0)
        for size in self._sizes:
            yield from _unpack(self._spool.read(size))

    def _add_texts(self, texts: Sequence[tuple[str, int, str, bytes, str]]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(FILL_TEXTS) as copy:
            copy.set_types(("text", "int4", "text", "bytea", "text"))
            for text in texts:
                copy.write_row(text)


class _Chain:
    """A household's chain as rows are added to it."""

    def __init__(self, move: Move, txid: int) -> None:
        self._recorded_at = move.recorded_at
        self._surroundings = surroundings(move.household, move.recorded_at)
        self._end = move.before.previous
        self._version = move.before.version
        stream = move.household.encode()
        self._times = _TIMES(8, txid, 8, move.recorded_at)
        self._named = _STREAM(2, FORMULA, len(stream)) + stream + _NO_TOPIC_AND_A_HASH
        self._keyed = Struct(f">hiq24si8sii{len(self._named)}s32si").pack
        self._keyless = Struct(f">hiq24siii{len(self._named)}s32si").pack

    @property
    def end(self) -> Head:
        """Where it ends now."""
        return Head(self._version, self._recorded_at, self._end)

    def rows(self, position: int, version: int, keys: list[str | None], payloads: list[bytes]) -> Iterator[bytes]:
        """The next facts as rows of PostgreSQL's binary COPY, written by hand, the most frequent act of an import."""
        shared, times, named, keyed, keyless = self._surroundings, self._times, self._named, self._keyed, self._keyless
        for key, payload in zip(keys, payloads, strict=True):
            end = self._end = follow(self._end, version, shared, payload)
            self._version = version
            if key is None:
                row = keyless(10, 8, position, times, _NULL, 4, version, named, end, len(payload))
            else:
                row = keyed(10, 8, position, times, 8, key_bytes(key), 4, version, named, end, len(payload))
            yield row + payload
            position, version = position + 1, version + 1


def _heads(moves: Sequence[Move], chains: dict[str, _Chain]) -> tuple[list[Any], ...]:
    ends = [chains[move.household].end for move in moves]
    return (
        Texts([move.household for move in moves]),
        Integers([end.version for end in ends]),
        Bigints([end.recorded_at for end in ends]),
        Blobs([end.hash for end in ends]),
        Integers([move.facts for move in moves]),
        Days([move.span[0] if move.span else None for move in moves]),
        Days([move.span[1] if move.span else None for move in moves]),
    )
