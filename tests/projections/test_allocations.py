"""How each repayment was used, and whether the lender stated it. Source: domain.md section 4."""

from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from ledger.book import fold
from ledger.events import Allocation, RepaymentPosted
from ledger.settlement import Paid
from ledger.vocabulary import DEFAULT_ALLOCATION_ORDER
from projections.allocations import NAMES, Allocated, Share, allocated, allocations, answers
from tests.build import (
    Record,
    billed,
    charged_fee,
    charged_interest,
    charged_penalty,
    drew,
    granted,
    opened_line,
    repaid,
    repayment_reversed,
)
from tests.ledger.debts import Debt
from tests.ledger.test_loan_histories import lived, moves
from tests.properties.histories import histories
from tests.spec import HOUSEHOLD, given

BOOK = (opened_line(daily_rate="0.0005"), granted(50000))
CARD = (opened_line(limit_basis="full_balance"), granted(50000))
TWO_DRAWS = (*BOOK, drew(1000, "2026-01-11", loan="x"), drew(1000, "2026-01-31"))


def used(*facts: Record) -> list[Allocated]:
    return list(allocations(given(*facts).as_of().book).values())


# What is told


def test_a_payment_without_a_stated_allocation_is_derived_oldest_draw_first() -> None:
    """20 days at 0.50 on each draw: 20.00 on x, 10.00 on the other, then principal of x before that of the other."""
    [found] = used(*TWO_DRAWS, charged_fee(12, "2026-02-01", loan="x"), repaid(1200, "2026-02-20"))
    assert found == Allocated(
        derived=True,
        shares=(
            Share(loan="x", fee=12_00, interest=20_00, principal=1_000_00),
            Share(loan="#5", interest=10_00, principal=158_00),
        ),
        overpaid=0,
        credit=0,
        bills=(),
        reversed_by=None,
    )


def test_what_the_lender_stated_is_no_derivation() -> None:
    stated = {"interest": "9.99", "principal": "190.01"}
    [found] = used(*TWO_DRAWS, repaid(200, "2026-02-20", loan="x", allocation=stated))
    assert not found.derived
    assert found.shares == (Share(loan="x", interest=9_99, principal=190_01),)


def test_a_charge_that_the_books_never_had_belongs_to_no_loan_of_theirs() -> None:
    stated = {"fee": "5", "penalty": "3", "interest": "20", "principal": "72"}
    [found] = used(*TWO_DRAWS, charged_fee(1, "2026-02-01", loan="x"), repaid(100, "2026-02-20", allocation=stated))
    assert found.shares[1:] == (Share(loan=None, fee=4_00, penalty=3_00),)
    assert [found.sum(name) for name in NAMES] == [5_00, 3_00, 20_00, 72_00]


def test_penalty_on_principal_and_on_interest_are_one_penalty() -> None:
    """1,000.00 due with 5.00 of interest. The lender charged 2.00 for the first late day; 9 more cost 6.75 and 0.03."""
    [found] = used(
        *BOOK,
        drew(1000, "2026-01-11", loan="x", method="bullet", due_on="2026-01-21"),
        charged_penalty(2, "2026-01-22", loan="x"),
        repaid(50, "2026-01-31"),
    )
    assert found.shares == (Share(loan="x", penalty=8_78, interest=5_00, principal=36_22),)


def test_what_is_paid_beyond_the_debt_is_overpaid_or_on_a_card_a_credit_balance() -> None:
    [cash] = used(*TWO_DRAWS, repaid(3000, "2026-01-31", loan="x"))
    assert (cash.sum("principal"), cash.overpaid, cash.credit) == (1_000_00, 1_990_00, 0)
    [card] = used(*CARD, drew(1000, "2026-01-11"), charged_interest(7, "2026-01-20"), repaid(1100, "2026-01-31"))
    assert (card.sum("interest"), card.sum("principal"), card.overpaid, card.credit) == (7_00, 1_000_00, 0, 93_00)


def test_a_payment_counts_for_the_bills_by_due_date() -> None:
    book = given(
        *TWO_DRAWS,
        billed(300, "2026-02-01", due_on="2026-03-10"),
        billed(250, "2026-02-02", due_on="2026-02-25"),
        repaid(400, "2026-02-20"),
    ).as_of()
    [told] = answers(book.book, household=HOUSEHOLD).values()
    assert [(bill.fact, bill.due_on, bill.amount) for bill in told.bills] == [
        (f"{HOUSEHOLD}:7", "2026-02-25", "250.00"), (f"{HOUSEHOLD}:6", "2026-03-10", "150.00")
    ]  # fmt: skip


@pytest.mark.parametrize("at", ["2026-02-21", "2026-02-20"])
def test_a_reversed_payment_still_tells_how_it_was_used_and_what_took_it_back(at: str) -> None:
    [kept] = used(*TWO_DRAWS, repaid(1200, "2026-02-20", payment="p"))
    [found] = used(*TWO_DRAWS, repaid(1200, "2026-02-20", payment="p"), repayment_reversed(at, payment="p"))
    assert (found.shares, found.reversed_by) == (kept.shares, 7)


def test_a_reversed_payment_on_a_line_without_interest_is_told_by_its_loans() -> None:
    line = (opened_line(), granted(5000), drew(300, "2026-01-11", loan="x"), drew(300, "2026-01-12", loan="y"))
    [found] = used(*line, repaid(400, "2026-01-13"), repayment_reversed("2026-01-14", fact=f"{HOUSEHOLD}:6"))
    assert found.shares == (Share(loan="x", principal=300_00), Share(loan="y", principal=100_00))
    assert (found.derived, found.reversed_by) == (True, 7)


def test_what_a_payment_left_as_a_credit_balance_goes_to_the_loan_that_is_owed_again() -> None:
    line = (
        *CARD,
        drew(1000, "2026-01-11", loan="x"),
        repaid(600, "2026-01-12", payment="p"),
        repaid(700, "2026-01-13"),
    )
    [_, found] = used(*line)
    assert (found.shares, found.credit) == ((Share(loan="x", principal=400_00),), 300_00)
    [_, found] = used(*line, repayment_reversed("2026-01-14", payment="p"))
    assert (found.shares, found.credit) == ((Share(loan="x", principal=700_00),), 0)


def test_the_order_of_the_line_decides_what_is_derived() -> None:
    order = ["current_principal", *(bucket for bucket in DEFAULT_ALLOCATION_ORDER if bucket != "current_principal")]
    line = (opened_line(daily_rate="0.0005", allocation_order=order), granted(5000), drew(1000, "2026-01-11", loan="x"))
    [found] = used(*line, repaid(500, "2026-01-31"))
    assert found.shares == (Share(loan="x", principal=500_00),)


# What always holds


@over(histories())
def test_every_repayment_that_stands_is_told_and_its_parts_sum_to_it(facts: list[Record]) -> None:
    timeline = given(*facts).timeline()
    book = fold(timeline)
    told = allocations(book)
    paid = {entry.version: entry for entry in timeline.entries if isinstance(entry.fact, RepaymentPosted)}
    assert list(told) == list(paid)
    for version, entry in paid.items():
        found, posting = told[version], book.lines[entry.fact.line].postings[version]
        principal = found.sum("principal")
        assert sum(found.sum(name) for name in NAMES) + found.overpaid + found.credit == entry.fact.amount
        assert posting.principal in (principal, entry.fact.amount)
        assert found.derived == (entry.fact.allocation is None)
        assert min(found.overpaid, found.credit, *(getattr(one, name) for one in found.shares for name in NAMES)) >= 0
        assert sum(part for _, part in found.bills) <= entry.fact.amount


class Watched(Debt):
    """A debt that tells of each payment what became of it, and what is told of it."""

    def __init__(self, **terms: Any) -> None:
        super().__init__(**terms)
        self.seen: list[tuple[Paid, Allocated]] = []

    def paid(self, amount: int, at: str, *, loan: str | None = None, **stated: int) -> Paid:
        became = super().paid(amount, at, loan=loan, **stated)
        settlement = self.loans.settlement(self.version)
        assert settlement is not None
        told = allocated(settlement, amount, stated=Allocation(**stated) if stated else None)
        self.seen.append((became, told))
        return became


@over(moves, st.lists(st.integers(0, 40), min_size=30, max_size=30), st.booleans())
def test_what_is_told_is_what_the_fold_did_with_the_payment(
    history: list[tuple[Any, ...]], gaps: list[int], full: bool
) -> None:
    debt = Watched(limit_basis="full_balance" if full else "principal_only")
    lived(debt, history, gaps)
    for became, told in debt.seen:
        assert [told.sum(name) for name in NAMES[:-1]] == [became.fee, became.penalty, became.interest]
        assert told.sum("principal") == sum(
            became.parts.get(part, 0) for part in ("overdue_principal", "current_principal")
        )
        assert (told.overpaid, told.derived) == (became.overpaid, became.derived)
