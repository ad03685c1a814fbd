"""Personal text: sealed before it is stored, erasable for good, and covered by the hash chain all the same."""

import typing
from itertools import count

import pytest
from eventsourcing.persistence import ProgrammingError

from ledger import events
from ledger.events import FACT_TYPES, Recorded
from ledger.store import personal, reader
from ledger.store.mapper import FactMapper, FactRecorded
from ledger.store.personal import PersonalText, reveal, seal, texts_in
from ledger.vocabulary import Kind
from tests.postgres import Database
from tests.store.facts import NOON, connected, draft, income, line, opened

SALT = bytes(range(16))
CORRECTION = events.Corrected(
    effective=NOON,
    fact=2,
    note="mistyped",
    replacement=events.LenderStated(effective=NOON, lender="ant", text="综合评估不足", document="scan 4"),
)


def kind_of(annotation: object) -> set[str]:
    """The kinds in an annotation, wherever they stand in it."""
    found = {meta.extra["kind"] for meta in getattr(annotation, "__metadata__", ()) if meta.extra}
    return found.union(*(kind_of(part) for part in typing.get_args(annotation)))


@pytest.mark.parametrize("kind", FACT_TYPES.values(), ids=FACT_TYPES)
def test_the_fields_that_are_sealed_are_those_declared_as_text(kind: type[events.Fact]) -> None:
    hints = typing.get_type_hints(kind, include_extras=True)
    declared = {name for name in kind.__struct_fields__ if Kind.text in kind_of(hints[name])}
    sealed = {name for name in kind.__struct_fields__ if name in personal.TEXT_FIELDS}
    assert declared - {"replacement"} == sealed


def test_a_sealed_fact_holds_digests_and_gives_the_texts_back() -> None:
    sealed, texts = seal(CORRECTION, lambda: SALT)
    assert {text.field: text.content for text in texts} == {
        "note": "mistyped",
        "replacement.text": "综合评估不足",
        "replacement.document": "scan 4",
    }
    assert all(personal.is_sealed(content) for _, content in texts_in(sealed))
    assert reveal(sealed, {text.field: text.content for text in texts}) == CORRECTION


def test_a_fact_without_text_is_stored_as_it_is() -> None:
    fact = events.IncomeReceived(effective=NOON, amount=1)
    assert seal(fact, lambda: SALT) == (fact, ())


def test_every_text_has_a_salt_of_its_own() -> None:
    numbers = count()
    _, texts = seal(CORRECTION, lambda: next(numbers).to_bytes(16, "big"))
    assert len({text.salt for text in texts}) == 3


def test_the_same_text_under_two_salts_looks_different() -> None:
    assert personal.digest(SALT, "salary") != personal.digest(bytes(16), "salary")


def test_a_text_that_looks_like_a_digest_is_sealed_like_any_other() -> None:
    digest = personal.digest(SALT, "salary")
    sealed, texts = seal(events.IncomeReceived(effective=NOON, amount=1, note=digest), lambda: SALT)
    assert texts == (PersonalText("note", SALT, digest),)
    assert sealed.note != digest


def test_what_the_log_holds_tells_nothing_of_a_text(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        ledger.record("h1", [income(1, note="salary from the bakery")])
        found = connection.execute("SELECT payload FROM headroom.event WHERE version = 2").fetchone()
        assert found is not None
        assert b"bakery" not in found[0]
        assert reader.texts(connection, "h1") == {2: {"note": "salary from the bakery"}}


def test_texts_of_a_correction_come_back_where_they_belong(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        ledger.record("h1", [line(), draft(events.LenderStated(effective=NOON, lender="ant", text="old"))])
        correction = events.Corrected(effective=NOON, fact=0, replacement=CORRECTION.replacement)
        ledger.record("h1", [draft(correction, refers="h1:3")])
        stored: Recorded = reader.load(connection, "h1")[-1]
        assert reveal(stored.fact, reader.texts(connection, "h1")[4]) == events.Corrected(
            effective=NOON, fact=3, replacement=CORRECTION.replacement
        )


def test_the_library_cannot_be_used_to_store_an_unsealed_text() -> None:
    fact = events.IncomeReceived(effective=NOON, amount=1, note="salary")
    with pytest.raises(ProgrammingError, match="personal text"):
        FactMapper(transcoder=None).to_stored_event(FactRecorded("h1", 1, fact))  # type: ignore[arg-type]  # unused
