"""A restoration that seems to be pending: what is held for it, and what becomes of that when the payment is undone.

Source: domain.md section 3 (an inferred hold), section 2 (a reversal undoes the principal, then its remaining hold).
"""

import pytest

from projections.bridge import span
from tests.build import drew, granted, opened_line, repaid, repayment_reversed, restored, saw
from tests.spec import given, yuan

BOOK = (opened_line(), granted(50000, "2026-02-01"), drew(30000, "2026-02-10"))
REPAID = (*BOOK, repaid(10000, "2026-03-01", payment="p"))


def test_a_payment_that_is_reversed_takes_with_it_what_was_held_since_it_seemed_pending() -> None:
    history = given(
        *REPAID,
        saw("2026-03-02T09:00:00+08:00", available=20000),
        repayment_reversed("2026-03-04T09:00:00+08:00", payment="p"),
    )
    assert history.as_of("2026-03-03").figures() == ("50000.00", "20000.00", "10000.00", "20000.00", "20000.00")
    assert history.as_of("2026-03-04").figures() == ("50000.00", "30000.00", "0.00", "20000.00", "20000.00")
    since, until = (history.known_at(day) or 0 for day in ("2026-02-28", "2026-03-04"))
    assert span(history.timeline(), "jiebei", since=since, until=until).bridge.residual == 0


def test_of_a_pending_restoration_only_the_rest_is_let_go_when_its_payment_is_reversed() -> None:
    history = given(
        *REPAID,
        saw("2026-03-02T09:00:00+08:00", available=23000),
        restored(2000, "2026-03-03"),
        repayment_reversed("2026-03-04", payment="p"),
    )
    assert history.as_of("2026-03-03").figures() == ("50000.00", "20000.00", "5000.00", "25000.00", "25000.00")
    assert history.as_of("2026-03-04").figures() == ("50000.00", "30000.00", "0.00", "20000.00", "20000.00")


@pytest.mark.parametrize(
    ("undone", "figures"),
    [
        ("p", ("50000.00", "25000.00", "5000.00", "20000.00", "20000.00")),
        ("q", ("50000.00", "20000.00", "7000.00", "23000.00", "23000.00")),
    ],
)
def test_what_is_pending_of_several_payments_is_of_the_newest_first(undone: str, figures: tuple[str, ...]) -> None:
    """15,000 was repaid and 12,000 of it is missing: all 5,000 of the second payment, 7,000 of the first."""
    history = given(
        *REPAID,
        repaid(5000, "2026-03-02", payment="q"),
        saw("2026-03-03T09:00:00+08:00", available=23000),
        repayment_reversed("2026-03-04", payment=undone),
    )
    assert history.as_of("2026-03-03").figures() == ("50000.00", "15000.00", "12000.00", "23000.00", "23000.00")
    assert history.as_of("2026-03-04").figures() == figures


def test_both_payments_reversed_leave_nothing_held() -> None:
    history = given(
        *REPAID,
        repaid(5000, "2026-03-02", payment="q"),
        saw("2026-03-03T09:00:00+08:00", available=23000),
        repayment_reversed("2026-03-04", payment="q"),
        repayment_reversed("2026-03-05", payment="p"),
    )
    assert history.as_of().figures() == ("50000.00", "30000.00", "0.00", "20000.00", "20000.00")


def test_a_hold_that_another_payment_is_pending_for_stays() -> None:
    history = given(
        *BOOK,
        repaid(10000, "2026-02-15", payment="old"),
        repaid(4000, "2026-03-01"),
        saw("2026-03-02T09:00:00+08:00", available=30000),
        repayment_reversed("2026-03-04", payment="old"),
    )
    assert history.as_of("2026-03-03").figures() == ("50000.00", "16000.00", "4000.00", "30000.00", "30000.00")
    assert history.as_of("2026-03-04").figures() == ("50000.00", "26000.00", "4000.00", "20000.00", "20000.00")


def test_what_was_held_of_a_linked_line_is_let_go_too() -> None:
    history = given(
        opened_line("root"),
        granted(10000, line="root"),
        opened_line("member", shared_with="root"),
        drew(3000, "2026-02-20", line="root"),
        repaid(3000, "2026-03-05", line="root", payment="p"),
        saw("2026-03-06T08:00:00+08:00", line="member", available=7000),
        repayment_reversed("2026-03-07", line="root", payment="p"),
    )
    assert yuan(history.as_of("2026-03-06").line("member").held) == "3000.00"
    assert history.as_of("2026-03-07").figures("root") == ("10000.00", "3000.00", "0.00", "7000.00", "7000.00")
    assert history.as_of("2026-03-07").figures("member") == ("10000.00", "0.00", "0.00", "7000.00", "7000.00")


@pytest.mark.parametrize(
    ("undone", "on", "figures"),
    [
        ("q", "2026-03-06", ("50000.00", "24000.00", "6000.00", "20000.00", "20000.00")),
        ("p", "2026-03-06", ("50000.00", "20000.00", "10000.00", "20000.00", "20000.00")),
        ("p", "2026-03-11", ("50000.00", "20000.00", "0.00", "30000.00", "30000.00")),
    ],
)
def test_what_the_rule_holds_of_one_payment_is_not_what_seemed_pending_of_another(
    undone: str, on: str, figures: tuple[str, ...]
) -> None:
    """All 10,000 of the second payment are held by the rule, until 10 March; the 6,000 missing are of the first."""
    history = given(
        opened_line(restoration="t_plus_n", restoration_days=5),
        *BOOK[1:],
        repaid(6000, "2026-02-27", payment="p"),
        repaid(10000, "2026-03-05", payment="q"),
        saw("2026-03-05T20:00:00+08:00", available=20000),
        repayment_reversed(on, payment=undone),
    )
    assert history.as_of("2026-03-05").figures() == ("50000.00", "14000.00", "16000.00", "20000.00", "20000.00")
    assert history.as_of(on).figures() == figures


@pytest.mark.parametrize("drawn", [None, 30000])
def test_where_the_limit_was_seen_as_well_what_is_missing_is_held_and_no_cut(drawn: int | None) -> None:
    """Nothing was repaid that could be pending, yet the limit was seen to stand."""
    asked = given(*BOOK, saw("2026-03-06T08:00:00+08:00", limit=50000, drawn=drawn, available=15000)).as_of()
    assert asked.figures() == ("50000.00", "30000.00", "5000.00", "15000.00", "15000.00")
    assert [change.kind for change in asked.line().changes] == ["granted"]
