"""How each field of a fact is written outside: what it may hold, and how it is read.

The facts of ledger.events declare their fields once; this derives from those declarations what the history file,
the command line and the error messages need. Source: contract.md sections 1 and 2.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec

from ledger import events
from ledger.calendar import parse_when
from ledger.events import Fact
from ledger.money import minor_units, rate_units
from ledger.vocabulary import DEFAULT_ALLOCATION_ORDER, Kind

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_is_name: Final = NAME.fullmatch
LONGEST_TEXT: Final = 10_000
LONGEST_KEY: Final = 200
ENVELOPE: Final = frozenset({"effective", "key", "source", "document", "note"})
_RANGES: Final = {
    "restoration_days": (0, 366),
    "grace_days": (0, 366),
    "max_loans": (1, 10_000),
    "periods": (1, 1_200),
    "score": (0, 10_000),
}
EXPECTED: Final = {
    Kind.amount: 'a decimal string above zero, such as "500.00"',
    Kind.level: 'a decimal string, zero or more, such as "50000.00"',
    Kind.signed: 'a decimal string, such as "-500.00"',
    Kind.rate: 'a daily rate as a decimal string, such as "0.0004"',
    Kind.factor: 'a multiplier as a decimal string, such as "1.5"',
    Kind.when: 'an instant with offset or a bare date, such as "2026-03-05"',
    Kind.name: "an id of lower-case letters, digits, - and _",
    Kind.text: "a text",
    Kind.reference: 'a fact\'s id such as "h1:12", or "key:" and its key',
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "date": 'a date such as "2026-03-05"',
    "choice": "one of the words listed for it",
    "order": "a list of the seven parts of a payment",
    "allocation": "an object with fee, penalty, interest, principal",
    "fact": "a whole fact without household",
}


class Misread(Exception):
    """A field's value cannot be what the field holds. Carries the refusal's code and details."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a fact: the kind of value, the words it may hold, and whether it must be given."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    required: bool = False

    @property
    def expected(self) -> str:
        """What the field holds, for a message."""
        return " | ".join(self.choices) if self.choices else EXPECTED[self.kind]


Reader: TypeAlias = Callable[[Any, str], Any]
"""Reads a JSON value, given the household's currency. Raises: Misread."""


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
        return _choice(frozenset(field.choices), field)
    if field.name in _RANGES:
        return _integer(*_RANGES[field.name])
    return _READERS[field.kind]


def _expect(value: Any, kind: type, expected: str) -> None:
    if type(value) is not kind:
        raise Misread("wrong_type", found=shown(value), expected=expected)


def shown(value: Any) -> str:
    """A value as a message shows it, cut to a readable length."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."


def _amount(value: Any, currency: str) -> int:
    amount = signed(value, currency)
    if amount <= 0:
        raise Misread("not_positive", found=value)
    return amount


def _level(value: Any, currency: str) -> int:
    amount = signed(value, currency)
    if amount < 0:
        raise Misread("negative", found=value)
    return amount


def signed(value: Any, currency: str) -> int:
    """Read an amount of either sign."""
    if type(value) is not str:
        raise Misread("wrong_type", found=shown(value), expected=EXPECTED[Kind.signed])
    try:
        return minor_units(value, currency)
    except ValueError as wrong:
        raise Misread("bad_amount", found=shown(value), problem=str(wrong)) from None


def _rate(value: Any, _: str) -> int:
    _expect(value, str, EXPECTED[Kind.rate])
    try:
        rate = rate_units(value)
    except ValueError as wrong:
        raise Misread("bad_rate", found=shown(value), problem=str(wrong)) from None
    if rate < 0:
        raise Misread("negative", found=value)
    return rate


def when(value: Any, _: str = "") -> Any:
    """Read an effective time."""
    _expect(value, str, EXPECTED[Kind.when])
    try:
        return parse_when(value)
    except (ValueError, OverflowError) as wrong:
        raise Misread("bad_time", found=shown(value), problem=str(wrong)) from None


def name(value: Any, _: str = "") -> str:
    """Read an id of the caller's."""
    if type(value) is not str:
        raise Misread("wrong_type", found=shown(value), expected=EXPECTED[Kind.name])
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
    _expect(value, str, EXPECTED[Kind.text])
    return _storable(value, LONGEST_TEXT)


def key(value: Any, _: str = "") -> str:
    """Read an idempotency key."""
    _expect(value, str, EXPECTED[Kind.text])
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
    _expect(value, str, EXPECTED["date"])
    if _DATE.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise Misread("bad_date", found=shown(value))


def _boolean(value: Any, _: str) -> bool:
    _expect(value, bool, EXPECTED["boolean"])
    return bool(value)


def _integer(low: int, high: int) -> Reader:
    def read(value: Any, _: str) -> int:
        _expect(value, int, EXPECTED["integer"])
        if not low <= value <= high:
            raise Misread("out_of_range", found=str(value), low=str(low), high=str(high))
        return int(value)

    return read


def _choice(choices: frozenset[str], field: Field) -> Reader:
    def read(value: Any, _: str) -> str:
        if type(value) is str and value in choices:
            return value
        _expect(value, str, field.expected)
        raise Misread("not_a_choice", found=shown(value), known=", ".join(field.choices))

    return read


def _order(value: Any, _: str) -> tuple[Any, ...]:
    _expect(value, list, EXPECTED["order"])
    known = DEFAULT_ALLOCATION_ORDER
    if len(value) != len(known) or set(map(str, value)) != set(known):
        raise Misread("not_a_choice", found=shown(value), known=", ".join(known))
    return tuple(value)


def _allocation(value: Any, currency: str) -> events.Allocation:
    _expect(value, dict, EXPECTED["allocation"])
    known = ("fee", "penalty", "interest", "principal")
    stranger = next((part for part in value if part not in known), None)
    if stranger is not None:
        raise Misread("not_a_choice", found=shown(stranger), known=", ".join(known))
    return events.Allocation(**{part: _level(amount, currency) for part, amount in value.items()})


_READERS: Final[dict[str, Reader]] = {
    Kind.amount: _amount,
    Kind.level: _level,
    Kind.signed: signed,
    Kind.rate: _rate,
    Kind.factor: _rate,
    Kind.when: when,
    Kind.name: name,
    Kind.text: text,
    "string": text,
    "boolean": _boolean,
    "date": _day,
    "order": _order,
    "allocation": _allocation,
}
