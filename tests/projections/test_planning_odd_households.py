"""Households and wishes out of the ordinary: nothing owed, no budget, only frozen lines, a floor that cannot hold."""

from projections.planning.plan import Plan
from tests.build import billed, drew, froze, granted, opened_line, repaid
from tests.projections.plans import at_will, household, loan, planned
from tests.spec import History

BULLET = {"method": "bullet", "due_on": "2026-11-15"}


def only_frozen_lines() -> History:
    """12,000 at will and 30,000 due in one sum, both frozen since; 9,000 in hand and 5,000 left a month."""
    debts = (*at_will("jiebei", 12_000, "0.0004"), *loan("boss", 30_000, "0.0003", **BULLET))
    return household(
        *debts, froze("2026-03-31", line="jiebei"), froze("2026-03-31", line="boss"),
        income=10_000, essentials=5_000, reserve=9_000,
    )  # fmt: skip


def short_months(plan: Plan) -> list[int]:
    """The months whose minimums a budget does not meet."""
    assert plan.infeasible is not None
    return [one.month.number for one in plan.infeasible.short]


def test_where_nothing_is_owed_there_is_nothing_to_plan_whatever_budget_and_floor() -> None:
    for budget, floor in ((0, None), (500, 1_000_000)):
        found = planned(household(), budget, floor=floor)
        assert found.infeasible is None
        assert found.chosen is not None
        assert found.chosen.payments == ()
        assert found.chosen.interest == 0


def test_no_budget_is_short_of_every_minimum_and_the_smallest_that_is_enough_is_told() -> None:
    found = planned(only_frozen_lines(), 0, floor=0, months=3)
    assert short_months(found) == [1, 2, 3]
    assert found.infeasible is not None
    assert found.infeasible.smallest is not None
    assert planned(only_frozen_lines(), found.infeasible.smallest // 100, floor=0, months=3).chosen is not None


def test_frozen_lines_are_still_paid_and_the_floor_holds() -> None:
    found = planned(only_frozen_lines(), 5_000, floor=9_000)
    assert found.chosen is not None
    assert {one.line for one in found.chosen.payments} == {"jiebei", "boss"}
    assert found.chosen.low == ()


def test_a_plan_that_its_floor_slows_down_is_followed_to_its_end() -> None:
    """The usual ways, which mind no floor when a loan falls due, are done sooner than a plan that minds it."""
    found = planned(only_frozen_lines(), 1_000_000, floor=9_000)
    assert found.chosen is not None
    assert found.chosen.owed == 0
    assert found.chosen.free_after == len(found.chosen.months)


def test_a_floor_above_all_there_is_cannot_hold_and_the_lowest_month_is_told() -> None:
    found = planned(only_frozen_lines(), 5_000, floor=1_000_000, months=6)
    assert found.chosen is None
    assert found.infeasible is not None
    assert found.infeasible.smallest is None
    assert found.infeasible.floor is not None
    assert found.infeasible.floor < 100_000_000


def test_a_plan_waits_for_no_interest_of_a_card_that_was_paid_off_late() -> None:
    """What the lender may still charge for the days before is no debt yet: nothing is paid on the card."""
    card = opened_line("card", product="card", limit_basis="full_balance", daily_rate="0.0005")
    paid_late = (
        card, granted(50_000, line="card"), drew(10_000, "2026-02-01", line="card"),
        billed(10_000, "2026-02-05", line="card", due_on="2026-02-25"), repaid(10_000, "2026-03-08", line="card"),
    )  # fmt: skip
    found = planned(household(*at_will("jiebei", 6_000, "0.0004"), *paid_late), 3_000)
    assert found.chosen is not None
    assert (found.chosen.owed, found.chosen.free_after) == (0, 3)
    assert [one.line for one in found.chosen.payments if one.line == "card"] == []
