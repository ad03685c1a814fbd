"""What the position promises: the shape of the contract, and nothing that depends on when it is asked.

Source: contract.md section 4. Oracle O14.
"""

from typing import Any

import msgspec
import pytest

from projections.position import Position
from tests.build import closed, drew, fact, granted, lowered, opened_account, opened_line, repaid
from tests.spec import given

FAMILY = (opened_line(lender_group="ant"), granted(50000), drew(30000, "2026-01-10"))

LINE_FIELDS = {
    "line", "lender", "lender_group", "product", "status", "limit", "permanent_limit", "temporary_limit", "drawn",
    "held", "headroom", "available", "over_limit", "blocked", "utilisation", "accrued_interest", "days_past_due",
    "shared_used", "due_30_days", "due_12_months", "loans",
}  # fmt: skip
PROMISED: dict[str, set[str]] = {
    "debt": {"principal", "accrued_interest", "overdue", "total", "due_30_days", "due_12_months"},
    "reserves": {"t1", "t2a", "t2b", "total", "contingent", "monthly_outflow", "months", "immediate_months"},
    "diversification": {"score", "uncapped", "dimensions", "largest_share", "caps", "all_debt_score"},
}


def told(*facts: Any, at: str = "2026-03-05") -> Any:
    return given(*facts).as_of(at).told()


def test_a_position_holds_every_field_of_the_contract() -> None:
    found = told(*FAMILY, opened_account())
    assert set(found) == {
        "household", "at", "known_at", "version", "currency", "lines", "debt", "reserves", "diversification",
        "residuals", "open_conflicts",
    }  # fmt: skip
    assert set(found["lines"][0]) >= LINE_FIELDS
    assert set(found["lines"][0]["loans"][0]) >= {"loan", "principal", "accrued_interest", "next_due_on", "next_due"}
    for part, fields in PROMISED.items():
        assert set(found[part]) >= fields
    assert set(found["diversification"]["dimensions"]) == {"lender", "product", "maturity", "revocability"}


def test_times_are_told_in_the_households_zone() -> None:
    found = told(*FAMILY, at="2026-03-05T12:00:00Z")
    assert found["at"] == "2026-03-05T20:00:00+08:00"
    assert found["known_at"] == "2026-01-10T00:00:01.000000+08:00"
    berlin = fact("HouseholdOpened", "2025-12-31", timezone="Europe/Berlin")
    assert told(berlin, *FAMILY, at="2026-03-05T12:00:00Z")["at"] == "2026-03-05T13:00:00+01:00"


def test_amounts_have_the_decimal_places_of_the_currency() -> None:
    yen = fact("HouseholdOpened", "2025-12-31", currency="JPY")
    found = told(yen, *FAMILY)
    assert (found["currency"], found["lines"][0]["available"]) == ("JPY", "20000")


@pytest.mark.parametrize(
    ("more", "utilisation"),
    [
        ((), "0.6000"),
        ((repaid(30000, "2026-02-01"), lowered(12000, "2026-02-02")), "0.0000"),
        ((lowered(8000, "2026-02-01"),), "3.7500"),
        ((closed("2026-02-01"),), None),
    ],
)
def test_utilisation_is_drawn_over_limit(more: tuple[Any, ...], utilisation: str | None) -> None:
    assert told(*FAMILY, *more)["lines"][0]["utilisation"] == utilisation


def test_a_line_without_a_limit_is_still_shown() -> None:
    (line,) = told(opened_line(), drew(10, "2026-01-10"))["lines"]
    assert (line["line"], line["limit_known"], line["utilisation"], line["drawn"]) == ("jiebei", False, None, "10.00")


def test_a_household_with_nothing_in_it_has_an_empty_position() -> None:
    found = told(fact("HouseholdOpened", "2025-12-31"))
    assert (found["version"], found["lines"], found["debt"]["total"], found["reserves"]["total"]) == (
        1, [], "0.00", "0.00"
    )  # fmt: skip


def test_before_the_first_fact_there_is_nothing() -> None:
    assert told(*FAMILY, at="2025-06-01")["lines"] == []


def test_a_position_is_the_same_bytes_whenever_it_is_asked() -> None:
    asked = given(*FAMILY).as_of("2026-03-05")
    first, second = msgspec.json.encode(asked.position()), msgspec.json.encode(asked.position())
    assert first == second
    assert msgspec.json.decode(first, type=Position) == asked.position()
