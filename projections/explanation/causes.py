"""The causes beside a verdict: possible reasons where it leaves open why, else what explains the other moves.

Source: domain.md section 7: at most four, by grade, then recency; X00 joins when none exceeds E0.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ledger.codes import Grade, ReasonCode
from ledger.traces import LimitChange
from projections.bridge import Move
from projections.explanation import exclusions, outside_causes, system_causes, user_causes
from projections.explanation.before import Before
from projections.explanation.case import Case, Subject
from projections.explanation.findings import Exclusion, Finding
from projections.explanation.statements import is_downward, lender_stated, stated
from projections.explanation.verdict import ASKS_WHY, Verdict, as_a_freeze, fitting, subject_of


class Unasked(NamedTuple):
    """A fall, freeze or closure that the verdict is not about, or a shortage that may be a freeze: why is left open."""

    finding: Finding
    subject: Subject
    why_grade: Grade


class Weighed(NamedTuple):
    """What stands beside a verdict, and the best grade at which it is known why.

    Shape: `disputed` is what the book has against the very reason that the lender stated; `unasked` is there where a
    larger move, such as a repayment, has the verdict of a window in which the lender took credit away too, and where
    the verdict is that less can be used than any repayment explains.
    """

    causes: tuple[Finding, ...]
    excluded: tuple[Exclusion, ...]
    why_grade: Grade | None
    disputed: Exclusion | None = None
    unasked: Unasked | None = None


def weigh(case: Case, verdict: Verdict) -> Weighed:
    """The causes and exclusions of a verdict."""
    reasons, ruled_out = _reasons(case, verdict)
    code = verdict.finding.code
    if code not in ASKS_WHY:
        return _beside(case, verdict, reasons, ruled_out)
    causes = tuple(_ordered(reasons))[: case.rules.causes_shown]
    best: Grade = max((one.grade for one in causes), default="E0")
    if best == "E0":
        causes = (Finding(code="X00", grade="E0", facts=(), at=verdict.finding.at),)
    return Weighed(causes, _excluded(case, verdict, ruled_out, causes), best)


def _beside(case: Case, verdict: Verdict, reasons: list[Finding], ruled_out: list[Exclusion]) -> Weighed:
    """What stands beside a verdict that leaves nothing open itself."""
    code, unasked = verdict.finding.code, None
    found = [*_other_moves(case, verdict), *(_clashing(reasons) if code == "X01" else ())]
    also = _also_fell(case, verdict) or _fell_short(case, verdict)
    if also is not None:
        behind, against = _looked(case, also[1])
        unasked = Unasked(*also, max((one.grade for one in behind), default="E0"))
        found, ruled_out = [*found, *behind], [*ruled_out, *against]
    causes = tuple(one for one in _ordered(found) if one.code != code)
    disputed = next((one for one in ruled_out if one.code == code), None)
    excluded = _excluded(case, verdict, ruled_out, causes)
    return Weighed(causes[: case.rules.causes_shown], excluded, None, disputed, unasked)


def _also_fell(case: Case, verdict: Verdict) -> tuple[Finding, Subject] | None:
    """The latest fall, freeze or closure beside the move of the verdict that lasts and has no stated reason."""
    if verdict.move is None or verdict.event is not None:
        return None
    for move in reversed(case.moves):
        found = None if move is verdict.move else fitting(case, move)
        subject = subject_of(case, found, move) if found is not None and found.code in ASKS_WHY else None
        if found and subject and _lasts(case, subject.change) and not stated(case, move, subject):
            return found, subject
    return None


def _fell_short(case: Case, verdict: Verdict) -> tuple[Finding, Subject] | None:
    """The verdict itself, where less can be used than a repayment explains: its reasons are those of a freeze."""
    finding, move = verdict.finding, verdict.move
    if move is None or (finding.code, finding.say) != ("S02", "unknown"):
        return None
    return finding, as_a_freeze(case, move)


def _lasts(case: Case, change: LimitChange) -> bool:
    """Whether what a change took away has not come back by the end of the window."""
    if change.limit_after < change.limit_before:
        return case.line.limit < change.limit_before
    return is_downward(change) and not case.line.usable


def _reasons(case: Case, verdict: Verdict) -> tuple[list[Finding], list[Exclusion]]:
    """What is on record before a change that took credit away, for and against each reason."""
    if verdict.subject is None or (verdict.finding.code not in ASKS_WHY and not verdict.statements):
        return [], []
    if not is_downward(verdict.subject.change):
        return [], []
    return _looked(case, verdict.subject)


def _looked(case: Case, subject: Subject) -> tuple[list[Finding], list[Exclusion]]:
    """What is on record before a change, for and against each reason."""
    before = Before(case, subject)
    found = [look(case, before) for look in (*user_causes.LOOKS.values(), *outside_causes.LOOKS.values())]
    reasons = [one for one in found if isinstance(one, Finding)]
    ruled_out = [one for one in found if isinstance(one, Exclusion)]
    return reasons, ruled_out


def _clashing(reasons: list[Finding]) -> list[Finding]:
    return [one for one in reasons if one.code == "S07"]


def _other_moves(case: Case, verdict: Verdict) -> Iterator[Finding]:
    """What explains the other moves of the window, what of a payment is still under way, or was all interest."""
    for move in case.moves:
        found = fitting(case, move)
        if found.code != "X00" and move is not verdict.move:
            yield found
            yield from _said_with(case, move)
        late = system_causes.came_back_late(case, move)
        if late is not None:
            yield late
    if verdict.event is not None:
        yield verdict.event
    for look in (
        system_causes.not_posted, system_causes.still_held, system_causes.all_interest, system_causes.doubted_split
    ):  # fmt: skip
        more = look(case)
        if more is not None:
            yield more


def _said_with(case: Case, move: Move) -> Iterator[Finding]:
    """The reason that the lender stated with a change itself; what it said apart from it may be of the verdict's."""
    word = lender_stated(case, stated(case, move, None), at=move.at)
    if word is not None and word.facts[0] in move.facts:
        yield word


def _ordered(found: list[Finding]) -> list[Finding]:
    """One finding a code, the best first: by grade, then recency."""
    ordered = sorted(found, key=lambda one: (one.grade, one.at), reverse=True)
    kept: dict[ReasonCode, Finding] = {}
    for one in ordered:
        kept.setdefault(one.code, one)
    return list(kept.values())


def _excluded(
    case: Case, verdict: Verdict, ruled_out: list[Exclusion], causes: tuple[Finding, ...]
) -> tuple[Exclusion, ...]:
    said = {verdict.finding.code, *(one.code for one in causes)}
    found = [look(case, verdict) for look in exclusions.LOOKS] + list(ruled_out)
    return tuple(one for one in found if one is not None and one.code not in said)
