"""What moves a line's drawn and held amounts: draws, repayments, restorations, charges, and their reversals.

Repayment, restoration and limit change are three different facts. Source: domain.md section 2.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from ledger import events
from ledger.calendar import add_months
from ledger.limits import Household
from ledger.line import Line
from ledger.orders import DRAWN
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
        for reversal in _waiting(line, entry):
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
        named = fact.fact if fact.loan is None else fact.loan
        if not line.loans.knows(named) and line.terms.limit_basis == "principal_only":
            line.awaited[entry.version] = entry
    line.loans.reverse_draw(fact.amount, loan=fact.loan, draw_version=fact.fact, version=entry.version, day=entry.day)
    line.move(entry.at, "draw", before - line.drawn, (entry.version,))
    _overpaid(line, fact.amount - (before - line.drawn), entry.version)
    line.settle(entry.at, entry.version)


def sent(book: Household, line: Line, entry: Entry) -> None:
    """A repayment is on its way; nothing moves until it is posted."""
    line.pending[entry.version] = entry
    if entry.fact.payment is not None:
        line.sent_as[entry.version] = entry.fact.payment
    _reverse_waiting(book, line, entry)


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
    _reverse_waiting(book, line, entry)


def repayment_reversed(_: Household, line: Line, entry: Entry) -> None:
    """A repayment was undone: its principal is owed again, and what is still held of it is let go.

    A payment posted in parts is undone in all of them, and one that was only sent is on its way no more. What the
    reversal names may take effect after it and be undone then: on its own day, where no more than that is known of it,
    or whenever it had been recorded before.
    """
    fact = entry.fact
    payment = _payment(line, fact)
    targets = (fact.fact,) if payment is None else line.payments.get(payment, ())
    postings = [line.postings[target] for target in targets if target in line.postings]
    standing = [posting for posting in postings if posting.reversed_by is None]
    if not _unsent(line, fact.fact, payment) and not standing:
        line.awaited[entry.version] = entry
    elif entry.bare:
        others = [one for one in line.reversed_today if one.day == entry.day and one.version != entry.version]
        line.reversed_today = (*others, entry)
    rises = line.loans.undo([posting.version for posting in standing], day=entry.day)
    for posting, rise in zip(standing, rises, strict=True):
        _undo(line, posting, entry, rise=rise)


def _reverse_waiting(book: Household, line: Line, entry: Entry) -> None:
    """Undo a payment whose reversal came before it: a bare date sorts first."""
    if line.awaited or line.reversed_today:
        for reversal in _waiting(line, entry):
            repayment_reversed(book, line, reversal._replace(at=entry.at, day=entry.day))


def _undo(line: Line, posting: Posting, entry: Entry, *, rise: int) -> None:
    target = posting.version
    line.postings[target] = msgspec.structs.replace(posting, reversed_by=entry.version)
    line.residuals = [one for one in line.residuals if one.kind != "overpaid" or one.facts != (target,)]
    line.move(entry.at, "principal_repaid", -rise, (entry.version,))
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


def _waiting(line: Line, entry: Entry) -> list[Entry]:
    """The reversals that waited for what has now happened; one that found something waits for what it then knew."""
    found = [one for one in line.awaited.values() if _names(line, one, entry)]
    for one in found:
        del line.awaited[one.version]
    more = [one for one in line.reversed_today if one.day == entry.day and one.version > entry.version]
    return found + [one for one in more if _names(line, one, entry)]


def _names(line: Line, reversal: Entry, entry: Entry) -> bool:
    """Whether a reversal is of a payment or draw that it knew, or that may have come before it on its day."""
    fact = reversal.fact
    if reversal.version < entry.version and not (reversal.bare and reversal.day == entry.day):
        return False
    if fact.fact == entry.version:
        return True
    if isinstance(entry.fact, events.DrawnDown):
        return isinstance(fact, events.DrawReversed) and fact.loan is not None and fact.loan == entry.fact.loan
    payment = _payment(line, fact) if isinstance(fact, events.RepaymentReversed) else None
    return payment is not None and payment == entry.fact.payment


def _payment(line: Line, reversal: Any) -> str | None:
    """The id by which a reversal names a payment; None where it names a posting."""
    found: str | None = reversal.payment if reversal.fact is None else line.sent_as.get(reversal.fact)
    return found


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


def billed(book: Household, line: Line, entry: Entry) -> None:
    """A bill says what is due and when; nothing moves.

    It was made at the beginning of the month that ends with its date if it comes after that date, else when it comes;
    but a card's bill that asks for exactly what was owed at another time of that month was made when that was first so.
    A late one is settled by what was paid since it was made.
    """
    fact, loans = entry.fact, line.loans
    due_on = fact.due_on.toordinal()
    late, begun = due_on < entry.day, add_months(due_on, -1) + 1
    paid_since: int | None = None
    owed = line.drawn
    if line.terms.limit_basis == "full_balance" and (late or fact.amount < owed):
        made = list(_moments(line, book.zone.start(begun), book.zone.start(due_on + 1)))
        exact = [one for one in made if one[1] == fact.amount]
        if late:
            paid_since, owed = (exact or made)[-1]
        elif exact:
            owed = fact.amount
    elif late:
        for posting in reversed(line.postings.values()):
            if posting.day < begun:
                break
            paid_since = posting.version
    loans.bill(fact, version=entry.version, day=entry.day, paid_since=paid_since, owed=owed)


def _moments(line: Line, begun: int, until: int) -> Iterator[tuple[int | None, int]]:
    """What a line owed at each time from one instant to another, latest first, and the first payment since."""
    since: int | None = None
    owed = line.drawn
    for step in reversed(line.steps):
        if step.at < until:
            yield since, owed
        if step.at < begun:
            return
        if step.kind in DRAWN:
            owed += step.amount
        if step.kind == "principal_repaid" and step.amount > 0:
            since = step.facts[0]
    yield since, owed


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
