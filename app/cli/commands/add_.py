"""`headroom add`: one fact without writing JSON, read by the same rules as a line of a history file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import click
import msgspec

from app import listing
from app.cli import asking
from app.cli.desk import Desk, no_page
from app.cli.options import Misused
from app.cli.paper import Column, Ink
from app.cli.program import command
from app.cli.texts import Texts
from app.following import brought_up
from app.recording import register_of
from ledger.calendar import moment
from ledger.errors import Refused, Unreadable, complaint
from ledger.events import FACT_TYPES
from ledger.fields import Field, fields
from ledger.history import Line, Reader, repeated
from ledger.store.reader import Connection
from ledger.writing import defaults

_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}
_OF_THE_CORRECTION: Final = frozenset({"fact", "replacement", "key", "source", "note"})
"""Words that tell of a correction itself; all others tell what the fact should have said."""


@command("add")
@click.argument("fact", metavar="[FACT]", required=False)
@click.argument("values", metavar="FIELD=VALUE", nargs=-1)
@click.option("--household", metavar="H")
@click.pass_obj
def run(desk: Desk, fact: str | None, values: tuple[str, ...], household: str | None) -> int:
    """Record one fact, or list the fields of a kind of fact, or the kinds there are."""
    if fact is None:
        _list_facts(desk)
        return 0
    if not values and fact in FACT_TYPES and household is None:
        _list_fields(desk, fact)
        return 0
    if household is None:
        raise Misused("usage.missing", name="--household", command="headroom add")
    told = asking.pairs(values)
    try:
        asking.household_name(household)
        _unnamed(told, fact=fact, household=household)
        _add(desk, household, fact, told)
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


def _add(desk: Desk, household: str, fact: str, told: Mapping[str, str]) -> None:
    with desk.book() as book:
        with book.reading() as connection:
            register = register_of(connection, household)
            said = _in_full(told, household=household, zone=register.timezone)
            record = _amended(connection, household, said) if fact == "Corrected" else written(fact, said)
        record = {"type": fact, "household": household} | record
        record.setdefault("effective_at", moment(desk.world.now()).isoformat(timespec="seconds"))
        read = Reader({household: register.currency}).record(0, record)
        if not isinstance(read, Line):
            raise Unreadable(read)
        with book.writing() as ledger:
            receipt = ledger.record(household, [read.draft])
        brought_up(book)
    _tell(desk, f"{household}:{receipt.versions[0]}", duplicates=receipt.duplicates)
    if register.version == 0 and fact != "HouseholdOpened" and not desk.options.json:
        desk.note(desk.texts.say("record.new_household", household=household))
    if fact == "PaymentDue" and record["due_on"] < record["effective_at"][:10] and not desk.options.json:
        desk.note(desk.texts.say("record.late_bill", number=receipt.versions[0], household=household))


def _in_full(told: Mapping[str, str], *, household: str, zone: str) -> dict[str, str]:
    """The words with what goes without saying: whose fact a number alone names, and by which clock a time is told."""
    said = dict(told)
    if said.get("fact", "").isdecimal():
        said["fact"] = f"{household}:{said['fact']}"
    if "effective_at" in said:
        said["effective_at"] = _with_offset(said["effective_at"], zone)
    return said


def _with_offset(text: str, zone: str) -> str:
    """A time of day without an offset as the household's clock shows it; whatever else is written stays as it is."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    told = ":" in text and read.tzinfo is None
    return read.replace(tzinfo=ZoneInfo(zone)).isoformat() if told else text


def _amended(connection: Connection, household: str, told: Mapping[str, str]) -> dict[str, Any]:
    """A correction of which only what differs from the fact as it stands was written; an empty word leaves a field out.

    Raises: NotFound when there is no such fact.
    """
    own = {name: text for name, text in told.items() if name.partition(".")[0] in _OF_THE_CORRECTION}
    differs = {name: text for name, text in told.items() if name not in own}
    if "replacement" in own or "fact" not in own or not differs:
        return written("Corrected", told)
    standing = listing.as_it_stands(connection, household, own["fact"])
    found = written(standing["type"], {name: text for name, text in differs.items() if text})
    if isinstance(found.get("allocation"), dict):
        found["allocation"] = standing.get("allocation", {}) | found["allocation"]
    kept = {name: value for name, value in standing.items() if name not in differs}
    return written("Corrected", own) | {"replacement": kept | found}


def _tell(desk: Desk, fact_id: str, *, duplicates: int) -> None:
    if desk.options.json:
        told = {"accepted": 1 - duplicates, "duplicates": duplicates, "rejected": 0, "complaints": []}
        desk.answer(told | {"id": fact_id}, no_page)
    else:
        desk.note(desk.texts.say("record.added_duplicate" if duplicates else "record.added", id=fact_id))


def written(fact: str, values: Mapping[str, str]) -> dict[str, Any]:
    """FIELD=VALUE words as the JSON a history file would hold; a word that fits no type stays text.

    `allocation.interest=12` and `source.kind=lender` reach inside; a correction's `replacement`, and an `allocation` at
    once, are written as JSON.
    """
    known = _fields(fact)
    record: dict[str, Any] = {}
    for name, text in values.items():
        outer, dot, inner = name.partition(".")
        if name == "source":
            dot, inner = ".", "kind"
        if dot and outer in ("allocation", "source"):
            parts = record.setdefault(outer, {})
            if not isinstance(parts, dict) or inner in parts:
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
    if field is not None and kind in ("fact", "allocation"):
        return _from_json(field.name, text)
    return text


def _from_json(field: str, text: str) -> Any:
    """A whole fact, or all parts of an allocation, as JSON. Raises: Unreadable when a field stands in it twice."""
    try:
        read = msgspec.json.decode(text.encode())
    except msgspec.DecodeError:
        return text
    found = tuple(complaint("repeated_field", line=0, field=f"{field}.{one}") for one in repeated(text.encode()))
    if found:
        raise Unreadable(found)
    return read


def _list_facts(desk: Desk) -> None:
    say, paper = desk.texts.say, desk.paper
    paper.line(Ink(say("record.facts"), "bold"))
    paper.table([Column(), Column(fold=True)], [[name, _kind_told(desk.texts, name)] for name in FACT_TYPES])
    paper.paragraph(say("record.facts_more"))


def _kind_told(texts: Texts, name: str) -> str:
    return texts.known(f"record.kind.{name}", texts.say(f"fact.{name}"))


def _list_fields(desk: Desk, fact: str) -> None:
    say, paper, usual = desk.texts.say, desk.paper, defaults(FACT_TYPES[fact])
    paper.line(Ink(say("record.fields_of", fact=fact), "bold"))
    rows = [
        [field.name, say(f"field.{field.name}"), _value_told(desk.texts, field), _need_told(desk.texts, field, usual)]
        for field in sorted(fields(FACT_TYPES[fact]), key=lambda field: not field.required)
    ]
    paper.table([Column(), Column(), Column(fold=True), Column()], rows)
    if usual:
        paper.paragraph(say("record.usual"))
    about = desk.texts.known(f"record.about.{fact}", "")
    if about:
        paper.paragraph(about)
    paper.paragraph(say("record.fields_of_all"))


def _value_told(texts: Texts, field: Field) -> str:
    """What a field may hold: its words, each with its meaning where the word alone does not say it."""
    return " | ".join(_choice_told(texts, field, word) for word in field.choices) or texts.say(f"kind.{field.kind}")


def _choice_told(texts: Texts, field: Field, word: str) -> str:
    meaning = texts.known(f"choice.{field.name}.{word}", "")
    plain = not meaning or meaning == word.replace("_", " ")
    return word if plain else texts.say("record.choice", word=word, meaning=meaning)


def _need_told(texts: Texts, field: Field, usual: Mapping[str, str]) -> str:
    if field.required:
        return texts.say("record.required")
    return f"= {usual[field.name]}" if field.name in usual else ""
