"""The words for everything an importer reports: why a row was skipped, what is wrong with a file."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from ledger import errors
from ledger.errors import Complaint
from ledger.importers.statement import RowNote
from ledger.quoting import filled

OF_THE_FILE: Final = frozenset({"count_differs"})
"""Reasons that are said of a statement as a whole, and of none of its rows."""


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Every reason by its code: language ("en", "zh") to template."""
    return tomllib.loads((Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8"))


def wording(code: str, details: dict[str, str], *, language: str = "en") -> str:
    """The text of a complaint of an importer; codes it shares with the ledger are worded there."""
    own = reasons().get(code)
    if own is None:
        return errors.wording(code, details, language=language)
    return filled(own[language], details, language=language)


def note_text(note: RowNote, *, language: str = "en") -> str:
    """The text of a row's note."""
    remedy = ("、" if language == "zh" else ", ").join(f"`headroom add {fact}`" for fact in note.remedy)
    return filled(reasons()[note.reason_code][language], {"detail": note.detail, "remedy": remedy}, language=language)


def complaint(code: str, *, line: int = 0, field: str = "", **details: Any) -> Complaint:
    """A complaint about a place of a statement."""
    told = {"field": field, **{name: str(value)[:120] for name, value in details.items()}}
    return Complaint(line=line, field=field, code=code, message=wording(code, told), details=told)
