"""Repayment plans: small cases worked out by hand, what holds of every plan, and what is said where there is none."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings

from ledger.book import fold
from ledger.events import InterestCharged, RepaymentPosted
from ledger.money import amount_text
from ledger.timeline import Timeline
from projections.indicators.basis import basis
from projections.outlook import PARTS
from projections.planning.course import Course, Strategy
from projections.planning.plan import Plan
from projections.planning.solution import Unverified, verify
from projections.ruleset import ruleset
from tests.build import billed, charged_interest, drew, froze, granted, moved, opened_line, repaid
from tests.projections.plans import AT, BUDGETS, FLOORS, at_will, household, households, loan, planned
from tests.spec import History, yuan

ENOUGH = settings(max_examples=20)


def course(plan: Plan, strategy: Strategy) -> Course:
    """One of the courses that a plan was compared with."""
    return next(one for one in plan.courses if one.strategy == strategy)


def told(found: Course) -> list[tuple[int, str, str]]:
    """Month, debt and amount of every payment."""
    return [(one.month, one.line, yuan(one.amount)) for one in found.payments]


# Worked out by hand


def test_two_loans_at_will_are_paid_dearest_first_to_the_cent() -> None:
    """12,000 at 0.05 % a day and 6,000 at 0.02 %, drawn the day before the first payment; 6,007.20 a month.

    Interest of the 1st month: 1 day, 6.00 + 1.20. Of the 2nd: 30 days on 6,000 each, 90.00 + 36.00. Of the 3rd:
    31 days on 118.80 and 6,000, 1.84 + 37.20. Of the 4th: 30 days on 150.64, 0.90.
    """
    history = household(*at_will("dear", 12_000, "0.0005"), *at_will("cheap", 6_000, "0.0002"))
    found = planned(history, "6007.20")
    assert found.chosen is not None
    assert told(found.chosen) == [
        (1, "dear", "6006.00"), (1, "cheap", "1.20"),
        (2, "dear", "5971.20"), (2, "cheap", "36.00"),
        (3, "dear", "120.64"), (3, "cheap", "5886.56"),
        (4, "cheap", "151.54"),
    ]  # fmt: skip
    assert yuan(found.chosen.interest) == "173.14"
    assert found.chosen.free_after == 4


def test_smallest_first_costs_what_it_costs() -> None:
    """The first month's interest is one day's: 2.40 and 0.60. The other 6,000 settle the one, or halve the other."""
    history = household(*at_will("large", 12_000, "0.0002"), *at_will("small", 6_000, "0.0001"))
    found = planned(history, "6003.00", months=12)
    snowball, avalanche = course(found, "snowball"), course(found, "avalanche")
    assert told(snowball)[:2] == [(1, "large", "2.40"), (1, "small", "6000.60")]
    assert told(avalanche)[:2] == [(1, "large", "6002.40"), (1, "small", "0.60")]
    assert snowball.interest > avalanche.interest


def test_a_loan_due_at_once_is_paid_down_before_its_day_though_it_is_cheaper() -> None:
    """9,000 without interest falls due in the third month; 4,000 a month can meet that only if it is begun before.

    The first two months owe it 5,000 at least; dearest first gives it nothing and cannot pay.
    """
    history = household(
        *loan("bullet", 9_000, "0", method="bullet", due_on="2026-06-15"), *at_will("dear", 20_000, "0.0005")
    )
    found = planned(history, 4_000)
    assert found.chosen is not None
    assert course(found, "avalanche").broken == (3,)
    assert found.chosen.holds
    early = sum(one.amount for one in found.chosen.payments if one.line == "bullet" and one.month < 3)
    assert early >= 500_000
    assert max(end.paid for end in found.chosen.months) <= 400_000


def test_interest_that_bears_none_is_paid_last_though_its_loan_is_a_little_dearer() -> None:
    """What would only settle two months of interest on the one goes to the principal of the other."""
    history = household(
        *loan("bullet", 10_000, "0.0005", "2026-01-31", method="bullet", due_on="2027-12-15"),
        *at_will("other", 10_000, "0.00049"),
    )
    found = planned(history, 3_000)
    assert found.chosen is not None
    assert found.chosen.interest < course(found, "avalanche").interest
    assert told(found.chosen)[0] == (1, "other", "3000.00")
    assert told(course(found, "avalanche"))[0] == (1, "bullet", "2995.10")


def test_the_floor_is_kept_also_when_the_card_is_called() -> None:
    """30,000 in hand, 12,000 left a month, 10,000 on a card: 20,000 is free of it, so 2,000 may go to the loan now.

    A month later 12,000 more is there. Paying the card itself uses up no floor.
    """
    card = opened_line("card", product="card", limit_basis="full_balance", daily_rate="0.0001")
    history = household(
        card, granted(20_000, line="card"), drew(10_000, AT, line="card"), *at_will("dear", 40_000, "0.0005")
    )
    found = planned(history, 30_000, floor=20_000)
    assert found.chosen is not None
    first = found.chosen.months[0]
    assert first.frozen is not None
    assert first.reserve is not None
    assert 2_000_000 <= first.frozen < 2_000_100
    assert found.chosen.low == ()


def test_a_bill_is_met_and_paid_on_the_first_day() -> None:
    card = opened_line("card", product="card", limit_basis="full_balance")
    history = household(
        card,
        granted(20_000, line="card"),
        drew(6_480, "2026-03-10", line="card"),
        billed(6_480, "2026-03-25", due_on="2026-04-06", line="card", minimum="648"),
        *at_will("dear", 40_000, "0.0005"),
    )
    found = planned(history, 2_000)
    assert found.chosen is not None
    assert told(found.chosen)[:2] == [(1, "dear", "1352.00"), (1, "card", "648.00")]


def test_an_instalment_due_on_the_first_day_of_a_month_lets_more_be_paid_with_it() -> None:
    """4,172.00 of principal are left when the 1st of May comes: 300,000 minor units may go there, whatever the day."""
    history = household(
        *loan("car", 5_000, "0.0003", "2026-02-01", method="equal_instalment", periods=12),
        repaid(900, "2026-03-20", line="car"),
    )
    found = planned(history, 3_000)
    assert found.chosen is not None
    assert [(end.month.number, yuan(end.paid)) for end in found.chosen.months][1] == (2, "3000.00")
    assert found.chosen.free_after == 3


def test_interest_alone_that_is_due_on_the_first_day_of_a_month_is_paid_on_it() -> None:
    agreed = {"method": "interest_only", "periods": 2, "period_basis": "equal"}
    history = household(*loan("line", 2_000, "0.00047", "2026-03-01", **agreed))
    found = planned(history, 2_500)
    assert found.chosen is not None
    (payment,) = found.chosen.payments
    assert (date.fromordinal(payment.on).isoformat(), payment.amount) == ("2026-04-01", 2_028_59)
    least = course(found, "minimum").payments[0]
    assert (date.fromordinal(least.on).isoformat(), least.amount) == ("2026-04-01", 28_59)
    assert found.proposed == 28_59


def test_many_draws_of_many_rates_are_paid_as_one_and_still_to_the_cent() -> None:
    draws = [drew(50, AT, line="line", daily_rate=f"0.000{number % 9 + 1}") for number in range(60)]
    history = household(opened_line("line"), granted(50_000, line="line"), *draws)
    found = planned(history, 1_000)
    assert found.chosen is not None
    assert [debt.name for debt in found.debts] == ["line"]
    assert found.chosen.owed == 0


def test_a_bill_beyond_what_is_owed_asks_for_no_more_than_that() -> None:
    card = opened_line("card", product="card", limit_basis="full_balance")
    history = household(
        card,
        granted(20_000, line="card"),
        drew(500, AT, line="card"),
        billed(9_000, AT, due_on="2026-04-10", line="card"),
    )
    found = planned(history, 1_000)
    assert found.chosen is not None
    assert told(found.chosen) == [(1, "card", "500.00")]


def test_a_bill_on_two_loans_of_a_line_is_met_once_and_inside_the_budget() -> None:
    """1,500 is billed; the interest both loans take on the first day counts towards it; the dearer pays the rest."""
    history = household(
        opened_line("line", daily_rate="0.0003"),
        granted(50_000, line="line"),
        drew(5_000, "2026-03-10", line="line", loan="cheap"),
        drew(5_000, "2026-03-10", line="line", loan="dear", daily_rate="0.0006"),
        billed(1_500, AT, due_on="2026-04-12", line="line"),
    )
    found = planned(history, 1_500)
    assert found.chosen is not None
    first = found.chosen.months[0]
    assert (first.paid, first.minimum) == (150_000, 150_000)
    assert overdue_at(history, found.chosen, 0) == 0


def test_what_was_overdue_is_cleared_before_anything_else() -> None:
    history = household(*loan("late", 6_000, "0.0003", "2026-01-15", method="equal_instalment", periods=6))
    found = planned(history, 6_000)
    assert found.chosen is not None
    assert found.chosen.payments[0].on == found.asked.months[0].first
    assert found.chosen.payments[0].early == 0
    assert overdue_at(history, found.chosen, 0) == 0


def test_two_loans_of_one_line_are_paid_apart_and_keep_their_names() -> None:
    line = opened_line("line", daily_rate="0.0002")
    history = household(
        line,
        granted(50_000, line="line"),
        drew(9_000, AT, line="line", loan="dear", daily_rate="0.0006"),
        drew(9_000, AT, line="line", loan="cheap"),
    )
    found = planned(history, 3_000)
    assert found.chosen is not None
    assert [debt.name for debt in found.debts] == ["line/dear", "line/cheap"]
    ends = [name for end in found.chosen.months for name in end.settled]
    assert ends == ["line/dear", "line/cheap"]
    assert {one.loan for one in found.chosen.payments} == {"dear", "cheap"}


# What holds of every plan


@ENOUGH
@given(history=households(), budget=BUDGETS, floor=FLOORS)
def test_a_plan_is_never_dearer_than_the_usual_ways(history: History, budget: int, floor: int | None) -> None:
    """Where no loan takes its interest at the end, what the programme counts on is a bound for all, and met."""
    found = planned(history, budget, floor=floor)
    usual = [one for one in (course(found, "avalanche"), course(found, "snowball")) if one.holds]
    if found.chosen is None:
        assert not usual
        return
    assert all(found.chosen.interest <= one.interest for one in usual)
    if all(debt.kind != "bullet" for debt in found.debts):
        assert found.proposed is not None
        # Half a minor unit is rounded away a payment.
        assert all(found.proposed <= one.interest + len(one.payments) for one in usual)
        assert found.chosen.interest <= found.proposed + 50 + 3 * len(found.chosen.payments)


@ENOUGH
@given(history=households(), budget=BUDGETS, floor=FLOORS)
def test_a_plan_meets_every_minimum_inside_the_budget_and_keeps_its_floor(
    history: History, budget: int, floor: int | None
) -> None:
    found = planned(history, budget, floor=floor)
    if found.chosen is None:
        return
    for number, end in enumerate(found.chosen.months):
        assert end.paid <= budget * 100
        assert overdue_at(history, found.chosen, number) == 0
    if floor is not None:
        for number in {0, len(found.chosen.months) // 2, len(found.chosen.months) - 1}:
            assert reserve_if_frozen(history, found, number) >= floor * 100


@ENOUGH
@given(history=households(), budget=BUDGETS)
def test_a_plan_can_be_recorded_and_then_costs_what_it_said(history: History, budget: int) -> None:
    found = planned(history, budget)
    if found.chosen is None or not found.chosen.payments:
        return
    lived = living(history, found.chosen, until=found.chosen.months[-1].month.last)
    before, after = history.as_of(AT).book, lived.as_of(lived_until(found.chosen)).book
    principal_paid = sum(line.loans.principal for line in before.lines.values()) - sum(
        line.loans.principal for line in after.lines.values()
    )
    if found.chosen.owed == 0:
        assert found.chosen.paid - principal_paid == found.chosen.interest
    assert not [one for line in after.lines.values() for one in line.residuals]


@ENOUGH
@given(history=households(), budget=BUDGETS, floor=FLOORS)
def test_the_smallest_budget_is_enough_and_one_unit_less_is_not(
    history: History, budget: int, floor: int | None
) -> None:
    found = planned(history, budget, floor=floor)
    if found.infeasible is None or found.infeasible.smallest is None:
        return
    smallest, months = found.infeasible.smallest // 100, len(found.asked.months)
    assert smallest > budget
    assert planned(history, smallest, floor=floor, months=months).chosen is not None
    assert planned(history, smallest - 1, floor=floor, months=months).chosen is None


def test_the_same_history_gives_the_same_plan_to_the_byte() -> None:
    history = household(
        *loan("a", 30_000, "0.0003", method="equal_instalment", periods=12),
        *loan("b", 9_000, "0.0004", method="bullet", due_on="2026-11-15"),
        *at_will("c", 12_000, "0.0003"),
        *at_will("d", 12_000, "0.0003"),
    )
    first, second = (repr(planned(history, 6_000, floor=5_000).courses) for _ in range(2))
    assert first == second


def test_a_course_whose_facts_come_to_something_else_is_not_let_through() -> None:
    found = planned(household(*at_will("dear", 12_000, "0.0005")), 6_000)
    assert found.chosen is not None
    verify(found.asked, found.chosen)
    with pytest.raises(Unverified):
        verify(found.asked, msgspec.structs.replace(found.chosen, facts=found.chosen.facts[:-1]))


# Where there is no plan


def test_a_budget_too_small_is_told_month_by_month_with_what_would_be_enough() -> None:
    """12,000 in 12 parts without interest is 1,000 a month; 900 is 100 short each time, and nothing is caught up."""
    history = household(*loan("even", 12_000, "0", method="equal_principal", periods=12))
    found = planned(history, 900)
    assert found.chosen is None
    assert found.infeasible is not None
    assert found.infeasible.smallest == 100_000
    short = found.infeasible.short
    assert [one.month.number for one in short] == list(range(1, 13))
    assert {one.amount for one in short} == {10_000}
    assert [(due.line, due.amount, due.unmet) for due in short[0].dues] == [("even", 100_000, 10_000)]


def test_a_month_is_never_shorter_of_money_than_what_is_due_in_it() -> None:
    """12,000 in 12 parts at 0.05 % a day: about 1,100 a month, of which 900 cannot be met. That it would save interest
    to have the rest of the debt at once does not make the first month short of it.
    """
    history = household(*loan("dear", 12_000, "0.0005", method="equal_instalment", periods=12, period_basis="equal"))
    found = planned(history, 200, months=12)
    assert found.infeasible is not None
    short = found.infeasible.short
    assert [one.month.number for one in short] == list(range(1, 13))
    for one in short:
        assert one.amount == sum(due.unmet for due in one.dues) == sum(due.amount for due in one.dues) - 20_000


def test_a_floor_that_no_budget_can_keep_is_told_with_the_highest_that_can_be() -> None:
    """30,000 in hand, 12,000 left a month, 1,000 due: 41,000 after the first month is the lowest of all."""
    history = household(*loan("even", 12_000, "0", method="equal_principal", periods=12))
    found = planned(history, 5_000, floor=50_000)
    assert found.infeasible is not None
    assert found.infeasible.short == ()
    assert found.infeasible.smallest is None
    assert found.infeasible.floor == 4_100_000


# Asked of the ledger itself


def lived_until(found: Course) -> str:
    """The last day of a course."""
    return _day(found.months[-1].month.last)


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _until(history: History, found: Course, month: int) -> Timeline:
    at, zone = history.as_of(AT).book.at, history.timeline().zone
    last = found.months[month].month.last
    facts = [fact for fact in found.facts if zone.day_of(fact.effective) <= last]
    return history.timeline().supposing(facts, until=at)


def living(history: History, found: Course, *, until: int) -> History:
    """The history in which a course was lived, up to a day, every fact admitted by the guards of the ledger."""
    for fact in found.facts:
        assert isinstance(fact, RepaymentPosted | InterestCharged)
        build = repaid if isinstance(fact, RepaymentPosted) else charged_interest
        loan_name = {"loan": fact.loan} if fact.loan else {}
        on = str(fact.effective)
        if date.fromisoformat(on).toordinal() <= until:
            history = history.and_then(build(amount_text(fact.amount, "CNY"), on, line=fact.line, **loan_name))
    return history


def overdue_at(history: History, found: Course, month: int) -> int:
    """What is overdue when a month of a course is over."""
    supposed, last = _until(history, found, month), found.months[month].month.last
    book = fold(supposed, at=supposed.zone.start(last + 1) - 1)
    return sum(line.loans.overdue(last) for line in book.lines.values())


def reserve_if_frozen(history: History, plan: Plan, month: int) -> int:
    """The reserve after a month of the plan when every revocable line is then frozen, as a check would see it."""
    assert plan.chosen is not None
    assert plan.asked.purse is not None
    ends = plan.chosen.months[: month + 1]
    day = _day(ends[-1].month.last)
    change = plan.asked.purse.net * len(ends) - sum(end.paid for end in ends)
    lived = living(
        history.and_then(moved(amount_text(int(change), "CNY"), day)), plan.chosen, until=ends[-1].month.last
    )
    for line in lived.as_of(day).book.lines.values():
        if line.terms.revocable:
            lived = lived.and_then(froze(day, line=line.name))
    asked = basis(lived.as_of(day).book, ruleset())
    assert asked.ahead is not None
    return asked.reserve.total - asked.ahead.called["revocable"] // PARTS
