"""How each posted repayment was used: for fees, penalty, interest and principal, on which loans, and for which bills.

The fold allocates a payment as the lender stated, or else by the line's order, and keeps what it took from where; here
that is told. Source: domain.md section 4, "A repayment's allocation".
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from ledger.book import Book
from ledger.events import Allocation, PaymentDue, RepaymentPosted
from ledger.line import Line
from ledger.money import amount_text
from ledger.settlement import Settlement
from ledger.taken import Taken
from ledger.timeline import Entry
from projections.bridge import fact_ids

NAMES: Final = ("fee", "penalty", "interest", "principal")


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one loan got of a payment. Units: minor units. `loan` is None for what belongs to no loan in the books."""

    loan: str | None
    fee: int = 0
    penalty: int = 0
    interest: int = 0
    principal: int = 0


class Allocated(msgspec.Struct, frozen=True, kw_only=True):
    """How one payment was used. Units: minor units; `shares`, `overpaid` and `credit` sum to the payment.

    Shape: `derived` where the lender stated no allocation; `overpaid` is what was beyond the debt, `credit` what stands
    as a credit balance on a line that counts the full balance; `bills` are versions and what of the payment counts for
    them; `reversed_by` is the version of the fact that took the payment back.
    """

    derived: bool
    shares: tuple[Share, ...]
    overpaid: int
    credit: int
    bills: tuple[tuple[int, int], ...]
    reversed_by: int | None

    def sum(self, name: str) -> int:
        """What was used for fees, penalty, interest or principal in all."""
        return sum(getattr(share, name) for share in self.shares)


class ShareAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A share as it is shown."""

    loan: str | None
    fee: str
    penalty: str
    interest: str
    principal: str


class BillAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What of a payment counts for a bill, as it is shown. Shape: `fact` is the bill's."""

    fact: str
    due_on: str
    amount: str


class AllocationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How a payment was used, as it is shown: `Allocated` with its sums. Shape: `reversed_by` is a fact."""

    derived: bool
    fee: str
    penalty: str
    interest: str
    principal: str
    overpaid: str
    credit_balance: str
    loans: tuple[ShareAnswer, ...]
    bills: tuple[BillAnswer, ...]
    reversed_by: str | None


def allocations(book: Book) -> dict[int, Allocated]:
    """How every repayment that a folded book took in was used, by its version, in order of effect."""
    return dict(_allocations(book))


def _allocations(book: Book) -> Iterator[tuple[int, Allocated]]:
    for entry in book.timeline.entries:
        line = book.lines.get(entry.fact.line) if isinstance(entry.fact, RepaymentPosted) else None
        told = allocation_of(line, entry) if line is not None else None
        if told is not None:
            yield entry.version, told


def allocation_of(line: Line, payment: Entry) -> Allocated | None:
    """How a repayment was used that a folded line took in; None where it did not."""
    settlement = line.loans.settlement(payment.version)
    if settlement is None:
        return None
    fact, reversed_by = payment.fact, line.postings[payment.version].reversed_by
    return allocated(settlement, fact.amount, stated=fact.allocation, reversed_by=reversed_by)


def allocated(
    settlement: Settlement, amount: int, *, stated: Allocation | None, reversed_by: int | None = None
) -> Allocated:
    """How a payment of an amount was used that settled this.

    Where the lender stated more fees, penalty or interest than the books had, that stands by itself.
    """
    shares = _shares(settlement)
    left = amount - settlement.credit - sum(sum(getattr(share, name) for name in NAMES) for share in shares)
    if left and stated is not None:
        beyond = {name: getattr(stated, name) - sum(getattr(share, name) for share in shares) for name in NAMES[:-1]}
        if any(beyond.values()):
            shares.append(Share(loan=None, **beyond))
            left -= sum(beyond.values())
    return Allocated(
        derived=stated is None,
        shares=tuple(shares),
        overpaid=left,
        credit=settlement.credit,
        bills=tuple((bill.version, bill.part) for bill in settlement.bills if bill.part),
        reversed_by=reversed_by,
    )


def _shares(settlement: Settlement) -> list[Share]:
    """What each loan got; one that is owed again may get more of a payment that had gone beyond it."""
    shares: dict[int, Share] = {}
    for taken in settlement.taken:
        share, before = _share(taken), shares.get(taken.note.number)
        if before is not None:
            share = Share(loan=share.loan, **{name: getattr(share, name) + getattr(before, name) for name in NAMES})
        shares[taken.note.number] = share
    return list(shares.values())


def _share(taken: Taken) -> Share:
    return Share(
        loan=taken.note.loan or None,
        fee=taken.fee,
        penalty=taken.penalty + taken.penal_principal + taken.penal_interest,
        interest=taken.interest + taken.accrued,
        principal=taken.all_principal,
    )


def answers(book: Book, *, household: str) -> dict[int, AllocationAnswer]:
    """How every repayment was used, as it is shown, by its version."""
    due_on = {entry.version: entry.fact.due_on for entry in book.timeline.entries if isinstance(entry.fact, PaymentDue)}
    return {
        version: answer(told, due_on, household=household, currency=book.currency)
        for version, told in allocations(book).items()
    }


def answer(told: Allocated, due_on: Mapping[int, date], *, household: str, currency: str) -> AllocationAnswer:
    """How a repayment was used, as it is shown. Shape: `due_on` has the day of each bill by its version."""

    def shown(amount: int) -> str:
        return amount_text(amount, currency)

    return AllocationAnswer(
        derived=told.derived,
        **{name: shown(told.sum(name)) for name in NAMES},
        overpaid=shown(told.overpaid),
        credit_balance=shown(told.credit),
        loans=tuple(
            ShareAnswer(loan=share.loan, **{name: shown(getattr(share, name)) for name in NAMES})
            for share in told.shares
        ),
        bills=tuple(
            BillAnswer(fact=fact_ids(household, (bill,))[0], due_on=due_on[bill].isoformat(), amount=shown(part))
            for bill, part in told.bills
        ),
        reversed_by=None if told.reversed_by is None else fact_ids(household, (told.reversed_by,))[0],
    )
