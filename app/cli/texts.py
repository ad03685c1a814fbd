"""The sentences of the program, kept as data in app/texts: one file a language, the same keys in each."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from app.cli.options import Language
from ledger.quoting import filled


class Texts:
    """The sentences of one language, by key."""

    def __init__(self, language: Language, sentences: dict[str, str]) -> None:
        self.language = language
        self._sentences = sentences

    def say(self, key: str, **fields: object) -> str:
        """The sentence of a key with its fields filled in.

        Raises: KeyError when no such sentence was written.
        """
        return filled(self._sentences[key], fields, language=self.language)

    def count(self, key: str, number: int, **fields: object) -> str:
        """The sentence for a number of things: `key.one` or `key.other`."""
        return self.say(f"{key}.{'one' if number == 1 else 'other'}", n=f"{number:,}", **fields)

    def known(self, key: str, fallback: str, **fields: object) -> str:
        """The sentence of a key if there is one, else the fallback as it stands."""
        sentence = self._sentences.get(key)
        return fallback if sentence is None else filled(sentence, fields, language=self.language)

    def aside(self, told: str) -> str:
        """Words to stand behind others, in brackets; nothing where there are none."""
        return self.say("word.aside", told=told) if told else ""

    def cited(self, facts: Sequence[str]) -> str:
        """The facts that a sentence stands on, to stand behind it; nothing where there are none."""
        return self.aside(self.say("word.and").join(facts))

    def __contains__(self, key: object) -> bool:
        return key in self._sentences

    def names(self) -> frozenset[str]:
        """Every key of this language."""
        return frozenset(self._sentences)

    def template(self, key: str) -> str:
        """The sentence of a key with its fields not filled in."""
        return self._sentences[key]


@cache
def texts(language: Language) -> Texts:
    """The sentences of a language, read once."""
    data = (Path(__file__).parents[1] / "texts" / f"{language}.toml").read_bytes()
    return Texts(language, _flat(tomllib.loads(data.decode()), ""))


def _flat(table: dict[str, Any], prefix: str) -> dict[str, str]:
    sentences: dict[str, str] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            sentences |= _flat(value, f"{key}.")
        else:
            sentences[key] = str(value)
    return sentences
