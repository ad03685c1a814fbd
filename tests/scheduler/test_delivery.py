"""From the outbox to the receiver: once where nothing dies, never lost, and never said to be sent when it was not."""

import os
import random
import signal
import time
from collections.abc import Iterator
from io import StringIO
from threading import Thread
from typing import Any

import msgspec
import psycopg
import pytest

from ledger.store.reader import Connection
from scheduler import addressbook
from scheduler.channels import posting, webhook
from scheduler.channels.address import read_address
from scheduler.channels.carrying import carry
from scheduler.channels.outcome import SENT, Outcome, later, never
from scheduler.channels.parcel import Parcel
from scheduler.couriers import GRACE_SECONDS, START_SECONDS, Courier, Post
from scheduler.delivery import Rules, Send, Tried, deliver_due
from scheduler.letters import bring_back, letters
from scheduler.outbox import put
from tests.postgres import Database
from tests.scheduler.post import NOW, SECOND, message
from tests.scheduler.receivers import Receiver, answers, drips_headers, is_silent, waited, web_server

LOADED = (posting, webhook)
"""What a forked courier would otherwise load first, each time anew."""

QUICK = Rules(send_seconds=0.3, lease_seconds=5.0, most_attempts=4, alarm_attempts=3)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.service, autocommit=True) as connection:
        yield connection


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with web_server() as receiver:
        yield receiver


def channel(connection: Connection, address: str, name: str = "hook", **options: Any) -> None:
    kinds = options.get("kinds", ())
    assert addressbook.add(connection, "lin", read_address(address), name=name, kinds=kinds, now=NOW)


def delivered(connection: Connection, send: Send, *, now: int = NOW, rules: Rules = QUICK) -> list[Tried]:
    tried: list[Tried] = []
    deliver_due(connection, send=send, clock=lambda: now, chance=lambda: 0.5, rules=rules, told=tried.append)
    return tried


def says(*outcomes: Outcome) -> Send:
    left = list(outcomes)
    return lambda parcel: left.pop(0) if len(left) > 1 else left[0]


def states(connection: Connection) -> list[tuple[str, str]]:
    return sorted((one.channel, one.state) for one in letters(connection, household="lin", dead=False, most=50))


def test_a_message_goes_once_through_every_channel_that_wants_it(connection: Connection, receiver: Receiver) -> None:
    channel(connection, receiver.webhook)
    channel(connection, "terminal:", "screen", kinds=["digest"])
    put(connection, message())
    parcels: list[Parcel] = []

    def send(parcel: Parcel) -> Outcome:
        parcels.append(parcel)
        return SENT

    assert [(one.channel, one.state) for one in delivered(connection, send)] == [("hook", "sent")]
    assert delivered(connection, send) == []
    assert [parcel.message for parcel in parcels] == [message()]


def test_a_message_is_not_sent_before_its_time(connection: Connection) -> None:
    channel(connection, "terminal:")
    put(connection, message(not_before=NOW + SECOND))
    assert delivered(connection, says(SENT)) == []
    assert len(delivered(connection, says(SENT), now=NOW + SECOND)) == 1


def test_a_message_nobody_could_get_waits_for_the_first_channel(connection: Connection) -> None:
    put(connection, message())
    assert delivered(connection, says(SENT)) == []
    assert states(connection) == [("", "unaddressed")]
    channel(connection, "terminal:")
    assert [one.state for one in delivered(connection, says(SENT))] == ["sent"]


def test_a_delivery_that_fails_is_tried_again_later_and_later(connection: Connection) -> None:
    channel(connection, "terminal:")
    put(connection, message())
    waits = []
    now = NOW
    for _ in range(3):
        assert [one.state for one in delivered(connection, says(later("answered", 500)), now=now)] == ["due"]
        (letter,) = [one for one in letters(connection, household="lin", dead=False, most=9) if one.kind == "worse"]
        assert letter.due_at is not None
        waits.append((letter.due_at - now) / SECOND)
        now = letter.due_at
    assert waits == [22.5, 45.0, 90.0]
    assert delivered(connection, says(SENT), now=now - 1) == []
    assert [one.state for one in delivered(connection, says(SENT), now=now)] == ["sent"]


def test_a_receiver_that_asks_for_more_time_gets_it(connection: Connection) -> None:
    channel(connection, "terminal:")
    put(connection, message())
    delivered(connection, says(later("answered", 429, after_seconds=3600)))
    assert delivered(connection, says(SENT), now=NOW + 3599 * SECOND) == []
    assert len(delivered(connection, says(SENT), now=NOW + 3600 * SECOND)) == 1


def test_a_dead_letter_is_kept_told_through_another_channel_and_brought_back(connection: Connection) -> None:
    channel(connection, "https://hooks.example.org/x?token=s3cr3t#whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    channel(connection, "terminal:", "screen")
    put(connection, message())
    parcels: list[Parcel] = []

    def send(parcel: Parcel) -> Outcome:
        parcels.append(parcel)
        return never("gone", 410) if parcel.address.kind == "webhook" else SENT

    delivered(connection, send)
    reports = [parcel for parcel in parcels if parcel.message.kind == "channel_failing"]
    assert [parcel.address.kind for parcel in reports] == ["terminal"]
    assert "hook" in reports[0].message.subject
    assert "s3cr3t" not in reports[0].message.text
    (dead,) = letters(connection, household=None, dead=True, most=9)
    assert (dead.channel, dead.outcome, dead.detail) == ("hook", "gone", "410")
    assert "s3cr3t" not in dead.address
    assert bring_back(connection, dead.id, now=NOW) == "brought_back"
    assert bring_back(connection, dead.id, now=NOW) == "not_dead"
    assert bring_back(connection, "nowhere", now=NOW) == "unknown"
    before = next(parcel.id for parcel in parcels if parcel.address.kind == "webhook")
    assert [(one.id, one.state) for one in delivered(connection, says(SENT))] == [(before, "sent")]
    (hook,) = [one for one in addressbook.channels(connection, "lin") if one.name == "hook"]
    assert hook.failing_since is None


def test_a_channel_that_keeps_failing_is_reported_once(connection: Connection) -> None:
    channel(connection, "terminal:", "broken")
    channel(connection, "terminal:", "screen")
    for number in range(3):
        put(connection, message(dedup_key=f"n{number}"))
    connection.execute("DELETE FROM clock.channel WHERE name = 'screen'")
    for step in range(6):
        delivered(connection, says(later("silent")), now=NOW + step * 3600 * SECOND)
    kinds = [one.kind for one in letters(connection, household="lin", dead=False, most=50)]
    assert kinds.count("channel_failing") == 1
    assert len(letters(connection, household="lin", dead=True, most=50)) == 3


def test_what_was_on_its_way_to_a_removed_channel_is_a_dead_letter(connection: Connection) -> None:
    channel(connection, "terminal:")
    put(connection, message())
    delivered(connection, says(later("silent")))
    assert addressbook.remove(connection, "lin", "hook", now=NOW)
    (dead,) = letters(connection, household="lin", dead=True, most=9)
    assert dead.outcome == "removed"
    assert bring_back(connection, dead.id, now=NOW) == "no_channel"


def test_two_couriers_at_once_never_send_one_delivery_twice(database: Database, connection: Connection) -> None:
    channel(connection, "terminal:")
    for number in range(60):
        put(connection, message(dedup_key=f"n{number}"))
    sent: list[str] = []

    def send(parcel: Parcel) -> Outcome:
        sent.append(parcel.id)
        time.sleep(0.002)
        return SENT

    def work() -> None:
        with psycopg.connect(database.service, autocommit=True) as own:
            delivered(own, send)

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == len(set(sent)) == 60


def test_a_courier_that_lost_its_claim_does_not_overrule_the_next(connection: Connection) -> None:
    channel(connection, "terminal:")
    put(connection, message())

    def overtaken(parcel: Parcel) -> Outcome:
        assert [one.state for one in delivered(connection, says(SENT), now=NOW + 6 * SECOND)] == ["sent"]
        return never("gone", 410)

    delivered(connection, overtaken)
    assert states(connection) == [("hook", "sent")]


def test_a_receiver_that_is_silent_for_a_minute_is_not_waited_for_and_a_claim_outlasts_every_attempt() -> None:
    assert Rules().send_seconds + GRACE_SECONDS < 60
    assert START_SECONDS + Rules().send_seconds + GRACE_SECONDS < Rules().lease_seconds


def test_no_hang_of_a_receiver_outlasts_the_bound(receiver: Receiver) -> None:
    address = read_address(receiver.webhook)
    with Courier(terminal=open(os.devnull, "w"), grace_seconds=0.5) as courier:  # noqa: PTH123  # closed with the process
        for behaviour in (is_silent, drips_headers):
            receiver.behaves(behaviour)
            warm = Parcel(id="x", address=address, message=message(), now=NOW, seconds=1.0)
            began = time.monotonic()
            assert courier(warm).state == "later"
            assert time.monotonic() - began < 8
        receiver.behaves(answers(200))
        assert courier(warm) == SENT


def test_a_courier_killed_at_any_point_loses_nothing_and_repeats_only_under_the_same_id(
    database: Database, connection: Connection, receiver: Receiver
) -> None:
    channel(connection, receiver.webhook)
    keys = [f"n{number}" for number in range(25)]
    for key in keys:
        put(connection, message(dedup_key=key))
    chance, patient = random.Random(5), msgspec.structs.replace(QUICK, most_attempts=1000, alarm_attempts=1000)
    now = NOW

    def work() -> None:
        with psycopg.connect(database.service, autocommit=True) as own:
            delivered(own, carry, now=now, rules=patient)

    kills = 0
    while any(state != "sent" for _, state in states(connection)) and kills < 200:
        child = os.fork()
        if child == 0:
            try:
                work()
            finally:
                os._exit(0)
        time.sleep(0.02 + chance.random() * (0.12 + kills * 0.01))  # at last long enough on any machine
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kills += 1
        now += 6 * SECOND
    assert kills < 200
    ids = [got.headers["webhook-id"] for got in receiver.got]
    by_key: dict[str, set[str]] = {}
    for got in receiver.got:
        by_key.setdefault(got.json["data"]["key"], set()).add(got.headers["webhook-id"])
    assert sorted(by_key) == sorted(keys)
    assert all(len(found) == 1 for found in by_key.values())
    assert len(ids) <= len(keys) + kills


def test_a_courier_outlives_a_database_that_was_away(database: Database, connection: Connection) -> None:
    channel(connection, "terminal:")
    put(connection, message())
    away = [ConnectionError("the database is away")]

    def connect() -> Connection:
        if away:
            raise away.pop()
        return psycopg.connect(database.service, autocommit=True)

    post = Post(connect, clock=lambda: NOW, terminal=StringIO(), told=lambda _: None, couriers=1, look_seconds=0.05)
    post.start()
    try:
        assert waited(lambda: states(connection) == [("hook", "sent")])
    finally:
        post.stop()
