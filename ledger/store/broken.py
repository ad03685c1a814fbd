"""A fact that does not verify, and why, told in both languages."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

UNREADABLE: Final = "unreadable"
"""The code of a fact that nobody changed since it was recorded; of all others somebody did."""


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that does not verify, by its id.

    Shape: `reason` says why in English; `code` and `details` let a door say the same in another language.
    """

    fact: str
    reason: str
    code: str
    details: dict[str, str]


@cache
def wordings() -> dict[str, dict[str, str]]:
    """Why facts do not verify: code to language ("en", "zh") to template."""
    return tomllib.loads((Path(__file__).parent / "broken.toml").read_text(encoding="utf-8"))


def wording(code: str, details: dict[str, str], *, language: str = "en") -> str:
    """Why a fact does not verify, in a language."""
    return wordings()[code][language].format_map(details)


def broken(fact: str, code: str, **details: Any) -> Broken:
    """A fact and why it does not verify, worded from broken.toml."""
    told = {name: str(value) for name, value in details.items()}
    return Broken(fact=fact, reason=wording(code, told), code=code, details=told)
