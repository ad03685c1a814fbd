"""What a check has to tell: lights that turned, what is missing, and what the books of a line cannot settle.

Every number in a sentence is one of the measure's own inputs, and `proved` works them out again from the cited facts
alone. Nothing advises borrowing, and nothing says that a loan is illegal. Texts: findings.toml beside this file.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, final

from ledger.book import Book
from ledger.checkpoints import fold_in_parts
from ledger.events import RepaymentReversed
from ledger.line import Line
from ledger.money import Exact, Quotient, amount_text, ratio_text, round_fraction
from ledger.timeline import Timeline
from projections.indicators.basis import Basis, basis
from projections.indicators.evidence import evidence
from projections.judgement import Indicator, Light, judged
from projections.ruleset import Unit

Language: TypeAlias = Literal["en", "zh"]

_ORDER: Final[tuple[Light, ...]] = ("critical", "warn", "not_available", "ok")
_AMOUNTS_APART: Final = frozenset({"new_lenders", "inquiries", "decreases", "freezes", "lender_groups"})


@final
class Finding:
    """One thing worth telling. Shape: `facts` are versions; `name` is the line or the missing input it is about."""

    __slots__ = ("code", "facts", "light", "name", "text")

    def __init__(self, code: str, light: Light, text: str, facts: tuple[int, ...], name: str | None) -> None:
        self.code = code
        self.light: Light = light
        self.text = text
        self.facts = facts
        self.name = name


def findings(
    asked: Basis, indicators: tuple[Indicator, ...], *, language: Language | None
) -> tuple[Finding, ...]:  # fmt: skip
    """Everything worth telling, the worst first; without a language, without words."""
    found = [_turned(asked, one, language) for one in indicators if one.light in ("warn", "critical")]
    found += [finding for line in asked.lines for finding in _open_ends(asked, line, language)]
    found += _missing(indicators, language)
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.light)))


@final
class Worked:
    """What was folded of one household as of one instant, by the facts it was folded of: in all, and line by line."""

    __slots__ = ("bases", "parts")

    def __init__(self) -> None:
        self.bases: dict[tuple[int, ...], Basis] = {}
        self.parts: dict[tuple[int, ...], Book] = {}


def proved(asked: Basis, indicator: Indicator, *, worked: Worked | None = None) -> bool:
    """Whether the cited facts, folded alone, give the same number and inputs again; what is missing needs no proof.

    Shape: `worked` is for several indicators of one check, many of which stand on the same facts, or on the same lines.
    """
    if indicator.measure.missing:
        return True
    cited, kept = evidence(asked, indicator.measure), Worked() if worked is None else worked
    if cited not in kept.bases:
        alone = resting_on(asked.book.timeline, cited)
        kept.bases[cited] = basis(fold_in_parts(alone, at=asked.book.at, parts=kept.parts), asked.rules)
    again, measure = judged(kept.bases[cited], indicator.code).measure, indicator.measure
    return (again.value, again.unbounded, again.inputs) == (measure.value, measure.unbounded, measure.inputs)


def resting_on(timeline: Timeline, facts: Iterable[int]) -> Timeline:
    """The household as if nothing but these facts had been recorded."""
    versions = frozenset(facts)
    alone = timeline.only([entry for entry in timeline.entries if entry.version in versions])
    kept = {id(entry.fact) for entry in alone.entries}
    alone.openings = {name: opening for name, opening in timeline.openings.items() if id(opening) in kept}
    return alone


def _turned(asked: Basis, indicator: Indicator, language: Language | None) -> Finding:
    text = told(asked, indicator, language=language) if language else ""
    measure = indicator.measure
    return Finding(indicator.code, indicator.light, text, evidence(asked, measure), measure.subject)


def told(asked: Basis, indicator: Indicator, *, language: Language) -> str:
    """An indicator in words: what was measured, and the threshold of its light if it has turned."""
    texts, measure = _texts()["indicator"][indicator.code], indicator.measure
    fields = _fields(indicator, currency=asked.book.currency)
    said = texts["nothing"] if measure.unbounded else texts
    sentences = [said[language].format_map(fields)]
    if not measure.unbounded and indicator.light in ("warn", "critical"):
        threshold = texts.get(indicator.light) or _texts()["threshold"][indicator.rule.bad][indicator.light]
        sentences.append(threshold[language].format_map(fields))
    return ("" if language == "zh" else " ").join(sentences)


def _fields(indicator: Indicator, *, currency: str) -> dict[str, str]:
    measure, unit = indicator.measure, indicator.rule.unit
    fields = {name: text if name in _AMOUNTS_APART else _apart(text) for name, text in measure.inputs.items()}
    warn, critical = indicator.warn, indicator.critical
    levels = {"value": measure.value, "warn": warn and warn.value, "critical": critical and critical.value}
    fields |= {name: spoken(level, unit, currency) for name, level in levels.items()}
    fields |= {name: str(span) for name, span in indicator.rule.windows.items()}
    return fields | {"subject": measure.subject or ""}


def _open_ends(asked: Basis, line: Line, language: Language | None) -> list[Finding]:
    """What the books of a line leave open: debt over the limit, sources that contradict, what nothing explains."""
    currency = asked.book.currency
    found: list[Finding] = []
    if line.over_limit and line.root is line and line.permanent is not None:
        cited = [step.facts for step in line.steps if step.at <= asked.book.at]
        fields = {"amount": _money(line.over_limit, currency), "limit": _money(line.limit, currency)}
        fields["lines"] = ", ".join(one.name for one in (line, *line.peers))  # over it together, so told once
        facts = tuple(sorted({version for versions in cited for version in versions}))
        say = "over_shared_limit" if line.peers else "over_limit"
        found.append(_about(line, "over_limit", language, facts=facts, fields=fields, say=say))
    for conflict in line.conflicts:
        versions = tuple(entry.version for entry in conflict.entries)
        found.append(_about(line, "open_conflict", language, facts=versions, fields={}))
    for residual in line.residuals:
        if residual.kind == "unexplained":
            fields = {"amount": _money(residual.amount, currency)}
            found.append(_about(line, "unexplained", language, facts=residual.facts, fields=fields))
    return found + [
        _about(line, "reverses_nothing", language, facts=(entry.version,), fields={})
        for entry in line.awaited.values()
        # One that is known to its day only may still meet its payment later on that day.
        if type(entry.fact) is RepaymentReversed and not (entry.bare and entry.day == asked.book.day)
    ]


def _about(
    line: Line,
    code: str,
    language: Language | None,
    *,
    facts: tuple[int, ...],
    fields: Mapping[str, str],
    say: str | None = None,
) -> Finding:
    text = _texts()["line"][say or code][language].format_map({"line": line.name, **fields}) if language else ""
    return Finding(code, "warn", text, facts, line.name)


def _missing(indicators: tuple[Indicator, ...], language: Language | None) -> list[Finding]:
    """What keeps indicators from being judged, each thing once."""
    waiting: dict[str, int] = {}
    for indicator in indicators:
        for name in indicator.measure.missing:
            waiting[name] = waiting.get(name, 0) + 1
    return [_absent(name, count, language) for name, count in waiting.items()]


def _absent(missing: str, count: int, language: Language | None) -> Finding:
    kind, _, name = missing.partition(":")
    text = _texts()["missing"][kind][language].format_map({"name": name, "count": str(count)}) if language else ""
    return Finding(f"missing_{kind}", "not_available", text, (), name or None)


def spoken(value: Quotient | None, unit: Unit, currency: str) -> str:
    """A value as a sentence tells it: amounts with thousands apart, fractions in percent, no trailing zeros."""
    if value is None:
        return "-"
    if unit == "money":
        return _money(value, currency)
    if unit in ("fraction", "fraction_a_year_x365"):
        return f"{_short(Quotient(100 * value.numerator, value.denominator))}%"
    return _short(value)


def _short(value: Quotient) -> str:
    text = ratio_text(value, 2)
    return text.rstrip("0").rstrip(".")


def _money(value: int | Exact, currency: str) -> str:
    return _apart(amount_text(value if isinstance(value, int) else round_fraction(value), currency))


def _apart(text: str) -> str:
    """A decimal string with its thousands set apart."""
    whole, point, decimals = text.removeprefix("-").partition(".")
    return f"{'-' if text.startswith('-') else ''}{int(whole):,}{point}{decimals}"


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "findings.toml").read_text(encoding="utf-8"))
