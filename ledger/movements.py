"""What moves a line's drawn and held amounts: draws, repayments, restorations, charges, and their reversals.

Repayment, restoration and limit change are three different facts. Source: domain.md section 2.
"""

from typing import Any, Final

import msgspec

from ledger import events
from ledger.limits import Household
from ledger.line import Line, Posting, Residual
from ledger.observation import PENDING_DAYS
from ledger.timeline import Entry

_CHARGES: Final[dict[type[events.Fact], Any]] = {
    events.InterestCharged: "interest",
    events.FeeCharged: "fee",
    events.PenaltyCharged: "penalty",
}


def drawn(_: Household, line: Line, entry: Entry) -> None:
    """Money was drawn: D rises."""
    line.drawn_known = True
    line.loans.draw(entry.fact, version=entry.version, day=entry.day)
    line.move(entry.at, "draw", -entry.fact.amount, (entry.version,))


def draw_reversed(_: Household, line: Line, entry: Entry) -> None:
    """A draw was refunded, cancelled or failed: D falls at once, and nothing is held."""
    line.drawn_known = True
    before = line.drawn
    fact = entry.fact
    line.loans.reverse_draw(fact.amount, loan=fact.loan, draw_version=fact.fact, version=entry.version, day=entry.day)
    line.move(entry.at, "draw", before - line.drawn, (entry.version,))
    _overpaid(line, fact.amount - (before - line.drawn), entry.version)
    _settled(line, entry)


def sent(_: Household, line: Line, entry: Entry) -> None:
    """A repayment is on its way; nothing moves until it is posted."""
    line.pending[entry.version] = entry


def posted(book: Household, line: Line, entry: Entry) -> None:
    """A repayment was posted: D falls; availability follows the line's restoration rule."""
    fact, version, day = entry.fact, entry.version, entry.day
    line.drawn_known = True
    if fact.payment is not None:
        _arrived(line, fact.payment, version)
    paid = line.loans.pay(fact.amount, loan=fact.loan, allocation=fact.allocation, version=version, day=day)
    principal, limit_taken = paid.principal, 0
    line.move(entry.at, "principal_repaid", principal, (version,))
    if paid.overpaid:
        _overpaid(line, paid.overpaid, version)
    if principal and line.terms.restoration != "on_post":
        limit_taken = _restore_by_rule(book, line, entry, principal)
    _remember(line, Posting(version=version, day=day, principal=principal, limit_taken=limit_taken))
    if line.holds:
        _settled(line, entry)


def repayment_reversed(_: Household, line: Line, entry: Entry) -> None:
    """A repayment was undone: its principal is owed again, and what is still held of it is let go."""
    target = _reversed_version(line, entry.fact)
    line.pending.pop(target, None)
    posting = line.postings.get(target)
    if posting is None or posting.reversed_by is not None:
        return
    line.postings[target] = msgspec.structs.replace(posting, reversed_by=entry.version)
    before = line.drawn
    line.loans.undo(target, version=entry.version, day=entry.day)
    line.residuals = [one for one in line.residuals if one.kind != "overpaid" or one.facts != (target,)]
    line.move(entry.at, "principal_repaid", before - line.drawn, (entry.version,))
    held = line.hold_of(target)
    if held is not None:
        line.release(entry.at, held, held.amount, kind="held", facts=(entry.version,))
    if posting.limit_taken:
        _move_own_limit(line, entry, posting.limit_taken)


def restored(_: Household, line: Line, entry: Entry) -> None:
    """Availability was restored: the oldest holds are let go first; more than is held is a residual."""
    left = line.release_oldest(entry.at, entry.fact.amount, kind="restored", facts=(entry.version,))
    if left:
        line.residuals.append(Residual(kind="restored_excess", amount=left, facts=(entry.version,)))


def charged(_: Household, line: Line, entry: Entry) -> None:
    """The lender posted interest, a fee or a penalty; a full balance rises by it."""
    fact = entry.fact
    before = line.drawn
    kind = _CHARGES[type(fact)]
    line.loans.charge(kind, fact.amount, loan=fact.loan, version=entry.version, day=entry.day)
    if line.drawn != before:
        line.drawn_known = True
        line.move(entry.at, "charged", before - line.drawn, (entry.version,))


def billed(_: Household, line: Line, entry: Entry) -> None:
    """A bill says what is due and when; nothing moves."""
    line.loans.bill(entry.fact, version=entry.version, day=entry.day)


def _restore_by_rule(book: Household, line: Line, entry: Entry, principal: int) -> int:
    """Hold back what was repaid, by the rule of the line. Returns what a one-off loan takes off the limit."""
    match line.terms.restoration:
        case "t_plus_n":
            line.hold(entry.at, principal, version=entry.version)
            _release_later(book, line, entry)
            return 0
        case "on_full_settlement":
            line.hold(entry.at, principal, version=entry.version)
            return 0
        case "never":
            taken = min(principal, line.permanent or 0)
            _move_own_limit(line, entry, -taken)
            return taken
        case "on_post":
            return 0


def _release_later(book: Household, line: Line, entry: Entry) -> None:
    falls_at = book.zone.later(entry.fact.effective, line.terms.restoration_days)
    if falls_at <= entry.at:
        _fall(line, entry, entry.at)
    else:
        book.schedule(falls_at, _fall, line, entry)


def _fall(line: Line, entry: Entry, at: int) -> None:
    """What the rule of the line held back of a repayment is let go, as far as it is still held."""
    held = line.hold_of(entry.version)
    if held is not None:
        line.release(at, held, held.amount, kind="restored", facts=(entry.version,))


def _move_own_limit(line: Line, entry: Entry, amount: int) -> None:
    line.set_limits(entry.at, (entry.version,), permanent=(line.permanent or 0) + amount)


def _settled(line: Line, entry: Entry) -> None:
    """When nothing is drawn any more, a line that restores on full settlement restores everything."""
    if line.holds and line.drawn <= 0 and line.terms.restoration == "on_full_settlement":
        line.release_oldest(entry.at, line.held, kind="restored", facts=(entry.version,))


def _arrived(line: Line, payment: str, version: int) -> None:
    """Match a posting with the payment that was sent."""
    line.payments[payment] = version
    for sent_version, pending in list(line.pending.items()):
        if pending.fact.payment == payment:
            del line.pending[sent_version]


def _reversed_version(line: Line, fact: events.RepaymentReversed) -> int:
    if fact.fact is not None:
        return fact.fact
    if fact.payment in line.payments:
        return line.payments[fact.payment]
    sent_as = (version for version, pending in line.pending.items() if pending.fact.payment == fact.payment)
    return next(sent_as, 0)


def _remember(line: Line, posting: Posting) -> None:
    line.postings[posting.version] = posting
    line.repaid.append(posting.version)
    while line.postings[line.repaid[0]].day < posting.day - PENDING_DAYS:
        line.repaid.popleft()


def _overpaid(line: Line, amount: int, version: int) -> None:
    if amount > 0:
        line.residuals.append(Residual(kind="overpaid", amount=amount, facts=(version,)))
