"""What each credit line has cost a year, all in: the rate at which what was paid and is owed is worth what was drawn.

Interest, fees and penalties count by being paid or owed, whatever they were called, so a cheap headline with a dear fee
shows. It is the cost so far, as if what is owed now were paid now. Informs only, and is no judgement of legality.

Limits: none is told of a line on which something was drawn or paid that the books cannot explain, since it belongs to
flows that they do not have; of one shorter than a month, since a day's rounding would be a year's percent; or where
no rate fits the flows.
Source: domain.md section 4, "All-in cost".
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Final

import msgspec

from ledger import events
from ledger.book import Book
from ledger.cost import Flow, dated_cost
from ledger.line import Line
from ledger.money import ratio_text
from ledger.timeline import Entry
from projections.bridge import fact_ids
from projections.debt import owed_on

SHORTEST_DAYS: Final = 30
_INCOMPLETE: Final = ("unexplained", "overpaid")


class AllInCost(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of one line a year, as fractions: `nominal` is the monthly rate times 12, `effective` compounds it.

    Shape: `since` is the day of the first flow and `drawn_on` that of the latest draw, as ordinals; `facts` are the
    versions of all flows.
    """

    line: str
    nominal: Fraction
    effective: Fraction
    since: int
    drawn_on: int
    facts: tuple[int, ...]


class AllInCostAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of a line as it is shown. Units: fractions a year; `since` a date."""

    nominal_x12: str
    effective: str
    since: str
    facts: tuple[str, ...]


def all_in_costs(book: Book) -> dict[str, AllInCost]:
    """The cost of every line of which it can be told, in the order of the book's lines."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in book.timeline.entries:
        if entry.at > book.at:
            break
        if isinstance(entry.fact, events.LineFact):
            entries[entry.fact.line].append(entry)
    costs = (_cost(line, entries[line.name], day=book.day) for line in book.lines.values())
    return {cost.line: cost for cost in costs if cost is not None}


def answer(cost: AllInCost, *, household: str) -> AllInCostAnswer:
    """The cost of a line in the contract's manner."""
    return AllInCostAnswer(
        nominal_x12=ratio_text(cost.nominal),
        effective=ratio_text(cost.effective),
        since=date.fromordinal(cost.since).isoformat(),
        facts=fact_ids(household, cost.facts),
    )


def _cost(line: Line, entries: list[Entry], *, day: int) -> AllInCost | None:
    if any(residual.kind in _INCOMPLETE for residual in line.residuals):
        return None
    flows, cited, drawn_on = _flows(line, entries)
    if not drawn_on:
        return None
    owed = owed_on(line, day=day).total
    flows = _paid_for_good(flows, line.loans.credit_balance)
    if owed:
        flows.append(Flow(day, -owed))
    days = [flow.period for flow in flows]
    if max(days) - min(days) < SHORTEST_DAYS:
        return None
    cost = dated_cost(flows)
    if cost is None:
        return None
    return AllInCost(
        line=line.name,
        nominal=cost.nominal,
        effective=cost.effective,
        since=min(days),
        drawn_on=drawn_on,
        facts=tuple(sorted(cited)),
    )


def _flows(line: Line, entries: Iterable[Entry]) -> tuple[list[Flow], set[int], int]:
    """What was received and paid on a line, by which facts, and when something was last drawn."""
    flows: list[Flow] = []
    cited: set[int] = set()
    drawn_on = 0
    reversals: dict[int, int] = defaultdict(int)
    for entry in entries:
        amount = _received(line, entry)
        posting = line.postings.get(entry.version)
        if posting is not None and posting.reversed_by is not None:
            reversals[posting.reversed_by] += entry.fact.amount
        if amount:
            flows.append(Flow(entry.day, amount))
            cited.add(entry.version)
            drawn_on = max(drawn_on, entry.day) if amount > 0 else drawn_on
    for entry in entries:
        if entry.version in reversals:
            flows.append(Flow(entry.day, reversals[entry.version]))
            cited.add(entry.version)
    return flows, cited, drawn_on


def _received(line: Line, entry: Entry) -> int:
    """What the household got by a fact, below zero what it gave. An opening balance counts as drawn when seen."""
    match entry.fact:
        case events.DrawnDown(amount=amount):
            return amount
        case events.DrawReversed(amount=amount) | events.RepaymentPosted(amount=amount):
            return -amount
        case events.LimitObserved() if (opened := line.openings.get(entry.version)) is not None:
            return opened.drawn or 0
        case _:
            return 0


def _paid_for_good(flows: list[Flow], credit: int) -> list[Flow]:
    """The flows without what the lender still holds of the household's, the latest payments first."""
    kept: list[Flow] = []
    for flow in reversed(flows):
        own = min(credit, -flow.amount) if flow.amount < 0 else 0
        credit -= own
        kept.append(Flow(flow.period, flow.amount + own))
    return kept[::-1]
