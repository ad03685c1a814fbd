"""What changes a line's limit or whether it can be used: grants, cuts, temporary limits, freezes, closures, terms.

Source: domain.md section 2.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

import msgspec

from ledger import events
from ledger.calendar import When, Zone
from ledger.line import Line, loan_terms
from ledger.observation import (
    explained_by_statement,
    foresee_pool,
    mark_today,
    reconsider,
    replace_by_statement,
    settle_limit,
)
from ledger.timeline import Entry
from ledger.traces import ChangeKind, LimitChange, Temporary


class Household(Protocol):
    """What the rules of a line need of the book around it."""

    lines: dict[str, Line]
    zone: Zone

    def schedule(self, at: int, happen: "Happening", line: Line, entry: Entry) -> None: ...


Happening: TypeAlias = Callable[[Line, Entry, int], None]
"""What happens to a line by itself at an instant, because of a fact."""


def granted(_: Household, line: Line, entry: Entry) -> None:
    """A limit was granted; a line that was closed or had expired is open again."""
    if _says_what_was_seen(line, entry, "granted"):
        return
    before = _before(line)
    usable = line.usable
    line.set_limits(entry.at, (entry.version,), permanent=entry.fact.limit, closed=False, expired=False)
    line.turn(entry.at, "reopened", (entry.version,), was_usable=usable)
    _state_change(line, entry, "granted", before)


def restated(_: Household, line: Line, entry: Entry) -> None:
    """The lender raised or lowered the permanent limit, or stated what an observation had already shown."""
    kind: ChangeKind = "raised" if isinstance(entry.fact, events.LimitRaised) else "lowered"
    if _says_what_was_seen(line, entry, kind):
        return
    before = _before(line)
    line.set_limits(entry.at, (entry.version,), permanent=entry.fact.limit)
    _state_change(line, entry, kind, before)


def _says_what_was_seen(line: Line, entry: Entry, kind: ChangeKind) -> bool:
    """Whether a statement explains what an observation had shown: what was seen is the stated change from now on."""
    inference = explained_by_statement(line, entry, entry.fact.limit)
    if inference is None or inference.change is None:
        return False
    limit, available = inference.change.limit_before, inference.change.available_before
    replace_by_statement(line, inference, entry)
    _state_change(line, entry, kind, (limit, available))
    return True


def temporary(book: Household, line: Line, entry: Entry) -> None:
    """A temporary limit holds until its end, and then ends by itself."""
    granted_until = book.zone.first_invalid(entry.fact.until)
    if granted_until <= entry.at:
        return
    before = _before(line)
    temporary_limit = Temporary(entry.fact.amount, granted_until, entry.version)
    line.set_limits(entry.at, (entry.version,), temporaries=[*line.temporaries, temporary_limit])
    _state_change(line, entry, "temporary_granted", before)
    book.schedule(granted_until, _end_temporary, line, entry)


def _end_temporary(line: Line, entry: Entry, at: int) -> None:
    left = [one for one in line.temporaries if one.version != entry.version]
    if len(left) < len(line.temporaries):
        before = _before(line)
        line.set_limits(at, (entry.version,), temporaries=left)
        _note(line, "temporary_expired", entry, before, at=at, on=at)


def frozen(_: Household, line: Line, entry: Entry) -> None:
    """The line cannot be used; its limit stands."""
    before = _before(line)
    usable, line.frozen = line.usable, True
    line.turn(entry.at, "frozen", (entry.version,), was_usable=usable)
    _state_change(line, entry, "frozen", before)


def thawed(_: Household, line: Line, entry: Entry) -> None:
    """The line can be used again."""
    before = _before(line)
    usable, line.frozen = line.usable, False
    line.turn(entry.at, "thawed", (entry.version,), was_usable=usable)
    _state_change(line, entry, "thawed", before)


def closed(_: Household, line: Line, entry: Entry) -> None:
    """The line was closed: no limit, no temporary limits; what is owed stays owed."""
    before, usable = _before(line), line.usable
    line.set_limits(entry.at, (entry.version,), kind="closed", closed=True)
    line.turn(entry.at, "closed", (entry.version,), was_usable=usable)
    line.temporaries = []
    _state_change(line, entry, "closed", before)


def noted(_: Household, line: Line, entry: Entry) -> None:
    """A request of the household changes nothing by itself."""
    del line, entry


def new_terms(book: Household, line: Line, entry: Entry) -> None:
    """Terms changed; a field left out keeps its value, except in a line that is opened anew."""
    changed = entry.fact
    names = [name for name in events.LineTermsChanged.__struct_fields__ if name in events.LineOpened.__struct_fields__]
    given = {name: getattr(changed, name) for name in names if name not in ("effective", "key", "source", "line")}
    if isinstance(changed, events.LineTermsChanged):
        given = {name: value for name, value in given.items() if value is not None}
    roots = {name: one.root for name, one in book.lines.items()}
    if "shared_with" in given or "limit_basis" in given:
        _expect(book, line, entry, shared_with=given.get("shared_with"))
    line.terms = msgspec.structs.replace(line.terms, **given)
    before = line.drawn
    line.loans.set_terms(loan_terms(line.terms), day=entry.day)
    if line.drawn != before:  # another basis counts another balance
        line.move(entry.at, "other", before - line.drawn, (entry.version,))
        line.settle(entry.at, entry.version)
    if "shared_with" in given:
        pool(book, at=entry.at, version=entry.version)
    if "valid_until" in given:
        if line.expired:
            line.set_limits(entry.at, (entry.version,), expired=False)
            line.turn(entry.at, "extended", (entry.version,), was_usable=False)
        watch_validity(book, line, line.terms.valid_until, entry=entry)
    for name, root in roots.items():
        if book.lines[name].root is root:
            reconsider(book.lines[name], entry)


def _expect(book: Household, line: Line, entry: Entry, *, shared_with: str | None) -> None:
    """Another pool or basis may be what somebody saw on a day, before the fact of that day or after it."""
    other = book.lines.get(shared_with) if shared_with is not None else None
    if entry.bare:
        mark_today(line, entry)
        if other is not None:
            mark_today(other, entry)
    if other is not None:
        foresee_pool(line, line if other is line else other.root, entry)


def watch_validity(book: Household, line: Line, valid_until: When | None, *, entry: Entry | None) -> None:
    """Let the line expire when its validity ends, unless other terms hold by then."""
    if valid_until is not None and entry is not None:
        book.schedule(book.zone.first_invalid(valid_until), _expire, line, entry)


def _expire(line: Line, entry: Entry, at: int) -> None:
    if line.terms.valid_until == entry.fact.valid_until and not line.expired:
        before, usable = _before(line), line.usable
        line.set_limits(at, (entry.version,), expired=True)
        line.turn(at, "expired", (entry.version,), was_usable=usable)
        _note(line, "expired", entry, before, at=at, on=at)


def pool(book: Household, *, at: int, version: int) -> None:
    """Find anew which lines share a limit, and note what that moves on lines that were in use before."""
    before = {name: (line.limit, line.shared_used) for name, line in book.lines.items()}
    roots = {name: _root(book, line) for name, line in book.lines.items()}
    for name, line in book.lines.items():
        line.root = roots[name]
        line.peers = tuple(
            other for other in book.lines.values() if other is not line and roots[other.name] is line.root
        )
    for name, line in book.lines.items():
        limit, used = before[name]
        _moved_into_pool(line, at, version, limit=line.limit - limit, used=line.shared_used - used)


def _moved_into_pool(line: Line, at: int, version: int, *, limit: int, used: int) -> None:
    """Another pool means another limit and another shared use; these steps are the line's alone."""
    peers, root, line.peers, line.root = line.peers, line.root, (), line
    line.move_limit(at, "limit", limit, (version,))
    line.move(at, "shared", -used, (version,))
    line.peers, line.root = peers, root


def _root(book: Household, line: Line) -> Line:
    """The line at the end of the chain of shared limits. A circle, which facts that are not of one time or a voiding
    may close, has no end: the first of its lines by name is the root of all.
    """
    seen = [line.name]
    following = line.terms.shared_with
    while following is not None and following in book.lines:
        if following in seen:
            return book.lines[min(seen[seen.index(following) :])]
        seen.append(following)
        following = book.lines[following].terms.shared_with
    return book.lines[seen[-1]]


def _before(line: Line) -> tuple[int, int]:
    return line.limit, line.available


def _state_change(line: Line, entry: Entry, kind: ChangeKind, before: tuple[int, int]) -> None:
    line.inference = None  # what was seen before this no longer tells what should be seen
    if kind not in ("frozen", "thawed", "temporary_granted"):
        line.limit_seen = line.limit_seen_before = entry.fact.effective
        settle_limit(line, entry.at)
    _note(line, kind, entry, before, at=entry.at, on=entry.fact.effective)


def _note(line: Line, kind: ChangeKind, entry: Entry, before: tuple[int, int], *, at: int, on: When) -> None:
    line.changes.append(
        LimitChange(
            kind=kind,
            version=entry.version,
            at=at,
            limit_before=before[0],
            limit_after=line.limit,
            available_before=before[1],
            available_after=line.available,
            since=on,
            until=on,
            recorded_at=entry.recorded_at,
            facts=(entry.version,),
        )
    )
