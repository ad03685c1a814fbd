"""Killed outright at any point, a follower or a rebuild leaves nothing lost, nothing twice, and no lock behind."""

import os
import random
import signal
import time
from collections.abc import Callable
from threading import Thread

import psycopg

from projections.readmodels import rebuild
from projections.readmodels.feed import entries
from projections.readmodels.follow import Follower, catch_up
from projections.readmodels.generation import FOLLOWING, Fenced, alone, lead
from projections.readmodels.rebuild import Busy, Rebuilt
from tests.build import drew, repaid, voided
from tests.postgres import Database
from tests.readmodels.books import Clock, a_family, agrees_with_the_log, caught_up, recording, service

FOLLOWER_KILLS = 120
REBUILD_KILLS = 80
HELPED_KILLS = 15
HOUSEHOLDS = tuple(f"h{number}" for number in range(6))


def killed(work: Callable[[], None], *, after_seconds: float) -> None:
    """Do the work in a process of its own and kill it after a time, if it is not done by then."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(after_seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def settled(database: Database) -> None:
    """Wait until no server process of a killed client is at work any more."""
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        for _ in range(500):
            left = connection.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1214603621 AND objid IN (3, 4)"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ).fetchone()
            if left == (0,):
                return
            time.sleep(0.01)
    raise AssertionError("a lock outlived its holder")


def deserted(database: Database) -> None:
    """Wait until no process is connected as the service any more."""
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        for _ in range(500):
            left = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'headroom_service'"
                " AND datname = current_database()"
            ).fetchone()
            if left == (0,):
                return
            time.sleep(0.01)
    raise AssertionError("a process outlived the one that it helped")


def test_a_follower_killed_at_any_point_loses_nothing_and_repeats_nothing(database: Database) -> None:
    clock, chance = Clock(), random.Random(20)

    def work() -> None:
        with service(database) as connection, alone(connection, FOLLOWING) as leading:
            follower = Follower(connection, lead(connection), capacity_facts=20)
            while leading and follower.step(limit=3).places:
                pass

    with recording(database, clock) as record:
        for household in HOUSEHOLDS:
            record(household, *a_family())
        for number in range(FOLLOWER_KILLS):
            household = chance.choice(HOUSEHOLDS)
            version = record(household, drew(number + 1, f"2026-04-{chance.randint(1, 28):02}"))
            if chance.random() < 0.2:
                record(household, voided(f"{household}:{version}"))
            killed(work, after_seconds=chance.random() * 0.05)
    settled(database)
    with service(database) as connection:
        caught_up(connection, clock)
        for household in HOUSEHOLDS:
            agrees_with_the_log(connection, household)
        told = [event.id for event in entries(connection)]
        assert len(told) == len(set(told))


def test_a_rebuild_killed_at_any_point_goes_on_and_ends_at_the_same_rows(database: Database) -> None:
    clock, chance = Clock(), random.Random(21)

    def work() -> None:
        rebuild.rebuild(database.service, clock=clock, workers=1, chunk_facts=1)

    with service(database) as connection, recording(database, clock) as record:
        for household in HOUSEHOLDS:
            record(household, *a_family())
        caught_up(connection, clock)
        for _ in range(REBUILD_KILLS):
            record(chance.choice(HOUSEHOLDS), repaid(1, f"2026-04-{chance.randint(1, 28):02}"))
            if chance.random() < 0.3:
                catch_up(connection, clock=clock)
            killed(work, after_seconds=chance.random() * 0.12)
        settled(database)
        result = rebuild.rebuild(database.service, clock=clock, workers=1)
        assert result.differences == ()
        caught_up(connection, clock)
        for household in HOUSEHOLDS:
            agrees_with_the_log(connection, household)


def test_helpers_of_a_rebuild_that_is_killed_end_with_it_and_it_goes_on(database: Database) -> None:
    clock, chance = Clock(), random.Random(22)

    def work() -> None:
        rebuild.rebuild(database.service, clock=clock, workers=3, chunk_facts=1)

    with recording(database, clock) as record:
        for household in HOUSEHOLDS:
            record(household, *a_family())
    for _ in range(HELPED_KILLS):
        killed(work, after_seconds=chance.random() * 0.3)
        deserted(database)
    result = rebuild.rebuild(database.service, clock=clock, workers=1)
    assert (result.households, result.quarantined) == (len(HOUSEHOLDS), ())
    with service(database) as connection:
        caught_up(connection, clock)
        for household in HOUSEHOLDS:
            agrees_with_the_log(connection, household)


def test_of_two_rebuilds_and_two_followers_at_once_one_each_wins_and_none_corrupts(database: Database) -> None:
    clock = Clock()
    done: list[Rebuilt | str] = []

    def rebuilding() -> None:
        try:
            done.append(rebuild.rebuild(database.service, clock=clock, workers=1))
        except (Busy, Fenced) as turned_away:
            done.append(type(turned_away).__name__)

    def following() -> None:
        with service(database) as connection:
            for _ in range(20):
                catch_up(connection, clock=clock)

    with recording(database, clock) as record:
        for household in HOUSEHOLDS:
            record(household, *a_family())
        threads = [Thread(target=work) for work in (rebuilding, rebuilding, following, following)]
        for thread in threads:
            thread.start()
        for number in range(30):
            record(HOUSEHOLDS[number % 6], drew(number + 1, "2026-04-20"))
        for thread in threads:
            thread.join()
    assert any(isinstance(one, Rebuilt) and not one.differences for one in done)
    with service(database) as connection:
        caught_up(connection, clock)
        for household in HOUSEHOLDS:
            agrees_with_the_log(connection, household)
