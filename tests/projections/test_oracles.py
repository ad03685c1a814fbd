"""Figures computed outside this project come out of whole histories, to the cent. Source: shared/oracles."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ledger.money import RATE_UNIT, Quotient, ratio_text
from projections.check import FullCheck, answer
from projections.diversification import WEIGHINGS, concentration
from projections.liquidity import reserve
from projections.reference.lpr import lpr_1_year
from tests.build import (
    Record,
    counted,
    drew,
    granted,
    lowered,
    needs,
    opened_account,
    opened_line,
    repaid,
)
from tests.ledger.oracles import oracle, oracle_names
from tests.projections.checked import examined, family, indicator, instalments, outcome, percent
from tests.spec import HOUSEHOLD, Asked, given, yuan


def available(asked: Asked) -> str:
    return yuan(asked.line().available).removesuffix(".00")


# Limits


BORROWED = (opened_line(), granted(50000), drew(30000, "2026-01-10"))


def test_o9a_repaid_principal_comes_back_and_a_cut_takes_it_away() -> None:
    history = given(
        *BORROWED,
        repaid(30148, "2026-01-22", allocation={"interest": "148.00", "principal": "30000.00"}),
        lowered(12000, "2026-01-23"),
    )
    expected = oracle("O9a")
    found = [available(history.as_of(f"2026-01-{day}")) for day in (21, 22, 23)]
    assert found == [expected["open"], expected["after_repay"], expected["after_cut"]]


def test_o9c_a_cut_and_a_repayment_in_either_order() -> None:
    expected = oracle("O9c")
    cut_first = given(*BORROWED, lowered(8000, "2026-01-20"), repaid(30000, "2026-01-21"))
    repay_first = given(*BORROWED, repaid(30000, "2026-01-20"), lowered(8000, "2026-01-21"))
    found = [[available(one.as_of(f"2026-01-{day}")) for day in (19, 20, 21)] for one in (cut_first, repay_first)]
    assert found == [
        [expected["open"], expected["cut_first"], expected["then_repay"]],
        [expected["open"], expected["repay_first"], expected["then_repay"]],
    ]


def test_o14_utilisation_rises_as_a_limit_falls() -> None:
    expected = oracle("O14")
    repaid_and_cut = given(*BORROWED, repaid(30000, "2026-01-20"), lowered(12000, "2026-01-21"))
    cut = given(*BORROWED, lowered(8000, "2026-01-20"))
    found = [
        one.as_of("2026-01-31").told()["lines"][0]["utilisation"] for one in (given(*BORROWED), repaid_and_cut, cut)
    ]
    assert [ratio_text(Fraction(one) * 100, 2) for one in found] == [
        expected["util_before"], expected["util_after_cut_to_12000_drawn_0"], expected["util_cut_to_8000_drawn_30000"]
    ]  # fmt: skip


# Penalty


def test_o7_penalty_runs_on_overdue_principal_and_on_overdue_interest() -> None:
    """A bullet of 1,000.00 with 36.50 of interest charged as it fell due, looked at 13 days later."""
    expected = oracle("O7")
    asked = given(
        opened_line(daily_rate="0.0004"),
        granted(5000),
        drew(1000, "2025-12-31", method="bullet", due_on="2026-03-31"),
        {"type": "InterestCharged", "effective_at": "2026-03-31", "line": "jiebei", "amount": "36.50"},
    ).as_of("2026-04-13")
    (note,) = asked.line().loans.standing(asked.book.day)[0]
    penal = Fraction(note.rate * note.footing.terms.penalty_multiplier, RATE_UNIT * RATE_UNIT)
    assert penal == Fraction(expected["rate"])
    assert yuan(note.owed("penalty_on_principal")) == expected["on_principal_13d"]
    assert yuan(note.owed("penalty_on_interest")) == expected["on_interest_13d"]


# Reserve


def test_o13_the_reserve_by_tiers() -> None:
    expected = oracle("O13")
    kinds = ["cash", "demand_deposit", "mmf", "term_deposit", "bond_fund", "equity"]
    balances = [2000, 18000, 30000, 50000, 20000, 40000]
    facts: list[Record] = [opened_account(kind, kind) for kind in kinds]
    facts += [counted(balance, "2026-02-01", account=kind) for kind, balance in zip(kinds, balances, strict=True)]
    told = given(*facts, needs(12000)).as_of("2026-03-01").told()["reserves"]
    assert [told[tier] for tier in ("t1", "t2a", "t2b", "total")] == [
        expected["T1"], expected["T2A"], expected["T2B"], expected["reserve"]
    ]  # fmt: skip
    months = [ratio_text(Fraction(told[name]), 2) for name in ("months", "immediate_months")]
    assert months == [expected["months_at_12000"], expected["immediate_T1_months_at_12000"]]
    assert sum(balances) == Fraction(expected["gross"])
    assert [row[1:] for row in expected["rows"]] == [list(row) for row in treated(told["accounts"])]
    cheaper = reserve(given(*facts, needs(8000)).as_of("2026-03-01").book)
    assert ratio_text(cheaper.months or Fraction(0), 2) == expected["months_at_8000_expense_only"]


def treated(accounts: list[dict[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    """Tier, balance, haircut and what is left of each part of each account, as the oracle writes them.

    What is told of an account is what is left; the balance before it is the rest of the account's.
    """
    for account in accounts:
        parts = [(tier, account[tier]) for tier in ("t1", "t2a", "t2b") if account[tier] != "0.00"]
        rest = Fraction(account["balance"])
        for tier, left in parts:
            before = Fraction(left) if (tier, left) != parts[-1] else rest
            rest -= before
            haircut = 1 - Fraction(left) / before
            yield tier.upper(), str(before), ratio_text(haircut, 2) if haircut else "0", left


def test_o13_a_line_that_could_be_drawn_makes_the_reserve_last_no_longer() -> None:
    expected = oracle("O13")
    bank = (opened_account(), counted(134100, "2026-02-01"), needs(12000))
    told = given(*bank, opened_line(), granted(12000)).as_of("2026-03-01").told()["reserves"]
    assert ratio_text(Fraction(told["months"]), 2) == expected["months_at_12000"]
    wrongly = (Fraction(told["total"]) + Fraction(told["contingent"])) / Fraction(told["monthly_outflow"])
    assert ratio_text(wrongly, 2) == expected["months_if_12000_line_wrongly_counted"]


def test_o13_the_second_tier_is_capped_at_two_thirds_of_the_rest() -> None:
    expected = oracle("O13")
    accounts: dict[str, tuple[str, int | str]] = {
        "bank": ("demand_deposit", 30000),
        "term": ("term_deposit", "70631.58"),
        "shares": ("equity", 200000),
    }
    facts = [opened_account(name, kind) for name, (kind, _) in accounts.items()]
    facts += [counted(balance, "2026-02-01", account=name) for name, (_, balance) in accounts.items()]
    assert given(*facts).as_of("2026-03-01").told()["reserves"]["t2b"] == expected["T2B_cap"]


# Spread


def parts(name: str) -> list[int]:
    return {"single": [1], "equal4": [1, 1, 1, 1], "50/50/tiny": [4950, 4950, 100]}.get(
        name, [int(part) for part in name.split("/") if part.isdecimal()]
    )


SPREADS = ("50/30/20", "single", "equal4", "75/25", "50/50", "50/50/tiny")
LENDERS = {"one lender": [1], "two equal": [1, 1], "two equal + 1% third": [495, 495, 10], "four equal": [1, 1, 1, 1]}


@pytest.mark.parametrize("name", SPREADS)
def test_o10_concentration(name: str) -> None:
    expected = oracle(f"O10 {name}")
    found = concentration(parts(name))
    assert (ratio_text(found.hhi, 6), ratio_text(found.effective, 6), ratio_text(found.spread, 6)) == (
        expected["HHI"], expected["N_eff"], expected["gini_simpson"]
    )  # fmt: skip
    assert ratio_text(Quotient(10_000 * found.hhi.numerator, found.hhi.denominator), 2) == expected["HHI_points"]
    assert set(expected) == {"HHI", "HHI_points", "N_eff", "gini_simpson", "H_nats"}, "entropy is told nowhere"


@pytest.mark.parametrize(("name", "shares"), LENDERS.items())
def test_o11_the_score_of_lenders(name: str, shares: list[int]) -> None:
    facts: list[Record] = []
    for number, share in enumerate(shares):
        facts += [opened_line(f"l{number}", "2020-01-01"), drew(share * 10, "2026-02-01", line=f"l{number}")]
    told = given(*facts).as_of("2026-03-01").told()["diversification"]
    assert told["dimensions"]["lender"]["score"] == oracle(f"O11 lender {name}")


def test_o11_the_score_of_a_whole_household() -> None:
    """Four lender groups, three products, three maturities; only the fifth thousand is contractual."""
    expected: Any = oracle("O11")
    facts: list[Record] = []
    rows: list[tuple[str, str, int, str | None, bool]] = [
        ("a", "consumer_loan", 30000, None, True),
        ("b", "card", 10000, "2026-05-01", True),
        ("c", "bank_loan", 5000, "2026-05-01", True),
        ("d", "bank_loan", 5000, "2026-12-01", False),
    ]
    for line, product, amount, due_on, revolving in rows:
        facts.append(opened_line(line, "2020-01-01", product=product, revocable=revolving, revolving=revolving))
        facts.append(drew(amount, "2026-02-01", line=line, due_on=due_on))
    told = given(*facts).as_of("2026-03-01").told()["diversification"]
    for dimension in WEIGHINGS:
        found = told["dimensions"][dimension]
        assert (found["hhi"], found["score"]) == (expected[dimension]["HHI"], expected[dimension]["score"])
        assert WEIGHINGS[dimension] == (expected[dimension]["K"], Fraction(expected[dimension]["w"]))
    assert Fraction(told["largest_share"]) == Fraction(expected["largest_lender_share"])
    assert (told["uncapped"], told["score"]) == (expected["uncapped"], expected["score_after_cap"])


# Sustainability


SERVED = given(*family(), *instalments(6_250, 24))
"""Income 15,000, debt service 6,250, essentials 6,000, reserve 30,000."""
PART_SECURED = given(
    *family(), *instalments(2_250, 24), *instalments(4_000, 240, line="home", product="mortgage", secured=True)
)
"""The same, with a mortgage of 4,000 a month in the debt service."""


def test_o12_debt_service_against_income() -> None:
    assert percent(indicator(SERVED, "dsr").measure.value) == oracle("O12")["dsr"]


def test_o12_debt_service_of_unsecured_debt_alone() -> None:
    """Of the 6,250 due within a month 4,000 are due on a secured line."""
    told = answer(examined(PART_SECURED), household=HOUSEHOLD, known_at=0, full=True)
    assert isinstance(told, FullCheck)
    assert percent(indicator(PART_SECURED, "dsr").measure.value) == oracle("O12")["dsr"]
    assert told.unsecured_debt_service.amount == "2250.00"
    assert percent(Fraction(told.unsecured_debt_service.dsr or "-1")) == oracle("O12")["debt_only_unsecured"]


def test_o17_a_draw_within_days_of_a_repayment_is_a_rollover() -> None:
    history = given(*BORROWED, repaid(30000, "2026-02-01"), drew(28000, "2026-02-04"))
    assert percent(indicator(history, "rollover").measure.value) == oracle("O17")["rollover_28000_of_30000"]


def test_o18_income_down_by_a_third_and_gone() -> None:
    expected = oracle("O18")
    base, less, none = (outcome(SERVED, name) for name in ("base", "income_minus_30", "income_0_for_6"))
    assert base.margin == 100 * Fraction(expected["margin_base"])
    assert less.margin == 100 * Fraction(expected["margin_stress"])
    assert less.margin == 100 * (Fraction(expected["income_-30%"]) - 6_250 - 6_000)
    assert [percent(one.dsr) for one in (base, less)] == [expected["dsr_base"], expected["dsr_stress"]]
    assert less.survival_months is not None
    assert none.survival_months is not None
    assert ratio_text(less.survival_months, 2) == expected["survival_months_reserve_30000"]
    assert ratio_text(none.survival_months, 2) == expected["survival_if_unemployed_12250"]


def test_o22_four_times_the_lpr() -> None:
    for rate, four_times in oracle("O22 4xLPR").items():
        on = next(
            day for day in _DAYS_OF_LPR if lpr_1_year(date.fromisoformat(day).toordinal()) == Fraction(rate) / 100
        )
        found = indicator(given(opened_line(at="2019-01-01")), "weighted_apr", on)
        assert found.warn is not None
        assert percent(found.warn.value) == four_times


_DAYS_OF_LPR = (
    "2019-08-20", "2020-04-20", "2022-08-22", "2023-06-20", "2023-08-21", "2024-07-22", "2024-10-21", "2025-05-20",
)  # fmt: skip


# All of them


def test_every_oracle_is_compared_by_a_test() -> None:
    tests = Path(__file__).parents[1].rglob("test_*.py")
    asked = {name for test in tests for name in re.findall(r'oracle\("([^"]+)"\)', test.read_text(encoding="utf-8"))}
    asked |= {f"O10 {name}" for name in SPREADS} | {f"O11 lender {name}" for name in LENDERS}
    assert asked == oracle_names()
