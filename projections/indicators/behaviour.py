"""What happened over the last months: borrowing to repay, new credit, limits that fell.

Source: domain.md section 6. Oracle O17.
"""

from collections.abc import Iterable
from fractions import Fraction
from itertools import islice

import msgspec

from ledger import events
from ledger.book import Book
from ledger.calendar import add_months
from ledger.timeline import Entry
from ledger.traces import LimitChange
from projections.indicators.basis import Basis
from projections.indicators.measure import Measure, ratio
from projections.limit_changes import standing


class Flow(msgspec.Struct, kw_only=True):
    """A draw or a repayment as far as it is not yet matched. Units: minor units; `day` an ordinal."""

    version: int
    day: int
    left: int


def rollover(basis: Basis) -> Measure:
    """The share of repayments that draws around them match.

    A draw matches a repayment within 7 days before or after it, on any line, each yuan once. Taking repayments by
    date, each with the earliest draws within its reach, matches as much as can be matched.
    """
    since = basis.day - basis.window("rollover", "days")
    reach = basis.window("rollover", "within_days")
    repayments, draws = _repayments(basis, since=since), _draws(basis, since=since - reach)
    repaid, facts = sum([flow.left for flow in repayments]), {flow.version for flow in repayments}
    matched, drawn = _matched(repayments, draws, reach=reach)
    facts |= drawn
    inputs = {"drawn_again": basis.money(matched), "repaid": basis.money(repaid)}
    return ratio(matched, repaid, inputs=inputs, facts=facts | _around_reversals(basis, facts))


def _matched(repayments: list[Flow], draws: list[Flow], *, reach: int) -> tuple[int, set[int]]:
    """How much of repayments, by date, the earliest draws within reach of each match; and which draws do."""
    matched, drawn, first = 0, set[int](), 0
    for repayment in repayments:
        while first < len(draws) and (not draws[first].left or draws[first].day < repayment.day - reach):
            first += 1  # used up, or too early for this and for every later repayment
        for draw in islice(draws, first, None):
            if draw.day > repayment.day + reach or not repayment.left:
                break
            part = min(repayment.left, draw.left)
            if part:
                matched, repayment.left, draw.left = matched + part, repayment.left - part, draw.left - part
                drawn.add(draw.version)
    return matched, drawn


def _repayments(basis: Basis, *, since: int) -> list[Flow]:
    """Posted repayments after a day that were not reversed, by date."""
    return [
        Flow(version=entry.version, day=entry.day, left=entry.fact.amount)
        for entry in basis.kinds.get(events.RepaymentPosted, ())
        if entry.day > since and not _undone(basis.book, entry)
    ]


def _undone(book: Book, entry: Entry) -> bool:
    posting = book.lines[entry.fact.line].postings.get(entry.version)
    return posting is not None and posting.reversed_by is not None


def _draws(basis: Basis, *, since: int) -> list[Flow]:
    """Draws after a day less what was reversed of them, by date."""
    drawn, reversals = basis.kinds.get(events.DrawnDown, []), basis.kinds.get(events.DrawReversed, [])
    if reversals:
        flows = [flow for flow in _less_reversed([*drawn, *reversals]) if flow.day > since]
    else:
        flows = [
            Flow(version=entry.version, day=entry.day, left=entry.fact.amount) for entry in drawn if entry.day > since
        ]
    flows.sort(key=lambda flow: (flow.day, flow.version))
    return flows


def _less_reversed(moves: Iterable[Entry]) -> list[Flow]:
    made: dict[str, list[tuple[Flow, str | None]]] = {}
    for entry in sorted(moves):
        fact = entry.fact
        if type(fact) is events.DrawnDown:
            flow = Flow(version=entry.version, day=entry.day, left=fact.amount)
            made.setdefault(fact.line, []).append((flow, fact.loan))
        else:
            _take_back(fact, made.get(fact.line, []))
    return [flow for flows in made.values() for flow, _ in flows]


def _take_back(fact: events.DrawReversed, made: list[tuple[Flow, str | None]]) -> None:
    """Take a reversal off the draw or loan it names, or off the latest draws if it names none."""
    named = fact.fact is not None or fact.loan is not None
    left = fact.amount
    for flow, loan in reversed(made):
        if not named or flow.version == fact.fact or (fact.loan is not None and loan == fact.loan):
            part = min(left, flow.left)
            flow.left, left = flow.left - part, left - part


def _around_reversals(basis: Basis, facts: set[int]) -> set[int]:
    """On a line where draws were reversed, all draws and reversals: what is left of one depends on the others."""
    reversals = basis.kinds.get(events.DrawReversed, [])
    if not reversals:
        return set()
    cited = {entry.fact.line for entry in basis.known if entry.version in facts}
    reversed_on = {entry.fact.line for entry in reversals} & cited
    moves = [*basis.kinds.get(events.DrawnDown, []), *reversals]
    return {entry.version for entry in moves if entry.fact.line in reversed_on}


def credit_velocity(basis: Basis) -> Measure:
    """New lenders and inquiries of the last months."""
    found = basis.sought
    inputs = {"new_lenders": str(found.lenders), "inquiries": str(found.inquiries)}
    return Measure(value=Fraction(found.count), inputs=inputs, facts=found.facts)


def limit_instability(basis: Basis) -> Measure:
    """Decreases and freezes of the last months, stated or inferred."""
    since = add_months(basis.day, -basis.window("limit_instability", "months"))
    changes = [
        (line.name, change)
        for line in basis.lines
        for change in standing(line)
        if basis.book.zone.day(change.at) > since
    ]
    fell = [(name, change) for name, change in changes if _fell(change)]
    frozen = [(name, change) for name, change in changes if change.kind == "frozen"]
    return Measure(
        value=Fraction(len(fell) + len(frozen)),
        inputs={"decreases": str(len(fell)), "freezes": str(len(frozen))},
        topics=tuple(dict.fromkeys(f"line:{name}" for name, _ in (*fell, *frozen))),
    )


def _fell(change: LimitChange) -> bool:
    """A stated lowering counts by its word: where no limit was known before it, no smaller number shows it."""
    return change.kind == "lowered" or (
        change.kind in ("inferred", "granted", "raised") and change.limit_after < change.limit_before
    )
