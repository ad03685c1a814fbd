"""From measures to lights: every indicator of a ruleset, judged by its thresholds.

Source: domain.md section 6: high-is-bad lights turn at >= (that of 4 x LPR at >), low-is-bad at <; nothing over nothing
is fine, something over nothing is as bad as can be where high is bad (and no trouble where low is); what is missing is
never taken for 0.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, TypeAlias, final

from ledger.money import MINOR_DIGITS, Exact, Quotient, amount_text, ratio_text, round_fraction
from projections import stress
from projections.indicators import behaviour, burden, credit, cushion
from projections.indicators.basis import Basis
from projections.indicators.measure import Measure
from projections.reference.lpr import lpr_1_year
from projections.ruleset import Rule, Threshold, Unit

Light: TypeAlias = Literal["ok", "warn", "critical", "not_available"]

SEVERITY: Final[dict[Light, int]] = {"ok": 0, "not_available": 1, "warn": 1, "critical": 2}
"""How bad a light is; not to know is as bad as a warning."""

MEASURES: Final[dict[str, Callable[[Basis], Measure]]] = {
    "dsr": burden.debt_service_ratio,
    "debt_to_income": burden.debt_to_income,
    "financial_margin": burden.financial_margin,
    "liquidity_months": cushion.liquidity_months,
    "immediate_months": cushion.immediate_months,
    "maturity_cover": cushion.maturity_cover,
    "utilisation": credit.utilisation,
    "utilisation_worst": credit.utilisation_worst,
    "debt_to_assets": cushion.debt_to_assets,
    "short_term_share": credit.short_term_share,
    "rollover": behaviour.rollover,
    "interest_burden": burden.interest_burden,
    "weighted_apr": burden.weighted_apr,
    "revocable_dependence": credit.revocable_dependence,
    "largest_lender": credit.largest_lender,
    "diversification": credit.diversification,
    "days_past_due": credit.days_past_due,
    "credit_velocity": behaviour.credit_velocity,
    "limit_instability": behaviour.limit_instability,
    "survival_frozen": stress.survival_frozen,
}
"""How each indicator is measured, in the order in which they are shown."""


@final
class Level:
    """Where a light turns on a day. Units: `value` as the measure's; `text` is the same as it is shown."""

    __slots__ = ("text", "value")

    def __init__(self, value: Quotient, text: str) -> None:
        self.value = value
        self.text = text


@final
class Indicator:
    """One indicator, judged. Shape: `text` is its value as it is shown."""

    __slots__ = ("code", "critical", "light", "measure", "rule", "text", "warn")

    def __init__(
        self,
        code: str,
        measure: Measure,
        rule: Rule,
        warn: Level | None,
        critical: Level | None,
        light: Light,
        text: str | None,
    ) -> None:
        self.code = code
        self.measure = measure
        self.rule = rule
        self.warn = warn
        self.critical = critical
        self.light: Light = light
        self.text = text


def judge(basis: Basis) -> tuple[Indicator, ...]:
    """Every indicator, in the order in which they are shown."""
    return tuple([judged(basis, code) for code in MEASURES])


def judged(basis: Basis, code: str) -> Indicator:
    """One indicator by its code."""
    rule, measure = basis.rules.indicators[code], MEASURES[code](basis)
    warn, critical = _level(rule.warn, rule.unit, basis), _level(rule.critical, rule.unit, basis)
    light = light_of(measure, rule, warn=warn, critical=critical)
    text = None if measure.value is None else shown(measure.value, rule.unit, basis.book.currency)
    return Indicator(code, measure, rule, warn, critical, light, text)


def light_of(measure: Measure, rule: Rule, *, warn: Level | None, critical: Level | None) -> Light:
    """The light of a measure; a threshold that is not known on that day turns none."""
    value = measure.value
    if measure.missing:
        return "not_available"
    if value is None:
        return "critical" if measure.unbounded and rule.bad == "high" else "ok"
    if critical is not None and _beyond(value, critical.value, bad=rule.bad, above=rule.critical.above):
        return "critical"
    return "warn" if warn is not None and _beyond(value, warn.value, bad=rule.bad, above=rule.warn.above) else "ok"


def _beyond(value: Quotient, level: Quotient, *, bad: Literal["high", "low"], above: bool) -> bool:
    if bad == "low":
        return value < level
    return level < value if above else not value < level


def _level(threshold: Threshold, unit: Unit, basis: Basis) -> Level | None:
    currency = basis.book.currency
    if threshold.of is None:
        return _standing(threshold, unit, currency)
    quantity = basis.income if threshold.of == "income" else lpr_1_year(basis.day)
    return None if quantity is None else _made(threshold.times, quantity, unit, currency)


@lru_cache(maxsize=1_024)
def _standing(threshold: Threshold, unit: Unit, currency: str) -> Level:
    """A threshold that is a number: the same for every household judged by the same rules."""
    return _made(threshold.times, 10 ** MINOR_DIGITS[currency] if unit == "money" else 1, unit, currency)


def _made(times: Fraction, quantity: int | Exact, unit: Unit, currency: str) -> Level:
    value = Quotient(times.numerator * quantity.numerator, times.denominator * quantity.denominator)
    return Level(value, shown(value, unit, currency))


def shown(value: Exact, unit: Unit, currency: str) -> str:
    """A value as the contract prints it, rounded once."""
    if unit == "money":
        return amount_text(round_fraction(value), currency)
    return ratio_text(value, _PLACES[unit])


_PLACES: Final[dict[Unit, int]] = {
    "fraction": 4, "fraction_a_year_x365": 4, "times": 4, "months": 4, "points": 2, "days": 0, "count": 0,
}  # fmt: skip


def unit_shown(unit: Unit, currency: str) -> str:
    """What a value is told in: an amount in its currency."""
    return currency if unit == "money" else unit
