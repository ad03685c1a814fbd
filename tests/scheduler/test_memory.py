"""What a sweep holds at once depends neither on how many households are due nor on how many facts they have."""

import gc
import io
import os
import tracemalloc
from collections.abc import Iterator

import msgspec
import pytest

from ledger.events import Recorded
from ledger.store import reader
from ledger.store.bulk import record_file
from scheduler import agenda, leader, sweep
from scheduler.sweep import Swept, Turn
from tests.build import drew, earns, granted, needs, opened_line
from tests.postgres import Database
from tests.readmodels.books import service
from tests.scheduler.clockwork import Clockwork, instant

NOW = instant("2026-05-01T12:00:00")
BATCH = 20
MARGIN_BYTES = 60_000
"""A hundred bytes for each of the 600 households more would be noticed."""


def record(connection: reader.Connection, names: list[str]) -> None:
    """A small book for each household."""
    facts = (opened_line(), granted(40000), drew(200, "2026-02-01"), earns(9000), needs(4000))
    lines = [msgspec.json.encode({"household": name, **fact}) for name in names for fact in facts]
    record_file(connection, io.BytesIO(b"\n".join(lines)), clock=lambda: NOW, salts=lambda: os.urandom(16))


@pytest.fixture
def connection(database: Database) -> Iterator[reader.Connection]:
    with service(database) as opened:
        yield opened


class Held(msgspec.Struct):
    """What a sweep took beyond what was in use before. Units: bytes; `cycles` in objects that only a search freed."""

    most: int = 0
    cycles: int = 0


def swept(connection: reader.Connection, epoch: int, names: list[str]) -> tuple[Swept, Held]:
    """Households checked for the first time, and what that took.

    Each batch begins with free lists emptied, as the collector empties them: those fill up to their own bound.
    """
    agenda.enrol(connection, now=NOW, households=names)
    held = Held()
    one_batch = sweep.sweep
    gc.collect()
    before = tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else 0

    def measured(connection: reader.Connection, turn: Turn, *, now: int) -> Swept:
        done = one_batch(connection, turn, now=now)
        if tracemalloc.is_tracing():
            held.most = max(held.most, tracemalloc.get_traced_memory()[1] - before)
        held.cycles += gc.collect()
        tracemalloc.reset_peak()
        return done

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sweep, "sweep", measured)
        tracemalloc.reset_peak()
        return sweep.sweep_all(connection, Turn(epoch=epoch, batch=BATCH), now=NOW), held


def test_a_sweep_of_many_households_holds_no_more_than_one_of_few(connection: reader.Connection) -> None:
    names = [f"h{number:04}" for number in range(1_100)]
    record(connection, names)
    epoch = leader.take(connection, "test")
    assert epoch is not None
    gc.disable()
    gc.freeze()  # what is there already need not be searched after each batch
    tracemalloc.start()
    try:
        swept(connection, epoch, names[:100])  # what is kept for good, whoever is checked
        few, held_for_few = swept(connection, epoch, names[100:300])
        many, held_for_many = swept(connection, epoch, names[300:])
    finally:
        tracemalloc.stop()
        gc.unfreeze()
        gc.enable()
    assert (few.checks, many.checks) == (200, 800)
    assert held_for_many.most < held_for_few.most + MARGIN_BYTES
    assert held_for_many.cycles < many.checks / 10  # a process of ours looks for cycles seldom: checks leave none


def test_households_that_all_fail_are_counted_and_not_gathered(
    connection: reader.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"h{number}" for number in range(3 * BATCH)]
    record(connection, names)
    epoch = leader.take(connection, "test")
    assert epoch is not None

    def broken(household: object) -> None:
        raise ValueError(household)

    monkeypatch.setattr(sweep, "attend", broken)
    done, _ = swept(connection, epoch, names)
    assert (done.households, done.failed) == (len(names), len(names))
    assert done.first_failed in names
    assert msgspec.json.encode(done).count(b'"h') == 2  # its own name, and `households`


def test_facts_of_a_batch_are_read_for_some_households_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clockwork(database)
    with service(database) as connection:
        record(connection, [f"h{number}" for number in range(7)])
    asked: list[int] = []
    several = reader.load_several

    def counted(connection: reader.Connection, households: list[str]) -> dict[str, list[Recorded]]:
        asked.append(len(households))
        return several(connection, households)

    monkeypatch.setattr(reader, "load_several", counted)
    monkeypatch.setattr(sweep, "FACTS_TOGETHER", 18)  # each has six, with its opening
    assert clock.runs().checks == 7
    assert asked == [3, 3, 1]
