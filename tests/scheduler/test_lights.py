"""Lights that changed have a place in the feed: after what the check read, once, whoever commits late beside it."""

import random
import threading
import time
from collections.abc import Iterator

import msgspec
import psycopg
import pytest

from ledger.calendar import DAY
from projections.readmodels import feed, rebuild
from projections.readmodels.feed import BEGINNING, cursor, entries, page, tail
from projections.readmodels.follow import catch_up
from projections.readmodels.log import Connection
from scheduler import leader, lights
from scheduler.leader import Fenced
from scheduler.lights import UNSEEN, Seen, changed
from scheduler.results import latest
from tests.build import Record, counted, earns, lowered, needs
from tests.postgres import Database
from tests.readmodels.books import a_family, service
from tests.scheduler.clockwork import SHANGHAI, Clockwork

LIGHT = "headroom.derived.light_changed"
FEW: tuple[Record, ...] = (*a_family(), earns(15000), needs(5000))


def told(database: Database) -> list[feed.Event]:
    """The whole feed, once the log is followed to its end."""
    with service(database) as connection:
        assert catch_up(connection, clock=lambda: 0)
        return list(entries(connection))


def as_told(events: list[feed.Event], household: str = "h1") -> list[tuple[str, str, str]]:
    """The light changes of a household: indicator, from, to."""
    ours = (event for event in events if event.type == LIGHT and event.source == f"urn:headroom:{household}")
    return [(event.data["indicator"], event.data["from"], event.data["to"]) for event in ours]


def stored_lights(clock: Clockwork, household: str = "h1") -> list[tuple[int, dict[str, str]]]:
    """The lights of each stored check of a household, in order."""
    rows = clock.rows(
        "SELECT at, jsonb_object_agg(code, light) FROM clock.check_light WHERE household = %s GROUP BY at ORDER BY at",
        household,
    )
    return [(at, dict(found)) for at, found in rows]


def as_stored(clock: Clockwork, household: str = "h1") -> list[tuple[str, str, str]]:
    """What the stored checks say changed, worked out from them alone."""
    found: list[tuple[str, str, str]] = []
    before: dict[str, str] = {}
    for _, now in stored_lights(clock, household):
        turned = [(code, before.get(code, UNSEEN), light) for code, light in now.items()]
        found += sorted(one for one in turned if one[1] != one[2])
        before = now
    return found


def test_a_light_that_changed_is_told_after_the_fact_that_turned_it(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *FEW)
    clock.runs()
    before = len(told(database))
    clock.now += 1_000_000
    version = clock.record("h1", lowered(12000, "2026-05-01T11:00:00+08:00"))
    clock.runs()
    fact, change, *turned = told(database)[before:]
    assert (fact.id, change.type) == (f"h1:{version}", "headroom.derived.limit_changed")
    light = next(event for event in turned if event.subject == "utilisation")
    assert (light.type, light.time) == (LIGHT, "2026-05-01T04:00:01.000000Z")
    assert light.data == {
        "indicator": "utilisation", "from": "warn", "to": "critical", "value": light.data["value"], "unit": "fraction",
        "at": SHANGHAI.text(clock.now), "check": "change", "version": version, "ruleset": "2026.1",
    }  # fmt: skip
    assert float(light.data["value"]) > 1


def test_the_feed_tells_what_the_stored_checks_say_and_nothing_else(database: Database) -> None:
    clock, chance = Clockwork(database), random.Random(3)
    clock.record("h1", *FEW)
    clock.record("h2", *FEW)
    clock.runs()
    for _ in range(25):
        clock.now += chance.randint(1, 3 * DAY)
        today = SHANGHAI.text(clock.now)[:10]
        clock.record(chance.choice(("h1", "h2")), *chance.choice(
            ((lowered(chance.randint(1, 50) * 1000, today),), (counted(chance.randint(0, 90_000), today),), (needs(9),))
        )) if chance.random() < 0.8 else None  # fmt: skip
        clock.runs()
    events = told(database)
    for household in ("h1", "h2"):
        assert sorted(as_told(events, household)) == sorted(as_stored(clock, household))
    assert len(as_told(events)) > 25
    assert len({event.id for event in events}) == len(events)


def test_what_a_rebuild_swaps_in_changes_nothing_of_the_feed(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *FEW)
    clock.runs()
    clock.runs(until="2026-05-04T09:00:00")
    before = told(database)
    assert as_told(before)
    assert rebuild.rebuild(database.service, clock=lambda: clock.now, workers=1).differences == ()
    assert told(database) == before


def test_a_reader_may_stop_between_the_lights_of_one_check(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *FEW)
    clock.runs()
    whole = told(database)
    assert [event.type for event in whole].count(LIGHT) > 3
    pieces: list[feed.Event] = []
    with service(database) as connection:
        after = BEGINNING
        while found := page(connection, after, limit=1):
            pieces += found
            after = cursor(found[-1].cursor)
    assert pieces == whole


def test_an_indicator_that_a_check_no_longer_speaks_of_is_told_as_not_available(database: Database) -> None:
    clock = Clockwork(database)
    clock.record("h1", *FEW)
    clock.runs()
    with service(database) as connection:
        (stored,) = latest(connection, "h1", until=clock.now, limit=1)
        before = lights.last_seen(connection, ["h1", "h2"])
    assert set(before) == {"h1"}
    assert changed(before["h1"], [(stored, before["h1"])], zone=SHANGHAI) == ()
    gone = {**before["h1"], "gone": Seen(code="gone", light="warn", unit="fraction", value="0.5")}
    (only,) = changed(gone, [(stored, before["h1"])], zone=SHANGHAI)
    (turned,) = only.changes
    assert (turned.indicator, turned.before, turned.after, turned.value) == ("gone", "warn", UNSEEN, None)


def test_a_check_that_is_not_kept_tells_nothing(database: Database) -> None:
    """Whoever was fenced has taken a place in the order and written nothing."""
    clock = Clockwork(database)
    clock.record("h1", *FEW)
    clock.leads()
    stale = clock.epoch
    clock.leads()
    clock.epoch = stale
    with pytest.raises(Fenced):
        clock.runs()
    assert clock.rows("SELECT count(*) FROM headroom.light_change") == [(0,)]
    assert as_told(told(database)) == []


ORDER = """
SELECT txid::text::bigint FROM (
    SELECT position, txid FROM headroom.event UNION ALL SELECT position, txid FROM headroom.light_change
) AS log ORDER BY position
"""


def test_a_check_takes_its_place_before_its_transaction_has_an_id(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fact recorded while a check is being kept comes after it in the order, as its transaction does."""
    clock = Clockwork(database)
    clock.record("h1", *FEW)
    clock.leads()
    stand, seen = leader.stand, []

    def stand_and_be_overtaken(connection: Connection, epoch: int) -> None:
        stand(connection, epoch)
        if connection.execute("SELECT count(*) FROM headroom.light_change").fetchone() != (0,):
            clock.record("h2", needs(1))
            seen.extend(told(database))

    monkeypatch.setattr(leader, "stand", stand_and_be_overtaken)
    clock.runs()
    assert not any(event.source == "urn:headroom:h2" for event in seen), "it could be overtaken, and was told"
    order = [txid for (txid,) in clock.rows(ORDER)]
    assert order == sorted(order)
    assert [event.source for event in told(database)][-1] == "urn:headroom:h2"


def _commit_late(database: Database, stop: threading.Event, number: int) -> None:
    """Take places in the order and end late, or roll back, beside whoever writes."""
    chance = random.Random(number)
    with psycopg.connect(database.superuser) as late:
        while not stop.is_set():
            late.execute("SELECT headroom.reserve_positions(2)")
            time.sleep(chance.random() * 0.02)
            late.rollback() if chance.random() < 0.5 else late.commit()


def _write(database: Database, clock: Clockwork, number: int) -> None:
    chance, mine = random.Random(number), Clockwork(database)
    for fact in range(10):
        mine.now = clock.now
        mine.record(f"h{number}", needs(fact + 1), earns(chance.randint(1, 40) * 1000))
        time.sleep(chance.random() * 0.03)


def _tail(database: Database, stop: threading.Event, seen: list[feed.Event], chance: random.Random) -> None:
    """Read page by page while a follower follows, and once more when all is over."""

    def pauses() -> Iterator[None]:
        with service(database) as following:
            while not stop.wait(chance.random() * 0.01):
                catch_up(following, clock=lambda: 0)
                yield
            catch_up(following, clock=lambda: 0)
            yield

    with service(database) as connection:
        seen.extend(tail(connection, BEGINNING, pauses=pauses()))


def test_a_tailing_reader_sees_every_fact_and_every_light_once_while_writers_and_checks_commit_beside_it(
    database: Database,
) -> None:
    """Six writers, a clock that checks six households day by day, three that take places and end late or roll back."""
    clock, stop, over = Clockwork(database), threading.Event(), threading.Event()
    for number in range(6):
        clock.record(f"h{number}", *FEW)
    clock.leads()
    seen: list[feed.Event] = []
    dawdlers = [threading.Thread(target=_commit_late, args=(database, stop, number)) for number in range(3)]
    reader = threading.Thread(target=_tail, args=(database, over, seen, random.Random(1)))
    writers: list[threading.Thread] = [
        threading.Thread(target=_write, args=(database, clock, number)) for number in range(6)
    ]
    for thread in (*dawdlers, reader, *writers):
        thread.start()
    while any(writer.is_alive() for writer in writers):
        clock.now += DAY // 2
        clock.runs()
    stop.set()
    for thread in dawdlers:
        thread.join()
    over.set()
    reader.join()
    assert msgspec.json.encode(seen) == msgspec.json.encode(told(database))
    assert len({event.id for event in seen}) == len(seen)
    for number in range(6):
        own = [event for event in seen if event.source == f"urn:headroom:h{number}"]
        versions = [int(event.id.partition(":")[2]) for event in own if event.type.startswith(feed.FACT)]
        assert versions == list(range(1, 1 + len(FEW) + 1 + 2 * 10))
        assert sorted(as_told(own, f"h{number}")) == sorted(as_stored(clock, f"h{number}"))
        read = 0
        for event in own:
            if event.type == LIGHT:
                assert event.data["version"] <= read
            elif event.type.startswith(feed.FACT):
                read = int(event.id.partition(":")[2])
