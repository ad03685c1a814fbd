"""Reading the lines of a big history file in other processes, while this one judges what they read.

A line is read without knowing the lines before it, except for the currency of its household: a piece of the file
that opens a household is read here, before any later piece is given away.
"""

import gc
import os
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any, Final

import msgspec

from ledger.awaited import Name
from ledger.errors import Complaint
from ledger.events import HouseholdOpened
from ledger.history import Page, Reader
from ledger.payload import decode, encode_all
from ledger.store.processes import begin_helping, quickest, undisturbed
from ledger.store.runs import Refers, Run, runs

ALONE_PIECES: Final = 5
"""Pieces that are read here before helpers are called: starting them takes as long as reading ten thousand lines."""
AHEAD_PIECES: Final = 8
"""Pieces that helpers may be ahead of the judge; more would only take memory."""
PART_BYTES: Final = 1 << 17
"""What is read of a piece at a time: some 900 lines. Of fewer, too few have the same fields; more wait for memory."""
_OPENS: Final = b"HouseholdOpened"


class Piece(msgspec.Struct, frozen=True, gc=False):
    """Some consecutive lines of the file, the first of which has this number."""

    first: int
    text: bytes


class Read(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a piece holds, in a form that travels between processes quickly.

    Shape: runs of facts, those of a household in the order of the file; `ungiven` as a reader's.
    """

    runs: list[Run]
    complaints: list[Complaint]
    ungiven: list[tuple[int, list[Name]]]
    bytes_read: int


class _Found(msgspec.Struct):
    """What was read of a household: the number of each fact's line, the fact, its stored form, what it refers to."""

    numbers: list[int] = msgspec.field(default_factory=list)
    facts: list[Any] = msgspec.field(default_factory=list)
    payloads: list[bytes] = msgspec.field(default_factory=list)
    refers: dict[int, Refers] = msgspec.field(default_factory=dict)

    def add(self, page: Page, payloads: list[bytes], places: Sequence[int]) -> None:
        """Add what stands at some places of a page."""
        self.numbers.extend(map(page.numbers.__getitem__, places))
        self.facts.extend(map(page.facts.__getitem__, places))
        self.payloads.extend(map(payloads.__getitem__, places))


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Read).decode


def read_piece(piece: Piece, currencies: dict[str, str]) -> Read:
    """Read the lines of a piece."""
    reader, found = Reader(currencies), defaultdict[str, _Found](_Found)
    complaints: list[Complaint] = []
    for part in pieces(_parts(piece.text), first=piece.first):
        page = reader.page(part.text, first=part.first)
        payloads = encode_all(page.facts)
        places = defaultdict[str, list[int]](list)
        for place, owner in enumerate(page.households):
            places[owner].append(place)
        for owner, its in places.items():
            found[owner].add(page, payloads, its)
        for place, refers in page.refers.items():
            found[page.households[place]].refers[page.numbers[place]] = refers
        complaints += page.complaints
    read = [
        run for owner, its in found.items() for run in runs(owner, its.numbers, its.facts, its.payloads, its.refers)
    ]
    return Read(read, complaints, reader.ungiven, len(piece.text))


def _parts(text: bytes) -> Iterator[bytes]:
    """The lines of a piece in parts that stay near the processor while they are read."""
    start = 0
    while start < len(text):
        end = text.find(b"\n", start + PART_BYTES) + 1 or len(text)
        yield text[start:end]
        start = end


def read_apart(piece: Piece, currencies: dict[str, str]) -> bytes:
    """The same in a helper process; packed, because that travels ten times as fast as pickled objects."""
    return _pack(read_piece(piece, currencies))


def pieces(blocks: Iterable[bytes], *, first: int = 1) -> Iterator[Piece]:
    """Blocks of lines as pieces that know where they stand."""
    for text in blocks:
        yield Piece(first, text)
        first += text.count(b"\n") + (not text.endswith(b"\n"))


def read_pieces(blocks: Iterable[bytes], currencies: dict[str, str], *, helpers: int | None = None) -> Iterator[Read]:
    """All pieces of a file as read, in order; big files with the help of other processes.

    `currencies` are those of households in the book; it learns those that the file opens.
    """
    waiting = pieces(blocks)
    for piece in islice(waiting, ALONE_PIECES):
        yield _read_here(piece, currencies)
    count = (os.cpu_count() or 1) if helpers is None else helpers
    if count < 2:
        for piece in waiting:
            yield _read_here(piece, currencies)
    elif following := next(waiting, None):
        yield from _read_with_helpers(following, waiting, currencies, count)


def _read_here(piece: Piece, currencies: dict[str, str]) -> Read:
    """Read a piece in this process and note the currencies of households that it opens."""
    read = read_piece(piece, currencies)
    for run in read.runs:
        if run.columns is None and _OPENS in run.payloads[0]:
            fact = decode(run.payloads[0])
            if isinstance(fact, HouseholdOpened):
                currencies[run.household] = fact.currency
    return read


def _read_with_helpers(
    first: Piece, waiting: Iterator[Piece], currencies: dict[str, str], count: int
) -> Iterator[Read]:
    with ProcessPoolExecutor(min(count, 4), mp_context=quickest(), initializer=_begin) as helpers:
        reading: deque[Future[bytes] | Read] = deque()
        piece: Piece | None = first
        try:
            while piece is not None or reading:
                while piece is not None and len(reading) < AHEAD_PIECES:
                    reading.append(_give(helpers, piece, currencies))
                    piece = next(waiting, None)
                done = reading.popleft()
                yield done if isinstance(done, Read) else _unpack(done.result())
        finally:
            helpers.shutdown(cancel_futures=True)


def _begin() -> None:
    begin_helping()
    # Reading makes no cycles; looking for them would take a tenth of its time.
    gc.disable()


def _give(helpers: ProcessPoolExecutor, piece: Piece, currencies: dict[str, str]) -> Future[bytes] | Read:
    """Give a piece away to be read; one that opens a household is read here, since later pieces need its currency."""
    if _OPENS in piece.text:
        return _read_here(piece, currencies)
    with undisturbed():
        return helpers.submit(read_apart, piece, currencies)
