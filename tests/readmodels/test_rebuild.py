"""Rebuilding: the next generation is made beside the live one, is the same to the byte, and takes its place at once."""

import multiprocessing
import threading
from typing import Any

import psycopg
import pytest

from ledger.store.replay import Sized
from projections.readmodels import rebuild, tables
from projections.readmodels.feed import entries
from projections.readmodels.follow import Follower
from projections.readmodels.generation import REBUILDING, Fenced, alone, lead, live
from projections.readmodels.rebuild import Busy, Difference, NothingKept, go_back
from tests.build import drew, repaid, temporary
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

HOUSEHOLDS = ("h1", "h2", "h3")


@pytest.fixture
def clock(database: Database) -> Clock:
    """Three households that were followed over days on which things happened by themselves."""
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        for household in HOUSEHOLDS:
            record(household, *a_family())
            record(household, temporary(100, "2026-04-30", until="2026-05-02"))
            caught_up(connection, clock)
        for _ in range(3):
            clock.pass_days(1)
            caught_up(connection, clock)
            record("h2", drew(5, "2026-04-30"))
        caught_up(connection, clock)
    return clock


def test_a_rebuilt_generation_is_the_live_one_to_the_byte(database: Database, clock: Clock) -> None:
    with service(database) as connection:
        before = {name: stored(connection, name) for name in HOUSEHOLDS}
        told = list(entries(connection))
        result = rebuild.rebuild(database.service, clock=clock, workers=1)
        assert (result.households, result.compared, result.differences) == (3, 3, ())
        assert {name: stored(connection, name) for name in HOUSEHOLDS} == before
        assert list(entries(connection)) == told
        assert live(connection).slot == 2


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_rebuilding_in_several_processes_gives_the_same(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(rebuild, "quickest", lambda: multiprocessing.get_context(how))
    seen: list[tuple[int, int]] = []
    result = rebuild.rebuild(
        database.service, clock=clock, workers=2, chunk_facts=1, progress=lambda done, total: seen.append((done, total))
    )
    assert (result.households, result.differences) == (3, ())
    assert seen[-1][0] == seen[-1][1] == result.facts


def test_a_difference_is_found_reported_and_put_right(database: Database, clock: Clock) -> None:
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute(
            "UPDATE readmodel.line_day SET drawn = drawn + 1 WHERE household = 'h2' AND day = '2026-02-01'"
        )
        superuser.execute("DELETE FROM readmodel.limit_change WHERE household = 'h3' AND ordinal = 1")
    result = rebuild.rebuild(database.service, clock=clock, workers=1)
    assert set(result.differences) == {
        Difference(household="h3", table="limit_change", before=0, after=1),
        Difference(household="h2", table="line_day", before=1, after=1),
    }
    with service(database) as connection:
        for household in HOUSEHOLDS:
            agrees_with_the_log(connection, household)


def test_what_is_recorded_while_it_is_made_is_in_it(database: Database, clock: Clock) -> None:
    stop = threading.Event()
    versions: list[int] = []

    def keep_recording() -> None:
        with recording(database, clock) as record:
            while not stop.wait(0.02):
                versions.append(record("h1", repaid(1, "2026-04-30")))

    writer = threading.Thread(target=keep_recording)
    writer.start()
    try:
        result = rebuild.rebuild(database.service, clock=clock, workers=1)
    finally:
        stop.set()
        writer.join()
    assert result.differences == ()
    with service(database) as connection:
        caught_up(connection, clock)
        agrees_with_the_log(connection, "h1")
        (row,) = stored(connection, "h1")["household_now"]
        assert row[1] == versions[-1]


def test_a_follower_of_the_retired_generation_can_store_nothing_more(database: Database, clock: Clock) -> None:
    with service(database) as connection, recording(database, clock) as record:
        follower = Follower(connection, lead(connection))
        rebuild.rebuild(database.service, clock=clock, workers=1)
        record("h1", drew(1, "2026-05-01"))
        with pytest.raises(Fenced):
            follower.step()


def test_a_rebuild_that_was_cut_short_goes_on_where_it_was(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = rebuild.derive_chunk
    asked: list[list[Sized]] = []

    def cut_short(connection: Any, generation: Any, chunk: list[Sized]) -> Any:
        if asked:
            raise KeyboardInterrupt
        asked.append(chunk)
        return original(connection, generation, chunk)

    monkeypatch.setattr(rebuild, "derive_chunk", cut_short)
    with pytest.raises(KeyboardInterrupt):
        rebuild.rebuild(database.service, clock=clock, workers=1, chunk_facts=1)
    again: list[list[Sized]] = []

    def watched(connection: Any, generation: Any, chunk: list[Sized]) -> Any:
        again.append(chunk)
        return original(connection, generation, chunk)

    monkeypatch.setattr(rebuild, "derive_chunk", watched)
    result = rebuild.rebuild(database.service, clock=clock, workers=1, chunk_facts=1)
    assert [[household for household, _ in chunk] for chunk in again] == [["h2"], ["h3"]]
    assert (result.households, result.differences) == (3, ())


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_chunks_become_smaller_toward_the_end(workers: int) -> None:
    left = [(f"h{number:04}", 100) for number in range(3_000)]
    chunks = list(rebuild.chunked(left, most=rebuild.CHUNK_FACTS, workers=workers))
    sizes = [sum(facts for _, facts in chunk) for chunk in chunks]
    assert [one for chunk in chunks for one in chunk] == left
    assert sizes[0] == max(sizes) == min(rebuild.CHUNK_FACTS, 300_000 // (2 * workers) // 100 * 100 + 100)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] <= rebuild.LEAST_FACTS
    assert len(chunks) < 300_000 // rebuild.CHUNK_FACTS + 12 * workers


def test_somebody_who_reads_for_long_holds_up_neither_a_rebuild_nor_others_who_read(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild.rebuild(database.service, clock=clock, workers=1)
    monkeypatch.setattr(rebuild, "DELETED_TOGETHER", 2)
    with service(database) as reader, service(database) as other, reader.transaction():
        seen = reader.execute("SELECT count(*) FROM reporting_v1.line_daily").fetchone()
        result = rebuild.rebuild(database.service, clock=clock, workers=1)
        assert (result.number, result.compared, result.differences) == (3, 3, ())
        other.execute("SET lock_timeout = '1s'")
        assert other.execute("SELECT count(*) FROM reporting_v1.line_daily").fetchone() == seen


def test_a_second_rebuild_is_turned_away(database: Database, clock: Clock) -> None:
    with service(database) as connection, alone(connection, REBUILDING), pytest.raises(Busy):
        rebuild.rebuild(database.service, clock=clock, workers=1)


def test_the_generation_before_can_be_live_again_and_is_followed_on(database: Database, clock: Clock) -> None:
    with service(database) as connection, recording(database, clock) as record:
        with pytest.raises(NothingKept):
            go_back(connection, now=clock())
        rebuild.rebuild(database.service, clock=clock, workers=1)
        record("h1", drew(1, "2026-05-01"))
        caught_up(connection, clock)
        assert go_back(connection, now=clock()).slot == 1
        caught_up(connection, clock)
        for household in HOUSEHOLDS:
            agrees_with_the_log(connection, household)


def test_a_household_that_cannot_be_folded_does_not_stop_a_rebuild(database: Database, clock: Clock) -> None:
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("UPDATE headroom.event SET payload = '{}' WHERE household = 'h2' AND version = 5")
    result = rebuild.rebuild(database.service, clock=clock, workers=1)
    assert result.quarantined == ("h2",)
    with service(database) as connection:
        agrees_with_the_log(connection, "h1")
        assert connection.execute("SELECT quarantined FROM reporting_v1.households ORDER BY household").fetchall() == [
            (False,),
            (True,),
            (False,),
        ]


def test_every_table_has_a_partition_for_each_slot(database: Database) -> None:
    with service(database) as connection:
        for table in tables.TABLES:
            for slot in tables.SLOTS:
                assert connection.execute(f"SELECT count(*) FROM {tables.partition(table, slot)}").fetchone() == (0,)
