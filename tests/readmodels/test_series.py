"""The rows of a household say what the fold says, on every day, however the log told of it."""

import itertools

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from ledger.book import Book, fold
from ledger.line import Line
from ledger.money import RATE_UNIT, round_half_up
from ledger.timeline import Timeline
from projections import liquidity
from projections.limit_changes import limit_changes
from projections.readmodels import rows
from projections.readmodels.household import Household, Moment
from projections.readmodels.series import LineDay, last_moment, late
from tests.readmodels.moments import household_on, logs, on, told
from tests.spec import HOUSEHOLD


def asked(line: Line, day: int) -> tuple[object, ...]:
    """What the fold says of a line at the end of a day."""
    loans = line.loans
    return (
        line.status, line.limit, line.temporary_limit, line.drawn, line.held, line.shared_used, line.headroom,
        line.available, line.over_limit, line.blocked, loans.principal, loans.accrued_interest(day),
        loans.overdue(day), loans.total(day), loans.days_past_due(day),
    )  # fmt: skip


def shown(row: LineDay, day: int) -> tuple[object, ...]:
    """What the row that holds on a day says, in the arithmetic of the reporting views."""
    units = row.accrued_units + row.accrued_units_a_day * (day - row.day)
    accrued = round_half_up(units, RATE_UNIT * RATE_UNIT)
    late = 0 if row.past_due_since is None else day - row.past_due_since
    return (
        row.status, row.permanent_limit + row.temporary_limit, row.temporary_limit, row.drawn, row.held,
        row.shared_used, row.headroom, row.available, row.over_limit, row.blocked, row.principal, accrued, row.overdue,
        row.principal + row.posted_unpaid + accrued, late,
    )  # fmt: skip


def folded(state: Household, day: int) -> Book:
    return fold(Timeline(state.recorded), at=min(state.as_of, last_moment(state.book.zone, day)))


@settings(max_examples=300)
@over(logs())
def test_every_day_of_a_series_is_what_the_fold_says_of_it(moments: list[Moment]) -> None:
    state = told(moments)
    last = state.book.zone.day(state.as_of)
    for day in range(last - 75, last + 1):
        book = folded(state, day)
        for name, series in state.series.lines.items():
            row = on(series, day)
            assert (name in book.lines) == (row is not None)
            if row is not None:
                assert shown(row, day) == asked(book.lines[name], day)
        reserve, row_of_day = liquidity.reserve(book), household_on(state.series.days, day)
        if row_of_day is not None:
            assert row_of_day[2:] == (reserve.t1, reserve.t2a, reserve.t2b, reserve.contingent)


@settings(max_examples=300)
@over(logs(), st.data())
def test_following_moment_by_moment_ends_where_reading_at_once_does(moments: list[Moment], data: st.DataObject) -> None:
    state = told(moments)
    at_once = Household(HOUSEHOLD)
    begin = data.draw(st.integers(1, len(moments)))
    known = [one for moment in moments[:begin] for one in moment.facts]
    at_once.begin_at(known, as_of=moments[begin - 1].at)
    for moment in moments[begin:]:
        at_once.take(moment)
    at_once.changes_differ = True  # all are stored anew
    at_once.settle()
    assert everything(state) == everything(at_once)


def everything(state: Household) -> list[object]:
    return [
        rows.household_now(state),
        list(rows.lines_now(state)),
        state.series.lines,
        state.series.days,
        list(rows.limit_changes(state)),
    ]


@settings(max_examples=200)
@over(logs())
def test_what_is_stored_step_by_step_is_the_whole(moments: list[Moment]) -> None:
    """A reader that deletes from `since` on and adds what comes after holds the same rows as the state."""
    state = Household(HOUSEHOLD)
    stored: list[LineDay] = []
    for moment in moments:
        state.take(moment)
        if state.series.since is not None:
            since = state.series.since
            stored = [row for row in stored if row.day < since]
            stored += [row for days in state.series.lines.values() for row in late(days, since)]
        state.stored()
    assert sorted(stored, key=_place) == sorted(itertools.chain(*state.series.lines.values()), key=_place)


def _place(row: LineDay) -> tuple[object, ...]:
    return row[:3]


@settings(max_examples=200)
@over(logs())
def test_derived_changes_add_up_to_the_changes_that_stand(moments: list[Moment]) -> None:
    state = told(moments)
    standing: dict[str, object] = {}
    for change in state.fresh:
        if change.type == "limit_changed":
            standing[change.data["id"]] = change.data
        else:
            del standing[change.data["id"]]
    book = fold(Timeline(state.recorded), at=state.as_of)
    assert sorted(standing) == sorted(change.id for change in limit_changes(book, household=HOUSEHOLD))


@settings(max_examples=200)
@over(logs(), st.data())
def test_what_a_moment_is_told_to_have_changed_does_not_depend_on_what_was_remembered(
    moments: list[Moment], data: st.DataObject
) -> None:
    told_at_once = told(moments).fresh
    forgetful: list[object] = []
    state = Household(HOUSEHOLD)
    for moment in moments:
        forgets: bool = data.draw(st.booleans())
        if state.recorded and forgets:
            recorded, as_of = list(state.recorded), state.as_of
            state = Household(HOUSEHOLD)
            state.begin_at(recorded, as_of=as_of)
        state.take(moment)
        forgetful += state.fresh
        state.stored()
    assert forgetful == told_at_once
