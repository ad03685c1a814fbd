"""What holds for every history, however odd: the fold's arithmetic, its replay, its two times.

Source: domain.md sections 1 to 3.
"""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from ledger.book import Book, Walk, fold
from ledger.calendar import DAY
from ledger.events import FACT_TYPES
from ledger.line import Line
from ledger.timeline import Timeline
from projections.bridge import reading, span
from projections.position import position
from tests.build import (
    LINE,
    Record,
    charged_fee,
    charged_interest,
    charged_penalty,
    corrected,
    drew,
    granted,
    opened_line,
    repaid,
    voided,
)
from tests.properties.histories import amounts, dates, histories, instants
from tests.spec import HOUSEHOLD, ZONE, given, yuan

BEGINNING = ZONE.at("2026-01-20")
END = ZONE.at("2026-03-10")
moments = st.integers(BEGINNING, END) | st.integers(0, 49).map(lambda day: BEGINNING + day * DAY)


def told(book: Book) -> Any:
    """A position without the two fields that name the knowledge it comes from."""
    answer = position(book, household=HOUSEHOLD, known_at=0)
    return [getattr(answer, name) for name in answer.__struct_fields__ if name not in ("version", "known_at")]


def headroom(timeline: Timeline, name: str, at: int) -> int:
    line = fold(timeline, at=at).lines.get(name)
    return line.headroom if line else 0


# What is tried


def test_random_histories_hold_every_type_of_fact() -> None:
    met = {"HouseholdOpened"}

    @settings(max_examples=1_000, database=None, derandomize=True)
    @over(histories())
    def meet(facts: list[Record]) -> None:
        met.update(fact["type"] for fact in facts)

    meet()
    assert met == set(FACT_TYPES)


# Arithmetic


@over(histories(), moments)
def test_headroom_is_available_and_blocked_less_over_limit(facts: list[Record], at: int) -> None:
    for line in fold(given(*facts).timeline(), at=at).lines.values():
        assert line.headroom == line.available + line.blocked - line.over_limit
        assert line.available * line.over_limit == 0
        assert line.headroom == line.limit - line.drawn - line.held - line.shared_used


@over(histories(), moments)
def test_amounts_that_cannot_be_negative_are_not(facts: list[Record], at: int) -> None:
    for line in fold(given(*facts).timeline(), at=at).lines.values():
        assert min(line.limit, line.held, line.available, line.over_limit, line.blocked, line.loans.principal) >= 0
        assert all(hold.amount > 0 for hold in line.holds)
        assert line.held == sum(hold.amount for hold in line.holds)
        if line.terms.limit_basis == "principal_only":
            assert line.drawn >= 0


@over(histories(), moments)
def test_steps_account_for_all_headroom_since_the_beginning(facts: list[Record], at: int) -> None:
    for line in fold(given(*facts).timeline(), at=at).lines.values():
        assert sum(step.amount for step in line.steps) == line.headroom


@over(histories(), moments, moments)
def test_every_bridge_closes(facts: list[Record], one: int, other: int) -> None:
    since, until = sorted((one, other))
    timeline = given(*facts).timeline()
    for name in fold(timeline, at=until).lines:
        bridge = span(timeline, name, since=since, until=until).bridge
        moved = sum(leg.amount for leg in bridge.steps)
        assert bridge.opening.headroom + moved == bridge.closing.headroom
        assert bridge.closing.available - bridge.opening.available == moved + bridge.over_limit + bridge.blocked


@over(histories(), st.lists(moments, min_size=2, max_size=5))
def test_steps_add_up_over_any_split_of_a_window(facts: list[Record], cuts: list[int]) -> None:
    timeline = given(*facts).timeline()
    for name, line in fold(timeline).lines.items():
        for since, until in pairwise(sorted(cuts)):
            steps = [step.amount for step in line.steps if since < step.at <= until]
            if until <= timeline.entries[-1].at:
                assert sum(steps) == headroom(timeline, name, until) - headroom(timeline, name, since)


@over(histories(observed=False), moments)
def test_moves_of_available_add_up_to_its_change(facts: list[Record], since: int) -> None:
    timeline = given(*facts).timeline()
    for name in fold(timeline, at=END).lines:
        found = span(timeline, name, since=since, until=END)
        change = found.bridge.closing.available - found.bridge.opening.available
        assert sum(move.effect for move in found.moves) == change


# Replay


@over(histories(), st.lists(moments, min_size=1, max_size=4))
def test_a_walk_that_stops_to_be_looked_at_arrives_where_one_fold_does(facts: list[Record], stops: list[int]) -> None:
    timeline = given(*facts).timeline()
    walk = Walk(timeline)
    for at in sorted(stops):
        walked = walk.to(at)
        assert told(walked) == told(fold(timeline, at=at))
        assert [_all(line) for line in walked.lines.values()] == [
            _all(line) for line in fold(timeline, at=at).lines.values()
        ]


def _all(line: Line) -> tuple[Any, ...]:
    changes = [(change.kind, change.at, change.limit_before, change.limit_after) for change in line.changes]
    return reading(line), tuple(line.steps), tuple(line.flips), changes


# Corrections


@over(histories(naming=False).filter(lambda facts: len(facts) > 3), st.data())
def test_a_corrected_history_is_one_that_was_right_from_the_start(facts: list[Record], data: st.DataObject) -> None:
    movable = [number for number, fact in enumerate(facts) if fact["type"] in ("DrawnDown", "RepaymentPosted")]
    if not movable:
        return
    target = data.draw(st.sampled_from(movable))
    original = facts[target]
    slip = {**original, "amount": data.draw(amounts), "effective_at": data.draw(dates | instants)}
    if "due_on" in slip or "periods" in slip:
        slip = {name: value for name, value in slip.items() if name not in ("method", "due_on", "periods")}
    slip.pop("allocation", None)
    wrong = [*facts[:target], slip, *facts[target + 1 :], corrected(f"{HOUSEHOLD}:{target + 2}", original)]
    at = data.draw(moments)
    assert told(given(*wrong).as_of().book) == told(given(*facts).as_of().book)
    assert told(fold(given(*wrong).timeline(), at=at)) == told(fold(given(*facts).timeline(), at=at))


@over(histories(), amounts, dates | instants, moments)
def test_a_voided_fact_leaves_no_trace(facts: list[Record], amount: str, on: str, at: int) -> None:
    history = given(*facts)
    with_slip = history.and_then(drew(amount, on, line="a"), voided(f"{HOUSEHOLD}:{len(facts) + 2}"))
    assert told(fold(with_slip.timeline(), at=at)) == told(fold(history.timeline(), at=at))


@over(histories(), st.data())
def test_what_was_known_then_stays_what_was_known_then(facts: list[Record], data: st.DataObject) -> None:
    history = given(*facts)
    known = data.draw(st.integers(1, len(history.recorded)))
    at = data.draw(moments)
    then = Timeline(history.recorded[:known])
    assert told(fold(history.timeline(known=known), at=at)) == told(fold(then, at=at))


# Order


@pytest.mark.parametrize("on", ["2026-02-10", "2026-02-10T09:00:00+08:00"])
@over(data=st.data())
def test_movements_of_one_instant_may_be_recorded_in_any_order(on: str, data: st.DataObject) -> None:
    makers = st.sampled_from([drew, repaid, charged_interest, charged_fee, charged_penalty])
    movements = data.draw(st.lists(st.builds(lambda make, amount: make(amount, on), makers, amounts), max_size=6))
    permuted = data.draw(st.permutations(movements))
    before = [opened_line(daily_rate="0.0004"), granted(5000), drew(data.draw(amounts), "2026-01-20")]
    figures = [given(*before, *order).as_of("2026-02-20").figures() for order in (movements, permuted)]
    assert figures[0] == figures[1]


@over(st.lists(st.tuples(amounts, dates), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter_where_the_order_of_effect_is_known(
    draws: list[tuple[str, str]], shuffler: Any
) -> None:
    facts = [drew(amount, on) for on, amount in {on: amount for amount, on in draws}.items()]
    shuffled = shuffler.sample(facts, len(facts))
    base = [opened_line(restoration="t_plus_n"), granted(5000), repaid(10, "2026-02-28")]
    ordered, other = (given(*base, *order).as_of().line(LINE) for order in (facts, shuffled))
    assert [(step.at, step.kind, yuan(step.amount)) for step in ordered.steps] == [
        (step.at, step.kind, yuan(step.amount)) for step in other.steps
    ]
