"""What the lender itself said about a change: the only way to a reason that is more than an indication.

Source: domain.md section 7, grade E4.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger import events
from ledger.calendar import DAY
from ledger.codes import ReasonCode
from ledger.line import Line
from ledger.timeline import Entry
from ledger.traces import LimitChange
from ledger.vocabulary import NoticeKind
from projections.bridge import Move
from projections.explanation.case import Case, Subject
from projections.explanation.findings import Finding
from projections.explanation.system_causes import on

MEANT: Final[dict[NoticeKind, ReasonCode]] = {
    "policy_tightening": "P02", "outage": "S06", "partner_change": "P03", "product_migration": "P04",
    "macro": "R04", "data_error": "S07", "use_of_funds": "U09", "profile": "U11",
}  # fmt: skip
"""The code a kind of statement or notice speaks of, where none is named."""

SPOKEN_FOR: Final = frozenset({"S06", "U09", "P02"})
"""Codes that a notice of the platform states as the lender would; other notices are indications."""

EVENTS: Final[frozenset[ReasonCode]] = frozenset({"S00", "P01", "P10", "P11", "X00", "X01"})
"""Codes that say what happened, or that nobody knows: no reason, also where somebody states them."""

_OF_A_RISE: Final[frozenset[ReasonCode]] = frozenset({"S03", "S06", "S07", "P03", "P04", "P12"})
"""Reasons that can be ones for more credit; all others take it away."""

_OF_A_SHORTAGE: Final[frozenset[ReasonCode]] = frozenset({"S01", "S02", "S03", "S06", "S07"})
"""Reasons that can be ones for less shown than the book says, where no limit fell."""

_OF_ONE_LINE: Final = frozenset({"frozen", "thawed", "closed", "expired"})

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


def stated(case: Case, move: Move, subject: Subject | None) -> tuple[Statement, ...]:
    """The reasons stated for a move: by its own facts, else by the lender near a change of the line or a shortage."""
    own = tuple(
        Statement(case.fact(version).reason_code, case.entries[version])
        for version in move.facts
        if tells_of_itself(case.fact(version)) and case.fact(version).reason_code not in (None, *EVENTS)
    )
    if subject is not None:
        return own + tuple(_stated_about(case, subject))
    return own + tuple(_short(case, move)) if move.kind == "inferred_hold" and move.amount < 0 else own


def heard(case: Case, subject: Subject) -> tuple[Entry, ...]:
    """What was said of a change, or with it, and names no reason that the rules know: to be quoted, never weighed."""
    said = [entry for entry in _said(case) if code_of(entry) in (None, *EVENTS)]
    own = [case.entries[version] for version in subject.change.facts if tells_of_itself(case.fact(version))]
    return (
        *(entry for entry in own if entry.fact.text and entry.fact.reason_code in (None, *EVENTS)),
        *_about(case, subject, said),
    )


def tells_of_itself(fact: events.Fact) -> bool:
    """Whether a fact is a change that can carry what was said of it."""
    return isinstance(fact, _CAN_BE_REASONED)


def _stated_about(case: Case, subject: Subject) -> Iterator[Statement]:
    stated = {one.entry.version: one for one in _spoken(case) if _can_be(one.code, subject.change)}
    for entry in _about(case, subject, [one.entry for one in stated.values()]):
        yield stated[entry.version]


def _about(case: Case, subject: Subject, said: list[Entry]) -> Iterator[Entry]:
    """Of what was said, what is nearer to this change than to any other of its kind that it may be about."""
    change = subject.change
    told = [entry for entry in said if _in_time(case, entry, change) and _concerns(case, entry, subject)]
    changes = _like(case, subject, until=max(entry.day for entry in told)) if told else []
    for entry in told:
        apart = entry.fact.line is None  # then it may be about any line of the lender
        own = [each for line, each in changes if _in_pool(case, line)]
        every = [each for line, each in changes if apart or _in_pool(case, line)]
        nearest = min(_distance(case, entry, each) for each in every)
        if _nearest(case, entry, own) == change and _distance(case, entry, change) == nearest:
            yield entry


def _short(case: Case, move: Move) -> Iterator[Statement]:
    """Statements of the system's side about a shortage that may be a hold, from the payment it may hold on."""
    seen = case.entries[move.facts[-1]]
    repaid = next((one.repaid for one in case.line.inferences if one.entry.version == seen.version), ())
    first = min((case.entries[version].day for version in repaid), default=seen.day)
    for one in _spoken(case):
        inside = first <= one.entry.day <= seen.day + case.rules.statement_after_days
        if inside and one.code in _OF_A_SHORTAGE and _names(case, one.entry):
            yield one


def _spoken(case: Case) -> Iterator[Statement]:
    """All that the lender stated as a reason, or the platform where it speaks for the lender."""
    for entry in _said(case):
        code = code_of(entry)
        counts = not isinstance(entry.fact, events.PlatformNoticed) or code in SPOKEN_FOR
        if code is not None and code not in EVENTS and counts:
            yield Statement(code, entry)


def _said(case: Case) -> Iterator[Entry]:
    return case.facts(events.LenderStated, events.PlatformNoticed, until=None)


def _can_be(code: ReasonCode, change: LimitChange) -> bool:
    """Whether a reason can be one for a change of that direction."""
    return code != "P12" if is_downward(change) else code in _OF_A_RISE


def _concerns(case: Case, entry: Entry, subject: Subject) -> bool:
    """Whether a statement may be about a change: a limit is that of all that share it, a freeze that of one line."""
    if entry.fact.line is not None and subject.change.kind in _OF_ONE_LINE:
        return bool(entry.fact.line == subject.line)
    return _names(case, entry)


def _names(case: Case, entry: Entry) -> bool:
    line: str | None = entry.fact.line
    if line is not None:
        return _in_pool(case, line)
    return _lends(case.line, entry.fact.lender)


def _lends(line: Line, lender: str) -> bool:
    return lender in (line.terms.lender, line.terms.lender_group)


def _in_pool(case: Case, line: str) -> bool:
    return line in {one.name for one in case.pool}


def _in_time(case: Case, entry: Entry, change: LimitChange) -> bool:
    start = case.zone.day_of(change.since) - case.rules.facts_before_days
    return start <= entry.day <= case.zone.day(change.at) + case.rules.statement_after_days


def _like(case: Case, subject: Subject, *, until: int) -> list[tuple[str, LimitChange]]:
    """The change and all others of its direction of this lender's lines, also those after the window, by their lines.

    Units: `until` is the day of the last statement, an ordinal.
    """
    change, down = subject.change, is_downward(subject.change)
    end = case.zone.start(until + case.rules.facts_before_days + 1) - 1
    found = [
        (line.name, one)
        for track in case.dossier.checkpoints.tracks
        for line in track.to(end).lines.values()
        if _in_pool(case, line.name) or any(_lends(line, own) for own in _lenders(case.line))
        for one in line.changes
        if is_downward(one) is down
    ]
    same = {one.replaced_by for _, one in found if (one.version, one.at) == (change.version, change.at)}
    others = [(line, one) for line, one in found if one.replaced_by is None and one.version not in same]
    return [(subject.line, change), *((line, one) for line, one in others if one != change)]


def _lenders(line: Line) -> tuple[str, ...]:
    group: str | None = line.terms.lender_group
    return (line.terms.lender,) if group is None else (line.terms.lender, group)


def _distance(case: Case, entry: Entry, change: LimitChange) -> int:
    """How many whole days lie between a statement and a change."""
    start, end = case.zone.at(change.since), case.zone.last_moment(change.until)
    return max(0, (start - entry.at) // DAY, (entry.at - end) // DAY)


def _nearest(case: Case, entry: Entry, changes: list[LimitChange]) -> LimitChange:
    """The change a statement is about: the nearest in time; of two as near, the earlier."""
    return min(changes, key=lambda change: (_distance(case, entry, change), change.at))


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
