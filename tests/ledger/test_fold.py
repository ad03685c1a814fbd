"""What the fold promises about one line: limit, drawn, held, headroom, and when each of them moves.

Source: domain.md section 2. Oracles O9a, O9c.
"""

import pytest

from tests.build import (
    charged_fee,
    charged_interest,
    charged_penalty,
    closed,
    draw_reversed,
    drew,
    froze,
    granted,
    lowered,
    new_terms,
    opened_line,
    raised,
    repaid,
    repayment_reversed,
    restored,
    sent,
    temporary,
    thawed,
)
from tests.spec import Asked, given, yuan

DREW = (opened_line(), granted(50000), drew(30000, "2026-01-10"))


def available(asked: Asked, name: str = "jiebei") -> str:
    return yuan(asked.line(name).available)


def held(asked: Asked) -> str:
    return yuan(asked.line().held)


# Limit, drawn, headroom


def test_repaid_principal_comes_back_and_a_later_cut_takes_it_away() -> None:
    history = given(
        opened_line(daily_rate="0.0004"),
        granted(50000),
        drew(30000, "2026-01-10"),
        repaid("30148.00", "2026-01-22", allocation={"interest": "148.00", "principal": "30000.00"}),
        lowered(12000, "2026-01-23"),
    )
    assert available(history.as_of("2026-01-21")) == "20000.00"
    assert available(history.as_of("2026-01-22")) == "50000.00"
    assert available(history.as_of("2026-01-23")) == "12000.00"


def test_cut_and_repayment_end_alike_in_either_order_though_not_between() -> None:
    cut_first = given(*DREW, lowered(8000, "2026-01-20"), repaid(30000, "2026-01-21"))
    repay_first = given(*DREW, repaid(30000, "2026-01-20"), lowered(8000, "2026-01-21"))
    assert [available(cut_first.as_of(f"2026-01-{day}")) for day in (19, 20, 21)] == ["20000.00", "0.00", "8000.00"]
    assert [available(repay_first.as_of(f"2026-01-{day}")) for day in (19, 20, 21)] == [
        "20000.00", "50000.00", "8000.00"
    ]  # fmt: skip


def test_a_cut_below_the_debt_is_recorded_and_shown_as_over_limit() -> None:
    line = given(*DREW, lowered(8000, "2026-01-20")).as_of("2026-01-20").line()
    assert (yuan(line.limit), yuan(line.headroom), yuan(line.over_limit)) == ("8000.00", "-22000.00", "22000.00")
    assert (line.available, line.blocked, line.status) == (0, 0, "open")


def test_a_fact_effective_before_its_line_was_opened_counts() -> None:
    history = given(opened_line(at="2026-02-01"), granted(5000, "2026-01-05"), drew(1000, "2026-01-10"))
    assert history.as_of("2026-01-10").figures() == ("5000.00", "1000.00", "0.00", "4000.00", "4000.00")
    assert history.as_of("2026-02-01").figures() == ("5000.00", "1000.00", "0.00", "4000.00", "4000.00")


def test_a_question_about_a_date_counts_its_whole_day_and_about_an_instant_that_moment() -> None:
    history = given(opened_line(), granted(5000), drew(1000, "2026-01-10T12:00:00+08:00"))
    assert available(history.as_of("2026-01-10")) == "4000.00"
    assert available(history.as_of("2026-01-10T12:00:00+08:00")) == "4000.00"
    assert available(history.as_of("2026-01-10T11:59:59+08:00")) == "5000.00"


def test_interest_fees_and_penalties_do_not_move_a_line_that_counts_principal_only() -> None:
    charges = (charged_interest(12, "2026-01-20"), charged_fee(5, "2026-01-20"), charged_penalty(3, "2026-01-20"))
    before, after = given(*DREW).as_of("2026-01-20"), given(*DREW, *charges).as_of("2026-01-20")
    assert after.figures() == before.figures()
    assert after.told()["debt"]["total"] == "30020.00"


def test_what_is_paid_beyond_the_debt_is_a_residual_and_not_a_credit() -> None:
    asked = given(*DREW, repaid(30100, "2026-01-20")).as_of("2026-01-20")
    assert asked.figures() == ("50000.00", "0.00", "0.00", "50000.00", "50000.00")
    assert asked.told()["residuals"] == [
        {"line": "jiebei", "kind": "overpaid", "amount": "100.00", "facts": ["h1:5"]}
    ]  # fmt: skip


def test_a_draw_that_was_reversed_gives_its_headroom_back_at_once() -> None:
    history = given(
        opened_line(restoration="t_plus_n"), granted(5000), drew(1000, "2026-01-10"), draw_reversed(400, "2026-01-12")
    )
    assert history.as_of("2026-01-12").figures() == ("5000.00", "600.00", "0.00", "4400.00", "4400.00")


# Full-balance lines


def card(*facts: dict[str, object]) -> Asked:
    opened = opened_line("card", limit_basis="full_balance", product="card")
    return given(opened, granted(10000, line="card"), *facts).as_of("2026-03-01")


def test_charges_raise_what_is_drawn_on_a_full_balance_line() -> None:
    asked = card(drew(1000, "2026-01-10", line="card"), charged_interest(20, "2026-02-10", line="card"))
    assert asked.figures("card") == ("10000.00", "1020.00", "0.00", "8980.00", "8980.00")


def test_a_whole_payment_lowers_a_full_balance() -> None:
    asked = card(
        drew(1000, "2026-01-10", line="card"),
        charged_fee(20, "2026-02-10", line="card"),
        repaid(520, "2026-02-11", line="card"),
    )
    assert asked.figures("card") == ("10000.00", "500.00", "0.00", "9500.00", "9500.00")


def test_a_credit_balance_raises_headroom_and_is_zero_debt() -> None:
    asked = card(drew(1000, "2026-01-10", line="card"), repaid(1300, "2026-02-11", line="card"))
    assert asked.figures("card") == ("10000.00", "-300.00", "0.00", "10300.00", "10300.00")
    assert (asked.told()["debt"]["principal"], asked.told()["debt"]["total"]) == ("0.00", "0.00")
    assert asked.told()["residuals"] == []


def test_a_credit_balance_is_not_used_up_once_a_line_counts_principal_only() -> None:
    asked = card(
        repaid(300, "2026-01-10", line="card"),
        new_terms("2026-02-01", "card", limit_basis="principal_only"),
        drew(1000, "2026-02-10", line="card"),
    )
    assert asked.figures("card") == ("10000.00", "1000.00", "0.00", "9000.00", "9000.00")
    assert sum(step.amount for step in asked.line("card").steps) == asked.line("card").headroom


# Restoration


def test_on_post_nothing_is_ever_held() -> None:
    asked = given(*DREW, repaid(10000, "2026-01-20")).as_of("2026-01-20")
    assert asked.figures() == ("50000.00", "20000.00", "0.00", "30000.00", "30000.00")


def test_after_t_plus_n_a_hold_falls_at_the_same_local_time() -> None:
    history = given(
        opened_line(restoration="t_plus_n", restoration_days=2),
        granted(50000),
        drew(30000, "2026-01-10"),
        repaid(10000, "2026-03-05T10:00:00+08:00"),
    )
    assert held(history.as_of("2026-03-05T10:00:00+08:00")) == "10000.00"
    assert held(history.as_of("2026-03-07T09:59:59.999999+08:00")) == "10000.00"
    assert held(history.as_of("2026-03-07T10:00:00+08:00")) == "0.00"
    assert available(history.as_of("2026-03-07T10:00:00+08:00")) == "30000.00"


def test_after_t_plus_n_of_a_bare_date_a_hold_falls_as_the_day_begins() -> None:
    history = given(
        opened_line(restoration="t_plus_n", restoration_days=2),
        granted(50000),
        drew(30000, "2026-01-10"),
        repaid(10000, "2026-03-05"),
    )
    assert held(history.as_of("2026-03-06")) == "10000.00"
    assert held(history.as_of("2026-03-07T00:00:00+08:00")) == "0.00"


def test_on_full_settlement_everything_comes_back_when_nothing_is_drawn() -> None:
    history = given(
        opened_line(restoration="on_full_settlement"),
        granted(50000),
        drew(30000, "2026-01-10"),
        repaid(10000, "2026-02-01"),
        repaid(20000, "2026-03-01"),
    )
    assert history.as_of("2026-02-01").figures() == ("50000.00", "20000.00", "10000.00", "20000.00", "20000.00")
    assert history.as_of("2026-03-01").figures() == ("50000.00", "0.00", "0.00", "50000.00", "50000.00")


def test_a_one_off_loan_never_comes_back_and_that_is_no_limit_change() -> None:
    history = given(
        opened_line(restoration="never", revolving=False),
        granted(50000),
        drew(30000, "2026-01-10"),
        repaid(10000, "2026-02-01"),
    )
    line = history.as_of("2026-02-01").line()
    assert (yuan(line.limit), yuan(line.drawn), yuan(line.available)) == ("40000.00", "20000.00", "20000.00")
    assert [change.kind for change in line.changes] == ["granted"]
    assert [(step.kind, yuan(step.amount), step.facts) for step in line.steps[-2:]] == [
        ("principal_repaid", "10000.00", (5,)), ("limit", "-10000.00", (5,))
    ]  # fmt: skip


def test_a_restoration_lets_go_of_the_oldest_hold_first() -> None:
    history = given(
        opened_line(restoration="on_full_settlement"),
        granted(50000),
        drew(30000, "2026-01-10"),
        repaid(10000, "2026-02-01"),
        repaid(5000, "2026-02-02"),
        restored(12000, "2026-02-03"),
    )
    line = history.as_of("2026-02-03").line()
    assert [(hold.version, yuan(hold.amount)) for hold in line.holds] == [(6, "3000.00")]
    assert yuan(line.available) == "32000.00"


def test_restoring_more_than_is_held_is_a_residual() -> None:
    asked = given(*DREW, repaid(10000, "2026-02-01"), restored(700, "2026-02-01")).as_of("2026-02-01")
    assert available(asked) == "30000.00"
    assert asked.told()["residuals"] == [
        {"line": "jiebei", "kind": "restored_excess", "amount": "700.00", "facts": ["h1:6"]}
    ]  # fmt: skip


def test_a_hold_that_was_restored_early_does_not_fall_a_second_time() -> None:
    history = given(
        opened_line(restoration="t_plus_n", restoration_days=5),
        granted(50000),
        drew(30000, "2026-01-10"),
        repaid(10000, "2026-02-01"),
        restored(10000, "2026-02-02"),
    )
    assert [held(history.as_of(f"2026-02-0{day}")) for day in (1, 2, 9)] == ["10000.00", "0.00", "0.00"]


def test_a_payment_that_was_only_sent_moves_nothing() -> None:
    asked = given(*DREW, sent(10000, "2026-02-01", payment="p1")).as_of("2026-02-02")
    assert asked.figures() == given(*DREW).as_of("2026-02-02").figures()
    assert list(asked.line().pending) == [5]


def test_a_reversed_repayment_is_owed_again_and_its_hold_is_gone() -> None:
    history = given(
        opened_line(restoration="t_plus_n", restoration_days=9),
        granted(50000),
        drew(30000, "2026-01-10"),
        repaid(10000, "2026-02-01", payment="p1"),
        repayment_reversed("2026-02-03", payment="p1"),
    )
    assert history.as_of("2026-02-02").figures() == ("50000.00", "20000.00", "10000.00", "20000.00", "20000.00")
    assert history.as_of("2026-02-03").figures() == ("50000.00", "30000.00", "0.00", "20000.00", "20000.00")
    assert held(history.as_of("2026-02-20")) == "0.00"


def test_a_reversal_after_restoration_takes_the_headroom_back() -> None:
    history = given(*DREW, repaid(10000, "2026-02-01"), repayment_reversed("2026-02-03", fact="h1:5"))
    assert available(history.as_of("2026-02-02")) == "30000.00"
    assert available(history.as_of("2026-02-03")) == "20000.00"


def test_reversing_one_payment_twice_undoes_it_once() -> None:
    reversal = repayment_reversed("2026-02-03", fact="h1:5")
    asked = given(*DREW, repaid(10000, "2026-02-01"), reversal, reversal).as_of("2026-02-03")
    assert available(asked) == "20000.00"


# Temporary limits, validity, freezing, closing


def test_a_temporary_limit_until_a_date_holds_through_that_day() -> None:
    history = given(opened_line(), granted(5000), temporary(1000, "2026-02-01", until="2026-02-10"))
    assert [available(history.as_of(f"2026-02-{day}")) for day in ("01", "10", "11")] == [
        "6000.00", "6000.00", "5000.00"
    ]  # fmt: skip
    assert available(history.as_of("2026-02-11T00:00:00+08:00")) == "5000.00"


def test_a_temporary_limit_until_an_instant_is_over_at_that_instant() -> None:
    until = "2026-02-10T12:00:00+08:00"
    history = given(opened_line(), granted(5000), temporary(1000, "2026-02-01", until=until))
    assert available(history.as_of("2026-02-10T11:59:59.999999+08:00")) == "6000.00"
    assert available(history.as_of(until)) == "5000.00"
    line = history.as_of(until).line()
    assert [change.kind for change in line.changes] == ["granted", "temporary_granted", "temporary_expired"]


def test_validity_until_a_date_ends_with_that_day() -> None:
    history = given(opened_line(valid_until="2026-02-10"), granted(5000), drew(1000, "2026-01-10"))
    assert history.as_of("2026-02-10").figures() == ("5000.00", "1000.00", "0.00", "4000.00", "4000.00")
    expired = history.as_of("2026-02-11T00:00:00+08:00")
    assert expired.figures() == ("0.00", "1000.00", "0.00", "-1000.00", "0.00")
    assert (expired.line().status, yuan(expired.line().over_limit)) == ("expired", "1000.00")


def test_validity_until_an_instant_ends_at_that_instant() -> None:
    history = given(opened_line(valid_until="2026-02-10T12:00:00+08:00"), granted(5000))
    assert history.as_of("2026-02-10T11:59:59+08:00").line().status == "open"
    assert history.as_of("2026-02-10T12:00:00+08:00").line().status == "expired"


def test_a_validity_that_was_extended_in_time_does_not_end() -> None:
    history = given(
        opened_line(valid_until="2026-02-10"), granted(5000), new_terms("2026-02-09", valid_until="2026-08-10")
    )
    assert available(history.as_of("2026-02-11")) == "5000.00"
    assert history.as_of("2026-08-11").line().status == "expired"


def test_an_expired_line_that_is_extended_has_its_limit_again() -> None:
    history = given(
        opened_line(valid_until="2026-02-10"), granted(5000), new_terms("2026-02-20", valid_until="2026-08-10")
    )
    assert available(history.as_of("2026-02-19")) == "0.00"
    assert available(history.as_of("2026-02-20")) == "5000.00"


def test_a_frozen_line_keeps_its_limit_and_blocks_its_headroom() -> None:
    history = given(*DREW, froze("2026-02-01"), thawed("2026-02-05"))
    line = history.as_of("2026-02-02").line()
    assert (line.status, yuan(line.limit), yuan(line.headroom)) == ("frozen", "50000.00", "20000.00")
    assert (line.available, yuan(line.blocked)) == (0, "20000.00")
    assert available(history.as_of("2026-02-05")) == "20000.00"


def test_closing_ends_the_limits_and_leaves_the_debt() -> None:
    history = given(*DREW, temporary(1000, "2026-01-15", until="2026-12-31"), closed("2026-02-01"))
    line = history.as_of("2026-02-01").line()
    assert (line.status, line.limit, yuan(line.drawn), yuan(line.over_limit)) == (
        "closed", 0, "30000.00", "30000.00"
    )  # fmt: skip


def test_a_limit_granted_later_reopens_a_closed_line_without_its_temporary_limits() -> None:
    history = given(
        *DREW, temporary(1000, "2026-01-15", until="2026-12-31"), closed("2026-02-01"), granted(40000, "2026-03-01")
    )
    assert history.as_of("2026-03-01").figures() == ("40000.00", "30000.00", "0.00", "10000.00", "10000.00")


def test_closed_is_told_before_expired_and_expired_before_frozen() -> None:
    facts = (opened_line(valid_until="2026-02-10"), granted(5000), froze("2026-02-01"))
    assert given(*facts).as_of("2026-02-10").line().status == "frozen"
    assert given(*facts).as_of("2026-02-11").line().status == "expired"
    assert given(*facts, closed("2026-02-12")).as_of("2026-02-12").line().status == "closed"


@pytest.mark.parametrize("second", [raised(60000, "2026-01-10"), lowered(20000, "2026-01-10")])
def test_at_one_instant_limits_come_before_movements(second: dict[str, object]) -> None:
    line = given(opened_line(), granted(50000), drew(30000, "2026-01-10"), second).as_of().line()
    assert [step.kind for step in line.steps] == ["limit", "limit", "draw"]


# Shared limits


POOL = (
    opened_line("root"),
    granted(10000, line="root"),
    opened_line("member", shared_with="root"),
    drew(3000, "2026-02-01", line="root"),
    drew(2000, "2026-02-02", line="member"),
)


def test_lines_that_share_a_limit_use_it_together() -> None:
    asked = given(*POOL).as_of("2026-02-02")
    assert asked.figures("root") == ("10000.00", "3000.00", "0.00", "5000.00", "5000.00")
    assert asked.figures("member") == ("10000.00", "2000.00", "0.00", "5000.00", "5000.00")
    assert yuan(asked.line("member").shared_used) == "3000.00"


def test_a_draw_on_a_linked_line_is_a_shared_step_that_cites_it() -> None:
    steps = given(*POOL).as_of("2026-02-02").line("root").steps
    assert [(step.kind, yuan(step.amount), step.facts) for step in steps[-1:]] == [("shared", "-2000.00", (6,))]


def test_freezing_one_member_leaves_the_others_usable() -> None:
    asked = given(*POOL, froze("2026-02-03", line="member")).as_of("2026-02-03")
    assert (available(asked, "root"), available(asked, "member")) == ("5000.00", "0.00")


def test_a_line_that_leaves_its_pool_stands_on_its_own_limit() -> None:
    left = new_terms("2026-02-03", "member", shared_with="member")
    asked = given(*POOL, granted(2500, "2026-02-03", line="member"), left).as_of("2026-02-03")
    assert asked.figures("member") == ("2500.00", "2000.00", "0.00", "500.00", "500.00")
    assert asked.figures("root") == ("10000.00", "3000.00", "0.00", "7000.00", "7000.00")
