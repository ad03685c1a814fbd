"""The history file: JSON Lines to facts and back, with every complaint collected.

Source: contract.md sections 1 and 2.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any, BinaryIO, Final

import msgspec

from ledger import drafts, fields
from ledger.awaited import Name, given_by
from ledger.drafts import about_a_fact
from ledger.errors import Complaint, complaint
from ledger.events import FACT_TYPES, Fact, HouseholdOpened, ScoreObserved
from ledger.fields import Misread
from ledger.money import MINOR_DIGITS
from ledger.record import REFERRING, Draft

LONGEST_LINE_BYTES: Final = 1_000_000
BLOCK_BYTES: Final = 1 << 18
"""What is read of a file at a time: some two thousand lines."""
_ENVELOPE: Final = ("household", "effective_at", "key", "source", "note")
_decode: Final = msgspec.json.Decoder().decode
_BETWEEN: Final = b" \t\r"
"""What JSON allows between a field's name and its colon."""
_pairs: Final = json.JSONDecoder(object_pairs_hook=tuple, parse_int=str).decode
_UNREADABLE: Final = (Misread, KeyError, TypeError, AttributeError, ValueError, RecursionError)
"""What the quick path raises on a line that holds no fact; decoding errors are ValueErrors."""


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """A file in blocks of whole lines. Of a line that is too long to be a fact only the beginning is kept, and ends its
    block: memory stays bounded.
    """
    rest = b""
    while data := stream.read(BLOCK_BYTES):
        rest += data
        end = rest.rfind(b"\n") + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > LONGEST_LINE_BYTES:
            yield rest
            rest = b""
            while (line := stream.readline(BLOCK_BYTES)) and not line.endswith(b"\n"):
                pass
    if rest:
        yield rest


class Line(msgspec.Struct, frozen=True, gc=False):
    """One fact of a history file and the line it stands at, counting from 1."""

    number: int
    household: str
    draft: Draft


class Page(msgspec.Struct, frozen=True, gc=False):
    """What consecutive lines hold.

    Shape: the n-th fact is that of line `numbers[n]` and of household `households[n]`; `refers` has what the
    references of the n-th fact and of its replacement say as written.
    """

    numbers: list[int]
    households: list[str]
    facts: list[Any]
    refers: dict[int, tuple[str | None, str | None]]
    complaints: list[Complaint]

    @classmethod
    def of(cls, numbers: list[int], complaints: list[Complaint]) -> "Page":
        """A page whose facts are still to be put at their places."""
        return cls(numbers, [""] * len(numbers), [None] * len(numbers), {}, complaints)

    def put(self, place: int, household: str, draft: Draft) -> None:
        """Put a fact at its place."""
        self.households[place], self.facts[place] = household, draft.fact
        if draft.refers is not None or draft.inner_refers is not None:
            self.refers[place] = (draft.refers, draft.inner_refers)


class Reader:
    """Reads the lines of one history file; knows the currency of each household it has met.

    `currencies` gives those of households already in the book; others are CNY until their HouseholdOpened says so.
    Shape: `ungiven` has what the lines that are no facts were to give others to name, each with its line.
    """

    def __init__(self, currencies: dict[str, str] | None = None, *, household: str | None = None) -> None:
        self._currencies = dict(currencies or {})
        self._household = household
        self.ungiven: list[tuple[int, list[Name]]] = []

    def page(self, text: bytes, *, first: int = 1) -> Page:
        """What a block of lines holds; read field by field as long as every line is a fact, otherwise line by line."""
        raw = text.removesuffix(b"\n").split(b"\n")
        try:
            return self._together(text, raw, first)
        except _UNREADABLE:
            read = list(self.lines(raw, first=first))
        lines = [one for one in read if isinstance(one, Line)]
        page = Page.of([line.number for line in lines], [one for one in read if isinstance(one, Complaint)])
        for place, line in enumerate(lines):
            page.put(place, line.household, line.draft)
        return page

    def _together(self, text: bytes, raw: list[bytes], first: int) -> Page:
        """The same of lines all of which are facts; those that have the same fields share the reading of each."""
        records = list(map(_decode, raw))
        if _may_repeat(text, *records):
            raise Misread("repeated_field")
        alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, record in enumerate(records):
            alike[record["type"], *record].append(place)
        page = Page.of(list(range(first, first + len(records))), [])
        for (name, *_), places in alike.items():
            self._alike(FACT_TYPES[name], [records[place] for place in places], places, page)
        return page

    def _alike(self, kind: type[Fact], records: list[dict[str, Any]], places: list[int], page: Page) -> None:
        """Read records of one kind that have the same fields, and put them at their places."""
        columns: dict[str, Any] = dict(zip(records[0], zip(*map(dict.values, records), strict=True), strict=True))
        del columns["type"]
        households = fields.names(columns.pop("household", None) or [self._household] * len(records))
        currencies = {self._currencies.get(household, "CNY") for household in set(households)}
        if kind is HouseholdOpened and (len(currencies) > 1 or set(columns.get("currency", ("CNY",))) != currencies):
            raise Misread("other_currency")  # the facts before it are to be read in another one than those after it
        if kind in REFERRING or len(currencies) > 1:
            for place, record in zip(places, records, strict=True):
                line = self._line(page.numbers[place], record)
                page.put(place, line.household, line.draft)
            return
        facts = drafts.facts(kind, columns, *currencies)
        for place, household, fact in zip(places, households, facts, strict=True):
            page.households[place], page.facts[place] = household, fact

    def lines(self, raw: Iterable[bytes], *, first: int = 1) -> Iterator[Line | Complaint]:
        """Each line's fact, or what is wrong with the line; blank lines are passed over. `first` numbers the first."""
        for number, line in enumerate(raw, start=first):
            if number == 1 and line.startswith(b"\xef\xbb\xbf"):
                line = line[3:]
            if line.isspace() or not line:
                continue
            try:
                record = _decode(line)
                if _may_repeat(line, record):
                    _each_once(line)
                yield self._line(number, record)
            except _UNREADABLE:
                yield from self._complaints(number, line)

    def record(self, number: int, record: dict[str, Any]) -> Line | tuple[Complaint, ...]:
        """The fact in an already decoded object, or everything that is wrong with it."""
        try:
            return self._line(number, dict(record))
        except _UNREADABLE:
            return self._examined(number, record)

    def _line(self, number: int, record: dict[str, Any]) -> Line:
        household = fields.name(record.pop("household", None) or self._household)
        kind = FACT_TYPES[record.pop("type")]
        draft = drafts.draft(kind, record, self._currencies.get(household, "CNY"))
        if isinstance(draft.fact, HouseholdOpened) and draft.fact.currency in MINOR_DIGITS:
            self._currencies[household] = draft.fact.currency
        return Line(number, household, draft)

    def _complaints(self, number: int, line: bytes) -> Iterator[Complaint]:
        if len(line) > LONGEST_LINE_BYTES:
            yield complaint("line_too_long", line=number, limit=LONGEST_LINE_BYTES)
            return
        try:
            record = _decode(line)
        except UnicodeDecodeError:
            yield complaint("not_utf8", line=number)
        except RecursionError:
            yield complaint("not_json", line=number, problem="nested too deeply")
        except msgspec.DecodeError as broken:
            code = "not_utf8" if "utf-8" in str(broken).lower() else "not_json"
            yield complaint(code, line=number, problem=_plain(str(broken)))
        else:
            found = tuple(complaint("repeated_field", line=number, field=field) for field in repeated(line))
            yield from found
            yield from self._examined(number, record, otherwise=not found)

    def _examined(self, number: int, record: Any, *, otherwise: bool = True) -> tuple[Complaint, ...]:
        found = tuple(_Examined(number, record, self).complaints)
        if type(record) is dict and (names := given_by(record.get("household") or self._household, record)):
            self.ungiven.append((number, names))
        return found or ((complaint("not_a_fact", line=number),) if otherwise else ())

    def currency(self, household: Any) -> str:
        """The currency a household keeps its book in, as far as this file has told."""
        return self._currencies.get(household, "CNY") if isinstance(household, str) else "CNY"

    @property
    def household(self) -> str | None:
        """The household of facts that name none."""
        return self._household


def _may_repeat(text: bytes, *records: dict[str, Any]) -> bool:
    """Whether lines may name a field twice: they do not where as many colons follow a quotation mark as they have
    fields.

    Shape: said also of lines with such a colon in a value; a decoder that keeps pairs knows better.
    """
    missed = text.translate(None, _BETWEEN).count(b'":') - sum(map(len, records))
    if missed == 0:
        return False
    inside = [value for value in chain.from_iterable(map(dict.values, records)) if type(value) is dict]
    return missed != sum(map(_fields_in, inside))


def _fields_in(value: Any) -> int:
    """How many fields an object has, with those of the objects in it; 0 for any other value."""
    return len(value) + sum(map(_fields_in, value.values())) if type(value) is dict else 0


def _each_once(line: bytes) -> None:
    """See that no object of a line names a field twice. Raises: Misread."""
    if next(repeated(line), None) is not None:
        raise Misread("repeated_field")


def repeated(line: bytes) -> Iterator[str]:
    """The fields that stand twice in one object of a line: a decoder would keep the last of them in silence."""
    with suppress(RecursionError):  # no fact is nested that deeply, which is complained of by itself
        yield from _named_twice(_pairs(line.decode()), inside="")


def _named_twice(told: Any, *, inside: str) -> Iterator[str]:
    """The same of a decoded object, given as pairs; lists of objects occur in no fact."""
    named: set[str] = set()
    for name, value in told if type(told) is tuple else ():
        if name in named:
            yield inside + name
        named.add(name)
        yield from _named_twice(value, inside=f"{inside}{name}.")


def _plain(problem: str) -> str:
    return problem.removeprefix("JSON is malformed: ").rstrip(".")


class _Examined:
    """A record looked at field by field, to say everything that is wrong with it."""

    def __init__(self, number: int, record: Any, reader: Reader, *, inside: str = "") -> None:
        self.complaints: list[Complaint] = []
        self._number = number
        self._inside = inside
        if type(record) is not dict:
            self._complain("not_an_object", found=fields.written(record))
            return
        household = record.get("household") or reader.household
        if not inside:
            self._household(household)
        kind = FACT_TYPES.get(record["type"]) if type(record.get("type")) is str else None
        if kind is None:
            self._no_type(record)
            return
        self._fields(kind, record, reader.currency(household), reader)

    def _complain(self, code: str, field: str = "", **details: Any) -> None:
        place = f"{self._inside}.{field}" if self._inside and field else self._inside or field
        self.complaints.append(complaint(code, line=self._number, field=place, **details))

    def _household(self, household: Any) -> None:
        if household is None:
            self._complain("missing_field", "household", whose="the_fact", expects="name")
            return
        try:
            fields.name(household)
        except Misread as wrong:
            self._complain(wrong.code, "household", **wrong.details)

    def _no_type(self, record: dict[str, Any]) -> None:
        known = ", ".join(name for name in FACT_TYPES if not (self._inside and about_a_fact(name)))
        if "type" in record:
            self._complain("unknown_type", "type", found=fields.shown(record["type"]), known=known)
        else:
            self._complain("missing_field", "type", whose="the_fact", expected=known)

    def _fields(self, kind: type[Fact], record: dict[str, Any], currency: str, reader: Reader) -> None:
        name = record["type"]
        known = {field.name: field for field in fields.fields(kind)}
        envelope = _ENVELOPE[1:] if self._inside else _ENVELOPE  # a replacement is of the same household
        required = {"effective_at": {"expects": "when"}}
        required |= {field.name: field.expectation for field in known.values() if field.required}
        for field, expectation in required.items():
            if field not in record:
                self._complain("missing_field", field, type=name, **expectation)
        for field, value in record.items():
            if field == "type" or (field == "household" and not self._inside):
                continue
            if (name, field) in fields.ELSEWHERE:
                self._complain("told_by_another_fact", field, type=name, other=fields.ELSEWHERE[name, field])
            elif field not in known and field not in envelope:
                self._complain("unknown_field", field, type=name, known=", ".join((*envelope, *known)))
            elif field == "replacement" and type(value) is dict and about_a_fact(value.get("type")):
                self._complain("nested_correction", "replacement.type", found=value["type"])
            elif field == "replacement" and type(value) is dict:
                self.complaints += _Examined(self._number, value, reader, inside="replacement").complaints
            else:
                self._value(kind, field, value, currency)
        if kind is ScoreObserved:
            self._score(record)

    def _value(self, kind: type[Fact], field: str, value: Any, currency: str) -> None:
        """Read one field as the quick path does, and complain where that cannot be."""
        with suppress(TypeError):  # the other required fields are missing here, on purpose
            try:
                drafts.draft(kind, {field: value}, currency)
            except Misread as wrong:
                self._complain(wrong.code, f"{field}.{wrong.part}" if wrong.part else field, **wrong.details)

    def _score(self, record: dict[str, Any]) -> None:
        """A score that is a number may be off the scale of its scheme, which its field does not know."""
        scheme, score = record.get("scheme"), record.get("score")
        if type(scheme) is str and type(score) is int and all(one.field != "score" for one in self.complaints):
            try:
                drafts.on_scale(scheme, score)
            except Misread as wrong:
                self._complain(wrong.code, "score", **wrong.details)
