"""What moves a line's drawn and held amounts: draws, repayments, restorations, charges, and their reversals.

Repayment, restoration and limit change are three different facts. Source: domain.md section 2.
"""

from itertools import takewhile
from typing import Any, Final

import msgspec

from ledger import events
from ledger.limits import Household
from ledger.line import Line
from ledger.pending import undo_pending
from ledger.timeline import Entry
from ledger.traces import Posting, Residual

_CHARGES: Final[dict[type[events.Fact], Any]] = {
    events.InterestCharged: "interest",
    events.FeeCharged: "fee",
    events.PenaltyCharged: "penalty",
}


def drawn(book: Household, line: Line, entry: Entry) -> None:
    """Money was drawn: D rises."""
    fact, version = entry.fact, entry.version
    line.drawn_known = True
    line.loans.draw(fact, version=version, day=entry.day)
    line.move(entry.at, "draw", -fact.amount, (version,))
    if line.awaited:
        for reversal in _waiting(line, ("draw", version), ("loan", fact.loan or "")):
            line.residuals = [one for one in line.residuals if one.facts != (reversal.version,)]
            draw_reversed(book, line, reversal._replace(at=entry.at, day=entry.day))


def draw_reversed(_: Household, line: Line, entry: Entry) -> None:
    """A draw was refunded, cancelled or failed: D falls at once, and nothing is held.

    One that names a draw known to come later on its day waits for it: a bare date sorts first.
    """
    line.drawn_known = True
    before = line.drawn
    fact = entry.fact
    if fact.loan is not None or fact.fact is not None:
        key: tuple[str, int | str] = ("draw", fact.fact) if fact.loan is None else ("loan", fact.loan)
        if not line.loans.knows(key[1]) and line.terms.limit_basis == "principal_only":
            line.awaited[key] = entry
    line.loans.reverse_draw(fact.amount, loan=fact.loan, draw_version=fact.fact, version=entry.version, day=entry.day)
    line.move(entry.at, "draw", before - line.drawn, (entry.version,))
    _overpaid(line, fact.amount - (before - line.drawn), entry.version)
    line.settle(entry.at, entry.version)


def sent(_: Household, line: Line, entry: Entry) -> None:
    """A repayment is on its way; nothing moves until it is posted."""
    line.pending[entry.version] = entry
    if entry.fact.payment is not None:
        line.sent_as[entry.version] = entry.fact.payment


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
        if line.residuals and line.marks_day == day:
            _restored_today(line, entry)
    line.postings[version] = Posting(version, day, principal, limit_taken)
    if line.holds:
        line.settle(entry.at, version)
    if line.awaited:
        for reversal in _waiting(line, ("posting", version), ("payment", fact.payment or "")):
            repayment_reversed(book, line, reversal._replace(at=entry.at, day=entry.day))


def repayment_reversed(_: Household, line: Line, entry: Entry) -> None:
    """A repayment was undone: its principal is owed again, and what is still held of it is let go.

    A payment posted in parts is undone in all of them. One that is posted only later on the day of its reversal, of
    which no more is known than the day, is undone then.
    """
    fact = entry.fact
    payment = fact.payment if fact.fact is None else line.sent_as.get(fact.fact)
    targets = (fact.fact,) if payment is None else line.payments.get(payment, ())
    postings = [line.postings[target] for target in targets if target in line.postings]
    if not _unsent(line, fact.fact, payment) and not postings:
        line.awaited[("posting", fact.fact) if payment is None else ("payment", payment)] = entry
    for posting in postings:
        if posting.reversed_by is None:
            _undo(line, posting, entry)


def _undo(line: Line, posting: Posting, entry: Entry) -> None:
    before, target = line.drawn, posting.version
    line.postings[target] = msgspec.structs.replace(posting, reversed_by=entry.version)
    line.loans.undo(target, version=entry.version, day=entry.day)
    line.residuals = [one for one in line.residuals if one.kind != "overpaid" or one.facts != (target,)]
    line.move(entry.at, "principal_repaid", before - line.drawn, (entry.version,))
    held, left = line.hold_of(target), posting.principal
    if held is not None:
        left -= line.release(entry.at, held, held.amount, kind="held", facts=(entry.version,))
    undo_pending(line, target, left, at=entry.at, version=entry.version)
    if posting.limit_taken:
        _move_own_limit(line, entry, posting.limit_taken)


def _unsent(line: Line, version: int | None, payment: str | None) -> bool:
    """Take back what was sent and never arrived; returns whether there was something."""
    failed = [sent for sent in line.pending if sent == version or (payment and line.sent_as.get(sent) == payment)]
    for sent in failed:
        del line.pending[sent]
    return bool(failed)


def _waiting(line: Line, *keys: tuple[str, int | str]) -> list[Entry]:
    """The reversals that waited for what has now happened."""
    return [line.awaited.pop(key) for key in keys if key in line.awaited]


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
    """A bill says what is due and when; nothing moves. One that comes late is settled by what was paid since."""
    due_on = entry.fact.due_on.toordinal()
    paid_by: list[int] = []
    if due_on < entry.day:
        since = takewhile(lambda one: one.day >= due_on, reversed(line.postings.values()))
        paid_by = [one.version for one in since if one.reversed_by is None][::-1]
    line.loans.bill(entry.fact, version=entry.version, day=entry.day, paid_by=paid_by)


def _restore_by_rule(book: Household, line: Line, entry: Entry, principal: int) -> int:
    """Hold back what was repaid, by the rule of the line. Returns what a one-off loan takes off the limit."""
    match line.terms.restoration:
        case "t_plus_n":
            line.hold(entry.at, principal, version=entry.version)
            _release_later(book, line, entry)
            return 0
        case "on_full_settlement":
            line.hold(entry.at, principal, version=entry.version, until_settled=True)
            return 0
        case "never":
            taken = min(principal, line.root.permanent or 0)
            _move_own_limit(line, entry, -taken)
            return taken
        case "on_post":
            return 0


def _restored_today(line: Line, entry: Entry) -> None:
    """What a restoration known only to this day let go of too much is let go of this day's payment."""
    held, version = line.hold_of(entry.version), entry.version
    for excess in [one for one in line.residuals if one.kind == "restored_excess" and one.facts[-1] in line.marks]:
        if held is not None:
            freed = line.release(entry.at, held, excess.amount, kind="restored", facts=(version, *excess.facts))
            left = msgspec.structs.replace(excess, amount=excess.amount - freed)
            line.residuals = [
                left if one is excess else one for one in line.residuals if one is not excess or left.amount
            ]


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
    root = line.root
    if amount:
        root.set_limits(entry.at, (entry.version,), permanent=(root.permanent or 0) + amount)


def _arrived(line: Line, payment: str, version: int) -> None:
    """Match a posting with the payment that was sent."""
    line.payments[payment] = (*line.payments.get(payment, ()), version)
    for sent_version, pending in list(line.pending.items()):
        if pending.fact.payment == payment:
            del line.pending[sent_version]


def _overpaid(line: Line, amount: int, version: int) -> None:
    if amount > 0:
        line.residuals.append(Residual(kind="overpaid", amount=amount, facts=(version,)))
