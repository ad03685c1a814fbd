"""A state that was copied and the state it was copied from go their own ways, and neither feels the other."""

from typing import Any

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from ledger.book import Book, Walk, fold
from ledger.events import LineOpened
from ledger.line import NOTED
from ledger.timeline import Timeline
from projections.position import position
from tests.build import Record
from tests.properties.histories import histories
from tests.properties.test_fold import END, moments
from tests.spec import HOUSEHOLD, given


def everything(book: Book) -> Any:
    """What any question about a state could be answered from: its position, and what its lines noted on the way."""
    return position(book, household=HOUSEHOLD, known_at=0), noted(book), book.notes.copy()


def noted(book: Book) -> list[tuple[Any, ...]]:
    """What lines noted on the way."""
    return [
        tuple(getattr(line, name).copy() for name in NOTED)
        + tuple((one.version, one.amount, one.inferred) for one in line.holds)
        for line in book.lines.values()
    ]


@settings(max_examples=400)
@over(histories(loans=True), st.data())
def test_a_fork_goes_the_way_a_fold_from_the_start_would(facts: list[Record], data: st.DataObject) -> None:
    timeline = given(*facts).timeline()
    cut = data.draw(st.sampled_from([entry.at for entry in timeline.entries]))
    walk = Walk(timeline)
    there = everything(walk.to(cut))
    done = sum(entry.at <= cut for entry in timeline.entries)
    ahead = [entry for entry in timeline.entries[done:] if not isinstance(entry.fact, LineOpened)]
    without = data.draw(st.sampled_from(ahead)) if ahead else None
    other = timeline.only([entry for entry in timeline.entries if entry is not without])

    fork, again = Walk(other, book=walk.book.fork(other), done=done), walk.book.fork()
    if data.draw(st.booleans()):
        walk.to(END)
    forked = everything(fork.to(END))
    walked = everything(walk.to(END))

    assert forked == everything(fold(other, at=END))
    assert walked == everything(fold(timeline, at=END))
    assert everything(again) == there


@over(histories(loans=True), moments)
def test_a_fork_of_a_fork_is_one_too(facts: list[Record], cut: int) -> None:
    timeline: Timeline = given(*facts).timeline()
    walk = Walk(timeline)
    walk.to(cut)
    done = sum(entry.at <= cut for entry in timeline.entries)
    fork = walk.book.fork()
    second = Walk(timeline, book=fork.fork(), done=done)

    Walk(timeline, book=fork, done=done).to(END)

    assert everything(second.to(END)) == everything(fold(timeline, at=END))
