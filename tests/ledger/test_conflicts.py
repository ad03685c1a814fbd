"""Sources that contradict each other at one time tell nothing of what they contradict each other about.

Source: domain.md section 3: a conflict stays open until a later fact settles it.
"""

from typing import Any

import pytest

from tests.build import Record, drew, granted, lowered, opened_line, repaid, saw
from tests.spec import History, given

BOOK = (opened_line(), granted(50000, "2026-02-01"), drew(30000, "2026-02-10"))
AT, LATER = "2026-03-05T09:00:00+08:00", "2026-03-09T09:00:00+08:00"
LENDER, BANK = {"kind": "lender"}, {"kind": "bank"}
SEEN_LATER = saw(LATER, limit=12000)


def interval(history: History) -> list[str]:
    """Between which times the last change happened."""
    asked = history.as_of()
    change = asked.line().changes[-1]
    assert change.kind == "inferred"
    return [asked.book.zone.text(when) for when in (change.since, change.until)]


@pytest.mark.parametrize("first", [{"limit": 50000}, {"limit": 12000}, {"available": 20000}])
def test_a_contested_limit_does_not_tell_since_when_it_had_changed(first: dict[str, Any]) -> None:
    second: dict[str, Any] = {name: 45000 if name == "limit" else 15000 for name in first}
    history = given(*BOOK, saw(AT, **first), saw(AT, source=LENDER, **second), SEEN_LATER)
    assert interval(history) == ["2026-02-01", LATER]


def test_a_limit_seen_before_the_contested_one_is_where_the_interval_begins() -> None:
    history = given(
        *BOOK,
        saw("2026-03-01T09:00:00+08:00", limit=50000),
        saw(AT, limit=50000),
        saw(AT, limit=12000, source=LENDER),
        saw(AT, limit=13000, source=BANK),
        SEEN_LATER,
    )
    assert interval(history) == ["2026-03-01T09:00:00+08:00", LATER]


@pytest.mark.parametrize(
    "other",
    [
        {"limit": 50000, "drawn": 29000},
        {"limit": 50000, "available": 19000},
    ],
)
def test_a_limit_that_no_source_contests_is_known_though_something_else_is_contested(other: dict[str, Any]) -> None:
    both = {"limit": 50000, "drawn": 30000, "available": 20000}
    seen: dict[str, Any] = {name: both[name] for name in other}
    history = given(*BOOK, saw(AT, **seen), saw(AT, source=LENDER, **other), SEEN_LATER)
    assert interval(history) == [AT, LATER]


def test_a_limit_stated_at_the_time_of_a_conflict_is_known_since_then() -> None:
    stated = lowered(45000, AT)
    history = given(*BOOK, stated, saw(AT, limit=45000), saw(AT, limit=50000, source=LENDER), SEEN_LATER)
    assert interval(history) == [AT, LATER]


@pytest.mark.parametrize("fact", [repaid(1000, "2026-03-06"), drew(1000, "2026-03-06")])
def test_a_movement_settles_no_conflict_about_the_limit(fact: Record) -> None:
    history = given(*BOOK, saw(AT, limit=50000), saw(AT, limit=12000, source=LENDER), fact)
    assert [one["quantity"] for one in history.as_of().told()["open_conflicts"]] == ["limit"]


def test_what_was_seen_later_of_another_quantity_settles_no_conflict() -> None:
    history = given(*BOOK, saw(AT, limit=50000), saw(AT, limit=12000, source=LENDER), saw(LATER, drawn=30000))
    assert [one["quantity"] for one in history.as_of().told()["open_conflicts"]] == ["limit"]


def test_sources_that_were_asked_at_different_times_are_no_conflict_and_the_later_is_believed() -> None:
    asked = given(*BOOK, saw(AT, limit=50000), saw("2026-03-05T09:00:01+08:00", limit=12000, source=LENDER)).as_of()
    assert (asked.told()["open_conflicts"], asked.figures()[0]) == ([], "12000.00")
