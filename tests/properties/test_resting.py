"""A book that was laid to rest is checked as the book that a fold of its facts gives, for as long as it is good."""

from datetime import date
from typing import Any

import msgspec
from hypothesis import assume, settings
from hypothesis import given as over
from hypothesis import strategies as st

from ledger.book import Book, fold
from ledger.calendar import DAY
from ledger.resting import FOREVER, rest, woken
from ledger.resting_records import Resting
from projections.check import answer, examine
from projections.digest import canonical
from projections.findings import findings
from projections.indicators.known import Known, first_day, known_of
from projections.position import position
from projections.ruleset import ruleset
from scheduler import lights
from scheduler.results import Result, result
from tests.build import LINE, drew, granted, opened_line
from tests.properties.books import books
from tests.properties.test_fold import moments
from tests.spec import HOUSEHOLD, History, given

later = st.integers(0, 90 * DAY) | st.integers(0, 90).map(lambda days: days * DAY)


def checked(book: Book, *, known: Known | None = None) -> Result:
    """The check of a book as it is stored."""
    examined = examine(book, ruleset(), known=known)
    seen = findings(examined.basis, examined.indicators, language=None)
    stored = result(examined, seen, household=HOUSEHOLD, kind="daily", known_at=0, checked_at=0)
    told = answer(examined, household=HOUSEHOLD, known_at=0)
    assert stored.answer == canonical(told, household=HOUSEHOLD)
    assert stored.digest.hex() == told.digest
    assert lights.seen(stored.answer) == lights.sighted(examined.indicators, currency=book.currency)
    return stored


def written_and_read(known: Known) -> Known:
    """What facts say, as it comes back from where it is kept."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(known), type=Known)


@settings(max_examples=400)
@over(books(), moments, later)
def test_a_book_at_rest_is_checked_as_a_fold_of_its_facts(history: History, at: int, after: int) -> None:
    timeline = history.timeline()
    book = fold(timeline, at=at)
    resting = rest(book)
    assume(resting is not None)
    assert resting is not None
    then = min(at + after, resting.until_at - 1)

    assert resting.good(timeline.version, then)
    slept, straight = woken(resting, at=then), fold(timeline, at=then)
    assert checked(slept, known=written_and_read(known_of(book, since=first_day(ruleset(), book.day)))) == checked(
        straight
    )
    slept.timeline = timeline
    for name, line in slept.lines.items():
        line.holds = straight.lines[name].holds  # what was noted on the way is left behind
    assert position(slept, household=HOUSEHOLD, known_at=0) == position(straight, household=HOUSEHOLD, known_at=0)


def test_instalments_that_fell_due_before_a_book_was_laid_to_rest_do_not_fall_due_again() -> None:
    """A check long after the latest draw would otherwise begin with every instalment since."""
    schedule: dict[str, Any] = {"loan": "l1", "method": "equal_instalment", "periods": 12, "first_due_on": "2026-02-05"}
    history = given(opened_line(daily_rate="0.0004"), granted(50_000), drew(12_000, "2026-01-05", **schedule))
    resting = rest(history.as_of("2026-06-10").book)
    assert resting is not None
    (kept,) = woken(resting, at=resting.since_at).line(LINE).loans._notes  # how old the copy is
    assert kept.day == date(2026, 6, 5).toordinal()
    assert [due.due_on for due in kept.dues] == [date(2026, month, 5).toordinal() for month in range(2, 7)]


@over(books(), moments)
def test_a_book_at_rest_is_good_until_a_fact_or_time_moves_a_line(history: History, at: int) -> None:
    timeline = history.timeline()
    book = fold(timeline, at=at)
    resting = rest(book)
    assume(resting is not None and resting.until_at < FOREVER)
    assert isinstance(resting, Resting)

    takes_effect = any(entry.at == resting.until_at for entry in timeline.entries)
    assert takes_effect or book.next_due_at == resting.until_at
    assert not resting.good(timeline.version, resting.until_at)
    assert not resting.good(timeline.version, at - 1)
