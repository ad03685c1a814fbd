"""Interest is exact, rounded once, and says by which days it counts."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.interest import annualise, days_between, interest_units, posted, year_days
from ledger.money import RATE_UNIT, rate_units, ratio_text, round_half_up
from ledger.vocabulary import DayCount
from tests.ledger.oracles import fen, oracle

COUNTS: tuple[DayCount, ...] = ("act_365f", "act_360", "30e_360", "30u_360")
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)).map(date.toordinal)


def on(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def test_interest_runs_from_the_draw_up_to_and_not_including_the_day_asked_for() -> None:
    passed = days_between("act_365f", on("2025-12-15"), on("2026-01-21"))
    assert passed == 37
    assert posted(interest_units(10_000_00, rate_units("0.0004"), passed)) == 148_00 == fen(oracle("O1a"))


def test_interest_follows_the_principal_when_part_of_it_is_repaid() -> None:
    rate = rate_units("0.0004")
    units = interest_units(10_000_00, rate, 15) + interest_units(5_000_00, rate, 22)
    assert posted(units) == 104_00 == fen(oracle("O1b"))


def test_interest_is_rounded_once_and_never_by_the_day() -> None:
    units = interest_units(3_333_33, rate_units("0.000325"), 31)
    assert interest_units(3_333_33, rate_units("0.000325"), 1) == 108_333_225_000_000
    assert posted(units) == 33_58
    expected = oracle("O21")
    assert Fraction(interest_units(3_333_33, rate_units("0.000325"), 1), RATE_UNIT * 100) == Fraction(
        expected["daily_exact"]
    )
    assert posted(units) == fen(expected["31d_round_once"])
    assert posted(units) != fen(expected["31d_round_daily"])


def test_a_half_is_rounded_up_and_not_to_even() -> None:
    expected = oracle("O21b")
    assert posted(RATE_UNIT * 25 // 2) == 13 == fen(expected["0.125 half up"]) != fen(expected["0.125 half even"])
    assert posted(-RATE_UNIT * 25 // 2) == -13


def test_day_counts_agree_with_the_published_examples() -> None:
    for case in oracle("O20"):
        start, end = on(case["from"]), on(case["to"])
        assert days_between("act_365f", start, end) == days_between("act_360", start, end) == case["act"]
        assert days_between("30e_360", start, end) == case["30E"]
        assert days_between("30u_360", start, end) == case["30U_eom"]
        figures: list[tuple[DayCount, str]] = [
            ("act_365f", "int_100000_6pct_act365"),
            ("act_360", "act360"),
            ("30e_360", "30E360"),
        ]
        for day_count, name in figures:
            passed = days_between(day_count, start, end)
            interest = Fraction(100_000_00 * 6 * passed, 100 * year_days(day_count))
            assert round_half_up(interest.numerator, interest.denominator) == fen(case[name])


@pytest.mark.parametrize(
    ("start", "end", "european", "american"),
    [
        ("2026-01-15", "2026-02-15", 30, 30),
        ("2026-01-31", "2026-02-28", 28, 28),
        ("2026-01-31", "2026-03-31", 60, 60),
        ("2028-02-29", "2028-03-31", 31, 30),
        ("2026-02-28", "2027-02-28", 360, 360),
        ("2027-02-28", "2028-02-29", 361, 360),
        ("2026-01-15", "2026-01-31", 15, 16),
    ],
)
def test_months_of_thirty_days_treat_month_ends_by_their_rule(
    start: str, end: str, european: int, american: int
) -> None:
    assert days_between("30e_360", on(start), on(end)) == european
    assert days_between("30u_360", on(start), on(end)) == american


def test_a_daily_rate_is_annualised_only_with_a_named_basis() -> None:
    rate = rate_units("0.0004")
    assert ratio_text(annualise(rate, "x360")) == "0.1440"
    assert ratio_text(annualise(rate, "x365")) == "0.1460"
    assert ratio_text(annualise(rate, "effective"), 8) == "0.15716241"
    expected = oracle("O2")
    assert ratio_text(annualise(rate, "x360")) == expected["x360"]
    assert ratio_text(annualise(rate, "x365")) == expected["x365"]
    assert ratio_text(annualise(rate, "effective"), 8) == expected["EAR365"]
    assert ratio_text(annualise(rate_units(expected["cap24_daily_365"]), "x365")) == "0.2400"
    assert ratio_text(annualise(rate_units(expected["cap24_daily_360"]), "x360")) == "0.2400"


def test_common_daily_rates_come_to_their_known_yearly_ones() -> None:
    assert annualise(rate_units("0.00065"), "x365") == Fraction("0.23725")
    for text, (by_360, by_365) in oracle("O2b").items():
        assert annualise(rate_units(text), "x360") * 100 == Fraction(by_360)
        assert annualise(rate_units(text), "x365") * 100 == Fraction(by_365)


@given(days, days, days)
def test_actual_days_and_european_months_add_up_over_parts(one: int, two: int, three: int) -> None:
    start, middle, end = sorted((one, two, three))
    for day_count in ("act_365f", "act_360", "30e_360"):
        parts = days_between(day_count, start, middle) + days_between(day_count, middle, end)
        assert parts == days_between(day_count, start, end)


@given(st.sampled_from(COUNTS), days, days)
def test_no_day_count_runs_backwards_or_strays_from_the_calendar(day_count: DayCount, one: int, two: int) -> None:
    start, end = sorted((one, two))
    counted = days_between(day_count, start, end)
    assert counted >= 0
    assert abs(counted - (end - start)) <= 3 + (end - start) // 60
