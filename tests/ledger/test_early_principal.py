"""Which part of a payment ahead of its date is an instalment, and which is early principal.

Source: domain.md section 4 ("early principal keeps the dates and re-solves the payment"); the reading of what no lender
tells stands at the top of ledger.plan.
"""

from datetime import date

import pytest

from ledger.loan import LoanTerms
from ledger.money import rate_units
from ledger.schedule import due_dates, schedule
from ledger.vocabulary import Method
from tests.build import drew, granted, opened_line, repaid, repayment_reversed
from tests.ledger.debts import RATE, Debt, a_year, on
from tests.spec import given

CAR = 1_080_84
DUE, NEXT_DUE = "2026-02-10", "2026-03-10"


@pytest.mark.parametrize(
    ("amount", "at", "next_due_on"),
    [
        (CAR + 1, "2026-02-08", NEXT_DUE),
        (2 * CAR, "2026-02-08", NEXT_DUE),
        (2 * CAR + 1, "2026-02-08", DUE),
        (CAR + 1, "2026-01-10", DUE),
    ],
)  # fmt: skip
def test_up_to_two_instalments_cover_the_next_one_unless_paid_on_the_first_day_of_a_period(
    amount: int, at: str, next_due_on: str
) -> None:
    debt = a_year()
    debt.paid(amount, at)
    (view,) = debt.loans.views(on(at))
    assert (view.next_due_on, view.derived) == (on(next_due_on), True)


def test_principal_stated_alone_covers_no_instalment() -> None:
    debt = a_year()
    debt.paid(1_100_00, "2026-01-25", principal=1_100_00)
    assert debt.loans.views(on("2026-01-25"))[0].next_due_on == on(DUE)


def test_less_than_an_instalment_on_the_first_day_of_a_period_is_early_principal() -> None:
    debt = a_year()
    debt.paid(500_00, "2026-01-10")
    (view,) = debt.loans.views(on("2026-01-10"))
    assert (view.next_due_on, view.next_due, view.derived) == (on(DUE), 1_035_80, True)


def test_principal_stated_where_no_interest_is_owed_counts_toward_the_instalment() -> None:
    debt = Debt(rate=0)
    debt.drew(12_000_00, "2026-01-10", method="equal_instalment", periods=12)
    debt.paid(400_00, "2026-01-25", principal=400_00)
    (view,) = debt.loans.views(on("2026-01-25"))
    assert (view.next_due, view.derived) == (600_00, False)


def test_part_of_an_interest_payment_leaves_the_rest_of_it_due() -> None:
    debt = Debt()
    debt.drew(20_000_00, "2026-01-10", method="interest_only", periods=6)
    debt.paid(100_00, "2026-02-05")
    assert debt.overdue("2026-02-10") == 148_00


def test_what_is_left_of_a_period_after_early_principal_has_the_days_of_its_count() -> None:
    """30E/360 counts 15 days from 15 to 31 January 2028 and 15 more to 15 February, though the calendar has 16 and 15:
    12,000.00 x 0.0004 x 15 + 10,000.00 x 0.0004 x 15 = 72.00 + 60.00.
    """
    debt = Debt(day_count="30e_360")
    debt.drew(12_000_00, "2028-01-15", method="interest_only", periods=6)
    debt.paid(2_000_00, "2028-01-31", principal=2_000_00)
    assert debt.loans.views(on("2028-01-31"))[0].next_due == 132_00
    assert debt.overdue("2028-02-15") == 132_00


def test_an_instalment_paid_a_day_early_leaves_a_day_of_its_period_and_the_whole_next_one() -> None:
    """1,246.00 a day before 1,146.00 is due: 146.00 x 30/31 = 141.29 of interest, 1,104.71 of principal.

    Then 10,895.29 bears a 31st of a month and a month, at 0.146 / 12 a month: 132.5594 x 32/31 = 136.84.
    """
    debt = Debt()
    debt.drew(12_000_00, "2026-01-10", method="equal_principal", periods=12, period_basis="equal")
    debt.paid(1_246_00, "2026-02-09")
    ahead = debt.loans.ahead(on("2026-02-09"))[0]
    assert (ahead.due_on, ahead.interest) == (on(NEXT_DUE), 136_84)
    assert debt.accrued(NEXT_DUE) == 136_84


def test_on_a_full_balance_no_interest_that_we_count_goes_into_the_schedule_that_is_solved_anew() -> None:
    """7,000.00 for 16 of the 31 days that are left of a month: 7,000.00 x 0.146 / 12 x 16/31 = 43.96."""
    debt = a_year(limit_basis="full_balance")
    debt.paid(5_000_00, "2026-01-25")
    assert debt.loans.ahead(on("2026-01-25"))[0].interest == 43_96


@pytest.mark.parametrize(("method", "left"), [("equal_instalment", 980_84), ("equal_principal", 1_045_82)])
def test_what_part_of_an_instalment_leaves_of_it_holds_the_interest_that_will_have_accrued(
    method: Method, left: int
) -> None:
    """15 of 31 days: 70.65 of interest, 29.35 of principal. Still to come: 11,970.65 x 0.146 / 12 x 16/31 = 75.17.

    Of 1,080.84 that leaves 980.84; of 1,000.00 of principal and its interest, 970.65 and 75.17.
    """
    debt = Debt()
    debt.drew(12_000_00, "2026-01-10", method=method, periods=12, period_basis="equal")
    debt.paid(100_00, "2026-01-25")
    ahead = debt.loans.ahead(on("2026-01-25"))[0]
    assert (ahead.amount, ahead.interest) == (left, 75_17)
    assert debt.overdue(DUE) == left


def test_a_covered_payment_of_interest_leaves_its_month_to_the_next_one() -> None:
    """146.00 after one day of 31: 4.71 of interest, 141.29 of principal. 11,858.71 bears 30/31 and a whole month:
    144.2810 x 61/31 = 283.91 are due on 10 March, and nothing on 10 February.
    """
    debt = Debt()
    debt.drew(12_000_00, "2026-01-10", method="interest_only", periods=4, period_basis="equal")
    debt.paid(146_00, "2026-01-11")
    ahead = debt.loans.ahead(on("2026-01-11"))[0]
    assert (ahead.due_on, ahead.amount, ahead.interest) == (on(NEXT_DUE), 283_91, 283_91)
    assert (debt.overdue(DUE), debt.overdue(NEXT_DUE)) == (0, 283_91)


def test_after_an_instalment_paid_early_the_next_one_asks_for_what_it_was_solved_for() -> None:
    debt = a_year()
    debt.paid(CAR, "2026-02-09")
    assert debt.loans.ahead(on("2026-02-09"))[0][:2] == (on(NEXT_DUE), CAR)
    assert debt.overdue(NEXT_DUE) == CAR


def test_interest_that_was_charged_and_not_paid_is_a_part_of_what_is_left_of_an_instalment() -> None:
    """60.00 charged up to 25 January, 10.00 of it paid; 16 of 31 days of 146.00 are to come: 50.00 + 75.35."""
    debt = a_year()
    debt.charged("interest", 60_00, "2026-01-25", loan="car")
    debt.paid(10_00, "2026-01-25")
    assert debt.loans.ahead(on("2026-01-25"))[0] == (on(DUE), CAR - 10_00, 125_35)


def test_on_a_full_balance_part_of_an_instalment_leaves_the_rest_of_its_principal_due() -> None:
    """500.00 of principal off 12,000.00; after the instalment it was to be 11,065.16: 434.84 are left of it."""
    debt = a_year(limit_basis="full_balance")
    debt.paid(500_00, "2026-01-25")
    ahead = debt.loans.ahead(on("2026-01-25"))[0]
    assert ahead.amount - ahead.interest == 434_84 == debt.overdue(DUE)


def test_a_covered_period_and_the_next_are_counted_each_by_the_day_count() -> None:
    """By 30U/360 28 days from 30 January to 28 February 2028, 1 to the 29th, and 30 from there to 30 March.

    139.20 pays 134.40 and 4.80 of principal; 11,995.20 x 0.0004 x 31 = 148.74.
    """
    debt = Debt(day_count="30u_360")
    debt.drew(12_000_00, "2028-01-30", method="interest_only", periods=3)
    debt.paid(139_20, "2028-02-28")
    assert debt.loans.ahead(on("2028-02-28"))[0].interest == 148_74
    assert debt.overdue("2028-03-30") == 148_74


def test_an_instalment_covered_by_its_balance_is_not_ahead_any_more() -> None:
    debt = a_year()
    debt.paid(1_070_00, "2026-02-08", interest=135_16, principal=934_84)
    assert debt.due("2026-02-08", "2026-02-28") == 0
    assert debt.loans.views(on("2026-02-08"))[0].next_due_on == on(NEXT_DUE)


def test_what_is_left_of_a_single_payment_is_not_solved_anew() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    debt.paid(200_00, "2026-01-10")
    (view,) = debt.loans.views(on("2026-01-10"))
    assert (view.next_due, view.derived) == (800_00 + 28_80, False)


def test_a_schedule_solved_anew_stays_marked_and_a_changed_rate_alone_marks_none() -> None:
    plain, early = a_year(), a_year()
    early.paid(500_00, "2026-01-10")
    for debt in (plain, early):
        debt.loans.set_terms(LoanTerms(daily_rate=rate_units("0.0003")), day=on("2026-01-10"))
    assert [debt.loans.views(on("2026-01-10"))[0].derived for debt in (plain, early)] == [False, True]


def test_a_position_marks_the_loan_whose_schedule_was_solved_anew() -> None:
    facts = (
        opened_line(daily_rate="0.0004"),
        drew(12000, "2026-01-10", loan="car", method="equal_instalment", periods=12, period_basis="equal"),
    )
    told = [given(*facts, *more).as_of("2026-01-31").told() for more in ((), (repaid(500, "2026-01-10"),))]
    loans = [answer["lines"][0]["loans"][0] for answer in told]
    assert [(loan["next_due"], loan["derived"]) for loan in loans] == [("1080.84", False), ("1035.80", True)]


def test_interest_that_was_charged_goes_into_the_schedule_that_is_solved_anew() -> None:
    debt = a_year()
    debt.charged("interest", 60_00, "2026-01-25", loan="car")
    debt.paid(1_000_00, "2026-01-25", principal=1_000_00)
    assert debt.loans.ahead(on("2026-01-25"))[0].interest == 60_00 + 69_08
    asked = []
    while (view := debt.loans.views(on("2026-01-25"))[0]).next_due_on is not None:
        assert view.next_due is not None
        asked.append(view.next_due)
        debt.paid(view.next_due, date.fromordinal(view.next_due_on).isoformat())
        if not debt.loans.principal:
            break
    assert (len(asked), set(asked[:-1])) == (12, {asked[0]})
    assert abs(asked[-1] - asked[0]) < 20
    assert debt.loans.total(on("2027-01-10")) == 0


def test_a_payment_is_next_due_up_to_and_with_its_day() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    (view,) = debt.loans.views(on("2026-04-10"))
    assert (view.next_due_on, view.next_due) == (on("2026-04-10"), 1_036_00)
    (view,) = debt.loans.views(on("2026-04-11"))
    assert (view.next_due_on, view.next_due) == (None, None)


# Reversed


@pytest.mark.parametrize("amount", [500_00, CAR, 1_100_00])
@pytest.mark.parametrize("paid_on", ["2026-01-25", "2026-02-09", DUE])
def test_what_a_reversed_payment_had_paid_of_an_instalment_is_due_again_however_early_it_was_paid(
    amount: int, paid_on: str
) -> None:
    debt = a_year()
    debt.paid(amount, paid_on)
    debt.undid(debt.version, "2026-02-20")
    assert (debt.overdue("2026-02-20"), debt.late("2026-02-20")) == (CAR, 10)
    assert debt.loans.drawn == 12_000_00
    assert debt.loans.ahead(on("2026-02-20"))[0].due_on == on(NEXT_DUE)


def test_penalty_on_an_instalment_whose_early_payment_was_reversed_runs_from_the_reversal() -> None:
    """1,080.84 x 0.0006 x 10 days from 20 February = 6.49."""
    debt = a_year()
    debt.paid(CAR, "2026-02-09")
    debt.undid(debt.version, "2026-02-20")
    assert [debt.loans.accrued_penalty(on(at)) for at in ("2026-02-20", "2026-03-02")] == [0, 6_49]


def test_what_is_due_again_is_the_interest_and_the_principal_that_were_paid_and_the_schedule_stays() -> None:
    """30 of the 31 days of a month of 146.00 had passed: 141.29 of interest, and 939.55 of principal."""
    debt = a_year()
    debt.paid(CAR, "2026-02-09")
    debt.undid(debt.version, "2026-02-20")
    assert not debt.loans.views(on("2026-02-20"))[0].derived
    paid = debt.paid(CAR, "2026-02-20", interest=141_29, principal=939_55)
    assert paid.parts == {"overdue_interest": 141_29, "overdue_principal": 939_55}


def test_a_single_payment_made_early_and_reversed_is_due_again_with_the_interest_it_had_paid() -> None:
    """54 days from 10 January to 5 March at 0.40 a day: 21.60 of interest went with 1,000.00."""
    debt = Debt()
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    debt.paid(1_021_60, "2026-03-05")
    debt.undid(debt.version, "2026-04-20")
    assert (debt.overdue("2026-04-20"), debt.late("2026-04-20")) == (1_021_60, 10)


def test_early_principal_that_is_reversed_makes_no_passed_instalment_due_anew() -> None:
    debt = a_year()
    debt.paid(5_000_00, "2026-01-25", principal=5_000_00)
    asked = debt.overdue(DUE)
    debt.undid(debt.version, "2026-02-20")
    assert debt.overdue("2026-02-20") == asked < CAR
    assert debt.loans.drawn == 12_000_00


@pytest.mark.parametrize("day", ["2026-02-09", "2026-02-10", "2026-02-28", "2026-03-10", "2026-04-20"])
@pytest.mark.parametrize(
    "agreed", [{"method": "equal_instalment"}, {"method": "equal_instalment", "period_basis": "equal"}]
)
def test_a_settlement_that_bounces_leaves_overdue_what_would_be_without_it(agreed: dict[str, str], day: str) -> None:
    settled, never = Debt(), Debt()
    for debt in (settled, never):
        debt.drew(12_000_00, "2026-01-10", loan="car", periods=12, **agreed)
    settled.paid(settled.loans.total(on("2026-01-25")), "2026-01-25")
    assert settled.loans.total(on("2026-01-25")) == 0
    settled.undid(settled.version, day)
    assert (settled.overdue(day), settled.late(day)) == (never.overdue(day), never.late(day))
    assert not settled.loans.views(on(day))[0].derived
    following = [debt.loans.ahead(on(day))[1:4] for debt in (settled, never)]
    assert [each.amount for each in following[0]] == [each.amount for each in following[1]]


@pytest.mark.parametrize("first", [100, 5000, 12000])
def test_a_settlement_that_was_posted_in_parts_bounces_as_one_does(first: int) -> None:
    agreed = (
        opened_line(daily_rate="0.0004"), granted(50000),
        drew(12000, "2026-01-10", loan="car", method="equal_instalment", periods=12),
    )  # fmt: skip
    bounced = repayment_reversed("2026-04-20", payment="p")
    whole = given(*agreed, repaid(12072, "2026-01-25", payment="p"), bounced).as_of("2026-04-20").line().loans
    parts = [repaid(part, "2026-01-25", payment="p") for part in (first, 12072 - first)]
    split = given(*agreed, *parts, bounced).as_of("2026-04-20").line().loans
    day = on("2026-04-20")
    assert (split.overdue(day), split.total(day), split.ahead(day)) == (
        whole.overdue(day), whole.total(day), whole.ahead(day)
    )  # fmt: skip
    assert whole.overdue(day) > 3_000_00


def test_penalty_on_what_a_bounced_settlement_leaves_overdue_runs_from_the_reversal() -> None:
    """1,000.00 of principal a month; with the first go the 72.00 of interest that had been paid: 0.0006 x 10 days."""
    debt = Debt()
    debt.drew(12_000_00, "2026-01-10", method="equal_principal", periods=12)
    debt.paid(12_072_00, "2026-01-25")
    debt.undid(debt.version, "2026-03-20")
    assert (debt.overdue("2026-03-20"), debt.late("2026-03-20")) == (2_072_00, 38)
    assert [debt.loans.accrued_penalty(on(at)) for at in ("2026-03-20", "2026-03-30")] == [0, 12_43]


def test_of_two_part_payments_the_one_that_is_not_reversed_still_counts_toward_the_instalment() -> None:
    debt = a_year()
    debt.paid(500_00, "2026-01-25")
    debt.paid(200_00, "2026-01-26")
    debt.undid(debt.version - 1, "2026-01-27")
    (view,) = debt.loans.views(on("2026-01-27"))
    assert (view.next_due, view.derived) == (CAR - 200_00, False)
    assert debt.overdue(DUE) == CAR - 200_00


# Schedules


def test_a_first_period_of_a_month_and_some_days_bears_interest_for_both() -> None:
    rows = schedule(
        12_000_00, daily_rate=RATE, method="equal_instalment", periods=12, drawn_on=on("2026-01-10"),
        first_due_on=on("2026-02-20"), period_basis="equal",
    )  # fmt: skip
    assert [row.interest for row in rows[:1]] == [146_00 + 48_00]


def test_a_final_date_is_the_last_where_their_number_is_told_too() -> None:
    dates = due_dates(
        "equal_instalment", periods=3, drawn_on=on("2026-01-10"), first_due_on=None, due_on=on("2026-05-20")
    )
    assert dates == (on(DUE), on(NEXT_DUE), on("2026-05-20"))


@pytest.mark.parametrize("day_count", ["act_360", "30e_360", "30u_360"])
def test_equal_periods_are_a_twelfth_of_360_days_by_every_day_count_of_such_a_year(day_count: str) -> None:
    rows = schedule(
        12_000_00, daily_rate=RATE, method="equal_instalment", periods=12, drawn_on=on("2026-01-10"),
        period_basis="equal", day_count=day_count,  # type: ignore[arg-type]  # parametrize erases the type
    )  # fmt: skip
    assert (rows[0].payment, rows[0].interest) == (1_079_71, 144_00)


# Unexplained movements, refunds


def test_an_unexplained_repayment_comes_off_the_unexplained_loan_first() -> None:
    debt = Debt(rate=0)
    debt.drew(1_000_00, "2026-01-01", loan="a")
    debt.adjusted(500_00, "2026-01-02")
    debt.adjusted(-300_00, "2026-01-03")
    assert {view.loan: view.principal for view in debt.loans.views(on("2026-01-03"))} == {
        "a": 1_000_00, "unexplained": 200_00
    }  # fmt: skip


def test_a_refund_beyond_the_purchases_of_a_card_pays_its_charges() -> None:
    debt = Debt(limit_basis="full_balance", rate=None)
    debt.drew(100_00, "2026-01-01")
    debt.charged("fee", 20_00, "2026-01-02")
    debt.refunded(110_00, "2026-01-03")
    assert (debt.loans.drawn, debt.loans.posted_unpaid["fee"], debt.loans.credit_balance) == (10_00, 10_00, 0)
