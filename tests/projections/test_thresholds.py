"""Each light in a real book exactly at its threshold and one minor unit beside it; and the edges of windows.

Source: domain.md section 6. Numbers are worked out by hand.
"""

import pytest

from ledger.money import Quotient
from projections.ruleset import overridden
from tests.build import (
    Record,
    billed,
    closed,
    counted,
    drew,
    earns,
    froze,
    granted,
    inquired,
    lowered,
    needs,
    opened_account,
    opened_line,
    received,
)
from tests.projections.checked import AT, family, indicator, instalments
from tests.spec import given


def owes(amount: str, line: str = "jiebei", **terms: object) -> tuple[Record, ...]:
    """A line that owes an amount at will and without interest."""
    return (
        opened_line(line, "2025-01-01", **{"daily_rate": "0", **terms}),
        granted(1_000, line=line),
        drew(amount, "2026-02-01", line=line),
    )


def bullet(amount: str, due_on: str, line: str = "jiebei") -> tuple[Record, ...]:
    """A loan without interest that is due in one sum."""
    return (
        opened_line(line, "2025-01-01", daily_rate="0", revolving=False),
        drew(amount, "2026-01-02", line=line, method="bullet", due_on=due_on),
    )


def has(amount: str) -> tuple[Record, ...]:
    return (opened_account(), counted(amount, "2026-01-02"))


@pytest.mark.parametrize(
    ("code", "facts", "light"),
    [
        # 3 and 5 times 12 x 10.00
        ("debt_to_income", (earns(10), *owes("359.99")), "ok"),
        ("debt_to_income", (earns(10), *owes("360.00")), "warn"),
        ("debt_to_income", (earns(10), *owes("599.99")), "warn"),
        ("debt_to_income", (earns(10), *owes("600.00")), "critical"),
        # 1 and 0.25 months of 100.00
        ("immediate_months", (needs(100), *has("100.00")), "ok"),
        ("immediate_months", (needs(100), *has("99.99")), "warn"),
        ("immediate_months", (needs(100), *has("25.00")), "warn"),
        ("immediate_months", (needs(100), *has("24.99")), "critical"),
        # 3 months and 1 month of 100.00
        ("liquidity_months", (needs(100), *has("300.00")), "ok"),
        ("liquidity_months", (needs(100), *has("299.99")), "warn"),
        ("liquidity_months", (needs(100), *has("100.00")), "warn"),
        ("liquidity_months", (needs(100), *has("99.99")), "critical"),
        # 1.5 times and once 100.00 due
        ("maturity_cover", (opened_line(), billed(100, "2026-02-10", due_on="2026-03-31"), *has("150.00")), "ok"),
        ("maturity_cover", (opened_line(), billed(100, "2026-02-10", due_on="2026-03-31"), *has("149.99")), "warn"),
        ("maturity_cover", (opened_line(), billed(100, "2026-02-10", due_on="2026-03-31"), *has("100.00")), "warn"),
        ("maturity_cover", (opened_line(), billed(100, "2026-02-10", due_on="2026-03-31"), *has("99.99")), "critical"),
        # 30 % and 75 % of 1,000.00
        ("utilisation", owes("299.99"), "ok"),
        ("utilisation", owes("300.00"), "warn"),
        ("utilisation", owes("749.99"), "warn"),
        ("utilisation", owes("750.00"), "critical"),
        ("utilisation_worst", (*owes("299.99"), *owes("1", "b")), "ok"),
        ("utilisation_worst", (*owes("300.00"), *owes("1", "b")), "warn"),
        ("utilisation_worst", (*owes("749.99"), *owes("1", "b")), "warn"),
        ("utilisation_worst", (*owes("750.00"), *owes("1", "b")), "critical"),
        # 50 % and 75 % of 1,000.00
        ("debt_to_assets", (*has("1000.00"), *owes("499.99")), "ok"),
        ("debt_to_assets", (*has("1000.00"), *owes("500.00")), "warn"),
        ("debt_to_assets", (*has("1000.00"), *owes("749.99")), "warn"),
        ("debt_to_assets", (*has("1000.00"), *owes("750.00")), "critical"),
        # 5.00 of 10.00 and of 10.01, 8.00 of 10.00 and of 10.01 within 12 months
        ("short_term_share", (*bullet("5.00", "2026-06-01"), *bullet("5.01", "2028-06-01", "b")), "ok"),
        ("short_term_share", (*bullet("5.00", "2026-06-01"), *bullet("5.00", "2028-06-01", "b")), "warn"),
        ("short_term_share", (*bullet("8.00", "2026-06-01"), *bullet("2.01", "2028-06-01", "b")), "warn"),
        ("short_term_share", (*bullet("8.00", "2026-06-01"), *bullet("2.00", "2028-06-01", "b")), "critical"),
        # undrawn 300.00 beside 700.00 and 700.01; 500.00 beside 500.00 and 500.01
        ("revocable_dependence", (*owes("700.00"), *has("700.01")), "ok"),
        ("revocable_dependence", (*owes("700.00"), *has("700.00")), "warn"),
        ("revocable_dependence", (*owes("500.00"), *has("500.01")), "warn"),
        ("revocable_dependence", (*owes("500.00"), *has("500.00")), "critical"),
        # 50 % of 10.00 with three lenders; 75 % of 100.00
        ("largest_lender", (*owes("4.99"), *owes("4.99", "b"), *owes("0.02", "c")), "ok"),
        ("largest_lender", (*owes("5.00"), *owes("4.99", "b"), *owes("0.01", "c")), "warn"),
        ("largest_lender", (*owes("74.99"), *owes("25.01", "b")), "warn"),
        ("largest_lender", (*owes("75.00"), *owes("25.00", "b")), "critical"),
    ],
)  # fmt: skip
def test_a_light_turns_at_its_threshold_and_not_one_minor_unit_before(
    code: str, facts: tuple[Record, ...], light: str
) -> None:
    assert indicator(given(*facts), code).light == light


@pytest.mark.parametrize(("income", "light"), [("500.01", "ok"), ("500.00", "warn"), ("250.01", "warn"),
                                               ("250.00", "critical")])  # fmt: skip
def test_interest_turns_its_light_at_a_tenth_and_a_fifth_of_income(income: str, light: str) -> None:
    """1,612.90 at 0.001 a day over the 31 days from 1 March: 49.9999, so 50.00."""
    line = (opened_line(daily_rate="0.001"), granted(5_000), drew("1612.90", "2026-02-01"))
    found = indicator(given(earns(income), *line), "interest_burden")
    assert (found.measure.inputs["interest"], found.light) == ("50.00", light)


@pytest.mark.parametrize(
    ("rate", "light"), [("0.000328", "ok"), ("0.000329", "warn"), ("0.000657", "warn"), ("0.000658", "critical")]
)
def test_a_yearly_rate_is_set_against_12_and_24_percent(rate: str, light: str) -> None:
    """365 x 0.000328 = 11.972 %, 0.000329: 12.0085 %, 0.000657: 23.9805 %, 0.000658: 24.017 %; 4 x 3.00 % is 12 %."""
    assert indicator(given(opened_line(daily_rate=rate), drew(100, "2026-02-01")), "weighted_apr").light == light


@pytest.mark.parametrize(
    ("rate", "light"),
    [("0.000400000001", "warn"), ("0.0004", "ok"), ("0.000657534246", "warn"), ("0.00065754", "critical")],
)
def test_a_yearly_rate_of_exactly_four_times_the_lpr_is_not_above_it(rate: str, light: str) -> None:
    """365 x 0.0004 is 14.6 %, four times the 3.65 % of August 2022."""
    line = (opened_line(at="2022-01-01", daily_rate=rate), drew(100, "2022-08-01"))
    assert indicator(given(*line), "weighted_apr", "2022-08-22").light == light


@pytest.mark.parametrize(("above", "light"), [(True, "ok"), (False, "warn")])
def test_a_household_chooses_whether_a_light_turns_at_its_threshold_or_only_above_it(above: bool, light: str) -> None:
    rules = overridden("2026.1", {"indicators": {"debt_to_income": {"warn": {"times": "3", "above": above}}}})
    assert indicator(given(earns(10), *owes("360.00")), "debt_to_income", rules=rules).light == light
    assert indicator(given(earns(10), *owes("360.01")), "debt_to_income", rules=rules).light == "warn"


# Windows


@pytest.mark.parametrize(
    ("at", "asked_on", "counted_as"),
    [
        ("2026-03-01", "2025-09-01", "0"), ("2026-03-01", "2025-09-02", "1"),
        ("2026-08-31", "2026-02-28", "0"), ("2026-08-31", "2026-03-01", "1"),
        ("2028-08-31", "2028-02-29", "0"), ("2028-08-31", "2028-03-01", "1"),
        ("2028-02-29", "2027-08-29", "0"), ("2028-02-29", "2027-08-30", "1"),
    ],
)  # fmt: skip
def test_six_months_of_inquiries_begin_the_day_after_the_same_day_or_the_last_of_its_month(
    at: str, asked_on: str, counted_as: str
) -> None:
    history = given(opened_line("old", "2020-01-01"), inquired("x", asked_on))
    assert indicator(history, "credit_velocity", at).measure.inputs == {"new_lenders": "0", "inquiries": counted_as}
    lender = given(opened_line("new", asked_on))
    assert indicator(lender, "credit_velocity", at).measure.inputs == {"new_lenders": counted_as, "inquiries": "0"}


@pytest.mark.parametrize(
    ("at", "on", "count"),
    [
        ("2027-02-01", "2026-02-01", 0), ("2027-01-31", "2026-02-01", 2),
        ("2028-02-29", "2027-02-28", 0), ("2028-02-29", "2027-03-01", 2),
        ("2029-02-28", "2028-02-28", 0), ("2029-02-28", "2028-02-29", 2),
    ],
)  # fmt: skip
def test_twelve_months_of_cuts_and_freezes_begin_the_day_after_the_same_day(at: str, on: str, count: int) -> None:
    history = given(opened_line("jiebei", "2020-01-01"), granted(50_000, "2020-01-01"), lowered(9, on), froze(on))
    assert indicator(history, "limit_instability", at).measure.value == count


@pytest.mark.parametrize(
    ("at", "due_on", "due"),
    [
        ("2026-01-31", "2026-03-02", "10.00"), ("2026-01-31", "2026-03-03", "0.00"),
        ("2028-01-31", "2028-03-01", "10.00"), ("2028-01-31", "2028-03-02", "0.00"),
        ("2028-02-29", "2028-03-30", "10.00"), ("2028-02-29", "2028-03-31", "0.00"),
        ("2026-01-31", "2026-01-31", "0.00"), ("2026-01-31", "2026-02-01", "10.00"),
    ],
)  # fmt: skip
def test_thirty_days_are_thirty_days_whatever_the_month(at: str, due_on: str, due: str) -> None:
    history = given(*has("5.00"), opened_line(), billed(10, "2026-01-02", due_on=due_on))
    assert indicator(history, "maturity_cover", at).measure.inputs["due_30_days"] == due


@pytest.mark.parametrize(
    ("at", "due_on", "due"),
    [
        ("2026-02-28", "2027-02-28", "10.00"), ("2026-02-28", "2027-03-01", "0.00"),
        ("2028-02-29", "2029-02-28", "10.00"), ("2028-02-29", "2029-03-01", "0.00"),
        ("2027-02-28", "2028-02-28", "10.00"), ("2027-02-28", "2028-02-29", "0.00"),
    ],
)  # fmt: skip
def test_twelve_months_end_on_the_same_day_or_the_last_of_its_month(at: str, due_on: str, due: str) -> None:
    assert indicator(given(*bullet("10.00", due_on)), "short_term_share", at).measure.inputs["due_12_months"] == due


# Unknown, nothing, and less than nothing


def test_own_assets_with_an_account_nobody_counted_are_not_known_locked_or_pledged_though_it_be() -> None:
    own = (*has("1000.00"), opened_account("pension", "locked"), opened_account("held", "cash", pledged=True))
    history = given(*own, *owes("500.00"))
    found = indicator(history, "debt_to_assets")
    assert (found.measure.missing, found.light) == (("balance:held", "balance:pension"), "not_available")
    assert indicator(history.and_then(needs(1)), "liquidity_months").measure.missing == ()
    whole = history.and_then(counted(0, AT, account="held"), counted(600, AT, account="pension"))
    assert indicator(whole, "debt_to_assets").measure.inputs == {"debt": "500.00", "assets": "1600.00"}


def test_what_cannot_be_drawn_needs_no_limit_to_be_known() -> None:
    """A frozen line, a closed one, and one whose pool's root is closed offer nothing, whatever their limits."""
    for stop in (froze("2026-02-10"), closed("2026-02-10")):
        found = indicator(given(*has("700.00"), opened_line(), stop), "revocable_dependence")
        assert (found.measure.missing, found.measure.value, found.light) == ((), Quotient(0), "ok")
    pool = (opened_line(), opened_line("b", shared_with="jiebei"), closed("2026-02-10"))
    assert indicator(given(*has("700.00"), *pool), "revocable_dependence").measure.missing == ()


def test_a_limit_that_is_shared_and_unknown_stays_unknown_when_a_line_under_it_is_closed() -> None:
    pool = (
        opened_line("b"), opened_line("a", "2025-12-01", shared_with="b"),
        drew(10, "2026-02-01", line="b"), closed("2026-02-10", line="a"),
    )  # fmt: skip
    for code in ("utilisation", "utilisation_worst"):
        found = indicator(given(*pool), code)
        assert (found.measure.missing, found.light) == (("limit:b",), "not_available")


def test_a_cut_of_a_shared_limit_is_one_cut() -> None:
    pool = (opened_line(), granted(900), opened_line("b", shared_with="jiebei"), opened_line("c", shared_with="jiebei"))
    found = indicator(given(*pool, lowered(500, "2026-02-01")), "limit_instability")
    assert found.measure.inputs == {"decreases": "1", "freezes": "0"}


@pytest.mark.parametrize(("essentials", "light"), [(0, "ok"), ("0.01", "critical")])
def test_with_an_income_of_nothing_less_than_nothing_is_left_by_a_cent(essentials: int | str, light: str) -> None:
    assert indicator(given(earns(0), needs(essentials)), "financial_margin").light == light


def test_income_seen_in_this_month_only_is_no_monthly_income() -> None:
    history = given(received(900, "2026-03-01"), *instalments(10, 12))
    assert indicator(history, "dsr", "2026-03-31").measure.missing == ("income",)
    assert indicator(history, "dsr", "2026-04-01").measure.inputs["income"] == "900.00"


def test_essentials_declared_in_the_middle_of_a_month_count_from_that_day() -> None:
    history = given(*family(essentials=6_000), needs(9_000, "2026-03-16"))
    assert indicator(history, "liquidity_months", "2026-03-15").measure.inputs["monthly_outflow"] == "6000.00"
    assert indicator(history, "liquidity_months", "2026-03-16").measure.inputs["monthly_outflow"] == "9000.00"


def test_secured_debt_is_debt_and_no_part_of_the_largest_lender() -> None:
    home = owes("900.00", "home", secured=True, product="mortgage")
    history = given(earns(10), *owes("60.00"), *owes("40.00", "b"), *home)
    assert indicator(history, "largest_lender").measure.inputs == {"owed_to_it": "60.00", "principal": "100.00"}
    assert indicator(history, "debt_to_income").measure.inputs["debt"] == "1000.00"
    assert indicator(given(*home), "largest_lender").measure.value is None
