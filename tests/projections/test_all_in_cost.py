"""What a line has cost all in: what was paid and is owed, against what was drawn. Source: domain.md section 4."""

import math
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from projections.all_in_cost import AllInCost, all_in_costs
from projections.check import FullCheck, answer
from tests.build import (
    LINE,
    Record,
    charged_fee,
    charged_interest,
    draw_reversed,
    drew,
    granted,
    opened_line,
    repaid,
    repayment_reversed,
    saw,
)
from tests.projections.checked import examined
from tests.spec import HOUSEHOLD, History, given

BOOK = (opened_line(daily_rate="0"), granted(50000))


def cost(history: History, at: str) -> AllInCost | None:
    return all_in_costs(history.as_of(at).book).get(LINE)


def worth(effective: Fraction, flows: dict[str, float]) -> float:
    """What flows are worth together on the first of their days, by the definition and with binary fractions."""
    days = {on: date.fromisoformat(on).toordinal() for on in flows}
    return math.fsum(
        amount / math.pow(1 + effective, (days[on] - min(days.values())) / 365) for on, amount in flows.items()
    )


def months(amount: int) -> tuple[Record, ...]:
    return tuple(repaid(amount, f"2026-{month:02}-15") for month in range(2, 13))


def test_a_fee_that_is_called_no_interest_is_a_cost_all_the_same() -> None:
    """12,000 back in 12 payments of 1,072: the headline of "0.6 % a month", 7.2 % a year, is 13 %."""
    history = given(
        *BOOK,
        drew(12000, "2026-01-15", loan="x"),
        charged_fee(864, "2026-01-15", loan="x"),
        *months(1072),
        repaid(1072, "2027-01-15"),
    )
    found = cost(history, "2027-02-01")
    assert found is not None
    assert Fraction(129, 1000) < found.nominal < Fraction(132, 1000)
    flows = {"2026-01-15": 12000.0, "2027-01-15": -1072.0}
    flows |= {f"2026-{month:02}-15": -1072.0 for month in range(2, 13)}
    assert abs(worth(found.effective, flows)) < 1e-6
    assert found.effective > found.nominal
    assert found.facts == (4, *range(6, 18))


def test_what_is_owed_counts_as_if_it_were_paid_on_the_day_asked() -> None:
    history = given(opened_line(daily_rate="0.0004"), granted(50000), drew(10000, "2026-01-01"))
    found = cost(history, "2026-12-31")
    assert found is not None
    assert abs(worth(found.effective, {"2026-01-01": 10000.0, "2026-12-31": -11456.0})) < 1e-6
    with_fee = cost(history.and_then(charged_fee(100, "2026-06-01"), charged_interest(600, "2026-06-01")), "2026-12-31")
    assert with_fee is not None
    assert with_fee.effective > found.effective


@pytest.mark.parametrize(("at", "told"), [("2026-01-30", False), ("2026-01-31", True)])
def test_a_cost_is_told_from_a_month_on(at: str, told: bool) -> None:
    history = given(opened_line(daily_rate="0.0004"), granted(50000), drew(10000, "2026-01-01"))
    assert (cost(history, at) is not None) == told


def test_a_settled_line_costs_what_it_cost_however_much_later_it_is_asked() -> None:
    history = given(*BOOK, drew(10000, "2026-01-01"), charged_fee(100, "2026-03-01"), repaid(10100, "2026-03-01"))
    assert cost(history, "2026-03-01") == cost(history, "2029-03-01")


def test_a_reversed_payment_is_paid_and_had_back_on_its_days() -> None:
    reversed_later = (repaid(4000, "2026-02-01", payment="p"), repayment_reversed("2026-02-11", payment="p"))
    history = given(*BOOK, drew(10000, "2026-01-01"), *reversed_later, repaid(10500, "2026-04-01"))
    plain = given(*BOOK, drew(10000, "2026-01-01"), charged_fee(500, "2026-01-01"), repaid(10500, "2026-04-01"))
    found = cost(
        given(
            *BOOK,
            drew(10000, "2026-01-01"),
            charged_fee(500, "2026-01-01"),
            *reversed_later,
            repaid(10500, "2026-04-01"),
        ),
        "2026-05-01",
    )
    assert found is not None
    flows = {"2026-01-01": 10000.0, "2026-02-01": -4000.0, "2026-02-11": 4000.0, "2026-04-01": -10500.0}
    assert abs(worth(found.effective, flows)) < 1e-6
    assert found != cost(plain, "2026-05-01")
    assert cost(history, "2026-05-01") is None  # 500 of it paid for something that the book does not have


def test_a_refund_is_given_back() -> None:
    history = given(
        *BOOK,
        drew(10000, "2026-01-01", loan="x"),
        draw_reversed(4000, "2026-01-11", loan="x"),
        charged_fee(60, "2026-03-01", loan="x"),
        repaid(6060, "2026-03-01"),
    )
    found = cost(history, "2026-03-02")
    assert found is not None
    flows = {"2026-01-01": 10000.0, "2026-01-11": -4000.0, "2026-03-01": -6060.0}
    assert abs(worth(found.effective, flows)) < 1e-6


def test_a_balance_first_seen_counts_as_drawn_when_it_was_seen() -> None:
    history = given(
        opened_line(daily_rate="0.0004"), saw("2026-01-01", limit=50000, drawn=10000), repaid(10144, "2026-02-06")
    )
    found = cost(history, "2026-03-01")
    assert found is not None
    assert (found.since, found.facts) == (date(2026, 1, 1).toordinal(), (3, 4))


def test_what_a_card_was_paid_too_much_is_no_cost() -> None:
    card = opened_line(limit_basis="full_balance", product="card")
    history = given(
        card,
        granted(50000),
        drew(1000, "2026-01-01"),
        charged_fee(10, "2026-02-01"),
        repaid(600, "2026-02-10"),
        repaid(600, "2026-02-11"),
    )
    found = cost(history, "2026-03-10")
    assert found is not None
    flows = {"2026-01-01": 1000.0, "2026-02-10": -600.0, "2026-02-11": -410.0}
    assert abs(worth(found.effective, flows)) < 1e-6


@pytest.mark.parametrize(
    "more",
    [
        (),
        (drew(10000, "2026-01-01"), saw("2026-02-01", drawn=10500)),
        (drew(10000, "2026-01-01"), repaid(10500, "2026-02-01")),
    ],
)
def test_no_cost_is_told_where_nothing_was_drawn_or_the_book_has_a_gap(more: tuple[Record, ...]) -> None:
    assert cost(given(*BOOK, *more), "2026-03-10") is None


def test_the_position_tells_it_of_each_line() -> None:
    history = given(opened_line(daily_rate="0.0004"), granted(50000), drew(10000, "2026-01-01"), opened_line("other"))
    lines = history.as_of("2026-12-31").told()["lines"]
    assert [line["all_in_cost"] for line in lines] == [
        {"nominal_x12": "0.1371", "effective": "0.1460", "since": "2026-01-01", "facts": ["h1:4"]},
        None,
    ]


@pytest.mark.parametrize(
    ("drawn_on", "terms", "cost_line"),
    [
        ("2027-12-31", {"lender_class": "micro_loan"}, "0.2400"),
        ("2028-01-01", {"lender_class": "micro_loan"}, "0.1200"),
        ("2028-01-01", {}, None),
    ],
)
def test_a_check_sets_it_beside_the_cost_line_of_the_day_of_the_latest_draw(
    drawn_on: str, terms: dict[str, Any], cost_line: str | None
) -> None:
    history = given(opened_line(daily_rate="0.0004", **terms), granted(50000), drew(10000, drawn_on))
    found = examined(history, "2028-06-30")
    known_at = history.recorded[-1].recorded_at
    told = answer(found, household=HOUSEHOLD, known_at=known_at, full=True)
    assert isinstance(told, FullCheck)
    assert [(one.line, one.cost_line) for one in told.all_in_cost] == [(LINE, cost_line)]
    plain = answer(found, household=HOUSEHOLD, known_at=known_at)
    assert told.digest != plain.digest
