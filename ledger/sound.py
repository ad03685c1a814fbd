"""Whether a fact made in code can be one: the log is never edited, so what nobody could read again must stay out.

Facts of a history file were seen to when they were read (ledger.fields); the rules for single values are the same.
Source: domain.md section 1, "Refuse only what cannot be a fact"; contract.md section 1.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final, TypeAlias

import msgspec

from ledger import fields
from ledger.calendar import EARLIEST, LATEST
from ledger.drafts import REFERENCE, on_scale
from ledger.errors import Refused
from ledger.events import FACT_TYPES, Allocation, Corrected, Fact, ScoreObserved
from ledger.fields import Misread
from ledger.money import LARGEST_AMOUNT, RATE_UNIT
from ledger.payload import decode, encode
from ledger.record import REFERRING, Draft
from ledger.vocabulary import Kind

Check: TypeAlias = Callable[[Any], object]

_KINDS: Final = frozenset(FACT_TYPES.values())
_LARGEST: Final = LARGEST_AMOUNT - 1
_LARGEST_RATE: Final = 10**16 * RATE_UNIT - 1
_WITHIN: Final = {
    Kind.amount: (1, _LARGEST),
    Kind.level: (0, _LARGEST),
    Kind.signed: (-_LARGEST, _LARGEST),
    Kind.rate: (0, _LARGEST_RATE),
    Kind.factor: (0, _LARGEST_RATE),
}
"""What can be written, and so read again. Units: minor units, and those of 10**-12."""


def household_is_named(household: Any) -> None:
    """See that a household's id can be one. Raises: Refused."""
    if not isinstance(household, str):
        raise Refused("wrong_type", field="household", found=_kind_of(household), expects=Kind.name)
    _see("household", household, fields.name)


def are_sound(drafts: Any) -> tuple[Draft, ...]:
    """The drafts of a command, seen to one by one. Raises: Refused, with place and field."""
    if isinstance(drafts, Draft) or not isinstance(drafts, Iterable):
        raise Refused("not_a_draft", where="drafts", found=_kind_of(drafts))
    told = tuple(drafts)
    for place, draft in enumerate(told):
        try:
            _see_draft(draft, where=f"drafts[{place}]")
        except Refused as wrong:
            wrong.place = place
            raise
    return told


def _see_draft(draft: Any, *, where: str) -> None:
    if type(draft) is not Draft:
        raise Refused("not_a_draft", where=where, found=_kind_of(draft))
    fact = draft.fact
    is_sound(fact)
    replacement = fact.replacement if type(fact) is Corrected else None
    for field, refers, of in (("refers", draft.refers, fact), ("inner_refers", draft.inner_refers, replacement)):
        if refers is None:
            continue
        if type(refers) is not str or REFERENCE.fullmatch(refers) is None:
            raise Refused("not_a_reference", field=field, found=str(refers))
        if type(of) not in REFERRING:
            raise Refused("refers_to_nothing", field=field, type=_kind_of(fact))


def is_sound(fact: Any) -> None:
    """See that a fact holds what its fields say: types, words, names, texts, and amounts as minor units.

    Raises: Refused, which names the field.
    """
    kind = type(fact)
    if kind not in _KINDS:
        raise Refused("no_such_kind", found=_kind_of(fact))
    if kind is Corrected:
        _replaces_soundly(fact.replacement)
    read = _read_again(fact)
    for attribute, check in _checks(kind):
        value = getattr(fact, attribute)
        if value is not None:
            _see(attribute, value, check)
    if kind is ScoreObserved:
        _see("score", fact.score, lambda score: on_scale(fact.scheme, score))
    if read != fact:
        other = next(name for name in fact.__struct_fields__ if getattr(read, name) != getattr(fact, name))
        found, expected = (_kind_of(getattr(one, other)) for one in (fact, read))
        raise Refused("not_as_declared", field=other, type=kind.__name__, problem=f"{found}, not {expected} - {other}")


def _replaces_soundly(replacement: Any) -> None:
    try:
        is_sound(replacement)
    except Refused as wrong:
        inside = f"replacement.{wrong.field}" if wrong.field else "replacement"
        raise Refused(wrong.code, **(wrong.details | {"field": inside})) from None


def _read_again(fact: Any) -> Any:
    """A fact as its stored form tells it. Raises: Refused when that form cannot be made, or read."""
    try:
        return decode(encode(fact))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError) as wrong:
        raise Refused("not_as_declared", type=_kind_of(fact), problem=_located(str(wrong))) from None


def _located(problem: str) -> str:
    """What the decoder says, its place named as it is in code."""
    return problem.replace("`$.at`", "`effective`").replace("`$.", "`")


def _see(attribute: str, value: Any, check: Check) -> None:
    try:
        check(value)
    except Misread as wrong:
        raise Refused(wrong.code, field=attribute, **wrong.details) from None


def _kind_of(value: Any) -> str:
    return type(value).__name__


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
    usual: dict[str, Check] = {
        Kind.name: fields.name, Kind.text: fields.text, Kind.when: _time, "allocation": _allocation
    }  # fmt: skip
    for field in declared:
        if field.kind in _WITHIN:
            yield field.name, _within(*_WITHIN[field.kind])
        elif field.name in fields.RANGES:
            yield field.name, _within(*fields.RANGES[field.name])
        elif field.kind == "order":
            yield field.name, _as_written(field)
        elif field.kind in usual:
            yield field.name, usual[field.kind]


def _within(low: int, high: int) -> Check:
    def check(value: int) -> None:
        if low <= value <= high:
            return
        if value <= 0 <= low:
            raise Misread("not_positive" if low else "negative", found=str(value))
        raise Misread("out_of_range", found=str(value), low=str(low), high=str(high))

    return check


_is_level: Final = _within(*_WITHIN[Kind.level])


def _as_written(field: fields.Field) -> Check:
    read = fields.reader(field)
    return lambda value: read([list(value)], "")


def _allocation(parts: Allocation) -> None:
    for value in (parts.fee, parts.penalty, parts.interest, parts.principal):
        _is_level(value)


def _time(value: Any) -> None:
    """Inside, an instant is a number of microseconds; only a bare date is text."""
    if type(value) is str:
        if fields.when(value) != value:
            raise Misread("not_a_when", found=fields.shown(value))
    elif type(value) is not int or not EARLIEST <= value <= LATEST:
        raise Misread("not_a_when", found=str(value))
