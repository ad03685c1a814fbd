"""How long explanations take on a household of 10,000 facts over ten years, beside a naive full fold.

The process is warm: facts are decoded and in order. No state is kept between questions.
Shape: the last line is one JSON object; `vs_full_fold` is a full fold's time over the median explanation's.
"""

import random
from collections.abc import Callable, Iterator
from itertools import count, islice
from time import perf_counter
from typing import Final

import msgspec

from ledger import events
from ledger.book import fold
from ledger.calendar import DAY, zone
from ledger.events import AnyFact, Recorded
from ledger.timeline import Timeline
from projections.explanation.answer import explain
from projections.limit_changes import limit_changes

YEARS: Final = 10
LINES: Final = tuple(f"line{number}" for number in range(4))
QUESTIONS: Final = 200
BEGIN: Final = zone("Asia/Shanghai").at("2016-01-01")
END: Final = BEGIN + YEARS * 365 * DAY
HOUSEHOLD: Final = "h1"


def household(facts: int, seed: int = 1) -> list[Recorded]:
    """A household of so many facts, evenly over the years: a movement or a look at a line, incomes, inquiries."""
    made: list[AnyFact] = [events.HouseholdOpened(effective=BEGIN)]
    for line in LINES:
        made.append(events.LineOpened(effective=BEGIN, line=line, lender=line, product="consumer_loan"))
        made.append(events.LimitGranted(effective=BEGIN, line=line, limit=5_000_000))
    left = facts - len(made)
    made += islice(_life(random.Random(seed), every=(END - BEGIN) // left), left)
    return [Recorded(version=at, recorded_at=BEGIN + at, fact=fact) for at, fact in enumerate(made, start=1)]


def _life(chance: random.Random, *, every: int) -> Iterator[AnyFact]:
    drawn, limit = dict.fromkeys(LINES, 0), dict.fromkeys(LINES, 5_000_000)
    for at in count(BEGIN + every, every):
        line, kind = chance.choice(LINES), chance.random()
        if kind < 0.40:
            amount = chance.randrange(1_000, 90_000)
            drawn[line] += amount
            yield events.DrawnDown(effective=at, line=line, amount=amount)
        elif kind < 0.75 and drawn[line]:
            amount = chance.choice([drawn[line], chance.randrange(drawn[line]) + 1])
            drawn[line] -= amount
            yield events.RepaymentPosted(effective=at, line=line, amount=amount)
        elif kind < 0.80:
            yield events.LimitObserved(effective=at, line=line, limit=limit[line])
        elif kind < 0.81:
            limit[line] = chance.randrange(10, 90) * 100_000
            yield events.LimitLowered(effective=at, line=line, limit=limit[line])
        elif kind < 0.95:
            yield events.ExpensePaid(effective=at, amount=5_000)
        else:
            yield events.InquiryMade(effective=at, lender="bank")


def explanations(timeline: Timeline, seed: int = 2) -> list[float]:
    """Seconds of random questions, the fastest first."""
    chance = random.Random(seed)
    taken = []
    for _ in range(QUESTIONS):
        since = chance.randrange(BEGIN, END - DAY)
        until = min(END, since + chance.randrange(DAY, 60 * DAY))
        begun = perf_counter()
        explain(timeline, household=HOUSEHOLD, line=chance.choice(LINES), since=since, until=until, known_at=END)
        taken.append(perf_counter() - begun)
    return sorted(taken)


def timed(work: Callable[[], object]) -> float:
    """Seconds of the fastest of three."""

    def once() -> float:
        begun = perf_counter()
        work()
        return perf_counter() - begun

    return min(once() for _ in range(3))


def main() -> None:
    """Measure, and print."""
    large, small = Timeline(household(10_000)), Timeline(household(1_000))
    naive = timed(lambda: fold(large))
    changes = timed(lambda: limit_changes(fold(large), household=HOUSEHOLD))
    taken, taken_small = explanations(large), explanations(small)
    median, late = taken[len(taken) // 2], int(len(taken) * 0.99) - 1
    print(f"a full fold of 10,000 facts  {naive * 1000:8.1f} ms")
    print(f"an explanation, median       {median * 1000:8.1f} ms")
    figures = {
        "p99_ms_10000": round(taken[late] * 1000, 1),
        "changes_ms_10000": round(changes * 1000, 1),
        "p99_ms_1000": round(taken_small[late] * 1000, 1),
        "vs_full_fold": round(naive / median, 2),
    }
    print(msgspec.json.encode(figures).decode())


if __name__ == "__main__":
    main()
