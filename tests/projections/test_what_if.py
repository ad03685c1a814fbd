"""What would be if: figures and lights before and after one supposed thing, restored or not."""

import pytest

from ledger.errors import NotFound
from projections.ruleset import ruleset
from projections.what_if import Kind, WhatIf, what_if
from projections.what_if import Supposed as Supposition
from tests.build import counted, drew, froze, granted, opened_account, opened_line
from tests.projections.plans import AT, household
from tests.spec import HOUSEHOLD, History

CARD = (
    opened_line("card", product="card", limit_basis="full_balance"),
    granted(20_000, line="card"),
    drew(10_000, AT, line="card"),
)


def supposed(
    history: History, kind: Kind, *, yuan: int | None = None, line: str | None = "card", account: str | None = None
) -> WhatIf:
    """What one supposition does to a household."""
    asked = history.as_of(AT)
    wanted = Supposition(kind=kind, line=line, amount=None if yuan is None else yuan * 100, account=account)
    return what_if(
        history.timeline(), wanted, at=asked.book.at, rules=ruleset(), household=HOUSEHOLD,
        known_at=history.recorded[-1].recorded_at,
    )  # fmt: skip


def light(found: WhatIf, code: str) -> tuple[str | None, ...]:
    """An indicator's values: before, and after by outcome."""
    one = next(one for one in found.indicators if one.code == code)
    return (one.before.value, *(lit.value for lit in one.after.values()))


def test_a_repayment_takes_own_money_and_gives_credit_only_if_it_is_restored() -> None:
    found = supposed(household(*CARD), "repay", yuan=4_000)
    assert [(move.account, move.amount) for move in found.moves] == [("bank", "-4000.00")]
    assert list(found.after) == ["if_not_restored", "if_restored"]
    assert (found.before.debt, found.before.reserve, found.before.available) == ("10000.00", "30000.00", "10000.00")
    for outcome, available in (("if_not_restored", "10000.00"), ("if_restored", "14000.00")):
        after = found.after[outcome]  # type: ignore[index]  # one of the literals above
        assert (after.debt, after.reserve, after.available) == ("6000.00", "26000.00", available)
    assert light(found, "utilisation") == ("0.5000", "0.3000", "0.3000")
    assert light(found, "revocable_dependence") == ("0.2500", "0.2778", "0.3500")


def test_a_line_that_is_held_by_its_own_rule_is_shown_both_ways_too() -> None:
    line = opened_line("card", restoration="on_full_settlement")
    found = supposed(household(line, granted(20_000, line="card"), drew(10_000, AT, line="card")), "repay", yuan=10_000)
    assert found.after["if_not_restored"].available == "10000.00"
    assert found.after["if_restored"].available == "20000.00"


def test_a_one_off_loan_has_one_outcome() -> None:
    line = opened_line("card", revolving=False, restoration="never")
    found = supposed(household(line, granted(10_000, line="card"), drew(10_000, AT, line="card")), "repay", yuan=4_000)
    assert list(found.after) == ["then"]
    assert found.after["then"].available == "0.00"


def test_a_draw_raises_debt_and_reserve_alike() -> None:
    found = supposed(household(*CARD), "draw", yuan=5_000)
    after = found.after["then"]
    assert (after.debt, after.reserve, after.available) == ("15000.00", "35000.00", "5000.00")
    assert found.cautions == ()


def test_what_is_beyond_is_told_with_what_there_is() -> None:
    drawn = supposed(household(*CARD), "draw", yuan=15_000)
    assert [(one.code, one.amount) for one in drawn.cautions] == [("beyond_available", "10000.00")]
    repaid = supposed(household(*CARD), "repay", yuan=50_000)
    assert [(one.code, one.amount) for one in repaid.cautions] == [
        ("beyond_owed", "10000.00"), ("beyond_own_money", "30000.00")
    ]  # fmt: skip


def test_money_comes_from_what_can_be_had_at_once_first_and_never_from_what_is_locked() -> None:
    more = (
        opened_account("term", "term_deposit"), counted(9_000, "2026-02-20", account="term"),
        opened_account("pension", "locked"), counted(90_000, "2026-02-20", account="pension"),
        opened_account("pledge", pledged=True), counted(90_000, "2026-02-20", account="pledge"),
    )  # fmt: skip
    found = supposed(household(*CARD, *more), "repay", yuan=35_000)
    assert [(move.account, move.amount) for move in found.moves] == [("bank", "-30000.00"), ("term", "-5000.00")]
    chosen = supposed(household(*CARD, *more), "repay", yuan=4_000, account="term")
    assert [(move.account, move.amount) for move in chosen.moves] == [("term", "-4000.00")]


def test_a_freeze_takes_what_could_be_drawn() -> None:
    found = supposed(household(*CARD), "freeze")
    assert (found.before.undrawn, found.after["then"].undrawn) == ("10000.00", "0.00")
    assert light(found, "limit_instability") == ("0", "1")


def test_another_income_moves_what_is_measured_against_it_and_no_figure() -> None:
    found = supposed(household(*CARD), "income", yuan=10_000, line=None)
    assert found.before == found.after["then"]
    assert light(found, "financial_margin") == ("12000.00", "2000.00")


def test_a_line_or_account_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        supposed(household(*CARD), "repay", yuan=5, line="none")
    with pytest.raises(NotFound):
        supposed(household(*CARD), "repay", yuan=5, account="none")


def test_the_history_is_left_as_it_was() -> None:
    history = household(*CARD)
    timeline = history.timeline()
    before = list(timeline.entries)
    supposed(history, "repay", yuan=4_000)
    assert timeline.entries == before


def test_a_freeze_of_a_line_that_is_frozen_already_changes_nothing_and_says_so() -> None:
    once = supposed(household(*CARD), "freeze")
    again = supposed(household(*CARD, froze(AT, line="card")), "freeze")
    assert [one.code for one in once.cautions] == []
    assert [one.code for one in again.cautions] == ["unusable_already"]
    assert light(once, "limit_instability") == ("0", "1")
    assert light(again, "limit_instability") == ("1", "1")
    assert again.after["then"] == again.before
