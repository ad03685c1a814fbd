"""Reference data holds from its day on, and not the day before. Source: domain.md section 8."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from ledger.vocabulary import LenderClass
from projections.explanation.rules import CostLine, rules
from projections.reference.lpr import lpr_1_year

LPR = {
    "2019-08-20": "4.25", "2019-09-20": "4.20", "2019-11-20": "4.15", "2020-02-20": "4.05", "2020-04-20": "3.85",
    "2021-12-20": "3.80", "2022-01-20": "3.70", "2022-08-22": "3.65", "2023-06-20": "3.55", "2023-08-21": "3.45",
    "2024-07-22": "3.35", "2024-10-21": "3.10", "2025-05-20": "3.00",
}  # fmt: skip


def test_each_rate_holds_from_its_publication_to_the_next() -> None:
    before: Fraction | None = None
    for on, percent in LPR.items():
        day = date.fromisoformat(on).toordinal()
        assert (lpr_1_year(day - 1), lpr_1_year(day)) == (before, Fraction(percent) / 100)
        before = lpr_1_year(day)


@pytest.mark.parametrize(
    ("lender_class", "from_on", "before", "yuan"),
    [
        ("bank", "2020-07-17", None, 200_000),
        ("consumer_finance", "2020-07-17", None, 200_000),
        ("micro_loan", "2020-07-17", None, 200_000),
        ("bank", "2025-03-24", 200_000, 300_000),
        ("consumer_finance", "2025-03-24", 200_000, 200_000),
        ("micro_loan", "2025-03-24", 200_000, 200_000),
        ("other", "2025-03-24", None, None),
        (None, "2025-03-24", None, None),
    ],
)
def test_a_cap_per_borrower_binds_its_classes_of_lender_from_its_day(
    lender_class: LenderClass | None, from_on: str, before: int | None, yuan: int | None
) -> None:
    on = date.fromisoformat(from_on)
    caps = [rules().borrower_cap(lender_class, day) for day in (on - timedelta(1), on)]
    assert [None if cap is None else cap.yuan for cap in caps] == [before, yuan]


@pytest.mark.parametrize(
    ("lender_class", "from_on", "percent"),
    [
        ("bank", "2025-10-01", 24),
        ("micro_loan", "2025-12-26", 24),
        ("consumer_finance", "2025-12-26", None),
        ("other", "2025-12-26", None),
        (None, "2025-12-26", None),
    ],
)
def test_a_cost_line_binds_its_class_of_lender_from_its_day(
    lender_class: LenderClass | None, from_on: str, percent: int | None
) -> None:
    on = date.fromisoformat(from_on)
    lines = [rules().cost_line(lender_class, day) for day in (on - timedelta(1), on)]
    assert [None if line is None else line.percent for line in lines] == [None, percent]


def test_new_loans_of_micro_loan_companies_are_bound_by_four_times_the_lpr_once_2027_has_ended() -> None:
    last, first = date(2027, 12, 31), date(2028, 1, 1)
    for on, yearly, text in ((last, Fraction(24, 100), "24"), (first, Fraction(12, 100), "12")):
        line = rules().cost_line("micro_loan", on)
        assert line is not None
        assert (line.yearly(on), line.percent_text(on)) == (yearly, text)
    bank = rules().cost_line("bank", first)
    assert bank is not None
    assert bank.yearly(first) == Fraction(24, 100)


def test_a_cost_line_in_multiples_of_the_lpr_follows_the_lpr_of_the_day() -> None:
    line = CostLine(begins_on=date(2020, 1, 1), classes=("bank",), times_lpr=4)
    assert [line.percent_text(date(2025, 5, day)) for day in (19, 20)] == ["12.4", "12"]


@pytest.mark.parametrize("told", [{}, {"percent": 24, "times_lpr": 4}])
def test_a_cost_line_is_told_in_one_way(told: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="either percent or times_lpr"):
        CostLine(begins_on=date(2020, 1, 1), classes=("bank",), **told)
