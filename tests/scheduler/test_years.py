"""Ten years of the calendar: each period runs exactly once, whatever sleeps, dies, contends or is set back."""

import os
import random
import re
import time

import pytest

from ledger.calendar import DAY
from tests.build import Record, drew, earns, fact, lowered, raised, repaid
from tests.postgres import Database
from tests.readmodels.books import a_family
from tests.scheduler.clockwork import HOUR, Clockwork, instant
from tests.scheduler.periods import each_period_ran_once, local
from tests.scheduler.processes import contenders, killed, lead_and_sweep

ZONES = {"shanghai": "Asia/Shanghai", "berlin": "Europe/Berlin", "apia": "Pacific/Apia"}
KILLS = 200
YEARS = int(os.environ.get("HEADROOM_TEST_YEARS", "3"))
"""`make years` goes through ten."""
RESULTS = "SELECT household, at, kind, version, digest FROM clock.check_result ORDER BY household, at, kind"
LEADERS = "SELECT count(DISTINCT epoch) FROM clock.job_run"


def opened(zone: str) -> tuple[Record, ...]:
    return (fact("HouseholdOpened", "2020-01-01", timezone=zone), *a_family(), earns(15000))


@pytest.mark.slow
def test_through_years_with_random_sleeps_each_period_runs_once(database: Database) -> None:
    clock, chance = Clockwork(database, "2026-05-01T12:00:00"), random.Random(5)
    for household in ("shanghai", "berlin"):
        clock.record(household, *opened(ZONES[household]))
    clock.runs()
    start, end = clock.now, instant(f"{2026 + YEARS}-05-02T12:00:00")
    while clock.now < end:
        clock.now = min(end, clock.now + round(chance.choice((HOUR, 6 * HOUR, DAY, 9 * DAY)) * (0.5 + chance.random())))
        clock.runs()
    for household in ("shanghai", "berlin"):
        assert each_period_ran_once(clock, household, ZONES[household], since=start, until=end) >= 365 * YEARS


def test_eight_is_eight_before_and_after_the_clocks_change(database: Database) -> None:
    clock = Clockwork(database, "2026-10-23T18:00:00")
    clock.record("berlin", *opened("Europe/Berlin"))
    clock.runs()
    clock.runs(until="2026-10-26T18:00:00")
    found = clock.rows("SELECT scheduled_for FROM clock.job_run WHERE job = 'daily' ORDER BY 1")
    assert [local(at, "Europe/Berlin").strftime("%d %H:%M %Z") for (at,) in found] == [
        "24 08:00 CEST", "25 08:00 CET", "26 08:00 CET",
    ]  # fmt: skip


def facts_of_the_day(chance: random.Random, clock: Clockwork) -> tuple[Record, ...]:
    at = local(clock.now - HOUR, "Asia/Shanghai").isoformat()
    limit = chance.randint(1, 60) * 1000
    return chance.choice(
        ((drew(chance.randint(1, 900), at),), (repaid(50, at),), (lowered(limit, at),), (raised(limit, at),), (), ())
    )


def test_killed_at_200_points_it_ends_where_an_undisturbed_one_does(
    database: Database, database_beside: Database
) -> None:
    disturbed, calm = Clockwork(database), Clockwork(database_beside)
    for household, zone in ZONES.items():
        for clock in (disturbed, calm):
            clock.record(household, *opened(zone))
    for clock in (disturbed, calm):
        clock.runs()
    chance, start = random.Random(6), calm.now
    for _ in range(KILLS):
        calm.now += round(chance.random() * 2 * DAY)
        disturbed.now = calm.now
        household, facts = chance.choice(list(ZONES)), facts_of_the_day(chance, calm)
        if facts:
            calm.record(household, *facts)
            disturbed.record(household, *facts)
        calm.runs()
        killed(lambda: lead_and_sweep(database, disturbed.now), after_seconds=chance.random() * 0.06)
    disturbed.leads()
    disturbed.runs()
    for household, zone in ZONES.items():
        each_period_ran_once(disturbed, household, zone, since=start, until=disturbed.now)
    jobs = "SELECT household, job, scheduled_for FROM clock.job_run ORDER BY 1, 3, 2"
    periodic = [row for row in disturbed.rows(jobs) if row[1] in ("daily", "weekly", "monthly")]
    assert periodic == [row for row in calm.rows(jobs) if row[1] in ("daily", "weekly", "monthly")]
    daily = [row for row in disturbed.rows(RESULTS) if row[2] in ("daily", "monthly")]
    assert daily == [row for row in calm.rows(RESULTS) if row[2] in ("daily", "monthly")]


def test_three_processes_that_take_the_lease_from_one_another_do_each_thing_once(
    database: Database, database_beside: Database
) -> None:
    shared, alone = Clockwork(database), Clockwork(database_beside)
    for household, zone in ZONES.items():
        for clock in (shared, alone):
            clock.record(household, *opened(zone))
    for clock in (shared, alone):
        clock.runs()
    start = alone.now
    with contenders(database, 3, now=start) as now:
        for step in range(600):
            alone.now += DAY // 2
            now.value = alone.now
            time.sleep(0.02 if step < 60 else 0.2)  # a slow machine is given longer
            if step > 60 and shared.rows(LEADERS)[0][0] > 4:
                break
    shared.now = alone.now
    shared.leads()
    shared.runs()
    alone.runs()
    for household, zone in ZONES.items():
        each_period_ran_once(shared, household, zone, since=start, until=alone.now)
    assert shared.rows(RESULTS) == alone.rows(RESULTS)
    keys = "SELECT household, dedup_key, subject FROM clock.outbox ORDER BY household, dedup_key"
    assert shared.rows(keys) == alone.rows(keys)
    assert shared.rows(LEADERS)[0][0] > 4


def test_a_clock_that_is_set_back_an_hour_repeats_nothing_and_misses_no_change(database: Database) -> None:
    clock = Clockwork(database, "2026-05-01T12:00:00")
    clock.record("shanghai", *opened("Asia/Shanghai"))
    clock.runs()
    start = clock.now
    clock.runs(until="2026-05-02T08:30:00")
    clock.now -= HOUR
    clock.record("shanghai", lowered(20000, "2026-05-02T07:00:00+08:00"))
    clock.runs()
    assert ("change", "2026-05-02T08:00") in clock.ran("shanghai")
    clock.runs(until="2026-05-02T08:31:00")
    clock.runs(until="2026-05-03T09:00:00")
    each_period_ran_once(clock, "shanghai", "Asia/Shanghai", since=start, until=clock.now)
    assert clock.told("shanghai").count("limit_changed") == 1


def test_each_change_that_is_recorded_while_the_clock_is_set_back_is_looked_at_and_told(database: Database) -> None:
    clock = Clockwork(database, "2026-05-01T12:00:00")
    clock.record("shanghai", *opened("Asia/Shanghai"))
    clock.runs()
    clock.runs(until="2026-05-02T08:30:00")
    clock.now -= HOUR
    for number, limit in enumerate((20000, 18000, 16000), start=1):
        clock.now += 1_000_000
        clock.record("shanghai", lowered(limit, f"2026-05-02T07:0{number}:00+08:00"))
        assert clock.runs().failed == 0
        assert clock.told("shanghai").count("limit_changed") == number
    assert clock.ran("shanghai").count(("change", "2026-05-02T08:00")) == 3


def test_the_week_in_one_message_begins_where_the_one_before_ended_also_when_the_clocks_change(
    database: Database,
) -> None:
    """Clocks went back on 25 October: of a cut at 08:15 on Monday the 19th only the week to the 26th can tell."""
    clock = Clockwork(database, "2026-10-18T18:00:00")
    clock.record("berlin", fact("HouseholdOpened", "2020-01-01", timezone="Europe/Berlin"), *a_family(), earns(15000))
    clock.runs()
    clock.runs(until="2026-10-19T14:15:00")
    clock.record("berlin", lowered(12000, "2026-10-19T08:10:00+02:00"))
    clock.runs(until="2026-10-26T16:00:00")
    assert local(clock.now, "Europe/Berlin").strftime("%H:%M") == "09:00"
    before, after = clock.texts("digest", "berlin")
    assert not re.search(r"revolving limits used: \d", before)
    assert re.search(r"revolving limits used: \d", after)
