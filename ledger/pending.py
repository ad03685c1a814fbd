"""Restorations that seem to be pending: what was repaid in the last days and may not be available again yet.

Source: domain.md section 3 (an inferred hold), section 2 (a reversal undoes the principal, then its remaining hold).
"""

from itertools import takewhile
from typing import Final

from ledger.line import Line
from ledger.timeline import Entry

PENDING_DAYS: Final = 7
"""How long after a repayment a shortage of available credit is taken for a restoration that is still pending."""


def still_pending(line: Line, entry: Entry) -> tuple[int, tuple[int, ...]]:
    """The principal repaid in the last days that is not held already, and the payments it is of.

    Lines that share a limit wait for each other's restorations.
    """
    recent: list[int] = []
    loose = 0
    for one in (line, *line.peers):
        held_of = {held.version: held.amount for held in one.holds if not held.inferred}
        loose -= sum(held.amount for held in one.holds if held.inferred)
        last_days = takewhile(lambda posting: entry.day - posting.day <= PENDING_DAYS, reversed(one.postings.values()))
        for posting in [one for one in last_days if one.reversed_by is None][::-1]:
            free = posting.principal - held_of.get(posting.version, 0)
            if free:
                recent.append(posting.version)
            loose += free
    return max(0, loose), tuple(recent)


def undo_pending(line: Line, payment: int, principal: int, *, at: int, version: int) -> None:
    """Let go of what was held because a payment seemed not to be restored yet, once that payment is undone.

    Restoration begins with the oldest payment, so what was missing is of the newest ones. The step is one that no
    recorded fact explains, as the one that it takes back: together they leave no residual.
    """
    pool = (line, *line.peers)
    of_payment = {one.entry.version: one for each in pool for one in each.inferences if payment in one.repaid}
    for one_line in pool if of_payment else ():
        for held in [one for one in one_line.holds if one.inferred and one.version in of_payment]:
            repaid = of_payment[held.version].repaid
            newer = sum(_free(each, one) for each in pool for one in repaid[repaid.index(payment) + 1 :])
            own = min(principal, max(0, held.amount - newer))
            principal -= one_line.release(at, held, own, kind="inferred_hold", facts=(version,))


def _free(line: Line, payment: int) -> int:
    """What a payment on this line repaid that the rule of the line does not hold."""
    posting, held = line.postings.get(payment), line.hold_of(payment)
    if posting is None or posting.reversed_by is not None:
        return 0
    return posting.principal - (held.amount if held is not None else 0)
