"""Which facts a measure stands on: those that, folded alone, give the same number."""

from collections.abc import Iterable

from ledger.calendar import month_of
from ledger.reserve import MonthlyFlow
from projections.indicators.basis import Basis
from projections.indicators.measure import Measure


def evidence(basis: Basis, measure: Measure) -> tuple[int, ...]:
    """The versions of the facts a measure stands on, in order."""
    found = basis.cited.get(measure.topics)
    if found is None:
        found = basis.cited[measure.topics] = tuple(sorted(_told_by(basis, measure.topics)))
    return tuple(sorted({*found, *measure.facts})) if measure.facts else found


def _told_by(basis: Basis, topics: Iterable[str]) -> set[int]:
    found: set[int] = set()
    for topic in topics:
        kind, _, name = topic.partition(":")
        match kind:
            case "income":
                found.update(_flow(basis, basis.book.income))
            case "essentials":
                found.update(_flow(basis, basis.book.essentials))
            case "reserves":
                found.update(basis.known.balances)
            case "new_credit":
                found.update(_new_credit(basis))
            case "line":
                found.update(_line(basis, name))
            case _:
                raise AssertionError(f"no facts are known for the topic {topic!r}")
    return found


def _flow(basis: Basis, flow: MonthlyFlow) -> Iterable[int]:
    """The declaration that stands, else the movements of the months that the mean is taken over."""
    if flow.declared_by is not None:
        return (flow.declared_by,)
    return [version for month in flow.months_counted(month_of(basis.day)) for version in flow.seen_by[month]]


def _new_credit(basis: Basis) -> Iterable[int]:
    """What counts as new credit, and the openings that tell which lenders are not new."""
    return [*(one.version for one in basis.known.requests if one.lender is not None), *basis.sought.facts]


def _line(basis: Basis, name: str) -> Iterable[int]:
    """Everything recorded on a line and on those that share its limit; without one fact the others read otherwise."""
    line = basis.book.lines.get(name)
    names = (name, *(peer.name for peer in line.peers)) if line is not None else (name,)
    return [version for each in names for version in basis.known.on_lines.get(each, ())]
