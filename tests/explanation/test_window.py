"""The window of a question, and of a change. Source: domain.md section 1, "Windows and edges"."""

import pytest

from ledger.calendar import DAY
from ledger.errors import NotFound
from projections.explanation.rules import rules
from projections.explanation.window import window, window_of_change, window_of_latest
from tests.build import LINE, Record, drew, granted, lowered, opened_line, saw, temporary
from tests.spec import HOUSEHOLD, ZONE, given

START = ZONE.at("2026-03-05")


def test_bare_dates_hold_their_whole_days() -> None:
    assert window(ZONE, since="2026-03-05", until="2026-03-05") == (START - 1, START + DAY - 1)


def test_instants_are_taken_as_they_are() -> None:
    assert window(ZONE, since=START + 5, until=START + 9) == (START + 5, START + 9)


def test_the_window_of_a_dated_change_holds_it() -> None:
    history = given(
        opened_line(), granted(50000), lowered(9000, "2026-03-05"), lowered(8000, "2026-03-09T10:00:00+08:00")
    )
    book = history.as_of().book

    assert window_of_change(book, household=HOUSEHOLD, change="h1:4") == (START - 1, START + DAY - 1)
    assert window_of_change(book, household=HOUSEHOLD, change="h1:5") == (
        ZONE.at("2026-03-09") + 10 * DAY // 24 - 1,
        ZONE.at("2026-03-09") + 10 * DAY // 24,
    )


def test_the_window_of_an_inferred_change_is_its_interval() -> None:
    seen = (saw("2026-03-01T09:00:00+08:00", limit=50000), saw("2026-03-06T08:00:00+08:00", limit=12000))
    book = given(opened_line(), granted(50000), *seen).as_of().book

    assert window_of_change(book, household=HOUSEHOLD, change="h1:5") == (
        ZONE.at("2026-03-01") + 9 * DAY // 24,
        ZONE.at("2026-03-06") + 8 * DAY // 24,
    )


def test_an_end_that_came_by_itself_has_a_window_of_its_own() -> None:
    book = (
        given(opened_line(), granted(50000), temporary(5000, "2026-02-01", until="2026-03-04")).as_of("2026-04-01").book
    )

    assert window_of_change(book, household=HOUSEHOLD, change="h1:4:expired") == (START - 1, START)


def test_an_unknown_change_or_ruleset_is_told() -> None:
    with pytest.raises(NotFound, match="h1:9"):
        window_of_change(given(opened_line()).as_of().book, household=HOUSEHOLD, change="h1:9")
    with pytest.raises(NotFound, match=r"1999\.1"):
        rules("1999.1")


CUT = (opened_line(), granted(50000), drew(30000, "2026-01-05"), lowered(9000, "2026-03-05"))


@pytest.mark.parametrize(
    ("facts", "paid", "now", "begins", "ends"),
    [
        (CUT, None, "2026-03-20", "2026-03-05", "2026-03-05"),
        (CUT, "2026-03-04", "2026-03-20", "2026-03-05", "2026-03-05"),
        (CUT, "2026-03-05", "2026-03-10", "2026-03-05", "2026-03-05"),
        (CUT, "2026-03-12", "2026-03-18", "2026-03-12", "2026-03-18"),
        (CUT, "2026-03-12", "2026-03-20", "2026-03-05", "2026-03-05"),
        (CUT[:3], "2026-02-10", "2026-03-20", "2026-02-10", "2026-03-20"),
        (CUT[:2], None, "2026-03-20", "2026-01-01", "2026-01-01"),
    ],
)
def test_where_no_window_is_named_the_latest_change_is_meant_or_what_was_paid_since_in_the_last_days(
    facts: tuple[Record, ...], paid: str | None, now: str, begins: str, ends: str
) -> None:
    book = given(*facts).as_of(now).book
    found = window_of_latest(book, line=LINE, paid=None if paid is None else ZONE.at(paid))

    assert found == (ZONE.at(begins) - 1, ZONE.last_moment(ends))


def test_where_nothing_was_changed_or_paid_there_is_nothing_to_tell_of() -> None:
    with pytest.raises(NotFound):
        window_of_latest(given(opened_line()).as_of("2026-03-01").book, line=LINE, paid=None)
