"""Rows of some households, written out for COPY as soon as each household is derived, which can then be let go of.

What was derived a moment ago is still near the processor; a state that waits for others to be derived is not.
"""

import struct
from collections.abc import Iterable, Iterator
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
        self._rows: tuple[tuple[Table, list[Row]], ...] = tuple([(table, []) for table in _SHORT])
        self._line_days: list[Iterable[bytes]] = []
        self._household_days: list[Iterable[bytes]] = []

    def add(self, state: Household) -> None:
        """Write out what of a household was not stored yet. Raises: psycopg.DataError for a number too large."""
        self.facts += state.version
        for (_, held), made in zip(self._rows, _short(state), strict=True):
            held += made
        since = state.series.since
        if since is not None:
            self._keep(self._line_days, state, wire.line_days(state, since, slot=self._slot))
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


_SHORT: Final = (tables.HOUSEHOLD_NOW, tables.LINE_NOW, tables.LIMIT_CHANGE, tables.DERIVED_CHANGE)


def _short(state: Household) -> tuple[Iterable[Row], ...]:
    """The rows of `_SHORT`; those of limit changes stand as they are where none differs."""
    changes = rows.limit_changes(state) if state.changes_differ else ()
    return (rows.household_now(state),), rows.lines_now(state), changes, rows.derived_changes(state)


def _whole(held: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    return wire.whole(block for blocks in held for block in blocks)


def _told(blocks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from blocks
    except struct.error as error:
        raise psycopg.DataError(f"a day: {error}") from error
