"""Reference data holds from its day on, and not the day before. Source: domain.md section 8."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from ledger.vocabulary import LenderClass
from projections.explanation.rules import rules
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
