"""What a shock does to the months ahead, and how much debt can be repaid early."""

from fractions import Fraction
from typing import Any

import pytest

from ledger.money import Quotient
from projections.early_repayment import safe_repayment
from projections.ruleset import overridden, ruleset
from projections.stress import Outcome
from tests.build import (
    billed,
    counted,
    drew,
    earns,
    froze,
    granted,
    lowered,
    needs,
    opened_account,
    opened_line,
    repaid,
)
from tests.projections.checked import AT, examined, family, indicator, instalments, outcome, percent, told
from tests.spec import History, given

ORACLE = given(*family(), *instalments(6_250, 24))
"""Income 15,000, debt service 6,250, essentials 6,000, reserve 30,000."""


def told_margin(found: Outcome) -> int:
    """The margin of the first month, in whole minor units."""
    assert found.margin is not None
    assert found.margin.numerator % found.margin.denominator == 0
    return found.margin.numerator // found.margin.denominator


def test_as_it_is_the_oracle_family_keeps_2750_a_month() -> None:
    found = outcome(ORACLE, "base")
    assert (told_margin(found), percent(found.dsr)) == (275_000, "41.67")
    assert (found.first_month_below_zero, found.survival_months, found.uncovered) == (None, None, Quotient(0))


def test_with_income_down_by_30_percent_the_reserve_lasts_17_14_months() -> None:
    found = outcome(ORACLE, "income_minus_30")
    assert (told_margin(found), percent(found.dsr)) == (-175_000, "59.52")
    assert found.survival_months == Fraction(30_000, 1_750)
    assert told(ORACLE).stress[1].survival_months == "17.1429"
    assert (found.first_month_below_zero, found.uncovered) == (None, Quotient(0))  # the shock ends after six months


def test_without_income_the_reserve_lasts_2_45_months_and_six_months_leave_a_hole() -> None:
    found = outcome(ORACLE, "income_0_for_6")
    assert found.survival_months == Fraction(30_000, 12_250)
    assert told(ORACLE).stress[3].survival_months == "2.4490"
    assert (told_margin(found), found.dsr, found.first_month_below_zero) == (-1_225_000, None, 3)
    assert found.uncovered == (6 * 12_250 - 30_000) * 100
    assert outcome(ORACLE, "income_0_for_3").uncovered == (3 * 12_250 - 30_000) * 100


def test_a_bill_of_three_times_essentials_falls_in_the_first_month() -> None:
    found = outcome(ORACLE, "shock_of_3_essentials")
    assert (told_margin(found), found.survival_months) == ((2_750 - 18_000) * 100, None)
    poor = given(*family(reserve=1_525), *instalments(6_250, 24))
    found = outcome(poor, "shock_of_3_essentials")
    assert (found.survival_months, found.first_month_below_zero) == (Quotient(1, 10), 1)
    assert found.uncovered == (15_250 - 1_525) * 100


def test_a_reserve_that_ends_a_month_at_nothing_is_not_below_nothing() -> None:
    history = given(*family(reserve=24_500), *instalments(6_250, 24))
    found = outcome(history, "income_0_for_3")
    assert (found.survival_months, found.first_month_below_zero) == (Quotient(2), 3)


def test_a_payment_dated_months_ahead_is_seen_in_its_month() -> None:
    bullet = drew(40_000, "2026-02-01", daily_rate="0", method="bullet", due_on="2026-06-20")
    found = outcome(given(*family(income=6_500), opened_line(), granted(50_000), bullet), "base")
    assert (told_margin(found), found.first_month_below_zero) == (50_000, 4)
    assert found.survival_months == 3 + Fraction(30_000 + 3 * 500, 39_500)
    assert found.uncovered == (40_000 - 30_000 - 4 * 500) * 100


def in_one_sum(amount: int, due_on: str, **family_of: int) -> History:
    """The family with a loan without interest that is due in one sum."""
    bullet = drew(amount, "2026-02-01", daily_rate="0", method="bullet", due_on=due_on)
    return given(*family(**family_of), opened_line(), granted(amount), bullet)


@pytest.mark.parametrize(("due_on", "uncovered"), [("2027-03-01", 4_000), ("2027-03-02", 0)])
def test_what_is_left_uncovered_is_the_deepest_shortfall_of_twelve_months(due_on: str, uncovered: int) -> None:
    history = in_one_sum(5_000, due_on, income=6_000, reserve=1_000)
    assert outcome(history, "base").uncovered == uncovered * 100


@pytest.mark.parametrize(("due_on", "month"), [("2031-03-01", 60), ("2031-03-02", None)])
def test_a_month_below_nothing_is_looked_for_over_sixty_months(due_on: str, month: int | None) -> None:
    found = outcome(in_one_sum(5_000, due_on, income=6_000, reserve=1_000), "base")
    assert found.first_month_below_zero == month
    assert found.survival_months == (None if month is None else month - 1 + Fraction(1_000, 5_000))


def test_survival_holds_the_shock_for_ever_while_the_months_below_nothing_see_it_end() -> None:
    """Of 10,000 a month 7,000 are left for half a year, and 7,000 are needed; 15,000 fall due in the eighth month."""
    found = outcome(
        in_one_sum(15_000, "2026-10-15", income=10_000, essentials=7_000, reserve=10_000), "income_minus_30"
    )
    assert (found.first_month_below_zero, found.uncovered) == (None, Quotient(0))
    assert found.survival_months == 7 + Fraction(10_000, 15_000)


def test_of_the_months_that_are_held_and_the_payments_that_are_dated_what_ends_sooner_is_survival() -> None:
    found = outcome(in_one_sum(28_000, "2026-06-20", income=5_000), "base")
    assert found.survival_months == 3 + Fraction(30_000 - 3_000, 29_000)


def test_a_bill_that_comes_once_is_paid_in_the_first_month_only_also_beyond_what_is_looked_ahead() -> None:
    found = outcome(given(*family(income=5_000, reserve=100_000)), "shock_of_3_essentials")
    assert found.survival_months == 1 + Fraction(100_000 - 19_000, 1_000)


def test_interest_on_what_is_owed_at_will_comes_back_every_month() -> None:
    at_will = (opened_line(daily_rate="0.0004"), granted(50_000), drew(10_000, "2026-02-01"))
    ahead = examined(given(*family(), *at_will)).basis.ahead
    assert ahead is not None
    assert [due // 600 for due in ahead.dated[:3]] == [12_400, 12_400, 12_400]  # 31 days, as in the first month


def test_a_frozen_card_asks_for_its_balance_while_drawn_principal_cannot_be_called_early() -> None:
    card = (opened_line("card", product="card", limit_basis="full_balance"), granted(9_000, line="card"))
    spent = (drew(4_000, "2026-02-20", line="card"), billed(1_500, "2026-02-25", due_on="2026-03-10", line="card"))
    at_will = (opened_line(daily_rate="0"), granted(50_000), drew(20_000, "2026-02-01"))
    history = given(*family(), *card, *spent, *at_will)
    assert outcome(history, "base").margin == (15_000 - 6_000 - 1_500) * 100
    assert outcome(history, "revocable_frozen").margin == (15_000 - 6_000 - 4_000) * 100
    assert outcome(history, "income_minus_30_and_frozen").margin == (10_500 - 6_000 - 4_000) * 100
    assert outcome(history, "largest_lender_frozen").margin == outcome(history, "base").margin
    service = {code: outcome(history, code).dsr for code in ("base", "revocable_frozen", "shock_of_3_essentials")}
    assert service == {
        "base": Fraction(1_500, 15_000), "revocable_frozen": Fraction(4_000, 15_000),
        "shock_of_3_essentials": Fraction(1_500, 15_000),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "due_on", "called"),
    [
        ({}, "2026-03-10", 4_000),
        ({"revocable": False}, "2026-03-10", 1_500),
        ({"revolving": False}, "2026-03-10", 1_500),
        ({"limit_basis": "principal_only"}, "2026-03-10", 1_500),
        ({}, "2026-02-26", 2_500),  # what is overdue is due already
    ],
)
def test_only_the_unbilled_balance_of_a_card_that_can_be_withdrawn_comes_due_by_a_freeze(
    terms: dict[str, Any], due_on: str, called: int
) -> None:
    line = opened_line("card", **{"limit_basis": "full_balance", "daily_rate": "0", **terms})
    spent = (drew(4_000, "2026-02-20", line="card"), billed(1_500, "2026-02-25", due_on=due_on, line="card"))
    found = outcome(given(*family(), line, granted(9_000, line="card"), *spent), "revocable_frozen")
    assert found.margin == (15_000 - 6_000 - called) * 100


def test_the_largest_lender_that_is_frozen_is_the_one_its_indicator_names_with_all_its_lines() -> None:
    """5,000 on a card and 1,000 on another, secured, of one lender; 9,000 at another lender, and a house at a third."""
    cards = [
        fact
        for name, drawn, secured in (("card", 5_000, False), ("pledged", 1_000, True))
        for fact in (
            opened_line(name, lender="cmb", product="card", limit_basis="full_balance", secured=secured),
            granted(9_000, line=name), drew(drawn, "2026-02-20", line=name),
        )
    ]  # fmt: skip
    house = instalments(2_000, 240, line="home", lender="icbc", product="mortgage", secured=True)
    other = (opened_line(daily_rate="0"), granted(9_000), drew(4_999, "2026-02-01"))
    history = given(*family(), *cards, *house, *other)
    assert indicator(history, "largest_lender").measure.subject == "cmb"
    assert told_margin(outcome(history, "base")) == (15_000 - 6_000 - 2_000) * 100
    assert told_margin(outcome(history, "largest_lender_frozen")) == (15_000 - 6_000 - 2_000 - 5_000 - 1_000) * 100


@pytest.mark.parametrize(
    ("reserve", "months", "light"),
    [(21_000, 6, "ok"), (20_999, 6, "warn"), (10_500, 3, "warn"), (10_499, 3, "critical")],
)
def test_survival_with_every_line_frozen_is_judged_by_months(reserve: int, months: int, light: str) -> None:
    history = given(*family(income=9_000, reserve=reserve), *instalments(6_500, 24))
    found = indicator(history, "survival_frozen")
    assert found.light == light
    assert (found.measure.value == months) == (reserve % 3_500 == 0)


def test_a_household_that_never_runs_dry_has_no_survival_to_worry_about() -> None:
    found = indicator(ORACLE, "survival_frozen")
    assert (found.measure.value, found.light) == (None, "ok")


def test_stress_is_not_told_of_a_household_whose_income_is_unknown() -> None:
    outcomes = examined(given(needs(1), opened_account(), counted(1, AT))).outcomes
    assert {one.missing for one in outcomes} == {("income",)}
    assert {(one.margin, one.dsr, one.survival_months, one.uncovered) for one in outcomes} == {(None,) * 4}


def test_the_first_month_of_the_outlook_is_the_debt_service_of_the_indicators() -> None:
    for history in (ORACLE, given(*family(), opened_line(daily_rate="0.0003"), drew(7_777, "2026-01-15"))):
        asked = examined(history).basis
        assert asked.ahead is not None
        assert asked.ahead.dated[0] == asked.service * 600


def repaying(history: History, rules: Any = None) -> Any:
    return safe_repayment(examined(history, rules=rules).basis)


def test_what_is_safe_to_repay_early_leaves_three_months_of_outflow() -> None:
    line = (opened_line(), granted(50_000), drew(20_000, "2026-02-01", daily_rate="0"))
    found = repaying(given(*family(reserve=30_000), *line))
    assert (found.amount, found.restorable) == (1_200_000, 1_200_000)
    assert (found.months_if_not_restored, found.months_if_restored) == (3, 5)


def test_what_is_safe_to_repay_early_is_never_more_than_the_debt_nor_less_than_nothing() -> None:
    line = (opened_line(), granted(50_000), drew(2_000, "2026-02-01", daily_rate="0"))
    assert repaying(given(*family(reserve=90_000), *line)).amount == 200_000
    assert repaying(given(*family(reserve=9_000), *line)).amount == 0


def test_a_term_loan_or_a_frozen_line_gives_nothing_back() -> None:
    found = repaying(given(*family(reserve=90_000), *instalments(1_000, 12)))
    assert found.restorable == 0
    assert found.months_if_not_restored == found.months_if_restored


@pytest.mark.parametrize(
    "terms",
    [{"revolving": False}, {"restoration": "never"}, {"valid_until": "2026-02-15"}],
)
def test_each_term_that_keeps_a_line_from_being_drawn_again_does_so_by_itself(terms: dict[str, Any]) -> None:
    line = (opened_line(**terms), granted(50_000), drew(20_000, "2026-02-01", daily_rate="0"))
    assert repaying(given(*family(reserve=90_000), *line)).restorable == 0
    assert repaying(given(*family(reserve=90_000), opened_line(), *line[1:])).restorable == 2_000_000


def test_what_is_drawn_over_a_limit_cannot_be_drawn_again() -> None:
    """Limit 8,000, drawn 20,000: the first 12,000 repaid only end the excess."""
    line = (opened_line(), granted(8_000), drew(20_000, "2026-02-01", daily_rate="0"))
    found = repaying(given(*family(reserve=30_000), *line))
    assert (found.amount, found.restorable) == (1_200_000, 0)
    assert found.months_if_restored == found.months_if_not_restored == 3
    assert repaying(given(*family(reserve=33_000), *line)).restorable == 300_000
    unseen = (opened_line(), drew(20_000, "2026-02-01", daily_rate="0"))
    assert repaying(given(*family(reserve=30_000), *unseen)).restorable == 1_200_000


def test_lines_that_share_a_limit_are_over_it_once() -> None:
    """10,000 for both, 8,000 drawn on each: over by 6,000; of 16,000 repaid 10,000 can be drawn again."""
    pool = (
        opened_line("root"), granted(10_000, line="root"), opened_line("member", shared_with="root"),
        *(drew(8_000, "2026-02-01", line=name, daily_rate="0") for name in ("root", "member")),
    )  # fmt: skip
    found = repaying(given(*family(reserve=90_000), *pool))
    assert (found.amount, found.restorable) == (1_600_000, 1_000_000)


def test_a_credit_balance_takes_nothing_from_what_can_be_drawn_again_on_a_line_beside_it() -> None:
    lines = (
        opened_line(), granted(5_000), drew(2_000, "2026-02-01", daily_rate="0"),
        opened_line("card", limit_basis="full_balance", shared_with="jiebei"), repaid(300, "2026-02-01", line="card"),
    )  # fmt: skip
    assert repaying(given(*family(reserve=90_000), *lines)).restorable == 200_000


def test_a_frozen_line_gives_nothing_back() -> None:
    line = (opened_line(), granted(50_000), drew(20_000, "2026-02-01", daily_rate="0"))
    assert repaying(given(*family(reserve=90_000), *line, froze("2026-02-02"))).restorable == 0


def test_early_repayment_goes_first_where_no_limit_is_exceeded() -> None:
    """Of 12,000 to spend 5,000 go to the line inside its limit, and 7,000 into an excess of 9,000."""
    lines = (
        opened_line("a"), granted(1_000, line="a"), drew(10_000, "2026-02-01", line="a", daily_rate="0"),
        opened_line("b"), granted(5_000, line="b"), drew(5_000, "2026-02-01", line="b", daily_rate="0"),
    )  # fmt: skip
    found = repaying(given(*family(reserve=30_000), *lines))
    assert (found.amount, found.restorable) == (1_200_000, 500_000)


def test_interest_is_a_part_of_the_debt_that_may_be_repaid() -> None:
    """1,000 at 0.001 a day, 28 days from 1 February to 1 March: 28.00 of interest."""
    line = (opened_line(daily_rate="0.001"), granted(50_000), drew(1_000, "2026-02-01"))
    history = given(*family(reserve=90_000), *line)
    assert repaying(history).amount == 1_000_00 + 28_00


def test_how_much_stays_in_reserve_is_the_households_to_choose() -> None:
    line = (opened_line(), granted(50_000), drew(20_000, "2026-02-01", daily_rate="0"))
    rules = overridden("2026.1", {"safe_early_repayment": {"target_months": 4}})
    assert repaying(given(*family(reserve=30_000), *line), rules).amount == 600_000


def test_early_repayment_is_not_told_without_essentials() -> None:
    found = repaying(given(opened_account(), counted(1, AT)))
    assert (found.amount, found.missing) == (None, ("essentials",))


@pytest.mark.parametrize(("own", "missing"), [((), "reserves"), ((opened_account(),), "balance:bank")])
def test_early_repayment_is_not_told_without_a_reserve_that_is_known(own: tuple[Any, ...], missing: str) -> None:
    found = repaying(given(needs(1), *own))
    assert (found.amount, found.months_if_restored, found.missing) == (None, None, (missing,))


def test_the_scenarios_are_those_of_the_specification() -> None:
    assert {(one.code, one.income_percent, one.months, one.freezes, one.times_essentials)
            for one in ruleset().stress.scenarios} == {
        ("base", 100, 0, "nothing", 0),
        ("income_minus_30", 70, 6, "nothing", 0),
        ("income_0_for_3", 0, 3, "nothing", 0),
        ("income_0_for_6", 0, 6, "nothing", 0),
        ("revocable_frozen", 100, 0, "revocable", 0),
        ("largest_lender_frozen", 100, 0, "largest_lender", 0),
        ("income_minus_30_and_frozen", 70, 6, "revocable", 0),
        ("shock_of_3_essentials", 100, 0, "nothing", 3),
    }  # fmt: skip


def test_a_cut_limit_does_not_change_what_falls_due() -> None:
    cut = ORACLE.and_then(earns(15_000, "2026-02-25"), lowered(0, "2026-02-26", line="loan"))
    assert told(cut).stress[0] == told(ORACLE).stress[0]
    assert told(cut).stress[0].scenario == "base"
