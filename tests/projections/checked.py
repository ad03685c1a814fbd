"""A household in a test, checked: its indicators, stress and findings by name."""

from fractions import Fraction
from typing import Any

from ledger.money import Exact, Quotient, ratio_text
from projections.check import Check, Examination, answer, examine
from projections.findings import Language
from projections.judgement import Indicator
from projections.ruleset import Ruleset, ruleset
from projections.stress import Outcome
from tests.build import Record, counted, drew, earns, granted, needs, opened_account, opened_line
from tests.spec import HOUSEHOLD, History

AT = "2026-03-01"


def examined(history: History, at: str = AT, *, rules: Ruleset | None = None) -> Examination:
    """The household examined at a time."""
    return examine(history.as_of(at).book, rules or ruleset())


def indicator(history: History, code: str, at: str = AT, *, rules: Ruleset | None = None) -> Indicator:
    """One indicator of the household."""
    return next(one for one in examined(history, at, rules=rules).indicators if one.code == code)


def outcome(history: History, scenario: str, at: str = AT) -> Outcome:
    """What one scenario does to the household."""
    return next(one for one in examined(history, at).outcomes if one.scenario == scenario)


def told(history: History, at: str = AT, *, language: Language = "en", rules: Ruleset | None = None) -> Check:
    """The check as it is answered."""
    found = examined(history, at, rules=rules)
    return answer(found, household=HOUSEHOLD, known_at=history.recorded[-1].recorded_at, language=language)


def instalments(
    payment: int, months: int, at: str = "2026-02-15", *, line: str = "loan", **terms: Any
) -> tuple[Record, ...]:
    """A loan without interest that asks for the same payment on the 15th of every month after the draw."""
    loan: dict[str, Any] = {
        "product": "bank_loan",
        "revolving": False,
        "revocable": False,
        "restoration": "never",
        "daily_rate": "0",
    }
    return (
        opened_line(line, **loan | terms),
        granted(payment * months, line=line),
        drew(payment * months, at, line=line, method="equal_principal", periods=months, period_basis="equal"),
    )


def family(*more: Record, income: int = 15_000, essentials: int = 6_000, reserve: int = 30_000) -> tuple[Record, ...]:
    """The household of the stress oracle, without its debt."""
    return (
        earns(income),
        needs(essentials),
        opened_account(),
        counted(reserve, "2026-02-20"),
        *more,
    )


def percent(value: Exact | None) -> str:
    """A fraction in percent with two places, as the oracles write it."""
    assert value is not None
    return ratio_text(Quotient(100 * value.numerator, value.denominator), 2)


def exact(value: Fraction) -> Quotient:
    """The same as checks hold it."""
    return Quotient(value.numerator, value.denominator)
