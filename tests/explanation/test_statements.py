"""The lender's word (E4): which change it is about, what it can be a reason for, and what two words that differ mean.

Source: domain.md section 7, the verdict and grade E4.
"""

import pytest

from tests.build import (
    Record,
    drew,
    froze,
    granted,
    inquired,
    lender_stated,
    lowered,
    opened_line,
    platform_noticed,
    raised,
    repaid,
    saw,
    temporary,
    thawed,
)
from tests.explanation.asking import causes, excluded, verdict, why
from tests.spec import given

BOOK = (opened_line(), granted(50000), drew(30000, "2026-02-01"))
AT, LATE = "2026-03-05", "2026-03-09"
MORNING, NOON = f"{AT}T08:00:00+08:00", f"{AT}T12:00:00+08:00"
FIRST_DAY, TOO_EARLY = "2025-09-06", "2025-09-05"  # 180 and 181 days before
SILENT = ("P01", "E3", "E0")


def first_of(*facts: Record) -> tuple[str, str, str | None]:
    return verdict(why(given(*facts), AT, LATE))


@pytest.mark.parametrize("code", ["S00", "P01", "P10", "P11", "X00", "X01"])
def test_what_happened_is_no_reason_for_it_also_where_the_lender_states_it(code: str) -> None:
    assert first_of(*BOOK, lowered(40000, AT), lender_stated("2026-03-06", reason_code=code)) == SILENT
    assert first_of(*BOOK, lowered(40000, AT, reason_code=code)) == SILENT


def test_why_credit_was_given_is_no_reason_for_taking_it() -> None:
    told = lender_stated("2026-03-08", reason_code="P12")

    assert first_of(*BOOK, froze(AT), told) == ("P10", "E3", "E0")


@pytest.mark.parametrize("code", ["U01", "U07", "R01", "P02", "U12"])
def test_a_reason_for_less_credit_is_none_for_a_rise(code: str) -> None:
    told = lender_stated("2026-03-06", reason_code=code)

    assert first_of(*BOOK, raised(60000, AT), told) == ("P12", "E3", None)
    assert first_of(opened_line(), granted(50000, AT), told) == ("P12", "E3", None)
    assert first_of(*BOOK, temporary(5000, AT, until="2026-06-01"), told) == ("P12", "E3", None)


def test_a_rise_may_have_a_stated_reason_and_then_nothing_of_the_household_is_weighed() -> None:
    facts = (*BOOK, inquired("cmb", "2026-02-01"), raised(60000, AT), lender_stated("2026-03-06", reason_code="P03"))

    answer = why(given(*facts), AT, LATE)

    assert (verdict(answer), causes(answer)) == (("P03", "E4", None), {"P12": "E3"})
    assert "U07" not in excluded(answer)


def test_a_raise_that_states_its_own_reason_is_told_by_it() -> None:
    assert first_of(*BOOK, raised(60000, AT, reason_code="P04")) == ("P04", "E4", None)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("policy_tightening", "P02"), ("outage", "S06"), ("partner_change", "P03"), ("product_migration", "P04"),
        ("macro", "R04"), ("data_error", "S07"), ("use_of_funds", "U09"), ("profile", "U11"),
    ],
)  # fmt: skip
def test_a_statement_of_a_kind_speaks_of_the_code_of_that_kind(kind: str, code: str) -> None:
    assert first_of(*BOOK, lowered(40000, AT), lender_stated("2026-03-06", kind=kind)) == (code, "E4", None)
    named = lender_stated("2026-03-06", kind=kind, reason_code="U05")
    assert first_of(*BOOK, lowered(40000, AT), named) == ("U05", "E4", None)
    assert first_of(*BOOK, lowered(40000, AT), lender_stated("2026-03-06", kind="other")) == SILENT


@pytest.mark.parametrize(("code", "steps"), [("U01", ["credit_report"]), ("U06", ["credit_report"]), ("U03", [])])
def test_a_stated_reason_that_a_credit_report_would_show_leads_to_the_report(code: str, steps: list[str]) -> None:
    answer = why(given(*BOOK, lowered(40000, AT), lender_stated("2026-03-06", reason_code=code)), AT, LATE)
    assert [one.code for one in answer.next_steps] == steps


def test_an_announcement_nearer_to_another_cut_only_precedes_this_one() -> None:
    told = platform_noticed("2026-02-20", kind="policy_tightening")
    history = given(*BOOK, told, lowered(45000, "2026-02-21"), lowered(40000, AT))
    assert verdict(why(history, "2026-02-21", "2026-02-21")) == ("P02", "E4", None)
    answer = why(history, AT, LATE)
    assert (verdict(answer), causes(answer)) == (("P01", "E3", "E2"), {"P02": "E2"})


@pytest.mark.parametrize(("told_on", "code"), [("2026-06-03", "S06"), ("2026-06-04", "S02")])
def test_an_outage_told_90_days_after_a_shortage_counts_and_one_of_91_does_not(told_on: str, code: str) -> None:
    short = (*BOOK, repaid(9000, MORNING), saw(NOON, available=20000))
    assert first_of(*short, platform_noticed(told_on, kind="outage"))[0] == code


def test_of_a_reason_stated_twice_the_latest_statement_is_told() -> None:
    told = (lender_stated("2026-03-06", reason_code="U01"), lender_stated("2026-03-07", reason_code="U01"))
    assert why(given(*BOOK, lowered(40000, AT), *told), AT, LATE).verdict.facts == ("h1:7",)


def test_a_statement_as_near_to_two_cuts_is_about_the_earlier() -> None:
    told = lender_stated("2026-03-03T12:00:00+08:00", reason_code="U01")
    history = given(*BOOK, lowered(45000, "2026-03-01"), told, lowered(40000, AT))
    assert verdict(why(history, "2026-03-01", "2026-03-01")) == ("U01", "E4", None)
    assert verdict(why(history, AT, LATE)) == SILENT


def test_of_a_cut_between_two_looks_the_180_days_count_from_the_first_of_them() -> None:
    """From 1 February back: 5 August."""
    book = (opened_line(at="2025-01-01"), granted(50000, "2025-01-01"), saw("2026-02-01", limit=50000))
    for told_on, expected in (("2025-08-05", ("U05", "E4", None)), ("2025-08-04", SILENT)):
        assert first_of(*book, saw(AT, limit=40000), lender_stated(told_on, reason_code="U05")) == expected


def test_reasons_that_contradict_each_other_stand_beside_limits_that_do() -> None:
    """X01, with S07 for two limits stated for one moment."""
    clash = (lowered(45000, "2026-03-01"), lowered(44000, "2026-03-01"), lowered(40000, AT))
    told = (lender_stated("2026-03-06", reason_code="U01"), lender_stated("2026-03-07", reason_code="P02"))
    answer = why(given(*BOOK, *clash, *told), AT, LATE)
    assert (verdict(answer)[0], causes(answer)["S07"]) == ("X01", "E2")
    letters = [step.letter for step in answer.next_steps if step.code == "ask_lender"]
    assert ["from 44,000.00 to 40,000.00" in letter.en for letter in letters if letter] == [True], "it tells the cut"


def test_a_statement_180_days_before_counts_and_one_of_181_does_not() -> None:
    book = (opened_line(at="2025-01-01"), granted(50000, "2025-01-01"))

    assert first_of(*book, lowered(40000, AT), lender_stated(FIRST_DAY, reason_code="U05")) == ("U05", "E4", None)
    assert first_of(*book, lowered(40000, AT), lender_stated(TOO_EARLY, reason_code="U05")) == SILENT


def test_a_statement_about_a_later_cut_is_none_for_a_cut_whose_window_ends_before_it() -> None:
    facts = (*BOOK, lowered(45000, "2026-02-10"), lowered(40000, AT), lender_stated("2026-03-06", reason_code="U01"))

    assert verdict(why(given(*facts), "2026-02-09", "2026-02-12")) == SILENT
    assert first_of(*facts) == ("U01", "E4", None)


def test_a_statement_that_names_no_line_is_about_the_lender_s_nearest_cut_on_any_of_its_lines() -> None:
    lines = (opened_line(lender_group="ant"), granted(50000), opened_line("huabei", lender_group="ant"),
             granted(9000, line="huabei"))  # fmt: skip
    cuts = (lowered(40000, "2026-02-10"), lowered(8000, AT, line="huabei"))
    history = given(*lines, *cuts, lender_stated("2026-03-06", lender="ant", reason_code="P02"))

    assert verdict(why(history, "2026-02-10", "2026-02-10")) == SILENT
    assert verdict(why(history, AT, LATE, line="huabei")) == ("P02", "E4", None)


def test_a_statement_that_names_no_line_is_about_all_of_the_lender_s_cuts_of_one_day() -> None:
    lines = (opened_line(lender_group="ant"), granted(50000), opened_line("huabei", lender_group="ant"),
             granted(9000, line="huabei"))  # fmt: skip
    history = given(*lines, lowered(40000, AT), lowered(8000, AT, line="huabei"),
                    lender_stated("2026-03-06", lender="ant", reason_code="P02"))  # fmt: skip

    assert [verdict(why(history, AT, LATE, line=line)) for line in ("jiebei", "huabei")] == [("P02", "E4", None)] * 2


def test_a_statement_of_another_lender_is_no_reason() -> None:
    assert first_of(*BOOK, lowered(40000, AT), lender_stated("2026-03-06", lender="cmb", reason_code="U01")) == SILENT


def test_a_statement_about_one_line_of_a_pool_is_no_reason_for_the_freeze_of_the_other() -> None:
    pool = (*BOOK, opened_line("other", shared_with="jiebei"))
    history = given(
        *pool, froze(AT), froze(AT, line="other"), lender_stated("2026-03-06", line="other", reason_code="U09")
    )

    assert verdict(why(history, AT, LATE)) == ("P10", "E3", "E0")
    assert verdict(why(history, AT, LATE, line="other", language="en")) == ("U09", "E4", None)


def test_a_statement_about_one_line_of_a_pool_is_a_reason_for_the_cut_of_the_shared_limit() -> None:
    pool = (*BOOK, opened_line("other", lender="jiebei", shared_with="jiebei"))
    told = lender_stated("2026-03-06", line="other", reason_code="P02")

    assert first_of(*pool, lowered(40000, AT), told) == ("P02", "E4", None)


def test_a_stated_reason_for_a_cut_is_none_for_a_gap_that_the_same_look_found() -> None:
    """The limit was seen 1,000 lower, and 15,000 more drawn: the gap is the larger move, and no lender spoke of it."""
    looks = (saw("2026-03-01", limit=50000, drawn=30000), saw(AT, limit=49000, drawn=45000))

    answer = why(given(*BOOK, *looks, lender_stated("2026-03-06", reason_code="U01")), AT, LATE)

    assert (verdict(answer), causes(answer)) == (("S08", "E3", None), {"P01": "E3"})


def test_an_announced_outage_is_the_verdict_on_a_shortage_that_might_be_a_hold() -> None:
    """E4 goes before S02 at E1; an outage from before the payment is none."""
    short = (*BOOK, repaid(9000, MORNING), saw(NOON, available=20000))

    assert first_of(*short, platform_noticed(AT, kind="outage")) == ("S06", "E4", None)
    assert first_of(*short, platform_noticed("2026-03-04", kind="outage")) == ("S02", "E1", None)
    assert first_of(*short, lender_stated("2026-03-06", reason_code="U01")) == ("S02", "E1", None)


def test_the_lender_and_the_platform_that_state_different_reasons_leave_it_open() -> None:
    told = (lender_stated("2026-03-06", reason_code="U01"), platform_noticed("2026-03-07", kind="policy_tightening"))

    answer = why(given(*BOOK, lowered(40000, AT), *told), AT, LATE)

    assert (verdict(answer), answer.verdict.facts) == (("X01", "E0", None), ("h1:6", "h1:7"))
    assert causes(answer) == {"P01": "E3"}


def test_the_lender_and_the_platform_that_state_the_same_reason_do_not_contradict_each_other() -> None:
    told = (lender_stated("2026-03-06", reason_code="P02"), platform_noticed("2026-03-07", kind="policy_tightening"))

    assert first_of(*BOOK, lowered(40000, AT), *told) == ("P02", "E4", None)


@pytest.mark.parametrize("kind", ["partner_change", "product_migration", "data_error", "profile", "macro"])
def test_a_notice_that_only_indicates_does_not_contradict_the_lender(kind: str) -> None:
    told = (platform_noticed("2026-03-04", kind=kind), lender_stated("2026-03-06", reason_code="U01"))

    assert first_of(*BOOK, lowered(40000, AT), *told) == ("U01", "E4", None)


def test_the_cut_s_own_reason_and_another_word_of_the_lender_leave_it_open() -> None:
    told = lender_stated("2026-03-06", reason_code="U01")

    assert first_of(*BOOK, lowered(40000, AT, reason_code="P02"), told) == ("X01", "E0", None)


def test_the_lender_s_word_goes_before_a_request_of_the_household_and_an_end_by_date() -> None:
    """Order of the codes: E4 before P05."""
    facts = (*BOOK, temporary(5000, "2026-02-01", until="2026-03-06"), lender_stated("2026-03-07", reason_code="P02"))

    assert first_of(*facts) == ("P02", "E4", None)


def test_a_thaw_is_told_as_one_whatever_was_stated_about_the_freeze() -> None:
    facts = (*BOOK, froze("2026-03-01"), lender_stated("2026-03-02", reason_code="U09"), thawed(AT))

    assert first_of(*facts) == ("P12", "E3", None)
    assert verdict(why(given(*facts), "2026-03-01", "2026-03-02")) == ("U09", "E4", None)


def test_the_lenders_word_on_another_change_of_the_window_stands_among_the_causes() -> None:
    """A card thawed and cut on one day: the thaw is the verdict, and the lender said why it cut."""
    cut = lowered(40000, AT, reason_code="U09")
    history = given(*BOOK, froze("2026-02-20"), thawed(AT), cut)
    answer = why(history, "2026-03-04", LATE)

    assert (verdict(answer), causes(answer)) == (("P12", "E3", None), {"U09": "E4", "P01": "E3"})
