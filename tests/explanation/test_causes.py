"""Possible reasons behind a cut: dated facts only, before the change only, and never more than their grade."""

import pytest

from tests.build import (
    Record,
    billed,
    drew,
    earns,
    froze,
    granted,
    inquired,
    lender_stated,
    lowered,
    new_terms,
    opened_line,
    platform_noticed,
    raised,
    repaid,
    repayment_reversed,
    saw,
    scored,
    sent,
)
from tests.explanation.a_cut import BOOK, CUT, OPENED, beside, ruled_out
from tests.explanation.asking import causes, excluded, verdict, why
from tests.spec import given

CASES = {
    "nothing on record": ((*BOOK, CUT), {"X00": "E0"}),
    "overdue here": ((*BOOK, billed(500, "2026-01-20", due_on="2026-02-10"), CUT), {"U01": "E2"}),
    "overdue here, paid late": (
        (*BOOK, billed(500, "2026-01-20", due_on="2026-02-10"), repaid(500, "2026-02-20"), CUT), {"U01": "E2"}),
    "overdue elsewhere": (
        (*BOOK, opened_line("card", at="2025-01-01"), drew(900, "2025-06-01", line="card"),
         billed(500, "2026-01-20", due_on="2026-02-10", line="card"), CUT), {"U02": "E2"}),
    "a bureau tells of it": (
        (*BOOK, lender_stated("2026-02-01", lender="pboc", reason_code="U02", source={"kind": "bureau"}), CUT),
        {"U02": "E2"}),
    "high use": ((*OPENED, drew(45000, "2025-11-01"), CUT), {"U03": "E2"}),
    "income fell": ((*BOOK, earns(20000, "2025-01-01"), earns(12000, "2026-02-01"), CUT), {"U04": "E2"}),
    "much falls due": (
        (*BOOK, earns(1000, "2025-01-01"), billed(600, "2026-03-01", due_on="2026-03-20"), CUT), {"U04": "E2"}),
    "new lenders": (
        (*BOOK, opened_line("a", at="2026-01-10"), opened_line("b", at="2026-01-12"), CUT), {"U05": "E2"}),
    "one new lender, drawn on": (
        (*BOOK, opened_line("a", at="2026-01-10"), drew(500, "2026-01-20", line="a"), CUT), {"U05": "E2"}),
    "one new lender, not drawn on": ((*BOOK, opened_line("a", at="2026-01-10"), CUT), {"X00": "E0"}),
    "an inquiry": ((*BOOK, inquired("cmb", "2026-02-01"), CUT), {"U06": "E2"}),
    "an inquiry long ago": ((*BOOK, inquired("cmb", "2025-02-01"), CUT), {"X00": "E0"}),
    "an inquiry afterwards": ((*BOOK, inquired("cmb", "2026-03-06"), CUT), {"X00": "E0"}),
    "unused": ((*OPENED, drew(1000, "2025-02-01"), repaid(1000, "2025-03-01"), CUT), {"U07": "E2"}),
    "repaid very early, often": (
        (*BOOK, *(fact for day in ("01", "10", "20") for fact in (
            drew(2000, f"2026-01-{day}"), repaid(2000, f"2026-01-{int(day) + 3:02}"))), CUT), {"U08": "E1"}),
    "profile out of date": ((*BOOK, platform_noticed("2026-02-01", kind="profile"), CUT), {"U11": "E2"}),
    "score fell": ((*BOOK, scored(700, "2025-12-01"), scored(640, "2026-02-01"), CUT), {"U13": "E2"}),
    "another line cut in the same week": (
        (*BOOK, opened_line("card", at="2025-01-01"), granted(9000, "2025-01-01", line="card"),
         lowered(3000, "2026-03-03", line="card"), CUT), {"P02": "E1"}),
    "a notice that a partner changed": (
        (*BOOK, platform_noticed("2026-02-01", kind="partner_change"), CUT), {"P03": "E2"}),
    "a notice that the product is migrated": (
        (*BOOK, platform_noticed("2026-02-01", kind="product_migration"), CUT), {"P04": "E2"}),
    "a notice of an error in the data": (
        (*BOOK, platform_noticed("2026-02-01", kind="data_error"), CUT), {"S07": "E2"}),
    "a notice more than 180 days before": ((*BOOK, platform_noticed("2025-09-01", kind="profile"), CUT), {"X00": "E0"}),
    "restored after more than 7 days": ((*BOOK, CUT, raised(50000, "2026-03-13")), {"X00": "E0"}),
    "another line cut in another week": (
        (*BOOK, opened_line("card", at="2025-01-01"), granted(9000, "2025-01-01", line="card"),
         lowered(3000, "2026-02-20", line="card"), CUT), {"X00": "E0"}),
    "partner changed": ((*BOOK, new_terms("2026-02-01", lender="other-bank"), CUT), {"P03": "E2"}),
    "product migrated before": ((*BOOK, new_terms("2026-02-01", product="instalment"), CUT), {"P04": "E2"}),
    "product migrated with it": ((*BOOK, new_terms("2026-03-05", product="instalment"), CUT), {"P04": "E3"}),
    "undone within days": ((*BOOK, CUT, raised(50000, "2026-03-10")), {"S07": "E1"}),
    "two limits stated for one moment": (
        (*BOOK, lowered(45000, "2026-03-01"), lowered(44000, "2026-03-01"), CUT), {"S07": "E2"}),
    "above the cap per borrower": (
        (opened_line(at="2025-01-01", lender_class="bank"), granted(500000, "2025-01-01"), drew(200000, "2025-12-01"),
         lowered(300000, "2026-03-05")), {"R01": "E2"}),
    "dearer than the cost line": (
        (opened_line(at="2025-01-01", lender_class="bank", daily_rate="0.0009"), granted(50000, "2025-01-01"),
         drew(20000, "2025-12-01"), CUT), {"R02": "E2"}),
    "tightening made public": ((*BOOK, platform_noticed("2026-02-01", kind="macro"), CUT), {"R04": "E1"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_reason_needs_a_dated_fact_before_the_cut(name: str) -> None:
    facts, expected = CASES[name]

    assert beside(*facts) == expected


def test_a_young_account_counts_only_when_the_book_is_older() -> None:
    young = (opened_line(at="2026-02-01"), granted(50000, "2026-02-01"), drew(1000, "2026-02-02"))

    assert beside(*young, CUT) == {"X00": "E0"}
    assert beside(earns(9000, "2025-01-01"), *young, CUT) == {"U14": "E1"}


def test_the_reason_is_as_good_as_the_best_cause() -> None:
    answer = why(given(*BOOK, inquired("cmb", "2026-02-01"), froze("2026-03-05")), "2026-03-05", "2026-03-08")

    assert verdict(answer) == ("P10", "E3", "E2")


def test_a_weaker_reason_beside_a_better_one_does_not_weaken_it() -> None:
    facts = (inquired("cmb", "2026-02-01"), platform_noticed("2026-02-20", kind="macro"), CUT)
    answer = why(given(*BOOK, *facts), "2026-03-05", "2026-03-08")

    assert (verdict(answer), causes(answer)) == (("P01", "E3", "E2"), {"U06": "E2", "R04": "E1"})


def test_at_most_four_causes_by_grade_then_recency() -> None:
    facts = (
        *OPENED, drew(45000, "2025-11-01"), platform_noticed("2026-02-20", kind="macro"), inquired("x", "2026-02-01"),
        scored(700, "2025-12-01"), scored(640, "2026-02-10"), earns(20000, "2025-01-01"), earns(9000, "2026-02-15"),
    )  # fmt: skip

    assert list(beside(*facts, CUT)) == ["U03", "U04", "U13", "U06"]


EXCLUSIONS = {
    "U01": (*BOOK, billed(500, "2026-01-20", due_on="2026-02-10"), repaid(500, "2026-02-09"), CUT),
    "U03": (*BOOK, CUT),
    "U04": (*BOOK, earns(20000, "2025-01-01"), CUT),
    "U07": (*BOOK, CUT),
    "U13": (*BOOK, scored(640, "2025-12-01"), scored(700, "2026-02-01"), CUT),
    "U14": (*BOOK, CUT),
    "R01": (opened_line(at="2025-01-01", lender_class="bank"), granted(50000, "2025-01-01"), CUT),
    "R02": (opened_line(at="2025-01-01", lender_class="bank", daily_rate="0.0003"), granted(50000), CUT),
    "P06": (opened_line(at="2025-01-01", valid_until="2027-01-01"), granted(50000, "2025-01-01"), CUT),
    "P10": (*BOOK, CUT, saw("2026-03-06", available=39000)),
    "P11": (*BOOK, CUT, saw("2026-03-06", available=39000)),
    "S01": (*BOOK, repaid(1000, "2026-03-06"), CUT),
    "S02": (*BOOK, repaid(1000, "2026-03-06"), CUT),
    "S05": (*BOOK, repaid(1000, "2026-03-06", allocation={"principal": "1000"}), CUT),
    "S08": (*BOOK, CUT, saw("2026-03-06", drawn=1000)),
}


@pytest.mark.parametrize("code", EXCLUSIONS)
def test_a_code_is_excluded_by_evidence_and_names_it(code: str) -> None:
    found = excluded(why(given(*EXCLUSIONS[code]), "2026-03-05", "2026-03-08"))

    assert found[code]


SLOW = (opened_line(at="2025-01-01", restoration="t_plus_n", restoration_days=9), *BOOK[1:])
MORNING, NOON, EVENING = (f"2026-03-05T{hour}:00:00+08:00" for hour in ("08", "12", "20"))
NOT_EXCLUDED = {
    "held while the limit fell": ("S02", (*SLOW, repaid(1000, "2026-03-06"), CUT)),
    "sources that contradict each other": (
        "S08", (*BOOK, CUT, saw(EVENING, drawn=1000), saw(EVENING, drawn=900, source={"kind": "lender"}))),
    "seen before the cut only": ("P10", (*BOOK, saw(MORNING, available=49000), lowered(40000, NOON))),
    "another payment on its way": (
        "S01", (*BOOK, repaid(1000, "2026-03-06"), sent(500, "2026-03-06", payment="p"), CUT)),
    "a payment that came back": (
        "S01", (*BOOK, repaid(1000, MORNING, payment="p"), repayment_reversed(NOON, payment="p"), CUT)),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_EXCLUDED)
def test_a_code_is_not_excluded_by_evidence_that_does_not_rule_it_out(name: str) -> None:
    code, facts = NOT_EXCLUDED[name]

    assert code not in ruled_out(*facts)


def test_a_line_seen_usable_after_the_cut_was_not_frozen() -> None:
    assert "P10" in ruled_out(*BOOK, lowered(40000, NOON), saw(EVENING, available=39000))


def test_of_several_lines_late_the_one_that_was_late_longest_is_told() -> None:
    late = [
        fact
        for name, due_on in (("x", "2026-02-20"), ("y", "2026-02-10"), ("z", "2026-02-25"))
        for fact in (
            opened_line(name, at="2025-01-01"), drew(900, "2025-06-01", line=name),
            billed(500, "2026-01-20", due_on=due_on, line=name),
        )
    ]  # fmt: skip
    answer = why(given(*BOOK, *late, CUT), "2026-03-05", "2026-03-08")

    assert "due on 2026-02-10 was late (days: 22)" in answer.causes[0].text


def test_no_record_excludes_nothing() -> None:
    bare = (opened_line(at="2026-03-01"), granted(50000, "2026-03-01"), CUT)

    assert ruled_out(*bare) == set()


@pytest.mark.parametrize(
    ("terms", "draw", "paid", "ruled"),
    [
        ({}, {}, {}, False),
        ({"daily_rate": "0.0000001"}, {}, {}, True),
        ({}, {"daily_rate": "0"}, {}, True),
        ({}, {}, {"allocation": {"principal": "500"}}, True),
        ({"limit_basis": "full_balance"}, {}, {}, True),
        ({"daily_rate": "0.0000001"}, {}, {"amount": 1001}, False),
    ],
    ids=["no rate", "the line's rate", "the loan's rate", "stated", "a card", "more than was owed"],
)
def test_a_payment_is_told_to_be_all_principal_only_where_its_parts_are_known(
    terms: Record, draw: Record, paid: Record, *, ruled: bool
) -> None:
    opened = (opened_line(at="2025-01-01", **terms), granted(50000, "2025-01-01"))
    payment = repaid(paid.pop("amount", 500), "2026-03-06", **paid)

    assert ("S05" in ruled_out(*opened, drew(1000, "2026-03-01", **draw), payment, CUT)) is ruled


def test_a_shortage_that_may_be_a_hold_does_not_exclude_a_hold() -> None:
    facts = (*OPENED, drew(30000, "2026-02-01"), repaid(9000, "2026-03-05"), saw("2026-03-06", available=12000))

    assert "S02" not in ruled_out(*facts)


def test_nothing_counts_as_preceding_a_change_that_is_only_known_between_two_times() -> None:
    seen = (saw("2026-02-01", limit=50000), inquired("cmb", "2026-02-15"), saw("2026-03-05", limit=40000))

    answer = why(given(*BOOK, *seen), "2026-03-05", "2026-03-08")

    assert (verdict(answer), causes(answer)) == (("P01", "E3", "E0"), {"X00": "E0"})


def test_a_stated_reason_that_the_book_contradicts_can_be_disputed() -> None:
    due = (billed(500, "2026-01-20", due_on="2026-02-10"), repaid(500, "2026-02-09"))

    answer = why(given(*BOOK, *due, CUT, lender_stated("2026-03-10", reason_code="U01")), "2026-03-05", "2026-03-08")

    assert verdict(answer) == ("U01", "E4", None)
    assert [one.code for one in answer.next_steps] == ["dispute"]
    assert "U01" not in excluded(answer), "what the lender stated is disputed, not excluded"


def test_a_value_that_was_stale_is_told_by_the_two_looks_that_show_it() -> None:
    """S03: after the posting the app showed too little, and the next look showed it restored."""
    first, later = "2026-03-05T09:00:00+08:00", "2026-03-06T09:00:00+08:00"
    posted = (*BOOK, drew(29000, "2026-02-01"), repaid(9000, "2026-03-05T08:00:00+08:00"))
    history = given(*posted, saw(first, available=20000), saw(later, available=29000))

    answer = why(history, "2026-03-05T08:30:00+08:00", "2026-03-07")

    assert causes(answer)["S03"] == "E3"
    assert next(one.facts for one in answer.causes if one.code == "S03") == ("h1:7", "h1:8")
