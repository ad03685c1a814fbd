"""Tampering done as superuser, and how verifying names the first bad fact."""

from typing import Any, cast

import pytest

from ledger.errors import Corrupt
from ledger.store import application, reader
from ledger.store.broken import UNREADABLE, Broken, wording
from ledger.store.verify import Verdict, verify
from tests.cli.program import Person, address
from tests.postgres import Database
from tests.store.facts import connected, income, opened

SWAP = """
UPDATE headroom.event AS e SET {columns} FROM (SELECT * FROM headroom.event WHERE household = 'h2') AS other
WHERE e.household = 'h2' AND e.version IN (3, 4) AND other.version = 7 - e.version
"""
TAMPERING = {
    "a changed byte of a payload": (
        "UPDATE headroom.event SET payload = set_byte(payload, 60, get_byte(payload, 60) # 1)"
        " WHERE household = 'h2' AND version = 4",
        "h2:4",
        "changed",
    ),
    "a changed recorded time": (
        "UPDATE headroom.event SET recorded_at = recorded_at + 1 WHERE household = 'h2' AND version = 4",
        "h2:4",
        "changed",
    ),
    "a changed byte of a hash": (
        "UPDATE headroom.event SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1)"
        " WHERE household = 'h2' AND version = 2",
        "h2:2",
        "changed",
    ),
    "a changed key hash": (
        "UPDATE headroom.event SET key_hash = key_hash + 1 WHERE household = 'h2' AND version = 3",
        "h2:3",
        "key",
    ),
    "an unknown formula": ("UPDATE headroom.event SET formula = 9 WHERE version = 3", "h1:3", "formula 9"),
    "a deleted row": ("DELETE FROM headroom.event WHERE household = 'h2' AND version = 3", "h2:3", "missing"),
    "a deleted first row": ("DELETE FROM headroom.event WHERE household = 'h2' AND version = 1", "h2:1", "missing"),
    "a deleted last row": ("DELETE FROM headroom.event WHERE household = 'h2' AND version = 6", "h2:6", "missing"),
    "a deleted household": ("DELETE FROM headroom.event WHERE household = 'h2'", "h2:1", "missing"),
    "a deleted last household": ("DELETE FROM headroom.event WHERE household = 'h3'", "h3:1", "missing"),
    "a deleted head": ("DELETE FROM headroom.head WHERE household = 'h2'", "h2:6", "end of the household's chain"),
    "a head set back": (
        "UPDATE headroom.head SET (version, hash) = (SELECT version, hash FROM headroom.event AS e"
        " WHERE e.household = 'h2' AND version = 5) WHERE household = 'h2'",
        "h2:6",
        "head",
    ),
    "a pair with swapped payloads": (SWAP.format(columns="payload = other.payload"), "h2:3", "changed"),
    "a pair with swapped contents": (
        "UPDATE headroom.event SET key_hash = NULL WHERE household = 'h2' AND version IN (3, 4);"
        + SWAP.format(columns="payload = other.payload, hash = other.hash, recorded_at = other.recorded_at"),
        "h2:3",
        "changed",
    ),
    "a pair with swapped positions": (SWAP.format(columns="position = other.position"), "h2:3", "moved"),
    "a changed text": ("UPDATE headroom.personal_text SET content = 'other' WHERE household = 'h3'", "h3:6", "note"),
    "a text moved to another fact": (
        "UPDATE headroom.personal_text SET version = 2 WHERE household = 'h3'",
        "h3:2",
        "note",
    ),
}


def fill(database: Database) -> None:
    with opened(database.service) as ledger:
        for household in ("h1", "h2", "h3"):
            for number in range(1, 5):
                ledger.record(household, [income(number, key=f"k{number}")])
            ledger.record(household, [income(5, note="wages" if household == "h3" else None)])


def verified(database: Database, household: str | None = None) -> Verdict:
    with connected(database.service) as connection:
        return verify(connection, household)


def test_an_untouched_book_verifies(database: Database) -> None:
    fill(database)
    assert verified(database) == Verdict(households=3, facts=18, first_bad=None)
    assert verified(database, "h2") == Verdict(households=1, facts=6, first_bad=None)


def test_an_empty_book_verifies(database: Database) -> None:
    assert verified(database) == Verdict(households=0, facts=0, first_bad=None)


def test_a_book_whose_texts_were_erased_still_verifies(database: Database) -> None:
    fill(database)
    with connected(database.service) as connection:
        connection.execute("DELETE FROM headroom.personal_text")
    assert verified(database).ok


@pytest.mark.parametrize("tampering", TAMPERING)
def test_verifying_names_the_first_bad_fact_after(tampering: str, database: Database) -> None:
    statement, fact, reason = TAMPERING[tampering]
    fill(database)
    with connected(database.superuser) as connection:
        connection.execute(statement.encode())
    found = verified(database).first_bad
    assert isinstance(found, Broken)
    assert found.fact == fact
    assert reason in found.reason
    assert found.reason == wording(found.code, found.details)


def misrecord(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record what no fact can hold, as was possible once: the third of `h2`."""
    with monkeypatch.context() as patched, opened(database.service) as ledger:
        patched.setattr(application, "are_sound", tuple)
        ledger.record("h2", [income(1), income(cast("Any", 30.5)), income(2)])


def test_a_fact_that_was_no_fact_from_the_start_is_told_apart_from_one_that_was_changed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    misrecord(database, monkeypatch)
    found = verified(database).first_bad
    assert found is not None
    assert (found.fact, found.code) == ("h2:3", UNREADABLE)
    with connected(database.service) as connection, pytest.raises(Corrupt, match=r"Fact h2:3 .* at `amount`"):
        reader.load(connection, "h2")

    with connected(database.superuser) as connection:
        connection.execute("UPDATE headroom.event SET recorded_at = recorded_at + 1 WHERE version = 4")
    changed = verified(database).first_bad
    assert changed is not None
    assert (changed.fact, changed.code) == ("h2:4", "other_hash")


@pytest.mark.parametrize(("language", "said"), [("en", "Nobody changed it"), ("zh", "没有人改动过它")])
def test_what_to_do_about_a_fact_nobody_changed_is_not_to_restore_a_backup(
    database: Database, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    misrecord(database, monkeypatch)
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    told = person.types("verify", "--lang", language)
    assert told.code == 4
    assert "h2:3" in told.out
    assert said in told.out
    for words in (("position", "h2"), ("feed",)):
        broken = person.types(*words, "--lang", language)
        assert broken.code == 4
        assert "h2:3" in broken.err
        assert "headroom verify" in broken.err
