"""What single facts say that no folded state holds, as far as a check asks: which there are of a line, what moved when.

It stays the same for as long as the state does, so it is kept beside a book at rest, and no fact is read to check one.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import takewhile
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from ledger import events
from ledger.book import Book
from ledger.timeline import Entry
from projections.requests import Request, requests
from projections.ruleset import Ruleset

Kinds: TypeAlias = dict[type[Any], list[Entry]]
"""Facts by their class, each in order of effect."""
BALANCES: Final = (events.ReserveObserved, events.ReserveMoved)
"""Facts that tell what is in an account."""


class Flow(NamedTuple):
    """A draw less what was reversed of it, or a repayment. Units: minor units; `day` an ordinal."""

    version: int
    day: int
    amount: int
    line: str


class Known(msgspec.Struct, frozen=True, array_like=True):
    """What the facts of a household say up to an instant; facts are named by their versions.

    Shape: `learned_at` is when the last of them was recorded, `facts` counts those that stand; `latest` is the latest
    day that one speaks of, and that fact, the household's opening apart. `openings` has those of lines and accounts by
    name, and the household's under "". `on_lines` has all that name a line; `told` the accounts whose balance was seen
    or moved, `balances` what balances stand on. `repayments` that were not reversed and `draws` are those after the day
    `since`, by date; `around_reversals` has all draws and reversals of the lines on which draws were reversed, since
    what is left of one depends on the others.
    Units: `learned_at` in microseconds since the epoch; days are ordinals.
    """

    learned_at: int
    since: int
    facts: int
    latest: tuple[int, int] | None
    openings: dict[str, list[int]]
    on_lines: dict[str, list[int]]
    told: list[str]
    balances: list[int]
    requests: list[Request]
    repayments: list[Flow]
    draws: list[Flow]
    around_reversals: dict[str, list[int]]


def first_day(rules: Ruleset, day: int) -> int:
    """The day after which a check looks at single draws. Units: ordinals."""
    windows = rules.indicators["rollover"].windows
    return day - windows["days"] - windows["within_days"]


def known_of(book: Book, *, since: int) -> Known:
    """What the facts say that a folded book knows; single movements those after a day, an ordinal."""
    entries = book.timeline.until(book.at)
    kinds: Kinds = defaultdict(list)
    for entry in entries:
        kinds[type(entry.fact)].append(entry)
    balances = [entry for kind in BALANCES for entry in kinds.get(kind, ())]
    reversed_on = {entry.fact.line for entry in kinds.get(events.DrawReversed, ())}
    return Known(
        learned_at=book.timeline.learned_at,
        since=since,
        facts=len(entries),
        latest=_latest(entries),
        openings=_openings(kinds),
        on_lines=_on_lines(kinds),
        told=sorted({entry.fact.account for entry in balances}),
        balances=_standing_on(kinds.get(events.ReserveOpened, ()), sorted(balances)),
        requests=requests(entries),
        repayments=[
            Flow(entry.version, entry.day, entry.fact.amount, entry.fact.line)
            for entry in kinds.get(events.RepaymentPosted, ())
            if entry.day > since and not _undone(book, entry)
        ],
        draws=_draws(kinds, since),
        around_reversals=_versions_by_line(
            entry
            for kind in (events.DrawnDown, events.DrawReversed)
            for entry in kinds.get(kind, ())
            if entry.fact.line in reversed_on
        ),
    )


def _latest(entries: list[Entry]) -> tuple[int, int] | None:
    told = (entry for entry in reversed(entries) if type(entry.fact) is not events.HouseholdOpened)
    last = next(told, None)
    if last is None:
        return None
    same_day = takewhile(lambda entry: entry.day == last.day, told)
    return last.day, max([last.version, *(entry.version for entry in same_day)])


def _openings(kinds: Kinds) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for entry in kinds.get(events.HouseholdOpened, ()):
        found.setdefault("", []).append(entry.version)
    for entry in kinds.get(events.LineOpened, ()):
        found.setdefault(entry.fact.line, []).append(entry.version)
    for entry in kinds.get(events.ReserveOpened, ()):
        found.setdefault(entry.fact.account, []).append(entry.version)
    return found


def _on_lines(kinds: Kinds) -> dict[str, list[int]]:
    return _versions_by_line(
        entry for kind, entries in kinds.items() if "line" in kind.__struct_fields__ for entry in entries
    )


def _versions_by_line(entries: Iterable[Entry]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        if entry.fact.line is not None:
            found[entry.fact.line].append(entry.version)
    return dict(found)


def _standing_on(openings: Iterable[Entry], balances: Iterable[Entry]) -> list[int]:
    """Each account's opening, the last time its balance was seen, and what moved it since."""
    since: dict[str, list[int]] = {}
    for entry in balances:
        if type(entry.fact) is events.ReserveObserved:
            since[entry.fact.account] = [entry.version]
        else:
            since.setdefault(entry.fact.account, []).append(entry.version)
    return [*(entry.version for entry in openings), *(version for versions in since.values() for version in versions)]


def _undone(book: Book, entry: Entry) -> bool:
    posting = book.lines[entry.fact.line].postings.get(entry.version)
    return posting is not None and posting.reversed_by is not None


def _draws(kinds: Kinds, since: int) -> list[Flow]:
    """Draws after a day less what was reversed of them, by date."""
    drawn, reversals = kinds.get(events.DrawnDown, ()), kinds.get(events.DrawReversed, ())
    left = {entry.version: entry.fact.amount for entry in drawn} if reversals else {}
    if reversals:
        _take_back(left, sorted([*drawn, *reversals]))
    flows = [
        Flow(entry.version, entry.day, left.get(entry.version, entry.fact.amount), entry.fact.line)
        for entry in drawn
        if entry.day > since
    ]
    return sorted(flows, key=lambda flow: (flow.day, flow.version))


def _take_back(left: dict[int, int], moves: Iterable[Entry]) -> None:
    """Take each reversal off the draw or loan it names, or off the latest draws before it if it names none."""
    made: dict[str, list[Entry]] = {}
    for entry in moves:
        fact = entry.fact
        if type(fact) is events.DrawnDown:
            made.setdefault(fact.line, []).append(entry)
            continue
        named, back = fact.fact is not None or fact.loan is not None, fact.amount
        for draw in reversed(made.get(fact.line, ())):
            if not named or draw.version == fact.fact or (fact.loan is not None and draw.fact.loan == fact.loan):
                part = min(back, left[draw.version])
                left[draw.version] -= part
                back -= part
