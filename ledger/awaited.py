"""What refused facts of a file were to give: a fact that names it waits until they are mended, and is no fault itself.

One refused opening would otherwise make a complaint of every later fact of its line, and hide what is truly wrong.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from ledger.errors import Refused
from ledger.events import AnyFact

Name = tuple[str, ...]
"""What a fact may name: household, what it is, and the ids that tell it from others of its kind."""

_GIVES: Final[dict[str, Name]] = {
    "LineOpened": ("line",),
    "ReserveOpened": ("account",),
    "DrawnDown": ("line", "loan"),
    "RepaymentSent": ("line", "payment"),
    "RepaymentPosted": ("line", "payment"),
}
"""The fields that tell what a kind of fact gives others to name, the last of them what it is; any may give a key."""
_MISSED: Final[dict[str, Name]] = {
    "unknown_line": ("line", "found"),
    "unknown_account": ("account", "found"),
    "unknown_loan": ("loan", "line", "found"),
    "unknown_payment": ("payment", "line", "found"),
    "unknown_fact": ("key", "found"),
    "other_currency": ("currency",),
}
"""What is missed where a refusal says that something is not known, and the details that tell which."""


class Awaited:
    """The names that refused facts were to give, each with the first line that was to give it."""

    def __init__(self) -> None:
        self._given: dict[Name, int] = {}

    def expect(self, names: Iterable[Name], line: int) -> None:
        """Await what the fact of a line, which was refused or waits, was to give."""
        for name in names:
            if self._given.setdefault(name, line) > line:
                self._given[name] = line

    def holds_up(self, refused: Refused, household: str, line: int) -> bool:
        """Whether the fact of a line was refused for want of what a line before it was to give."""
        missed = _MISSED.get(refused.code)
        if missed is None or not self._given:
            return False
        ids = [refused.details[name].removeprefix("key:") for name in missed[1:]]
        return self._given.get((household, missed[0], *ids), line) < line


def given(household: str, fact: AnyFact) -> list[Name]:
    """What a fact gives others to name."""
    return _names(household, type(fact).__name__, partial(getattr, fact))


def given_by(household: Any, record: Mapping[str, Any]) -> list[Name]:
    """What a record that is no fact was to give others to name, as far as it can be told."""
    kind = record.get("type")
    found = _names(household, kind if type(kind) is str else "", record.get)
    return [name for name in found if all(type(part) is str for part in name)]


def _names(household: Any, kind: str, look: Callable[[str], Any]) -> list[Name]:
    found: list[Name] = [(household, "key", look("key"))]
    if kind == "HouseholdOpened":
        found.append((household, "currency"))
    if (fields := _GIVES.get(kind)) is not None:
        found.append((household, fields[-1], *map(look, fields)))
    return [name for name in found if None not in name]
