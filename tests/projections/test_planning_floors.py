"""The floor of a plan where a household owes more on cards than it has: no freeze forbids it a plan."""

from fractions import Fraction

from projections.indicators.basis import basis
from projections.planning.floors import Floor, Request, planned
from projections.planning.plan import Plan
from projections.ruleset import ruleset
from tests.build import Record, drew, granted, opened_line
from tests.projections.plans import AT, household, loan
from tests.spec import History


def card(amount: int) -> tuple[Record, ...]:
    """A card with so much on it that is not billed."""
    opened = opened_line("card", product="card", limit_basis="full_balance", daily_rate="0.0005")
    return opened, granted(100_000, line="card"), drew(amount, AT, line="card")


def asked_of(history: History, budget: int, **more: Fraction | int) -> tuple[Plan, Floor]:
    """The plan of a household with its floor, as every door asks. Units: `budget` in yuan."""
    known = basis(history.as_of(AT).book, ruleset())
    return planned(history.timeline(), known, Request(budget=budget * 100, **more))  # type: ignore[arg-type]  # two kinds


def test_who_owes_more_on_a_card_than_there_is_gets_a_plan_that_keeps_what_is_there() -> None:
    """12,000 is left each month and 5,000 is in hand: a freeze would ask for 30,000 at once, whatever is paid now."""
    plan, floor = asked_of(household(*card(30_000), reserve=5_000), 12_000)
    assert floor.kind == "unfrozen"
    assert floor.amount == 500_000
    assert plan.infeasible is None
    assert plan.chosen is not None
    assert plan.chosen.owed == 0
    assert all(end.reserve is not None and end.reserve >= 500_000 for end in plan.chosen.months)
    assert plan.chosen.months[0].frozen is not None
    assert plan.chosen.months[0].frozen < 0


def test_paying_the_card_uses_up_the_floor_that_is_kept_without_a_freeze() -> None:
    """Nothing but what a month leaves can go to the card: its 10,000, and not a fen of the 5,000 in hand."""
    plan, floor = asked_of(household(*card(30_000), income=18_000, reserve=5_000), 50_000)
    assert floor.kind == "unfrozen"
    assert plan.chosen is not None
    paid = sum(one.amount for one in plan.chosen.payments if one.month == 1)
    assert 999_900 < paid <= 1_000_000


def test_a_floor_that_was_asked_for_is_kept_without_a_freeze_where_none_can_be_kept_after_one() -> None:
    plan, floor = asked_of(household(*card(30_000), reserve=5_000), 12_000, floor_amount=200_000)
    assert (floor.kind, floor.amount) == ("unfrozen", 200_000)
    assert plan.chosen is not None


def test_the_reserve_may_fall_without_a_freeze_as_far_as_what_is_due_asks_for() -> None:
    """Of 5,000 in hand 1,000 a month goes to instalments beyond what is left: after ten months little is there."""
    even = loan("even", 20_000, "0", method="equal_principal", periods=4)
    plan, floor = asked_of(household(*card(30_000), *even, income=12_200, reserve=5_000), 20_000)
    assert floor.kind == "unfrozen"
    assert floor.amount is not None
    assert 0 <= floor.amount < 500_000
    assert plan.chosen is not None


def test_a_reserve_that_outlasts_a_freeze_still_has_to() -> None:
    plan, floor = asked_of(household(*card(30_000), reserve=60_000), 12_000)
    assert floor.kind in ("today", "target", "possible")
    assert plan.chosen is not None
    assert all(end.frozen is not None and end.frozen >= (floor.amount or 0) for end in plan.chosen.months)


def test_where_income_does_not_cover_what_is_due_there_is_no_plan_with_or_without_a_freeze() -> None:
    even = loan("even", 40_000, "0", method="equal_principal", periods=4)
    plan, floor = asked_of(household(*card(30_000), *even, income=10_000, reserve=5_000), 20_000)
    assert floor.kind == "unfrozen"
    assert plan.infeasible is not None
    assert plan.infeasible.floor is not None
    assert plan.infeasible.floor < 0
