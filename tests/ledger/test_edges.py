"""Temporary limits that overlap, holds where a balance passes zero, corrections beside each other.

Source: domain.md sections 1 and 2.
"""

from tests.build import corrected, drew, froze, granted, new_terms, opened_line, repaid, saw, temporary, thawed, voided
from tests.spec import given, yuan


def test_temporary_limits_add_up_and_each_ends_by_itself() -> None:
    history = given(
        opened_line(),
        granted(5000),
        temporary(1000, "2026-02-01", until="2026-02-20"),
        temporary(300, "2026-02-02", until="2026-02-10"),
    )
    assert [yuan(history.as_of(f"2026-02-{day}").line().limit) for day in ("01", "10", "11", "21")] == [
        "6000.00", "6300.00", "6000.00", "5000.00"
    ]  # fmt: skip


def test_a_temporary_limit_begins_and_ends_under_a_freeze() -> None:
    history = given(
        opened_line(),
        granted(5000),
        temporary(1000, "2026-02-01", until="2026-02-20"),
        froze("2026-02-15"),
        temporary(300, "2026-02-16", until="2026-02-25"),
        thawed("2026-02-22"),
    )
    lines = [history.as_of(f"2026-02-{day}").line() for day in ("14", "15", "16", "21", "22", "26")]
    assert [yuan(line.available) for line in lines] == ["6000.00", "0.00", "0.00", "0.00", "5300.00", "5000.00"]
    assert [yuan(line.blocked) for line in lines] == ["0.00", "6000.00", "6300.00", "5300.00", "0.00", "0.00"]


def test_a_line_extended_after_it_expired_has_its_temporary_limit_for_the_rest_of_that_ones_time() -> None:
    history = given(
        opened_line(valid_until="2026-02-10"),
        granted(5000),
        temporary(1000, "2026-02-01", until="2026-02-20"),
        new_terms("2026-02-15", valid_until="2026-06-30"),
    )
    assert [yuan(history.as_of(f"2026-02-{day}").line().limit) for day in ("10", "11", "15", "20", "21")] == [
        "6000.00", "0.00", "6000.00", "6000.00", "5000.00"
    ]  # fmt: skip


def test_the_whole_payment_of_a_full_balance_is_held_also_what_makes_a_credit_balance() -> None:
    card = opened_line(limit_basis="full_balance", restoration="t_plus_n", restoration_days=2)
    history = given(card, granted(1000), drew(300, "2026-02-27"), repaid(500, "2026-02-28"))
    assert history.as_of("2026-02-28").figures() == ("1000.00", "-200.00", "500.00", "700.00", "700.00")
    assert history.as_of("2026-03-02").figures() == ("1000.00", "-200.00", "0.00", "1200.00", "1200.00")


def test_a_balance_that_passes_zero_settles_a_line() -> None:
    card = opened_line(limit_basis="full_balance", restoration="on_full_settlement")
    asked = given(card, granted(1000), drew(300, "2026-02-01"), repaid(100, "2026-02-02"), repaid(400, "2026-02-03"))
    assert asked.as_of("2026-02-02").figures() == ("1000.00", "200.00", "100.00", "700.00", "700.00")
    assert asked.as_of("2026-02-03").figures() == ("1000.00", "-200.00", "0.00", "1200.00", "1200.00")


def test_a_line_is_settled_when_the_last_of_its_loans_is() -> None:
    history = given(
        opened_line(restoration="on_full_settlement"),
        granted(1000),
        drew(300, "2026-02-01", loan="a"),
        drew(200, "2026-02-01", loan="b"),
        repaid(300, "2026-02-03", loan="a"),
        repaid(200, "2026-02-04", loan="b"),
    )
    assert history.as_of("2026-02-03").figures() == ("1000.00", "200.00", "300.00", "500.00", "500.00")
    assert history.as_of("2026-02-04").figures() == ("1000.00", "0.00", "0.00", "1000.00", "1000.00")


def test_at_settlement_what_seemed_pending_falls_too() -> None:
    history = given(
        opened_line(restoration="on_full_settlement"),
        granted(1000),
        drew(300, "2026-02-01"),
        saw("2026-02-02T09:00:00+08:00", limit=1000, available=650),
        repaid(300, "2026-02-03"),
    )
    assert yuan(history.as_of("2026-02-02").line().held) == "50.00"
    assert history.as_of("2026-02-03").figures() == ("1000.00", "0.00", "0.00", "1000.00", "1000.00")


def test_when_the_latest_of_two_corrections_is_voided_the_one_before_it_stands() -> None:
    history = given(
        opened_line(), granted(1000), drew(1, "2026-02-01"),
        corrected("h1:4", drew(2, "2026-02-01")), corrected("h1:4", drew(3, "2026-02-01")),
    )  # fmt: skip
    drawn = [yuan(history.as_of().line().drawn)]
    for voiding in (voided("h1:6"), voided("h1:7")):
        history = history.and_then(voiding)
        drawn.append(yuan(history.as_of().line().drawn))
    assert drawn == ["3.00", "2.00", "3.00"]
