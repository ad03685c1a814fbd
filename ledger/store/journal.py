"""Appending to the ends of households' chains: what is to be stored, and the one call that stores it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final, LiteralString

import msgspec
import psycopg

from ledger.calendar import When, zone
from ledger.store.chain import FORMULA, GENESIS
from ledger.store.personal import PersonalText

Connection = psycopg.Connection[Any]


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
    key_hash: int | None
    hash: bytes
    payload: bytes
    topic: str = ""
    texts: tuple[PersonalText, ...] = ()


class Extension(msgspec.Struct):
    """What is to be added to one household, if its chain still ends at `head`.

    Shape: `instants` and `days` span the effective times of the added facts, instants and bare dates apart.
    """

    household: str
    head: Head
    zone: str = "Asia/Shanghai"
    entries: list[Entry] = msgspec.field(default_factory=list)
    instants: tuple[int, int] | None = None
    days: tuple[str, str] | None = None

    @property
    def end(self) -> Head:
        """The head once this is stored."""
        if not self.entries:
            return self.head
        last = self.entries[-1]
        return Head(max(self.head.version, last.version), last.recorded_at, last.hash)

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

    def span(self) -> tuple[str, str] | None:
        """The first and the last local day on which an added fact is effective."""
        days = list(self.days or ())
        if self.instants is not None:
            local = zone(self.zone)
            days += [date.fromordinal(local.day(instant)).isoformat() for instant in set(self.instants)]
        return (min(days), max(days)) if days else None


class Appended(msgspec.Struct, frozen=True):
    """Which extensions (by index) were stored, and the position of the first entry of all that were offered."""

    stored: frozenset[int]
    first_position: int | None


APPEND: Final[LiteralString] = (
    "SELECT fresh, first FROM headroom.append(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
    " %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
HEADS: Final[LiteralString] = (
    "SELECT household, version, recorded_at, hash FROM headroom.head WHERE household = ANY(%s)"
)  # fmt: skip


def append(connection: Connection, extensions: Sequence[Extension], *, whole: bool = False) -> Appended:
    """Store what still follows its household's head, in one transaction; with `whole`, all of it or nothing.

    The connection must be in autocommit mode: a transaction that wrote before would spoil the order of positions.
    Raises: psycopg.errors.UniqueViolation when a version or key is taken that the chain's end did not tell of.
    """
    if not connection.autocommit:
        raise ValueError("append needs a connection in autocommit mode")
    found = connection.execute(APPEND, _parameters(extensions, whole=whole), prepare=True).fetchone()
    assert found is not None
    return Appended(frozenset(place - 1 for place in found[0]), found[1])


def heads(connection: Connection, households: Iterable[str]) -> dict[str, Head]:
    """Where the chains of these households end; those without facts are left out."""
    rows = connection.execute(HEADS, (list(households),), prepare=True)
    return {household: Head(version, recorded_at, end) for household, version, recorded_at, end in rows}


def _parameters(extensions: Sequence[Extension], *, whole: bool) -> list[Any]:
    ends = [extension.end for extension in extensions]
    spans = [extension.span() for extension in extensions]
    owners = [place for place, extension in enumerate(extensions, start=1) for _ in extension.entries]
    entries = [entry for extension in extensions for entry in extension.entries]
    texts = [
        (place, entry.version, text)
        for place, extension in enumerate(extensions, start=1)
        for entry in extension.entries
        for text in entry.texts
    ]
    return [
        whole,
        FORMULA,
        [extension.household for extension in extensions],
        _array(extensions, lambda extension: _bytes(extension.head.hash)),
        _array(ends, lambda end: str(end.version)),
        _array(ends, lambda end: str(end.recorded_at)),
        _array(ends, lambda end: _bytes(end.hash)),
        _array(extensions, lambda extension: str(len(extension.entries))),
        _array(spans, lambda span: span[0] if span else "NULL"),
        _array(spans, lambda span: span[1] if span else "NULL"),
        _array(owners, str),
        _array(entries, lambda entry: str(entry.version)),
        _array(entries, lambda entry: str(entry.recorded_at)),
        _array(entries, lambda entry: "NULL" if entry.key_hash is None else str(entry.key_hash)),
        _array(entries, lambda entry: _bytes(entry.hash)),
        [entry.topic for entry in entries],
        _array(entries, lambda entry: _bytes(entry.payload)),
        _array(texts, lambda text: str(text[0])),
        _array(texts, lambda text: str(text[1])),
        [text.field for _, _, text in texts],
        _array(texts, lambda text: _bytes(text[2].salt)),
        [text.content for _, _, text in texts],
    ]


def _array(items: Iterable[Any], written: Callable[[Any], str]) -> str:
    """An array literal of PostgreSQL; written by hand because adapting lists took most of an append's time."""
    return "{" + ",".join(map(written, items)) + "}"


def _bytes(value: bytes | None) -> str:
    return "NULL" if value is None else f'"\\\\x{value.hex()}"'
