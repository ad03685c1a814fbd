"""Personal texts are erased for good: from the answers and from the database's files; the book goes on verifying."""

import psycopg
import pytest

from tests.cli.program import Person
from tests.postgres import Database

NOTED = (
    b'{"type":"IncomeReceived","household":"h1","effective_at":"2026-01-02","amount":"5","note":"from the bakery"}\n'
    b'{"type":"IncomeReceived","household":"h1","effective_at":"2026-01-03","amount":"6","note":"from the mill"}\n'
    b'{"type":"IncomeReceived","household":"h2","effective_at":"2026-01-03","amount":"7","note":"from the harbour"}\n'
)
FILE = "SELECT pg_read_binary_file(pg_relation_filepath('headroom.personal_text'))"


@pytest.fixture
def noted(person: Person) -> Person:
    """Somebody with three notes in the book."""
    assert person.types("record", "-", given=NOTED).code == 0
    return person


def bytes_of_texts(database: Database) -> bytes:
    """The table of texts as its file has it."""
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        found = connection.execute(FILE).fetchone()
    assert found is not None
    return bytes(found[0])


def test_the_texts_of_one_fact_are_gone_for_good_and_the_book_verifies(noted: Person, database: Database) -> None:
    assert b"bakery" in bytes_of_texts(database)
    assert noted.types("erase", "h1:2", "--json").json == {
        "erased": [{"fact": "h1:2", "field": "note"}],
        "rewritten": True,
    }
    shown = noted.types("history", "h1").out + noted.types("export", "h1").out
    assert "bakery" not in shown
    assert "from the mill" in shown
    assert b"bakery" not in bytes_of_texts(database)
    assert noted.types("verify").code == 0
    again = noted.types("erase", "h1:2", "--lang", "en")
    assert (again.code, again.out.split(":")[0]) == (0, "There is no text to erase")


def test_all_texts_of_a_household_are_gone_and_no_one_elses(noted: Person, database: Database) -> None:
    said = noted.types("erase", "h1", "--all", "--lang", "en")
    assert said.code == 0
    assert "2 texts" in said.out
    page = noted.types("history", "h1", "--lang", "en").out
    assert (page.count("(erased)"), page.count("sha256:")) == (2, 0)
    left = bytes_of_texts(database)
    assert (b"bakery" in left, b"mill" in left, b"harbour" in left) == (False, False, True)
    assert noted.types("verify").code == 0


def test_a_text_is_gone_from_the_corrections_that_repeat_it(noted: Person, database: Database) -> None:
    right = (
        b'{"type":"Corrected","household":"h1","effective_at":"2026-01-04","fact":"h1:%d","replacement":'
        b'{"type":"IncomeReceived","effective_at":"2026-01-02","amount":"50","note":"from the bakery, really"}}\n'
    )
    assert noted.types("record", "-", given=right % 2 + right % 4).code == 0
    erased = noted.types("erase", "h1:2", "--json").json["erased"]
    assert [(one["fact"], one["field"]) for one in erased] == [
        ("h1:2", "note"), ("h1:4", "replacement.note"), ("h1:5", "replacement.note")
    ]  # fmt: skip
    assert b"bakery" not in bytes_of_texts(database)
    assert "from the mill" in noted.types("export", "h1").out
    assert noted.types("verify").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [(("h1",), 2), (("h1:2", "--all"), 2), (("h1:9",), 1), (("h9:1",), 1), (("h9", "--all"), 1)],
)
def test_what_names_no_fact_erases_nothing(noted: Person, words: tuple[str, ...], code: int) -> None:
    before = noted.types("export", "h1").out
    for language in ("en", "zh"):
        said = noted.types("erase", *words, "--lang", language)
        assert said.code == code
        assert words[0].partition(":")[0] in said.err
    assert noted.types("export", "h1").out == before
