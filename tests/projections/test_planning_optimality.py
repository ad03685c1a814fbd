"""How good a plan is: beside every order of paying that there is, where these are few, and beside what is proven."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.planning import solver
from projections.planning.course import Ask, Chooser, Course, walk
from projections.planning.debts import Debt
from projections.planning.plan import Plan, _problem
from projections.planning.programme import smallest_budget
from tests.build import Record
from tests.projections.plans import at_will, household, loan, planned
from tests.spec import History

FEW = settings(max_examples=12)
ROUNDING = 3
"""Minor units a payment: half of one is rounded away, and what that leaves bears interest."""


@st.composite
def lump_sums(draw: st.DrawFn, most: int, others: int) -> History:
    """A family with loans due in one sum, their rates often close, and some debts that can be paid any day."""
    count, base = draw(st.integers(1, most)), draw(st.integers(20, 60))
    rate = st.one_of(st.integers(base, base + 2), st.integers(10, 70)).map(lambda found: f"0.000{found:02d}")
    thousands = st.integers(2, 30).map(lambda found: found * 1000)
    facts: list[Record] = []
    for number in range(count):
        terms = {"method": "bullet", "periods": draw(st.integers(2, 14))}
        drawn = f"2026-{draw(st.integers(1, 3)):02d}-{draw(st.integers(1, 28)):02d}"
        facts += loan(f"lump{number}", draw(thousands), draw(rate), drawn, **terms)
    for number in range(draw(st.integers(0, others))):
        facts += at_will(f"open{number}", draw(thousands), draw(rate))
    return household(*facts)


def orders(plan: Plan) -> Iterator[Course]:
    """Every course that pays, each month anew, what is left of the budget to the debts in some order."""
    ways = list(permutations(plan.debts))
    for chosen in product(ways, repeat=len(plan.asked.months)):
        yield walk(plan.asked, "avalanche", _in_order(chosen))


def _in_order(chosen: tuple[tuple[Debt, ...], ...]) -> Chooser:
    def choose(ask: Ask) -> dict[Debt, int]:
        free, extra = ask.free, {}
        for debt in chosen[ask.month.number - 1]:
            extra[debt] = min(free, ask.beyond.get(debt, 0))
            free -= extra[debt]
        return extra

    return choose


def pauses(plan: Plan, one: Course) -> bool:
    """Whether a course leaves the interest of a loan due in one sum unpaid once its principal is begun."""
    for debt in plan.debts:
        paid = {payment.month for payment in one.payments if payment.line == debt.line and payment.principal}
        settled = [end.month.number for end in one.months if debt.name in end.settled]
        last = min(settled, default=len(one.months))
        if debt.kind == "bullet" and paid and paid != set(range(min(paid), last + 1)):
            return True
    return False


@FEW
@given(history=lump_sums(2, 1), budget=st.integers(4, 30), months=st.integers(2, 3))
def test_no_order_of_paying_that_keeps_interest_paid_is_cheaper_than_the_plan(
    history: History, budget: int, months: int
) -> None:
    found = planned(history, budget * 500, months=months)
    cheaper = [one for one in orders(found) if one.holds and not pauses(found, one)]
    if found.chosen is None:
        assert not cheaper
        return
    rounding = ROUNDING * len(found.chosen.payments)
    assert all(found.chosen.interest <= one.interest + rounding for one in cheaper)


@FEW
@given(history=lump_sums(4, 3), budget=st.integers(6, 60), floor=st.sampled_from((None, 0, 20_000)))
def test_with_loans_due_in_one_sum_a_plan_is_inside_its_proven_bound(
    history: History, budget: int, floor: int | None
) -> None:
    """Never dearer than the usual ways, and where the solver has tried all, no dearer than it counts on."""
    found = planned(history, budget * 500, floor=floor, months=24)
    usual = [one for one in found.courses if one.strategy in {"avalanche", "snowball"} and one.holds]
    if found.chosen is None:
        assert not usual
        return
    assert found.chosen.holds
    assert all(found.chosen.interest <= one.interest for one in usual)
    assert found.proposal is not None
    assert found.proposal.bound is not None
    assert found.proposal.bound <= found.proposal.interest
    if found.proposal.proven:
        assert found.proposal.interest - found.proposal.bound <= Fraction(1, 2)


@FEW
@given(history=lump_sums(3, 1), budget=st.integers(2, 16), months=st.integers(1, 400))
def test_what_would_be_enough_depends_on_no_guess(history: History, budget: int, months: int) -> None:
    """A search nearby only shortens the proof: whatever it begins from, no other budget is the smallest."""
    found = planned(history, budget * 250, months=12)
    problem = _problem(found.asked)
    guessed = {debt.name: 1 + months % (place + 13) for place, debt in enumerate(found.debts)}
    least, other = smallest_budget(problem, guess={}), smallest_budget(problem, guess=guessed)
    assert (least is None) == (other is None)
    if least is not None and other is not None:
        assert abs(least.budget - other.budget) <= 1


def four_due_in_one_sum() -> History:
    """Eight debts of 255,000 in all, four of them due in one sum."""
    lump = {"method": "bullet"}
    return household(
        *loan("boss", 29_000, "0.00043", periods=40, **lump),
        *loan("kin", 60_000, "0.00025", periods=60, **lump),
        *loan("friend", 45_000, "0.00038", periods=48, **lump),
        *loan("pawn", 38_000, "0.00045", periods=36, **lump),
        *loan("car", 40_000, "0.00018", method="equal_principal", periods=48),
        *at_will("jiebei", 20_000, "0.0004"),
        *at_will("weilidai", 15_000, "0.00041"),
        *at_will("card", 8_000, "0.0005"),
    )


@pytest.mark.parametrize("months", [36, 60])
def test_four_loans_due_in_one_sum_among_eight_are_planned_and_proven(months: int) -> None:
    found = planned(four_due_in_one_sum(), 8_000, floor=20_000, months=months)
    assert found.chosen is not None
    assert found.proposal is not None
    assert found.proposal.proven
    assert found.chosen.interest < min(one.interest for one in found.courses[1:3])


def test_of_four_loans_due_in_one_sum_the_smallest_budget_is_enough_and_a_unit_less_is_not() -> None:
    why = planned(four_due_in_one_sum(), 5_000, months=60).infeasible
    assert why is not None
    assert why.smallest is not None
    enough, less = (planned(four_due_in_one_sum(), why.smallest // 100 - by, months=60) for by in (0, 1))
    assert enough.chosen is not None
    assert enough.chosen.holds
    assert less.chosen is None


def test_a_plan_that_was_not_tried_in_full_says_how_far_it_may_be_off(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = planned(four_due_in_one_sum(), 8_000, months=36).proposal
    monkeypatch.setattr(solver, "_NODES", 1)
    monkeypatch.setattr(solver, "_NODES_OF_A_SEARCH", 1)
    found = planned(four_due_in_one_sum(), 8_000, months=36)
    assert whole is not None
    assert found.chosen is not None
    assert found.proposal is not None
    assert found.proposal.bound is not None
    assert not found.proposal.proven
    assert found.proposal.bound < whole.interest <= found.proposal.interest
    assert found.chosen.interest <= min(one.interest for one in found.courses[1:3])
