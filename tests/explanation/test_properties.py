"""What holds for an explanation of any history, however odd."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from ledger.calendar import DAY, parse_when
from ledger.events import LineFact
from projections.bridge import span
from projections.explanation.answer import explain
from projections.explanation.shape import Explanation
from projections.explanation.wording import LANGUAGES
from tests.build import Record, granted, opened_line
from tests.properties.histories import LIMITS, MOVEMENTS, histories
from tests.spec import HOUSEHOLD, ZONE, History, given

FEBRUARY: Final = ZONE.at("2026-02-01")
instants = st.integers(0, 28 * 24).map(lambda hour: FEBRUARY + hour * (DAY // 24) - 1)
windows = st.tuples(instants, instants).map(lambda ends: (min(ends), max(ends)))


def told(history: History, window: tuple[int, int], *, known: int | None = None, language: str = "en") -> Explanation:
    """The explanation of line a."""
    return explain(
        history.timeline(known=known),
        household=HOUSEHOLD,
        line="a",
        since=window[0],
        until=window[1],
        known_at=0,
        language=LANGUAGES[LANGUAGES.index("zh") if language == "zh" else 0],
    )


def met(history: History, window: tuple[int, int], *, known: int | None = None) -> bool:
    """Whether line a is known by the end of the window."""
    timeline = history.timeline(known=known)
    about = (entry for entry in timeline.entries if isinstance(entry.fact, LineFact) and entry.at <= window[1])
    return any(entry.fact.line == "a" for entry in about)


@settings(max_examples=400)
@over(histories(), windows)
def test_every_bridge_closes_every_figure_is_proved_and_every_digest_repeats(
    facts: list[Record], window: tuple[int, int]
) -> None:
    history = given(*facts)
    if not met(history, window):
        return

    first, again = told(history, window), told(history, window, language="zh")

    assert first.digest == again.digest
    assert first == told(history, window)


@settings(max_examples=200)
@over(histories(), windows, instants)
def test_bridges_add_up_over_any_split_of_the_window(facts: list[Record], window: tuple[int, int], split: int) -> None:
    history = given(*facts)
    since, middle, until = sorted((*window, split))
    if not met(history, (since, middle)):
        return
    timeline = history.timeline()
    whole = span(timeline, "a", since=since, until=until).bridge
    parts = [
        span(timeline, "a", since=since, until=middle).bridge,
        span(timeline, "a", since=middle, until=until).bridge,
    ]

    summed: Counter[tuple[str, tuple[int, ...]]] = Counter()
    for part in parts:
        summed.update({(leg.kind, leg.facts): leg.amount for leg in part.steps})

    assert {key: amount for key, amount in summed.items() if amount} == {
        (leg.kind, leg.facts): leg.amount for leg in whole.steps
    }
    assert (parts[0].opening, parts[0].closing, parts[1].closing) == (whole.opening, parts[1].opening, whole.closing)


@settings(max_examples=300)
@over(histories(), windows)
def test_shares_sum_to_the_change_of_available(facts: list[Record], window: tuple[int, int]) -> None:
    history = given(*facts)
    if not met(history, window):
        return

    answer = told(history, window)

    if answer.shares is not None:
        change = Fraction(answer.bridge.closing.available) - Fraction(answer.bridge.opening.available)
        assert sum(Fraction(one.amount) for one in answer.shares.shares) == change


@settings(max_examples=200)
@over(histories(), windows, st.data())
def test_an_answer_cites_nothing_recorded_after_it_was_known(
    facts: list[Record], window: tuple[int, int], data: st.DataObject
) -> None:
    history = given(*facts)
    known = data.draw(st.integers(1, len(history.recorded)))
    if not met(history, window, known=known):
        return

    answer = told(history, window, known=known)

    assert answer.version == known
    assert all(0 < version <= known for version in cited(answer))
    assert answer == told(History(history.recorded[:known]), window)


@st.composite
def lives_apart(draw: st.DrawFn) -> list[Record]:
    """A line that shares nothing with others, and what happens on it."""
    makes = [*MOVEMENTS.values(), *LIMITS.values()]
    chosen = draw(st.lists(st.sampled_from(makes), max_size=5))
    return [opened_line("z", "2026-01-01"), granted(9000, line="z"), *(make(draw, "z") for make in chosen)]


@settings(max_examples=200)
@over(histories(), windows, lives_apart())
def test_facts_on_a_line_apart_change_no_amount(
    facts: list[Record], window: tuple[int, int], apart: list[Record]
) -> None:
    plain, more = given(*facts), given(*facts).and_then(*apart)
    if not met(plain, window):
        return

    first, second = told(plain, window), told(more, window)

    assert (first.bridge, first.shares) == (second.bridge, second.shares)
    assert (first.verdict.code, first.verdict.facts) == (second.verdict.code, second.verdict.facts)
    assert first.counterfactuals == second.counterfactuals


@settings(max_examples=200)
@over(histories(naming=False, around=False), windows, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_were_recorded_changes_no_step(
    facts: list[Record], window: tuple[int, int], chance: Any
) -> None:
    openings = [fact for fact in facts if fact["type"].endswith("Opened")]
    others = [fact for fact in facts if not fact["type"].endswith(("Opened", "Reversed", "Corrected", "Voided"))]
    others = [fact for fact in others if "shared_with" not in fact]  # a circle is refused as facts are recorded
    apart = {ZONE.at(parse_when(fact["effective_at"])): fact for fact in others}  # no two at one instant
    keyed = [{**fact, "key": f"k{number}"} for number, fact in enumerate(apart.values())]
    ordered, shuffled = (given(*openings, *order) for order in (keyed, chance.sample(keyed, len(keyed))))
    if not met(ordered, window):
        return

    first, second = told(ordered, window), told(shuffled, window)

    assert by_key(first, ordered) == by_key(second, shuffled)
    assert (first.bridge.opening, first.bridge.closing) == (second.bridge.opening, second.bridge.closing)
    assert (first.verdict.code, first.verdict.grade) == (second.verdict.code, second.verdict.grade)


def by_key(answer: Explanation, history: History) -> Counter[tuple[str, str, frozenset[str | None]]]:
    """The steps of an answer, citing facts by their keys."""
    keys = {f"{HOUSEHOLD}:{one.version}": one.fact.key for one in history.recorded}
    return Counter(
        (step.kind, step.amount, frozenset(keys[fact] for fact in step.facts)) for step in answer.bridge.steps
    )


def cited(answer: Explanation) -> Iterator[int]:
    """Every version an answer cites."""
    for part in (answer.bridge.steps, (answer.verdict,), answer.causes, answer.excluded, answer.said):
        for one in part:
            yield from (int(fact.rpartition(":")[2]) for fact in one.facts)
    for share in answer.shares.shares if answer.shares else ():
        yield from (int(fact.rpartition(":")[2]) for fact in share.facts)
    yield from (int(one.without.rpartition(":")[2]) for one in answer.counterfactuals)
