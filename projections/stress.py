"""What happens to the household's months when income falls, lenders freeze its lines, or a large bill comes.

Two ways of looking ahead are used, each for what it can tell. The dated way follows the payments that are known with
their dates, month by month, while the shock lasts: it finds the first month below zero and what would be left
uncovered. The held way keeps today's month and the shock for ever: it gives survival. Where dated payments run the
reserve dry sooner while the shock is held, survival is that.
Source: domain.md section 6, "Stress scenarios". Oracle O18.
"""

from fractions import Fraction
from typing import Final

import msgspec

from ledger.money import amount_text, ratio_text, round_half_up
from projections.indicators.basis import Basis
from projections.indicators.measure import Measure, missing
from projections.outlook import PARTS, Course, Outlook
from projections.ruleset import Scenario, StressRules

FROZEN: Final = Scenario(code="revocable_frozen", freezes="revocable")
"""Every revocable line is frozen for good, and what matures on them must be repaid."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a scenario does.

    Shape: all null where `missing` says what is unknown. `margin` and `dsr` are those of the first month; `dsr` is
    null without income. `first_month_below_zero` counts from 1, null when there is none in sight;
    `survival_months` is null when the reserve never runs dry.
    Units: `margin` and `uncovered` in minor units, exact.
    """

    scenario: str
    margin: Fraction | None = None
    dsr: Fraction | None = None
    first_month_below_zero: int | None = None
    survival_months: Fraction | None = None
    uncovered: Fraction | None = None
    missing: tuple[str, ...] = ()


def stress(basis: Basis) -> tuple[Outcome, ...]:
    """Every scenario of the ruleset, in its order."""
    rules = basis.rules.stress
    ahead = basis.ahead
    if ahead is None:
        return tuple(Outcome(scenario=one.code, missing=basis.ahead_missing) for one in rules.scenarios)
    return tuple(run(ahead, one, rules) for one in rules.scenarios)


def survival_frozen(basis: Basis) -> Measure:
    """How long the reserve lasts when every revocable line is frozen."""
    if basis.ahead is None:
        return missing(basis.ahead_missing)
    margin = Fraction(basis.ahead.first(FROZEN), PARTS)
    return Measure(
        value=survival(basis.ahead, FROZEN),
        inputs={"reserve": basis.money(basis.reserve.total), "margin": basis.money(margin)},
        topics=("income", "essentials", "reserves", *basis.owing),
    )


def run(ahead: Outlook, scenario: Scenario, rules: StressRules) -> Outcome:
    """Let one shock happen."""
    course, once, first = ahead.course(scenario, held=False), ahead.once(scenario), ahead.first(scenario)
    income, due = ahead.shocked_income(scenario), ahead.dated[0] + ahead.called[scenario.freezes]
    at_hand = ahead.reserve - once
    return Outcome(
        scenario=scenario.code,
        margin=Fraction(first, PARTS),
        dsr=Fraction(due, income) if income else None,
        first_month_below_zero=course.below(-at_hand),
        survival_months=_survival(ahead, scenario, first, once),
        uncovered=Fraction(max(0, -at_hand - min(course.sums[: rules.uncovered_months])), PARTS),
    )


def survival(ahead: Outlook, scenario: Scenario) -> Fraction | None:
    """How many months the reserve lasts while the shock does, parts of a month by straight line; None: for good."""
    return _survival(ahead, scenario, ahead.first(scenario), ahead.once(scenario))


def _survival(ahead: Outlook, scenario: Scenario, first: int, once: int) -> Fraction | None:
    held = _held(ahead.reserve, first, first + once)
    dry = _dry(ahead.reserve, once, ahead.course(scenario, held=True))
    if held is None or dry is None:
        return dry if held is None else held
    return dry if dry.numerator * held.denominator < held.numerator * dry.denominator else held


def _held(reserve: int, first: int, later: int) -> Fraction | None:
    """When a reserve runs dry that changes by `first` in the first month and by `later` in every other."""
    if reserve + first < 0:
        return Fraction(reserve, -first)
    return 1 + Fraction(reserve + first, -later) if later < 0 else None


def _dry(reserve: int, once: int, course: Course) -> Fraction | None:
    """When a reserve runs dry in the course of the months, with what is due once in the first."""
    month = course.below(once - reserve)
    if month is None:
        return None
    before = reserve if month == 1 else reserve - once + course.sums[month - 2]
    after = reserve - once + course.sums[month - 1]
    return month - 1 + Fraction(before, before - after)


class OutcomeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as the contract shows it. Added to the contract: `missing`, what nulls come from."""

    scenario: str
    margin: str | None
    dsr: str | None
    first_month_below_zero: int | None
    survival_months: str | None
    uncovered: str | None
    missing: tuple[str, ...]


def answer(outcome: Outcome, *, currency: str) -> OutcomeAnswer:
    """A scenario in the contract's shape."""

    def shown(amount: Fraction | None) -> str | None:
        if amount is None:
            return None
        return amount_text(round_half_up(amount.numerator, amount.denominator), currency)

    return OutcomeAnswer(
        scenario=outcome.scenario,
        margin=shown(outcome.margin),
        dsr=None if outcome.dsr is None else ratio_text(outcome.dsr),
        first_month_below_zero=outcome.first_month_below_zero,
        survival_months=None if outcome.survival_months is None else ratio_text(outcome.survival_months),
        uncovered=shown(outcome.uncovered),
        missing=outcome.missing,
    )
