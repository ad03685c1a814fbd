"""A draw or a payment that is corrected to another line takes its reversal with it."""

from typing import Any

import pytest

from ledger.timeline import Timeline
from tests.build import corrected, draw_reversed, drew, granted, opened_line, repaid, repayment_reversed, sent, voided
from tests.projections.checked import told
from tests.spec import History, given, yuan

LINES = (
    opened_line("a"), granted(50000, line="a"), drew(30000, "2026-01-10", line="a"),
    opened_line("b"), granted(50000, line="b"), drew(30000, "2026-01-10", line="b"),
)  # fmt: skip
PAYMENT = repaid(1000, "2026-02-01", line="a", payment="p1")
"""Version 8, since six facts and the household's opening come before it."""
ON_B = repaid(1000, "2026-02-01", line="b", payment="p1")


def drawn(history: History, at: str | None = None, *, known: str | int | None = None) -> tuple[str, str]:
    asked = history.as_of(at, known=known)
    return yuan(asked.line("a").drawn), yuan(asked.line("b").drawn)


@pytest.mark.parametrize("named", [{"fact": "h1:8"}, {"payment": "p1"}])
@pytest.mark.parametrize("known_as", ["p1", "p2", None])
def test_a_reversal_goes_with_its_payment_to_the_line_it_is_corrected_to(
    named: dict[str, Any], known_as: str | None
) -> None:
    reversed_there = given(*LINES, PAYMENT, repayment_reversed("2026-02-03", line="a", **named))
    moved = reversed_there.and_then(corrected("h1:8", repaid(1000, "2026-02-01", line="b", payment=known_as)))
    assert drawn(moved, "2026-02-02") == ("30000.00", "29000.00")
    assert drawn(moved, "2026-02-03") == ("30000.00", "30000.00")
    assert drawn(moved, "2026-02-02", known=9) == ("29000.00", "30000.00")
    assert "reverses_nothing" not in {finding.code for finding in told(moved).findings}


def test_it_is_as_if_payment_and_reversal_had_been_of_that_line_from_the_start() -> None:
    late = given(*LINES, PAYMENT, repayment_reversed("2026-02-03", line="a", payment="p1"), corrected("h1:8", ON_B))
    right = given(*LINES, ON_B, repayment_reversed("2026-02-03", line="b", payment="p1"))
    for at in ("2026-02-01", "2026-02-02", "2026-02-03"):
        for line in ("a", "b"):
            assert late.as_of(at).figures(line) == right.as_of(at).figures(line)
            assert late.as_of(at).line(line).steps == right.as_of(at).line(line).steps


def test_a_reversal_by_an_id_that_the_correction_of_a_correction_gave_goes_with_its_payment() -> None:
    renamed = [repaid(1000, "2026-02-01", line="a", payment=payment) for payment in ("p2", "p3")]
    history = given(
        *LINES, PAYMENT, corrected("h1:8", renamed[0]), corrected("h1:9", renamed[1]),
        repayment_reversed("2026-02-03", line="a", payment="p3"),
        corrected("h1:8", repaid(1000, "2026-02-01", line="b")),
    )  # fmt: skip
    assert drawn(history, "2026-02-02") == ("30000.00", "29000.00")
    assert drawn(history, "2026-02-03") == ("30000.00", "30000.00")


def test_a_reversal_stays_when_the_correction_that_moved_its_payment_is_voided() -> None:
    history = given(*LINES, PAYMENT, repayment_reversed("2026-02-03", line="a", fact="h1:8"), corrected("h1:8", ON_B))
    assert drawn(history.and_then(voided("h1:10")), "2026-02-03") == ("30000.00", "30000.00")
    assert drawn(history.and_then(voided("h1:10")), "2026-02-02") == ("29000.00", "30000.00")


def test_a_reversal_recorded_after_the_correction_is_followed_too_also_when_only_it_is_taken_in() -> None:
    history = given(*LINES, PAYMENT, corrected("h1:8", ON_B))
    grown = history.and_then(repayment_reversed("2026-02-03", line="a", payment="p1"))
    assert drawn(grown, "2026-02-03") == ("30000.00", "30000.00")
    extended = Timeline(history.recorded)
    assert extended.extend(grown.recorded[-1:]) is not None
    assert extended.entries == grown.timeline().entries


def test_another_try_under_the_same_id_on_the_old_line_is_not_undone_with_it() -> None:
    history = given(
        *LINES,
        PAYMENT,
        repayment_reversed("2026-02-03", line="a", payment="p1"),
        repaid(700, "2026-02-05", line="a", payment="p1"),
        corrected("h1:8", ON_B),
    )
    assert drawn(history) == ("29300.00", "30000.00")


def test_a_reversal_follows_through_a_chain_of_corrections() -> None:
    history = given(
        *LINES,
        PAYMENT,
        corrected("h1:8", repaid(900, "2026-02-01", line="a", payment="p1")),
        repayment_reversed("2026-02-03", line="a", payment="p1"),
        corrected("h1:9", ON_B),
    )
    assert drawn(history, "2026-02-02") == ("30000.00", "29000.00")
    assert drawn(history, "2026-02-03") == ("30000.00", "30000.00")


def test_a_payment_that_was_sent_and_posted_is_undone_on_the_line_both_were_moved_to() -> None:
    history = given(
        *LINES,
        sent(1000, "2026-01-31", line="a", payment="p1"),
        repaid(1000, "2026-02-01", line="a", payment="p1"),
        repayment_reversed("2026-02-03", line="a", payment="p1"),
        corrected("h1:8", sent(1000, "2026-01-31", line="b", payment="p9")),
        corrected("h1:9", repaid(1000, "2026-02-01", line="b", payment="p9")),
    )
    assert drawn(history, "2026-02-02") == ("30000.00", "29000.00")
    assert drawn(history, "2026-02-03") == ("30000.00", "30000.00")
    assert history.as_of().line("b").pending == {}


def test_a_sending_that_was_voided_does_not_keep_the_reversal_of_the_posting() -> None:
    history = given(
        *LINES,
        sent(1000, "2026-01-31", line="a", payment="p1"),
        repaid(1000, "2026-02-01", line="a", payment="p1"),
        repayment_reversed("2026-02-03", line="a", payment="p1"),
        voided("h1:8"),
        corrected("h1:9", ON_B),
    )
    assert drawn(history, "2026-02-03") == ("30000.00", "30000.00")


def test_a_refund_goes_with_its_draw() -> None:
    history = given(
        *LINES,
        drew(500, "2026-02-01", line="a"),
        draw_reversed(500, "2026-02-03", line="a", fact="h1:8"),
        corrected("h1:8", drew(500, "2026-02-01", line="b")),
    )
    assert drawn(history, "2026-02-02") == ("30000.00", "30500.00")
    assert drawn(history, "2026-02-03") == ("30000.00", "30000.00")
    assert history.as_of().told()["residuals"] == []


@pytest.mark.parametrize(
    "undone", [voided("h1:8"), corrected("h1:8", drew(1000, "2026-02-01", line="b", loan="x"))]
)  # fmt: skip
def test_a_reversal_of_what_is_no_payment_any_more_is_a_finding(undone: dict[str, Any]) -> None:
    history = given(*LINES, PAYMENT, repayment_reversed("2026-02-03", line="a", fact="h1:8"), undone)
    for at, expected in (("2026-02-02", []), ("2026-02-04", [("warn", ("h1:9",), "a")])):
        found = [one for one in told(history, at).findings if one.code == "reverses_nothing"]
        assert [(one.light, one.facts, one.text[:1]) for one in found] == expected
    assert told(history, "2026-02-04", language="zh").findings != told(history, "2026-02-04").findings


def test_parts_that_now_stand_on_several_lines_are_a_finding_since_one_reversal_is_of_one_line() -> None:
    history = given(
        *LINES,
        opened_line("c"),
        repaid(600, "2026-02-01", line="a", payment="p1"),
        repaid(400, "2026-02-01", line="a", payment="p1"),
        repayment_reversed("2026-02-03", line="a", payment="p1"),
        corrected("h1:9", repaid(600, "2026-02-01", line="b", payment="p1")),
        corrected("h1:10", repaid(400, "2026-02-01", line="c", payment="p1")),
    )
    assert drawn(history, "2026-02-04") == ("30000.00", "29400.00")
    assert "reverses_nothing" in {finding.code for finding in told(history, "2026-02-04").findings}
