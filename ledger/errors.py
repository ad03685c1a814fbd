"""The kinds of error the ledger knows.

HeadroomError
├── Refused            a rule said no; nothing was changed
├── NotFound           what was asked for is not in the book
├── Unreadable         input that cannot be understood; carries complaints, each with its place
├── ConcurrentChange   someone else wrote first; trying again is safe
└── Corrupt            stored facts do not verify; never caught
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger.quoting import filled


@cache
def wordings() -> dict[str, dict[str, str]]:
    """The texts of all refusals: code to language ("en", "zh") to template."""
    return tomllib.loads((Path(__file__).parent / "refusals.toml").read_text(encoding="utf-8"))


@cache
def expectations() -> dict[str, dict[str, str]]:
    """What the kinds of value of ledger.vocabulary are called in a refusal: kind to language to words."""
    return tomllib.loads((Path(__file__).parent / "expectations.toml").read_text(encoding="utf-8"))


def wording(code: str, details: dict[str, str], *, language: str = "en") -> str:
    """The text of a refusal in a language, with its details filled in."""
    return filled(wordings()[code][language], spoken(details, language=language), language=language)


def spoken(details: dict[str, str], *, language: str = "en") -> dict[str, str]:
    """Details with the words, in a language, of what they name by its kind."""
    words = {filled: expectations()[details[kind]][language] for kind, filled in _SPOKEN if kind in details}
    return details | words


_SPOKEN: Final = (("expects", "expected"), ("whose", "type"))


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with one place of an input.

    Shape: `line` counts from 1 (0: the whole input); `field` is empty when no single field is at fault;
    `code` is stable and meant for programs; `message` says what was expected, what was found, and what to do.
    `details` fills the templates of refusals.toml, so that a door can say the same in another language.
    """

    line: int
    field: str
    code: str
    message: str
    details: dict[str, str] = msgspec.field(default_factory=dict)


def complaint(code: str, *, line: int, field: str = "", **details: Any) -> Complaint:
    """A complaint worded from refusals.toml."""
    told = spoken({"field": field, **{name: str(value) for name, value in details.items()}})
    return Complaint(line=line, field=field, code=code, message=wording(code, told), details=told)


class HeadroomError(Exception):
    """Base of all errors the ledger raises on purpose. `code` is stable; the message is for people."""

    code = "error"


class Refused(HeadroomError):
    """A rule said no. `field` names the part of the request at fault, or is empty; worded from refusals.toml.

    Shape: `place` is that of the draft at fault among those of its command, from 0; None where no single one is.
    """

    def __init__(self, code: str, *, field: str = "", **details: Any) -> None:
        self.code = code
        self.field = field
        self.place: int | None = None
        self.details = {"field": field, **{name: str(value) for name, value in details.items()}}
        super().__init__(wording(code, self.details))

    def at_line(self, line: int) -> Complaint:
        """This refusal as a complaint about one line of an input."""
        return Complaint(line=line, field=self.field, code=self.code, message=str(self), details=self.details)


class NotFound(HeadroomError):
    """Something asked for by name is not in the book."""

    code = "not_found"

    def __init__(self, what: str, name: str, *, known: tuple[str, ...] = ()) -> None:
        hint = f" Known: {', '.join(known[:12])}." if known else ""
        super().__init__(f"There is no {what} called {name!r} in the book.{hint}")
        self.what = what
        self.name = name
        self.known = known


class Unreadable(HeadroomError):
    """An input could not be understood; every complaint is carried along."""

    code = "unreadable"

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        first = complaints[0]
        more = f" (and {len(complaints) - 1} more)" if len(complaints) > 1 else ""
        place = f"line {first.line}: " if first.line else ""
        super().__init__(f"{place}{first.message}{more}")
        self.complaints = complaints


class ConcurrentChange(HeadroomError):
    """Another writer changed the household first; nothing was stored and trying again is safe."""

    code = "concurrent_change"

    def __init__(self, household: str, *, expected: int, found: int) -> None:
        super().__init__(
            f"Household {household!r} was expected at version {expected} but stands at {found}: "
            "another writer was first. Nothing was stored; read again and retry."
        )
        self.household = household
        self.expected = expected
        self.found = found


class Corrupt(HeadroomError):
    """A stored fact does not verify. Never caught inside the program.

    Shape: `spoken` holds the reason in other languages, where it is known in them.
    """

    code = "corrupt"

    def __init__(self, fact: str, reason: str, *, spoken: dict[str, str] | None = None) -> None:
        super().__init__(f"Fact {fact} does not verify: {reason}.")
        self.fact = fact
        self.reason = reason
        self.spoken = spoken or {}
