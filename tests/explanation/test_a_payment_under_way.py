"""What became of a payment: sent, posted, held, restored in parts, all interest, or come back. Codes S01 to S05, P07.

Source: domain.md section 7; sections 2 (restoration) and 3 (an inferred hold).
"""

import pytest

from projections.explanation.shape import Explanation
from tests.build import (
    Record,
    draw_reversed,
    drew,
    granted,
    new_terms,
    opened_line,
    repaid,
    repayment_reversed,
    restored,
    saw,
    sent,
)
from tests.explanation.asking import causes, verdict, why
from tests.spec import given

BOOK = (opened_line(), granted(50000), drew(30000, "2026-02-01"))
SLOW = (opened_line(restoration="t_plus_n", restoration_days=2), granted(50000), drew(30000, "2026-02-01"))
AT, LATE = "2026-03-05", "2026-03-09"
MORNING, NOON, EVENING = (f"{AT}T{hour}:00:00+08:00" for hour in ("08", "12", "20"))
OTHER = opened_line("other", shared_with="jiebei")


def asked(*facts: Record, since: str = AT, until: str = LATE) -> Explanation:
    return why(given(*facts), since, until)


def waits(answer: Explanation) -> list[str | None]:
    return [step.by for step in answer.next_steps if step.code == "wait"]


def test_a_payment_that_was_all_interest_moves_nothing_and_is_told_as_that() -> None:
    answer = asked(*BOOK, repaid(100, AT, allocation={"interest": "100"}))

    assert (verdict(answer), answer.verdict.facts) == (("S05", "E3", None), ("h1:5",))
    assert "None of the 100.00" in answer.verdict.text


def test_a_payment_that_was_all_interest_stands_beside_what_did_move() -> None:
    answer = asked(*BOOK, repaid(100, AT, allocation={"interest": "100"}), drew(500, "2026-03-06"))

    assert (verdict(answer)[0], causes(answer)) == ("S09", {"S05": "E3"})


@pytest.mark.parametrize(
    ("drawn", "allocation", "told"),
    [
        ("20384", None, ("S05", {})),
        ("20000", None, ("S09", {"S08": "E3", "S05": "E2"})),
        ("20400", None, ("S09", {"S08": "E3", "S05": "E2"})),
        ("20000", {"principal": "9616", "interest": "384"}, ("S05", {"S08": "E3"})),
    ],
)
def test_a_split_that_nobody_stated_is_certain_only_while_what_was_seen_agrees(
    drawn: str, allocation: dict[str, str] | None, told: tuple[str, dict[str, str]]
) -> None:
    """32 days of 30,000 at 0.0004 a day are 384.00, which by the line's order are paid before principal."""
    book = (opened_line(daily_rate="0.0004"), granted(50000), drew(30000, "2026-02-01"))
    answer = asked(*book, repaid(10000, AT, allocation=allocation), saw("2026-03-07", drawn=drawn))
    assert (answer.verdict.code, causes(answer)) == told


def test_a_posted_payment_that_came_back_is_not_told_as_never_posted() -> None:
    paid = repaid(100, "2026-03-01", payment="p1", allocation={"interest": "100"})

    answer = asked(*BOOK, paid, repayment_reversed(AT, payment="p1"))

    assert (verdict(answer), answer.verdict.facts) == (("S04", "E3", None), ("h1:5", "h1:6"))
    assert "without having been posted" not in answer.verdict.text


def test_a_payment_that_came_back_on_a_line_that_shares_the_limit_is_told_with_that_line() -> None:
    facts = (OTHER, drew(9000, "2026-02-02", line="other"), repaid(9000, AT, line="other", payment="p1"),
             repayment_reversed("2026-03-06", line="other", payment="p1"))  # fmt: skip

    answer = asked(*BOOK, *facts)

    assert (verdict(answer), answer.verdict.facts) == (("S04", "E3", None), ("h1:7", "h1:8"))
    assert "9,000.00 on other, which shares this limit, was reversed" in answer.verdict.text


def test_what_came_back_goes_before_what_is_still_on_its_way() -> None:
    """Order of the codes: S04 before S01."""
    facts = (sent(500, MORNING, payment="p1"), repayment_reversed(NOON, payment="p1"), sent(500, EVENING, payment="p2"))

    answer = asked(*BOOK, *facts)

    assert (verdict(answer)[0], causes(answer)) == ("S04", {"S01": "E3"})


def test_a_payment_on_its_way_goes_before_one_that_was_all_interest() -> None:
    """Order of the codes: S01 before S05."""
    facts = (repaid(100, AT, allocation={"interest": "100"}), sent(500, EVENING, payment="p2"))

    answer = asked(*BOOK, *facts)

    assert (verdict(answer)[0], causes(answer)) == ("S01", {"S05": "E3"})


def test_of_a_payment_that_is_partly_restored_only_the_rest_is_told_as_held() -> None:
    answer = asked(*SLOW, repaid(9000, "2026-03-08T10:00:00+08:00"), restored(4000, "2026-03-08T12:00:00+08:00"))

    assert verdict(answer) == ("S02", "E3", None)
    assert "5,000.00 of it is held until 2026-03-10 10:00" in answer.verdict.text


def test_a_payment_let_go_in_two_parts_is_restored_and_no_riddle() -> None:
    answer = asked(*SLOW, repaid(9000, AT), restored(4000, "2026-03-06"))

    assert (verdict(answer), answer.verdict.facts) == (("P12", "E3", None), ("h1:5",))
    assert answer.bridge.closing.available == "29000.00"


@pytest.mark.parametrize("terms", [{"restoration_days": 9}, {"restoration": "on_post"}])
def test_a_hold_falls_by_the_terms_the_payment_was_posted_under(terms: Record) -> None:
    """Terms that change while something is held do not move the day on which it falls: 8 March and 2 days."""
    facts = (*SLOW, repaid(9000, "2026-03-08"), new_terms("2026-03-09", **terms))

    answer = asked(*facts)

    assert verdict(answer) == ("S02", "E3", None)
    assert "held until 2026-03-10 00:00 because" in answer.verdict.text
    assert waits(answer) == ["2026-03-10T00:00:00+08:00"]
    assert asked(*facts, until="2026-03-10").bridge.closing.available == "29000.00"


@pytest.mark.parametrize(
    ("days", "paid", "falls"),
    [
        (1, "2026-03-06", "2026-03-07T00:00:00+08:00"),  # a Friday: Saturday, since the days are calendar days
        (3, "2026-03-06T18:30:00+08:00", "2026-03-09T18:30:00+08:00"),  # over a week-end, at the same time of day
        (1, "2026-02-28", "2026-03-01T00:00:00+08:00"),  # over the end of a month
        (2, "2028-02-28", "2028-03-01T00:00:00+08:00"),  # in a leap year the 29th lies between
        (1, "2025-12-31T23:59:00+08:00", "2026-01-01T23:59:00+08:00"),  # over the end of a year
    ],
)
def test_what_is_held_is_waited_for_until_the_calendar_day_the_rule_says(days: int, paid: str, falls: str) -> None:
    rule = opened_line(at="2025-01-01", restoration="t_plus_n", restoration_days=days)
    facts = (rule, granted(50000, "2025-01-01"), drew(30000, "2025-02-01"), repaid(9000, paid))

    answer = asked(*facts, since=paid[:10], until=paid[:10])

    assert verdict(answer) == ("S02", "E3", None)
    assert waits(answer) == [falls]
    assert asked(*facts, since=paid[:10], until=falls).bridge.closing.available == "29000.00"


def test_of_several_payments_held_the_last_to_fall_is_waited_for() -> None:
    answer = asked(*SLOW, repaid(1000, "2026-03-08"), repaid(2000, "2026-03-09"))

    assert waits(answer) == ["2026-03-11T00:00:00+08:00"]


def test_a_window_after_the_payment_tells_what_it_still_holds_and_until_when() -> None:
    answer = asked(*SLOW, repaid(9000, "2026-03-04"), since=AT, until=AT)

    assert (verdict(answer)[0], causes(answer), waits(answer)) == ("S00", {"S02": "E3"}, ["2026-03-06T00:00:00+08:00"])


def test_a_line_that_was_settled_does_not_say_that_it_waits_for_settlement() -> None:
    rule = (opened_line(restoration="on_full_settlement"), granted(50000), drew(30000, "2026-02-01"))

    answer = asked(*rule, repaid(10000, "2026-02-10"), repaid(20000, AT))

    assert (verdict(answer)[0], answer.bridge.closing.available) == ("P12", "50000.00")
    assert "P07" not in causes(answer)


def test_a_shortage_larger_than_what_was_repaid_does_not_claim_to_be_within_it() -> None:
    """The limit was seen to stand, 16,000 are missing, and only 1,000 were repaid: some hold, not this restoration."""
    answer = asked(*BOOK, repaid(1000, MORNING), saw(NOON, limit=50000, available=5000))

    assert (verdict(answer), answer.verdict.facts) == (("S02", "E1", None), ("h1:6",))
    assert "no more than was repaid" not in answer.verdict.text


def test_an_available_amount_that_came_back_after_7_days_was_stale_and_after_8_is_not_told_so() -> None:
    """S03 at the border of the ruleset's number."""
    before = (*BOOK, repaid(9000, "2026-03-05T07:00:00+08:00"), saw(MORNING, available=20000))

    for later, found in (("2026-03-12", True), ("2026-03-13", False)):
        answer = asked(*before, saw(later, available=29000), until="2026-03-20")

        assert ("S03" in causes(answer)) is found, later


def test_a_restoration_seen_before_its_time_shows_nothing_that_was_out_of_date() -> None:
    """S03 needs two looks: here the rule held the payment, and one look found it restored already."""
    answer = asked(*SLOW, repaid(9000, "2026-03-08"), saw("2026-03-09", available=29000))

    assert (verdict(answer)[0], answer.bridge.closing.available) == ("P12", "29000.00")
    assert "S03" not in causes(answer)


def test_a_refund_is_no_payment_that_came_back() -> None:
    assert verdict(asked(*BOOK, draw_reversed(9000, AT)))[0] == "S09"
