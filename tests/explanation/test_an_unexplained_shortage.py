"""The limit stands, and less can be used than any repayment explains: it may be a freeze that nobody recorded."""

from projections.explanation.shape import Explanation
from tests.build import Record, drew, froze, granted, lender_stated, opened_line, repaid, saw, scored
from tests.explanation.asking import causes, excluded, said, verdict, why
from tests.spec import given

SINCE, PAID_AT = "2026-07-01T20:00:00+08:00", "2026-07-03T10:00:00+08:00"
UNTIL = "2026-07-03T10:30:00+08:00"
BOOK = (
    opened_line(), granted(80000), drew(60000, "2026-06-01"), saw(SINCE, limit=80000, available=20000),
    repaid(60000, PAID_AT),
)  # fmt: skip
NOTHING_LEFT = saw(UNTIL, limit=80000, available=0)
FELL = (scored(712, "2026-05-01"), scored(668, "2026-06-30"))


def asked(*more: Record, seen: Record = NOTHING_LEFT) -> Explanation:
    """Why nothing can be used although the limit is what it was."""
    return why(given(*BOOK, *more, seen), SINCE, UNTIL)


def test_what_is_on_record_before_it_stands_beside_it() -> None:
    found = asked(*FELL)
    assert verdict(found) == ("S02", "E1", None)
    assert causes(found)["U13"] == "E2"
    assert "preceded the change and is consistent with it, no more" in found.verdict.text


def test_nothing_that_came_after_the_look_before_counts() -> None:
    assert "U13" not in causes(asked(scored(712, "2026-05-01"), scored(668, "2026-07-02")))


def test_what_the_book_rules_out_is_told() -> None:
    assert "U13" in excluded(asked(scored(668, "2026-05-01"), scored(712, "2026-06-30")))


def test_where_nothing_is_on_record_no_reason_is_spoken_of() -> None:
    found = asked()
    assert found.verdict.text.endswith("no evidence here.")
    assert "Why" not in found.verdict.text


def test_the_lender_can_be_asked_in_a_letter_that_tells_what_was_seen_and_guesses_nothing() -> None:
    steps = {step.code: step for step in asked().next_steps}
    assert list(steps) == ["wait", "observe", "ask_lender", "credit_report", "object"]
    letter = steps["ask_lender"].letter
    assert letter is not None
    assert "On 2026-07-03 10:30 the line showed 0.00, short by 80,000.00 although the limit itself stood." in letter.en
    assert "reasons lenders use" not in letter.en
    assert "2026年7月3日 10:30 看到可用 0 元，少了 80,000 元，而额度本身没有动。" in letter.zh


def test_what_the_lender_said_of_it_is_quoted() -> None:
    assert said(asked(lender_stated("2026-07-03", text="reviewed every quarter"))) == [("h1:7",)]


def test_what_a_repayment_explains_asks_for_no_reason() -> None:
    found = asked(*FELL, seen=saw(UNTIL, limit=80000, available=20000))
    assert verdict(found) == ("S02", "E1", None)
    assert "U13" not in causes(found)
    assert [step.code for step in found.next_steps] == ["wait", "observe"]


def test_a_recorded_freeze_is_the_verdict_itself() -> None:
    assert verdict(asked(froze("2026-07-03T10:15:00+08:00")))[0] == "P10"
