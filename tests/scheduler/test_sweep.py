"""What is due is done once, as of the instant it was due; what is told is told once."""

from ledger.store import reader
from scheduler.results import again, latest
from scheduler.wishes import USUAL, rules_of
from tests.build import drew, earns, granted, lowered, needs, opened_line, saw
from tests.postgres import Database
from tests.readmodels.books import a_family, service
from tests.scheduler.clockwork import Clockwork, instant


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


def test_notices_wait_for_the_end_of_quiet_hours(database: Database) -> None:
    clock = Clockwork(database, "2026-05-01T23:30:00")
    clock.record("h1", opened_line(), granted(100), drew(200, "2026-02-01"))
    clock.runs()
    found = clock.rows("SELECT DISTINCT not_before FROM clock.outbox")
    assert found == [(instant("2026-05-02T07:00:00"),)]
