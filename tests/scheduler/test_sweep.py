"""What is due is done once, as of the instant it was due; what is told is told once."""

import psycopg
import pytest

from ledger.store import reader
from scheduler import leader, sweep
from scheduler.results import again, latest
from scheduler.wishes import USUAL, Wishes, lay_down, rules_of, wish
from tests.build import (
    billed,
    counted,
    drew,
    earns,
    granted,
    lowered,
    needs,
    opened_account,
    opened_line,
    saw,
    temporary,
)
from tests.postgres import Database
from tests.readmodels.books import a_family, service
from tests.scheduler.clockwork import Clockwork, instant
from tests.scheduler.periods import each_period_ran_once


def test_a_stored_answer_is_kept_as_it_is_or_by_what_compresses_fast(database: Database) -> None:
    clock = Clockwork(database, "2026-05-29T12:00:00")
    clock.record("h1", *a_family())
    clock.runs()
    with psycopg.connect(database.service) as connection:
        kept = connection.execute(
            "SELECT octet_length(answer) > 2000, pg_column_compression(answer) FROM clock.check_result"
        )
        known = connection.execute(
            "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'"
        ).fetchone()
        assert known is not None
        assert kept.fetchall() == [(True, "lz4" if "lz4" in known[0] else None)]


def test_a_household_is_checked_when_the_clock_meets_it_then_daily_weekly_and_monthly(database: Database) -> None:
    clock = Clockwork(database, "2026-05-29T12:00:00")
    clock.record("h1", *a_family())
    clock.runs()
    assert clock.ran() == [("first", "2026-05-29T12:00")]
    clock.runs(until="2026-06-01T07:59:59")
    assert clock.ran()[1:] == [("daily", "2026-05-30T08:00"), ("daily", "2026-05-31T08:00")]
    clock.runs(until="2026-06-01T08:00:00")
    assert clock.ran()[3:] == [
        ("daily", "2026-06-01T08:00"), ("monthly", "2026-06-01T08:00"), ("weekly", "2026-06-01T08:00"),
    ]  # fmt: skip


def test_a_limit_change_is_looked_at_at_once_and_told_with_its_reason_and_facts(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family())
    clock.runs()
    clock.now += 1_000_000
    version = clock.record("h1", lowered(12000, "2026-05-01T11:00:00+08:00", text="risk control"))
    clock.runs()
    assert clock.ran()[-1][0] == "change"
    assert "limit_changed" in clock.told()
    text = clock.texts("limit_changed")[0]
    assert f"h1:{version}" in text
    assert "40,000" in text
    assert "12,000" in text
    clock.runs()
    assert clock.told().count("limit_changed") == 1


def test_a_bill_that_is_recorded_after_its_reminder_was_due_is_told_of_at_once_and_once(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family())
    clock.runs()
    clock.now += 1_000_000
    version = clock.record("h1", billed(123, "2026-04-20", due_on="2026-05-02"))
    clock.runs()
    assert clock.ran()[1:] == [("due", "2026-05-01T12:00")]
    (text,) = clock.texts("due_soon")
    assert "123.00 is due on 2026-05-02, days from now: 1." in text
    assert f"h1:{version}" in text
    clock.runs(until="2026-05-02T09:00:00")
    assert clock.told().count("due_soon") == 1


def test_a_fact_that_moves_no_limit_makes_no_check(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family())
    clock.runs()
    clock.now += 1_000_000
    clock.record("h1", drew(100, "2026-05-01T11:00:00+08:00"), saw("2026-05-01", limit=40000))
    clock.runs()
    assert [job for job, _ in clock.ran()] == ["first"]


def test_a_stored_check_is_made_again_to_the_same_digest_whatever_was_learned_since(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family(), earns(15000))
    clock.runs()
    clock.runs(until="2026-06-01T08:00:00")
    clock.record("h1", lowered(100, "2026-04-20"), needs(1))
    with service(database) as connection:
        recorded, kept = reader.load(connection, "h1"), latest(connection, "h1", until=clock.now, limit=100)
        assert len(kept) == 32
        assert [one.kind for one in kept].count("monthly") == 1
        for one in kept:
            made = again(one, recorded, rules_of(connection, "h1", USUAL.ruleset))
            assert made.digest == one.digest.hex()


def test_windows_missed_in_a_sleep_are_run_as_of_when_they_were_due(database: Database) -> None:
    clock = Clockwork(database)
    for name in ("awake", "slept"):
        clock.record(name, *a_family(), earns(15000))
    clock.runs()
    for day in range(2, 21):
        clock.now = instant(f"2026-05-{day:02}T09:00:00")
        clock.runs()
        if day == 10:
            for name in ("awake", "slept"):
                clock.record(name, lowered(30000, "2026-05-10"))
            clock.runs()
            clock.sleeps("slept")
    clock.wakes("slept")
    clock.runs()
    assert clock.ran("awake") == clock.ran("slept")
    assert len(clock.ran("awake")) == 24
    told = "SELECT digest FROM clock.check_result WHERE household = %s ORDER BY at, kind"
    assert clock.rows(told, "awake") == clock.rows(told, "slept")
    late = clock.rows(
        "SELECT count(*) FROM clock.job_run WHERE household = 'slept' AND ran_at - scheduled_for > 7200000000"
    )
    assert late[0][0] > 8


@pytest.mark.parametrize("lost", ["rules = ''", "state = '\\x90'", "version = version - 1"])
def test_a_check_from_the_book_at_rest_is_the_check_from_the_facts(database: Database, lost: str) -> None:
    clock = Clockwork(database)
    for name in ("rests", "folds"):
        clock.record(name, *a_family(), earns(15000), temporary(5000, "2026-04-20", until="2026-05-04"))
    for day in range(1, 9):
        clock.now = max(clock.now, instant(f"2026-05-{day:02}T09:00:00"))
        if day == 6:
            for name in ("rests", "folds"):
                clock.record(name, drew(700, "2026-05-05"), lowered(30000, "2026-05-06"))
        clock.runs()
        _lose(database, "folds", lost)
    told = "SELECT kind, at, version, digest, answer FROM clock.check_result WHERE household = %s ORDER BY at, kind"
    assert clock.rows(told, "rests") == clock.rows(told, "folds")
    assert len(clock.rows(told, "rests")) > 8
    assert clock.told("rests") == clock.told("folds")


def _lose(database: Database, household: str, how: str) -> None:
    with service(database) as connection:
        lost = connection.execute(f"UPDATE clock.folded SET {how} WHERE household = %s".encode(), (household,))
        assert lost.rowcount == 1


def test_a_book_at_rest_is_kept_until_a_fact_comes_or_something_happens_by_itself(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family(), temporary(5000, "2026-04-20", until="2026-05-03"))
    kept = "SELECT version, since_at, until_at FROM clock.folded WHERE household = 'h1'"
    clock.runs()
    (first,) = clock.rows(kept)
    assert first[1:] == (clock.now, instant("2026-05-04T00:00:00"))
    clock.runs(until="2026-05-03T09:00:00")
    assert clock.rows(kept) == [first]
    clock.runs(until="2026-05-04T09:00:00")
    (after_its_end,) = clock.rows(kept)
    assert after_its_end[:2] == (first[0], instant("2026-05-04T08:00:00"))
    version = clock.record("h1", drew(100, "2026-05-04"))
    clock.runs(until="2026-05-05T09:00:00")
    assert [row[0] for row in clock.rows(kept)] == [version]


def test_a_check_of_a_book_at_rest_reads_no_fact(database: Database) -> None:
    clock = Clockwork(database, "2026-05-05T12:00:00")
    for name in ("rests", "twin"):
        clock.record(name, *a_family(), earns(15000))
    clock.runs()
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        damaged = connection.execute("UPDATE headroom.event SET payload = '[]' WHERE household = 'rests'")
        assert damaged.rowcount > 8
        assert clock.runs(until="2026-05-06T09:00:00").failed == 0
        told = "SELECT kind, at, version, digest FROM clock.check_result WHERE household = %s ORDER BY at, kind"
        assert clock.rows(told, "rests") == clock.rows(told, "twin")
        assert len(clock.rows(told, "rests")) == 2
        clock.record("twin", lowered(30000, "2026-05-06"))
        assert clock.runs(until="2026-05-07T09:00:00").failed == 0
        assert clock.runs(until="2026-05-11T09:00:00").first_failed == "rests", "the week is told from the facts"


def test_notices_wait_for_the_end_of_quiet_hours(database: Database) -> None:
    clock = Clockwork(database, "2026-05-01T23:30:00")
    clock.record("h1", opened_line(), granted(100), drew(200, "2026-02-01"))
    clock.runs()
    found = clock.rows("SELECT DISTINCT not_before FROM clock.outbox")
    assert found == [(instant("2026-05-02T07:00:00"),)]


def test_a_household_that_cannot_be_looked_at_holds_up_nobody_and_nothing_of_it_counts_as_done(
    database: Database,
) -> None:
    clock = Clockwork(database)
    for name in ("h1", "h2"):
        clock.record(name, *a_family())
    clock.runs()
    damaged = "UPDATE headroom.event SET payload = '[]' WHERE household = 'h1' AND version = 4 RETURNING"
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        kept = connection.execute(
            "SELECT payload FROM headroom.event WHERE household = 'h1' AND version = 4"
        ).fetchone()  # fmt: skip
        assert kept is not None
        assert connection.execute(damaged + " version").fetchone()
        assert connection.execute("DELETE FROM clock.folded WHERE household = 'h1'").rowcount == 1
        swept = clock.runs(until="2026-05-03T09:00:00")
        assert (swept.failed, swept.first_failed) == (1, "h1")
        assert len(clock.ran("h2")) == 3
        assert len(clock.ran("h1")) == 1
        failing = clock.rows("SELECT failures, failure FROM clock.agenda WHERE household = 'h1'")
        assert failing[0][0] == 1
        assert "h1" in failing[0][1]
        connection.execute("UPDATE headroom.event SET payload = %s WHERE household = 'h1' AND version = 4", kept)
    clock.runs(until="2026-05-03T10:00:00")
    assert clock.ran("h1")[1:] == clock.ran("h2")[1:]
    assert clock.rows("SELECT failures, failure FROM clock.agenda WHERE household = 'h1'") == [(0, None)]


def test_stored_results_runs_and_notices_can_be_changed_by_nobody_who_uses_the_book(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family())
    clock.runs()
    with service(database) as connection:
        for table in ("check_result", "job_run", "notice", "ruleset"):
            for change in (f"UPDATE clock.{table} SET household = 'x'", f"DELETE FROM clock.{table}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(change.encode())
        assert connection.execute("SELECT bool_and(digest = sha256(answer)) FROM clock.check_result").fetchone() == (
            True,
        )


def test_who_was_fenced_writes_nothing(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family())
    clock.leads()
    before = clock.epoch
    clock.leads()
    with service(database) as connection:
        with pytest.raises(leader.Fenced):
            sweep.sweep(connection, sweep.Turn(epoch=before), now=clock.now)
        with pytest.raises(leader.Fenced):
            leader.renew(connection, before)
    assert clock.ran() == []


def test_to_take_the_lease_waits_for_what_rests_on_it_and_to_renew_it_does_not(database: Database) -> None:
    clock = Clockwork(database)
    clock.leads()
    with service(database) as working, service(database) as renewing, service(database) as taking:
        with working.transaction():
            leader.stand(working, clock.epoch)
            leader.renew(renewing, clock.epoch)
            taking.execute("SET lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                leader.take(taking, "other", lasts_seconds=0)
        assert leader.take(taking, "other", lasts_seconds=0) == clock.epoch + 1


def test_a_change_recorded_while_no_clock_ran_is_told_by_the_first_daily_check_after(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family())
    clock.runs()
    clock.now = instant("2026-05-02T20:00:00")
    clock.record("h1", lowered(12000, "2026-05-02T19:00:00+08:00"))
    clock.runs(until="2026-05-04T12:00:00")
    assert clock.ran()[1:] == [
        ("daily", "2026-05-02T08:00"), ("change", "2026-05-03T08:00"), ("daily", "2026-05-03T08:00"),
        ("daily", "2026-05-04T08:00"), ("weekly", "2026-05-04T08:00"),
    ]  # fmt: skip
    assert clock.told().count("limit_changed") == 1


def test_an_expiry_is_told_by_the_next_daily_check(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family(), temporary(5000, "2026-04-20", until="2026-05-02"))
    clock.runs()
    clock.runs(until="2026-05-03T09:00:00")
    assert clock.ran()[-2:] == [("change", "2026-05-03T08:00"), ("daily", "2026-05-03T08:00")]
    assert clock.told().count("limit_changed") == 1


def test_a_year_asleep_is_made_up_for_piece_by_piece(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family())
    clock.runs()
    start = clock.now
    swept = clock.runs(until="2027-05-01T12:00:00")
    assert swept.households > 365 // 40
    assert each_period_ran_once(clock, "h1", "Asia/Shanghai", since=start, until=clock.now) == 365


@pytest.mark.parametrize(("warn", "kind"), [("0.30", "worse"), ("0.60", "better")])
def test_a_light_that_other_rules_turn_is_told_with_that_as_its_reason(
    database: Database, warn: str, kind: str
) -> None:
    """Debt of 400 or 500 against 1,000 of own assets: in order and at warning, until other rules say otherwise."""
    clock = Clockwork(database)
    owed = 400 if kind == "worse" else 500
    own = (opened_account(), counted(1000, "2026-04-01"))
    clock.record("h1", *own, opened_line(daily_rate="0"), granted(9000), drew(owed, "2026-04-01"))
    clock.runs()
    with service(database) as connection:
        numbers = {"indicators": {"debt_to_assets": {"warn": warn}}}
        name = lay_down(connection, "h1", "2026.1", numbers, now=clock.now)
        wish(connection, "h1", Wishes(ruleset=name), now=clock.now)
    for day in range(2, 6):
        clock.runs(until=f"2026-05-0{day}T09:00:00")
    (told,) = (text for text in clock.texts(kind) if "debt / own assets" in text and "→" in text)
    paragraph = next(one for one in told.split("\n\n") if one.startswith("debt / own assets"))
    assert paragraph.endswith("(the rules changed)")
