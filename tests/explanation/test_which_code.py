"""Which code fits a move, where several are near: two causes in one window, lines that share a limit, spent requests.

Source: domain.md section 7, the verdict.
"""

import pytest

from tests.build import (
    Record,
    asked_for_less,
    charged_fee,
    charged_interest,
    draw_reversed,
    drew,
    froze,
    granted,
    lender_stated,
    lowered,
    new_terms,
    opened_line,
    raised,
    repaid,
    restored,
    saw,
    temporary,
    thawed,
)
from tests.explanation.asking import causes, excluded, verdict, why
from tests.spec import given

BOOK = (opened_line(), granted(50000), drew(30000, "2026-02-01"))
OTHER = opened_line("other", shared_with="jiebei")
AT, LATE = "2026-03-05", "2026-03-09"
MORNING, NOON, EVENING = (f"{AT}T{hour}:00:00+08:00" for hour in ("08", "12", "20"))
ASKED_FIRST_DAY, ASKED_TOO_EARLY = "2025-09-06", "2025-09-05"  # 180 and 181 days before


def first_of(*facts: Record) -> tuple[str, str, str | None]:
    return verdict(why(given(*facts), AT, LATE))


# The terms of a line


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ((*BOOK, opened_line("root"), granted(90000, line="root"), new_terms(AT, shared_with="root")), "P12"),
        ((*BOOK, opened_line("root"), granted(40000, line="root"), new_terms(AT, shared_with="root")), "P01"),
        ((*BOOK, charged_fee(100, "2026-02-03"), new_terms(AT, limit_basis="full_balance")), "P01"),
        ((opened_line(limit_basis="full_balance"), *BOOK[1:], charged_fee(100, "2026-02-03"),
          new_terms(AT, limit_basis="principal_only")), "P12"),
    ],
)  # fmt: skip
def test_credit_that_terms_gave_or_took_away_is_told_to_be_theirs(facts: tuple[Record, ...], code: str) -> None:
    answer = why(given(*facts), AT, LATE)

    assert (answer.verdict.code, answer.verdict.grade) == (code, "E3")
    assert "because the terms of the line changed on 2026-03-05" in answer.verdict.text


# Two causes in one window


def test_of_moves_with_equal_effect_the_latest_is_the_verdict_also_where_an_earlier_one_was_larger() -> None:
    """25,000 less limit take 20,000 of what is available, and a draw later takes 20,000 too."""
    assert first_of(*BOOK, lowered(25000, AT), repaid(25000, "2026-03-06"), drew(20000, "2026-03-07"))[0] == "S09"


def test_of_a_temporary_limit_that_ends_and_a_larger_cut_the_cut_is_the_verdict_and_the_other_way_round() -> None:
    ended = temporary(5000, "2026-02-01", until="2026-03-06")

    assert first_of(*BOOK, ended, lowered(40000, AT)) == ("P01", "E3", "E0")
    answer = why(given(*BOOK, ended, lowered(49000, AT)), AT, LATE)
    assert (verdict(answer), causes(answer)) == (("P05", "E3", None), {"P01": "E3"})


def test_a_cause_just_outside_the_window_is_not_in_the_answer() -> None:
    """The cut of 4 March is in the opening, the one of 10 March is not yet there."""
    answer = why(given(*BOOK, lowered(45000, "2026-03-04"), drew(10, AT), lowered(40000, "2026-03-10")), AT, LATE)

    assert (verdict(answer)[0], causes(answer)) == ("S09", {})
    assert (answer.bridge.opening.limit, answer.bridge.closing.limit) == ("45000.00", "45000.00")


def test_a_move_at_the_very_end_of_the_window_is_inside_and_one_at_its_very_beginning_is_not() -> None:
    history = given(*BOOK, drew(10, MORNING), lowered(45000, NOON))

    assert verdict(why(history, MORNING, NOON)) == ("P01", "E3", "E0")
    assert verdict(why(history, NOON, EVENING)) == ("S00", "E3", None)


# A line that could not be used


def test_a_cut_of_a_frozen_line_does_not_lend_its_reason_to_the_freeze() -> None:
    facts = (*BOOK, froze("2026-02-20"), repaid(9000, AT), lowered(40000, "2026-03-06", reason_code="P02"))

    answer = why(given(*facts), AT, LATE)

    assert (verdict(answer), answer.verdict.facts) == (("P10", "E3", "E0"), ("h1:5",))


def test_the_reason_stated_for_an_earlier_freeze_is_told_to_who_repays_while_it_lasts() -> None:
    facts = (*BOOK, froze("2026-02-20"), lender_stated("2026-02-21", reason_code="U09"), repaid(9000, AT))

    assert first_of(*facts) == ("U09", "E4", None)


def test_who_pays_only_interest_on_a_frozen_line_gets_the_letter_too() -> None:
    answer = why(given(*BOOK, froze("2026-02-20"), repaid(50, AT, allocation={"interest": "50"})), AT, LATE)

    assert (verdict(answer), causes(answer)) == (("P10", "E3", "E0"), {"X00": "E0"})
    assert answer.next_steps[0].letter is not None


def test_a_line_that_was_frozen_for_a_time_is_not_told_as_never_frozen() -> None:
    facts = (*BOOK, froze(MORNING), thawed(NOON), lowered(20000, EVENING), repaid(29000, "2026-03-06"))

    assert "P10" in excluded(why(given(*BOOK, lowered(31000, EVENING), saw("2026-03-06", available=900)), AT, LATE))
    assert "P10" not in excluded(why(given(*facts, saw("2026-03-07", available=19000)), AT, LATE))


def test_a_limit_seen_to_stand_after_a_freeze_takes_no_cut_back() -> None:
    """S07 at E1 is for a cut that was undone; a frozen line shows its limit all the same."""
    facts = (*BOOK, froze(AT), saw("2026-03-06", limit=50000))

    assert causes(why(given(*facts), AT, LATE)) == {"X00": "E0"}


def test_a_cut_of_a_shared_limit_that_was_undone_says_so_on_every_line() -> None:
    history = given(*BOOK, OTHER, lowered(40000, AT), raised(50000, "2026-03-12"))

    assert causes(why(history, AT, AT, line="other")) == {"S07": "E1"}
    assert causes(why(history, AT, AT)) == {"S07": "E1"}


# As many loans as are allowed


def test_the_draws_that_fill_the_cap_are_those_still_open() -> None:
    facts = (opened_line(max_loans=2), granted(50000), drew(1000, "2026-02-01", loan="a"),
             drew(2000, "2026-02-02", loan="b"), repaid(2000, "2026-02-10", loan="b"),
             drew(3000, AT, loan="c"))  # fmt: skip

    answer = why(given(*facts), AT, LATE)

    assert (verdict(answer), answer.verdict.facts) == (("P09", "E3", None), ("h1:2", "h1:4", "h1:7"))


def test_what_is_drawn_and_unexplained_is_no_loan_of_the_cap() -> None:
    facts = (opened_line(max_loans=2), granted(50000), saw("2026-02-01", drawn=0), saw("2026-02-02", drawn=500))

    assert first_of(*facts, drew(1000, AT))[0] == "S09"


def test_a_limit_seen_lower_is_a_cut_also_where_all_loans_are_open() -> None:
    facts = (opened_line(max_loans=1), granted(50000), drew(30000, "2026-02-01"))

    assert first_of(*facts, saw(AT, limit=30000)) == ("P01", "E3", "E0")
    assert first_of(*facts, saw(AT, available=0)) == ("P09", "E3", None)
    assert first_of(*facts, saw(AT, available=5)) == ("P01", "E3", "E0")


# What the household asked for


def test_a_request_on_one_line_of_a_pool_is_told_on_every_line() -> None:
    history = given(*BOOK, OTHER, asked_for_less("2026-03-01"), lowered(40000, AT))

    assert verdict(why(history, AT, LATE, line="other")) == ("U12", "E3", None)


def test_the_number_of_loans_goes_before_what_the_household_asked_for() -> None:
    """Order of the codes: P09, U12. Nothing can be borrowed, and no limit was seen."""
    line = (opened_line(max_loans=1), granted(50000), drew(30000, "2026-02-01"))

    assert first_of(*line, asked_for_less("2026-03-01"), saw(AT, available=0)) == ("P09", "E3", None)
    assert first_of(*BOOK, asked_for_less("2026-03-01"), saw(AT, available=0)) == ("U12", "E3", None)


def test_a_request_that_was_granted_is_no_reason_for_the_next_cut() -> None:
    granted_once = (*BOOK, asked_for_less("2026-02-10"), lowered(45000, "2026-02-12"))

    assert first_of(*granted_once, lowered(40000, AT)) == ("P01", "E3", "E0")
    assert first_of(*granted_once, asked_for_less("2026-03-01"), lowered(40000, AT)) == ("U12", "E3", None)


def test_a_request_granted_to_the_yuan_is_no_reason_for_a_later_cut_to_the_same() -> None:
    facts = (
        *BOOK,
        asked_for_less("2026-02-10", limit="45000"),
        lowered(45000, "2026-02-12"),
        raised(50000, "2026-02-20"),
    )

    assert first_of(*facts, lowered(45000, AT)) == ("P01", "E3", "E0")


def test_a_loan_of_which_only_interest_is_owed_does_not_count_against_the_cap_of_loans() -> None:
    line = (opened_line(max_loans=2), granted(50000), drew(100, "2026-02-01"), charged_interest(5, "2026-02-10"))
    paid = repaid(100, "2026-02-11", allocation={"principal": "100"})

    assert first_of(*line, drew(50, AT))[0] == "P09"
    assert first_of(*line, paid, drew(50, AT))[0] == "S09"


def test_a_request_granted_in_two_steps_is_the_reason_for_both() -> None:
    facts = (*BOOK, asked_for_less("2026-02-10", limit="40000"), lowered(45000, "2026-02-12"), lowered(40000, AT))

    assert first_of(*facts) == ("U12", "E3", None)


def test_a_request_after_the_cut_is_no_reason_and_one_of_180_days_before_is() -> None:
    book = (opened_line(at="2025-01-01"), granted(50000, "2025-01-01"))

    assert first_of(*book, lowered(40000, NOON), asked_for_less(EVENING)) == ("P01", "E3", "E0")
    assert first_of(*book, asked_for_less(ASKED_FIRST_DAY), lowered(40000, AT)) == ("U12", "E3", None)
    assert first_of(*book, asked_for_less(ASKED_TOO_EARLY), lowered(40000, AT)) == ("P01", "E3", "E0")


def test_a_request_goes_before_what_the_lender_did_and_the_lender_s_word_before_it() -> None:
    """Order of the codes: E4, U12, P01."""
    facts = (*BOOK, asked_for_less("2026-03-01"), lowered(40000, AT))

    assert first_of(*facts) == ("U12", "E3", None)
    assert first_of(*facts, lender_stated("2026-03-06", reason_code="P02")) == ("P02", "E4", None)


# A line that shares a limit

SHARED = (*BOOK, OTHER, drew(9000, "2026-02-02", line="other"))
ON_A_SHARED_LINE: dict[str, tuple[tuple[Record, ...], str, str]] = {
    "used": ((drew(10, AT, line="other"),), "P08", "was used on 2026-03-05 on other"),
    "seen as used": ((saw(AT, drawn=10000, line="other"),), "P08", "was seen as used on other"),
    "seen as less used": ((saw(AT, drawn=8000, line="other"),), "S09", "less was seen as used"),
    "repaid": ((repaid(10, AT, line="other"),), "S09", "was repaid on 2026-03-05 on a line that shares"),
    "refunded": ((draw_reversed(10, AT, line="other"),), "S09", "cancelled or refunded"),
}  # fmt: skip


@pytest.mark.parametrize("name", ON_A_SHARED_LINE)
def test_what_happens_on_a_line_that_shares_the_limit_is_told_as_what_it_was(name: str) -> None:
    facts, code, words = ON_A_SHARED_LINE[name]

    answer = why(given(*SHARED, *facts), AT, LATE)

    assert (answer.verdict.code, answer.verdict.grade) == (code, "E3")
    assert words in answer.verdict.text


def test_charges_on_a_line_that_shares_the_limit_are_not_told_as_a_draw() -> None:
    card = opened_line("other", shared_with="jiebei", limit_basis="full_balance")

    answer = why(given(*BOOK, card, charged_fee(10, AT, line="other")), AT, LATE)

    assert verdict(answer) == ("P08", "E3", None)
    assert "interest, fees or penalties were added" in answer.verdict.text


def test_what_a_line_that_shares_the_limit_lets_go_is_told_as_restored() -> None:
    slow = opened_line("other", shared_with="jiebei", restoration="t_plus_n", restoration_days=2)
    paid = (*BOOK, slow, drew(9000, "2026-02-02", line="other"), repaid(9000, "2026-03-04", line="other"))

    by_rule = why(given(*paid), AT, LATE)
    by_fact = why(given(*paid, restored(4000, AT, line="other")), AT, AT)

    assert (by_rule.verdict.code, by_fact.verdict.code) == ("S09", "S09")
    assert "is restored by its rule" in by_rule.verdict.text
    assert "that much was restored on 2026-03-05" in by_fact.verdict.text


def test_a_line_that_comes_to_share_the_limit_uses_it_from_then_on() -> None:
    apart = (*BOOK, opened_line("other"), granted(9000, line="other"), drew(5000, "2026-02-02", line="other"))

    answer = why(given(*apart, new_terms(AT, line="other", shared_with="jiebei")), AT, LATE)

    assert verdict(answer) == ("P08", "E3", None)
    assert "the limit is shared, by the terms of other" in answer.verdict.text


# What is said of the order


def test_a_repayment_on_the_day_of_a_dated_cut_is_told_as_of_that_day() -> None:
    day = why(given(*BOOK, lowered(40000, AT), repaid(100, AT)), AT, LATE)
    between = why(given(*BOOK, saw("2026-03-01", limit=50000), repaid(100, AT), saw(LATE, limit=40000)), AT, LATE)
    known = why(given(*BOOK, lowered(40000, NOON), repaid(100, EVENING)), AT, LATE)

    assert [one.order_undetermined for one in (day, between, known)] == [True, True, False]
    assert "posted on that day" in day.verdict.text
    assert "posted between those two times" in between.verdict.text
    assert "which came first" not in known.verdict.text


def test_a_repayment_at_the_very_instant_of_a_cut_is_not_told_as_of_unknown_order() -> None:
    """Facts of one instant have an order of their own: movements after limits."""
    assert not why(given(*BOOK, repaid(100, NOON), lowered(40000, NOON)), AT, LATE).order_undetermined


def test_repaying_is_never_the_cause_of_the_cut_after_it() -> None:
    """Whatever the order, the cut is P01 and nobody knows why: the repayment is a step of the bridge, no reason."""
    for paid_on in ("2026-03-04", AT, "2026-03-06"):
        answer = why(given(*BOOK, repaid(20000, paid_on), lowered(20000, AT)), AT, AT)

        assert (verdict(answer), causes(answer)) == (("P01", "E3", "E0"), {"X00": "E0"}), paid_on
