"""Appending to the ends of households' chains: what is to be stored, and the one call that stores it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString

import msgspec
import psycopg

from ledger.calendar import When, zone
from ledger.store.chain import FORMULA, GENESIS, key_hash, link
from ledger.store.columns import Bigints, Blobs, Days, Integers, Texts
from ledger.store.personal import PersonalText

Connection = psycopg.Connection[Any]
Cursor = psycopg.Cursor[Any]


class Head(msgspec.Struct, frozen=True, gc=False):
    """The end of a household's chain. Units: `recorded_at` in microseconds since the epoch."""

    version: int = 0
    recorded_at: int = 0
    hash: bytes | None = None

    @property
    def previous(self) -> bytes:
        """What the next fact's hash follows."""
        return self.hash or GENESIS


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One fact as it is to be stored; `topic` is empty when the payload names its own class."""

    version: int
    recorded_at: int
    key: str | None
    payload: bytes
    topic: str = ""
    texts: tuple[PersonalText, ...] = ()


class Extension(msgspec.Struct):
    """What is to be added to one household, if its chain still ends at `head`.

    Shape: `hashes` are those of the entries that were chained so far, from the first on, and `end` is where they
    lead; `instants` and `days` span the effective times of the added facts, instants and bare dates apart.
    """

    household: str
    head: Head
    zone: str = "Asia/Shanghai"
    entries: list[Entry] = msgspec.field(default_factory=list)
    hashes: list[bytes] = msgspec.field(default_factory=list)
    end: Head | None = None
    instants: tuple[int, int] | None = None
    days: tuple[str, str] | None = None

    def chain(self) -> Head:
        """Chain what was added since the last time; the head once all is stored."""
        added = self.entries[len(self.hashes) :]
        if not added:
            return self.end or self.head
        following = self.hashes[-1] if self.hashes else self.head.previous
        for entry in added:
            following = link(
                following,
                household=self.household,
                version=entry.version,
                recorded_at=entry.recorded_at,
                topic=entry.topic,
                payload=entry.payload,
            )
            self.hashes.append(following)
        last = added[-1]
        self.end = Head(max(self.head.version, last.version), last.recorded_at, following)
        return self.end

    def covers(self, effective: When) -> None:
        """Widen the span of effective times by that of a fact that was added."""
        if isinstance(effective, str):
            first, last = self.days or (effective, effective)
            self.days = (min(first, effective), max(last, effective))
        elif self.instants is None:
            self.instants = (effective, effective)
        elif effective < self.instants[0]:
            self.instants = (effective, self.instants[1])
        elif effective > self.instants[1]:
            self.instants = (self.instants[0], effective)

    def span(self) -> tuple[int, int] | None:
        """The first and the last local day, as ordinals, on which an added fact is effective."""
        local = zone(self.zone)
        days = [local.day_of(when) for when in {*(self.instants or ()), *(self.days or ())}]
        return (min(days), max(days)) if days else None


class Appended(msgspec.Struct, frozen=True):
    """Which extensions (by index) were stored, and the position of the first entry of all that were offered."""

    stored: frozenset[int]
    first_position: int | None


APPEND: Final[LiteralString] = (
    "SELECT fresh, first FROM headroom.append(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
    " %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
LOCK: Final[LiteralString] = "SELECT headroom.lock_households(%s)"
HEADS: Final[LiteralString] = (
    "SELECT household, version, recorded_at, hash FROM headroom.head WHERE household = ANY(%s)"
)  # fmt: skip


def lock(connection: Connection, households: Sequence[str]) -> None:
    """Let nobody else add to households before the open transaction ends; waits for whoever does."""
    connection.execute(LOCK, (households,))


def append(cursor: Cursor, extensions: Sequence[Extension], *, whole: bool = False) -> Appended:
    """Store what still follows its household's head, in one transaction; with `whole`, all of it or nothing.

    A cursor that appends again remembers how columns are written. Its connection must be in autocommit mode: a
    transaction that wrote before would spoil the order of positions.
    Raises: psycopg.errors.UniqueViolation when a version or key is taken that the chain's end did not tell of.
    """
    if not cursor.connection.autocommit:
        raise ValueError("append needs a connection in autocommit mode")
    found = cursor.execute(APPEND, _parameters(extensions, whole=whole), prepare=True).fetchone()
    assert found is not None
    return Appended(frozenset(place - 1 for place in found[0]), found[1])


def heads(connection: Connection, households: Iterable[str]) -> dict[str, Head]:
    """Where the chains of these households end; those without facts are left out."""
    rows = connection.execute(HEADS, (list(households),), prepare=True)
    return {household: Head(version, recorded_at, end) for household, version, recorded_at, end in rows}


def _parameters(extensions: Sequence[Extension], *, whole: bool) -> list[Any]:
    ends = [extension.chain() for extension in extensions]
    spans = [extension.span() or (None, None) for extension in extensions]
    owned = [(place, entry) for place, extension in enumerate(extensions, start=1) for entry in extension.entries]
    entries = [entry for _, entry in owned]
    texts = [(place, entry.version, text) for place, entry in owned for text in entry.texts]
    return [
        whole,
        FORMULA,
        Texts([extension.household for extension in extensions]),
        Blobs([extension.head.hash for extension in extensions]),
        Integers([end.version for end in ends]),
        Bigints([end.recorded_at for end in ends]),
        Blobs([end.hash for end in ends]),
        Integers([len(extension.entries) for extension in extensions]),
        Days([first for first, _ in spans]),
        Days([last for _, last in spans]),
        Integers([place for place, _ in owned]),
        Integers([entry.version for entry in entries]),
        Bigints([entry.recorded_at for entry in entries]),
        Bigints([None if entry.key is None else key_hash(entry.key) for entry in entries]),
        Blobs([hashed for extension in extensions for hashed in extension.hashes]),
        Texts([entry.topic for entry in entries]),
        Blobs([entry.payload for entry in entries]),
        Integers([place for place, _, _ in texts]),
        Integers([version for _, version, _ in texts]),
        Texts([text.field for _, _, text in texts]),
        Blobs([text.salt for _, _, text in texts]),
        Texts([text.content for _, _, text in texts]),
    ]
