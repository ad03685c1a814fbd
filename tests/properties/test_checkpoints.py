"""A state resumed from one that was kept is the state a fold from the start gives, in every answer."""

from typing import Any

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from ledger.book import Book, fold
from ledger.checkpoints import Checkpoints, fold_in_parts
from ledger.events import LineOpened
from projections.findings import resting_on
from projections.indicators.known import known_of
from projections.position import position
from tests.build import Record
from tests.properties.books import books
from tests.properties.histories import histories
from tests.properties.test_fold import moments
from tests.properties.test_fork import everything, noted
from tests.spec import HOUSEHOLD, History, given

intervals = st.integers(1, 5)


def _of_lines(to_come: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """What is to come, line by line: lines that share nothing have no order among them."""
    return sorted(to_come, key=lambda each: (each[0], each[2]))


@settings(max_examples=200)
@over(books(), intervals, st.lists(moments, min_size=1, max_size=6))
def test_any_instant_is_as_a_fold_from_the_start_gives_it(history: History, every: int, asked: list[int]) -> None:
    timeline = history.timeline()
    kept = Checkpoints(timeline, every=every)

    for at in asked:
        assert everything(kept.book(at)) == everything(fold(timeline, at=at))
        assert list(kept.book(at).lines) == list(fold(timeline, at=at).lines)
        assert _of_lines(kept.book(at).to_come) == _of_lines(fold(timeline, at=at).to_come)


@settings(max_examples=200)
@over(books(), intervals, moments, st.data())
def test_a_history_without_a_fact_is_as_a_fold_from_the_start_gives_it(
    history: History, every: int, at: int, data: st.DataObject
) -> None:
    timeline = history.timeline()
    kept = Checkpoints(timeline, every=every)
    track = kept.track(data.draw(st.sampled_from(list(kept.book(at).lines) or ["a"])))
    assert track is not None
    own = track.timeline.entries
    movable = [number for number, entry in enumerate(own) if not isinstance(entry.fact, LineOpened)]
    if not movable:
        return
    number = data.draw(st.sampled_from(movable))

    without = track.otherwise([*own[:number], *own[number + 1 :]], same=number, at=at)

    left = [entry for entry in timeline.entries if entry is not own[number]]
    scratch = fold(timeline.only(left), at=at)
    scratch.lines = {name: line for name, line in scratch.lines.items() if name in track.names}
    assert noted(without) == noted(scratch)


@settings(max_examples=200)
@over(books(), moments, st.data())
def test_facts_folded_line_by_line_give_what_they_give_together(history: History, at: int, data: st.DataObject) -> None:
    """Also where lines are taken from another choice of facts that has the same ones of them."""
    timeline, parts = history.timeline(), dict[tuple[int, ...], Book]()
    versions = [entry.version for entry in timeline.entries]
    for chosen in (versions, data.draw(st.lists(st.sampled_from(versions), unique=True)), versions):
        alone = resting_on(timeline, chosen)
        straight, joined = fold(alone, at=at), fold_in_parts(alone, at=at, parts=parts)
        assert position(joined, household=HOUSEHOLD, known_at=0) == position(straight, household=HOUSEHOLD, known_at=0)
        assert [noted(joined), list(joined.lines)] == [noted(straight), list(straight.lines)]
        assert known_of(joined, since=0) == known_of(straight, since=0)


@over(histories(loans=True), moments)
def test_facts_of_a_line_apart_are_kept_apart(facts: list[Record], at: int) -> None:
    kept = Checkpoints(given(*facts).timeline())

    for track in kept.tracks:
        assert set(track.to(at).lines) <= track.names
        for line in track.to(at).lines.values():
            assert {peer.name for peer in line.peers} <= track.names
