"""Rows of some households, written out for COPY, so that the households can be let go of before anything is sent."""

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

import psycopg
from sqlalchemy import Table

from projections.readmodels import rows, tables, wire
from projections.readmodels.household import Household
from projections.readmodels.rows import Row

MANY_FACTS: Final = 20_000
"""Facts beyond which a household's days are written out only as they are sent, so that they are never all in memory."""

Days: TypeAlias = tuple[Table, tuple[str, ...], Iterator[bytes]]
"""A table of days, the columns in the order in which they are written, and a whole copy of the rows."""


class Written:
    """Rows of households, by table. Shape: `facts` is how many facts the households have."""

    __slots__ = ("_household_days", "_line_days", "_rows", "_slot", "facts")

    def __init__(self, slot: int) -> None:
        self.facts = 0
        self._slot = slot
        self._rows: tuple[tuple[Table, list[Row]], ...] = tuple([(table, []) for table, _ in _SHORT])
        self._line_days: list[Iterable[bytes]] = []
        self._household_days: list[Iterable[bytes]] = []

    def add(self, states: list[Household]) -> None:
        """Write out what of households was not stored yet, table by table.

        Raises: psycopg.DataError for a number too large.
        """
        self.facts += sum(state.version for state in states)
        for (_, held), (_, made) in zip(self._rows, _SHORT, strict=True):
            for state in states:
                held += made(state)
        moved = [(state, since) for state in states if (since := state.series.since) is not None]
        for state, since in moved:
            self._keep(self._line_days, state, wire.line_days(state, since, slot=self._slot))
        for state, since in moved:
            self._keep(self._household_days, state, wire.household_days(state, since, slot=self._slot))

    @property
    def rows(self) -> Iterator[tuple[Table, list[Row]]]:
        """The tables that have few rows of a household, and the rows."""
        return ((table, held) for table, held in self._rows if held)

    @property
    def days(self) -> Iterator[Days]:
        """The tables of days; they can be read once."""
        if self._line_days:
            yield tables.LINE_DAY, wire.LINE_DAY, _whole(self._line_days)
            yield tables.HOUSEHOLD_DAY, wire.HOUSEHOLD_DAY, _whole(self._household_days)

    @staticmethod
    def _keep(held: list[Iterable[bytes]], state: Household, blocks: Iterator[bytes]) -> None:
        told = _told(blocks)
        held.append(told if state.version > MANY_FACTS else list(told))


def _household_now(state: Household) -> tuple[Row]:
    return (rows.household_now(state),)


def _limit_changes(state: Household) -> Iterable[Row]:
    """Those that are stored stand as they are where none differs."""
    return rows.limit_changes(state) if state.changes_differ else ()


_SHORT: Final[tuple[tuple[Table, Callable[[Household], Iterable[Row]]], ...]] = (
    (tables.HOUSEHOLD_NOW, _household_now),
    (tables.LINE_NOW, rows.lines_now),
    (tables.LIMIT_CHANGE, _limit_changes),
    (tables.DERIVED_CHANGE, rows.derived_changes),
)
"""The tables that have few rows of a household, and how those are made."""


def _whole(held: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    return wire.whole(block for blocks in held for block in blocks)


def _told(blocks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from blocks
    except struct.error as error:
        raise psycopg.DataError(f"a day: {error}") from error
