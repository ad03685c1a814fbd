"""What happens to the household's months when income falls, lenders freeze its lines, or a large bill comes.

Two ways of looking ahead are used, each for what it can tell. The dated way follows the payments that are known with
their dates, month by month, while the shock lasts: it finds the first month below zero and what would be left
uncovered. The held way keeps today's month and the shock for ever: it gives survival. Where dated payments run the
reserve dry sooner while the shock is held, survival is that.
Source: domain.md section 6, "Stress scenarios". Oracle O18.
"""

from typing import Final, final

from ledger.money import Quotient
from projections.indicators.basis import Basis
from projections.indicators.measure import Measure, missing
from projections.outlook import PARTS, Course, Outlook
from projections.ruleset import Scenario, StressRules

FROZEN: Final = Scenario(code="revocable_frozen", freezes="revocable")
"""Every revocable line is frozen for good, and what matures on them must be repaid."""


@final
class Outcome:
    """What a scenario does.

    Shape: all null where `missing` says what is unknown. `margin` and `dsr` are those of the first month; `dsr` is
    null without income. `first_month_below_zero` counts from 1, null when there is none in sight;
    `survival_months` is null when the reserve never runs dry.
    Units: `margin` and `uncovered` in minor units, exact.
    """

    __slots__ = (
        "dsr", "first_month_below_zero", "margin", "missing", "scenario", "survival_months", "uncovered",
    )  # fmt: skip

    def __init__(
        self,
        scenario: str,
        *,
        margin: Quotient | None = None,
        dsr: Quotient | None = None,
        first_month_below_zero: int | None = None,
        survival_months: Quotient | None = None,
        uncovered: Quotient | None = None,
        missing: tuple[str, ...] = (),
    ) -> None:
        self.scenario = scenario
        self.margin = margin
        self.dsr = dsr
        self.first_month_below_zero = first_month_below_zero
        self.survival_months = survival_months
        self.uncovered = uncovered
        self.missing = missing


def stress(basis: Basis) -> tuple[Outcome, ...]:
    """Every scenario of the ruleset, in its order."""
    rules = basis.rules.stress
    ahead = basis.ahead
    if ahead is None:
        return tuple([Outcome(one.code, missing=basis.ahead_missing) for one in rules.scenarios])
    return tuple([run(ahead, one, rules) for one in rules.scenarios])


def survival_frozen(basis: Basis) -> Measure:
    """How long the reserve lasts when every revocable line is frozen."""
    if basis.ahead is None:
        return missing(basis.ahead_missing)
    margin = Quotient(basis.ahead.first(FROZEN), PARTS)
    return Measure(
        survival(basis.ahead, FROZEN),
        {"reserve": basis.money(basis.reserve.total), "margin": basis.money(margin)},
        ("income", "essentials", "reserves", *basis.owing),
    )


def run(ahead: Outlook, scenario: Scenario, rules: StressRules) -> Outcome:
    """Let one shock happen."""
    course, once, first = ahead.course(scenario, held=False), ahead.once(scenario), ahead.first(scenario)
    income, due = ahead.shocked_income(scenario), ahead.dated[0] + ahead.called[scenario.freezes]
    at_hand = ahead.reserve - once
    return Outcome(
        scenario.code,
        margin=Quotient(first, PARTS),
        dsr=Quotient(due, income) if income else None,
        first_month_below_zero=course.below(-at_hand),
        survival_months=_survival(ahead, scenario, first, once),
        uncovered=Quotient(max(0, -at_hand - min(course.sums[: rules.uncovered_months])), PARTS),
    )


def survival(ahead: Outlook, scenario: Scenario) -> Quotient | None:
    """How many months the reserve lasts while the shock does, parts of a month by straight line; None: for good."""
    return _survival(ahead, scenario, ahead.first(scenario), ahead.once(scenario))


def _survival(ahead: Outlook, scenario: Scenario, first: int, once: int) -> Quotient | None:
    held = _held(ahead.reserve, first, first + once)
    dry = _dry(ahead.reserve, once, ahead.course(scenario, held=True))
    if held is None or dry is None:
        return dry if held is None else held
    return dry if dry < held else held


def _held(reserve: int, first: int, later: int) -> Quotient | None:
    """When a reserve runs dry that changes by `first` in the first month and by `later` in every other."""
    if reserve + first < 0:
        return Quotient(reserve, -first)
    return Quotient(reserve + first - later, -later) if later < 0 else None


def _dry(reserve: int, once: int, course: Course) -> Quotient | None:
    """When a reserve runs dry in the course of the months, with what is due once in the first."""
    month = course.below(once - reserve)
    if month is None:
        return None
    before = reserve if month == 1 else reserve - once + course.sums[month - 2]
    after = reserve - once + course.sums[month - 1]
    spent = before - after
    return Quotient((month - 1) * spent + before, spent)
