"""The global options, accepted before or after the command."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer is wanted: from which database, for a program or a person, in which language."""

    language: Language = "en"
    json: bool = False
    quiet: bool = False
    database: str | None = None


class Told(Exception):
    """Something a person has to be told. `key` names the text that says it."""

    def __init__(self, key: str, **fields: str) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields


class Misused(Told):
    """A command line that cannot be understood."""


class Unusable(Told):
    """A file or an answer that cannot be used for what was asked."""


def split_options(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[Options, list[str]]:
    """Take the global options out of a command line, wherever they stand before `--`.

    Raises: Misused when an option's value is missing or unknown; `speaks` tells the language even then.
    """
    rest: list[str] = []
    found: dict[str, str] = {}
    queue = list(arguments)
    while queue:
        word = queue.pop(0)
        name, given, value = word.partition("=")
        if word == "--":
            rest += [word, *queue]
            break
        if word in ("--json", "--quiet"):
            found[word] = "yes"
        elif name in ("--lang", "--database"):
            if not given and not queue:
                raise Misused("usage.value_missing", option=name)
            found[name] = value if given else queue.pop(0)
        else:
            rest.append(word)
    if "--lang" in found and found["--lang"] not in LANGUAGES:
        raise Misused("usage.language_unknown", found=found["--lang"])
    return _options(found, environment), rest


def _options(found: Mapping[str, str], environment: Mapping[str, str]) -> Options:
    asked = found.get("--lang")
    return Options(
        language=next((language for language in LANGUAGES if language == asked), speaks(environment)),
        json="--json" in found,
        quiet="--quiet" in found,
        database=found.get("--database"),
    )


def speaks(environment: Mapping[str, str]) -> Language:
    """The language of the locale: Chinese where it says so, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
