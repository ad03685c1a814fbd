"""From findings to sentences: the text of a key in a language, with figures proved and written as people read them.

Source: texts.toml beside this module; the verbs of each grade are held by a test over all of it.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from ledger.calendar import Zone
from ledger.codes import ReasonCode
from ledger.events import type_name
from ledger.money import MINOR_DIGITS, amount_text
from projections.explanation.case import Case
from projections.explanation.figures import Figure, prove
from projections.explanation.findings import Exclusion, Finding

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
_HOME: Final = Path(__file__).parent
_UNIT_SPACE: Final = re.compile(r"([元日]) (?=[\u4e00-\u9fff])")


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Every sentence: key to language to template."""
    return _read("texts.toml")


@cache
def names() -> dict[str, dict[str, str]]:
    """The names of codes, facts, products and sources: key to language to name."""
    return _read("names.toml")


def _read(file: str) -> dict[str, dict[str, str]]:
    read = tomllib.loads((_HOME / file).read_text(encoding="utf-8"))
    return {key: value for key, value in read.items() if isinstance(value, dict)}


class Writer:
    """Writes about one case in one language."""

    def __init__(self, case: Case, language: Language) -> None:
        self._case = case
        self._language = language

    def finding(self, finding: Finding) -> str:
        """The sentence of a finding."""
        if finding.grade == "E4" and finding.say == "stated":
            return self.say("stated.E4", finding.figures, reason=self.reason(finding.code))
        key = f"{finding.code}.{finding.grade}" + (f".{finding.say}" if finding.say else "")
        return self.say(key, finding.figures)

    def exclusion(self, exclusion: Exclusion) -> str:
        """The sentence of an exclusion."""
        return self.say(f"not.{exclusion.code}", exclusion.figures)

    def fact(self, version: int) -> str:
        """A fact in words: its number, what it was, when it took effect."""
        fact = self._case.fact(version)
        kind = names()[f"fact.{type_name(fact)}"][self._language]
        return self.close(
            sentences()["fact"][self._language].format(number=version, kind=kind, on=self.when(fact.effective))
        )

    def reason(self, code: ReasonCode) -> str:
        """A code in words."""
        return names()[f"code.{code}"][self._language]

    def say(self, key: str, figures: Mapping[str, Figure] | None = None, /, **names_given: str) -> str:
        """A sentence with every figure proved. Raises: Mismatch."""
        given = dict(figures or {})
        prove(self._case, key, given)
        shown = {place: self.shown(figure) for place, figure in given.items()}
        return self.close(sentences()[key][self._language].format(**shown, **names_given))

    def join(self, *texts: str) -> str:
        """Sentences one after the other."""
        return ("" if self._language == "zh" else " ").join(texts)

    def close(self, text: str) -> str:
        """In Chinese no space stands between a unit and the characters after it."""
        return _UNIT_SPACE.sub(r"\1", text) if self._language == "zh" else text

    def shown(self, figure: Figure) -> str:
        """A figure as people read it."""
        match figure.unit:
            case "money":
                return self.money(figure.value)
            case "when":
                return self.when(figure.value)
            case "word":
                known = names().get(f"name.{figure.value}")
                return known[self._language] if known else str(figure.value)
            case _:
                return str(figure.value)

    def money(self, amount: int) -> str:
        """An amount with thousands marked; in Chinese with its unit."""
        whole, point, cents = amount_text(amount, self._case.currency).partition(".")
        written = f"{int(whole):,}{point}{cents}"
        if self._language == "zh" and self._case.currency == "CNY":
            return f"{written.removesuffix('.' + '0' * MINOR_DIGITS['CNY'])} 元"
        return written if self._case.currency == "CNY" else f"{self._case.currency} {written}"

    def when(self, value: Any) -> str:
        """A time to the day or the minute, in the household's zone."""
        return written_time(self._case.zone, value, self._language)


def written_time(zone: Zone, value: int | str, language: Language) -> str:
    """A time to the day or the minute, as people write it."""
    text = zone.text(value)
    day, minute = date.fromisoformat(text[:10]), text[11:16]
    written = f"{day.year}年{day.month}月{day.day}日" if language == "zh" else text[:10]
    return f"{written} {minute}" if minute else written
