"""Every change of a line's limit or usability: stated by a fact, or inferred from what somebody saw.

Source: domain.md section 3; contract.md section 4, `changes`.
"""

import msgspec

from ledger.book import Book
from ledger.calendar import Zone
from ledger.line import Line
from ledger.money import amount_text
from ledger.traces import ChangeKind, LimitChange
from projections.bridge import fact_ids


class Change(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """A limit change as the contract shows it.

    Shape: `since` = `until` for a dated fact; for an inferred change they are the interval in which it happened.
    Added to the contract: `available_from`, `available_to` (what could be borrowed before and after), `ambiguous`
    (a hold or a freeze nobody recorded would look the same).
    """

    id: str
    line: str
    kind: ChangeKind
    before: str
    after: str
    available_from: str
    available_to: str
    ambiguous: bool
    since: str
    until: str
    recorded_at: str
    facts: tuple[str, ...]


def standing(line: Line) -> tuple[LimitChange, ...]:
    """The changes of a line, without inferred ones that a stated fact later explained."""
    return tuple([change for change in line.changes if change.replaced_by is None])


def change_id(household: str, change: LimitChange) -> str:
    """The id of a change: its fact's, with ":expired" for an end that came by itself."""
    ended = change.kind in ("temporary_expired", "expired")
    return f"{household}:{change.version}" + (":expired" if ended else "")


def limit_changes(book: Book, *, household: str, line: str | None = None) -> tuple[Change, ...]:
    """The changes of one line or of all, in the order they happened. Raises: NotFound for an unknown line."""
    lines = [book.line(line)] if line is not None else list(book.lines.values())
    found = [(change.at, change.version, one.name, change) for one in lines for change in standing(one)]
    found.sort(key=lambda each: each[:3])
    return tuple(
        _answer(change, line=name, household=household, zone=book.zone, currency=book.currency)
        for _, _, name, change in found
    )


def _answer(change: LimitChange, *, line: str, household: str, zone: Zone, currency: str) -> Change:
    return Change(
        id=change_id(household, change),
        line=line,
        kind=change.kind,
        before=amount_text(change.limit_before, currency),
        after=amount_text(change.limit_after, currency),
        available_from=amount_text(change.available_before, currency),
        available_to=amount_text(change.available_after, currency),
        ambiguous=change.ambiguous,
        since=zone.text(change.since),
        until=zone.text(change.until),
        recorded_at=zone.text(change.recorded_at, microsecond=True),
        facts=fact_ids(household, change.facts),
    )
