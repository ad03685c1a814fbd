"""From measures to lights: every indicator of a ruleset, judged by its thresholds.

Source: domain.md section 6: high-is-bad lights turn at >=, low-is-bad at <; nothing over nothing is fine, something
over nothing is as bad as can be where high is bad (and no trouble where low is); what is missing is never taken for 0.
"""

from collections.abc import Callable
from fractions import Fraction
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
    """One indicator, judged. Units: `value`, `warn` and `critical` as the measure's."""

    code: str
    measure: Measure
    rule: Rule
    warn: Fraction | None
    critical: Fraction | None
    light: Light


def judge(basis: Basis) -> tuple[Indicator, ...]:
    """Every indicator, in the order in which they are shown."""
    return tuple(judged(basis, code) for code in MEASURES)


def judged(basis: Basis, code: str) -> Indicator:
    """One indicator by its code."""
    rule, measure = basis.rules.indicators[code], MEASURES[code](basis)
    warn, critical = _level(rule.warn, rule.unit, basis), _level(rule.critical, rule.unit, basis)
    light = light_of(measure, bad=rule.bad, warn=warn, critical=critical)
    return Indicator(code=code, measure=measure, rule=rule, warn=warn, critical=critical, light=light)


def light_of(
    measure: Measure, *, bad: Literal["high", "low"], warn: Fraction | None, critical: Fraction | None
) -> Light:
    """The light of a measure; a threshold that is not known on that day turns none."""
    if measure.missing:
        return "not_available"
    if measure.value is None:
        return "critical" if measure.unbounded and bad == "high" else "ok"
    for light, level in _worst_first(warn, critical):
        if level is not None and (measure.value >= level if bad == "high" else measure.value < level):
            return light
    return "ok"


def _worst_first(warn: Fraction | None, critical: Fraction | None) -> tuple[tuple[Light, Fraction | None], ...]:
    return ("critical", critical), ("warn", warn)


def _level(threshold: Threshold, unit: Unit, basis: Basis) -> Fraction | None:
    if threshold.of is None:
        return threshold.times * (10 ** MINOR_DIGITS[basis.book.currency] if unit == "money" else 1)
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
        value=shown(measure.value, unit, currency),
        unit=currency if unit == "money" else unit,
        light=indicator.light,
        bad=indicator.rule.bad,
        warn=shown(indicator.warn, unit, currency),
        critical=shown(indicator.critical, unit, currency),
        source=indicator.rule.source,
        missing=measure.missing,
        inputs=measure.inputs,
        subject=measure.subject,
    )
