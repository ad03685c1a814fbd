"""Sentences of notices in the household's language, and a message made of paragraphs."""

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import msgspec

from ledger.calendar import Zone

Language: TypeAlias = Literal["en", "zh"]
_FACTS_SHOWN: Final = 4


class Paragraph(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is told, and the facts it rests on (ids)."""

    text: str
    facts: tuple[str, ...]


class Words:
    """The sentences of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, key: str, **fields: object) -> str:
        """A sentence with its fields filled in. Raises: KeyError when no such sentence was written."""
        found: Any = _sentences()
        for name in key.split("."):
            found = found[name]
        return str(found[self.language]).format_map(fields)

    def count(self, key: str, number: int, **fields: object) -> str:
        """The sentence for a number of things."""
        return self.say(f"{key}.{'one' if number == 1 else 'other'}", n=number, **fields)

    def cited(self, facts: Sequence[str], *, otherwise: str = "time") -> str:
        """By which facts: the latest of them, the rest by their number."""
        if not facts:
            return self.say(f"why.{otherwise}")
        shown, more = ", ".join(facts[-_FACTS_SHOWN:]), len(facts) - _FACTS_SHOWN
        return self.say("why.more", facts=shown, n=more) if more > 0 else self.say("why.facts", facts=shown)

    def joined(self, *sentences: str) -> str:
        """Sentences one after another."""
        return ("" if self.language == "zh" else " ").join(filter(None, sentences))


def page(subject: str, paragraphs: Iterable[str], footer: str) -> tuple[str, str]:
    """A message as plain text and as HTML."""
    told = [*paragraphs]
    text = "\n\n".join((*told, "--\n" + footer)) + "\n"
    body = "".join(f"<p>{escape(one)}</p>" for one in told)
    return text, f"<h1>{escape(subject)}</h1>{body}<hr><p><small>{escape(footer)}</small></p>"


def minute(zone: Zone, at: int) -> str:
    """An instant to the minute, in the household's own time."""
    return zone.text(at)[:16].replace("T", " ")


@cache
def _sentences() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
