"""What the diversification score promises. Source: domain.md section 5. Oracles O10 and O11."""

from fractions import Fraction
from typing import Any

import pytest

from ledger.money import Exact, Quotient, ratio_text
from projections.contract import diversification
from projections.diversification import WEIGHINGS, Cap, Score, concentration
from projections.ruleset import overridden
from tests.build import Record, Yuan, charged_fee, closed, drew, fact, granted, inquired, new_terms, opened_line, repaid
from tests.projections.checked import exact, indicator
from tests.spec import Asked, given

ON = "2026-06-15"


def six(value: Exact) -> str:
    return ratio_text(value, 6)


@pytest.mark.parametrize(
    ("amounts", "hhi", "effective", "spread"),
    [
        ((50, 30, 20), "0.380000", "2.631579", "0.620000"),
        ((1,), "1.000000", "1.000000", "0.000000"),
        ((1, 1, 1, 1), "0.250000", "4.000000", "0.750000"),
        ((75, 25), "0.625000", "1.600000", "0.375000"),
        ((50, 50), "0.500000", "2.000000", "0.500000"),
        ((4950, 4950, 100), "0.490150", "2.040192", "0.509850"),
    ],
)
def test_concentration_is_the_sum_of_squared_shares(
    amounts: tuple[int, ...], hhi: str, effective: str, spread: str
) -> None:
    found = concentration(amounts)
    assert (six(found.hhi), six(found.effective), six(found.spread)) == (hhi, effective, spread)


@pytest.mark.parametrize(
    ("amounts", "score"),
    [((1,), "0.00"), ((1, 1), "66.67"), ((4950, 4950, 100), "67.98"), ((1, 1, 1, 1), "100.00"), ((1,) * 9, "100.00")],
)
def test_a_lender_dimension_scores_from_one_lender_to_four_equal_ones(amounts: tuple[int, ...], score: str) -> None:
    assert ratio_text(concentration(amounts).score(WEIGHINGS["lender"].classes), 2) == score


def test_a_class_without_debt_counts_for_nothing() -> None:
    found = concentration((5, 0, 5))
    assert (found.hhi, found.largest) == (Quotient(1, 2), Quotient(1, 2))


def test_the_weights_of_the_dimensions_are_a_whole() -> None:
    assert sum(each.weight for each in WEIGHINGS.values()) == 1


# The score of a household


def owing(name: str, amount: Yuan, *, due_on: str | None = None, at: str = "2025-01-01", **terms: Any) -> list[Record]:
    """A line with something drawn on it, due in one sum if ever."""
    given_terms = {"lender_class": None, **terms}
    dated = {"method": "bullet", "due_on": due_on} if due_on else {}
    return [
        opened_line(name, at, **{key: value for key, value in given_terms.items() if value is not None}),
        granted(amount, at, line=name),
        drew(amount, at, line=name, **dated),
    ]


FIVE_LINES = (
    *owing("a1", 10000, lender_group="a"),
    *owing("a2", 15000, lender_group="a", due_on="2026-08-15"),
    *owing("a3", 5000, lender_group="a", due_on="2027-05-15"),
    *owing("b", 10000, product="card"),
    *owing("c", 5000, product="instalment"),
    *owing("d", 5000, product="instalment", revocable=False),
)
"""By lender group 30/10/5/5 thousand, product 30/10/10, maturity 30/15/5, revocability 45/5."""


def spread(asked: Asked) -> Any:
    return asked.told()["diversification"]


def test_the_score_weighs_four_dimensions_and_a_dominant_lender_caps_it() -> None:
    assert spread(given(*FIVE_LINES).as_of(ON)) == {
        "score": "60.00",
        "uncapped": "71.13",
        "dimensions": {
            "lender": {"hhi": "0.4200", "effective": "2.3810", "score": "77.33"},
            "product": {"hhi": "0.4400", "effective": "2.2727", "score": "84.00"},
            "maturity": {"hhi": "0.4600", "effective": "2.1739", "score": "72.00"},
            "revocability": {"hhi": "0.8200", "effective": "1.2195", "score": "36.00"},
        },
        "largest_share": "0.6000",
        "caps": [{"code": "largest_lender_over_50", "limit": 60, "bit": True}],
        "all_debt_score": "60.00",
        "ruleset": "2026.1",
    }


def test_no_debt_has_no_score() -> None:
    told = spread(given(*owing("a", 1000), repaid(1000, "2026-01-01", line="a")).as_of(ON))
    assert (told["score"], told["uncapped"], told["largest_share"], told["all_debt_score"]) == (None,) * 4
    assert told["dimensions"] == {name: {"hhi": None, "effective": None, "score": None} for name in WEIGHINGS}


def test_a_credit_balance_is_no_debt_to_spread() -> None:
    asked = given(
        *owing("a", 1000), opened_line("card", limit_basis="full_balance"), repaid(50, "2026-01-01", line="card")
    ).as_of(ON)
    assert (spread(asked)["dimensions"]["lender"]["hhi"], spread(asked)["largest_share"]) == ("1.0000", "1.0000")


def test_half_with_one_lender_is_not_yet_too_much() -> None:
    told = spread(given(*owing("a", 5000), *owing("b", 5000)).as_of(ON))
    assert (told["largest_share"], told["caps"]) == ("0.5000", [])


def test_more_than_three_quarters_with_one_lender_caps_harder() -> None:
    told = spread(given(*owing("a", 7501), *owing("b", 2499)).as_of(ON))
    assert [cap["code"] for cap in told["caps"]] == ["largest_lender_over_50", "largest_lender_over_75"]
    exactly = spread(given(*owing("a", 7500), *owing("b", 2500)).as_of(ON))
    assert [cap["code"] for cap in exactly["caps"]] == ["largest_lender_over_50"]


def test_a_cap_above_the_score_is_told_and_did_not_bite() -> None:
    told = spread(given(*owing("a", 1000)).as_of(ON))
    assert (told["score"], told["uncapped"]) == ("0.00", "0.00")
    assert [cap["bit"] for cap in told["caps"]] == [False, False]


def test_of_two_caps_the_lower_one_bites() -> None:
    wide = (
        *owing("a1", 2800, lender_group="a"),
        *owing("a2", 2600, lender_group="a", product="card", due_on="2026-08-15", revocable=False),
        *owing("a3", 2500, lender_group="a", product="instalment", due_on="2027-05-15", revocable=False),
        *owing("b", 2100, due_on="2029-01-01"),
    )
    told = spread(given(*wide).as_of(ON))
    assert (told["score"], told["largest_share"]) == ("40.00", "0.7900")
    assert float(told["uncapped"]) > 60
    assert [cap["bit"] for cap in told["caps"]] == [False, True]


def test_the_headline_leaves_secured_debt_out() -> None:
    asked = given(*owing("a", 5000), *owing("b", 5000), *owing("home", 990000, secured=True)).as_of(ON)
    told = spread(asked)
    assert (told["largest_share"], told["score"], told["all_debt_score"]) == ("0.5000", "26.67", "1.06")


def test_secured_debt_alone_scores_only_as_all_debt() -> None:
    told = spread(given(*owing("home", 990000, secured=True)).as_of(ON))
    assert (told["score"], told["all_debt_score"]) == (None, "0.00")


def test_connected_lenders_are_one() -> None:
    asked = given(*owing("jiebei", 5000, lender_group="ant"), *owing("huabei", 5000, lender_group="ant")).as_of(ON)
    assert spread(asked)["dimensions"]["lender"]["effective"] == "1.0000"


@pytest.mark.parametrize(
    ("terms", "effective"),
    [
        ({"revocable": False}, "2.0000"),
        ({"revolving": False}, "2.0000"),
        ({}, "1.0000"),
    ],
)
def test_debt_is_revocable_only_on_a_line_that_revolves_and_can_be_withdrawn(
    terms: dict[str, Any], effective: str
) -> None:
    asked = given(*owing("a", 1000), *owing("b", 1000, **terms)).as_of(ON)
    assert spread(asked)["dimensions"]["revocability"]["effective"] == effective


@pytest.mark.parametrize(
    ("due_on", "effective"),
    [("2026-07-15", "1.0000"), ("2026-07-16", "2.0000"), ("2026-06-01", "1.0000"), (None, "1.0000")],
)
def test_debt_without_a_date_or_past_it_counts_as_due_within_a_month(due_on: str | None, effective: str) -> None:
    asked = given(*owing("a", 1000, due_on="2026-07-01"), *owing("b", 1000, due_on=due_on)).as_of(ON)
    assert spread(asked)["dimensions"]["maturity"]["effective"] == effective


@pytest.mark.parametrize(
    ("edge", "after"),
    [("2026-07-15", "2026-07-16"), ("2026-09-15", "2026-09-16"), ("2027-06-15", "2027-06-16")],
)
def test_a_class_of_maturity_ends_with_its_day(edge: str, after: str) -> None:
    def effective(due_on: str) -> str:
        asked = given(*owing("a", 1000, due_on=edge), *owing("b", 1000, due_on=due_on)).as_of(ON)
        told: str = spread(asked)["dimensions"]["maturity"]["effective"]
        return told

    assert (effective(edge), effective(after)) == ("1.0000", "2.0000")


# Caps


def test_just_over_half_with_one_lender_is_too_much() -> None:
    told = spread(given(*owing("a", 5001), *owing("b", 4999)).as_of(ON))
    assert [cap["code"] for cap in told["caps"]] == ["largest_lender_over_50"]


def test_much_new_credit_caps_a_wide_spread_at_70() -> None:
    sought = [inquired(lender, "2026-05-01") for lender in ("x", "y", "z")]
    wide = [
        *owing("a", 1000),
        *owing("b", 1000, product="card", due_on="2026-08-15", revocable=False),
        *owing("c", 1000, product="instalment", due_on="2027-05-15", revocable=False),
    ]
    told = spread(given(*wide, *sought).as_of(ON))
    assert (told["score"], told["caps"]) == ("70.00", [{"code": "credit_velocity", "limit": 70, "bit": True}])
    assert spread(given(*wide, *sought[:2]).as_of(ON))["score"] == told["uncapped"]


def test_a_cap_at_the_score_itself_did_not_bite() -> None:
    cap = Cap("largest_lender_over_50", 60)
    even = {name: concentration((1, 1)) for name in WEIGHINGS}
    for uncapped, bit in ((Quotient(60), False), (Quotient(6001, 100), True)):
        found = Score({}, even, uncapped, (cap,))
        assert (found.value, found.bit(cap)) == (Quotient(60), bit)


def test_a_share_that_only_rounds_to_a_half_is_over_it() -> None:
    told = spread(given(*owing("a", "5000.01"), *owing("b", "4999.99")).as_of(ON))
    assert (told["largest_share"], [cap["code"] for cap in told["caps"]]) == ("0.5000", ["largest_lender_over_50"])
    told = spread(given(*owing("a", "7500.01"), *owing("b", "2499.99")).as_of(ON))
    assert (told["largest_share"], told["caps"][-1]["code"]) == ("0.7500", "largest_lender_over_75")


def test_each_dimension_is_rounded_before_they_are_weighed_together() -> None:
    """Three equal lenders, two classes of product and of maturity (2 to 1), one of revocability.

    100 x (2/3) / (3/4) = 88.89, 100 x (4/9) / (2/3) = 66.67 and 100 x (4/9) / (3/4) = 59.26; weighed that is
    35.556 + 13.334 + 14.815 = 63.705, so 63.71. Unrounded parts would sum to 63.7037.
    """
    lines = (*owing("a", 1000), *owing("b", 1000), *owing("c", 1000, product="card", due_on="2026-08-15"))
    told = spread(given(*lines).as_of(ON))
    assert [each["score"] for each in told["dimensions"].values()] == ["88.89", "66.67", "59.26", "0.00"]
    assert (told["uncapped"], told["score"]) == ("63.71", "63.71")


def test_shares_are_of_principal_and_not_of_what_is_owed_in_all() -> None:
    dear = owing("a", 5000, daily_rate="0.001")
    told = spread(given(*dear, *owing("b", 5000), charged_fee(100, "2026-06-01", line="b")).as_of(ON))
    assert (told["largest_share"], told["caps"]) == ("0.5000", [])


def test_lines_that_share_a_limit_are_spread_by_what_is_drawn_on_each() -> None:
    pool = (
        opened_line("root", "2025-01-01", lender="x"), granted(9000, "2025-01-01", line="root"),
        opened_line("member", "2025-01-01", lender="x", product="card", shared_with="root"),
        drew(3000, "2025-01-01", line="root"), drew(3000, "2025-01-01", line="member"),
    )  # fmt: skip
    told = spread(given(*pool).as_of(ON))["dimensions"]
    assert (told["lender"]["hhi"], told["product"]["hhi"]) == ("1.0000", "0.5000")


def test_a_line_that_changes_its_lender_moves_to_that_group_and_one_with_a_group_stays_in_it() -> None:
    lines = (*owing("a", 1000), *owing("b", 1000, lender_group="b"), *owing("c", 1000))
    moved = (new_terms("2026-01-01", line="a", lender="c"), new_terms("2026-01-01", line="b", lender="c"))
    assert spread(given(*lines, *moved).as_of(ON))["largest_share"] == "0.6667"


def test_secured_debt_is_left_out_line_by_line_from_the_day_it_is_secured() -> None:
    lines = (*owing("a", 1000), *owing("b", 3000), new_terms("2026-06-10", line="b", secured=True))
    assert [spread(given(*lines).as_of(at))["largest_share"] for at in ("2026-06-09", ON)] == ["0.7500", "1.0000"]


# New credit


def velocity(*facts: Record) -> list[str]:
    return [cap["code"] for cap in spread(given(*owing("old", 100), *owing("other", 100), *facts).as_of(ON))["caps"]]


def test_three_inquiries_or_new_lenders_in_six_months_cap_the_score() -> None:
    asked_twice = (inquired("x", "2026-01-20"), inquired("y", "2026-06-15"))
    assert velocity(*asked_twice) == []
    assert velocity(*asked_twice, inquired("z", "2026-02-01")) == ["credit_velocity"]
    assert velocity(*asked_twice, opened_line("new", "2026-02-01")) == ["credit_velocity"]


def test_what_is_older_than_six_months_or_still_to_come_is_not_new() -> None:
    asked_twice = (inquired("x", "2026-01-20"), inquired("y", "2026-06-15"))
    assert velocity(*asked_twice, inquired("z", "2025-12-15")) == []
    assert velocity(*asked_twice, inquired("z", "2025-12-16")) == ["credit_velocity"]
    assert velocity(*asked_twice, inquired("z", "2026-06-16")) == []


def test_another_line_at_a_lender_one_already_has_is_no_new_lender() -> None:
    asked_twice = (inquired("x", "2026-01-20"), inquired("y", "2026-06-15"))
    assert velocity(*asked_twice, opened_line("more", "2026-02-01", lender="old")) == []
    assert velocity(*asked_twice, opened_line("l1", "2026-02-01", lender="n"), closed("2026-02-02", line="l1")) == [
        "credit_velocity"
    ]  # fmt: skip


def test_a_lender_is_new_for_six_months_from_the_opening_of_its_first_line() -> None:
    asked_twice = (inquired("x", "2026-01-20"), inquired("y", "2026-06-15"))
    assert velocity(*asked_twice, opened_line("new", "2025-12-15")) == []
    assert velocity(*asked_twice, opened_line("new", "2025-12-16")) == ["credit_velocity"]
    assert velocity(*asked_twice, opened_line("new", "2026-06-16")) == []
    again = (opened_line("first", "2025-01-01", lender="n"), opened_line("more", "2026-02-01", lender="n"))
    assert velocity(*asked_twice, *again) == []


def test_a_notice_is_no_inquiry() -> None:
    notices = [fact("PlatformNoticed", f"2026-05-0{day}", lender="x", kind="outage") for day in range(1, 5)]
    assert velocity(*notices) == []


WIDE = (
    *owing("a", 1000),
    *owing("b", 1000, product="card", due_on="2026-08-15", revocable=False),
    *owing("c", 1000, product="instalment", due_on="2027-05-15", revocable=False),
    *owing("d", 1000, due_on="2028-05-15", revocable=False),
)


@pytest.mark.parametrize(
    ("own", "asked", "capped"),
    [({}, 2, False), ({}, 3, True), ({"warn": "4"}, 3, False), ({"warn": "4"}, 4, True), ({"warn": "2"}, 2, True),
     ({"windows": {"months": 1}}, 3, False)],
)  # fmt: skip
def test_the_score_is_capped_while_velocity_is_at_warning_by_the_rules_that_judge_the_household(
    own: dict[str, Any], asked: int, capped: bool
) -> None:
    history = given(*WIDE, *(inquired("x", f"2026-05-0{day}") for day in range(1, asked + 1)))
    rules = overridden("2026.1", {"indicators": {"credit_velocity": own}} if own else {})
    score = indicator(history, "diversification", ON, rules=rules).measure.value
    assert (score == 70) == capped
    assert (indicator(history, "credit_velocity", ON, rules=rules).light == "warn") == capped
    told = diversification(history.as_of(ON).book, rules)
    assert (score, told.ruleset) == (exact(Fraction(told.score or 0)), rules.name)
