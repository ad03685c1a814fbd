"""Rows of households written out ahead are those that their states say, of a household with many facts as of others."""

from typing import Any

import psycopg
import pytest

from ledger import events
from ledger.events import Recorded
from projections.readmodels import tables, wire, written
from projections.readmodels.household import Household, Moment
from projections.readmodels.series import HouseholdDay
from projections.readmodels.written import Written

SLOT = 2


def household(name: str) -> Household:
    """A household with a line that was granted a limit."""
    facts: list[Any] = [
        events.LineOpened(effective=1, line="a", lender="x", product="consumer_loan"),
        events.LimitGranted(effective=2, line="a", limit=100_00),
        events.DrawnDown(effective=3 * 86_400_000_000, line="a", amount=10_00),
    ]
    recorded = tuple(Recorded(version=version, recorded_at=7, fact=fact) for version, fact in enumerate(facts, start=1))
    state = Household(name, anew=True)
    state.take(Moment(3, 4 * 86_400_000_000, recorded))
    state.settle()
    return state


def days_of(states: list[Household]) -> list[tuple[str, bytes]]:
    made = Written(SLOT)
    made.add(states)
    return [(str(table.name), b"".join(blocks)) for table, _, blocks in made.days]


def test_rows_of_each_table_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    states = [household("h1"), household("h2")]
    made = Written(SLOT)
    made.add(states)
    assert made.facts == 6
    assert {table.name: len(rows) for table, rows in made.rows} == {
        "household_now": 2, "line_now": 2, "limit_change": 2, "derived_change": 2
    }  # fmt: skip
    lines = b"".join(wire.whole(block for state in states for block in wire.line_days(state, 1, slot=SLOT)))
    assert days_of(states)[0] == ("line_day", lines)
    at_once = days_of(states)
    monkeypatch.setattr(written, "MANY_FACTS", 2)
    assert days_of(states) == at_once


def test_a_household_that_is_stored_has_no_days_to_write_out() -> None:
    state = household("h1")
    state.stored()
    made = Written(SLOT)
    made.add([state])
    assert [table.name for table, _ in made.rows] == ["household_now", "line_now"]
    assert list(made.days) == []


@pytest.mark.parametrize("many", [2, 20_000])
def test_a_number_too_large_for_its_column_is_the_fault_of_the_data(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "MANY_FACTS", many)
    state = household("h1")
    state.series.days.append(HouseholdDay("h1", 800_000, 1 << 63, 0, 0, 0))
    with pytest.raises(psycopg.DataError):
        days_of([state])


def test_columns_are_those_of_the_tables() -> None:
    assert {name for name, _ in days_of([household("h1")])} == {tables.LINE_DAY.name, tables.HOUSEHOLD_DAY.name}
