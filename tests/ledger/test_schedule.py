"""Schedules come out to the fen, keep their dates, and bring every balance to zero."""

import json
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.interest import year_days
from ledger.money import RATE_UNIT, rate_units, round_half_up
from ledger.schedule import LONGEST, Instalment, Span, due_dates, schedule, solve
from ledger.vocabulary import DayCount, Method, PeriodBasis
from tests.ledger.oracles import fen, foreign_schedules, oracle


def on(text: str) -> int:
    return date.fromisoformat(text).toordinal()


LEAP = on("2028-01-31")


def a_year_of(method: Method, rate: str = "0.0004", **more: Any) -> tuple[Instalment, ...]:
    """12,000.00 over twelve equal periods."""
    given: dict[str, Any] = {"periods": 12, "drawn_on": on("2026-01-10"), "period_basis": "equal", **more}
    return schedule(12_000_00, daily_rate=rate_units(rate), method=method, **given)


def test_equal_instalments_come_out_row_by_row() -> None:
    rows = a_year_of("equal_instalment")
    assert rows[0].payment == 1_080_84
    assert rows[-1].payment == 1_080_80
    assert sum(row.interest for row in rows) == 970_04
    expected = oracle("O3")
    assert rows[0].payment == fen(expected["payment"])
    assert sum(row.interest for row in rows) == fen(expected["total_interest"])
    for row, (number, *figures) in zip(rows, expected["rows"], strict=True):
        told = [row.payment, row.interest, row.principal, row.balance]
        assert (row.number, told) == (number, [fen(figure) for figure in figures])


def test_a_year_of_360_days_makes_equal_instalments_cheaper() -> None:
    rows = a_year_of("equal_instalment", day_count="act_360")
    last = rows[-1]
    assert rows[0].payment == 1_079_71
    assert sum(row.interest for row in rows) == 956_45
    told = [last.payment, last.interest, last.principal, last.balance]
    expected = oracle("O3x360")
    assert rows[0].payment == fen(expected["payment"])
    assert sum(row.interest for row in rows) == fen(expected["total_interest"])
    assert [last.number, *told] == [12, *(fen(figure) for figure in expected["last"][1:])]


def test_equal_principal_parts_come_out_row_by_row() -> None:
    rows = a_year_of("equal_principal")
    assert (rows[0].payment, rows[-1].payment) == (1_146_00, 1_012_17)
    assert sum(row.interest for row in rows) == 949_00
    expected = oracle("O5")
    assert sum(row.interest for row in rows) == fen(expected["total_interest"])
    for row, (number, payment, interest) in zip(rows, expected["rows"], strict=True):
        assert (row.number, row.payment, row.interest) == (number, fen(payment), fen(interest))
    for row, (number, payment, interest) in ((rows[0], expected["first"]), (rows[-1], expected["last"])):
        assert (row.number, row.payment, row.interest) == (number, fen(payment), fen(interest))


def test_interest_only_pays_actual_days_and_the_principal_last() -> None:
    rows = schedule(
        20_000_00, daily_rate=rate_units("0.00045"), method="interest_only", periods=6, drawn_on=on("2026-01-10")
    )
    assert [row.days for row in rows] == [31, 28, 31, 30, 31, 30]
    assert sum(row.interest for row in rows) == 1_629_00
    assert rows[-1].payment == 20_270_00
    expected = oracle("O6")
    assert [row.days for row in rows] == expected["days"]
    assert [row.interest for row in rows] == [fen(figure) for figure in expected["interest"]]
    assert sum(row.interest for row in rows) == fen(expected["total"])
    assert rows[-1].payment == fen(expected["last_payment"])


FOREIGN_TERMS: dict[str, dict[str, Any]] = {
    "1": {"daily_rate": rate_units("0.000194444444"), "method": "equal_instalment", "day_count": "30e_360"},
    "2": {"daily_rate": rate_units("0.000194444444"), "method": "equal_instalment", "day_count": "30e_360"},
    "5": {"daily_rate": rate_units("0.000328767123"), "method": "equal_instalment", "day_count": "act_365f"},
    "10": {
        "daily_rate": rate_units("0.000328767123"),
        "method": "equal_principal",
        "day_count": "act_365f",
        "period_basis": "equal",
    },
}
"""The yearly rates of another system's examples (7 % and 12 %) as the daily rates their lender would state."""


def test_schedules_agree_with_another_loan_system_to_the_cent() -> None:
    cases = dict(foreign_schedules())
    assert set(cases) == set(FOREIGN_TERMS)
    for case, (draw, *expected) in cases.items():
        drawn_on = datetime.strptime(draw["date"], "%d %B %Y").date().toordinal()  # noqa: DTZ007 - a bare date
        principal = round(float(draw["balance"])) * 100
        assert principal == fen(json.loads(draw["loan_params_json"])["with Principal"])
        assert (draw["interest"], draw["fees"], draw["penalties"], draw["due"]) == ("", "0.0", "", "0.0")
        yearly = Fraction(json.loads(draw["loan_params_json"])["ANNUAL interest rate %"]) / 100
        terms = FOREIGN_TERMS[case]
        assert round(yearly / year_days(terms["day_count"]) * RATE_UNIT) == terms["daily_rate"]
        rows = schedule(principal, periods=len(expected), drawn_on=drawn_on, **FOREIGN_TERMS[case])
        for row, told in zip(rows, expected, strict=True):
            due_on = datetime.strptime(told["date"], "%d %B %Y").date().toordinal()  # noqa: DTZ007 - a bare date
            assert (row.due_on, row.days) == (due_on, int(told["days"]))
            assert row.payment == fen(told["due"]), (case, row)
            assert (row.interest, row.principal) == (fen(told["interest"]), fen(told["principal"]))
            assert row.balance == fen(told["balance"])
            assert (row.number, fen(told["fees"]), fen(told["penalties"])) == (int(told["period"]), 0, 0)


def test_monthly_dates_keep_the_day_they_began_with_past_short_months() -> None:
    dates = due_dates("equal_instalment", periods=4, drawn_on=on("2027-12-31"), first_due_on=None, due_on=None)
    assert dates == (on("2028-01-31"), on("2028-02-29"), on("2028-03-31"), on("2028-04-30"))


def test_a_first_due_date_sets_the_day_of_all_that_follow() -> None:
    first = on("2026-02-20")
    dates = due_dates("equal_principal", periods=3, drawn_on=on("2026-01-10"), first_due_on=first, due_on=None)
    assert dates == (first, on("2026-03-20"), on("2026-04-20"))


def test_nothing_is_due_on_the_day_of_the_draw() -> None:
    drawn_on = on("2026-01-10")
    dates = due_dates("equal_principal", periods=3, drawn_on=drawn_on, first_due_on=drawn_on, due_on=None)
    assert dates == (on("2026-02-10"), on("2026-03-10"))


def test_a_first_equal_period_shorter_than_a_month_bears_interest_by_its_days() -> None:
    """26 days from 10 January to 5 February: 12,000.00 x 0.0004 x 26 = 124.80; then a twelfth of 365 days."""
    rows = a_year_of("interest_only", first_due_on=on("2026-02-05"))
    assert [row.interest for row in rows[:2]] == [124_80, 146_00]


def test_interest_carried_beyond_the_payment_leaves_no_principal_below_nothing() -> None:
    """1,000.00 and 2,000.00 of interest carried, over two periods: 1,500.00 each would not pay the interest."""
    spans = [Span(0, 30, Fraction(30)), Span(30, 60, Fraction(30))]
    rows = solve(1_000_00, spans, daily_rate=0, method="equal_instalment", carried=2_000_00 * RATE_UNIT)
    assert [(row.interest, row.principal, row.balance) for row in rows] == [(2_000_00, 0, 1_000_00), (0, 1_000_00, 0)]


def test_equal_instalments_over_actual_days_count_the_leap_day() -> None:
    """From 31 January 2028: 29 days to 29 February, 31 to 31 March, 30 to 30 April, at 0.0004 a day.

    Three payments of 1, discounted by 1.0116, 1.0124 and 1.0120, are worth 2.929806: 3,000.00 takes 1,023.96 each.
    """
    rows = schedule(3_000_00, daily_rate=rate_units("0.0004"), method="equal_instalment", periods=3, drawn_on=LEAP)
    assert [(row.payment, row.interest, row.balance) for row in rows] == [
        (1_023_96, 34_80, 2_010_84), (1_023_96, 24_93, 1_011_81), (1_023_95, 12_14, 0)
    ]  # fmt: skip


def test_a_final_date_ends_monthly_payments_where_their_number_is_not_told() -> None:
    dates = due_dates(
        "interest_only", periods=None, drawn_on=on("2026-01-10"), first_due_on=None, due_on=on("2026-03-25")
    )
    assert dates == (on("2026-02-10"), on("2026-03-10"), on("2026-03-25"))


def test_what_is_due_at_will_has_no_schedule_unless_it_has_an_end() -> None:
    assert schedule(100_00, daily_rate=0, method="at_will", drawn_on=on("2026-01-10")) == ()
    (only,) = schedule(100_00, daily_rate=0, method="at_will", drawn_on=on("2026-01-10"), due_on=on("2026-02-10"))
    assert (only.payment, only.balance) == (100_00, 0)


def test_a_bullet_is_one_payment_of_everything_at_the_end() -> None:
    (only,) = schedule(
        10_000_00, daily_rate=rate_units("0.0004"), method="bullet", periods=6, drawn_on=on("2026-01-10")
    )
    assert only.due_on == on("2026-07-10")
    assert (only.days, only.interest, only.payment) == (181, 724_00, 10_724_00)


def test_a_bullet_over_equal_periods_counts_months_not_days() -> None:
    (only,) = a_year_of("bullet", periods=6)
    assert only.interest == 876_00


def test_a_zero_rate_shares_the_principal_and_the_last_absorbs_the_rest() -> None:
    rows = schedule(100_00, daily_rate=0, method="equal_instalment", periods=3, drawn_on=on("2026-01-10"))
    assert [row.payment for row in rows] == [33_33, 33_33, 33_34]


@pytest.mark.parametrize("method", ["equal_instalment", "equal_principal", "interest_only", "bullet"])
def test_a_single_period_pays_everything_at_once(method: Method) -> None:
    (only,) = schedule(1_000_00, daily_rate=rate_units("0.0005"), method=method, periods=1, drawn_on=on("2028-01-31"))
    assert (only.due_on, only.payment) == (on("2028-02-29"), 1_014_50)


def test_a_due_date_at_the_end_of_time_is_no_reason_to_fail() -> None:
    rows = schedule(
        100_00, daily_rate=1, method="interest_only", drawn_on=on("2026-01-10"), due_on=date.max.toordinal()
    )
    assert len(rows) == LONGEST
    assert rows[-1].balance == 0


@given(
    principal=st.integers(1, 10**11),
    rate=st.integers(0, rate_units("0.002")),
    method=st.sampled_from(["equal_instalment", "equal_principal", "interest_only", "bullet"]),
    periods=st.integers(1, 60),
    basis=st.sampled_from(["equal", "actual_days"]),
    day_count=st.sampled_from(["act_365f", "act_360", "30e_360", "30u_360"]),
    drawn_on=st.dates(date(2000, 1, 1), date(2060, 1, 1)).map(date.toordinal),
)
def test_every_schedule_repays_exactly_what_was_drawn(
    principal: int, rate: int, method: Method, periods: int, basis: PeriodBasis, day_count: DayCount, drawn_on: int
) -> None:
    rows = schedule(
        principal,
        daily_rate=rate,
        method=method,
        periods=periods,
        drawn_on=drawn_on,
        period_basis=basis,
        day_count=day_count,
    )
    assert sum(row.principal for row in rows) == principal
    assert rows[-1].balance == 0
    assert all(row.payment == row.interest + row.principal and row.principal >= 0 <= row.interest for row in rows)
    assert [row.due_on for row in rows] == sorted({row.due_on for row in rows})


@given(principal=st.integers(10_000, 10**10), rate=st.integers(0, rate_units("0.001")), periods=st.integers(2, 36))
def test_equal_instalments_differ_only_in_the_last_and_there_by_rounding(
    principal: int, rate: int, periods: int
) -> None:
    rows = schedule(principal, daily_rate=rate, method="equal_instalment", periods=periods, drawn_on=on("2026-01-31"))
    assert len({row.payment for row in rows[:-1]}) == 1
    grown = round_half_up(periods, 1)
    assert abs(rows[-1].payment - rows[0].payment) <= 3 * grown
