"""What happened over the last months: borrowing to repay, new credit, limits that fell.

Source: domain.md section 6. Oracle O17.
"""

from collections.abc import Sequence

from ledger.calendar import add_months
from ledger.money import Quotient
from ledger.traces import LimitChange
from projections.indicators.basis import Basis
from projections.indicators.known import Flow, first_day
from projections.indicators.measure import Measure, ratio
from projections.limit_changes import standing


def rollover(basis: Basis) -> Measure:
    """The share of repayments that draws around them match.

    A draw matches a repayment within 7 days before or after it, on any line, each yuan once. Taking repayments by
    date, each with the earliest draws within its reach, matches as much as can be matched.
    """
    first, reach = first_day(basis.rules, basis.day), basis.window("rollover", "within_days")
    repayments = [flow for flow in basis.known.repayments if flow.day > first + reach]
    draws = [flow for flow in basis.known.draws if flow.day > first]
    repaid, facts = sum([flow.amount for flow in repayments]), {flow.version for flow in repayments}
    matched, drawn = _matched(repayments, draws, reach=reach)
    facts |= drawn
    lines = {flow.line for flow in (*repayments, *draws) if flow.version in facts}
    facts.update(version for line in lines for version in basis.known.around_reversals.get(line, ()))
    inputs = {"drawn_again": basis.money(matched), "repaid": basis.money(repaid)}
    return ratio(matched, repaid, inputs=inputs, facts=facts)


def _matched(repayments: Sequence[Flow], draws: Sequence[Flow], *, reach: int) -> tuple[int, set[int]]:
    """How much of repayments, by date, the earliest draws within reach of each match; and which draws do."""
    matched, drawn, first = 0, set[int](), 0
    days, left = [draw.day for draw in draws], [draw.amount for draw in draws]
    for repayment in repayments:
        unmatched, since, until = repayment.amount, repayment.day - reach, repayment.day + reach
        while first < len(days) and (not left[first] or days[first] < since):
            first += 1  # used up, or too early for this and for every later repayment
        for place in range(first, len(days)):
            if days[place] > until or not unmatched:
                break
            part = min(unmatched, left[place])
            if part:
                matched, unmatched, left[place] = matched + part, unmatched - part, left[place] - part
                drawn.add(draws[place].version)
    return matched, drawn


def credit_velocity(basis: Basis) -> Measure:
    """New lenders and inquiries of the last months."""
    found = basis.sought
    inputs = {"new_lenders": str(found.lenders), "inquiries": str(found.inquiries)}
    return Measure(Quotient(found.count), inputs, facts=found.facts)


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
        Quotient(len(fell) + len(frozen)),
        {"decreases": str(len(fell)), "freezes": str(len(frozen))},
        tuple(dict.fromkeys([f"line:{name}" for name, _ in (*fell, *frozen)])),
    )


def _fell(change: LimitChange) -> bool:
    """A stated lowering counts by its word: where no limit was known before it, no smaller number shows it."""
    return change.kind == "lowered" or (
        change.kind in ("inferred", "granted", "raised") and change.limit_after < change.limit_before
    )
