"""Several processes that share a long list of what is due."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scheduler import agenda, workers
from scheduler.agenda import Overtaken, Row
from scheduler.leader import Fenced
from scheduler.sweep import Turn
from scheduler.workers import Workers
from tests.build import granted, opened_line
from tests.postgres import Database
from tests.readmodels.books import service
from tests.scheduler.clockwork import Clockwork

HOUSEHOLDS = 40
BATCH = 3


@pytest.fixture
def clock(database: Database, monkeypatch: pytest.MonkeyPatch) -> Clockwork:
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.01)
    found = Clockwork(database)
    for number in range(HOUSEHOLDS):
        found.record(f"h{number:02}", opened_line(), granted(1000))
    found.leads()
    return found


@contextmanager
def two(database: Database) -> Iterator[Workers]:
    pair = Workers(database.service, 2)
    try:
        yield pair
    finally:
        pair.stop()


def test_every_household_is_seen_to_once_and_by_whoever_is_free(clock: Clockwork) -> None:
    with two(clock.database) as pair, service(clock.database) as connection:
        swept = pair.sweep(connection, Turn(epoch=clock.epoch, batch=BATCH), now=clock.now, meanwhile=lambda: None)
        assert (swept.households, swept.checks, swept.failed) == (HOUSEHOLDS, HOUSEHOLDS, 0)
        assert not agenda.due_rows(connection, now=clock.now, limit=BATCH)
    assert clock.rows("SELECT count(*), count(DISTINCT household) FROM clock.job_run") == [(HOUSEHOLDS, HOUSEHOLDS)]


def test_whoever_is_called_for_meanwhile_comes_before_those_not_given_out(clock: Clockwork) -> None:
    last = f"h{HOUSEHOLDS - 1:02}"
    clock.rows("UPDATE clock.agenda SET next_at = 1 + substr(household, 2)::bigint RETURNING 1")
    with two(clock.database) as pair, service(clock.database) as connection:
        pair.sweep(
            connection,
            Turn(epoch=clock.epoch, batch=1),
            now=clock.now,
            meanwhile=lambda: connection.execute(
                "UPDATE clock.agenda SET next_at = -7 WHERE household = %s AND next_at > 0 AND last_at = 0", (last,)
            ),
        )
    seen_to = [name for (name,) in clock.rows("SELECT household FROM clock.job_run ORDER BY xmin::text::bigint")]
    assert seen_to.index(last) < HOUSEHOLDS - 1 - workers.AT_HAND * 2


def test_whoever_answers_meanwhile_is_seen_to_again_and_nobody_twice(
    clock: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_rows, turn = agenda.due_rows, Turn(epoch=clock.epoch, batch=BATCH)
    with two(clock.database) as pair, service(clock.database) as connection:

        def answered_after(*asked: Any, **how: Any) -> list[Row]:
            rows = due_rows(*asked, **how)
            if any(row.standing.household == "h05" and not row.standing.revision for row in rows):
                agenda.answered(connection, "h05", [])
            return rows

        monkeypatch.setattr(agenda, "due_rows", answered_after)
        with pytest.raises(Overtaken):
            pair.sweep(connection, turn, now=clock.now, meanwhile=lambda: None)
        before = clock.rows("SELECT count(*) FROM clock.job_run")[0][0]
        swept = pair.sweep(connection, turn, now=clock.now, meanwhile=lambda: None)
    assert before + swept.households == HOUSEHOLDS
    assert clock.rows("SELECT count(*), count(DISTINCT household) FROM clock.job_run") == [(HOUSEHOLDS, HOUSEHOLDS)]


def test_processes_of_one_that_was_fenced_write_nothing(clock: Clockwork) -> None:
    before = clock.epoch
    clock.leads()
    with two(clock.database) as pair, service(clock.database) as connection, pytest.raises(Fenced):
        pair.sweep(connection, Turn(epoch=before, batch=BATCH), now=clock.now, meanwhile=lambda: None)
    assert clock.ran() == []


def test_a_process_that_died_costs_nothing_but_the_rest_of_its_sweep(clock: Clockwork) -> None:
    turn = Turn(epoch=clock.epoch, batch=1)
    with two(clock.database) as pair, service(clock.database) as connection:

        def kill_one() -> None:
            for one in multiprocessing.active_children()[:1]:
                os.kill(one.pid or 0, signal.SIGKILL)

        pair.sweep(connection, turn, now=clock.now, meanwhile=kill_one)
        pair.sweep(connection, turn, now=clock.now, meanwhile=lambda: None)
    assert clock.rows("SELECT count(*), count(DISTINCT household) FROM clock.job_run") == [(HOUSEHOLDS, HOUSEHOLDS)]
