"""`headroom add`: one fact by the same rules as a line of a history file."""

import pytest

from app.cli.commands.add_ import written
from tests.cli.program import Person

OPEN = (
    "add",
    "LineOpened",
    "line=jiebei",
    "lender=ant",
    "product=consumer_loan",
    "effective_at=2026-01-01",
    "--household",
    "h1",
)


def test_a_fact_is_recorded_without_writing_json(person: Person) -> None:
    said = person.types(*OPEN, "--json")
    assert (said.code, said.json) == (
        0,
        {"accepted": 1, "duplicates": 0, "rejected": 0, "complaints": [], "id": "h1:2"},
    )


def test_a_key_makes_adding_twice_harmless(person: Person) -> None:
    assert person.types(*OPEN, "key=once").code == 0
    again = person.types(*OPEN, "key=once", "--json")
    assert (again.code, again.json["duplicates"], again.json["id"]) == (0, 1, "h1:2")


def test_a_field_the_fact_does_not_have_is_told_with_those_it_has(person: Person) -> None:
    said = person.types("add", "RepaymentPosted", "line=jiebei", "amont=500", "--household", "h1")
    assert said.code == 1
    assert said.out == ""
    assert "amont" in said.err
    assert "allocation" in said.err


def test_a_line_the_book_does_not_know_is_refused(person: Person) -> None:
    said = person.types("add", "RepaymentPosted", "line=nowhere", "amount=500", "--household", "h1", "--lang", "zh")
    assert said.code == 1
    assert "nowhere" in said.err


@pytest.mark.parametrize("words", [("line",), ("=x",), ("line=a", "line=b")])
def test_a_word_that_is_no_pair_is_a_slip_of_usage(person: Person, words: tuple[str, ...]) -> None:
    assert person.types("add", "LineFrozen", *words, "--household", "h1").code == 2


def test_the_fields_of_a_fact_are_listed_without_a_book(person: Person) -> None:
    said = Person().types("add", "LimitObserved")
    assert said.code == 0
    assert all(field in said.out for field in ("line", "limit", "available", "drawn"))


def test_words_become_the_json_a_history_file_would_hold() -> None:
    found = written("DrawnDown", {"amount": "5", "periods": "12", "due_on": "2026-01-01", "source": "bank"})
    assert found == {"amount": "5", "periods": 12, "due_on": "2026-01-01", "source": {"kind": "bank"}}
    assert written("RepaymentPosted", {"allocation.interest": "1"}) == {"allocation": {"interest": "1"}}
    assert written("LineOpened", {"revolving": "no", "secured": "perhaps"}) == {
        "revolving": False,
        "secured": "perhaps",
    }
    assert written("DrawnDown", {"periods": "1e3"}) == {"periods": "1e3"}
