"""Values inside a sentence: in the quotation marks of its language, and with no sign that a terminal would obey."""

from collections.abc import Mapping
from typing import Any, Final
from unicodedata import category

_LISTS: Final = ("known", "expected")
"""The details that may hold a list, written with ", " between its values."""


class _Chinese(str):
    """A text that `!r` quotes as Chinese does."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "“" + visible(self.replace("\\", r"\\")) + "”"


def filled(template: str, details: Mapping[str, Any], *, language: str) -> str:
    """A template with its blanks filled in; `{name!r}` stands for a quoted value."""
    if language != "zh":
        return template.format_map(details)
    told = {name: value.replace(", ", "、") for name in _LISTS if isinstance(value := details.get(name), str)}
    told = {**details, **told}
    if "!r}" in template:
        told = {name: _Chinese(value) if isinstance(value, str) else value for name, value in told.items()}
    return template.format_map(told)


def visible(text: str) -> str:
    """A text with what cannot be printed written as an escape; spaces of any width can."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(sign: str) -> str:
    return sign if sign.isprintable() or category(sign) == "Zs" else sign.encode("unicode_escape").decode()
