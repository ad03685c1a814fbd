"""`headroom demo`: the same page on every day, from a real book that is gone afterwards."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.options import LANGUAGES, Language
from app.cli.paper import width_of
from tests.cli import shapes
from tests.cli.program import Person
from tests.golden_files import Golden


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder others may enter: run as root, the server belongs to another user."""
    with tempfile.TemporaryDirectory(prefix="hr-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_reads_as_promised_and_leaves_nothing_behind(
    golden: Golden, open_folder: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(open_folder))
    said = Person(HEADROOM_HOME=str(open_folder / "home")).types("demo", "--lang", language)
    assert (said.code, said.err) == (0, "")
    golden.holds(f"demo.{language}.txt", said.out)
    assert max(width_of(line) for line in said.out.splitlines()) <= 80
    assert list(open_folder.iterdir()) == []


def test_the_demo_explains_why_it_is_12000_and_not_50000() -> None:
    said = Person().types("demo", "--json")
    shapes.holds(said.out, shapes.Demo)
    told = said.json["explain"]
    assert told["bridge"]["opening"]["available"] == "20000.00"
    assert [(step["kind"], step["amount"]) for step in told["bridge"]["steps"]] == [
        ("principal_repaid", "30000.00"),
        ("inferred_limit", "-38000.00"),
    ]
    assert told["bridge"]["closing"]["available"] == "12000.00"
    assert (told["verdict"]["code"], told["verdict"]["grade"], told["verdict"]["why_grade"]) == ("P01", "E3", "E0")
    assert told["order_undetermined"]
