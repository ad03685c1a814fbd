"""Each indicator of one household that has a bit of everything: what goes into it, and that nothing else makes it up.

Source: domain.md section 6. Numbers are worked out by hand.
"""

from fractions import Fraction

import pytest

from projections.judgement import MEASURES
from tests.build import (
    Record,
    billed,
    charged_interest,
    counted,
    drew,
    earns,
    granted,
    inquired,
    lowered,
    needs,
    opened_account,
    opened_line,
    raised,
    repaid,
    saw,
    temporary,
)
from tests.projections.checked import AT, indicator, instalments
from tests.spec import given

FAMILY = given(
    earns(20_000), needs(5_000),
    opened_account(), counted(30_000, "2026-02-20"),
    opened_account("fund", "mmf"), counted(30_000, "2026-02-20", account="fund"),
    opened_account("bonds", "bond_fund"), counted(10_000, "2026-02-20", account="bonds"),
    opened_account("pension", "locked"), counted(40_000, "2026-02-20", account="pension"),
    opened_account("joint"), counted(-2_000, "2026-02-20", account="joint"),
    opened_line(daily_rate="0.0005"), granted(50_000), drew(20_000, "2026-02-01"), repaid(100, "2026-02-01"),
    opened_line("card", "2025-01-01", limit_basis="full_balance"), granted(10_000, line="card"),
    drew(3_000, "2026-02-20", line="card"), billed(1_200, "2026-02-25", due_on="2026-04-01", line="card"),
    opened_line("loan", product="bank_loan", revolving=False, revocable=False, daily_rate="0.0002"),
    granted(12_000, line="loan"),
    drew(12_000, "2026-02-15", line="loan", method="equal_principal", periods=12, period_basis="equal"),
    *instalments(2_000, 240, line="home", product="mortgage", secured=True),
    inquired("x", "2026-02-01"),
)  # fmt: skip
"""At will 19,900 at 0.0005 a day; a card of 3,000 with 1,200 billed; 12,000 over a year at 0.0002; a house of 480,000.

From 1 March to 1 April fall due 308.45 of interest at will (31 days of 9.95), 1,200 on the card, 1,073 on the loan
(12,000 x 0.0002 x 365 / 12 is 73.00 of interest) and 2,000 on the house: 4,581.45. Accrued are 278.60 (28 days of 9.95)
and on the loan 36.50 (14 of 28 days of 73.00), so that 19,900 + 3,000 + 12,000 + 480,000 + 315.10 are owed.
"""

INPUTS = {
    "dsr": {"debt_service": "4581.45", "income": "20000.00"},
    "debt_to_income": {"debt": "515215.10", "annual_income": "240000.00"},
    "financial_margin": {"income": "20000.00", "debt_service": "4581.45", "essentials": "5000.00"},
    "liquidity_months": {"reserve": "68100.00", "monthly_outflow": "9581.45"},  # 40,000 + 19,600 + 8,500
    "immediate_months": {"immediate": "40000.00", "monthly_outflow": "9581.45"},  # 30,000, and 10,000 of the fund
    "maturity_cover": {"liquid": "59600.00", "due_30_days": "3381.45"},  # not the card, due after 31 days
    "utilisation": {"drawn": "22900.00", "limit": "60000.00"},
    "utilisation_worst": {"drawn": "19900.00", "limit": "50000.00"},
    "debt_to_assets": {"debt": "515215.10", "assets": "110000.00"},
    "short_term_share": {"due_12_months": "37982.95", "debt": "515215.10"},  # 12,474.50 of it on the loan
    "rollover": {"drawn_again": "100.00", "repaid": "100.00"},
    "interest_burden": {"interest": "381.45", "income": "20000.00"},
    "revocable_dependence": {"undrawn": "37100.00", "reserve": "68100.00"},
    "largest_lender": {"owed_to_it": "19900.00", "principal": "34900.00"},
    "diversification": {"lender_groups": "3"},
    "days_past_due": {},
    "credit_velocity": {"new_lenders": "3", "inquiries": "1"},
    "limit_instability": {"decreases": "0", "freezes": "0"},
    "survival_frozen": {"reserve": "68100.00", "margin": "8618.55"},  # 1,800 more on the card
}
NO_QUOTIENT = {
    "financial_margin": Fraction(1_041_855),
    "revocable_dependence": Fraction(37_100, 37_100 + 68_100),
    "credit_velocity": Fraction(4),
    "limit_instability": Fraction(0),
    "days_past_due": Fraction(0),
    "survival_frozen": None,
}


@pytest.mark.parametrize("code", INPUTS)
def test_an_indicator_is_made_up_of_what_the_specification_says(code: str) -> None:
    assert indicator(FAMILY, code).measure.inputs == INPUTS[code]


@pytest.mark.parametrize("code", [code for code in INPUTS if code != "diversification"])
def test_an_indicator_is_what_its_inputs_give(code: str) -> None:
    found = indicator(FAMILY, code).measure.value
    if code in NO_QUOTIENT:
        assert found == NO_QUOTIENT[code]
    else:
        numerator, denominator = INPUTS[code].values()
        assert found == Fraction(numerator) / Fraction(denominator)


def test_what_a_card_costs_is_asked_for_its_yearly_rate_and_not_for_the_interest_that_falls_due() -> None:
    assert indicator(FAMILY, "weighted_apr").measure.missing == ("daily_rate:card",)
    assert set(MEASURES) == INPUTS.keys() | {"weighted_apr"}


def test_a_rate_is_asked_for_while_principal_is_owed_at_it() -> None:
    line = (opened_line(), granted(500), drew(100, "2026-02-01"), charged_interest(5, "2026-02-10"))
    paid = repaid(100, "2026-02-11", allocation={"principal": "100"})
    assert indicator(given(*line), "weighted_apr").measure.missing == ("daily_rate:jiebei",)
    assert indicator(given(*line, paid), "weighted_apr").light == "ok"


def test_a_dated_payment_of_the_same_day_next_month_brings_its_interest_and_one_of_the_day_after_none() -> None:
    loan = (opened_line(daily_rate="0.0002", revolving=False), granted(12_000))
    terms: Record = {"method": "equal_principal", "periods": 12, "period_basis": "equal"}
    for drawn_on, interest in (("2026-03-01", "73.00"), ("2026-03-02", "0.00")):
        history = given(earns(1_000), *loan, drew(12_000, drawn_on, **terms))
        assert indicator(history, "interest_burden", drawn_on[:8] + "01").measure.inputs["interest"] == interest


def test_the_line_used_most_is_that_of_the_largest_share_and_one_without_any_limit_before_all() -> None:
    much = (opened_line("a"), granted(1_000, line="a"), drew(900, "2026-02-01", line="a"))
    more = (opened_line("b"), granted(9_000, line="b"), drew(4_000, "2026-02-01", line="b"))
    none = (opened_line("c"), granted(500, line="c"), drew(400, "2026-02-01", line="c"), lowered(0, AT, line="c"))
    less = (opened_line("d"), granted(500, line="d"), drew(300, "2026-02-01", line="d"), lowered(0, AT, line="d"))
    for facts, subject in (((*much, *more), "a"), ((*much, *less, *none, *more), "c")):
        assert indicator(given(*facts), "utilisation_worst").measure.subject == subject


def test_a_draw_up_to_a_week_before_the_first_repayment_of_90_days_matches_it() -> None:
    line = (opened_line(at="2025-01-01"), granted(50_000, "2025-01-01"))
    for drawn_on, share in (("2025-11-25", 1), ("2025-11-24", 0)):
        history = given(*line, drew(1_000, drawn_on), repaid(1_000, "2025-12-02"))
        assert indicator(history, "rollover").measure.value == share
    assert indicator(given(*line, drew(1_000, "2025-12-01"), repaid(1_000, "2025-12-01")), "rollover").light == "ok"


def test_a_cut_that_was_seen_and_then_stated_is_one_cut() -> None:
    line = (opened_line(), granted(50_000))
    stated = given(*line, saw("2026-02-03", limit=40_000, drawn=0), lowered(40_000, "2026-02-05"))
    assert indicator(stated, "limit_instability").measure.inputs["decreases"] == "1"


@pytest.mark.parametrize("fact", [granted(40_000, "2026-02-03"), raised(40_000, "2026-02-03")])
def test_a_limit_that_is_stated_lower_than_it_was_fell_whatever_it_is_called(fact: dict[str, object]) -> None:
    assert indicator(given(opened_line(), granted(50_000), fact), "limit_instability").measure.value == 1


def test_a_limit_stated_to_have_been_lowered_fell_also_where_none_was_known_before() -> None:
    assert indicator(given(opened_line(), lowered(40_000, "2026-02-03")), "limit_instability").measure.value == 1


def test_what_has_not_happened_yet_counts_for_nothing() -> None:
    history = given(opened_line("old", "2020-01-01"), inquired("x", "2026-03-02"))
    assert indicator(history, "credit_velocity").measure.inputs["inquiries"] == "0"
    assert indicator(history, "credit_velocity", "2026-03-02").measure.inputs["inquiries"] == "1"


def test_a_temporary_limit_alone_is_a_limit_that_is_known() -> None:
    history = given(opened_line(), temporary(1_000, "2026-02-01", until="2026-12-31"), drew(300, "2026-02-02"))
    assert indicator(history, "utilisation").measure.value == Fraction(3, 10)
