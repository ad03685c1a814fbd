"""Many households one after the other, from the log to their state: what whoever goes through all of them shares."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from ledger.events import Recorded
from ledger.store import reader

Sized: TypeAlias = tuple[str, int]
"""A household and how many facts it has."""


def collect_seldom() -> None:
    """Let this process look for cycles seldom: what is folded stays or goes as a whole, and looking takes a sixth."""
    gc.freeze()
    gc.set_threshold(400_000, 50, 100)


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """The same for as long as the block runs."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def batches(households: Iterable[Sized], *, facts: int) -> Iterator[list[Sized]]:
    """The households in parts that have about so many facts; one that has more stands alone or at the end."""
    batch: list[Sized] = []
    size = 0
    for one in households:
        batch.append(one)
        size += one[1]
        if size >= facts:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def recorded(
    connection: reader.Connection, households: Iterable[Sized], *, facts: int = reader.CHUNK // 4
) -> Iterator[tuple[str, list[Recorded]]]:
    """The facts of each household, in version order, asked for some at a time; a big one is read in pieces."""
    for batch in batches(households, facts=facts):
        small = [household for household, size in batch if size <= reader.CHUNK]
        yield from reader.load_several(connection, small).items()
        big = (household for household, size in batch if size > reader.CHUNK)
        yield from ((household, reader.load(connection, household)) for household in big)
