"""Each indicator by its formula, each threshold by its two sides, and what is missing never taken for nothing."""

from fractions import Fraction
from typing import Literal

import pytest

from ledger.money import Quotient
from projections.check import FullCheck, UnsecuredService, answer
from projections.indicators.measure import Measure
from projections.judgement import MEASURES, Level, Light, light_of
from projections.reference.lpr import lpr_1_year
from projections.ruleset import ruleset
from tests.build import (
    Record,
    billed,
    counted,
    draw_reversed,
    drew,
    earns,
    froze,
    granted,
    inquired,
    lowered,
    moved,
    needs,
    opened_account,
    opened_line,
    raised,
    received,
    repaid,
    repayment_reversed,
    saw,
    voided,
)
from tests.projections.checked import AT, exact, examined, family, indicator, instalments, percent, told
from tests.spec import HOUSEHOLD, given

BAD: dict[str, Literal["high", "low"]] = {
    code: "low" if code in ("financial_margin", "liquidity_months", "immediate_months", "maturity_cover",
                            "diversification", "survival_frozen") else "high" for code in MEASURES
}  # fmt: skip

# Written down from the specification, not read from the ruleset: (warn, critical), percents as fractions.
THRESHOLDS = {
    "dsr": ("0.40", "0.55"),
    "debt_to_income": ("3", "5"),
    "liquidity_months": ("3", "1"),
    "immediate_months": ("1", "0.25"),
    "maturity_cover": ("1.5", "1"),
    "utilisation": ("0.30", "0.75"),
    "utilisation_worst": ("0.30", "0.75"),
    "debt_to_assets": ("0.50", "0.75"),
    "short_term_share": ("0.50", "0.80"),
    "rollover": ("0.30", "0.70"),
    "interest_burden": ("0.10", "0.20"),
    "revocable_dependence": ("0.30", "0.50"),
    "largest_lender": ("0.50", "0.75"),
    "diversification": ("60", "40"),
    "days_past_due": ("1", "30"),
    "credit_velocity": ("3", "6"),
    "limit_instability": ("1", "3"),
    "survival_frozen": ("6", "3"),
}
HAIR = Fraction(1, 10**9)


def test_the_ruleset_names_every_indicator_and_no_other_and_where_each_threshold_comes_from() -> None:
    rules = ruleset().indicators
    assert set(rules) == set(MEASURES) == {*THRESHOLDS, "financial_margin", "weighted_apr"}
    assert all(rule.source for rule in rules.values())
    assert {code: rule.bad for code, rule in rules.items()} == BAD


@pytest.mark.parametrize("code", THRESHOLDS)
def test_a_light_turns_exactly_at_its_threshold(code: str) -> None:
    warn, critical = (Fraction(text) for text in THRESHOLDS[code])
    rule = ruleset().indicators[code]
    assert (rule.warn.times, rule.critical.times) == (warn, critical)
    bad = BAD[code]

    def light(value: Fraction) -> Light:
        warned, alarmed = (Level(exact(one.times), "") for one in (rule.warn, rule.critical))
        return light_of(Measure(exact(value), {}), rule, warn=warned, critical=alarmed)

    at, below = ("warn", "ok") if bad == "high" else ("ok", "warn")
    assert (light(warn), light(warn - HAIR)) == (at, below)
    at, below = ("critical", "warn") if bad == "high" else ("warn", "critical")
    assert (light(critical), light(critical - HAIR)) == (at, below)


def test_debt_service_of_6250_against_15000_is_41_67_percent_and_warned_of() -> None:
    found = indicator(given(*family(), *instalments(6_250, 12)), "dsr")
    assert percent(found.measure.value) == "41.67"
    assert found.light == "warn"
    assert found.measure.inputs == {"debt_service": "6250.00", "income": "15000.00"}


@pytest.mark.parametrize(("payment", "light"), [(5_999, "ok"), (6_000, "warn"), (8_249, "warn"), (8_250, "critical")])
def test_debt_service_turns_its_light_in_a_real_book(payment: int, light: str) -> None:
    assert indicator(given(*family(), *instalments(payment, 12)), "dsr").light == light


def test_debt_service_is_what_falls_due_up_to_the_same_day_of_next_month() -> None:
    bills = [
        opened_line(),
        billed(100, "2026-02-10", due_on="2026-04-01"),
        billed(10, "2026-02-10", due_on="2026-05-02"),
    ]
    assert indicator(given(*family(), *bills), "dsr", "2026-03-01").measure.inputs["debt_service"] == "100.00"
    assert indicator(given(*family(), *bills), "dsr", "2026-02-28").measure.inputs["debt_service"] == "0.00"


def test_debt_against_a_years_income() -> None:
    found = indicator(given(*family(income=1_000), *instalments(3_000, 12)), "debt_to_income")
    assert found.measure.value == 3
    assert found.light == "warn"


@pytest.mark.parametrize(
    ("essentials", "margin", "light"),
    [(6_000, 2750, "ok"), (7_250, 1500, "ok"), (7_251, 1499, "warn"), (8_750, 0, "warn"), (8_751, -1, "critical")],
)
def test_what_is_left_is_warned_of_below_a_tenth_of_income_and_critical_below_nothing(
    essentials: int, margin: int, light: str
) -> None:
    found = indicator(given(*family(essentials=essentials), *instalments(6_250, 12)), "financial_margin")
    assert found.measure.value == margin * 100
    assert found.warn is not None
    assert found.warn.value == 150_000
    assert found.light == light


def test_months_of_reserve_are_the_reserve_over_essentials_and_dues() -> None:
    history = given(*family(reserve=36_750), *instalments(6_250, 12))
    assert indicator(history, "liquidity_months").measure.value == 3
    assert indicator(history, "liquidity_months").light == "ok"
    assert indicator(history.and_then(moved("-0.01", "2026-02-21")), "liquidity_months").light == "warn"
    assert indicator(history, "immediate_months").measure.value == 3


def test_cover_sets_what_is_at_hand_within_days_against_30_days_of_dues() -> None:
    history = given(
        *family(reserve=1_000), opened_account("fund", "bond_fund"), counted(9_000, "2026-02-20", account="fund"),
        opened_line(), billed(1_000, "2026-02-10", due_on="2026-03-31"), billed(9, "2026-02-10", due_on="2026-04-01"),
    )  # fmt: skip
    found = indicator(history, "maturity_cover")
    assert found.measure.inputs == {"liquid": "1000.00", "due_30_days": "1000.00"}
    assert found.light == "warn"


def test_utilisation_before_and_after_a_cut_is_that_of_the_oracle() -> None:
    line = [opened_line(daily_rate="0.0004"), granted(50_000)]
    used = given(*line, drew(30_000, "2026-02-01"))
    assert percent(indicator(used, "utilisation").measure.value) == "60.00"
    cut = used.and_then(lowered(8_000, "2026-02-10"))
    assert percent(indicator(cut, "utilisation").measure.value) == "375.00"
    assert indicator(cut, "utilisation").light == "critical"
    idle = given(*line, lowered(12_000, "2026-02-10"))
    assert percent(indicator(idle, "utilisation").measure.value) == "0.00"


def test_utilisation_counts_revolving_lines_only_and_a_shared_limit_once() -> None:
    history = given(
        opened_line("a"), granted(10_000, line="a"), opened_line("b", shared_with="a"), *instalments(500, 12),
        drew(2_000, "2026-02-01", line="a"), drew(3_000, "2026-02-01", line="b"),
        opened_line("c"), granted(10_000, line="c"), drew(100, "2026-02-01", line="c"),
    )  # fmt: skip
    assert indicator(history, "utilisation").measure.value == Fraction(5_100, 20_000)
    worst = indicator(history, "utilisation_worst")
    assert (worst.measure.subject, worst.measure.value) == ("a", Quotient(1, 2))


def test_a_credit_balance_is_zero_debt_and_offsets_no_other_line() -> None:
    history = given(
        opened_line("card", limit_basis="full_balance"), granted(10_000, line="card"), repaid(5_000, AT, line="card"),
        opened_line("b"), granted(10_000, line="b"), drew(4_000, "2026-02-01", line="b"),
    )  # fmt: skip
    assert indicator(history, "utilisation").measure.value == Fraction(4_000, 20_000)


def test_debt_drawn_on_a_line_without_limit_is_critical_and_has_no_value() -> None:
    history = given(opened_line(), granted(10_000), drew(4_000, "2026-02-01"), lowered(0, "2026-02-10"))
    for code in ("utilisation", "utilisation_worst"):
        found = indicator(history, code)
        assert (found.light, found.measure.value) == ("critical", None)


def test_nothing_over_nothing_is_fine() -> None:
    history = given(earns(0), needs(0), opened_account(), counted(0, AT))
    for code in ("dsr", "debt_to_income", "debt_to_assets", "interest_burden", "utilisation", "short_term_share"):
        found = indicator(history, code)
        assert (found.light, found.measure.value) == ("ok", None)


def test_debt_service_without_any_income_is_critical() -> None:
    found = indicator(given(*family(income=0), *instalments(10, 12)), "dsr")
    assert (found.light, found.measure.value) == ("critical", None)


def test_a_reserve_with_nothing_to_pay_is_no_trouble() -> None:
    history = given(*family(essentials=0))
    for code in ("liquidity_months", "maturity_cover"):
        found = indicator(history, code)
        assert (found.light, found.measure.value) == ("ok", None)


def test_debt_is_set_against_all_own_assets_locked_and_pledged_ones_too() -> None:
    history = given(
        *family(reserve=1_000), opened_account("pension", "locked"), counted(4_000, AT, account="pension"),
        opened_account("house", "locked", pledged=True), counted(5_000, AT, account="house"), *instalments(500, 10),
    )  # fmt: skip
    found = indicator(history, "debt_to_assets")
    assert found.measure.inputs == {"debt": "5000.00", "assets": "10000.00"}
    assert found.light == "warn"


def test_the_share_due_within_a_year() -> None:
    assert indicator(given(*instalments(100, 24)), "short_term_share").measure.value == Fraction(1, 2)


def test_28000_drawn_within_days_of_repaying_30000_is_a_rollover_of_93_33_percent() -> None:
    history = given(
        opened_line(), granted(50_000), drew(30_000, "2025-06-01"),
        repaid(30_000, "2026-02-01"), drew(28_000, "2026-02-03"),
    )  # fmt: skip
    found = indicator(history, "rollover")
    assert percent(found.measure.value) == "93.33"
    assert found.light == "critical"


@pytest.mark.parametrize(
    ("draw_on", "share"), [("2026-02-03", 1), ("2026-02-17", 1), ("2026-02-02", 0), ("2026-02-18", 0)]
)
def test_a_draw_counts_as_rollover_up_to_a_week_before_or_after(draw_on: str, share: int) -> None:
    history = given(
        opened_line(), granted(50_000), drew(1_000, "2025-01-01"), opened_line("b"), granted(9_000, line="b"),
        drew(5_000, draw_on, line="b"), repaid(1_000, "2026-02-10"),
    )  # fmt: skip
    assert indicator(history, "rollover").measure.value == share


def test_each_yuan_drawn_matches_one_repayment_only_and_reversed_ones_none() -> None:
    history = given(
        opened_line(), granted(50_000), drew(9_000, "2025-01-01"),
        repaid(1_000, "2026-02-01"), repaid(1_000, "2026-02-05"), drew(1_500, "2026-02-06"),
        repaid(3_000, "2026-02-07", payment="p"), repayment_reversed("2026-02-08", payment="p"),
    )  # fmt: skip
    assert indicator(history, "rollover").measure.inputs == {"drawn_again": "1500.00", "repaid": "2000.00"}
    undone = history.and_then(draw_reversed(1_000, "2026-02-09"))
    assert indicator(undone, "rollover").measure.inputs["drawn_again"] == "500.00"


def test_repayments_older_than_90_days_are_forgotten() -> None:
    history = given(
        opened_line(), granted(50_000), drew(900, "2025-01-01"), repaid(100, "2026-02-01"), drew(100, "2026-02-01")
    )
    assert indicator(history, "rollover", "2026-05-01").measure.value == 1
    assert indicator(history, "rollover", "2026-05-02").measure.value is None


def test_interest_that_falls_due_is_set_against_income() -> None:
    history = given(
        *family(income=1_000), opened_line(daily_rate="0.0005"), granted(50_000), drew(10_000, "2026-02-01")
    )
    found = indicator(history, "interest_burden")
    assert found.measure.inputs["interest"] == "155.00"  # 31 days from the first of March
    assert found.light == "warn"


def test_the_yearly_rate_is_weighted_by_what_is_owed_and_compared_with_dated_lines() -> None:
    history = given(
        opened_line("a", daily_rate="0.0004"), drew(30_000, "2026-02-01", line="a"),
        opened_line("b", daily_rate="0.0002"), drew(10_000, "2026-02-01", line="b"),
    )  # fmt: skip
    found = indicator(history, "weighted_apr")
    assert found.measure.value == Fraction(35, 100_000) * 365
    assert found.warn is not None
    assert found.warn.value == Fraction(12, 100)
    assert (found.light, found.rule.unit) == ("warn", "fraction_a_year_x365")


@pytest.mark.parametrize(
    ("on", "four_times"),
    [
        ("2019-09-19", "17.00"), ("2020-04-20", "15.40"), ("2022-08-22", "14.60"), ("2023-08-21", "13.80"),
        ("2024-10-20", "13.40"), ("2024-10-21", "12.40"), ("2025-05-20", "12.00"),
    ],
)  # fmt: skip
def test_four_times_the_lpr_is_that_of_its_day(on: str, four_times: str) -> None:
    found = indicator(given(opened_line(at="2019-01-01")), "weighted_apr", on)
    assert found.warn is not None
    assert percent(found.warn.value) == four_times


def test_before_the_lpr_was_published_there_is_nothing_to_compare_with() -> None:
    assert lpr_1_year(1) is None
    found = indicator(
        given(opened_line(at="2019-01-01", daily_rate="0.0006"), drew(1, "2019-01-02")), "weighted_apr", "2019-08-19"
    )
    assert (found.warn, found.light) == (None, "ok")


def test_reliance_on_revocable_credit_leaves_out_what_cannot_be_drawn() -> None:
    history = given(
        *family(reserve=7_000), opened_line("a"), granted(5_000, line="a"), drew(2_000, AT, line="a"),
        opened_line("b"), granted(9_000, line="b"), froze("2026-02-01", line="b"),
        opened_line("c", revocable=False), granted(9_000, line="c"),
    )  # fmt: skip
    found = indicator(history, "revocable_dependence")
    assert found.measure.value == Fraction(3, 10)
    assert found.light == "warn"


def test_the_largest_lender_group_and_the_score_are_those_of_the_position() -> None:
    history = given(
        opened_line("jiebei", lender_group="ant"), drew(30_000, AT, line="jiebei"),
        opened_line("huabei", lender_group="ant", product="instalment"), drew(10_000, AT, line="huabei"),
        opened_line("bank", product="bank_loan"), drew(10_000, AT, line="bank"),
    )  # fmt: skip
    found = indicator(history, "largest_lender")
    assert (found.measure.subject, found.measure.value, found.light) == ("ant", Quotient(4, 5), "critical")
    position = history.as_of(AT).position()
    answered = {one.code: one.value for one in told(history).indicators}
    assert answered["largest_lender"] == position.diversification.largest_share
    assert answered["diversification"] == position.diversification.score


def test_months_of_reserve_are_those_of_the_position() -> None:
    history = given(*family(), *instalments(6_250, 12))
    answered = {one.code: one.value for one in told(history).indicators}
    assert answered["liquidity_months"] == history.as_of(AT).position().reserves.months


@pytest.mark.parametrize(("at", "days", "light"), [
    ("2026-02-10", 0, "ok"), ("2026-02-11", 1, "warn"), ("2026-03-11", 29, "warn"), ("2026-03-12", 30, "critical"),
])  # fmt: skip
def test_days_past_due_count_from_the_due_date_of_the_worst_line(at: str, days: int, light: str) -> None:
    history = given(
        opened_line(), drew(500, "2026-01-05"), billed(500, "2026-01-20", due_on="2026-02-10"), opened_line("b")
    )
    found = indicator(history, "days_past_due", at)
    assert (found.measure.value, found.light) == (Quotient(days), light)


def test_new_lenders_and_inquiries_of_six_months_are_counted() -> None:
    history = given(
        opened_line("old", "2025-01-01"), opened_line("new", "2025-11-01"),
        opened_line("old-too", "2026-01-01", lender="old"),
        inquired("x", "2025-08-01"), inquired("x", "2025-09-02"), inquired("y", "2026-02-01"),
    )  # fmt: skip
    found = indicator(history, "credit_velocity")
    assert found.measure.inputs == {"new_lenders": "1", "inquiries": "2"}
    assert found.light == "warn"


def test_cuts_and_freezes_are_counted_stated_or_inferred_and_raises_are_not() -> None:
    history = given(
        opened_line(), granted(50_000), raised(60_000, "2026-01-05"), lowered(40_000, "2026-01-10"),
        saw("2026-01-20", limit=30_000, drawn=0), froze("2026-02-01"),
    )  # fmt: skip
    found = indicator(history, "limit_instability")
    assert found.measure.inputs == {"decreases": "2", "freezes": "1"}
    assert found.light == "critical"
    assert indicator(history, "limit_instability", "2027-02-02").light == "ok"


MISSING = {
    "dsr": ("income",),
    "debt_to_income": ("income",),
    "financial_margin": ("income", "essentials"),
    "liquidity_months": ("reserves", "essentials"),
    "immediate_months": ("reserves", "essentials"),
    "maturity_cover": ("reserves",),
    "debt_to_assets": ("reserves",),
    "utilisation": ("limit:jiebei",),
    "utilisation_worst": ("limit:jiebei",),
    "interest_burden": ("income", "daily_rate:jiebei"),
    "weighted_apr": ("daily_rate:jiebei",),
    "revocable_dependence": ("reserves", "limit:jiebei"),
    "survival_frozen": ("income", "essentials", "reserves"),
}


@pytest.mark.parametrize("code", MEASURES)
def test_what_is_not_recorded_is_named_and_never_taken_for_nothing(code: str) -> None:
    found = indicator(given(opened_line(), drew(100, "2026-02-01")), code)
    assert found.measure.missing == MISSING.get(code, ())
    assert (found.light == "not_available") == (code in MISSING)
    assert found.measure.value is None or code not in MISSING


def test_an_account_whose_balance_nobody_recorded_is_not_an_empty_account() -> None:
    history = given(earns(1), needs(1), opened_account("a"), opened_account("b"), counted(0, AT, account="b"))
    assert indicator(history, "liquidity_months").measure.missing == ("balance:a",)
    assert indicator(history.and_then(moved(10, AT, account="a")), "liquidity_months").light == "ok"


def test_a_locked_account_without_balance_keeps_no_reserve_from_being_known() -> None:
    history = given(*family(), opened_account("pension", "locked"))
    assert indicator(history, "liquidity_months").measure.missing == ()


def test_income_may_be_the_mean_of_months_that_were_seen() -> None:
    history = given(received(1_000, "2025-12-05"), received(2_000, "2026-01-05"), *instalments(600, 12))
    assert indicator(history, "dsr").measure.inputs["income"] == "1500.00"


def test_a_voided_fact_counts_for_nothing() -> None:
    history = given(opened_line(), granted(50_000), lowered(40_000, "2026-01-10"), voided("h1:4"))
    assert indicator(history, "limit_instability").measure.value == 0


def test_lines_of_which_nothing_is_drawn_are_used_by_nothing_whatever_their_limit() -> None:
    known = indicator(given(opened_line(), granted(10_000)), "utilisation_worst")
    assert (known.measure.value, known.light) == (Quotient(0), "ok")
    unknown = indicator(given(opened_line()), "utilisation_worst")
    assert (unknown.measure.missing, unknown.light) == ((), "ok")


def test_unsecured_debt_service_is_an_amount_without_income_and_no_ratio() -> None:
    def service(*facts: Record) -> UnsecuredService:
        found = answer(examined(given(*facts)), household=HOUSEHOLD, known_at=0, full=True)
        assert isinstance(found, FullCheck)
        return found.unsecured_debt_service

    debts = (*instalments(500, 12), *instalments(700, 12, line="home", secured=True))
    assert service(*debts) == UnsecuredService(amount="500.00", dsr=None, missing=("income",))
    assert service(earns(0), *debts) == UnsecuredService(amount="500.00", dsr=None, missing=())
    assert service(earns(1_000), *debts) == UnsecuredService(amount="500.00", dsr="0.5000", missing=())
    assert service(earns(1_000)) == UnsecuredService(amount="0.00", dsr="0.0000", missing=())
