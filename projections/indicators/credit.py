"""How the credit lines are used, and whom the household depends on.

Source: domain.md section 6. Oracle O14.
"""

from collections.abc import Iterable, Sequence
from typing import final

from ledger.line import Line
from ledger.money import Quotient
from projections.debt import lender_group
from projections.indicators.basis import Basis, limit_missing
from projections.indicators.measure import Measure, missing, ratio
from projections.liquidity import undrawn


@final
class Pool:
    """Revolving lines that share one limit; most often a single line. A credit balance is zero debt.

    Units: minor units.
    """

    __slots__ = ("drawn", "limit", "lines", "name")

    def __init__(self, name: str, lines: list[Line]) -> None:
        self.name = name
        self.lines = lines
        self.drawn = sum([max(0, line.drawn) for line in lines])
        self.limit = lines[0].limit

    @property
    def limit_missing(self) -> bool:
        return limit_missing(self.lines[0])

    @property
    def topics(self) -> list[str]:
        return [f"line:{line.name}" for line in self.lines]


def pools(lines: Iterable[Line]) -> tuple[Pool, ...]:
    """The revolving ones among lines, those that share a limit together."""
    members: dict[str, list[Line]] = {}
    for line in lines:
        if line.terms.revolving:
            members.setdefault(line.root.name, []).append(line)
    return tuple([Pool(name, lines) for name, lines in members.items()])


def utilisation(basis: Basis) -> Measure:
    """What is drawn on revolving lines against their limits."""
    found = pools(basis.lines)
    absent = [f"limit:{pool.name}" for pool in found if pool.limit_missing]
    if absent:
        return missing(absent)
    return _used(basis, found, subject=None)


def utilisation_worst(basis: Basis) -> Measure:
    """The same for the line, or the lines with one limit, that is used most."""
    found = pools(basis.lines)
    used = [pool for pool in found if pool.drawn]
    absent = [f"limit:{pool.name}" for pool in used if pool.limit_missing]
    if absent:
        return missing(absent)
    if not used:
        return _used(basis, found, subject=None)
    # A pool without any limit is used beyond all bounds; among several, the one that is drawn most.
    worst = max(used, key=lambda pool: (not pool.limit, Quotient(pool.drawn, pool.limit or 1)))
    return _used(basis, (worst,), subject=worst.name)


def used(found: Sequence[Pool]) -> tuple[int, int]:
    """What is drawn on some pools, and their limits. Units: minor units."""
    return sum([pool.drawn for pool in found]), sum([pool.limit for pool in found])


def _used(basis: Basis, found: tuple[Pool, ...], *, subject: str | None) -> Measure:
    drawn, limit = used(found)
    topics = tuple([topic for pool in found for topic in pool.topics])
    inputs = {"drawn": basis.money(drawn), "limit": basis.money(limit)}
    return ratio(drawn, limit, inputs=inputs, topics=topics, subject=subject)


def short_term_share(basis: Basis) -> Measure:
    """What falls due within 12 months, as a share of debt."""
    due, debt = basis.owed.due_12_months, basis.owed.total
    inputs = {"due_12_months": basis.money(due), "debt": basis.money(debt)}
    return ratio(due, debt, inputs=inputs, topics=basis.owing)


def revocable_dependence(basis: Basis) -> Measure:
    """How much of what could be laid hands on is credit that a lender may withdraw."""
    revocable = [line for line in basis.lines if line.terms.revocable]
    absent = [f"limit:{line.root.name}" for line in revocable if line.usable and limit_missing(line)]
    if basis.reserve_missing or absent:
        return missing((*basis.reserve_missing, *absent))
    credit, own = undrawn(revocable), basis.reserve.total
    inputs = {"undrawn": basis.money(credit), "reserve": basis.money(own)}
    topics = ("reserves", *[f"line:{line.name}" for line in revocable])
    return ratio(credit, own + credit, inputs=inputs, topics=topics)


def largest_lender(basis: Basis) -> Measure:
    """The share of unsecured principal that is owed to the largest lender group."""
    if basis.spread is None:
        return ratio(0, 0, inputs={})
    unsecured = [line for line in basis.lines if not line.terms.secured and line.loans.principal > 0]
    groups = basis.spread.amounts["lender"]
    largest = max(sorted(groups), key=lambda group: groups[group])
    inputs = {"owed_to_it": basis.money(groups[largest]), "principal": basis.money(sum(groups.values()))}
    topics = tuple([f"line:{line.name}" for line in unsecured])
    return Measure(basis.spread.dimensions["lender"].largest, inputs, topics, subject=largest)


def diversification(basis: Basis) -> Measure:
    """How spread the unsecured financing is. Units: points of 100."""
    if basis.spread is None:
        return ratio(0, 0, inputs={})
    lines = [line for line in basis.lines if not line.terms.secured and line.loans.principal > 0]
    groups = {lender_group(line) for line in lines}
    topics = ("new_credit", *[f"line:{line.name}" for line in lines])
    return Measure(basis.spread.value, {"lender_groups": str(len(groups))}, topics)


def days_past_due(basis: Basis) -> Measure:
    """How late the latest payment is, on the worst line."""
    days = {line.name: line.loans.days_past_due(basis.day) for line in basis.lines}
    worst = max(sorted(days), key=lambda name: days[name], default=None)
    if worst is None or not days[worst]:
        return Measure(Quotient(0), {})
    overdue = basis.book.lines[worst].loans.overdue(basis.day)
    inputs = {"overdue": basis.money(overdue)}
    return Measure(Quotient(days[worst]), inputs, (f"line:{worst}",), subject=worst)
