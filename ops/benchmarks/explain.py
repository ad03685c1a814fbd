"""How long explanations take on a household of 10,000 facts over ten years, beside a naive full fold.

The process is warm: facts are decoded and in order, and the states a first round of questions left are kept. Half the
questions are about one limit change, most others about some weeks, a few about years. `cold_ms_10000` is the first
question to a household whose facts are decoded, `kept_ms_10000` what it takes to keep all states at once.
Shape: the last line is one JSON object; `vs_full_fold` is a full fold's time over the median explanation's.
"""

import random
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import Final, NamedTuple

import msgspec

from ledger.book import fold
from ledger.calendar import DAY
from ledger.timeline import Timeline
from ops.benchmarks.explain_stock import BEGIN, END, LINES, household
from projections.explanation.answer import explain
from projections.explanation.dossier import Dossier
from projections.explanation.window import around
from projections.limit_changes import limit_changes, standing

QUESTIONS: Final = 600
HOUSEHOLD: Final = "h1"


class Question(NamedTuple):
    """A line and a window. Units: microseconds since the epoch."""

    line: str
    since: int
    until: int


def questions(timeline: Timeline, seed: int = 2) -> Iterator[Question]:
    """Questions as they come: why did this change happen, what was it in those weeks, what since years ago."""
    chance = random.Random(seed)
    told = [(line.name, change) for line in fold(timeline, at=END).lines.values() for change in standing(line)]
    for _ in range(QUESTIONS):
        kind = chance.random()
        if kind < 0.50:
            line, change = chance.choice(told)
            yield Question(line, *around(timeline.zone, change))
            continue
        days = chance.randrange(1, 60) if kind < 0.97 else chance.randrange(60, 2 * 365)
        since = chance.randrange(BEGIN, END - DAY)
        yield Question(chance.choice(LINES), since, min(END, since + days * DAY))


def ask(known: Dossier | Timeline, question: Question) -> None:
    """One explanation."""
    line, since, until = question
    explain(known, household=HOUSEHOLD, line=line, since=since, until=until, known_at=END)


def explanations(dossier: Dossier) -> list[float]:
    """Seconds of every question to a warm dossier, the fastest first."""
    asked = list(questions(dossier.timeline))
    for question in asked[::5]:
        ask(dossier, question)
    return sorted(once(partial(ask, dossier, question)) for question in asked)


def once(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def timed(work: Callable[[], object]) -> float:
    """Seconds of the fastest of three."""
    return min(once(work) for _ in range(3))


def at_percent(taken: list[float], percent: int) -> float:
    """The time, in milliseconds, that so many of a hundred do not exceed."""
    return round(taken[min(len(taken) - 1, len(taken) * percent // 100)] * 1000, 1)


def main() -> None:
    """Measure, and print."""
    large, small = Timeline(household(10_000)), Timeline(household(1_000))
    naive = timed(lambda: fold(large))
    first = next(questions(large))
    cold = timed(lambda: ask(large, first))
    kept = timed(lambda: Dossier(large).checkpoints.book(END))
    dossier = Dossier(large)
    taken, taken_small = explanations(dossier), explanations(Dossier(small))
    changes = timed(lambda: limit_changes(dossier.checkpoints.book(END), household=HOUSEHOLD))
    print(f"a full fold of 10,000 facts             {naive * 1000:8.1f} ms")
    print(f"keeping every state of them             {kept * 1000:8.1f} ms")
    for percent in (50, 90, 99, 100):
        print(f"{percent:3} % of explanations take no more than {at_percent(taken, percent):8.1f} ms")
    figures = {
        "p99_ms_10000": at_percent(taken, 99),
        "changes_ms_10000": round(changes * 1000, 1),
        "p99_ms_1000": at_percent(taken_small, 99),
        "vs_full_fold": round(naive / taken[len(taken) // 2], 2),
        "median_ms_10000": at_percent(taken, 50),
        "cold_ms_10000": round(cold * 1000, 1),
        "kept_ms_10000": round(kept * 1000, 1),
    }
    print(msgspec.json.encode(figures).decode())


if __name__ == "__main__":
    main()
