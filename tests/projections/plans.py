"""Households to plan for, and plans asked of them through production code."""

from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import strategies as st

from projections.indicators.basis import basis
from projections.planning.plan import Plan, plan
from projections.planning.purse import Purse, purse
from projections.ruleset import ruleset
from tests.build import Record, counted, drew, earns, granted, needs, opened_account, opened_line
from tests.spec import History, given

AT = "2026-03-31"


def household(*debts: Record, income: int = 20_000, essentials: int = 8_000, reserve: int = 30_000) -> History:
    """A family with an account, and these debts."""
    return given(earns(income), needs(essentials), opened_account(), counted(reserve, "2026-02-20"), *debts)


def own_money(history: History, at: str = AT, *, floor: int | None = None) -> Purse:
    """The household's purse. Units: `floor` in yuan."""
    found = purse(basis(history.as_of(at).book, ruleset()))
    assert found is not None
    return found if floor is None else msgspec.structs.replace(found, floor=Fraction(floor * 100))


def planned(
    history: History, budget: str | int, at: str = AT, *, floor: int | None = None, months: int | None = None
) -> Plan:
    """The plan of a household. Units: `budget` and `floor` in yuan."""
    return plan(
        history.timeline(),
        at=history.as_of(at).book.at,
        budget=round(Fraction(budget) * 100),
        purse=own_money(history, at, floor=floor),
        count=months,
    )


def at_will(line: str, amount: int, rate: str, at: str = AT, **terms: Any) -> tuple[Record, ...]:
    """A line with one draw that can be repaid any day."""
    return opened_line(line, daily_rate=rate, **terms), granted(100_000, line=line), drew(amount, at, line=line)


def loan(line: str, amount: int, rate: str, at: str = AT, **agreed: Any) -> tuple[Record, ...]:
    """A contractual loan."""
    return (
        opened_line(line, product="bank_loan", daily_rate=rate, revocable=False, revolving=False, restoration="never"),
        granted(amount, line=line),
        drew(amount, at, line=line, loan=f"{line}-1", **agreed),
    )


_RATES = st.integers(8, 70).map(lambda rate: f"0.000{rate:02d}")
_DAYS = st.integers(1, 31).map(lambda day: f"2026-03-{day:02d}")
_AMOUNTS = st.integers(2, 60).map(lambda thousands: thousands * 1000)
_BASES = st.sampled_from(("equal", "actual_days"))
_COUNTS = st.sampled_from(("act_365f", "act_360", "30e_360"))


@st.composite
def debts(draw: st.DrawFn, line: str) -> tuple[Record, ...]:
    """One line with a debt of any kind."""
    kind = draw(st.sampled_from(("at_will", "two", "card", "bullet", "dated", "scheduled", "scheduled")))
    amount, rate, on = draw(_AMOUNTS), draw(_RATES), draw(_DAYS)
    opened = opened_line(line, daily_rate=rate, day_count=draw(_COUNTS), revocable=draw(st.booleans()))
    first = f"{line}-1"
    match kind:
        case "card":
            basis_of = {"limit_basis": "full_balance", "product": "card"}
            return opened | basis_of, granted(100_000, line=line), drew(amount, on, line=line)
        case "two":
            other = drew(draw(_AMOUNTS), on, line=line, loan=f"{line}-2", daily_rate=draw(_RATES))
            return opened, drew(amount, on, line=line, loan=first), other
        case "bullet":
            return opened, drew(amount, on, line=line, loan=first, method="bullet", periods=draw(st.integers(2, 12)))
        case "dated":
            return opened, drew(amount, on, line=line, loan=first, due_on=f"2026-{draw(st.integers(6, 12)):02d}-15")
        case "scheduled":
            method = draw(st.sampled_from(("equal_instalment", "equal_principal", "interest_only")))
            agreed = {"method": method, "periods": draw(st.integers(2, 24)), "period_basis": draw(_BASES)}
            return opened, drew(amount, on, line=line, loan=first, **agreed)
        case _:
            return opened, drew(amount, on, line=line)


@st.composite
def households(draw: st.DrawFn) -> History:
    """A family with one to four debts of any kind."""
    count = draw(st.integers(1, 4))
    facts = [fact for number in range(count) for fact in draw(debts(f"line{number}"))]
    return household(
        *facts,
        income=draw(st.integers(10, 30)) * 1000,
        essentials=draw(st.integers(3, 8)) * 1000,
        reserve=draw(st.integers(0, 80)) * 1000,
    )


BUDGETS = st.integers(3, 40).map(lambda fives: fives * 500)
FLOORS = st.sampled_from((None, 0, 5_000, 20_000))
