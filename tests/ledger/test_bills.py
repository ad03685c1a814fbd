"""How bills, schedules and payments meet. Source: domain.md section 4."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from ledger.dues import Ahead
from ledger.loan import LoanTerms
from ledger.money import rate_units
from tests.build import billed, drew, granted, opened_line, repaid, repayment_reversed
from tests.ledger.debts import Debt, a_year, card, on, picture
from tests.spec import given

CAR = 1_080_84


def test_a_bill_moves_what_is_due_and_not_what_is_owed() -> None:
    billed, plain = by_the_day(grace_days=10), by_the_day(grace_days=10)
    billed.billed(CAR, "2026-02-15", due_on="2026-02-20")
    assert billed.overdue("2026-02-15") == 0 < plain.overdue("2026-02-15")
    assert billed.accrued("2026-02-15") == plain.accrued("2026-02-15")


# Bills that come late


def by_the_day(**terms: Any) -> Debt:
    """12,000.00 in twelve equal instalments, with interest for every day."""
    debt = Debt(**terms)
    debt.drew(12_000_00, "2026-01-10", loan="car", method="equal_instalment", periods=12)
    return debt


def at_will(**terms: Any) -> Debt:
    debt = Debt(**terms)
    debt.drew(5_000_00, "2026-01-01", loan="old")
    return debt


def bullet(**terms: Any) -> Debt:
    debt = Debt(**terms)
    debt.drew(1_000_00, "2026-01-10", loan="car", method="bullet", due_on="2026-02-10")
    return debt


@pytest.mark.parametrize("late", ["2026-02-10", "2026-02-20", "2026-03-09", "2026-04-20"])
@pytest.mark.parametrize("due", ["2026-02-05", "2026-02-10", "2026-02-15"])
@pytest.mark.parametrize("terms", [{}, {"grace_days": 10}, {"day_count": "30u_360"}, {"limit_basis": "full_balance"}])
@pytest.mark.parametrize("owing", [at_will, a_year, by_the_day, bullet])
def test_a_bill_that_comes_after_its_due_date_leaves_what_one_in_time_does(
    owing: Callable[..., Debt], terms: dict[str, Any], due: str, late: str
) -> None:
    in_time, too_late = owing(**terms), owing(**terms)
    in_time.billed(1_100_00, "2026-02-01", due_on=due)
    too_late.billed(1_100_00, late, due_on=due)
    for day in ("2026-04-20", "2026-06-11"):
        assert too_late.picture(day)[:10] == in_time.picture(day)[:10]


def test_a_late_bill_bears_penalty_from_its_due_date_and_no_ordinary_interest_beside_it() -> None:
    """For 40 days 80.00 on 5,000.00; then for ten days 15.92 on 3,980.00 by 0.0004, and 6.60 on 1,100.00 by 0.0006."""
    debt = at_will()
    debt.billed(1_100_00, "2026-02-20", due_on="2026-02-10")
    assert debt.loans.accrued_penalty(on("2026-02-20")) == 6_60
    assert debt.accrued("2026-02-20") == 80_00 + 15_92 + 6_60


def test_what_a_charge_or_a_draw_settled_before_a_late_bill_came_stays_as_it_was_counted() -> None:
    """Interest is charged on the 15th: from then on 1,100.00 bear penalty for ten days, and 3,990.00 interest."""
    debt = at_will()
    debt.charged("interest", 90_00, "2026-02-15")
    debt.billed(1_100_00, "2026-02-25", due_on="2026-02-10")
    assert (debt.overdue("2026-02-25"), debt.late("2026-02-25")) == (1_100_00, 15)
    assert debt.loans.accrued_penalty(on("2026-02-25")) == 6_60
    assert debt.accrued("2026-02-25") == 15_96 + 6_60


def _bounced(debt: Debt) -> None:
    debt.paid(500_00, "2026-01-21")
    debt.undid(debt.version, "2026-02-15")


@pytest.mark.parametrize(
    ("happened", "more"),
    [
        (lambda debt: debt.drew(1_000_00, "2026-02-15", loan="old"), 2_56),
        (lambda debt: debt.loans.set_terms(LoanTerms(daily_rate=rate_units("0.0006")), day=on("2026-02-15")), 3_84),
        (lambda debt: debt.charged("penalty", 3_00, "2026-02-15", loan="old"), 2_55),
        (_bounced, 2_54),
    ],
)
def test_a_late_bill_reaches_back_to_what_last_happened_to_the_loan(happened: Callable[[Debt], Any], more: int) -> None:
    """Ten days from the 15th of half the rate more on about 1,010.00 of principal, and of 1.5 on 90.00 of interest."""
    debt = at_will()
    happened(debt)
    before = debt.loans.total(on("2026-02-25"))
    debt.billed(1_100_00, "2026-02-25", due_on="2026-02-10")
    assert debt.loans.total(on("2026-02-25")) - before == more


def test_a_late_bill_leaves_the_schedule_that_early_principal_made_since() -> None:
    debt = by_the_day()
    debt.paid(4_500_00, "2026-02-15")
    ahead = debt.loans.ahead(on("2026-02-25"))
    debt.billed(1_000_00, "2026-02-25", due_on="2026-02-10")
    assert debt.loans.ahead(on("2026-02-25")) == ahead


def test_what_a_payment_settled_of_another_months_instalment_settles_no_late_bill() -> None:
    asked = given(
        opened_line(),
        granted(9000),
        drew(5000, "2026-01-01", loan="a"),
        drew(300, "2026-01-01", loan="b", method="bullet", due_on="2026-02-12"),
        repaid(300, "2026-02-15"),
        billed(900, "2026-02-25", due_on="2026-01-31"),
    ).as_of("2026-02-25")
    assert asked.line().loans.overdue(on("2026-02-25")) == 900_00


def test_a_bill_asks_nothing_of_what_was_drawn_on_the_same_loan_after_its_due_date() -> None:
    """5,000.00 and 80.00 of interest x 0.0006 x 15 days = 45.72."""
    debt = at_will()
    debt.billed(6_000_00, "2026-02-01", due_on="2026-02-10")
    debt.drew(1_000_00, "2026-02-15", loan="old")
    assert debt.loans.accrued_penalty(on("2026-02-25")) == 45_72


def test_a_bill_asks_nothing_of_what_was_drawn_after_its_due_date() -> None:
    """Of 300.00 for nine days 1.08, and for ten days 1.81 of penalty less 1.00; on the other loan 10.00."""
    debt = Debt()
    debt.drew(300_00, "2026-02-01", loan="a")
    debt.billed(1_000_00, "2026-02-02", due_on="2026-02-10")
    debt.drew(5_000_00, "2026-02-15", loan="b")
    debt.paid(1_00, "2026-02-20")
    late = Debt()
    late.drew(300_00, "2026-02-01", loan="a")
    late.drew(5_000_00, "2026-02-15", loan="b")
    late.billed(1_000_00, "2026-02-20", due_on="2026-02-10")
    late.paid(1_00, "2026-02-20")
    assert late.picture("2026-02-20") == debt.picture("2026-02-20")
    assert [view.accrued_interest for view in debt.loans.views(on("2026-02-20"))] == [1_89, 10_00]


@pytest.mark.parametrize("rate", ["0.0004", "0"])
@pytest.mark.parametrize("bill_on", ["2026-02-01", "2026-02-25"])
def test_what_was_paid_since_the_due_date_settles_a_bill_that_comes_late(rate: str, bill_on: str) -> None:
    history = given(
        opened_line(daily_rate=rate),
        granted(9000),
        drew(5000, "2026-01-01"),
        billed(900, bill_on, due_on="2026-02-10"),
        repaid(600, "2026-02-10"),
        repaid(400, "2026-02-15", payment="p"),
    )
    loans = history.as_of("2026-02-25").line().loans
    assert (loans.overdue(on("2026-02-25")), loans.days_past_due(on("2026-02-25"))) == (0, 0)
    bounced = history.and_then(repayment_reversed("2026-02-26", payment="p")).as_of("2026-02-26").line().loans
    assert (bounced.overdue(on("2026-02-26")), bounced.days_past_due(on("2026-02-26"))) == (300_00, 16)


def test_a_payment_that_settled_another_bill_settles_a_late_one_only_with_the_rest() -> None:
    asked = given(
        opened_line(),
        granted(9000),
        drew(5000, "2026-01-01"),
        billed(400, "2026-01-10", due_on="2026-01-31"),
        repaid(600, "2026-02-12"),
        billed(900, "2026-02-25", due_on="2026-02-10"),
    ).as_of("2026-02-25")
    assert asked.line().loans.overdue(on("2026-02-25")) == 700_00


@pytest.mark.parametrize(
    ("paid_on", "left"), [("2026-01-10", 900_00), ("2026-01-11", 300_00), ("2026-02-09", 300_00)]
)  # fmt: skip
def test_what_was_paid_in_the_month_that_ends_with_its_date_settles_a_bill_that_comes_late(
    paid_on: str, left: int
) -> None:
    history = given(
        opened_line(), granted(9000), drew(5000, "2026-01-01"), repaid(600, paid_on, payment="p"),
        billed(900, "2026-02-25", due_on="2026-02-10"),
    )  # fmt: skip
    assert history.as_of("2026-02-25").line().loans.overdue(on("2026-02-25")) == left
    bounced = history.and_then(repayment_reversed("2026-02-26", payment="p")).as_of("2026-02-26").line().loans
    assert (bounced.overdue(on("2026-02-26")), bounced.days_past_due(on("2026-02-26"))) == (900_00, 16)


DUE, LATE = "2026-03-10", ("2026-03-11", "2026-03-25", "2026-04-20")
paid_or_drawn = st.lists(
    st.tuples(st.sampled_from([repaid, repaid, drew]), st.sampled_from([50, 300, 900, 6000]), st.integers(11, 37)),
    max_size=5,
)


@pytest.mark.parametrize("late", LATE)
@over(
    st.sampled_from(["act_365f", "act_360", "30e_360", "30u_360"]), st.sampled_from(["principal_only", "full_balance"]),
    st.sampled_from([0, 3]), st.sampled_from([300, 900, 2500]), paid_or_drawn,
)  # fmt: skip
def test_a_bill_that_comes_late_leaves_what_one_at_the_beginning_of_its_month_does_whatever_was_paid_in_it(
    late: str, day_count: str, basis: str, grace: int, amount: int, between: list[tuple[Any, int, int]]
) -> None:
    """Days are counted from 31 January, so that they lie between the beginning of the month and the due date."""
    terms: dict[str, Any] = {"day_count": day_count, "limit_basis": basis, "grace_days": grace}
    moves = [make(yuan, date.fromordinal(on("2026-01-31") + day).isoformat()) for make, yuan, day in between]
    book = (opened_line(daily_rate="0.0004", **terms), granted(90000), drew(5000, "2026-01-10"), *moves)
    in_time, too_late = (given(*book, billed(amount, at, due_on=DUE)) for at in ("2026-02-10", late))
    for later in (late, "2026-04-20", "2026-06-11"):
        assert picture(too_late, later) == picture(in_time, later)


# Bills, schedules and payments


def test_no_penalty_runs_on_a_fee_that_was_billed() -> None:
    debt = a_year()
    debt.charged("fee", 20_00, "2026-01-31")
    debt.billed(CAR + 20_00, "2026-02-01", due_on="2026-02-10")
    assert (debt.overdue("2026-02-20"), debt.loans.accrued_penalty(on("2026-02-20"))) == (CAR + 20_00, 6_49)


def test_a_bill_speaks_first_for_the_instalment_of_its_month() -> None:
    debt = Debt()
    debt.drew(5_000_00, "2026-01-01", loan="old")
    debt.drew(12_000_00, "2026-01-10", loan="car", method="equal_instalment", periods=12, period_basis="equal")
    debt.billed(CAR, "2026-02-01", due_on="2026-02-10")
    old, car = debt.loans.views(on("2026-02-20"))
    assert old.accrued_interest == 100_00
    assert car.accrued_interest == a_year().accrued("2026-02-20")


def test_bills_are_settled_by_their_due_dates_and_not_in_the_order_they_came() -> None:
    debt = card(rate=None)
    debt.drew(5_000_00, "2026-01-01")
    debt.billed(700_00, "2026-01-20", due_on="2026-03-10")
    debt.billed(1_000_00, "2026-01-21", due_on="2026-02-10")
    debt.paid(1_000_00, "2026-01-22")
    assert (debt.due("2026-01-22", "2026-02-28"), debt.due("2026-01-22", "2026-03-10")) == (0, 700_00)


def test_what_a_part_payment_leaves_of_a_bill_bears_penalty_on() -> None:
    debt = a_year()
    debt.billed(CAR, "2026-02-01", due_on="2026-02-10")
    paid = debt.paid(500_00, "2026-02-15")
    assert {name: part for name, part in paid.parts.items() if part} == {
        "penalty_on_principal": 2_80, "penalty_on_interest": 44, "overdue_interest": 146_00,
        "current_interest": 24_04, "overdue_principal": 326_72,
    }  # fmt: skip
    assert (debt.overdue("2026-02-25"), debt.loans.accrued_penalty(on("2026-02-25"))) == (580_84, 3_65)


@pytest.mark.parametrize("paid_on", ["2026-02-05", "2026-02-10"])
def test_a_bill_whose_payment_was_reversed_is_late_from_its_date_and_bears_penalty_from_the_reversal(
    paid_on: str,
) -> None:
    debt = a_year()
    debt.billed(CAR, "2026-02-01", due_on="2026-02-10")
    debt.paid(CAR, paid_on)
    debt.undid(debt.version, "2026-02-16")
    assert (debt.overdue("2026-02-16"), debt.late("2026-02-16")) == (CAR, 6)
    assert debt.loans.accrued_penalty(on("2026-02-16")) == 0
    assert debt.loans.accrued_penalty(on("2026-02-26")) == 6_49


def test_the_last_bill_paid_and_reversed_after_the_end_is_owed_once() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    debt.billed(1_036_00, "2026-04-01", due_on="2026-04-10")
    debt.paid(1_036_00, "2026-04-10")
    debt.undid(debt.version, "2026-05-01")
    assert (debt.overdue("2026-05-01"), debt.loans.accrued_penalty(on("2026-05-11"))) == (1_036_00, 6_22)


def test_a_bill_whose_date_passed_while_the_loan_was_settled_bears_penalty_once_the_settlement_bounced() -> None:
    """900.00 x 0.0006 x 10 days = 5.40, from the reversal."""
    debt = at_will()
    debt.paid(5_060_00, "2026-01-31")
    settlement = debt.version
    debt.billed(900_00, "2026-02-01", due_on="2026-02-10")
    debt.undid(settlement, "2026-02-20")
    assert (debt.overdue("2026-02-20"), debt.late("2026-02-20")) == (900_00, 10)
    assert [debt.loans.accrued_penalty(on(day)) for day in ("2026-02-20", "2026-03-02")] == [0, 5_40]


def test_what_a_last_bill_did_not_ask_for_is_not_overdue_when_its_payment_is_reversed() -> None:
    debt = Debt(rate=0)
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    debt.billed(500_00, "2026-04-01", due_on="2026-04-10")
    debt.paid(1_000_00, "2026-04-10")
    debt.undid(debt.version, "2026-05-01")
    assert (debt.overdue("2026-05-01"), debt.loans.total(on("2026-05-01"))) == (500_00, 1_000_00)


def test_on_a_full_balance_an_instalment_is_overdue_by_its_principal_until_its_interest_is_charged() -> None:
    debt = a_year(limit_basis="full_balance")
    assert (debt.overdue("2026-02-12"), debt.loans.total(on("2026-02-12")) > 12_000_00) == (934_84, True)


def test_a_newer_bill_ends_the_penalty_on_the_one_that_it_stands_for() -> None:
    debt = a_year()
    debt.billed(CAR, "2026-02-01", due_on="2026-02-10")
    debt.billed(500_00, "2026-02-15", due_on="2026-02-28")
    assert (debt.overdue("2026-02-16"), debt.late("2026-02-16")) == (0, 0)
    assert debt.loans.accrued_penalty(on("2026-02-27")) == debt.loans.accrued_penalty(on("2026-02-15")) == 3_24


def test_what_settles_an_instalment_without_a_bill_settles_no_bill_too() -> None:
    debt = Debt(rate=0)
    debt.drew(1_000_00, "2026-01-01", loan="a", method="bullet", due_on="2026-01-31")
    debt.drew(800_00, "2026-01-02", loan="b")
    debt.billed(500_00, "2026-02-01", due_on="2026-02-10")
    debt.paid(1_000_00, "2026-02-05")
    assert (debt.overdue("2026-02-05"), debt.due("2026-02-05", "2026-02-28")) == (0, 500_00)


def test_a_bill_asks_for_the_interest_of_every_loan_before_principal() -> None:
    """40 days at 0.40 a day on each of two loans: 16.00 and 16.00, then 68.00 of principal."""
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01", loan="a")
    debt.drew(1_000_00, "2026-01-01", loan="b")
    debt.billed(100_00, "2026-02-01", due_on="2026-02-10")
    assert debt.paid(100_00, "2026-02-10").parts == {"overdue_interest": 32_00, "overdue_principal": 68_00}


def test_a_settled_bill_has_no_claim_left_on_whichever_loan_it_was_paid() -> None:
    """1,080.84 x 0.0006 x 2 days = 1.30, and no penalty more once the bill is paid, on another loan."""
    debt = Debt()
    debt.drew(5_000_00, "2026-01-01", loan="old")
    debt.drew(12_000_00, "2026-01-10", loan="car", method="equal_instalment", periods=12, period_basis="equal")
    debt.billed(CAR, "2026-02-01", due_on="2026-02-10")
    debt.paid(CAR, "2026-02-12", loan="old")
    assert (debt.overdue("2026-02-12"), debt.late("2026-02-12")) == (0, 0)
    assert [debt.loans.accrued_penalty(on(f"2026-02-{day}")) for day in (12, 22)] == [1_30, 1_30]


@pytest.mark.parametrize(
    ("asked_on", "interest"), [("2026-01-19", 12_40), ("2026-01-20", 0), ("2026-02-19", 0), ("2026-02-20", 6_72)]
)
def test_a_bill_speaks_for_the_month_that_ends_with_its_date(asked_on: str, interest: int) -> None:
    """31 days from 19 January at 0.40; none while the bill lies ahead; then 28 days at 0.24 on what is not due."""
    debt = Debt(limit_basis="full_balance")
    debt.drew(1_000_00, "2026-01-10")
    debt.billed(400_00, "2026-01-15", due_on="2026-02-20")
    assert debt.loans.month_interest(on(asked_on), on(asked_on) + 60) == interest


def test_the_interest_in_bills_is_what_was_charged_and_counts_once() -> None:
    debt = card(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    debt.charged("interest", 15_00, "2026-01-20")
    debt.billed(500_00, "2026-01-20", due_on="2026-02-10")
    debt.billed(400_00, "2026-01-21", due_on="2026-03-10")
    assert debt.loans.ahead(on("2026-01-21")) == (
        Ahead(on("2026-02-10"), 500_00, 15_00), Ahead(on("2026-03-10"), 400_00, 0)
    )  # fmt: skip


def test_a_bill_of_a_line_is_the_next_payment_of_its_only_loan() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01", loan="a")
    debt.billed(500_00, "2026-01-20", due_on="2026-02-10")
    (view,) = debt.loans.views(on("2026-01-21"))
    assert (view.next_due_on, view.next_due) == (on("2026-02-10"), 500_00)
    debt.drew(1_000_00, "2026-01-21", loan="b")
    assert [view.next_due_on for view in debt.loans.views(on("2026-01-21"))] == [None, None]


def test_a_month_of_interest_at_will_is_counted_on_what_is_not_yet_due() -> None:
    debt = Debt()
    debt.drew(10_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-02-01", due_on="2026-02-10")
    assert debt.due("2026-02-15", "2026-03-15") == 102_59


def test_what_a_last_bill_left_out_is_due_within_the_month() -> None:
    debt = Debt(rate=0)
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    debt.billed(500_00, "2026-04-01", due_on="2026-04-10")
    found = debt.loans.maturity(on("2026-04-15"))
    assert (found.within_1_month, found.undated) == (1_000_00, 0)


def test_a_bill_on_a_line_that_owes_nothing_is_neither_overdue_nor_late() -> None:
    history = given(
        opened_line(product="card", limit_basis="full_balance"),
        granted(9000),
        billed(300, "2026-01-20", due_on="2026-02-05"),
    )
    (line,) = history.as_of("2026-02-04").told()["lines"]
    assert (line["due_30_days"], line["overdue"], line["days_past_due"]) == ("300.00", "0.00", 0)
    (line,) = history.as_of("2026-02-10").told()["lines"]
    assert (line["overdue"], line["days_past_due"]) == ("0.00", 0)
    assert history.as_of("2026-02-10").line().loans.outlook(on("2026-02-10")).past_due_since is None
    late = history.and_then(drew(100, "2026-01-15"))
    (line,) = late.as_of("2026-02-10").told()["lines"]
    assert (line["overdue"], line["days_past_due"]) == ("100.00", 5)


def test_an_instalment_that_a_late_bill_speaks_for_is_owed_once_when_its_payment_bounces() -> None:
    history = given(
        opened_line(daily_rate="0.0004"),
        granted(90000),
        drew(12000, "2026-01-10", loan="car", method="equal_instalment", periods=12, period_basis="equal"),
        repaid("1080.84", "2026-02-12", payment="p"),
        billed("1080.84", "2026-02-25", due_on="2026-02-10"),
        repayment_reversed("2026-02-26", payment="p"),
    )
    loans = history.as_of("2026-02-26").line().loans
    assert (loans.overdue(on("2026-02-26")), loans.days_past_due(on("2026-02-26"))) == (CAR, 16)
