"""How each field of a fact is written outside: what it may hold, and how it is read.

The facts of ledger.events declare their fields once; this derives from those declarations what the history file,
the command line and the error messages need. Source: contract.md sections 1 and 2.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec

from ledger import events
from ledger.calendar import parse_all, parse_when
from ledger.events import Fact
from ledger.money import all_minor_units, minor_units, rate_units
from ledger.vocabulary import DEFAULT_ALLOCATION_ORDER, Kind

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_is_name: Final = NAME.fullmatch
LONGEST_TEXT: Final = 10_000
LONGEST_KEY: Final = 200
ENVELOPE: Final = frozenset({"effective", "key", "source", "document", "note"})
RANGES: Final = {
    "restoration_days": (0, 366),
    "grace_days": (0, 366),
    "max_loans": (1, 10_000),
    "periods": (1, 1_200),
    "score": (0, 10_000),
}

ELSEWHERE: Final = {
    ("LineOpened", "limit"): "LimitGranted",
    ("LineOpened", "available"): "LimitObserved",
    ("LineOpened", "drawn"): "DrawnDown / LimitObserved",
    ("LineTermsChanged", "limit"): "LimitRaised / LimitLowered",
    ("ReserveOpened", "balance"): "ReserveObserved",
}
"""What people look for in one fact and another one tells: (fact, field) to the other."""


class Misread(Exception):
    """A field's value cannot be what the field holds. Carries the refusal's code and details.

    Shape: `part` names what is at fault inside the field, where a single part is.
    """

    def __init__(self, code: str, *, part: str = "", **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.part = part
        self.details = details


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a fact: the kind of value, the words it may hold, and whether it must be given."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    required: bool = False

    @property
    def expectation(self) -> dict[str, str]:
        """What the field holds, as a detail of a complaint: its words, or the kind of its value."""
        return {"expected": " | ".join(self.choices)} if self.choices else {"expects": self.kind}


Reader: TypeAlias = Callable[[Sequence[Any], str], Sequence[Any]]
"""Reads the JSON values that a field has in many facts, given the household's currency: a call for each value costs
more than reading it. Raises: Misread for the first that the field cannot hold.
"""


def each(read: Callable[[Any, str], Any]) -> Reader:
    """A reader that reads one value after the other."""
    return lambda values, currency: [read(value, currency) for value in values]


def _are_texts(values: Sequence[Any]) -> bool:
    return set(map(type, values)) == {str}


@cache
def fields(kind: type[Fact]) -> tuple[Field, ...]:
    """The fields of a fact beyond the envelope."""
    hints = get_type_hints(kind, include_extras=True)
    declared = (info for info in msgspec.structs.fields(kind) if info.name not in ENVELOPE)
    return tuple(
        Field(name=info.name, kind=written, choices=choices, required=info.required)
        for info in declared
        for written, choices in (_written(hints[info.name]),)
    )


def _written(hint: Any) -> tuple[str, tuple[str, ...]]:
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part is not type(None)]
        if len(parts) > 1:
            return "fact", ()
        hint = parts[0]
    if get_origin(hint) is Annotated:
        return next(str(meta.extra["kind"]) for meta in hint.__metadata__ if meta.extra), ()
    if get_origin(hint) is Literal:
        return "choice", get_args(hint)
    if get_origin(hint) is tuple:
        return "order", ()
    plain = {str: "string", bool: "boolean", int: "integer", date: "date", events.Allocation: "allocation"}
    return plain[hint], ()


@cache
def readers(kind: type[Fact]) -> dict[str, Reader]:
    """How each field of a fact is read, by the field's name."""
    return {field.name: reader(field) for field in fields(kind) if field.kind not in (Kind.reference, "fact")}


def reader(field: Field) -> Reader:
    """How one field is read."""
    if field.choices:
        return each(_choice(frozenset(field.choices), field))
    if field.name in RANGES:
        return each(_integer(*RANGES[field.name]))
    return _READERS[field.kind]


def _expect(value: Any, kind: type, expects: str) -> None:
    if type(value) is not kind:
        raise Misread("wrong_type", found=written(value), expects=expects)


def shown(value: Any) -> str:
    """A value as a message shows it between quotation marks, cut to a readable length."""
    return _cut(value if isinstance(value, str) else _json(value))


def written(value: Any) -> str:
    """A value as JSON writes it, cut to a readable length: the text "5" and the number 5 are told apart."""
    return _cut(_json(value))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _amounts(values: Sequence[Any], currency: str) -> Sequence[int]:
    if _are_texts(values):
        with suppress(ValueError):
            amounts = all_minor_units(values, currency)
            if min(amounts) > 0:
                return amounts
    return [_amount(value, currency) for value in values]


def _amount(value: Any, currency: str) -> int:
    amount = _minor_units(value, currency, Kind.amount)
    if amount <= 0:
        raise Misread("not_positive", found=value)
    return amount


def _level(value: Any, currency: str) -> int:
    amount = _minor_units(value, currency, Kind.level)
    if amount < 0:
        raise Misread("negative", found=value)
    return amount


def _signed(value: Any, currency: str) -> int:
    return _minor_units(value, currency, Kind.signed)


def _minor_units(value: Any, currency: str, expects: str) -> int:
    if type(value) is not str:
        raise Misread("wrong_type", found=written(value), expects=expects)
    try:
        return minor_units(value, currency)
    except ValueError as wrong:
        raise Misread("bad_amount", found=shown(value), problem=str(wrong)) from None


def _rate(value: Any, _: str) -> int:
    return _rate_units(value, Kind.rate)


def _factor(value: Any, _: str) -> int:
    return _rate_units(value, Kind.factor)


def _rate_units(value: Any, expects: str) -> int:
    _expect(value, str, expects)
    try:
        rate = rate_units(value)
    except ValueError as wrong:
        raise Misread("bad_rate", found=shown(value), problem=str(wrong), expects=expects) from None
    if rate < 0:
        raise Misread("negative", found=value)
    return rate


def whens(values: Sequence[Any], _: str = "") -> Sequence[Any]:
    """Read effective times."""
    if _are_texts(values):
        with suppress(ValueError, OverflowError):
            return parse_all(values)
    return [when(value) for value in values]


def when(value: Any, _: str = "") -> Any:
    """Read an effective time."""
    _expect(value, str, Kind.when)
    try:
        return parse_when(value)
    except (ValueError, OverflowError) as wrong:
        raise Misread("bad_time", found=shown(value), problem=str(wrong)) from None


def names(values: Sequence[Any], _: str = "") -> Sequence[str]:
    """Read ids of the caller's."""
    known = _are_texts(values) and _names.issuperset(values)
    return values if known else [name(value) for value in values]


def name(value: Any, _: str = "") -> str:
    """Read an id of the caller's."""
    if type(value) is not str:
        raise Misread("wrong_type", found=written(value), expects=Kind.name)
    if value in _names:
        return value
    if _is_name(value) is None:
        raise Misread("bad_name", found=shown(value))
    if len(_names) < 10_000:
        _names.add(value)
    return value


_names: set[str] = set()
"""Ids that were read and found good; a long file repeats a few."""


def text(value: Any, _: str = "") -> str:
    """Read a free text."""
    _expect(value, str, Kind.text)
    return _storable(value, LONGEST_TEXT)


def keys(values: Sequence[Any], _: str = "") -> Sequence[str]:
    """Read idempotency keys."""
    usual = _are_texts(values) and "".join(values).isprintable()
    if usual and all(values) and max(map(len, values)) <= LONGEST_KEY:
        return values
    return [key(value) for value in values]


def key(value: Any, _: str = "") -> str:
    """Read an idempotency key."""
    _expect(value, str, Kind.text)
    if not value:
        raise Misread("bad_text", problem="it is empty")
    return _storable(value, LONGEST_KEY)


def _storable(value: str, longest: int) -> str:
    if len(value) > longest:
        raise Misread("bad_text", problem=f"it has {len(value)} characters, at most {longest} are kept")
    if "\x00" in value:
        raise Misread("bad_text", problem="it holds a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Misread("bad_text", problem="it holds half of a surrogate pair") from None
    return value


def _day(value: Any, _: str) -> date:
    _expect(value, str, "date")
    if _DATE.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise Misread("bad_date", found=shown(value))


def _boolean(value: Any, _: str) -> bool:
    _expect(value, bool, "boolean")
    return bool(value)


def _integer(low: int, high: int) -> Callable[[Any, str], int]:
    def read(value: Any, _: str) -> int:
        _expect(value, int, "integer")
        if not low <= value <= high:
            raise Misread("out_of_range", found=shown(value), low=str(low), high=str(high))
        return int(value)

    return read


def _choice(choices: frozenset[str], field: Field) -> Callable[[Any, str], str]:
    def read(value: Any, _: str) -> str:
        if type(value) is str and value in choices:
            return value
        if type(value) is not str:
            raise Misread("wrong_type", found=written(value), **field.expectation)
        raise Misread("not_a_choice", found=shown(value), known=", ".join(field.choices))

    return read


def _order(value: Any, _: str) -> tuple[Any, ...]:
    _expect(value, list, "order")
    known = DEFAULT_ALLOCATION_ORDER
    if len(value) != len(known) or set(map(str, value)) != set(known):
        raise Misread("not_a_choice", found=shown(value), known=", ".join(known))
    return tuple(value)


def _allocation(value: Any, currency: str) -> events.Allocation:
    _expect(value, dict, "allocation")
    known_parts(value, ("fee", "penalty", "interest", "principal"), of="allocation")
    return events.Allocation(**{part: _part(part, amount, currency) for part, amount in value.items()})


def _part(part: str, amount: Any, currency: str) -> int:
    try:
        return _level(amount, currency)
    except Misread as wrong:
        raise Misread(wrong.code, part=part, **wrong.details) from None


def known_parts(value: dict[str, Any], known: Sequence[str], *, of: str) -> None:
    """See that an object inside a fact has no part but those that are known. Raises: Misread."""
    stranger = next((part for part in value if part not in known), None)
    if stranger is not None:
        raise Misread("unknown_field", part=stranger, type=of, known=", ".join(known))


_READERS: Final[dict[str, Reader]] = {
    Kind.amount: _amounts,
    Kind.level: each(_level),
    Kind.signed: each(_signed),
    Kind.rate: each(_rate),
    Kind.factor: each(_factor),
    Kind.when: whens,
    Kind.name: names,
    Kind.text: each(text),
    "string": each(text),
    "boolean": each(_boolean),
    "date": each(_day),
    "order": each(_order),
    "allocation": each(_allocation),
}
