"""The feed: one order, nothing missing, from any place, in the form of CloudEvents."""

import random
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest

from ledger.errors import Refused
from projections.readmodels import feed
from projections.readmodels.feed import BEGINNING, Cursor, cursor, entries, page, tail
from projections.readmodels.follow import catch_up
from tests.build import drew, granted, lowered, opened_line, saw, temporary, voided
from tests.postgres import Database
from tests.readmodels.books import Clock, a_family, agrees_with_the_log, caught_up, recording, service
from tests.store.dawdlers import WRITERS, writer


def told(event: feed.Event) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(event))
    return found


def test_a_derived_change_comes_right_after_the_fact_that_caused_it(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", opened_line(), granted(1000))
        record("h1", lowered(500, "2026-04-30"))
        caught_up(connection, clock)
        types = [event.type.removeprefix("headroom.") for event in entries(connection)]
    assert types == [
        "fact.HouseholdOpened", "fact.LineOpened", "fact.LimitGranted", "derived.limit_changed",
        "fact.LimitLowered", "derived.limit_changed",
    ]  # fmt: skip


def test_an_entry_is_a_cloud_event(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", opened_line(), saw("2026-04-01", limit=900), saw("2026-04-02", limit=700))
        caught_up(connection, clock)
        found = [told(event) for event in entries(connection)]
    assert len({(one["source"], one["id"]) for one in found}) == len(found)
    for one in found:
        assert one["specversion"] == "1.0"
        assert one["datacontenttype"] == "application/json"
        assert datetime.fromisoformat(one["time"]).utcoffset() is not None
        assert one["source"] == "urn:headroom:h1"
    change = found[-1]
    assert change["type"] == "headroom.derived.limit_changed"
    assert change["subject"] == "jiebei"
    assert (change["data"]["kind"], change["data"]["from"], change["data"]["to"]) == ("inferred", "900.00", "700.00")
    assert found[2]["data"] == {"id": "h1:3", "effective_at": "2026-04-01", "line": "jiebei", "limit": "900.00"}


def test_a_change_that_a_later_fact_takes_back_is_told_as_withdrawn(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", opened_line(), granted(1000), lowered(500, "2026-04-30"))
        record("h1", voided("h1:4"))
        caught_up(connection, clock)
        last = list(entries(connection))[-1]
    assert last.type == "headroom.derived.limit_change_withdrawn"
    assert last.data["id"] == "h1:4"


def test_personal_texts_are_not_in_the_feed(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", opened_line(), granted(1000), drew(1, "2026-04-01", note="for grandmother"))
        caught_up(connection, clock)
        found = [told(event) for event in entries(connection)]
    assert not any("note" in one["data"] or "grandmother" in str(one) for one in found)


def test_a_reader_that_stops_anywhere_misses_nothing_and_sees_nothing_twice(database: Database) -> None:
    clock, chance = Clock(), random.Random(7)
    with service(database) as connection, recording(database, clock) as record:
        for household in ("h1", "h2"):
            record(household, *a_family())
            record(household, temporary(10, "2026-04-29", until="2026-05-02"))
        clock.pass_days(5)
        caught_up(connection, clock)
        whole = list(entries(connection))
        assert any(event.type.endswith("limit_changed") for event in whole)
        pieces: list[feed.Event] = []
        after = BEGINNING
        while found := page(connection, after, limit=chance.randint(1, 4)):
            pieces += found
            after = cursor(found[-1].cursor)
    assert pieces == whole


@pytest.mark.parametrize("text", ["", "abc", "MS4xLjA=", "MS54LjA", "Mi4xLjA", "MS4tMS4w", "ΩΩΩ", "MS4wMS4w"])
def test_a_cursor_this_feed_never_gave_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="cursor"):
        cursor(text)


def test_a_cursor_beyond_the_end_is_refused_instead_of_waited_for(database: Database) -> None:
    """It is another book's, or of a time that a restore took back: waiting there would skip what comes before it."""
    with service(database) as connection, recording(database, Clock()) as record:
        assert list(entries(connection, BEGINNING)) == []
        record("h1", opened_line())
        caught_up(connection, Clock())
        (*_, last) = entries(connection)
        place = cursor(last.cursor)
        assert list(entries(connection, place)) == []
        for read in (entries, lambda *given: tail(*given, pauses=[None])):
            with pytest.raises(Refused, match="beyond the end"):
                list(read(connection, Cursor(place.position + 1)))


def test_a_cursor_is_its_own_text() -> None:
    for place in (BEGINNING, Cursor(1, 0), Cursor(2**62, 77)):
        assert cursor(str(place)) == place


def test_the_feed_goes_no_further_than_the_read_tables(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", opened_line())
        assert list(entries(connection)) == []
        caught_up(connection, clock)
        assert len(list(entries(connection))) == 2


def _tail(database: Database, clock: Clock, stop: threading.Event, seen: list[feed.Event]) -> None:
    """Follow and read on until told to stop, and once more then."""
    with service(database) as connection:

        def pauses() -> Iterator[None]:
            while not stop.wait(0.005):
                catch_up(connection, clock=lambda: clock.now)
                yield
            catch_up(connection, clock=lambda: clock.now)
            yield

        seen.extend(tail(connection, BEGINNING, pauses=pauses()))


def test_twelve_writers_that_commit_late_and_roll_back_are_told_whole_and_in_order(database: Database) -> None:
    """What was committed is told once, in the order of each household, and nothing that was rolled back."""
    clock, stop = Clock(), threading.Event()
    seen: list[feed.Event] = []
    stored: list[set[tuple[str, int]]] = [set() for _ in range(WRITERS)]
    until = time.monotonic() + 2
    reading = threading.Thread(target=_tail, args=(database, clock, stop, seen))
    writers = [
        threading.Thread(target=writer, args=(database.service, number), kwargs={"until": until, "stored": mine})
        for number, mine in enumerate(stored)
    ]
    for thread in (reading, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reading.join()
    facts = [event for event in seen if event.type.startswith(feed.FACT)]
    told_of = [(household, int(version)) for household, _, version in (event.id.partition(":") for event in facts)]
    assert len(told_of) > 200
    assert sorted(told_of) == sorted(set[tuple[str, int]]().union(*stored))
    with service(database) as connection:
        assert [event.id for event in seen] == [event.id for event in entries(connection)]
        for number in range(WRITERS):
            versions = [version for household, version in told_of if household == f"w{number}"]
            assert versions == sorted(versions)
            agrees_with_the_log(connection, f"w{number}")
