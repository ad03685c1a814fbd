"""`headroom add`: one fact without writing JSON, read by the same rules as a line of a history file."""

from collections.abc import Mapping
from typing import Any, Final

import click
import msgspec

from app.cli import asking
from app.cli.desk import Desk, no_page
from app.cli.options import Misused
from app.cli.paper import Column, Ink
from app.cli.program import command
from app.recording import register_of
from ledger.calendar import moment
from ledger.errors import Refused, Unreadable, complaint
from ledger.events import FACT_TYPES
from ledger.fields import Field, fields
from ledger.history import Line, Reader, repeated

_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}


@command("add")
@click.argument("fact", metavar="FACT")
@click.argument("values", metavar="FIELD=VALUE", nargs=-1)
@click.option("--household", metavar="H")
@click.pass_obj
def run(desk: Desk, fact: str, values: tuple[str, ...], household: str | None) -> int:
    """Record one fact, or list the fields of a kind of fact."""
    if not values and fact in FACT_TYPES and household is None:
        _list_fields(desk, fact)
        return 0
    if household is None:
        raise Misused("usage.missing", name="--household", command="headroom add")
    told = asking.pairs(values)
    try:
        asking.household_name(household)
        _unnamed(told, fact=fact, household=household)
        _add(desk, household, {"type": fact, "household": household} | written(fact, told))
    except (Unreadable, Refused) as refused:
        if not desk.options.json:
            raise
        complaints = refused.complaints if isinstance(refused, Unreadable) else (refused.at_line(0),)
        desk.answer({"accepted": 0, "duplicates": 0, "rejected": 1, "complaints": complaints, "id": None}, no_page)
        return 1
    return 0


def _unnamed(told: Mapping[str, str], *, fact: str, household: str) -> None:
    """See that the words name neither another type nor another household than the command. Raises: Unreadable."""
    if "type" in told:
        known = ", ".join(["effective_at", "key", "source", "note", *_fields(fact)])
        raise Unreadable((complaint("unknown_field", line=0, field="type", type=fact, known=known),))
    if told.get("household", household) != household:
        found = told["household"]
        raise Unreadable((complaint("household_differs", line=0, field="household", found=found, expected=household),))


def _add(desk: Desk, household: str, record: dict[str, Any]) -> None:
    record.setdefault("effective_at", moment(desk.world.now()).isoformat(timespec="seconds"))
    with desk.book() as book:
        with book.reading() as connection:
            currency = register_of(connection, household).currency
        read = Reader({household: currency}).record(0, record)
        if not isinstance(read, Line):
            raise Unreadable(read)
        with book.writing() as ledger:
            receipt = ledger.record(household, [read.draft])
    _tell(desk, f"{household}:{receipt.versions[0]}", duplicates=receipt.duplicates)


def _tell(desk: Desk, fact_id: str, *, duplicates: int) -> None:
    if desk.options.json:
        told = {"accepted": 1 - duplicates, "duplicates": duplicates, "rejected": 0, "complaints": []}
        desk.answer(told | {"id": fact_id}, no_page)
    else:
        desk.note(desk.texts.say("record.added_duplicate" if duplicates else "record.added", id=fact_id))


def written(fact: str, values: Mapping[str, str]) -> dict[str, Any]:
    """FIELD=VALUE words as the JSON a history file would hold; a word that fits no type stays text.

    `allocation.interest=12` and `source.kind=lender` reach inside; a correction's `replacement` is written as JSON.
    """
    known = _fields(fact)
    record: dict[str, Any] = {}
    for name, text in values.items():
        outer, dot, inner = name.partition(".")
        if name == "source":
            dot, inner = ".", "kind"
        if dot and outer in ("allocation", "source"):
            parts = record.setdefault(outer, {})
            if inner in parts:
                raise Misused("usage.twice", name=f"{outer}.{inner}")
            parts[inner] = text
        else:
            record[name] = _value(known.get(name), text)
    return record


def _fields(fact: str) -> dict[str, Field]:
    """The fields of a kind of fact by their names; none of a kind that is not known."""
    return {field.name: field for field in fields(FACT_TYPES[fact])} if fact in FACT_TYPES else {}


def _value(field: Field | None, text: str) -> Any:
    kind = field.kind if field is not None else ""
    if kind == "boolean":
        return _TRUTH.get(text.lower(), text)
    if kind == "integer":
        return int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else text
    if kind == "order":
        return text.split(",")
    if kind == "fact":
        return _replacement(text)
    return text


def _replacement(text: str) -> Any:
    """A whole fact, written as JSON. Raises: Unreadable when a field stands in it twice."""
    try:
        read = msgspec.json.decode(text.encode())
    except msgspec.DecodeError:
        return text
    found = tuple(complaint("repeated_field", line=0, field=f"replacement.{one}") for one in repeated(text.encode()))
    if found:
        raise Unreadable(found)
    return read


def _list_fields(desk: Desk, fact: str) -> None:
    say, paper = desk.texts.say, desk.paper
    paper.line(Ink(say("record.fields_of", fact=fact), "bold"))
    rows = [
        [
            field.name,
            say(f"field.{field.name}"),
            " | ".join(field.choices) or say(f"kind.{field.kind}"),
            say("record.required") if field.required else "",
        ]
        for field in sorted(fields(FACT_TYPES[fact]), key=lambda field: not field.required)
    ]
    paper.table([Column(), Column(), Column(fold=True), Column()], rows)
    paper.paragraph(say("record.fields_of_all"))
