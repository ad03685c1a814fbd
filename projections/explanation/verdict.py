"""The verdict: the largest change of available credit in the window, and the first code that fits it.

Source: domain.md section 7, "The verdict".
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from ledger import events
from ledger.codes import ReasonCode
from ledger.traces import Conflict, LimitChange
from projections.bridge import Move, Turn
from projections.explanation import platform_causes as platform
from projections.explanation import system_causes as system
from projections.explanation.case import Case, Subject
from projections.explanation.figures import Field, Figure, money, word
from projections.explanation.findings import Finding
from projections.explanation.statements import Statement, contradicted, lender_stated, stated
from projections.explanation.user_causes import asked_for_it

Fit: TypeAlias = Callable[[Case, Move], Finding | None]


class Rule(NamedTuple):
    """A code of the decision order, and how it is found to fit a move."""

    code: ReasonCode
    fits: Fit


ORDER: Final[tuple[Rule, ...]] = (
    Rule("S04", system.reversed_payment),
    Rule("S02", system.pending),
    Rule("P07", system.one_off),
    Rule("S05", system.partly_interest),
    Rule("S08", system.book_gap),
    Rule("P05", platform.temporary_ended),
    Rule("P06", platform.validity_ended),
    Rule("P08", platform.used_elsewhere),
    Rule("P09", platform.loans_at_cap),
    Rule("U12", asked_for_it),
    Rule("P10", platform.frozen),
    Rule("P11", platform.closed),
    Rule("P01", platform.lowered),
    Rule("P12", platform.given),
    Rule("S09", system.own_movement),
)
"""What a move can be, in the order of the questions. Before these come X01 and a lender's statement; S01 and S00
are for a window in which nothing moved, X00 for a move that nothing fits."""

ASKS_WHY: Final[frozenset[ReasonCode]] = frozenset({"P01", "P10", "P11"})
"""Verdicts that say what happened and leave open why."""

_LIMIT_KNOWN: Final = (events.LimitGranted, events.LimitRaised, events.LimitLowered, events.LimitObserved)
_TURNS: Final[dict[ReasonCode, Turn]] = {"P06": "expired", "P10": "frozen", "P11": "closed"}


class Verdict(NamedTuple):
    """The verdict, the move it is about, and the change whose reasons are sought where it leaves them open.

    Shape: `event` is what the book alone tells of the move, where the lender's word goes before it.
    """

    finding: Finding
    move: Move | None
    subject: Subject | None
    statements: tuple[Statement, ...] = ()
    event: Finding | None = None


def decide(case: Case) -> Verdict:
    """The verdict on a case."""
    conflict = next((one for one in reversed(case.line.conflicts) if _bears(case, one)), None)
    if conflict is not None:
        return Verdict(_conflict(case, conflict), None, None)
    move = largest(case)
    if move is None:
        return _unmoved(case)
    if not any(one.effect for one in case.moves) and not case.bridge.closing.available:
        blocked = _blocked(case)
        if blocked is not None:
            return blocked
    return _on(case, fitting(case, move), move)


def largest(case: Case) -> Move | None:
    """The move with the largest effect on available, where none has any that of the largest amount; then the latest."""
    latest_first = list(reversed(case.moves))
    moved = any(move.effect for move in latest_first)
    return max(latest_first, key=lambda move: abs(move.effect if moved else move.amount), default=None)


def fitting(case: Case, move: Move) -> Finding:
    """The first code that fits a move, without the lender's word; X00 when none does."""
    found = (rule.fits(case, move) for rule in ORDER)
    return next((finding for finding in found if finding is not None), None) or unknown(case, move)


def unknown(case: Case, move: Move) -> Finding:
    """X00: what moved cannot be told from what is recorded."""
    opening = move.kind in ("other", "limit") and isinstance(case.fact(move.facts[-1]), events.LimitObserved)
    figures = {"on": system.on(case, move.facts[-1]), "available": system.available(case)} if opening else {}
    return Finding(
        code="X00", grade="E0", facts=move.facts, at=move.at, say="opening" if opening else "move", figures=figures
    )


def _on(case: Case, finding: Finding, move: Move) -> Verdict:
    """The verdict on a move: the lender's word goes before what the book alone can tell."""
    subject = subject_of(case, finding, move)
    statements = stated(case, move, subject)
    if contradicted(statements):
        facts = tuple(one.entry.version for one in statements)
        clash = Finding(code="X01", grade="E0", facts=facts, at=move.at, say="statements")
        return Verdict(clash, move, subject, statements, finding)
    word = lender_stated(case, statements, at=move.at)
    return Verdict(word or finding, move, subject, statements, finding if word else None)


def subject_of(case: Case, finding: Finding, move: Move) -> Subject | None:
    """The change of the line that a finding tells of."""
    told = case.change_of(move)
    if told is None and finding.code in ASKS_WHY:
        found = (
            (change, line)
            for line in case.pool
            for change in line.changes
            if change.version in finding.facts and change.at == finding.at
        )
        told = next(found, None)
    return case.subject(*told) if told else None


def as_a_freeze(case: Case, move: Move) -> Subject:
    """A shortage that was seen, as the freeze it may be: it came about since the limit was last seen or stated."""
    seen = case.entries[move.facts[-1]]
    before = [entry for entry in case.own(*_LIMIT_KNOWN, until=seen.at) if entry < seen]
    opened, closed = case.bridge.opening, case.bridge.closing
    change = LimitChange(
        kind="frozen",
        version=seen.version,
        at=seen.at,
        limit_before=opened.limit,
        limit_after=closed.limit,
        available_before=opened.available,
        available_after=closed.available,
        since=(before or [seen])[-1].fact.effective,
        until=seen.fact.effective,
        recorded_at=seen.recorded_at,
        facts=move.facts,
    )
    return case.subject(change, case.line)


def _unmoved(case: Case) -> Verdict:
    """Nothing moved: a payment on its way, come back or all interest, a line that cannot be used, or nothing."""
    found = system.failed_payment(case) or system.not_posted(case)
    blocked = _blocked(case) if found is None else None
    if blocked is not None:
        return blocked
    return Verdict(found or system.all_interest(case) or system.nothing_changed(case), None, None)


def _blocked(case: Case) -> Verdict | None:
    """The verdict on a line that was repaid on and could not be used: what made it so, whenever that was."""
    repaid = any(True for _ in case.in_window(events.RepaymentPosted))
    found = platform.blocked_by(case) if repaid else None
    if found is None:
        return None
    turned = Move(found.at, _TURNS[found.code], amount=0, effect=0, facts=found.facts)
    return _on(case, found, turned)


def _bears(case: Case, conflict: Conflict) -> bool:
    return case.since < conflict.at <= case.until and conflict.quantity != "drawn"


def _conflict(case: Case, conflict: Conflict) -> Finding:
    """X01: sources that contradict each other, and what each said."""
    first, other = conflict.entries[0], conflict.entries[-1]
    figures: dict[str, Figure] = {"on": system.on(case, first.version)}
    for place, entry in (("one", first), ("other", other)):
        figures[place] = money(getattr(entry.fact, conflict.quantity), Field(entry.version, conflict.quantity))
        figures[f"{place}_source"] = word(entry.fact.source, Field(entry.version, "source"))
    facts = tuple(entry.version for entry in conflict.entries)
    return Finding(code="X01", grade="E0", facts=facts, at=conflict.at, say=conflict.quantity, figures=figures)
