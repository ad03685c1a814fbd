"""From measures to lights: every indicator of a ruleset, judged by its thresholds.

Source: domain.md section 6: high-is-bad lights turn at >= (that of 4 x LPR at >), low-is-bad at <; nothing over nothing
is fine, something over nothing is as bad as can be where high is bad (and no trouble where low is); what is missing is
never taken for 0.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import msgspec

from ledger.money import MINOR_DIGITS, amount_text, ratio_text, round_fraction
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


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator, judged. Units: `warn` and `critical` as the measure's; `text` is its value as it is shown."""

    code: str
    measure: Measure
    rule: Rule
    warn: Fraction | None
    critical: Fraction | None
    light: Light
    text: str | None


def judge(basis: Basis) -> tuple[Indicator, ...]:
    """Every indicator, in the order in which they are shown."""
    return tuple(judged(basis, code) for code in MEASURES)


def judged(basis: Basis, code: str) -> Indicator:
    """One indicator by its code."""
    rule, measure = basis.rules.indicators[code], MEASURES[code](basis)
    warn, critical = _level(rule.warn, rule.unit, basis), _level(rule.critical, rule.unit, basis)
    light = light_of(measure, rule, warn=warn, critical=critical)
    text = shown(measure.value, rule.unit, basis.book.currency)
    return Indicator(code=code, measure=measure, rule=rule, warn=warn, critical=critical, light=light, text=text)


def light_of(measure: Measure, rule: Rule, *, warn: Fraction | None, critical: Fraction | None) -> Light:
    """The light of a measure; a threshold that is not known on that day turns none."""
    if measure.missing:
        return "not_available"
    if measure.value is None:
        return "critical" if measure.unbounded and rule.bad == "high" else "ok"
    if critical is not None and _beyond(measure.value, critical, bad=rule.bad, above=rule.critical.above):
        return "critical"
    return "warn" if warn is not None and _beyond(measure.value, warn, bad=rule.bad, above=rule.warn.above) else "ok"


def _beyond(value: Fraction, level: Fraction, *, bad: Literal["high", "low"], above: bool) -> bool:
    over = value.numerator * level.denominator - level.numerator * value.denominator
    return (over > 0 if above else over >= 0) if bad == "high" else over < 0


@lru_cache(maxsize=1_024)
def _standing(threshold: Threshold, unit: Unit, currency: str) -> tuple[Fraction, str | None]:
    """A threshold that is a number, and as it is shown: the same for every household judged by the same rules."""
    level = threshold.times * (10 ** MINOR_DIGITS[currency] if unit == "money" else 1)
    return level, shown(level, unit, currency)


def _level(threshold: Threshold, unit: Unit, basis: Basis) -> Fraction | None:
    if threshold.of is None:
        return _standing(threshold, unit, basis.book.currency)[0]
    quantity = basis.income if threshold.of == "income" else lpr_1_year(basis.day)
    return None if quantity is None else threshold.times * quantity


def shown(value: Fraction | None, unit: Unit, currency: str) -> str | None:
    """A value as the contract prints it, rounded once."""
    if value is None:
        return None
    if unit == "money":
        return amount_text(round_fraction(value), currency)
    return ratio_text(value, _PLACES[unit])


_PLACES: Final[dict[Unit, int]] = {
    "fraction": 4, "fraction_a_year_x365": 4, "times": 4, "months": 4, "points": 2, "days": 0, "count": 0,
}  # fmt: skip


def unit_shown(unit: Unit, currency: str) -> str:
    """What a value is told in: an amount in its currency."""
    return currency if unit == "money" else unit


def _level_shown(threshold: Threshold, level: Fraction | None, unit: Unit, currency: str) -> str | None:
    return _standing(threshold, unit, currency)[1] if threshold.of is None else shown(level, unit, currency)


class IndicatorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as the contract shows it.

    Added to the contract: `bad` (the side of a threshold on which the trouble lies), `inputs` (what the value was made
    of, decimal strings), `subject` (the line or lender it is about).
    `unit` is the currency for an amount.
    """

    code: str
    value: str | None
    unit: str
    light: Light
    bad: Literal["high", "low"]
    warn: str | None
    critical: str | None
    source: str
    missing: tuple[str, ...]
    inputs: dict[str, str]
    subject: str | None


def answer(indicator: Indicator, *, currency: str) -> IndicatorAnswer:
    """An indicator in the contract's shape."""
    unit, measure = indicator.rule.unit, indicator.measure
    return IndicatorAnswer(
        code=indicator.code,
        value=indicator.text,
        unit=unit_shown(unit, currency),
        light=indicator.light,
        bad=indicator.rule.bad,
        warn=_level_shown(indicator.rule.warn, indicator.warn, unit, currency),
        critical=_level_shown(indicator.rule.critical, indicator.critical, unit, currency),
        source=indicator.rule.source,
        missing=measure.missing,
        inputs=measure.inputs,
        subject=measure.subject,
    )
