"""Amounts, shares and times as people read them."""

import pytest

from app.cli.figures import decimal, is_zero, moment, money, percent


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.00", "0.00"), ("-0.05", "-0.05"), ("1234.5", "1,234.5"), ("-38000.00", "-38,000.00"),
        ("100000000000.00", "100,000,000,000.00"), ("1000", "1,000"), (None, "-"),
    ],
)  # fmt: skip
def test_thousands_are_set_apart_and_no_digit_is_lost(text: str | None, shown: str) -> None:
    assert money(text) == shown


def test_a_step_upward_carries_its_sign_when_asked() -> None:
    assert money("30000.00", sign=True) == "+30,000.00"
    assert money("-0.01", sign=True) == "-0.01"


@pytest.mark.parametrize(("text", "shown"), [("0.6000", "60%"), ("1.0417", "104%"), ("0.005", "1%"), (None, "-")])
def test_a_fraction_is_shown_as_a_percentage_halves_upward(text: str | None, shown: str) -> None:
    assert percent(text) == shown


def test_a_number_is_cut_to_a_few_places_halves_upward() -> None:
    assert decimal("3.05") == "3.1"
    assert decimal("54.2", digits=0) == "54"
    assert decimal(None) == "-"


def test_an_instant_is_shown_to_the_minute_and_a_date_as_it_is() -> None:
    assert moment("2026-06-11T21:40:07.123456+08:00") == "2026-06-11 21:40"
    assert moment("2026-06-11") == "2026-06-11"


def test_nought_is_nought_however_it_is_written() -> None:
    assert is_zero("0")
    assert is_zero("-0.00")
    assert not is_zero("0.01")
