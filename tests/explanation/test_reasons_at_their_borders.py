"""Reasons behind a cut at the borders of their numbers and days: certainly before it, and no more than their grade.

Source: domain.md section 7, grades E1 and E2; projections/rulesets/2026.1.toml.
"""

import pytest

from tests.build import (
    Record,
    billed,
    drew,
    earns,
    froze,
    granted,
    inquired,
    lowered,
    new_terms,
    opened_line,
    platform_noticed,
    raised,
    repaid,
    saw,
    scored,
)
from tests.explanation.a_cut import AT, BOOK, CUT, LATE, OPENED, beside, ruled_out
from tests.explanation.asking import causes, verdict, why
from tests.spec import given

NOON = f"{AT}T12:00:00+08:00"
CUT_AT_NOON = lowered(40000, NOON)
NOTHING = {"X00": "E0"}


def loans(*days: tuple[int, int]) -> tuple[Record, ...]:
    """Draws of January and their repayments in full, so many days of the month."""
    return tuple(
        fact for drawn, paid in days for fact in (drew(10, f"2026-01-{drawn:02}"), repaid(10, f"2026-01-{paid:02}"))
    )


FITS: dict[str, tuple[tuple[Record, ...], str]] = {
    "a fact of 180 days before": ((*BOOK, inquired("cmb", "2025-09-06"), CUT), "U06"),
    "a fact of the morning of a cut at noon": ((*BOOK, inquired("cmb", f"{AT}T08:00:00+08:00"), CUT_AT_NOON), "U06"),
    "a bare date of the day before a bare date": ((*BOOK, inquired("cmb", "2026-03-04"), CUT), "U06"),
    "income that fell on the day before": ((*BOOK, earns(20000, "2025-01-01"), earns(12000, "2026-03-04"), CUT), "U04"),
    "income that fell by exactly a tenth": (
        (*BOOK, earns(20000, "2025-01-01"), earns(18000, "2026-02-01"), CUT), "U04"),
    "exactly 40 % of income falls due": (
        (*BOOK, earns(1000, "2025-01-01"), billed(400, "2026-03-01", due_on="2026-03-20"), CUT), "U04"),
    "all in use for 67 days and a half of 90": ((*OPENED, drew(50000, "2025-12-27T11:59:59+08:00"), CUT), "U03"),
    "three early repayments from the first of 90 days on": (
        (*BOOK, drew(10, "2025-12-05"), repaid(10, "2025-12-06"), *loans((1, 3), (17, 20)), CUT), "U08"),
    "the oldest account 179 days old": (
        (earns(9000, "2025-01-01"), opened_line(at="2025-09-06"), granted(50000, "2025-09-06"), CUT), "U14"),
    "a young account that a bank's own paper dates": (
        (opened_line(at="2026-02-01", source={"kind": "bank"}), granted(50000, "2026-02-01"), CUT), "U14"),
    "exactly 75 % in use": ((*OPENED, drew(37500, "2025-11-01"), CUT), "U03"),
    "the limit in use on a line that shares it": (
        (*OPENED, opened_line("other", at="2025-01-01", lender="jiebei", shared_with="jiebei"),
         drew(45000, "2025-11-01", line="other"), CUT), "U03"),
    "two new lenders": (
        (*BOOK, opened_line("a", at="2026-01-10"), opened_line("b", at="2026-01-12"), CUT), "U05"),
    "183 days without a draw": ((*OPENED, drew(10, "2025-09-03"), repaid(10, "2025-10-01"), CUT_AT_NOON), "U07"),
    "repaid on the fifteenth day, three times": ((*BOOK, *loans((1, 16), (17, 20), (21, 23)), CUT), "U08"),
    "another line frozen 7 days before": (
        (*BOOK, opened_line("card", at="2025-01-01"), granted(9000, "2025-01-01", line="card"),
         froze("2026-02-26", line="card"), CUT), "P02"),
    "undone on the seventh day": ((*BOOK, CUT, raised(50000, "2026-03-12")), "S07"),
}  # fmt: skip
FITS_NOT: dict[str, tuple[Record, ...]] = {
    "a fact of 181 days before": (*BOOK, inquired("cmb", "2025-09-05"), CUT),
    "a bare date of the same bare date": (*BOOK, inquired("cmb", AT), CUT),
    "a bare date of the day of a cut at noon": (*BOOK, inquired("cmb", AT), CUT_AT_NOON),
    "a fact of the evening of a cut at noon": (*BOOK, inquired("cmb", f"{AT}T20:00:00+08:00"), CUT_AT_NOON),
    "income that fell by less than a tenth": (*BOOK, earns(20000, "2025-01-01"), earns(18001, "2026-02-01"), CUT),
    "income that fell more than 180 days before": (
        *BOOK, earns(20000, "2025-01-01"), earns(12000, "2025-08-01"), CUT),
    "less than 40 % of income falls due": (
        *BOOK, earns(1000, "2025-01-01"), billed(399, "2026-03-01", due_on="2026-03-20"), CUT),
    "all in use for less than 67 days and a half of 90": (*OPENED, drew(50000, "2025-12-27T12:00:01+08:00"), CUT),
    "three early repayments, one of them too long ago": (
        *BOOK, drew(10, "2025-12-04"), repaid(10, "2025-12-06"), *loans((1, 3), (17, 20)), CUT),
    "the oldest account 180 days old": (
        earns(9000, "2025-01-01"), opened_line(at="2025-09-05"), granted(50000, "2025-09-05"), CUT),
    "less than 75 % in use": (*OPENED, drew(37499, "2025-11-01"), CUT),
    "two new lines at one new lender": (
        *BOOK, opened_line("a", at="2026-01-10", lender="x"), opened_line("b", at="2026-01-12", lender="x"), CUT),
    "two new lines of one group": (
        *BOOK, opened_line("a", at="2026-01-10", lender_group="x"), opened_line("b", at="2026-01-12", lender_group="x"),
        CUT),
    "a new line of the lender's own group": (
        opened_line(at="2025-01-01", lender_group="ant"), granted(50000, "2025-01-01"), drew(1000, "2025-12-01"),
        opened_line("a", at="2026-01-10", lender_group="ant"), drew(500, "2026-01-20", line="a"), CUT),
    "182 days without a draw": (*OPENED, drew(10, "2025-09-04"), repaid(10, "2025-10-01"), CUT_AT_NOON),
    "repaid on the sixteenth day": (*BOOK, *loans((1, 17), (18, 20), (21, 23)), CUT),
    "repaid early only twice": (*BOOK, *loans((1, 3), (17, 20)), CUT),
    "a score that stayed": (*BOOK, scored(700, "2025-12-01"), scored(700, "2026-02-01"), CUT),
    "a score that fell after the cut": (*BOOK, scored(700, "2025-12-01"), CUT, scored(600, "2026-03-06")),
    "another line cut 8 days before": (
        *BOOK, opened_line("card", at="2025-01-01"), granted(9000, "2025-01-01", line="card"),
        lowered(3000, "2026-02-25", line="card"), CUT),
    "a notice of another lender": (*BOOK, platform_noticed("2026-02-01", lender="cmb", kind="profile"), CUT),
    "undone on the eighth day": (*BOOK, CUT, raised(50000, "2026-03-13")),
    "undone in part": (*BOOK, CUT, raised(49999, "2026-03-10")),
    "the same lender named again": (*BOOK, new_terms("2026-02-01", lender="jiebei"), CUT),
    "the same product named again": (*BOOK, new_terms("2026-02-01", product="consumer_loan"), CUT),
    "a partner that changed on the day, who knows when": (*BOOK, new_terms(AT, lender="x"), CUT),
}  # fmt: skip


@pytest.mark.parametrize("name", FITS)
def test_a_reason_fits_up_to_its_border(name: str) -> None:
    facts, code = FITS[name]

    assert code in beside(*facts)


@pytest.mark.parametrize("name", FITS_NOT)
def test_a_reason_does_not_fit_beyond_its_border(name: str) -> None:
    assert beside(*FITS_NOT[name]) == NOTHING


@pytest.mark.parametrize("change", [{"lender": "x"}, {"product": "instalment"}])
def test_terms_that_changed_between_two_looks_do_not_count_as_before_what_happened_between_them(change: Record) -> None:
    looks = (saw("2026-02-01", limit=50000), new_terms("2026-02-15", **change), saw(AT, limit=40000))

    answer = why(given(*BOOK, *looks), AT, LATE)

    assert (verdict(answer), causes(answer)) == (("P01", "E3", "E0"), NOTHING)


RULES = [  # class of lender, limit before and after, daily rate, day of the cut, expected beside it
    ("bank", 250000, 200000, None, "2020-07-16", set()),
    ("micro_loan", 250000, 200000, None, "2020-07-17", {"R01"}),
    ("micro_loan", 250000, 200001, None, "2020-07-17", set()),
    ("bank", 350000, 300000, None, "2025-03-23", set()),
    ("bank", 350000, 300000, None, "2025-03-24", {"R01"}),
    ("other", 350000, 100000, None, "2025-03-24", set()),
    ("bank", 300001, 300000, None, "2026-03-05", {"R01"}),
    ("bank", 300000, 200000, None, "2026-03-05", set()),
    ("bank", 50000, 40000, "0.0008", "2025-09-30", set()),
    ("bank", 50000, 40000, "0.0008", "2025-10-01", {"R02"}),
    ("micro_loan", 50000, 40000, "0.0008", "2025-12-25", set()),
    ("micro_loan", 50000, 40000, "0.0008", "2025-12-26", {"R02"}),
    ("consumer_finance", 50000, 40000, "0.0008", "2026-03-05", set()),
]


@pytest.mark.parametrize("time", ["", "T10:00:00+08:00"])
@pytest.mark.parametrize(("lender_class", "before", "after", "rate", "day", "expected"), RULES)
def test_a_rule_of_the_regulator_binds_from_its_first_day_however_exactly_the_cut_is_dated(
    lender_class: str, before: int, after: int, rate: str | None, day: str, expected: set[str], time: str
) -> None:
    line = opened_line(at="2019-01-01", lender_class=lender_class, daily_rate=rate)
    facts = (line, granted(before, "2019-01-01"), lowered(after, day + time))

    found = causes(why(given(*facts), day, day))

    assert {code for code in found if code.startswith("R")} == expected
    assert all(found[code] == "E2" for code in expected)


def test_a_product_that_changed_on_the_day_of_a_second_look_moved_no_limit_for_certain() -> None:
    looks = (
        saw("2026-02-01", limit=50000),
        new_terms(AT, product="instalment"),
        saw(f"{AT}T20:00:00+08:00", limit=40000),
    )

    assert causes(why(given(*BOOK, *looks), AT, LATE)) == NOTHING


def test_the_cap_per_borrower_is_one_of_consumer_loans() -> None:
    line = opened_line(at="2019-01-01", lender_class="bank", product="bank_loan")

    assert "R01" not in beside(line, granted(350000, "2019-01-01"), lowered(300000, AT))


def test_a_rule_that_began_between_two_looks_is_not_said_to_precede_what_happened_between_them() -> None:
    line = (opened_line(at="2019-01-01", lender_class="bank"), granted(350000, "2019-01-01"))
    looks = (saw("2025-03-01", limit=350000), saw("2025-04-01", limit=300000))

    assert "R01" not in causes(why(given(*line, *looks), "2025-03-01", "2025-04-01"))


def test_a_limit_that_is_used_on_a_line_that_shares_it_is_not_told_as_little_used() -> None:
    other = opened_line("other", at="2025-01-01", shared_with="jiebei")
    facts = (*OPENED, other, drew(20000, "2025-11-01", line="other"), drew(100, "2025-11-01"), CUT)

    assert "U03" not in ruled_out(*facts)


def test_use_just_below_the_low_mark_excludes_and_at_it_does_not() -> None:
    assert "U03" in ruled_out(*OPENED, drew(14999, "2025-11-01"), CUT)
    assert "U03" not in ruled_out(*OPENED, drew(15000, "2025-11-01"), CUT)


def test_before_the_decisive_fact_was_known_the_answer_does_without_it() -> None:
    """The bill was recorded after the cut: as known then nothing precedes it, as known now something does."""
    history = given(*BOOK, CUT).later_learned("2026-03-20", billed(500, "2026-01-20", due_on="2026-02-10"))

    then, now = (why(history, AT, LATE, known=known) for known in ("2026-03-10", "2026-03-20"))

    assert (verdict(then)[2], causes(then)) == ("E0", NOTHING)
    assert (verdict(now)[2], causes(now)) == ("E2", {"U01": "E2"})
