"""What the liquidity reserve promises. Source: domain.md section 5. Oracle O13."""

from typing import Any

import pytest

from tests.build import (
    Record,
    counted,
    drew,
    earns,
    fact,
    froze,
    granted,
    moved,
    needs,
    opened_account,
    opened_line,
    saw,
    spent,
)
from tests.spec import given

ON = "2026-06-15"


def account(name: str, kind: str, balance: int | str, **more: Any) -> tuple[Record, Record]:
    return opened_account(name, kind, **more), counted(balance, "2026-01-02", account=name)


ASSETS = (
    *account("cash", "cash", 2000),
    *account("bank", "demand_deposit", 18000),
    *account("yuebao", "mmf", 30000),
    *account("term", "term_deposit", 50000),
    *account("bonds", "bond_fund", 20000),
    *account("shares", "equity", 40000),
)


def reserves(*facts: Record) -> Any:
    return given(*facts).as_of(ON).told()["reserves"]


def tiers(*facts: Record) -> tuple[str, ...]:
    told = reserves(*facts)
    return tuple(told[name] for name in ("t1", "t2a", "t2b", "total"))


def test_own_money_counts_in_tiers_after_a_haircut() -> None:
    told = reserves(*ASSETS, needs(12000))
    assert {name: told[name] for name in ("t1", "t2a", "t2b", "total", "monthly_outflow")} == {
        "t1": "30000.00", "t2a": "67100.00", "t2b": "37000.00", "total": "134100.00", "monthly_outflow": "12000.00",
    }  # fmt: skip
    assert (told["months"], told["immediate_months"]) == ("11.1750", "2.5000")
    assert (told["contingent"], told["missing"]) == ("0.00", [])
    assert reserves(*ASSETS, needs(8000))["months"] == "16.7625"


def test_each_account_shows_what_of_it_counts() -> None:
    told = {each["account"]: each for each in reserves(*ASSETS)["accounts"]}
    assert told["yuebao"] == {
        "account": "yuebao", "kind": "mmf", "pledged": False, "balance": "30000.00",
        "t1": "10000.00", "t2a": "19600.00", "t2b": "0.00",
    }  # fmt: skip
    assert told["shares"]["t2b"] == "20000.00"


def test_a_line_that_could_be_drawn_is_shown_apart_and_never_counted() -> None:
    told = reserves(*ASSETS, needs(12000), opened_line(), granted(12000))
    assert (told["total"], told["contingent"], told["months"]) == ("134100.00", "12000.00", "11.1750")


def test_a_pool_is_contingent_once_and_a_frozen_line_not_at_all() -> None:
    pool = (
        opened_line("root"),
        granted(10000, line="root"),
        opened_line("member", shared_with="root"),
        drew(3000, "2026-02-01", line="member"),
    )
    assert reserves(*pool)["contingent"] == "7000.00"
    assert reserves(*pool, froze("2026-02-02", line="root"))["contingent"] == "7000.00"
    assert reserves(*pool, froze("2026-02-02", line="root"), froze("2026-02-02", line="member"))["contingent"] == "0.00"


def test_funds_and_shares_count_up_to_two_fifths_of_the_reserve() -> None:
    assert tiers(*account("bank", "demand_deposit", 97100), *account("shares", "equity", 200000)) == (
        "97100.00", "0.00", "64733.33", "161833.33",
    )  # fmt: skip
    assert tiers(*account("shares", "equity", 200000)) == ("0.00", "0.00", "0.00", "0.00")


def test_accounts_of_one_fund_share_what_can_be_had_at_once() -> None:
    same = (*account("a", "mmf", 8000, fund="tianhong"), *account("b", "mmf", 8000, fund="tianhong"))
    other = (*account("a", "mmf", 8000, fund="tianhong"), *account("b", "mmf", 8000, fund="boshi"))
    assert tiers(*same) == ("10000.00", "5880.00", "0.00", "15880.00")
    assert tiers(*other) == ("16000.00", "0.00", "0.00", "16000.00")


def test_a_pledged_account_counts_for_nothing_and_uses_up_nothing() -> None:
    pledged = account("a", "mmf", 10000, fund="tianhong", pledged=True)
    assert tiers(*pledged, *account("b", "mmf", 8000, fund="tianhong")) == ("8000.00", "0.00", "0.00", "8000.00")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("wmp_t1", ("0.00", "950.00", "0.00", "950.00")),
        ("locked", ("0.00", "0.00", "0.00", "0.00")),
    ],
)
def test_a_next_day_product_is_cut_and_a_locked_one_left_out(kind: str, expected: tuple[str, ...]) -> None:
    assert tiers(*account("a", kind, 1000)) == expected


def test_an_account_is_never_less_than_nothing_and_shows_its_balance() -> None:
    facts = (*account("bank", "demand_deposit", 1000), opened_account("purse", "cash"))
    told = reserves(*facts, moved(-300, "2026-01-03", account="purse"))
    assert (told["total"], told["accounts"][1]["balance"]) == ("1000.00", "-300.00")


def test_tiers_are_rounded_once_and_sum_to_the_total() -> None:
    facts = (*account("f", "bond_fund", "0.03"), *account("t", "term_deposit", "0.03"), *account("c", "cash", "0.01"))
    told = reserves(*facts)
    parts = sum(round(float(told[name]) * 100) for name in ("t1", "t2a", "t2b"))
    assert parts == round(float(told["total"]) * 100)


def test_without_essentials_the_months_are_unknown_and_say_why() -> None:
    told = reserves(*ASSETS)
    assert (told["monthly_outflow"], told["months"], told["immediate_months"]) == (None, None, None)
    assert told["missing"] == ["essentials"]


def test_where_nothing_flows_out_there_is_no_number_of_months() -> None:
    told = reserves(*ASSETS, needs(0))
    assert (told["monthly_outflow"], told["months"], told["missing"]) == ("0.00", None, [])


def test_essentials_nobody_declared_are_the_mean_of_the_last_three_complete_months() -> None:
    paid = [spent(amount, on) for amount, on in (
        (900, "2026-01-10"), (100, "2026-02-10"), (200, "2026-04-10"), (301, "2026-05-10"), (5000, "2026-06-10"),
    )]  # fmt: skip
    assert reserves(*paid)["monthly_outflow"] == "200.33"
    assert reserves(*paid, spent(999, "2026-05-11", essential=False))["monthly_outflow"] == "200.33"
    assert reserves(*paid, needs(700))["monthly_outflow"] == "700.00"


def test_the_latest_declaration_in_order_of_effect_stands() -> None:
    assert reserves(needs(700, "2026-03-01"), needs(500, "2026-02-01"))["monthly_outflow"] == "700.00"


def test_what_falls_due_up_to_the_same_day_of_next_month_flows_out() -> None:
    def outflow(due_on: str) -> str:
        loan = drew(1000, "2026-01-02", method="bullet", due_on=due_on)
        told: str = reserves(needs(500), opened_line(), granted(5000), loan)["monthly_outflow"]
        return told

    assert [outflow(on) for on in ("2026-06-16", "2026-07-15", "2026-07-16")] == ["1500.00", "1500.00", "500.00"]


def test_income_is_no_part_of_the_reserve() -> None:
    assert tiers(*ASSETS, earns(99999)) == tiers(*ASSETS)


def test_an_available_amount_that_was_only_seen_is_contingent_too() -> None:
    assert reserves(opened_line(), saw("2026-02-01", available=800))["contingent"] == "800.00"


def test_a_balance_that_was_seen_stands_for_the_one_before() -> None:
    assert tiers(opened_account(), counted(100, "2026-02-01"), counted(80, "2026-03-01"))[0] == "80.00"
    assert tiers(opened_account(), counted(100, "2026-02-01"), moved(-30, "2026-03-01"))[0] == "70.00"


@pytest.mark.parametrize(
    ("balance", "t1", "t2a"), [(10000, "10000", "0"), (10001, "10000", "1"), (20000, "10000", "9800")]
)
def test_what_a_fund_gives_at_once_is_counted_in_whole_units_of_the_currency(balance: int, t1: str, t2a: str) -> None:
    yen = fact("HouseholdOpened", "2025-12-31", currency="JPY")
    found = reserves(yen, opened_account(kind="mmf"), counted(balance, "2026-02-01"))
    assert (found["t1"], found["t2a"]) == (t1, t2a)


@pytest.mark.parametrize(
    ("kind", "t1", "t2a", "t2b"),
    [
        ("cash", "1000.00", "0.00", "0.00"),
        ("demand_deposit", "1000.00", "0.00", "0.00"),
        ("mmf", "1000.00", "0.00", "0.00"),
        ("term_deposit", "0.00", "950.00", "0.00"),
        ("wmp_t1", "0.00", "950.00", "0.00"),
        ("bond_fund", "0.00", "0.00", "850.00"),
        ("equity", "0.00", "0.00", "500.00"),
        ("locked", "0.00", "0.00", "0.00"),
    ],
)  # fmt: skip
def test_each_kind_of_own_money_has_its_tier_and_its_haircut(kind: str, t1: str, t2a: str, t2b: str) -> None:
    (account,) = reserves(opened_account(kind=kind), counted(1000, "2026-02-01"))["accounts"]
    assert (account["t1"], account["t2a"], account["t2b"]) == (t1, t2a, t2b)


@pytest.mark.parametrize(("fund", "t2b", "total"), [(784, "666.40", "1666.40"), (785, "666.67", "1666.67")])
def test_the_slow_tier_reaches_two_fifths_of_the_reserve_and_no_further(fund: int, t2b: str, total: str) -> None:
    found = reserves(
        opened_account(), counted(1000, "2026-02-01"),
        opened_account("fund", "bond_fund"), counted(fund, "2026-02-01", account="fund"),
    )  # fmt: skip
    assert (found["t2b"], found["total"]) == (t2b, total)


def test_funds_and_shares_have_one_cap_together() -> None:
    """500 x 0.85 + 600 x 0.50 = 725, each below the cap alone; 2/3 of 1,000 is 666.67."""
    facts = (*account("bank", "cash", 1000), *account("f", "bond_fund", 500), *account("s", "equity", 600))
    assert tiers(*facts) == ("1000.00", "0.00", "666.67", "1666.67")


def test_a_tier_is_rounded_once_over_its_accounts() -> None:
    """Three times 0.95 of 0.11 is 0.3135, so 0.31; each by itself is 0.1045, so 0.10, and 0.30 together."""
    assert tiers(*(one for name in "abc" for one in account(name, "term_deposit", "0.11")))[1] == "0.31"


@pytest.mark.parametrize(
    ("balance", "t1", "t2a"),
    [("9999.99", "9999.99", "0.00"), ("10000.00", "10000.00", "0.00"), ("10001.00", "10000.00", "0.98")],
)
def test_a_fund_gives_ten_thousand_at_once_and_its_rest_a_day_later(balance: str, t1: str, t2a: str) -> None:
    assert tiers(*account("fund", "mmf", balance))[:2] == (t1, t2a)


@pytest.mark.parametrize("kind", ["cash", "demand_deposit", "mmf", "term_deposit", "wmp_t1", "bond_fund", "equity"])
def test_no_kind_of_pledged_money_counts(kind: str) -> None:
    free = account("bank", "cash", 1000)
    assert tiers(*free, *account("held", kind, 1000, pledged=True)) == tiers(*free)


def test_one_month_with_data_is_a_mean_of_one_and_the_running_month_none() -> None:
    assert reserves(spent(900, "2026-02-10"), spent(5000, "2026-06-10"))["monthly_outflow"] == "900.00"
    assert reserves(spent(5000, "2026-06-10"))["monthly_outflow"] is None


@pytest.mark.parametrize(
    ("at", "due_on", "outflow"),
    [
        ("2026-01-31", "2026-02-28", "1500.00"),
        ("2026-01-31", "2026-03-01", "500.00"),
        ("2028-01-31", "2028-02-29", "1500.00"),
        ("2028-02-29", "2028-03-29", "1500.00"),
        ("2028-02-29", "2028-03-30", "500.00"),
        ("2026-01-31", "2026-01-31", "500.00"),
    ],
)
def test_a_month_from_the_last_of_one_ends_with_the_last_of_the_next(at: str, due_on: str, outflow: str) -> None:
    loan = drew(1000, "2026-01-02", method="bullet", due_on=due_on)
    told = given(needs(500), opened_line(), granted(5000), loan).as_of(at).told()["reserves"]
    assert told["monthly_outflow"] == outflow


def test_a_currency_without_a_minor_unit_is_counted_in_whole_units() -> None:
    """850 of 1,000 yen after the haircut, capped at 2/3 of 1,000: 667; (1,000 + 667) / 700 = 2.3814 months."""
    yen = fact("HouseholdOpened", "2025-12-31", currency="JPY")
    found = reserves(yen, *account("bank", "cash", 1000), *account("fund", "bond_fund", 1000), needs(700))
    assert {name: found[name] for name in ("t1", "t2a", "t2b", "total", "monthly_outflow", "months")} == {
        "t1": "1000", "t2a": "0", "t2b": "667", "total": "1667", "monthly_outflow": "700", "months": "2.3814",
    }  # fmt: skip


def test_months_are_the_reserve_over_the_outflow_and_at_once_the_first_tier_over_it() -> None:
    found = reserves(
        needs(1000), opened_account(), counted(1500, "2026-02-01"),
        opened_account("term", "term_deposit"), counted(1000, "2026-02-01", account="term"),
    )  # fmt: skip
    assert (found["months"], found["immediate_months"]) == ("2.4500", "1.5000")
