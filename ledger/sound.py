"""Whether a fact made in code can be one: the log is never edited, so what nobody could read again must stay out.

Facts of a history file were seen to when they were read (ledger.fields); the rules for single values are the same.
Source: domain.md section 1, "Refuse only what cannot be a fact"; contract.md section 1.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final, TypeAlias

import msgspec

from ledger import fields
from ledger.calendar import parse_when
from ledger.errors import Refused
from ledger.events import FACT_TYPES, Allocation, Fact, decode, encode
from ledger.fields import Misread
from ledger.money import LARGEST_AMOUNT
from ledger.vocabulary import Kind

Check: TypeAlias = Callable[[Any], object]

_KINDS: Final = frozenset(FACT_TYPES.values())
_LEAST: Final = {Kind.amount: 1, Kind.level: 0, Kind.rate: 0, Kind.factor: 0, Kind.signed: -LARGEST_AMOUNT}


def household_is_named(household: Any) -> None:
    """See that a household's id can be one. Raises: Refused."""
    _see("household", household, fields.name)


def is_sound(fact: Any) -> None:
    """See that a fact holds what its fields say: types, words, names, texts, and amounts as minor units.

    Raises: Refused, which names the field.
    """
    kind = type(fact)
    if kind not in _KINDS:
        raise Refused("no_such_kind", found=fields.shown(fact))
    try:
        decode(encode(fact))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError) as wrong:
        raise Refused("not_as_declared", type=kind.__name__, problem=str(wrong)) from None
    for attribute, check in _checks(kind):
        value = getattr(fact, attribute)
        if value is not None:
            _see(attribute, value, check)


def _see(attribute: str, value: Any, check: Check) -> None:
    try:
        check(value)
    except Misread as wrong:
        raise Refused(wrong.code, field=attribute, **wrong.details) from None


@cache
def _checks(kind: type[Fact]) -> tuple[tuple[str, Check], ...]:
    """What is asked of each attribute beyond its type."""
    return (*_envelope(), *_declared(fields.fields(kind)))


def _envelope() -> Iterator[tuple[str, Check]]:
    yield "effective", _time
    yield "key", fields.key
    yield "document", fields.text
    yield "note", fields.text


def _declared(declared: Iterable[fields.Field]) -> Iterator[tuple[str, Check]]:
    usual: dict[str, Check] = {Kind.name: fields.name, Kind.text: fields.text, Kind.when: _time}
    for field in declared:
        if field.kind in _LEAST:
            yield field.name, _at_least(_LEAST[field.kind])
        elif field.name in fields.RANGES:
            yield field.name, _within(*fields.RANGES[field.name])
        elif field.kind == "allocation":
            yield field.name, _allocation
        elif field.kind == "fact":
            yield field.name, is_sound
        elif field.kind in usual:
            yield field.name, usual[field.kind]


def _at_least(least: int) -> Check:
    def check(value: int) -> None:
        if value < least:
            raise Misread("not_positive" if least == 1 else "negative", found=str(value))
        if abs(value) > LARGEST_AMOUNT:
            raise Misread("out_of_range", found=str(value), low=str(least), high=str(LARGEST_AMOUNT))

    return check


def _within(low: int, high: int) -> Check:
    def check(value: int) -> None:
        if not low <= value <= high:
            raise Misread("out_of_range", found=str(value), low=str(low), high=str(high))

    return check


def _allocation(parts: Allocation) -> None:
    for value in (parts.fee, parts.penalty, parts.interest, parts.principal):
        _at_least(0)(value)


def _time(value: int | str) -> None:
    """Inside, an instant is a number of microseconds; only a bare date is text."""
    if isinstance(value, str):
        fields.when(value)
        if not isinstance(parse_when(value), str):
            raise Misread("bad_time", found=value, problem="an instant, which parse_when makes a number of")
