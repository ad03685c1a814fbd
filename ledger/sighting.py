"""What an observation tells, and the first of its kind: the opening value of what nothing set before.

Source: domain.md section 3, "An observation".
"""

from collections.abc import Collection
from typing import Final, Literal, TypeAlias, get_args

from ledger.line import Line
from ledger.timeline import Entry
from ledger.traces import Opening, Residual

Quantity: TypeAlias = Literal["limit", "drawn", "available"]
QUANTITIES: Final[tuple[Quantity, ...]] = get_args(Quantity)


def what_was_seen(line: Line, entry: Entry) -> dict[Quantity, int]:
    """What was seen; where only principal counts, a balance beyond the debt is nothing drawn."""
    seen = {quantity: getattr(entry.fact, quantity) for quantity in QUANTITIES}
    found = {quantity: value for quantity, value in seen.items() if value is not None}
    if found.get("drawn", 0) < 0 and line.terms.limit_basis == "principal_only":
        found["drawn"] = 0
    return found


def beyond_the_debt(line: Line, entry: Entry) -> None:
    """A balance seen beyond the debt is overpaid, as far as the book does not know it already."""
    if entry.fact.drawn >= 0 or line.terms.limit_basis != "principal_only":
        return
    known = sum(one.amount for one in line.residuals if one.kind == "overpaid")
    if -entry.fact.drawn > known:
        line.residuals.append(Residual(kind="overpaid", amount=-entry.fact.drawn - known, facts=(entry.version,)))


def open_values(line: Line, entry: Entry, seen: dict[Quantity, int]) -> None:
    """The first observation of a quantity that nothing set before is its opening value, not a change."""
    root = line.root
    limit_by: Literal["limit", "available"] | None = None
    if root.permanent is None and "limit" in seen:
        limit_by = "limit"
        _open_limit(line, entry, seen["limit"])
    drawn = None if line.drawn_known else seen.get("drawn")
    if drawn:
        line.loans.adjust(drawn, version=entry.version, day=entry.day)
        line.move(entry.at, "other", -drawn, (entry.version,))
    if root.permanent is None and "available" in seen:
        limit_by = "available"
        _open_limit(line, entry, seen["available"] + line.drawn + line.held + line.shared_used)
    if limit_by is not None or drawn is not None:
        line.openings[entry.version] = Opening(limit_by=limit_by, drawn=drawn)


def take_back_opening(line: Line, entry: Entry, contested: Collection[Quantity], *, at: int) -> None:
    """What another source contradicts at the same time opens nothing."""
    opened, cited = line.openings.get(entry.version), (entry.version,)
    if opened is None:
        return
    if opened.limit_by in contested:
        line.root.set_limits(at, cited, permanent=None)
        opened = Opening(drawn=opened.drawn)
    if opened.drawn is not None and "drawn" in contested:
        line.loans.adjust(-opened.drawn, version=entry.version, day=entry.day)
        line.move(at, "other", opened.drawn, cited)
        line.drawn_known = False
        opened = Opening(limit_by=opened.limit_by)
    line.openings[entry.version] = opened


def _open_limit(line: Line, entry: Entry, limit: int) -> None:
    root = line.root
    root.set_limits(entry.at, (entry.version,), permanent=max(0, limit - root.own_temporary))
