"""Codes of the system and the platform that the evidence rules out: shown so that nobody has to wonder.

Absence of a record rules nothing out. Source: domain.md section 7, "codes excluded by evidence".
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from ledger import events
from ledger.codes import ReasonCode
from ledger.timeline import Entry
from ledger.traces import ChangeKind
from projections.explanation.case import Case
from projections.explanation.figures import Field, Figure, money
from projections.explanation.findings import Exclusion
from projections.explanation.system_causes import last, on
from projections.explanation.verdict import Verdict

RuledOut: TypeAlias = Callable[[Case, Verdict], Exclusion | None]


def already_posted(case: Case, _: Verdict) -> Exclusion | None:
    """Not S01: what was repaid in the window is posted, and nothing sent is still on its way."""
    posted = last(entry.version for entry in _standing_payments(case))
    if posted is None or case.line.pending:
        return None
    sent = tuple(entry.version for entry in case.in_window(events.RepaymentSent))
    return Exclusion(code="S01", facts=(*sent, posted), figures={"on": on(case, posted)})


def limit_is_known(case: Case, verdict: Verdict) -> Exclusion | None:
    """Not S02: the limit itself was stated or seen to be lower, and nothing is held."""
    change = verdict.subject.change if verdict.subject else None
    if change is None or change.kind not in ("lowered", "inferred") or case.line.held:
        return None
    limit = case.fact(change.version).limit
    paid = last(entry.version for entry in _standing_payments(case))
    if limit is None or paid is None:
        return None
    figures = {"after": money(limit, Field(change.version, "limit"))}
    return Exclusion(code="S02", facts=(paid, change.version), figures=figures)


def all_principal(case: Case, _: Verdict) -> Exclusion | None:
    """Not S05: every payment of the window was principal to the last fen, and the book would know if it was not."""
    paid = [entry for entry in _standing_payments(case) if entry.version in case.line.postings]
    if not paid or not all(_knows_its_parts(case, entry) for entry in paid):
        return None
    if any(case.line.postings[entry.version].principal != case.fact(entry.version).amount for entry in paid):
        return None
    version = paid[-1].version
    figures = {"amount": money(case.fact(version).amount, Field(version, "amount")), "on": on(case, version)}
    return Exclusion(code="S05", facts=tuple(entry.version for entry in paid), figures=figures)


def _knows_its_parts(case: Case, payment: Entry) -> bool:
    """Whether the lender stated what a payment was used for, or the book knows the rates that tell it.

    A card's balance holds what was charged: all that is paid lowers it.
    """
    if case.line.terms.limit_basis == "full_balance" or payment.fact.allocation is not None:
        return True
    if case.line.terms.daily_rate is not None:
        return True
    settled = case.line.loans.settlement(payment.version)
    return settled is not None and all(taken.note.own_rate is not None for taken in settled.taken)


def drawn_agrees(case: Case, _: Verdict) -> Exclusion | None:
    """Not S08: what was seen as drawn is what the book says."""
    seen = last(entry.version for entry in case.in_window(events.LimitObserved) if entry.fact.drawn is not None)
    gaps = {version for one in case.line.inferences if one.drawn for version in (one.entry.version,)}
    if seen is None or gaps or any(one.quantity == "drawn" for one in case.line.conflicts):
        return None
    return Exclusion(code="S08", facts=(seen,), figures={"on": on(case, seen)})


def still_valid(case: Case, _: Verdict) -> Exclusion | None:
    """Not P06: the limit is valid beyond the window."""
    until = case.line.terms.valid_until
    if until is None or case.zone.first_invalid(until) <= case.until:
        return None
    kinds = (events.LineOpened, events.LineTermsChanged)
    told = last(entry.version for entry in case.own(*kinds, until=case.until) if entry.fact.valid_until == until)
    if told is None:
        return None
    return Exclusion(code="P06", facts=(told,), figures={"until": Figure("when", until, Field(told, "valid_until"))})


def not_frozen(case: Case, verdict: Verdict) -> Exclusion | None:
    """Not P10: no freeze is on record in the window, and after the change something could be borrowed."""
    return _usable(case, verdict, "P10")


def not_closed(case: Case, verdict: Verdict) -> Exclusion | None:
    """Not P11: no closure is on record in the window, and after the change something could be borrowed."""
    return _usable(case, verdict, "P11")


def _usable(case: Case, verdict: Verdict, code: ReasonCode) -> Exclusion | None:
    turned = any(case.since < one.at <= case.until and one.kind == _TURNED[code] for one in case.line.changes)
    if verdict.move is None or not case.line.usable or turned:
        return None
    seen = last(
        entry.version
        for entry in case.in_window(events.LimitObserved)
        if entry.fact.available and entry.at >= verdict.move.at
    )
    if seen is None:
        return None
    figures = {"seen": money(case.fact(seen).available, Field(seen, "available")), "on": on(case, seen)}
    return Exclusion(code=code, facts=(seen,), figures=figures)


_TURNED: Final[dict[ReasonCode, ChangeKind]] = {"P10": "frozen", "P11": "closed"}


def _standing_payments(case: Case) -> Iterator[Entry]:
    """The payments posted in the window that were not reversed."""
    for entry in case.in_window(events.RepaymentPosted):
        posting = case.line.postings.get(entry.version)
        if posting is None or posting.reversed_by is None:
            yield entry


LOOKS: Final[tuple[RuledOut, ...]] = (
    already_posted, limit_is_known, all_principal, drawn_agrees, still_valid, not_frozen, not_closed,
)  # fmt: skip
