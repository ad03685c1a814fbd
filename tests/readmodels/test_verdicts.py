"""The verdict that stands beside a limit change is the one that `explain` gives of it, whatever was learned when."""

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from ledger.calendar import DAY
from ledger.timeline import Timeline
from projections.explanation.answer import explain
from projections.explanation.window import around
from projections.readmodels import rows, tables
from projections.readmodels.follow import lived
from projections.readmodels.household import Household, Moment
from tests.build import (
    Record,
    drew,
    granted,
    lender_stated,
    lowered,
    opened_line,
    repaid,
    saw,
    temporary,
    voided,
)
from tests.postgres import Database
from tests.readmodels.books import Clock, agrees_with_the_log, caught_up, recording, service
from tests.readmodels.moments import logs
from tests.spec import HOUSEHOLD, given

NAMES = tables.columns(tables.LIMIT_CHANGE)


def explained(state: Household) -> list[tuple[object, object]]:
    """What `explain` says of each change of a household that stands, by code and grade."""
    timeline = Timeline(state.recorded)
    found: list[tuple[object, object]] = []
    for line, change in state.standing:
        since, until = around(timeline.zone, change)
        said = explain(timeline, household=HOUSEHOLD, line=line, since=since, until=until, known_at=0).verdict
        found.append((said.code, said.grade))
    return found


def as_stored(state: Household) -> list[tuple[object, object]]:
    """The verdicts of the rows that would be written now."""
    found = [dict(zip(NAMES, row, strict=True)) for row in rows.limit_changes(state)]
    return [(row["verdict_code"], row["verdict_grade"]) for row in found]


@settings(max_examples=300)
@over(logs(), st.data())
def test_stored_verdicts_are_those_of_explain_after_every_moment(moments: list[Moment], data: st.DataObject) -> None:
    """Rows are written only when the state says that they differ, and read anew now and then."""
    state, stored = Household(HOUSEHOLD), list[tuple[object, object]]()
    for moment in moments:
        if state.recorded and data.draw(st.integers(0, 3)) == 0:
            recorded, as_of = list(state.recorded), state.as_of
            state = Household(HOUSEHOLD)
            state.begin_at(recorded, as_of=as_of)
        state.take(moment)
        state.settle()
        if state.changes_differ:
            stored = as_stored(state)
        state.stored()
        assert stored == explained(state)


def verdicts_of(*facts: Record) -> list[tuple[object, object]]:
    """The verdicts on the changes of a household that recorded these facts at once."""
    recorded = given(*facts).recorded
    last = recorded[-1].recorded_at + 300 * DAY
    return as_stored(lived(HOUSEHOLD, [Moment(1, recorded[-1].recorded_at, recorded), Moment(2, last)]))


def test_each_kind_of_change_has_its_code() -> None:
    assert verdicts_of(
        opened_line(), granted(1000), temporary(500, "2026-02-01", until="2026-02-10"), lowered(700, "2026-03-01")
    ) == [("P12", "E3"), ("P12", "E3"), ("P05", "E3"), ("P01", "E3")]


def test_a_lenders_word_weeks_later_is_the_verdict() -> None:
    cut = (opened_line(), granted(1000), lowered(700, "2026-03-01"))
    assert verdicts_of(*cut)[-1] == ("P01", "E3")
    assert verdicts_of(*cut, lender_stated("2026-04-20", reason_code="P02"))[-1] == ("P02", "E4")


def test_a_larger_movement_of_the_same_day_learned_later_turns_the_verdict(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", opened_line(), granted(1000), lowered(990, "2026-03-01"))
        caught_up(connection, clock)
        record("h1", drew(500, "2026-03-01"))
        caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")
        found = connection.execute("SELECT verdict_code FROM reporting_v1.limit_changes ORDER BY ordinal").fetchall()
        assert found == [("P12",), ("S09",)]


def test_a_movement_after_a_change_does_not_make_its_verdict_anew(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", opened_line(), granted(1000), lowered(700, "2026-03-01"))
        caught_up(connection, clock)
        before = connection.execute("SELECT xmin, verdict_code FROM readmodel.limit_change ORDER BY ordinal").fetchall()
        record("h1", drew(100, "2026-04-01"), repaid(50, "2026-04-02"), saw("2026-04-03", limit=700))
        caught_up(connection, clock)
        after = connection.execute("SELECT xmin, verdict_code FROM readmodel.limit_change ORDER BY ordinal").fetchall()
        assert [code for _, code in after] == ["P12", "P01"]
        assert after == before
        version = record("h1", lender_stated("2026-04-20", reason_code="P02"))
        caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")
        found = connection.execute(
            "SELECT verdict_code, verdict_grade FROM reporting_v1.limit_changes ORDER BY ordinal"
        ).fetchall()
        assert found == [("P12", "E3"), ("P02", "E4")]
        record("h1", voided(f"h1:{version}"))
        caught_up(connection, clock)
        found = connection.execute("SELECT verdict_code FROM reporting_v1.limit_changes ORDER BY ordinal").fetchall()
        assert found == [("P12",), ("P01",)]
