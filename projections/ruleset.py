"""A ruleset: the numbers that turn measures into lights, stress and advice, with the source of each threshold.

Rulesets are data, one file a version in projections/rulesets. A household may override numbers; the name of what
results says so, because a light means nothing without the rules it was lit by.
Source: domain.md section 6.
"""

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar, get_args

import msgspec

from ledger.errors import NotFound
from ledger.money import RATE_DIGITS, RATE_UNIT, scaled

CURRENT: Final = "2026.1"
SECTIONS: Final = ("indicators", "stress", "safe_early_repayment")
"""The parts of a ruleset that checks read; explanations read their own."""

_HOME: Final = Path(__file__).parent / "rulesets"

Unit: TypeAlias = Literal[
    "fraction", "fraction_a_year_x365", "times", "months", "money", "points", "days", "count"
]  # fmt: skip
Quantity: TypeAlias = Literal["income", "lpr_1_year"]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_200)]
Span: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1_200)]
"""Months or days; at least one."""


_UNITS: Final[dict[Quantity, Unit]] = {"income": "money", "lpr_1_year": "fraction_a_year_x365"}
"""What quantities of the day are measured in: thresholds of other units are no multiples of them."""


class Threshold:
    """Where a light turns: a number, or a number times a quantity of the day. A plain class, so that we read it.

    Shape: a high value that is bad turns the light only `above` it, not yet at it.
    """

    __slots__ = ("above", "of", "times")

    def __init__(self, times: Fraction, of: Quantity | None = None, *, above: bool = False) -> None:
        self.times = times
        self.of = of
        self.above = above


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an indicator is judged by.

    Shape: `bad` is the side of a threshold on which the trouble lies; `windows` are spans of time, units in the name.
    """

    unit: Unit
    bad: Literal["high", "low"]
    warn: Threshold
    critical: Threshold
    source: str
    windows: dict[str, Span] = {}


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shock. Shape: it lasts `months`, or for good when that is 0; `times_essentials` are spent once, at once."""

    code: str
    income_percent: Count = 100
    months: Count = 0
    freezes: Literal["nothing", "revocable", "largest_lender"] = "nothing"
    times_essentials: Count = 0


class StressRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shocks that are tried, and how far ahead is looked."""

    horizon_months: Span
    uncovered_months: Span
    scenarios: tuple[Scenario, ...]


class EarlyRepaymentRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many months of outflow stay in reserve when debt is repaid early."""

    target_months: Count


class Ruleset(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one version, a household's own ones laid over them."""

    name: str
    indicators: dict[str, Rule]
    stress: StressRules
    safe_early_repayment: EarlyRepaymentRules


_Part = TypeVar("_Part")


@cache
def ruleset(name: str = CURRENT) -> Ruleset:
    """The ruleset of a version. Raises: NotFound when there is none of that name."""
    return _made(name, _file(name))


def overridden(based_on: str, overrides: Mapping[str, Any]) -> Ruleset:
    """A version with a household's own numbers laid over it; its name carries the digest of what differs.

    Raises: NotFound, and ValueError when an override names nothing that the version has or cannot be read.
    """
    if not overrides:
        return ruleset(based_on)
    file = _file(based_on)
    _known(overrides, SECTIONS, "")
    merged = {section: _laid_over(file[section], overrides.get(section, {}), section) for section in SECTIONS}
    mark = sha256(msgspec.json.encode(overrides, order="sorted")).hexdigest()[:8]
    return _made(f"{based_on}+{mark}", merged)


def chosen(based_on: str, overrides: Mapping[str, Any]) -> Ruleset:
    """The same for numbers that somebody chooses now: what was kept before is read as it was.

    Raises: NotFound, and ValueError also for numbers that would judge nothing as it is meant.
    """
    rules = overridden(based_on, overrides)
    for code, rule in rules.indicators.items():
        _fits(code, rule, ruleset(based_on).indicators[code])
    codes = [one.code for one in rules.stress.scenarios]
    if len({*codes}) < len(codes):
        raise ValueError("stress.scenarios: two of them have the same code")
    return rules


def _fits(code: str, rule: Rule, below: Rule) -> None:
    """What an indicator measures is its formula's; a warning comes before what is critical."""
    place, warn, critical = f"indicators.{code}", rule.warn, rule.critical
    if (rule.unit, rule.bad) != (below.unit, below.bad):
        raise ValueError(f"{place}: unit and bad are those of its formula, {below.unit} and {below.bad}")
    if stranger := next((one.of for one in (warn, critical) if one.of and _UNITS[one.of] != rule.unit), None):
        raise ValueError(f"{place}: {stranger} is no measure of {rule.unit}")
    beyond = warn.times > critical.times if rule.bad == "high" else warn.times < critical.times
    if warn.of == critical.of and beyond:
        raise ValueError(f"{place}: warn lies beyond critical, so that it would never be seen")


def _file(name: str) -> dict[str, Any]:
    known = {file.stem: file for file in sorted(_HOME.glob("*.toml"))}
    if name not in known:
        raise NotFound("ruleset", name, known=tuple(known))
    return tomllib.loads(known[name].read_text(encoding="utf-8"))


def _laid_over(below: Any, above: Any, place: str) -> Any:
    """Numbers one by one; what is not a table is replaced whole."""
    if not isinstance(below, dict) or "times" in below:
        return above
    if not isinstance(above, Mapping):
        raise ValueError(f"{place} is a table of numbers, not {above!r}")  # noqa: TRY004 - the file is wrong, not a call
    _known(above, tuple(below), place)
    return {name: _laid_over(value, above.get(name, value), f"{place}.{name}") for name, value in below.items()}


def _known(given: Mapping[str, Any], names: tuple[str, ...], place: str) -> None:
    stranger = next((name for name in given if name not in names), None)
    if stranger is not None:
        raise ValueError(f"{'.'.join(filter(None, (place, stranger)))} is not in the ruleset")


def _made(name: str, read: Mapping[str, Any]) -> Ruleset:
    rules = {code: _read(rule, Rule, f"indicators.{code}") for code, rule in read["indicators"].items()}
    return Ruleset(
        name=name,
        indicators=rules,
        stress=_read(read["stress"], StressRules, "stress"),
        safe_early_repayment=_read(read["safe_early_repayment"], EarlyRepaymentRules, "safe_early_repayment"),
    )


def _read(value: Any, kind: type[_Part], place: str) -> _Part:
    try:
        return msgspec.convert(value, kind, dec_hook=_threshold)
    except msgspec.ValidationError as wrong:
        raise ValueError(f"{place}: {wrong}") from None


def _threshold(kind: type, value: Any) -> Any:
    if kind is not Threshold:
        raise NotImplementedError(kind)
    told = value if isinstance(value, dict) else {"times": value}
    times, of, above = told.get("times"), told.get("of"), told.get("above", False)
    if not isinstance(times, str) or of not in (None, *get_args(Quantity)) or not isinstance(above, bool):
        raise ValueError('a threshold is a decimal string such as "0.40", or such a string times a quantity')
    return Threshold(Fraction(scaled(times, RATE_DIGITS), RATE_UNIT), of, above=above)
