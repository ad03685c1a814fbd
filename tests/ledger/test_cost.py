"""All-in cost is what was really paid for what was really received."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.cost import Flow, dated_cost, rate_of_return
from ledger.money import rate_units, ratio_text
from ledger.schedule import schedule


def test_a_monthly_fee_headline_understates_what_credit_costs() -> None:
    """12,000.00 for 12 months at "0.6 % a month" of what was first borrowed: 7.2 % it is not."""
    monthly = rate_of_return([Flow(0, 12_000_00), *(Flow(month, -1_072_00) for month in range(1, 13))])
    assert monthly is not None
    assert ratio_text(monthly * 12) == "0.1303"
    assert ratio_text((1 + monthly) ** 12 - 1) == "0.1384"


def test_a_schedule_costs_its_own_rate() -> None:
    rows = schedule(
        12_000_00,
        daily_rate=rate_units("0.0004"),
        method="equal_instalment",
        periods=12,
        drawn_on=date(2026, 1, 10).toordinal(),
        period_basis="equal",
    )
    monthly = rate_of_return([Flow(0, 12_000_00), *(Flow(row.number, -row.payment) for row in rows)])
    assert monthly is not None
    assert ratio_text(monthly * 12) == "0.1460"


def test_dated_flows_cost_by_the_days_between_them() -> None:
    start = date(2026, 1, 10).toordinal()
    cost = dated_cost([Flow(start, 10_000_00), Flow(start + 365, -11_000_00)])
    assert cost is not None
    assert ratio_text(cost.effective, 6) == "0.100000"
    assert ratio_text(cost.monthly, 6) == "0.007974"


def test_free_credit_costs_nothing_and_a_gift_costs_less() -> None:
    assert rate_of_return([Flow(0, 100_00), Flow(3, -100_00)]) == 0
    assert rate_of_return([Flow(0, 100_00), Flow(1, -50_00)]) == Fraction(-1, 2)


@pytest.mark.parametrize(
    "flows", [[], [Flow(0, 100_00)], [Flow(0, -1), Flow(1, -1)], [Flow(5, 100_00), Flow(5, -101_00)]]
)
def test_flows_that_have_no_rate_are_said_to_have_none(flows: list[Flow]) -> None:
    assert rate_of_return(flows) is None
    assert dated_cost(flows) is None


@given(
    principal=st.integers(1_000_00, 10**9),
    rate=st.integers(0, 50_000),
    months=st.integers(1, 60),
)
def test_one_payment_at_the_end_costs_its_growth(principal: int, rate: int, months: int) -> None:
    repaid = principal * (10**6 + rate) ** months // 10 ** (6 * months)
    found = rate_of_return([Flow(0, principal), Flow(months, -repaid)])
    assert found is not None
    assert abs(found - Fraction(rate, 10**6)) < Fraction(1, 10**5)
