"""The verdict: the largest move of available credit, and the first code that fits it. Source: domain.md section 7."""

import pytest

from tests.build import (
    Record,
    asked_for_less,
    charged_fee,
    closed,
    draw_reversed,
    drew,
    froze,
    granted,
    lender_stated,
    lowered,
    new_terms,
    opened_line,
    platform_noticed,
    raised,
    repaid,
    repayment_reversed,
    restored,
    saw,
    sent,
    temporary,
    thawed,
)
from tests.explanation.asking import causes, verdict, why
from tests.spec import given

BOOK = (opened_line(), granted(50000), drew(30000, "2026-02-01"))
PENDING = (opened_line(restoration="t_plus_n", restoration_days=2), granted(50000), drew(30000, "2026-02-01"))
AT = "2026-03-05"
LATE = "2026-03-09"
LAST_DAY, TOO_LATE = "2026-06-03", "2026-06-04"  # 90 and 91 days after
MORNING, NOON, EVENING = (f"{AT}T{hour}:00:00+08:00" for hour in ("08", "12", "20"))


def first_of(*facts: Record) -> tuple[str, str, str | None]:
    """The verdict on what happened from `AT` to `LATE`."""
    return verdict(why(given(*facts), AT, LATE))


CASES = {
    "nothing happened": ((*BOOK,), ("S00", "E3", None)),
    "nothing happened on a frozen line": ((*BOOK, froze("2026-02-20")), ("S00", "E3", None)),
    "sent and not posted": ((*BOOK, sent(9000, AT, payment="p1")), ("S01", "E3", None)),
    "sent and posted": ((*BOOK, sent(9000, AT, payment="p1"), repaid(9000, AT, payment="p1")), ("S09", "E3", None)),
    "a payment that failed": (
        (*BOOK, sent(9000, MORNING, payment="p1"), repayment_reversed(NOON, payment="p1")),
        ("S04", "E3", None),
    ),
    "posted and pending": ((*PENDING, repaid(9000, "2026-03-08")), ("S02", "E3", None)),
    "posted, cut while pending, restored": ((*PENDING, repaid(30000, AT), lowered(12000, NOON)), ("P01", "E3", "E0")),
    "posted, pending, restored": ((*PENDING, repaid(9000, AT)), ("P12", "E3", None)),
    "restores on settlement only": (
        (opened_line(restoration="on_full_settlement"), granted(50000), drew(30000, "2026-02-01"), repaid(9000, AT)),
        ("P07", "E3", None),
    ),
    "a one-off loan": (
        (opened_line(restoration="never"), granted(50000), drew(30000, "2026-02-01"), repaid(9000, AT)),
        ("P07", "E3", None),
    ),
    "less owed seen on a one-off loan": (
        (opened_line(restoration="never"), granted(30000), drew(30000, "2026-02-01"), saw(AT, drawn=21000)),
        ("P07", "E3", None),
    ),
    "reversed": ((*BOOK, repaid(9000, MORNING, payment="p1"), repayment_reversed(NOON, payment="p1")),
                 ("S04", "E3", None)),
    "reversed while pending": (
        (*PENDING, repaid(9000, MORNING, payment="p1"), repayment_reversed(NOON, payment="p1")), ("S04", "E3", None)),
    "partly interest": (
        (*BOOK, repaid(9000, AT, allocation={"principal": "8900", "interest": "100"})), ("S05", "E3", None)),
    "more drawn than recorded": ((*BOOK, saw(AT, drawn=31000)), ("S08", "E3", None)),
    "a draw": ((*BOOK, drew(100, AT)), ("S09", "E3", None)),
    "a refund": ((*BOOK, draw_reversed(100, AT)), ("S09", "E3", None)),
    "a charge on a full balance": (
        (opened_line(limit_basis="full_balance"), granted(50000), charged_fee(100, AT)), ("S09", "E3", None)),
    "a temporary limit ended": ((*BOOK, temporary(5000, "2026-02-01", until="2026-03-06")), ("P05", "E3", None)),
    "the validity ended": (
        (opened_line(valid_until="2026-03-06"), granted(50000)), ("P06", "E3", None)),
    "the last loan allowed": (
        (opened_line(max_loans=2), granted(50000), drew(1, "2026-02-01"), drew(1, AT)), ("P09", "E3", None)),
    "asked for": ((*BOOK, asked_for_less("2026-03-01"), lowered(20000, AT)), ("U12", "E3", None)),
    "asked for less than was cut": (
        (*BOOK, asked_for_less("2026-03-01", limit="40000"), lowered(20000, AT)), ("P01", "E3", "E0")),
    "frozen": ((*BOOK, froze(AT)), ("P10", "E3", "E0")),
    "frozen, then thawed": ((*BOOK, froze(MORNING), thawed(NOON)), ("P12", "E3", None)),
    "repaid while frozen": ((*BOOK, froze("2026-02-20"), repaid(9000, AT)), ("P10", "E3", "E0")),
    "repaid while closed": ((*BOOK, closed("2026-02-20"), repaid(9000, AT)), ("P11", "E3", "E0")),
    "repaid while expired": (
        (opened_line(valid_until="2026-02-20"), granted(50000), drew(30000, "2026-02-01"), repaid(9000, AT)),
        ("P06", "E3", None)),
    "closed": ((*BOOK, closed(AT)), ("P11", "E3", "E0")),
    "lowered": ((*BOOK, lowered(40000, AT)), ("P01", "E3", "E0")),
    "lowered below the debt": ((*BOOK, lowered(8000, AT)), ("P01", "E3", "E0")),
    "raised": ((*BOOK, raised(60000, AT)), ("P12", "E3", None)),
    "granted": ((opened_line(), granted(50000, AT)), ("P12", "E3", None)),
    "a temporary limit": ((*BOOK, temporary(5000, AT, until="2026-06-01")), ("P12", "E3", None)),
    "restored by the lender": (
        (*PENDING, repaid(9000, "2026-03-04"), restored(9000, "2026-03-05")), ("P12", "E3", None)),
    "a longer validity": (
        (opened_line(valid_until="2026-02-20"), granted(50000), new_terms(AT, valid_until="2027-01-01")),
        ("P12", "E3", None)),
    "reopened": ((*BOOK, closed("2026-02-20"), granted(30000, AT)), ("P12", "E3", None)),
    "first seen": ((opened_line(), saw(AT, limit=50000)), ("X00", "E0", None)),
    "seen lower": ((*BOOK, saw(AT, limit=40000)), ("P01", "E3", "E0")),
    "seen higher": ((*BOOK, saw(AT, limit=60000)), ("P12", "E3", None)),
    "short by what was repaid": (
        (*BOOK, repaid(9000, MORNING), saw(NOON, available=20000)), ("S02", "E1", None)),
    "the lender stated": (
        (*BOOK, lowered(40000, AT), lender_stated("2026-03-20", reason_code="U01")), ("U01", "E4", None)),
    "the cut itself states why": ((*BOOK, lowered(40000, AT, reason_code="P02")), ("P02", "E4", None)),
    "an outage is announced": (
        (*BOOK, saw(AT, available=0), platform_noticed(AT, kind="outage")), ("S06", "E4", None)),
    "a breach of the use of funds is stated": (
        (*BOOK, lowered(40000, AT), lender_stated("2026-03-06", kind="use_of_funds")), ("U09", "E4", None)),
    "the platform announces a tightening": (
        (*BOOK, lowered(40000, AT), platform_noticed("2026-02-20", kind="policy_tightening")), ("P02", "E4", None)),
    "stated on the last day that counts": (
        (*BOOK, lowered(40000, AT), lender_stated(LAST_DAY, reason_code="U01")), ("U01", "E4", None)),
    "stated a day too late": (
        (*BOOK, lowered(40000, AT), lender_stated(TOO_LATE, reason_code="U01")), ("P01", "E3", "E0")),
    "two statements that differ": (
        (*BOOK, lowered(40000, AT), lender_stated("2026-03-06", reason_code="U01"),
         lender_stated("2026-03-07", reason_code="P02")), ("X01", "E0", None)),
    "two sources that differ about what is drawn": (
        (*BOOK, saw(NOON, drawn=30000), saw(NOON, drawn=31000, source={"kind": "lender"}), lowered(45000, LATE)),
        ("P01", "E3", "E0")),
    "two sources that differ": (
        (*BOOK, saw(NOON, limit=50000), saw(NOON, limit=40000, source={"kind": "lender"})), ("X01", "E0", None)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_verdict_is_the_first_code_that_fits_the_largest_move(name: str) -> None:
    facts, expected = CASES[name]

    assert first_of(*facts) == expected


def test_a_cut_larger_than_the_repayment_is_the_verdict() -> None:
    assert first_of(*BOOK, repaid(30000, AT), lowered(12000, "2026-03-06")) == ("P01", "E3", "E0")


def test_a_repayment_larger_than_the_cut_is_the_verdict_and_the_cut_a_cause() -> None:
    answer = why(given(*BOOK, repaid(30000, AT), lowered(40000, "2026-03-06")), AT, LATE)

    assert (verdict(answer), causes(answer)) == (("S09", "E3", None), {"P01": "E3"})


def test_the_pool_is_used_elsewhere() -> None:
    history = given(
        opened_line(), granted(50000), opened_line("huabei", shared_with="jiebei"), drew(20000, AT, line="huabei")
    )

    assert verdict(why(history, AT, LATE)) == ("P08", "E3", None)
    assert verdict(why(history, AT, LATE, line="huabei")) == ("S09", "E3", None)


def test_a_statement_too_late_is_no_reason() -> None:
    facts = (*BOOK, lowered(40000, AT), lender_stated("2026-06-04", reason_code="U01"))

    assert first_of(*facts) == ("P01", "E3", "E0")
    assert first_of(*BOOK, lowered(40000, AT), lender_stated("2026-06-03", reason_code="U01")) == ("U01", "E4", None)


def test_a_statement_about_another_line_is_no_reason() -> None:
    other = opened_line("huabei", lender="jiebei")

    assert first_of(
        *BOOK, other, lowered(40000, AT), lender_stated("2026-03-06", line="huabei", reason_code="U01")
    ) == ("P01", "E3", "E0")


def test_a_statement_belongs_to_the_nearest_cut() -> None:
    history = given(
        *BOOK, lowered(40000, "2026-02-10"), lender_stated("2026-02-11", reason_code="U01"), lowered(30000, AT)
    )

    assert verdict(why(history, AT, LATE)) == ("P01", "E3", "E0")
    assert verdict(why(history, "2026-02-10", "2026-02-10")) == ("U01", "E4", None)


def test_no_answer_knows_what_was_recorded_later() -> None:
    history = given(*BOOK, lowered(40000, AT), lender_stated("2026-03-06", reason_code="U01"))

    assert verdict(why(history, AT, LATE, known=5)) == ("P01", "E3", "E0")


def test_a_payment_pending_on_a_line_that_shares_the_limit_is_not_a_use_of_it() -> None:
    pool = (
        opened_line(),
        granted(50000),
        opened_line("other", shared_with="jiebei", restoration="t_plus_n"),
        drew(9000, "2026-02-01", line="other"),
        drew(60000, "2026-02-02"),
    )

    answer = why(given(*pool, repaid(9000, "2026-03-06", line="other")), AT, LATE)

    assert "P08" not in {answer.verdict.code, *causes(answer)}


def test_a_temporary_limit_that_came_and_went_inside_the_window_is_told_with_its_amount() -> None:
    history = given(*BOOK, temporary(5000, "2026-03-04", until="2026-03-06"))

    answer = why(history, "2026-03-01", "2026-03-31")

    assert verdict(answer) == ("P05", "E3", None)
    assert "5,000.00" in next(one.text for one in answer.causes if one.code == "P12")
