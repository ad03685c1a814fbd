"""Concerns: what flickers is told once, what could not be judged changes nothing, and the past is not forgotten."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import DAY
from projections.judgement import SEVERITY, Light
from scheduler.concerns import HOLDS, Concern, Sight, acknowledged, open_ones, snoozed, weigh

START = 1_700_000_000_000_000
LIGHTS = st.sampled_from(("ok", "warn", "critical", "not_available"))


def told(sights: list[tuple[int, Light, str | None]], *, stale: bool = False) -> list[tuple[int, str]]:
    """What is told of sights at days."""
    concern: Concern | None = None
    found: list[tuple[int, str]] = []
    for day, light, value in sights:
        sight = Sight(topic="dsr", light=light, value=value)
        concern, turned = weigh(concern, sight, at=START + day * DAY, stale=stale)
        if turned is not None:
            found.append((day, turned.turn))
    return found


def test_worse_is_told_at_once_and_better_when_it_has_held_two_days() -> None:
    days: list[Any] = [(0, "warn", "0.5"), (1, "ok", "0.3"), (2, "ok", "0.3"), (3, "ok", "0.3"), (4, "ok", "0.3")]
    assert told(days) == [(0, "worse"), (3, "better")]


def test_a_light_that_flickers_every_day_for_a_year_is_told_once() -> None:
    days: list[Any] = [(day, ("warn", "ok")[day % 2], "0.4") for day in range(366)]
    assert told(days) == [(0, "worse")]


def test_what_cannot_be_judged_neither_clears_nor_counts_as_better() -> None:
    days: list[Any] = [(0, "critical", "0.9")] + [(day, "not_available", None) for day in range(1, 30)]
    assert told([*days, (30, "critical", "0.9")]) == [(0, "worse")]


def test_on_books_too_old_to_judge_nothing_gets_better() -> None:
    days: list[Any] = [(0, "critical", "0.9")] + [(day, "ok", "0.1") for day in range(1, 30)]
    assert told(days, stale=True) == [(0, "worse")]


def test_an_acknowledgement_covers_the_numbers_seen_and_no_worse_ones() -> None:
    first, _ = weigh(None, Sight(topic="dsr", light="warn", value="0.45"), at=START, stale=False)
    assert first is not None
    seen = acknowledged(first, now=START)
    for value, turn in (("0.45", None), ("0.48", None), ("0.4951", "worse")):
        _, turned = weigh(seen, Sight(topic="dsr", light="warn", value=value), at=START + DAY, stale=False)
        assert (turned and turned.turn) == turn
    eased, _ = weigh(seen, Sight(topic="dsr", light="ok", value="0.2"), at=START + DAY, stale=False)
    eased, better = weigh(eased, Sight(topic="dsr", light="ok", value="0.2"), at=START + DAY + HOLDS, stale=False)
    assert better is not None
    again, turned = weigh(eased, Sight(topic="dsr", light="warn", value="0.44"), at=START + 9 * DAY, stale=False)
    assert (again, turned) == (eased, None)
    _, turned = weigh(eased, Sight(topic="dsr", light="warn", value="0.44"), at=START + 200 * DAY, stale=False)
    assert turned is not None


@given(st.lists(st.tuples(st.integers(1, 10), LIGHTS), max_size=40))
def test_the_light_told_is_always_one_that_was_seen_and_never_milder_than_what_holds(steps: list[Any]) -> None:
    concern: Concern | None = None
    at, light_told = START, "ok"
    for days, light in steps:
        at += days * DAY
        concern, turned = weigh(concern, Sight(topic="dsr", light=light, value="0.5"), at=at, stale=False)
        if turned is not None:
            assert turned.before == light_told
            assert light != "not_available"
            light_told = light
        if light != "not_available":
            assert SEVERITY[light] <= SEVERITY[concern.light if concern else "ok"]


def test_debt_service_without_any_income_is_worse_than_every_number_that_was_acknowledged() -> None:
    """Income stops: 6,000 over 10,000 was seen, and 6,000 over nothing has no number and is told."""
    first, _ = weigh(None, Sight(topic="dsr", light="critical", value="0.6000"), at=START, stale=False)
    assert first is not None
    seen = acknowledged(first, now=START)
    beyond = Sight(topic="dsr", light="critical", value=None)
    unbounded, turned = weigh(seen, beyond, at=START + DAY, stale=False)
    assert turned is not None
    assert unbounded is not None
    again = acknowledged(unbounded, now=START + DAY)
    assert weigh(again, beyond, at=START + 2 * DAY, stale=False) == (again, None)
    number = Sight(topic="dsr", light="critical", value="9.0000")
    assert weigh(again, number, at=START + 2 * DAY, stale=False) == (again, None)
    eased = msgspec.structs.replace(seen, light="ok", value="0.3")
    assert weigh(eased, beyond, at=START + 9 * DAY, stale=False)[1] is not None
    finding = Sight(topic="finding:missing_income:", light="warn")
    there = acknowledged(Concern(topic=finding.topic, light="warn", value=None, told_at=START), now=START)
    assert weigh(there, finding, at=START + DAY, stale=False) == (there, None)
    assert weigh(msgspec.structs.replace(there, light="ok"), finding, at=START + 9 * DAY, stale=False)[1] is None


@pytest.mark.parametrize(
    ("bad", "seen", "value", "worse"),
    [
        ("high", "0.45", "0.495", False), ("high", "0.45", "0.4951", True),
        ("low", "1.0000", "0.9000", False), ("low", "1.0000", "0.8999", True),
        ("low", "-100.00", "-110.00", False), ("low", "-100.00", "-110.01", True),
        ("high", "0", "0", False), ("high", "0", "1", True),
    ],
)  # fmt: skip
def test_within_the_same_light_a_tenth_more_than_what_was_seen_is_covered_and_no_more(
    bad: Any, seen: str, value: str, worse: bool
) -> None:
    known = acknowledged(Concern(topic="x", light="warn", value=seen, told_at=START), now=START)
    _, turned = weigh(known, Sight(topic="x", light="warn", value=value, bad=bad), at=START + DAY, stale=False)
    assert (turned is not None) == worse


def test_what_is_over_comes_back_in_silence_only_with_numbers_no_worse_than_those_seen() -> None:
    known = msgspec.structs.replace(
        acknowledged(Concern(topic="dsr", light="warn", value="0.45", told_at=START), now=START), light="ok"
    )
    for value, light, told in (("0.45", "warn", False), ("0.4501", "warn", True), ("0.45", "critical", True)):
        found: Any = light
        _, turned = weigh(known, Sight(topic="dsr", light=found, value=value), at=START + DAY, stale=False)
        assert (turned is not None) == told


@pytest.mark.parametrize(("after", "told"), [(180 * DAY, False), (180 * DAY + 1, True)])
def test_an_acknowledgement_lasts_180_days(after: int, told: bool) -> None:
    known = msgspec.structs.replace(
        acknowledged(Concern(topic="dsr", light="warn", value="0.45", told_at=START), now=START), light="ok"
    )
    _, turned = weigh(known, Sight(topic="dsr", light="warn", value="0.45"), at=START + after, stale=False)
    assert (turned is not None) == told


@pytest.mark.parametrize(("after", "told"), [(2 * DAY - 1, False), (2 * DAY, True)])
def test_better_has_held_after_two_days_and_not_a_moment_sooner(after: int, told: bool) -> None:
    known = Concern(topic="dsr", light="critical", value="0.6", told_at=START, better_since=START + DAY)
    concern, turned = weigh(known, Sight(topic="dsr", light="ok", value="0.3"), at=START + DAY + after, stale=False)
    assert (turned is not None) == told
    assert concern is not None
    assert (concern.light, concern.better_since) == (("ok", None) if told else ("critical", START + DAY))


def test_what_looks_as_bad_again_has_to_hold_anew_from_the_start() -> None:
    days: list[Any] = [(0, "warn", "0.5"), (1, "ok", "0.3"), (2, "warn", "0.5"), (3, "ok", "0.3"), (4, "ok", "0.3")]
    assert told(days) == [(0, "worse")]
    assert told([*days, (5, "ok", "0.3")]) == [(0, "worse"), (5, "better")]


def test_what_is_put_off_is_told_of_from_that_instant_on_and_neither_way_before() -> None:
    """Put off for ten days: a warning that becomes critical on the third, and one that is over since the third."""
    known = snoozed(Concern(topic="dsr", light="warn", value="0.45", told_at=START), until=START + 10 * DAY)
    worse, better = Sight(topic="dsr", light="critical", value="0.9"), Sight(topic="dsr", light="ok", value="0.1")
    for sight, turn in ((worse, "worse"), (better, "better")):
        concern: Concern | None = known
        for at in (START + 3 * DAY, START + 10 * DAY - 1):
            concern, turned = weigh(concern, sight, at=at, stale=False)
            assert turned is None
            assert concern is not None
            assert concern.light == "warn"
        _, turned = weigh(concern, sight, at=START + 10 * DAY, stale=False)
        assert turned is not None
        assert turned.turn == turn


def test_what_is_open_is_neither_over_nor_acknowledged_nor_put_off() -> None:
    one = Concern(topic="dsr", light="warn", value="0.45", told_at=START)
    put_off = snoozed(one, until=START + DAY)
    over = msgspec.structs.replace(one, light="ok")
    assert open_ones([one, over, acknowledged(one, now=START), put_off], at=START + DAY - 1) == (one,)
    assert open_ones([put_off], at=START + DAY) == (put_off,)
    assert acknowledged(put_off, now=START).snoozed_until is None


def test_better_has_not_held_when_between_it_looked_worse_than_what_was_told() -> None:
    """Critical was acknowledged and told as a warning since: in order, critical once more, in order, in order."""
    known: Concern | None = msgspec.structs.replace(
        acknowledged(Concern(topic="dsr", light="critical", value="0.60", told_at=START), now=START), light="warn"
    )
    days: list[tuple[int, Light, str]] = [(1, "ok", "0.3"), (2, "critical", "0.60"), (3, "ok", "0.3"), (4, "ok", "0.3")]
    for day, light, value in days:
        sight = Sight(topic="dsr", light=light, value=value)
        known, turned = weigh(known, sight, at=START + day * DAY, stale=False)
        assert turned is None
    _, turned = weigh(known, Sight(topic="dsr", light="ok", value="0.3"), at=START + 5 * DAY, stale=False)
    assert turned is not None
