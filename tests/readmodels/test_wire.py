"""The days of a household, written out for COPY, are read back as what they say."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import chain
from struct import unpack_from
from typing import Any

import psycopg
import pytest
from hypothesis import example, settings
from hypothesis import given as over
from hypothesis import strategies as st
from psycopg.types.numeric import NumericBinaryLoader

from projections.readmodels import tables, wire
from projections.readmodels.household import Household, Moment
from projections.readmodels.series import HouseholdDay, LineDay
from tests.readmodels.moments import logs, told

SLOT = 2
_NUMERIC = NumericBinaryLoader(psycopg.adapters.types.get_oid("numeric"))
_READ: dict[str, Callable[[bytes], Any]] = {
    "bool": lambda data: data == b"\1",
    "date": lambda data: (date(2000, 1, 1) + timedelta(int.from_bytes(data, signed=True))).toordinal(),
    "int2": lambda data: int.from_bytes(data, signed=True),
    "int8": lambda data: int.from_bytes(data, signed=True),
    "numeric": lambda data: int(_NUMERIC.load(data)),
    "text": lambda data: data.decode(),
}


def read(blocks: Iterable[bytes], columns: tuple[str, ...], table: Any) -> Iterator[dict[str, Any]]:
    """The rows of a copy in binary form, by the description of the format alone."""
    data = b"".join(blocks)
    assert data[:11] == b"PGCOPY\n\xff\r\n\0"
    kinds = dict(zip(tables.columns(table), tables.wire_types(table), strict=True)) | {"slot": "int2"}
    at = 19
    while (count := unpack_from(">h", data, at)[0]) != -1:
        at += 2
        assert count == len(columns)
        row = {}
        for name in columns:
            (size,) = unpack_from(">i", data, at)
            at += 4
            row[name] = None if size == -1 else _READ[kinds[name]](data[at : at + size])
            at += max(0, size)
        yield row
    assert at + 2 == len(data)


def as_told(rows: Iterable[LineDay | HouseholdDay]) -> list[dict[str, Any]]:
    return [row._asdict() | {"slot": SLOT} for row in rows]


@pytest.mark.parametrize(
    ("table", "columns"), [(tables.LINE_DAY, wire.LINE_DAY), (tables.HOUSEHOLD_DAY, wire.HOUSEHOLD_DAY)]
)
def test_every_column_is_written(table: Any, columns: tuple[str, ...]) -> None:
    assert sorted(columns) == sorted((*tables.columns(table), "slot"))


@settings(max_examples=200)
@over(logs())
def test_days_are_read_back_as_they_were_written(moments: list[Moment]) -> None:
    state = told(moments)
    lines = list(read(wire.whole(wire.line_days(state, 1, slot=SLOT)), wire.LINE_DAY, tables.LINE_DAY))
    assert lines == as_told(chain(*state.series.lines.values()))
    days = list(read(wire.whole(wire.household_days(state, 1, slot=SLOT)), wire.HOUSEHOLD_DAY, tables.HOUSEHOLD_DAY))
    assert days == as_told(state.series.days)


def test_many_days_are_handed_over_some_at_a_time() -> None:
    state = Household("h")
    state.series.days = [HouseholdDay("h", 730_000 + day, day, 0, -day, 1 << 62) for day in range(3 * wire.ROWS)]
    since = 730_000 + wire.ROWS // 2
    rows = (row for first in (since, 1) for row in wire.household_days(state, first, slot=SLOT))
    blocks = list(wire.whole(rows))
    assert max(map(len, blocks)) < wire.TOGETHER + wire.ROWS * 100
    found = list(read(blocks, wire.HOUSEHOLD_DAY, tables.HOUSEHOLD_DAY))
    assert found == as_told(state.series.days[wire.ROWS // 2 :] + state.series.days)


@over(st.integers(-(10**40), 10**40))
@example(0)
@example(10_000)
@example(-120_000_000)
def test_a_whole_number_is_written_as_a_numeric(value: int) -> None:
    assert _NUMERIC.load(wire.numeric(value)[4:]) == value
