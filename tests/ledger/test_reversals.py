"""What was undone: payments that failed, draws that were cancelled, holds and limits that they had moved.

Source: domain.md section 2.
"""

from typing import Any

import pytest

from tests.build import (
    charged_fee,
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
    voided,
)
from tests.spec import given, yuan

DREW = (opened_line(), granted(50000), drew(30000, "2026-01-10", loan="x"))
BY_ID, BY_FACT = {"payment": "p1"}, {"fact": "h1:5"}


# Payments


@pytest.mark.parametrize("named", [BY_ID, BY_FACT])
def test_a_reversal_known_only_to_its_day_follows_the_payment_of_that_day(named: dict[str, Any]) -> None:
    history = given(
        *DREW,
        repaid(10000, "2026-02-01T10:00:00+08:00", payment="p1"),
        repayment_reversed("2026-02-01", **named),
    )
    assert history.as_of("2026-02-01").figures() == given(*DREW).as_of("2026-02-01").figures()


def test_reversing_a_payment_that_was_posted_in_parts_undoes_every_part() -> None:
    history = given(
        *DREW,
        drew(5000, "2026-01-11", loan="y"),
        repaid(1000, "2026-02-01", payment="p1", loan="x"),
        repaid(500, "2026-02-01", payment="p1", loan="y"),
        repayment_reversed("2026-02-02", payment="p1"),
    )
    assert yuan(history.as_of("2026-02-01").line().drawn) == "33500.00"
    assert yuan(history.as_of("2026-02-02").line().drawn) == "35000.00"


def test_a_payment_tried_again_under_the_same_id_is_undone_again() -> None:
    asked = given(
        *DREW,
        repaid(1000, "2026-02-01", payment="p1"),
        repayment_reversed("2026-02-02", payment="p1"),
        repaid(1000, "2026-02-03", payment="p1"),
    )
    assert yuan(asked.as_of().line().drawn) == "29000.00"
    assert yuan(asked.and_then(repayment_reversed("2026-02-04", payment="p1")).as_of().line().drawn) == "30000.00"


def test_a_reversal_that_found_nothing_undoes_no_payment_that_was_made_later_under_that_id() -> None:
    """The payment that it named was voided; the next one under that id is another."""
    history = given(
        *DREW,
        repaid(1000, "2026-02-01", payment="p1"),
        repayment_reversed("2026-02-02", payment="p1"),
        voided("h1:5"),
        repaid(700, "2026-02-05", payment="p1"),
    )
    assert yuan(history.as_of().line().drawn) == "29300.00"
    assert list(history.as_of().line().awaited) == [6]


def test_a_refund_that_found_nothing_is_not_of_what_is_drawn_later_under_that_id() -> None:
    history = given(
        *DREW,
        drew(700, "2026-02-01", loan="y"),
        draw_reversed(700, "2026-02-02", loan="y"),
        voided("h1:5"),
        drew(500, "2026-02-05", loan="y"),
    )
    assert yuan(history.as_of().line().drawn) == "30500.00"
    assert [one["amount"] for one in history.as_of().told()["residuals"]] == ["700.00"]


def test_a_reversal_that_is_told_to_be_before_its_payment_waits_for_it() -> None:
    asked = given(
        *DREW, repaid(1000, "2026-02-03", payment="p1"), repayment_reversed("2026-02-01T09:00:00+08:00", payment="p1")
    ).as_of()
    assert (yuan(asked.line().drawn), asked.line().awaited) == ("30000.00", {})


@pytest.mark.parametrize("named", [BY_ID, BY_FACT])
def test_a_reversal_known_only_to_its_day_follows_what_was_sent_and_posted_that_day(named: dict[str, Any]) -> None:
    posted = (sent(1000, "2026-02-01", payment="p1"), repaid(1000, "2026-02-01T10:00:00+08:00", payment="p1"))
    undone = given(*DREW, *posted, repayment_reversed("2026-02-01", **named)).as_of().line()
    assert (yuan(undone.drawn), undone.pending, undone.awaited) == ("30000.00", {}, {})
    again = given(*DREW, posted[0], repayment_reversed("2026-02-01", **named), posted[1]).as_of().line()
    assert yuan(again.drawn) == "29000.00"


@pytest.mark.parametrize("named", [BY_ID, BY_FACT])
def test_what_was_sent_later_on_the_day_of_its_reversal_is_not_on_its_way(named: dict[str, Any]) -> None:
    asked = given(
        *DREW, sent(1000, "2026-02-01T10:00:00+08:00", payment="p1"), repayment_reversed("2026-02-01", **named)
    ).as_of()
    assert (asked.line().pending, asked.line().awaited) == ({}, {})


def test_a_reversal_known_only_to_its_day_undoes_every_part_of_that_day() -> None:
    asked = given(
        *DREW,
        repaid(1000, "2026-02-01T10:00:00+08:00", payment="p1"),
        repaid(500, "2026-02-01T10:05:00+08:00", payment="p1"),
        repayment_reversed("2026-02-01", payment="p1"),
    ).as_of()
    assert (yuan(asked.line().drawn), asked.line().awaited) == ("30000.00", {})


def test_a_second_reversal_known_only_to_its_day_undoes_the_second_payment_of_that_day() -> None:
    asked = given(
        *DREW,
        repaid(1000, "2026-02-01", payment="p1"),
        repayment_reversed("2026-02-02", payment="p1"),
        repaid(1000, "2026-02-04T10:00:00+08:00", payment="p1"),
        repayment_reversed("2026-02-04", payment="p1"),
    ).as_of()
    assert (yuan(asked.line().drawn), asked.line().awaited) == ("30000.00", {})


def test_a_payment_that_failed_before_it_was_posted_is_no_longer_on_its_way() -> None:
    for named in (BY_ID, BY_FACT):
        asked = given(*DREW, sent(1000, "2026-02-01", payment="p1"), repayment_reversed("2026-02-02", **named)).as_of()
        assert (asked.line().pending, yuan(asked.line().drawn)) == ({}, "30000.00")


def test_a_reversal_may_name_the_sending_of_a_payment_that_was_posted() -> None:
    asked = given(
        *DREW,
        sent(1000, "2026-02-01", payment="p1"),
        repaid(1000, "2026-02-02", payment="p1"),
        repayment_reversed("2026-02-03", fact="h1:5"),
    ).as_of()
    assert yuan(asked.line().drawn) == "30000.00"


def test_a_reversal_after_partial_restoration_lets_go_of_the_rest_of_the_hold_only() -> None:
    history = given(
        opened_line(restoration="on_full_settlement"),
        *DREW[1:],
        repaid(10000, "2026-02-01"),
        restored(4000, "2026-02-02"),
        repayment_reversed("2026-02-03", fact="h1:5"),
    )
    assert history.as_of("2026-02-02").figures() == ("50000.00", "20000.00", "6000.00", "24000.00", "24000.00")
    assert history.as_of("2026-02-03").figures() == ("50000.00", "30000.00", "0.00", "20000.00", "20000.00")


def test_the_overpaid_part_of_a_reversed_payment_is_overpaid_no_more() -> None:
    asked = given(*DREW, repaid(30500, "2026-02-01"), repayment_reversed("2026-02-03", fact="h1:5")).as_of()
    assert (asked.told()["residuals"], yuan(asked.line().drawn)) == ([], "30000.00")


# Draws


@pytest.mark.parametrize("named", [{"loan": "y"}, {"fact": "h1:5"}])
def test_a_refund_known_only_to_its_day_follows_the_draw_of_that_day(named: dict[str, Any]) -> None:
    asked = given(
        *DREW, drew(700, "2026-02-01T10:00:00+08:00", loan="y"), draw_reversed(700, "2026-02-01", **named)
    ).as_of("2026-02-01")
    assert asked.figures() == given(*DREW).as_of("2026-02-01").figures()
    assert (asked.told()["residuals"], [loan["loan"] for loan in asked.told()["lines"][0]["loans"]]) == ([], ["x"])


def test_a_refund_of_a_voided_draw_is_overpaid() -> None:
    history = given(*DREW, drew(700, "2026-02-01", loan="y"), draw_reversed(700, "2026-02-02", loan="y"))
    asked = history.and_then({"type": "Voided", "effective_at": "2026-02-03", "fact": "h1:5"}).as_of()
    assert yuan(asked.line().drawn) == "30000.00"
    assert [(one["kind"], one["amount"]) for one in asked.told()["residuals"]] == [("overpaid", "700.00")]


def test_a_reversed_draw_settles_a_line_like_a_payment() -> None:
    asked = given(
        opened_line(restoration="on_full_settlement"),
        *DREW[1:],
        repaid(10000, "2026-02-01"),
        draw_reversed(20000, "2026-02-02", loan="x"),
    ).as_of()
    assert asked.figures() == ("50000.00", "0.00", "0.00", "50000.00", "50000.00")


# Rules that change, and rules that meet


def test_a_hold_until_settlement_falls_at_settlement_though_the_rule_has_changed() -> None:
    history = given(
        opened_line(restoration="on_full_settlement"),
        *DREW[1:],
        repaid(10000, "2026-02-01"),
        new_terms("2026-02-02", restoration="on_post"),
        repaid(5000, "2026-02-03"),
        repaid(15000, "2026-02-04"),
    )
    assert history.as_of("2026-02-03").figures() == ("50000.00", "15000.00", "10000.00", "25000.00", "25000.00")
    assert history.as_of("2026-02-04").figures() == ("50000.00", "0.00", "0.00", "50000.00", "50000.00")


def test_a_hold_of_some_days_falls_on_its_day_though_the_rule_has_changed() -> None:
    history = given(
        opened_line(restoration="t_plus_n", restoration_days=3),
        *DREW[1:],
        repaid(10000, "2026-02-01"),
        new_terms("2026-02-02", restoration="on_full_settlement"),
        repaid(5000, "2026-02-03"),
    )
    assert [yuan(history.as_of(f"2026-02-0{day}").line().held) for day in (2, 3, 4, 9)] == [
        "10000.00", "15000.00", "5000.00", "5000.00"
    ]  # fmt: skip


def test_a_restoration_known_only_to_its_day_lets_go_of_a_payment_of_that_day() -> None:
    history = given(
        opened_line(restoration="t_plus_n", restoration_days=9),
        *DREW[1:],
        repaid(300, "2026-02-05T10:00:00+08:00"),
        restored(350, "2026-02-05"),
    )
    assert history.as_of("2026-02-05").figures() == ("50000.00", "29700.00", "0.00", "20300.00", "20300.00")
    assert [one["amount"] for one in history.as_of("2026-02-20").told()["residuals"]] == ["50.00"]


def test_a_line_drawn_again_before_it_was_settled_keeps_its_holds() -> None:
    history = given(
        opened_line(restoration="on_full_settlement"),
        *DREW[1:],
        repaid(25000, "2026-02-01"),
        drew(1000, "2026-02-02"),
        repaid(6000, "2026-02-03"),
    )
    assert history.as_of("2026-02-02").figures() == ("50000.00", "6000.00", "25000.00", "19000.00", "19000.00")
    assert history.as_of("2026-02-03").figures() == ("50000.00", "0.00", "0.00", "50000.00", "50000.00")


def test_nothing_drawn_any_more_by_what_was_seen_settles_a_line_too() -> None:
    asked = given(
        opened_line(restoration="on_full_settlement"),
        *DREW[1:],
        repaid(10000, "2026-02-01"),
        saw("2026-02-20T09:00:00+08:00", drawn=0, available=50000),
    ).as_of()
    assert asked.figures() == ("50000.00", "0.00", "0.00", "50000.00", "50000.00")
    assert [step.kind for step in asked.line().steps[-2:]] == ["unexplained", "restored"]


def test_nothing_drawn_any_more_by_another_basis_settles_a_line_too() -> None:
    """The fee of 20.00 is drawn on a full balance, and not where only principal counts."""
    asked = given(
        opened_line(restoration="on_full_settlement", limit_basis="full_balance"),
        *DREW[1:],
        charged_fee(20, "2026-01-20"),
        repaid(30000, "2026-02-01", allocation={"principal": "30000"}),
        new_terms("2026-02-03", limit_basis="principal_only"),
    )
    assert asked.as_of("2026-02-02").figures() == ("50000.00", "20.00", "30000.00", "19980.00", "19980.00")
    assert asked.as_of("2026-02-03").figures() == ("50000.00", "0.00", "0.00", "50000.00", "50000.00")
    steps = asked.as_of().line().steps[-2:]
    assert [(step.kind, step.facts) for step in steps] == [("other", (7,)), ("restored", (6, 7))]


# One-off loans


ONE_OFF = (opened_line(restoration="never", revolving=False), granted(50000), drew(30000, "2026-01-10"))


def test_a_reversed_payment_on_a_one_off_loan_gives_the_limit_back() -> None:
    asked = given(*ONE_OFF, repaid(10000, "2026-02-01"), repayment_reversed("2026-02-03", fact="h1:5")).as_of()
    assert asked.figures() == ("50000.00", "30000.00", "0.00", "20000.00", "20000.00")


def test_interest_paid_on_a_one_off_loan_leaves_its_limit() -> None:
    asked = given(*ONE_OFF, repaid(110, "2026-02-01", allocation={"interest": "10.00", "principal": "100.00"})).as_of()
    assert asked.figures() == ("49900.00", "29900.00", "0.00", "20000.00", "20000.00")


def test_a_one_off_loan_whose_limit_nobody_told_opens_with_the_first_limit_seen() -> None:
    asked = given(
        opened_line(restoration="never"),
        drew(1000, "2026-02-02"),
        repaid(300, "2026-02-03"),
        saw("2026-02-04T10:00:00+08:00", limit=700),
    ).as_of()
    assert asked.figures() == ("700.00", "700.00", "0.00", "0.00", "0.00")
    assert asked.line().changes == []


def test_a_one_off_loan_that_shares_a_limit_takes_it_down_for_all() -> None:
    asked = given(
        opened_line("root"),
        granted(10000, line="root"),
        opened_line("member", shared_with="root", restoration="never"),
        drew(1000, "2026-02-02", line="member"),
        repaid(300, "2026-02-03", line="member"),
    ).as_of()
    assert asked.figures("member") == ("9700.00", "700.00", "0.00", "9000.00", "9000.00")
    assert asked.figures("root") == ("9700.00", "0.00", "0.00", "9000.00", "9000.00")
