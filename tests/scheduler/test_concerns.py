"""Concerns: what flickers is told once, what could not be judged changes nothing, and the past is not forgotten."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import DAY
from projections.judgement import SEVERITY, Light
from scheduler.concerns import HOLDS, Concern, Sight, acknowledged, weigh

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
