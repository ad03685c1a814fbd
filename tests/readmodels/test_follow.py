"""Following: what is acknowledged is seen, once, whatever comes late, is put right, or stands in the way."""

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from ledger.calendar import DAY
from projections.readmodels import follow
from projections.readmodels.follow import Follower, Step, sees, until_seen, until_told
from projections.readmodels.generation import FOLLOWING, Fenced, alone, lead, live
from tests.build import charged_interest, corrected, drew, granted, opened_line, repaid, temporary, voided
from tests.postgres import Database
from tests.readmodels.books import (
    Clock,
    a_family,
    agrees_with_the_log,
    caught_up,
    recording,
    service,
    stored,
)


def test_a_household_that_was_recorded_stands_in_the_tables(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")
        assert len(stored(connection, "h1")["line_now"]) == 1


def test_single_facts_are_followed_one_by_one_and_give_the_same_rows(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        for fact in a_family():
            record("h1", fact)
            caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")


def test_a_late_fact_changes_past_days(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        caught_up(connection, clock)
        record("h1", drew(500, "2026-01-15"))
        caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")
        days = {row[2]: row[7] for row in stored(connection, "h1")["line_day"]}
        assert days[date(2026, 1, 15)] == 500_00


def test_a_correction_and_a_voiding_change_past_days(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        caught_up(connection, clock)
        record("h1", corrected("h1:7", drew(20000, "2026-02-03")))
        caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")
        record("h1", voided("h1:8"))
        caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")


def test_what_happens_by_itself_is_noted_in_the_log_and_stands_in_the_tables(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", opened_line(), granted(1000), temporary(500, "2026-04-30", until="2026-05-03"))
        caught_up(connection, clock)
        clock.pass_days(4)
        caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")
        rows = stored(connection, "h1")
        assert [row[4] for row in rows["limit_change"]] == ["granted", "temporary_granted", "temporary_expired"]
        assert rows["derived_change"][-1][3] == "limit_changed"
        assert connection.execute("SELECT count(*) FROM headroom.lapse").fetchone() == (1,)


def test_a_second_follower_is_turned_away(database: Database) -> None:
    with service(database) as first, service(database) as second, alone(first, FOLLOWING) as leading:
        assert leading
        assert not follow.catch_up(second, clock=Clock())


def test_a_follower_that_was_overtaken_can_store_nothing(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, service(database) as other, recording(database, clock) as record:
        old = Follower(connection, lead(connection))
        record("h1", *a_family())
        Follower(other, lead(other)).step()
        before = stored(connection, "h1")
        with pytest.raises(Fenced):
            old.step()
        assert stored(connection, "h1") == before
        assert live(connection).position > 0


def test_batches_of_any_size_give_the_same_rows(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        for household in ("h1", "h2", "h3"):
            record(household, *a_family())
        follower = Follower(connection, lead(connection))
        while follower.step(limit=5).places:
            pass
        for household in ("h1", "h2", "h3"):
            agrees_with_the_log(connection, household)


def test_a_follower_with_no_memory_left_gives_the_same_rows(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        for amount in range(1, 6):
            for household in ("h1", "h2"):
                facts = a_family() if amount == 1 else (repaid(amount, "2026-04-20"),)
                record(household, *facts)
            follower = Follower(connection, lead(connection), capacity_facts=1)
            while follower.step(limit=3).places:
                pass
        for household in ("h1", "h2"):
            agrees_with_the_log(connection, household)


def test_a_household_that_cannot_be_folded_is_set_aside_and_the_others_go_on(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("bad", *a_family())
        caught_up(connection, clock)
        before = stored(connection, "bad")
        version = record("bad", drew(1, "2026-04-02"))
        _overwrite(database, "bad", version, b'{"t":"Unheard.1"}')
        record("good", *a_family())
        steps = caught_up(connection, clock)
        assert [step.quarantined for step in steps if step.quarantined] == [("bad",)]
        agrees_with_the_log(connection, "good")
        after = stored(connection, "bad")
        assert "Unheard" in after["household_now"][0][11 - 1]
        assert after["line_day"] == before["line_day"]
        _overwrite(database, "bad", version, b'{"t":"DrawnDown.1","at":"2026-04-02","line":"jiebei","amount":100}')
        record("bad", drew(2, "2026-04-03"))
        caught_up(connection, clock)
        agrees_with_the_log(connection, "bad")


def _overwrite(database: Database, household: str, version: int, payload: bytes) -> None:
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        connection.execute(
            "UPDATE headroom.event SET payload = %s WHERE household = %s AND version = %s",
            (payload, household, version),
        )


def test_a_number_no_column_can_take_sets_only_its_household_aside(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        record("huge", opened_line(), *[drew("9999999999999.99", "2026-02-01") for _ in range(10)])
        with psycopg.connect(database.superuser, autocommit=True) as superuser:
            superuser.execute("ALTER TABLE readmodel.line_now ADD CHECK (drawn < 1e15)")
        steps = caught_up(connection, clock)
        assert [step.quarantined for step in steps if step.quarantined] == [("huge",)]
        agrees_with_the_log(connection, "h1")


def test_interest_that_no_view_could_show_sets_only_its_household_aside(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        record(
            "huge",
            opened_line(at="2026-01-01", daily_rate="1000"),
            drew("9000000000000", "2026-02-01"),
            charged_interest(1, "2026-04-01"),
            {"type": "LineTermsChanged", "line": "jiebei", "effective_at": "2026-04-01", "daily_rate": "0.0001"},
        )
        steps = caught_up(connection, clock)
        for view in ("line_daily", "household_daily"):
            found = connection.execute(f"SELECT DISTINCT household FROM reporting_v1.{view}").fetchall()
            assert found == [("h1",)]
        assert [step.quarantined for step in steps if step.quarantined] == [("huge",)]
        agrees_with_the_log(connection, "h1")


def test_a_caller_can_make_sure_to_see_its_own_write(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        version = record("h1", *a_family())
        assert not sees(connection, "h1", version=version)
        assert until_seen(connection, "h1", version=version, clock=clock, pauses=[None])
        assert sees(connection, "h1", version=version)


def test_a_caller_waits_for_another_follower_to_take_in_what_was_recorded(database: Database) -> None:
    clock, asked = Clock(), 0
    with service(database) as other, service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        record("h2", *a_family())
        with alone(other, FOLLOWING) as leading:
            assert leading
            assert not until_told(connection, clock=clock, pauses=[None] * 3)
            follower = Follower(other, lead(other))

            def pauses() -> Iterator[None]:
                nonlocal asked
                while True:
                    asked += 1
                    yield
                    follower.step(limit=5)

            assert until_told(connection, clock=clock, pauses=pauses())
        assert asked > 2
        assert sees(connection, "h1", version=9)
        assert sees(connection, "h2", version=9)


def test_a_transaction_that_holds_followers_back_is_not_waited_for_for_ever(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        with psycopg.connect(database.superuser) as late:
            late.execute("SELECT headroom.reserve_positions(1)")
            record("h2", *a_family())
            assert not until_told(connection, clock=clock, pauses=[None] * 3)
            late.rollback()
        assert until_told(connection, clock=clock, pauses=[None] * 3)


def test_following_stops_when_it_is_told_to(database: Database) -> None:
    clock, steps, rounds = Clock(), list[Step](), iter([True, True, False])
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        assert follow.follow(connection, clock=clock, wait=lambda: next(rounds), told=steps.append)
    assert sum(step.places for step in steps) == len(a_family()) + 1


def test_a_day_that_begins_moves_what_accrues(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        caught_up(connection, clock)
        clock.pass_days(40)
        caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")
        (row,) = stored(connection, "h1")["household_now"]
        assert row[3] >= clock.now - DAY
