"""Every field of a position has the value that its name says. Source: contract.md section 4, domain.md section 2."""

from typing import Any

import pytest

from tests.build import (
    Record,
    charged_fee,
    closed,
    drew,
    froze,
    granted,
    lowered,
    opened_line,
    repaid,
    restored,
    saw,
    temporary,
)
from tests.spec import given

AT = "2026-03-05"
HELD = (
    opened_line("jiebei", lender="mybank", lender_group="ant", restoration="t_plus_n", restoration_days=30,
                daily_rate="0.0004"),
    granted(50000),
    temporary(3000, "2026-02-01", until="2026-04-01"),
    drew(20000, "2026-02-13", loan="one"),
    charged_fee(7, "2026-02-13", loan="one"),
    charged_fee(1, "2026-02-14"),
    repaid(4000, "2026-02-23", loan="one", allocation={"principal": "4000.00"}),
)  # fmt: skip


def lines(*facts: Record, at: str = AT) -> dict[str, Any]:
    return {line["line"]: line for line in given(*facts).as_of(at).told()["lines"]}


def test_an_open_line_with_a_temporary_limit_and_a_hold() -> None:
    assert lines(*HELD)["jiebei"] == {
        "line": "jiebei",
        "lender": "mybank",
        "lender_group": "ant",
        "product": "consumer_loan",
        "status": "open",
        "limit": "53000.00",
        "permanent_limit": "50000.00",
        "temporary_limit": "3000.00",
        "limit_known": True,
        "drawn": "16000.00",
        "held": "4000.00",
        "held_inferred": "0.00",
        "headroom": "33000.00",
        "available": "33000.00",
        "over_limit": "0.00",
        "blocked": "0.00",
        "utilisation": "0.3019",
        "accrued_interest": "144.00",
        "days_past_due": 0,
        "overdue": "0.00",
        "total_debt": "16152.00",
        "shared_used": "0.00",
        "due_30_days": "198.40",
        "due_12_months": "198.40",
        "all_in_cost": None,
        "loans": [
            {"loan": "one", "principal": "16000.00", "accrued_interest": "144.00", "posted_unpaid": "7.00",
             "next_due_on": None, "next_due": None, "derived": False}
        ],
    }  # fmt: skip


def test_what_was_only_seen_to_be_missing_is_told_apart_from_what_was_repaid() -> None:
    found = lines(*HELD, saw("2026-02-24", limit=53000, available=30000))["jiebei"]
    assert (found["held"], found["held_inferred"], found["available"]) == ("7000.00", "3000.00", "30000.00")


def test_a_frozen_line_is_blocked_and_a_cut_one_over_its_limit() -> None:
    frozen = lines(*HELD, froze("2026-03-01"))["jiebei"]
    assert (frozen["status"], frozen["headroom"], frozen["available"], frozen["blocked"]) == (
        "frozen", "33000.00", "0.00", "33000.00"
    )  # fmt: skip
    cut = lines(*HELD, lowered(15000, "2026-03-01"))["jiebei"]
    assert (cut["status"], cut["headroom"], cut["available"], cut["over_limit"], cut["blocked"]) == (
        "open", "-2000.00", "0.00", "2000.00", "0.00"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "more", "status"),
    [
        ({"valid_until": "2026-02-28"}, (froze("2026-02-01"),), "expired"),
        ({"valid_until": "2026-02-28"}, (closed("2026-03-01"),), "closed"),
        ({}, (froze("2026-02-01"),), "frozen"),
        ({}, (), "open"),
    ],
)  # fmt: skip
def test_a_status_is_closed_before_expired_before_frozen(
    terms: dict[str, Any], more: tuple[Record, ...], status: str
) -> None:
    assert lines(opened_line(**terms), granted(500), *more)["jiebei"]["status"] == status


def test_lines_that_share_a_limit_show_what_the_others_use() -> None:
    told = lines(
        opened_line("root", product="card"),
        granted(10000, line="root"),
        opened_line("member", product="other", shared_with="root"),
        drew(1000, "2026-02-02", line="member"),
        drew(300, "2026-02-02", line="root"),
    )
    assert [
        (one["product"], one["limit"], one["drawn"], one["shared_used"], one["headroom"]) for one in told.values()
    ] == [
        ("card", "10000.00", "300.00", "1000.00", "8700.00"),
        ("other", "10000.00", "1000.00", "300.00", "8700.00"),
    ]


def test_a_credit_balance_is_drawn_below_nothing_and_no_debt() -> None:
    card = lines(opened_line(limit_basis="full_balance"), granted(9000), repaid(200, "2026-02-01"))["jiebei"]
    assert (card["drawn"], card["total_debt"], card["available"]) == ("-200.00", "0.00", "9200.00")


def test_what_is_late_is_told_with_its_days() -> None:
    late = lines(opened_line(), drew(1000, "2026-01-10", method="bullet", due_on="2026-03-02"))["jiebei"]
    assert (late["days_past_due"], late["overdue"], late["due_30_days"], late["due_12_months"]) == (
        3, "1000.00", "0.00", "0.00"
    )  # fmt: skip
    ahead = lines(opened_line(), drew(1000, "2026-01-10", method="bullet", due_on="2026-08-02"))["jiebei"]
    assert (ahead["days_past_due"], ahead["overdue"], ahead["due_30_days"], ahead["due_12_months"]) == (
        0, "0.00", "0.00", "1000.00"
    )  # fmt: skip


def test_each_kind_of_residual_is_told_with_its_facts() -> None:
    told = given(
        opened_line(),
        granted(50000),
        drew(1000, "2026-01-10"),
        saw("2026-01-20T09:00:00+08:00", drawn=1100),
        repaid(1250, "2026-02-01"),
        restored(40, "2026-02-02"),
    ).as_of(AT).told()  # fmt: skip
    assert (told["household"], told["version"]) == ("h1", 7)
    assert told["residuals"] == [
        {"line": "jiebei", "kind": "unexplained", "amount": "100.00", "facts": ["h1:5"]},
        {"line": "jiebei", "kind": "overpaid", "amount": "150.00", "facts": ["h1:6"]},
        {"line": "jiebei", "kind": "restored_excess", "amount": "40.00", "facts": ["h1:7"]},
    ]


@pytest.mark.parametrize("quantity", ["limit", "drawn", "available"])
def test_sources_that_contradict_each_other_stay_open_as_a_conflict(quantity: str) -> None:
    seen: list[dict[str, Any]] = [{quantity: 500}, {quantity: 400}]
    at = "2026-02-01T09:00:00+08:00"
    told = given(
        opened_line(),
        saw(at, **seen[0]),
        saw(at, **seen[1], source={"kind": "statement"}),
    ).as_of(AT).told()  # fmt: skip
    assert told["open_conflicts"] == [
        {"line": "jiebei", "quantity": quantity, "values": [
            {"value": "500.00", "source": "user", "fact": "h1:3"},
            {"value": "400.00", "source": "statement", "fact": "h1:4"},
        ]}
    ]  # fmt: skip
