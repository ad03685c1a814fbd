"""Broken files: each is refused with exit 1 and a sentence that helps, and the book stays as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.options import LANGUAGES
from tests.cli.corpus import BROKEN
from tests.cli.program import Person, address
from tests.postgres import Cluster

WELL = (
    b'{"type":"LineOpened","household":"h1","effective_at":"2026-01-01","line":"well","lender":"x","product":"card"}\n'
)


@pytest.fixture(scope="module")
def well(cluster: Cluster) -> Iterator[Person]:
    """Somebody whose book has a line; nothing that the tests do may change it."""
    with cluster.lent_database() as lent:
        person = Person(HEADROOM_DATABASE_URL=address(lent.superuser))
        assert person.types("record", "-", given=WELL).code == 0
        before = person.types("export", "h1").out
        yield person
        assert person.types("export", "h1").out == before


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_and_the_book_is_unchanged(well: Person, name: str) -> None:
    (data, code), person = BROKEN[name], well
    before = person.types("export", "h1").out
    for language in LANGUAGES:
        said = person.types("record", "-", "--lang", language, given=data)
        assert said.code == 1
        assert f"[{code}]" in said.out
        assert "Traceback" not in said.out + said.err
    told = person.types("record", "-", "--json", given=data).json
    assert told["accepted"] == 0
    assert told["rejected"] > 0 or code in ("no_facts", "not_text")
    assert code in {complaint["code"] for complaint in told["complaints"]}
    assert person.types("export", "h1").out == before
    assert [one["household"] for one in person.types("households", "--json").json] == ["h1"]


def test_every_line_at_fault_is_told_with_its_number_and_field(person: Person) -> None:
    data = (
        WELL
        + b"\n"
        + b'{"type":"LimitGranted","household":"h1","effective_at":"x","line":"well","limit":"1e9"}\n{"type":1}\n'
    )
    told = person.types("record", "-", "--json", given=data).json
    assert {(one["line"], one["field"]) for one in told["complaints"]} >= {
        (3, "effective_at"),
        (3, "limit"),
        (4, "type"),
    }


def test_a_refused_opening_is_told_once_with_how_many_facts_wait_for_it(person: Person) -> None:
    draw = b'{"type":"DrawnDown","household":"h1","effective_at":"2026-01-02","line":"well","amount":"5"}\n'
    data = WELL.replace(b"2026-01-01", b"2026/01/01") + draw * 30
    told = person.types("record", "-", "--json", given=data).json
    assert [(one["line"], one["code"]) for one in told["complaints"]] == [(1, "bad_time")]
    assert (told["accepted"], told["rejected"], told["waiting"]) == (0, 1, 30)
    for language, words in (("en", "30 more facts wait"), ("zh", "另有 30 条事实暂未判断")):
        said = person.types("record", "-", "--lang", language, given=data)
        assert (said.code, " ".join(said.out.split()).count(words)) == (1, 1)
    assert "1 more fact waits" in person.types("record", "-", "--lang", "en", given=data[: -len(draw) * 29]).out


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_of_a_file_sends_control_characters_to_the_terminal(person: Person, language: str) -> None:
    data = b"".join(
        WELL.replace(old, new)
        for old, new in (
            (b'"lender":"x"', b'"lender":"x","\\u001b[2J\\u009b1m":5'),
            (b"2026-01-01", b"\\u001b[2J\\u009b1m"),
            (b'"x"', '["\x9b1m"]'.encode()),
            (b"LineOpened", b"\\u001b]0;x\\u0007"),
        )
    )
    said = person.types("record", "-", "--lang", language, given=data)
    assert said.code == 1
    assert r"\x1b[2J" in said.out
    assert said.out.replace("\n", "").isprintable()


@pytest.mark.slow
def test_a_line_of_200_megabytes_is_refused_without_being_held(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "long.jsonl"
    with file.open("wb") as stream:
        stream.write(WELL + b'{"type":"LineOpened","note":"')
        for _ in range(200):
            stream.write(b"x" * 1_000_000)
        stream.write(b'"}\n' + WELL.replace(b"well", b"more"))
    told = person.types("record", str(file), "--json")
    assert told.code == 1
    assert [(one["line"], one["code"]) for one in told.json["complaints"]] == [(2, "line_too_long")]
    assert person.types("households", "--json").json == []


def test_a_file_that_is_not_there_is_told_by_name(person: Person, tmp_path: Path) -> None:
    said = person.types("record", str(tmp_path / "nowhere.jsonl"))
    assert said.code == 1
    assert "nowhere.jsonl" in said.err
    assert person.types("record", str(tmp_path)).code == 1


def test_a_packed_file_is_told_as_a_history_file_and_to_programs_in_the_same_words(
    person: Person, tmp_path: Path
) -> None:
    file = tmp_path / "facts.jsonl"
    file.write_bytes(BROKEN["gzip"][0])
    assert "one fact a line" in " ".join(person.types("record", str(file)).out.split())
    assert "每行一条事实" in "".join(person.types("record", str(file), "--lang", "zh").out.split())
    told = {person.types("record", str(file), "--json", "--lang", language).out for language in LANGUAGES}
    assert len(told) == 1


@pytest.mark.parametrize("name", BROKEN)
def test_what_a_program_is_told_of_a_broken_file_does_not_depend_on_the_language(well: Person, name: str) -> None:
    data, _ = BROKEN[name]
    first, second = (well.types("record", "-", "--json", "--lang", language, given=data).json for language in LANGUAGES)
    for answer in (first, second):  # the refusal of the future tells the time
        for one in answer["complaints"]:
            one.pop("message" if one["code"] == "in_the_future" else "", None)
            one["details"].pop("now", None)
    assert first == second


LONG = "a" * 300
"""A name no file can have."""


@pytest.mark.parametrize(
    "words",
    [
        ("record", LONG),
        ("record", "/proc/self/mem"),
        ("import", "alipay", LONG, "--household", "h1"),
        ("verify", "--evidence", LONG),
        ("backup", LONG),
        ("restore", LONG),
        ("reporting", "position", f"{LONG}.csv"),
    ],
)
def test_a_file_that_cannot_be_read_or_written_is_refused_with_a_sentence(well: Person, words: tuple[str, ...]) -> None:
    said = well.types(*words)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("✗ ")
