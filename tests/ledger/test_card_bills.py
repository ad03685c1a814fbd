"""Bills of a card: each asks for the whole balance, and so for what the last one left. Source: domain.md section 4."""

import pytest

from ledger.money import rate_units
from tests.build import (
    billed,
    charged_fee,
    charged_interest,
    drew,
    granted,
    opened_line,
    repaid,
    repayment_reversed,
)
from tests.ledger.debts import Debt, card, on, picture
from tests.spec import given


def a_card_of_two_bills(*, minimum: int | None = 860_00, paid: int = 860_00) -> Debt:
    """8,600.00 billed and paid in part; 172.34 of interest charged, and all of it billed again a month later."""
    debt = card(rate=None)
    debt.drew(8_600_00, "2025-12-24")
    debt.billed(8_600_00, "2026-01-05", due_on="2026-01-23", minimum=minimum)
    if paid:
        debt.paid(paid, "2026-01-22")
    debt.charged("interest", 172_34, "2026-02-05")
    debt.billed(8_772_34 - paid, "2026-02-05", due_on="2026-02-23", minimum=minimum and 877_00 + minimum - paid)
    return debt


def test_a_bill_asks_again_for_what_the_last_one_left_beyond_its_minimum() -> None:
    """Once for 7,912.34; when that is paid nothing is left of either bill, whatever is drawn and billed later."""
    debt = a_card_of_two_bills()
    assert (debt.due("2026-02-05", "2026-02-28"), debt.overdue("2026-02-22"), debt.overdue("2026-02-23")) == (
        7_912_34, 0, 877_00
    )  # fmt: skip
    debt.paid(7_912_34, "2026-02-23")
    debt.drew(12_000_00, "2026-08-10")
    assert (debt.overdue("2026-08-11"), debt.due("2026-02-23", "2026-12-31")) == (0, 0)
    debt.billed(12_000_00, "2026-09-05", due_on="2026-09-23", minimum=1_200_00)
    debt.paid(6_000_00, "2026-09-22")
    assert (debt.overdue("2026-11-28"), debt.late("2026-11-28")) == (0, 0)


def test_the_minimum_of_each_bill_is_paid_before_the_rest_of_the_last() -> None:
    debt = a_card_of_two_bills()
    debt.paid(877_00, "2026-02-20")
    assert (debt.overdue("2026-02-23"), debt.loans.drawn) == (0, 7_035_34)


@pytest.mark.parametrize("minimum", [860_00, None])
def test_what_is_late_of_a_bill_stays_late_under_its_own_date_and_is_owed_once(minimum: int | None) -> None:
    debt = a_card_of_two_bills(minimum=minimum, paid=0)
    late = minimum or 8_600_00
    assert (debt.overdue("2026-02-06"), debt.late("2026-02-06")) == (late, 14)
    assert debt.due("2026-02-06", "2026-02-28") == 8_772_34 - late
    debt.paid(late, "2026-02-10")
    assert (debt.overdue("2026-02-22"), debt.late("2026-02-22")) == (0, 0)
    assert debt.overdue("2026-02-23") == (877_00 if minimum else 172_34)


def test_a_minimum_that_bounces_after_the_next_bill_is_late_from_its_own_date() -> None:
    debt = card(rate=None)
    debt.drew(8_600_00, "2025-12-24")
    debt.billed(8_600_00, "2026-01-05", due_on="2026-01-23", minimum=860_00)
    debt.paid(860_00, "2026-01-22")
    payment = debt.version
    debt.billed(7_740_00, "2026-02-05", due_on="2026-02-23", minimum=774_00)
    debt.undid(payment, "2026-02-10")
    assert (debt.overdue("2026-02-10"), debt.late("2026-02-10")) == (860_00, 18)
    assert debt.due("2026-02-10", "2026-02-28") == 7_740_00


def test_bills_that_together_ask_for_no_more_than_is_owed_stand_beside_each_other() -> None:
    debt = card(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-05", due_on="2026-01-23")
    debt.drew(800_00, "2026-01-25")
    debt.billed(800_00, "2026-02-05", due_on="2026-02-23")
    assert (debt.overdue("2026-02-06"), debt.due("2026-02-06", "2026-02-28")) == (1_000_00, 800_00)


@pytest.mark.parametrize("paid", [500, 860, 3000, 7740, 9000])
@pytest.mark.parametrize("paid_on", ["2026-02-10", "2026-02-23", "2026-03-02"])
@pytest.mark.parametrize("minimum", [{}, {"minimum": "774"}])
def test_a_cards_bill_that_comes_late_leaves_what_one_in_time_does(
    minimum: dict[str, str], paid_on: str, paid: int
) -> None:
    book = (
        opened_line(product="card", limit_basis="full_balance"),
        granted(90000),
        drew(8600, "2025-12-24"),
        billed(8600, "2026-01-05", due_on="2026-01-23", minimum="860"),
        repaid(860, "2026-01-22"),
        repaid(paid, paid_on),
    )
    days = ("2026-02-05", "2026-03-05")
    in_time, late = (given(*book, billed(7740, at, due_on="2026-02-23", **minimum)) for at in days)
    for day in ("2026-03-05", "2026-04-20"):
        assert picture(late, day) == picture(in_time, day)
    more = (drew(2000, "2026-03-06"), billed(2000, "2026-04-05", due_on="2026-04-23"))
    assert picture(late.and_then(*more), "2026-04-25") == picture(in_time.and_then(*more), "2026-04-25")


def test_a_bill_that_asks_for_less_than_the_last_one_left_asks_for_something_else() -> None:
    debt = card(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-05", due_on="2026-01-23")
    debt.billed(90_00, "2026-02-05", due_on="2026-02-23")
    assert (debt.overdue("2026-02-06"), debt.due("2026-02-06", "2026-02-28")) == (1_000_00, 90_00)


# Payments that bounce after others


@pytest.mark.parametrize(("bounced_on", "late"), [("2026-02-09", 0), ("2026-02-10", 0), ("2026-02-12", 2)])
@pytest.mark.parametrize("basis", ["full_balance", "principal_only"])
def test_what_was_paid_beyond_a_bill_counts_for_it_once_an_earlier_payment_bounced(
    basis: str, bounced_on: str, late: int
) -> None:
    history = given(
        opened_line(product="card", limit_basis=basis),
        granted(9000),
        drew(3000, "2026-01-10"),
        billed(1000, "2026-01-20", due_on="2026-02-10", minimum="700"),
        repaid(1000, "2026-02-05", payment="p"),
        repaid(500, "2026-02-08"),
        repayment_reversed(bounced_on, payment="p"),
    )
    on_due = "2026-02-10" if bounced_on < "2026-02-10" else bounced_on
    loans = history.as_of(on_due).line().loans
    assert (loans.overdue(on(on_due)), loans.days_past_due(on(on_due))) == (200_00, late)
    paid = history.and_then(repaid(200, "2026-02-12")).as_of("2026-02-20").line().loans
    assert paid.overdue(on("2026-02-20")) == 0


def test_a_later_bill_gives_up_what_an_earlier_one_needs_once_its_payment_bounced() -> None:
    """And a payment counts for no bill that came after it."""
    debt = card(rate=None)
    debt.drew(5_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-05", due_on="2026-01-23")
    debt.paid(1_000_00, "2026-01-10")
    first = debt.version
    debt.paid(100_00, "2026-01-15")
    debt.billed(800_00, "2026-02-05", due_on="2026-02-23")
    debt.paid(800_00, "2026-02-06")
    debt.undid(first, "2026-02-10")
    assert (debt.overdue("2026-02-10"), debt.due("2026-02-10", "2026-02-28")) == (100_00, 800_00)
    debt.paid(100_00, "2026-02-11")
    debt.undid(debt.version, "2026-02-12")
    assert (debt.overdue("2026-02-12"), debt.late("2026-02-12")) == (100_00, 20)


def test_a_credit_balance_pays_what_is_owed_again_once_an_earlier_payment_bounced() -> None:
    debt = card(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-05", due_on="2026-01-23")
    debt.paid(1_000_00, "2026-01-10")
    first = debt.version
    debt.paid(400_00, "2026-01-15")
    second = debt.version
    debt.undid(first, "2026-01-25")
    loans = debt.loans
    assert (loans.drawn, loans.principal, loans.credit_balance, loans.total(on("2026-01-25"))) == (
        600_00, 600_00, 0, 600_00
    )  # fmt: skip
    assert debt.overdue("2026-01-25") == 600_00
    debt.undid(second, "2026-01-26")
    assert (loans.drawn, loans.principal, debt.overdue("2026-01-26")) == (1_000_00, 1_000_00, 1_000_00)


def test_what_was_late_before_a_payment_bounced_bears_penalty_from_its_due_date_on() -> None:
    """600.00 x 0.0006 from the 10th to the 25th, and 400.00 from the 15th: 5.40 and 2.40."""
    debt = Debt(limit_basis="full_balance", grace_days=10)
    debt.drew(1_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-05", due_on="2026-01-10")
    debt.paid(400_00, "2026-01-06")
    debt.undid(debt.version, "2026-01-15")
    assert debt.loans.accrued_penalty(on("2026-01-25")) == 5_40 + 2_40


# Bills that come late


def test_a_bill_that_comes_late_repeats_what_the_last_one_left_whatever_was_drawn_since() -> None:
    """One on the 5th asks for 1,000.00 again; 800.00 are drawn on the 25th. In all 1,000.00 are late, not 1,800.00."""
    book = (
        opened_line(product="card", limit_basis="full_balance"),
        granted(90000),
        drew(1000, "2026-01-01"),
        billed(1000, "2026-01-05", due_on="2026-01-23", minimum="100"),
        repaid(100, "2026-01-22"),
        drew(800, "2026-02-25"),
    )
    days = ("2026-02-05", "2026-03-05")
    in_time, late = (given(*book, billed(900, at, due_on="2026-02-23")) for at in days)
    assert picture(late, "2026-03-05") == picture(in_time, "2026-03-05")
    paid = repaid(900, "2026-03-06")
    assert late.and_then(paid).as_of("2026-03-06").line().loans.overdue(on("2026-03-06")) == 0


@pytest.mark.parametrize("at", ["2026-02-05", "2026-02-12", "2026-03-05"])
def test_a_bill_that_asks_for_all_that_was_owed_was_made_then(at: str) -> None:
    """What was paid after its month had begun, and before it was made, is not asked for, and not paid twice."""
    history = given(
        opened_line(product="card", limit_basis="full_balance"),
        granted(90000),
        drew(8600, "2025-12-24"),
        billed(8600, "2026-01-05", due_on="2026-01-23", minimum="860"),
        repaid(860, "2026-01-25"),
        drew(1000, "2026-02-01"),
        drew(50, "2026-02-10"),
        repaid(800, "2026-02-20"),
        billed(8740, at, due_on="2026-02-23", minimum="874"),
    )
    for day in ("2026-03-05", "2026-04-20"):
        assert history.as_of(day).line().loans.overdue(on(day)) == 74_00
    later = history.and_then(repaid(7940, "2026-04-21")).as_of("2026-04-21").line().loans
    assert [bill.unpaid for bill in later.standing(on("2026-04-21"))[1]] == [0, 0]


def test_a_bill_that_comes_after_the_next_one_is_repeated_by_it() -> None:
    first = (
        opened_line(product="card", limit_basis="full_balance"),
        granted(90000),
        drew(1000, "2026-01-01"),
        billed(1000, "2026-01-05", due_on="2026-01-23", minimum="100"),
        repaid(100, "2026-01-22"),
    )
    second = billed(900, "2026-02-05", due_on="2026-02-23", minimum="90")
    third = billed(900, "2026-03-01", due_on="2026-03-23", minimum="90")
    in_order = given(*first, second, third)
    late = given(*first, third, billed(900, "2026-03-05", due_on="2026-02-23", minimum="90"))
    for day in ("2026-03-05", "2026-03-23", "2026-04-20"):
        assert picture(late, day) == picture(in_order, day)


# Interest that nobody charged


@pytest.mark.parametrize("at", ["2026-01-20", "2026-02-10", "2026-04-01"])
@pytest.mark.parametrize("minimum", [{}, {"minimum": "100"}])
@pytest.mark.parametrize("beyond", [0, 50])
def test_a_card_that_is_paid_off_owes_nothing_until_the_lender_charges_more(
    at: str, minimum: dict[str, str], beyond: int
) -> None:
    """In time, after the due date, or after months: what we counted ends with the balance that it ran on."""
    history = given(
        opened_line(product="card", limit_basis="full_balance", daily_rate="0.0005"),
        granted(9000),
        drew(1000, "2026-01-01", loan="x"),
        billed(1000, "2026-01-05", due_on="2026-01-23", **minimum),
        repaid(1000 + beyond, at, payment="p"),
    )
    for day in (at, "2026-05-01"):
        told = history.as_of(day).told()
        (line,) = told["lines"]
        assert (line["accrued_interest"], line["loans"], told["debt"]["total"]) == ("0.00", [], "0.00")
    for charge in (charged_interest("12.30", "2026-05-02"), charged_fee("12.30", "2026-05-02", loan="x")):
        told = history.and_then(charge).as_of("2026-06-01").told()
        assert told["debt"]["total"] == ("12.30" if not beyond else "0.00")


@pytest.mark.parametrize("at", ["2026-01-20", "2026-02-10"])
def test_a_card_whose_payment_bounced_owes_what_was_counted_before(at: str) -> None:
    """1,000.00 from the 1st of January at 0.0005 a day; penalty since the 23rd on what was late."""
    debt = card(rate=rate_units("0.0005"))
    debt.drew(1_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-05", due_on="2026-01-23", minimum=100_00)
    before = debt.accrued(at)
    debt.paid(1_000_00, at)
    assert debt.accrued(at) == 0
    debt.undid(debt.version, at)
    assert debt.accrued(at) == before > 0
