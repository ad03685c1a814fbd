"""What the lender or its platform said without a reason that the rules know: quoted beside a change, never weighed.

Source: domain.md section 7: the windows of a lender's statement, and that only a stated reason is of grade E4.
"""

import msgspec
import pytest

from projections.digest import canonical
from projections.explanation.wording import Language
from tests.build import (
    Record,
    corrected,
    drew,
    froze,
    granted,
    lender_stated,
    lowered,
    opened_line,
    platform_noticed,
    raised,
    saw,
    scored,
    voided,
)
from tests.explanation.asking import causes, said, told, verdict, why
from tests.spec import HOUSEHOLD, given

BOOK = (opened_line(at="2025-01-01"), granted(50000, "2025-01-01"), drew(30000, "2026-02-01"))
AT, LATE = "2026-03-05", "2026-03-09"
CUT = lowered(40000, AT)
SILENT = ("P01", "E3", "E0")
WORDS = "额度每季度评估一次，花 100 元 也算"
CALL = lender_stated("2026-03-06T15:10:00+08:00", line="jiebei", text=WORDS)
SCORES = (scored(712, "2025-12-01"), scored(655, "2026-02-15"))


def quoted(*facts: Record) -> list[tuple[str, ...]]:
    """The facts that are quoted beside the cut."""
    return said(why(given(*BOOK, CUT, *facts), AT, LATE))


def test_words_that_name_no_reason_are_quoted_and_leave_the_answer_as_it_is() -> None:
    silent, heard = (why(given(*BOOK, CUT, *facts), AT, LATE) for facts in ((), (CALL,)))

    assert verdict(heard) == verdict(silent) == SILENT
    assert heard.verdict == silent.verdict
    assert (heard.causes, heard.next_steps) == (silent.causes, silent.next_steps)
    assert [one.facts for one in heard.said] == [("h1:6",)]
    assert heard.said[0].text == (
        "jiebei was heard on 2026-03-06 15:10. No reason that the rules know is recorded with it, so it is not weighed."
        f" In its own words: “{WORDS}”"
    )


def test_what_was_said_with_the_change_itself_is_quoted_too_and_a_reason_is_none_the_more_known() -> None:
    plain, told_why = (why(given(*BOOK, cut), AT, LATE) for cut in (CUT, lowered(40000, AT, text=WORDS)))
    assert verdict(told_why) == verdict(plain) == SILENT
    assert [(one.facts, one.text) for one in told_why.said] == [(
        ("h1:5",),
        f"Recorded with the change of {AT}, without a reason that the rules know, so it is not weighed."
        f" In its own words: “{WORDS}”",
    )]  # fmt: skip
    reasoned = why(given(*BOOK, lowered(40000, AT, text=WORDS, reason_code="P02")), AT, LATE)
    assert (reasoned.said, verdict(reasoned)) == ((), ("P02", "E4", None))
    both = why(given(*BOOK, froze(AT, text=WORDS), CALL), AT, LATE)
    assert said(both) == [("h1:5",), ("h1:6",)]


@pytest.mark.parametrize(
    ("language", "told_of"),
    [
        ("en", f"Something was said with the change of {AT}. No reason that the rules know is recorded with it, so it"
               " is not weighed. The words are not shown here."),
        ("zh", "2026年3月5日这次变动附有一句话，但没有同时记下规则认得的理由，所以不作衡量。原话不在这里显示。"),
    ],
)  # fmt: skip
def test_of_erased_words_with_a_change_only_that_there_were_some_is_told(language: Language, told_of: str) -> None:
    answer = why(given(*BOOK, lowered(40000, AT, text=WORDS)), AT, LATE, language=language, erased=True)
    assert [one.text for one in answer.said] == [told_of]


def test_in_both_languages_the_words_are_the_lender_s_to_the_letter() -> None:
    for language in ("en", "zh"):
        answer = why(given(*BOOK, CUT, CALL), AT, LATE, language=language)
        assert answer.said[0].text.endswith(f"“{WORDS}”")


def test_of_words_that_were_erased_only_the_fact_and_its_time_are_told_and_the_digest_stays() -> None:
    history = given(*BOOK, CUT, CALL)
    kept, erased = (why(history, AT, LATE, erased=gone) for gone in (False, True))

    assert "“" not in erased.said[0].text
    assert "2026-03-06 15:10" in erased.said[0].text
    assert (erased.said[0].facts, erased.digest) == (kept.said[0].facts, kept.digest)


def test_an_answer_without_a_quotation_has_no_place_for_one_and_the_digest_counts_one() -> None:
    """So that answers from before there were quotations keep their bytes."""
    silent, heard = (why(given(*BOOK, CUT, *facts), AT, LATE) for facts in ((), (CALL,)))

    assert "said" not in told(silent)
    assert b"said" not in msgspec.json.encode(silent)
    assert b"said" not in canonical(silent, household=HOUSEHOLD)
    assert b'"said":[{"facts":["6"]}]' in canonical(heard, household=HOUSEHOLD)


@pytest.mark.parametrize(
    ("on", "counts"), [("2025-09-06", True), ("2025-09-05", False), ("2026-06-03", True), ("2026-06-04", False)]
)
def test_words_count_from_180_days_before_a_change_to_90_after_it(on: str, counts: bool) -> None:
    assert quoted(lender_stated(on, text=WORDS)) == ([("h1:6",)] if counts else [])


@pytest.mark.parametrize("named", [{}, {"kind": "other"}, {"reason_code": "P01"}, {"reason_code": "X00"}])
@pytest.mark.parametrize("spoken", [lender_stated, platform_noticed])
def test_what_names_no_reason_is_quoted_whoever_said_it(spoken: object, named: Record) -> None:
    assert callable(spoken)
    assert quoted(spoken("2026-03-06", text=WORDS, **named)) == [("h1:6",)]


@pytest.mark.parametrize("named", [{"kind": "partner_change"}, {"reason_code": "U11"}, {"reason_code": "P12"}])
def test_what_names_a_reason_is_weighed_or_is_none_and_not_quoted(named: Record) -> None:
    assert quoted(platform_noticed("2026-03-06", text=WORDS, **named)) == []
    assert said(why(given(*BOOK, CUT, CALL, lender_stated("2026-03-06", reason_code="U05")), AT, LATE)) == []


def test_words_of_another_lender_or_about_another_line_are_not_quoted() -> None:
    assert quoted(lender_stated("2026-03-06", lender="cmb", text=WORDS)) == []
    lines = (opened_line("huabei", at="2025-01-01", lender="jiebei"), granted(9000, "2025-01-01", line="huabei"))
    about = lender_stated("2026-03-06", line="huabei", text=WORDS)
    assert said(why(given(*BOOK, *lines, CUT, about), AT, LATE)) == []


def test_words_are_quoted_with_the_nearest_change_that_they_may_be_about() -> None:
    history = given(*BOOK, lowered(45000, "2026-02-10"), CUT, CALL)

    assert said(why(history, "2026-02-10", "2026-02-12")) == []
    assert said(why(history, AT, LATE)) == [("h1:7",)]


def test_a_freeze_and_a_fall_that_was_only_seen_are_quoted_beside_too() -> None:
    assert said(why(given(*BOOK, froze(AT), CALL), AT, LATE)) == [("h1:6",)]
    looks = (saw("2026-03-04", limit=50000), saw("2026-03-08", limit=40000))
    assert said(why(given(*BOOK, *looks, CALL), "2026-03-04", LATE)) == [("h1:7",)]


def test_an_indication_is_no_reason_known_and_the_words_stand_beside_it() -> None:
    heard = why(given(*BOOK, *SCORES, CUT, CALL), AT, LATE)

    assert (verdict(heard), causes(heard)) == (("P01", "E3", "E2"), {"U13": "E2"})
    assert said(heard) == [("h1:8",)]
    assert "no lender's word on record" not in heard.verdict.text
    silent = why(given(*BOOK, *SCORES, CUT), AT, LATE)
    assert "no lender's word on record" in silent.verdict.text


def test_beside_more_credit_nothing_is_asked_and_nothing_quoted() -> None:
    assert said(why(given(*BOOK, raised(60000, AT), CALL), AT, LATE)) == []


def test_words_that_were_corrected_are_quoted_as_they_stand_and_voided_ones_are_not() -> None:
    call = lender_stated("2026-03-06", text="reviewed monthly", key="call")
    better = corrected("key:call", lender_stated("2026-03-06", text="reviewed quarterly"), at="2026-03-07")
    answer = why(given(*BOOK, CUT, call, better), AT, LATE)

    assert answer.said[0].text.endswith("“reviewed quarterly”")
    assert answer.said[0].facts == ("h1:6",)
    assert said(why(given(*BOOK, CUT, call, voided("key:call", at="2026-03-07")), AT, LATE)) == []


def test_several_words_are_quoted_in_the_order_in_which_they_were_said() -> None:
    assert quoted(lender_stated("2026-03-08", text="b"), lender_stated("2026-03-06", text="a")) == [
        ("h1:7",), ("h1:6",)
    ]  # fmt: skip
