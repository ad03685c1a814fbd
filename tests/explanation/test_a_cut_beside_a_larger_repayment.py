"""A repayment larger than the cut has the verdict; that the limit fell, and what to do, is told all the same."""

from projections.explanation.shape import Explanation
from tests.build import (
    Record,
    drew,
    froze,
    granted,
    lender_stated,
    lowered,
    opened_line,
    raised,
    repaid,
    saw,
    scored,
    thawed,
)
from tests.explanation.asking import why
from tests.spec import given

SINCE, UNTIL = "2026-03-01T20:00:00+08:00", "2026-03-05T21:00:00+08:00"
PAID = (
    opened_line(), granted(60000), drew(40000, "2026-02-01"),
    saw(SINCE, limit=60000, available=20000), repaid(40000, "2026-03-05T09:00:00+08:00"),
)  # fmt: skip
SEEN = saw(UNTIL, limit=25000, available=25000)


def asked(*more: Record) -> Explanation:
    """What moved between the two looks."""
    return why(given(*PAID, *more), SINCE, UNTIL)


def letters(found: Explanation) -> list[str]:
    """The letters that can be sent."""
    return [step.letter.en for step in found.next_steps if step.letter is not None]


def test_the_fall_of_the_limit_stands_in_the_words_of_the_verdict() -> None:
    found = asked(SEEN)
    assert found.verdict.code == "S09"
    assert "the limit went from 60,000.00 to 25,000.00" in found.verdict.text
    assert found.verdict.text.endswith("Why the lender did so is not known.")
    assert found.verdict.why_grade is None
    assert "P01" in {cause.code for cause in found.causes}


def test_the_lender_can_be_asked_for_its_reason() -> None:
    found = asked(SEEN)
    assert [step.code for step in found.next_steps] == ["ask_lender", "credit_report", "object"]
    (letter,) = letters(found)
    assert "from 60,000.00 to 25,000.00" in letter
    assert "limit_notice" in {document.code for document in found.documents}


def test_what_is_on_record_before_the_fall_stands_beside_it() -> None:
    found = asked(SEEN, scored(720, "2026-01-10"), scored(640, "2026-02-20"))
    assert [cause.code for cause in found.causes] == ["P01", "U13"]
    assert "preceded the change and is consistent with it, no more" in found.verdict.text


def test_a_reason_that_was_stated_needs_no_letter() -> None:
    found = asked(SEEN, lender_stated("2026-03-06", lender="jiebei", line="jiebei", kind="policy_tightening"))
    assert letters(found) == []


def test_a_fall_that_was_taken_back_asks_for_no_letter() -> None:
    noon, evening = "2026-03-05T12:00:00+08:00", "2026-03-05T18:00:00+08:00"
    assert letters(asked(lowered(25000, noon), raised(60000, evening))) == []
    assert letters(asked(froze(noon), thawed(evening))) == []


def test_a_freeze_that_lasts_can_be_asked_about_too() -> None:
    """An observation before the freeze, and a repayment that is the larger move: nothing is available in the end."""
    found = asked(froze("2026-03-05T12:00:00+08:00"))
    assert len(letters(found)) == 1
