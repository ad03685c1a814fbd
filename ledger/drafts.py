"""What is written of a fact becomes a draft of it: field by field, of one fact or of many with the same fields.

Source: contract.md sections 1 and 2.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, get_args

from ledger import events, fields
from ledger.events import FACT_TYPES, AnyFact, Corrected, Fact, ScoreObserved
from ledger.fields import Misread, each
from ledger.record import REFERRING, Draft
from ledger.scales import scales
from ledger.vocabulary import SourceKind

REFERENCE: Final = re.compile(r"key:.+|[a-z0-9][a-z0-9_-]{0,63}:[0-9]{1,9}", re.DOTALL)
_SOURCES: Final = frozenset(get_args(SourceKind))


def draft(kind: type[Fact], record: Mapping[str, Any], currency: str) -> Draft:
    """The draft of a record whose type and household were taken off. Raises: Misread, KeyError, TypeError."""
    read = _read(kind, {name: (value,) for name, value in record.items()}, currency)
    values = {attribute: column[0] for attribute, column in read.items()}
    refers, inner = _take_references(values) if kind in REFERRING else (None, None)
    (fact,) = _made(kind, {attribute: (value,) for attribute, value in values.items()})
    return Draft(fact=fact, refers=refers, inner_refers=inner)


def facts(kind: type[Fact], columns: Mapping[str, Sequence[Any]], currency: str) -> list[AnyFact]:
    """The facts of many records with the same fields, of a kind that refers to no other fact. Raises: as `draft`.

    Shape: each field's values, in the order of the records.
    """
    return _made(kind, _read(kind, columns, currency))


def _read(kind: type[Fact], columns: Mapping[str, Sequence[Any]], currency: str) -> dict[str, Sequence[Any]]:
    """Each attribute's values. What is written as the default becomes the default itself, which is not stored: so a
    fact has one stored form, by which its key is judged.
    """
    known = _columns(kind)
    found: dict[str, Sequence[Any]] = {}
    for name, values in columns.items():
        attribute, reader, usual = known[name]
        read = reader(values, currency)
        if usual is not None and usual in read:
            read = [usual if value == usual else value for value in read]
        found[attribute] = read
    return found


def _made(kind: type[Fact], read: dict[str, Sequence[Any]]) -> list[Any]:
    """The facts of what was read of them."""
    if (sources := read.pop("source", None)) is not None:
        read["source"] = [told.get("source", "user") for told in sources]
        read["document"] = [told.get("document") for told in sources]
    found = list(map(_maker(kind, tuple(read)), *read.values()))
    for fact in found if kind is ScoreObserved else ():
        on_scale(fact.scheme, fact.score)
    return found


@cache
def _maker(kind: type[Fact], attributes: tuple[str, ...]) -> Callable[..., Any]:
    """Makes a fact of the values of these attributes, in this order. Named in code they are taken as they stand; from a
    dictionary, one by one, they take longer than all that is read of a line.
    """
    told = ", ".join(f"{name}={name}" for name in attributes)
    made: Callable[..., Any] = eval(  # noqa: S307  # of our own attributes; nothing that a file says is in it
        f"lambda {', '.join(attributes)}: _kind({told})", {"_kind": kind}
    )
    return made


@cache
def _columns(kind: type[Fact]) -> dict[str, tuple[str, fields.Reader, Any]]:
    """Which attribute of a fact each written field becomes, how it is read, and what it is where it is not written."""
    columns = {name: (name, reader) for name, reader in fields.readers(kind).items()}
    columns |= {"effective_at": ("effective", fields.whens), "key": ("key", fields.keys)}
    columns |= {"note": ("note", each(fields.text)), "source": ("source", each(_source))}
    if kind in REFERRING:
        columns["fact"] = ("fact", each(_reference))
    if kind is Corrected:
        columns["replacement"] = ("replacement", each(_replacement))
    usual = events.defaults(kind)
    return {name: (attribute, reader, usual.get(attribute)) for name, (attribute, reader) in columns.items()}


def _take_references(values: dict[str, Any]) -> tuple[str | None, str | None]:
    """Take out the references as written, which admission resolves; the fact itself holds 0 until then."""
    inner = None
    if "replacement" in values:
        replacement: Draft = values["replacement"]
        values["replacement"], inner = replacement.fact, replacement.refers
    refers = values.get("fact")
    if refers is not None:
        values["fact"] = 0
    return refers, inner


def on_scale(scheme: str, score: int) -> None:
    """See that a score is on the scale of its scheme. Raises: Misread."""
    scale = scales().get(scheme)
    if scale is not None and not scale.lowest <= score <= scale.highest:
        raise Misread("out_of_range", found=str(score), low=str(scale.lowest), high=str(scale.highest))


def _reference(value: Any, _: str) -> str:
    if type(value) is not str or REFERENCE.fullmatch(value) is None:
        raise Misread("bad_reference", found=fields.shown(value), household="h1")
    return value


def _source(value: Any, _: str) -> dict[str, Any]:
    if type(value) is not dict:
        raise Misread("wrong_type", found=fields.written(value), expects="source")
    fields.known_parts(value, ("kind", "document"), of="source")
    kind = value.get("kind", "user")
    if type(kind) is not str or kind not in _SOURCES:
        raise Misread("not_a_choice", part="kind", found=fields.shown(kind), known=", ".join(get_args(SourceKind)))
    told = {} if kind == "user" else {"source": kind}
    if "document" not in value:
        return told
    try:
        return told | {"document": fields.text(value["document"])}
    except Misread as wrong:
        raise Misread(wrong.code, part="document", **wrong.details) from None


def _replacement(value: Any, currency: str) -> Draft:
    if type(value) is not dict:
        raise Misread("wrong_type", found=fields.written(value), expects="fact")
    record = dict(value)
    name = record.pop("type", None)
    if about_a_fact(name):
        raise Misread("nested_correction", found=name)
    return draft(FACT_TYPES[name], record, currency)


def about_a_fact(name: Any) -> bool:
    """Whether facts of this type speak of another fact; a replacement takes a place in the world, as they never do."""
    return name in ("Corrected", "Voided")
