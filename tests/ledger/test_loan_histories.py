"""Whatever happens to a line, its sums hold, questions leave no trace, and reversals restore."""

from datetime import date
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from ledger.settlement import Paid
from ledger.vocabulary import DayCount
from tests.ledger.debts import RATE, Debt, card, on

amounts = st.integers(1, 5_000_00)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("draw"), amounts, st.sampled_from(["at_will", "equal_instalment", "bullet"])),
        st.tuples(st.just("pay"), amounts, st.booleans()),
        st.tuples(st.just("undo"), st.integers(1, 30), st.just(0)),
        st.tuples(st.just("refund"), amounts, st.just(0)),
        st.tuples(st.just("charge"), st.integers(1, 50_00), st.sampled_from(["interest", "fee", "penalty"])),
        st.tuples(st.just("bill"), amounts, st.integers(1, 40)),
        st.tuples(st.just("adjust"), st.integers(-3_000_00, 3_000_00), st.just(0)),
        st.tuples(st.just("terms"), st.sampled_from([None, 0, RATE, 2 * RATE]), st.integers(0, 5)),
    ),
    max_size=30,
)


def lived(debt: Debt, history: list[tuple[Any, ...]], gaps: list[int]) -> tuple[int, list[tuple[int, Paid]]]:
    """Let a random history happen to a line; returns the last day and each payment with its amount."""
    day, payments = on("2026-01-01"), []
    for (kind, amount, more), gap in zip(history, gaps, strict=False):
        day += gap
        at = date.fromordinal(day).isoformat()
        match kind:
            case "draw":
                debt.drew(amount, at, method=more, periods=3)
            case "pay":
                before = debt.loans.drawn
                stated = {"interest": amount // 3, "principal": amount - amount // 3} if more else {}
                payments.append((amount, debt.paid(amount, at, **stated)))
                assert before - debt.loans.drawn == payments[-1][1].principal
            case "undo":
                before = debt.loans.drawn
                assert debt.undid(amount, at) == debt.loans.drawn - before
            case "refund":
                before = debt.loans.drawn
                assert debt.refunded(amount, at) == before - debt.loans.drawn
            case "charge":
                debt.charged(more, amount, at)
            case "bill":
                debt.billed(amount, at, due_on=date.fromordinal(day + more).isoformat())
            case "adjust":
                debt.adjusted(amount, at)
            case "terms":
                terms = debt.loans._footing.terms
                debt.loans.set_terms(structs.replace(terms, daily_rate=amount, grace_days=more), day=day)
    return day, payments


@given(
    history=moves,
    gaps=st.lists(st.integers(0, 40), min_size=30, max_size=30),
    basis=st.booleans(),
    day_count=st.sampled_from(["act_365f", "act_360", "30e_360", "30u_360"]),
)
def test_whatever_happens_the_sums_hold(
    history: list[tuple[Any, ...]], gaps: list[int], basis: bool, day_count: DayCount
) -> None:
    debt = card(day_count=day_count) if basis else Debt(day_count=day_count)
    day, payments = lived(debt, history, gaps)
    for amount, paid in payments:
        assert all(part >= 0 for part in paid.parts.values())
        if basis:
            assert paid.principal == amount
            assert paid.overpaid == 0
        else:
            assert paid.principal + paid.fee + paid.penalty + paid.interest + paid.overpaid == amount
            assert sum(paid.parts.values()) + paid.overpaid == amount
    at = date.fromordinal(day).isoformat()
    loans, found = debt.loans, debt.loans.maturity(day)
    assert loans.principal == sum(view.principal for view in loans.views(day))
    assert loans.principal == found.within_1_month + found.within_3_months + found.within_12_months + (
        found.over_12_months + found.undated
    )
    assert all(view.principal >= 0 <= view.accrued_interest for view in loans.views(day))
    posted = sum(loans.posted_unpaid.values())
    assert loans.total(day) == loans.principal + posted + loans.accrued_interest(day)
    if basis:
        assert loans.drawn == loans.principal + posted - loans.credit_balance
    else:
        assert loans.drawn == loans.principal >= 0
    assert debt.picture(at) == debt.picture(at)


@given(
    history=moves,
    gaps=st.lists(st.integers(0, 40), min_size=30, max_size=30),
    asked=st.integers(0, 400),
)
def test_questions_leave_no_trace(history: list[tuple[Any, ...]], gaps: list[int], asked: int) -> None:
    quiet, curious = Debt(), Debt()
    half = len(history) // 2
    day, _ = lived(quiet, history[:half], gaps)
    lived(curious, history[:half], gaps)
    curious.picture(date.fromordinal(day + asked).isoformat())
    for debt in (quiet, curious):
        debt.paid(100_00, date.fromordinal(day).isoformat())
    at = date.fromordinal(day + 31).isoformat()
    assert quiet.picture(at) == curious.picture(at)


@given(
    history=moves,
    gaps=st.lists(st.integers(0, 40), min_size=30, max_size=30),
    steps=st.lists(st.integers(0, 60), min_size=1, max_size=8),
    basis=st.booleans(),
)
def test_days_asked_about_in_turn_give_what_each_gives_alone(
    history: list[tuple[Any, ...]], gaps: list[int], steps: list[int], basis: bool
) -> None:
    debt = card() if basis else Debt()
    day, _ = lived(debt, history, gaps)
    lent, _ = debt.loans.standing(day)
    began = [(note.day, note.accrued, note.claimed_interest) for note in lent]
    for step in steps:
        day += step
        at = date.fromordinal(day).isoformat()
        in_turn = debt.picture(at)
        debt.loans.accrued_interest(day - 1)  # an earlier day than that of the copies, which are made anew
        assert debt.picture(at) == in_turn
        fork = debt.loans.fork()
        assert (fork.outlook(day), fork.views(day)) == (debt.loans.outlook(day), debt.loans.views(day))
    assert [(note.day, note.accrued, note.claimed_interest) for note in lent] == began


@given(
    history=moves,
    gaps=st.lists(st.integers(0, 40), min_size=30, max_size=30),
    amount=st.integers(1, 20_000_00),
    basis=st.booleans(),
    stated=st.booleans(),
)
@example(  # a bill whose claim an observation took away
    history=[("draw", 100, "at_will"), ("draw", 100, "at_will"), ("bill", 100, 1), ("adjust", -100, 0)],
    gaps=[0, 0, 0, 1],
    amount=100,
    basis=False,
    stated=False,
)
@example(  # the same, and a payment that is used for what fell due on other loans
    history=[
        ("draw", 1, "at_will"),
        ("draw", 1, "at_will"),
        ("draw", 30900, "bullet"),
        ("bill", 1, 8),
        ("adjust", -1, 0),
    ],
    gaps=[0, 0, 0, 112, 8],
    amount=1,
    basis=False,
    stated=True,
)
def test_a_payment_undone_at_once_restores_everything(
    history: list[tuple[Any, ...]], gaps: list[int], amount: int, basis: bool, stated: bool
) -> None:
    debt = card() if basis else Debt()
    day, _ = lived(debt, history, gaps)
    at = date.fromordinal(day).isoformat()
    before = debt.picture(at)
    if stated:
        debt.paid(amount, at, interest=amount // 2, principal=amount - amount // 2)
    else:
        debt.paid(amount, at)
    debt.undid(debt.version, at)
    assert debt.picture(at) == before


@given(
    method=st.sampled_from(["equal_instalment", "equal_principal", "interest_only", "bullet"]),
    period_basis=st.sampled_from(["equal", "actual_days"]),
    day_count=st.sampled_from(["act_365f", "act_360", "30e_360", "30u_360"]),
    drawn_on=st.dates(date(2027, 11, 1), date(2028, 3, 31)),
    paid=st.lists(st.tuples(st.integers(0, 27), st.integers(1, 4_000_00), st.booleans()), max_size=3),
)
def test_what_the_next_instalment_asks_for_is_what_falls_due_on_its_day(
    method: Any, period_basis: Any, day_count: Any, drawn_on: date, paid: list[tuple[int, int, bool]]
) -> None:
    debt = Debt(day_count=day_count)
    debt.drew(12_000_00, drawn_on.isoformat(), loan="x", method=method, periods=4, period_basis=period_basis)
    day = drawn_on.toordinal()
    for after, amount, principal in sorted(paid):
        day = drawn_on.toordinal() + after
        stated: dict[str, Any] = {"principal": amount} if principal else {}
        debt.paid(amount, date.fromordinal(day).isoformat(), **stated)
    told = next((one for one in debt.loans.ahead(day) if one.amount), None)
    if told is None:
        return
    (note,), _ = debt.loans.standing(told.due_on)
    assert abs(note.claimed_interest - told.interest) <= 1
    assert abs(debt.loans.overdue(told.due_on) - told.amount) <= 1
