"""Facts as the contract writes them: what `history` shows and `export` gives back to `record`.

The inverse of ledger.history. Source: contract.md sections 1 and 2.
"""

from functools import cache
from typing import Any, Final

import msgspec

from ledger import events
from ledger.calendar import Zone
from ledger.events import AnyFact, Fact, type_name
from ledger.fields import fields
from ledger.money import amount_text, rate_text
from ledger.vocabulary import Kind


class Writer:
    """Writes the facts of one household, whose personal texts were put back or left out before."""

    def __init__(self, household: str, *, zone: Zone, currency: str) -> None:
        self._household = household
        self._zone = zone
        self._currency = currency

    def record(self, fact: AnyFact) -> dict[str, Any]:
        """A fact as one object of a history file."""
        return {"type": type_name(fact), "household": self._household, **self._content(fact)}

    def line(self, fact: AnyFact) -> bytes:
        """A fact as one line of a history file, newline included."""
        return msgspec.json.encode(self.record(fact)) + b"\n"

    def shown(self, fact: AnyFact) -> dict[str, Any]:
        """A fact's fields beyond type and key, as `history` shows them."""
        content = self._content(fact)
        return {name: value for name, value in content.items() if name != "key"}

    def _content(self, fact: Fact) -> dict[str, Any]:
        content: dict[str, Any] = {"effective_at": self._zone.text(fact.effective)}
        if fact.key is not None:
            content["key"] = fact.key
        if fact.source != "user" or fact.document is not None:
            content["source"] = {"kind": fact.source}
            if fact.document is not None:
                content["source"]["document"] = fact.document
        if fact.note is not None:
            content["note"] = fact.note
        for name, kind, default in _written(type(fact)):
            value = getattr(fact, name)
            if value != default:
                content[name] = self._value(kind, value)
        return content

    def _value(self, kind: str, value: Any) -> Any:
        match kind:
            case Kind.amount | Kind.level | Kind.signed:
                return amount_text(value, self._currency)
            case Kind.rate | Kind.factor:
                return rate_text(value)
            case Kind.when:
                return self._zone.text(value)
            case Kind.reference:
                return f"{self._household}:{value}"
            case "allocation":
                return {part: amount_text(getattr(value, part), self._currency) for part in _PARTS}
            case "fact":
                return {"type": type_name(value), **self._content(value)}
            case "date":
                return value.isoformat()
            case "order":
                return list(value)
            case _:
                return value


_PARTS: Final = events.Allocation.__struct_fields__


@cache
def _written(kind: type[Fact]) -> tuple[tuple[str, str, Any], ...]:
    """Name, kind and default of each field beyond the envelope."""
    defaults = {info.name: info.default for info in msgspec.structs.fields(kind)}
    return tuple((field.name, field.kind, defaults[field.name]) for field in fields(kind))


def defaults(kind: type[Fact]) -> dict[str, str]:
    """What goes without saying in a fact: the value of each field that has one word for it, as a command takes it."""
    known = ((name, how, value) for name, how, value in _written(kind) if isinstance(value, bool | int | str))
    return {name: _plain(how, value) for name, how, value in known}


def _plain(kind: str, value: Any) -> str:
    if kind == "boolean":
        return "true" if value else "false"
    return rate_text(value) if kind == Kind.factor else str(value)
