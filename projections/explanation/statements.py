"""What the lender itself said about a change: the only way to a reason that is more than an indication.

Source: domain.md section 7, grade E4.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger import events
from ledger.calendar import DAY
from ledger.codes import ReasonCode
from ledger.timeline import Entry
from ledger.traces import LimitChange
from ledger.vocabulary import NoticeKind
from projections.explanation.case import Case
from projections.explanation.findings import Finding
from projections.explanation.system_causes import on

MEANT: Final[dict[NoticeKind, ReasonCode]] = {
    "policy_tightening": "P02", "outage": "S06", "partner_change": "P03", "product_migration": "P04",
    "macro": "R04", "data_error": "S07", "use_of_funds": "U09", "profile": "U11",
}  # fmt: skip
"""The code a kind of statement or notice speaks of, where none is named."""

SPOKEN_FOR: Final = frozenset({"S06", "U09", "P02"})
"""Codes that a notice of the platform states as the lender would; other notices are indications."""

_CAN_BE_REASONED: Final = (
    events.LimitRaised,
    events.LimitLowered,
    events.LineFrozen,
    events.LineThawed,
    events.LineClosed,
)


class Statement(NamedTuple):
    """A reason somebody stated, and the fact that says so."""

    code: ReasonCode
    entry: Entry


def code_of(entry: Entry) -> ReasonCode | None:
    """The code a statement or notice speaks of."""
    fact = entry.fact
    code: ReasonCode | None = fact.reason_code
    return code or (MEANT.get(fact.kind) if fact.kind else None)


def stated(case: Case, facts: tuple[int, ...], change: LimitChange | None) -> tuple[Statement, ...]:
    """The reasons stated for a move: by its own facts, else by the lender near a change of the line."""
    own = tuple(
        Statement(case.fact(version).reason_code, case.entries[version])
        for version in facts
        if isinstance(case.fact(version), _CAN_BE_REASONED) and case.fact(version).reason_code
    )
    return own + (tuple(_about(case, change)) if change is not None else ())


def _about(case: Case, change: LimitChange) -> Iterator[Statement]:
    """Statements nearer to this change of the line than to any other of its kind."""
    downward = [one for line in case.pool for one in line.changes if one.replaced_by is None and is_downward(one)]
    for entry in case.facts(events.LenderStated, events.PlatformNoticed, until=None):
        code = code_of(entry)
        if code is None or not _concerns(case, entry):
            continue
        if isinstance(entry.fact, events.PlatformNoticed) and code not in SPOKEN_FOR:
            continue
        if _in_time(case, entry, change) and _nearest(case, entry, downward or [change]) is change:
            yield Statement(code, entry)


def _concerns(case: Case, entry: Entry) -> bool:
    line: str | None = entry.fact.line
    if line is not None:
        return line in {one.name for one in case.pool}
    return bool(entry.fact.lender in (case.line.terms.lender, case.line.terms.lender_group))


def _in_time(case: Case, entry: Entry, change: LimitChange) -> bool:
    start = case.zone.day_of(change.since) - case.rules.facts_before_days
    return start <= entry.day <= case.zone.day(change.at) + case.rules.statement_after_days


def _nearest(case: Case, entry: Entry, changes: list[LimitChange]) -> LimitChange:
    """The change a statement is about: the nearest in time; of two as near, the earlier."""

    def distance(change: LimitChange) -> tuple[int, int]:
        start, end = case.zone.at(change.since), case.zone.last_moment(change.until)
        return max(0, (start - entry.at) // DAY, (entry.at - end) // DAY), change.at

    return min(changes, key=distance)


def is_downward(change: LimitChange) -> bool:
    """Whether a change took credit away."""
    if change.kind in ("frozen", "closed", "expired", "temporary_expired"):
        return True
    return change.kind in ("lowered", "inferred") and change.limit_after < change.limit_before


def lender_stated(case: Case, statements: tuple[Statement, ...], *, at: int) -> Finding | None:
    """The stated reason, where the lender gave one and did not contradict itself."""
    if not statements or contradicted(statements):
        return None
    latest = statements[-1]
    figures = {"on": on(case, latest.entry.version)}
    return Finding(code=latest.code, grade="E4", facts=(latest.entry.version,), at=at, say="stated", figures=figures)


def contradicted(statements: tuple[Statement, ...]) -> bool:
    """Whether different reasons were stated for one change."""
    return len({one.code for one in statements}) > 1
