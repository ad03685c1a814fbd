"""What the documents show of asking as known at another time is run here, on whatever day the book learned its facts.

An example that names the day of its writing works on no later one: it takes the moment `K` from the clock.
"""

import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from app.cli.commands.demo_ import FAMILY
from ledger.calendar import parse_when, zone
from ledger.events import FACT_TYPES
from ledger.fields import fields
from tests.cli.program import Person, Said, address
from tests.postgres import Database

ROOT: Final = Path(__file__).parents[1]
TWINS: Final = sorted(
    str(path.relative_to(ROOT)).removesuffix(".md")
    for path in [*ROOT.glob("README.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("ops/*.md")]
    if not path.name.endswith(".zh-CN.md")
)
ON_KNOWING: Final = [f"docs/{name}{end}" for name in ("concepts", "explaining") for end in (".md", ".zh-CN.md")]
BLOCK: Final = re.compile(r"^```(?:sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOW: Final = "K=$(date -u +%FT%TZ)"
ENDS: Final = (".md", ".zh-CN.md")


def commands(document: str) -> list[str]:
    """The command lines of a document that ask as known at `K`, and those of the same blocks."""
    text = (ROOT / document).read_text(encoding="utf-8")
    lines = [line for block in BLOCK.findall(text) if NOW in block for line in block.splitlines()]
    return [line.removeprefix("$ ").split("  #")[0].rstrip() for line in lines]


def run(person: Person, lines: list[str]) -> list[Said]:
    """What each command says; what is written to a file is left out."""
    moment, said = "", []
    for line in lines:
        if line == NOW:
            now = parse_when(person.now())
            assert isinstance(now, int)
            moment = zone("UTC").text(now - now % 1_000_000).replace("+00:00", "Z")
            continue
        program, *words = shlex.split(line.partition(" > ")[0].replace("$K", moment))
        assert program == "headroom"
        said.append(person.types(*words))
    return said


@pytest.mark.parametrize("learned", ["2026-07-01T09:00:00+08:00", "2031-12-31T23:00:00+08:00"])
@pytest.mark.parametrize("document", ON_KNOWING)
def test_an_example_of_knowing_works_on_any_day(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, document: str, learned: str
) -> None:
    monkeypatch.chdir(tmp_path)
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    person.waits_until(learned)
    assert person.types("record", str(FAMILY)).code == 0

    said = run(person, commands(document))

    assert len(said) >= 3
    assert [one.err for one in said if one.code != 0] == []
    if "concepts" in document:
        then, since = said[-2:]
        assert "50,000.00" in then.out
        assert re.search(r"jiebei +12,000\.00", since.out)
        assert not re.search(r"jiebei +12,000\.00", then.out)
    else:
        assert "limit lowered" in said[-1].out


def test_no_document_asks_as_known_on_a_day_of_its_own() -> None:
    dated = re.compile(r"--(?:known-at|then) \"?\d")
    documents = [f"{document}{end}" for document in TWINS for end in (".md", ".zh-CN.md")]
    assert [name for name in documents if dated.search((ROOT / name).read_text(encoding="utf-8"))] == []


def skeleton(text: str) -> list[str]:
    """What both languages of a document have in common: levels of headings, rows of tables, places of code."""
    plain = re.sub(r"^```.*?^```$", "```", text, flags=re.MULTILINE | re.DOTALL)
    kinds = re.finditer(r"^(?:#+ |\||```|    (?=\S))", plain, re.MULTILINE)
    return [found.group().strip() or "code" for found in kinds]


@pytest.mark.parametrize("document", TWINS)
def test_both_languages_of_a_document_stand_together_and_point_to_each_other(document: str) -> None:
    english, chinese = ((ROOT / f"{document}{end}").read_text(encoding="utf-8") for end in (".md", ".zh-CN.md"))
    name = document.rpartition("/")[2]
    assert f"[中文]({name}.zh-CN.md)" in english
    assert f"[English]({name}.md)" in chinese
    assert skeleton(english) == skeleton(chinese)


@pytest.mark.parametrize("document", TWINS)
def test_a_chinese_document_leads_to_chinese_ones(document: str) -> None:
    links = re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", (ROOT / f"{document}.zh-CN.md").read_text(encoding="utf-8"))
    folder = (ROOT / document).parent
    missing = [link for link in links if not (folder / link).exists()]
    foreign = [
        link
        for link in links[1:]
        if not link.endswith(".zh-CN.md") and (folder / f"{link.removesuffix('.md')}.zh-CN.md").exists()
    ]
    assert (missing, foreign) == ([], [])


@pytest.mark.parametrize("document", TWINS)
def test_both_languages_of_a_document_show_the_same_commands(document: str) -> None:
    assert commands(f"{document}.md") == commands(f"{document}.zh-CN.md")


@pytest.mark.parametrize("end", ENDS)
def test_the_page_on_recording_names_every_fact_with_its_fields(end: str) -> None:
    text = (ROOT / f"docs/recording{end}").read_text(encoding="utf-8")
    rows = [row.split("|") for row in re.findall(r"^\| `[A-Z].*$", text, re.MULTILINE)]
    named = {cells[1].strip(" `"): [re.findall("`(.*?)`", cell) for cell in cells[3:5]] for cells in rows}
    assert named == {
        name: [[one.name for one in fields(kind) if one.required is needed] for needed in (True, False)]
        for name, kind in FACT_TYPES.items()
    }


@pytest.mark.parametrize("end", ENDS)
def test_what_the_page_on_recording_shows_can_be_recorded(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / f"docs/recording{end}").read_text(encoding="utf-8")
    (file,) = re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    Path("card.jsonl").write_text(file, encoding="utf-8")
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]

    said = run(person, ["headroom record card.jsonl", *lines])

    assert [one.err for one in said if one.code != 0] == []
    lines_of_credit = {
        one["line"]: one for one in person.types("position", "shop", "--at", "2026-03-25", "--json").json["lines"]
    }
    assert {name: (one["drawn"], one["days_past_due"]) for name, one in lines_of_credit.items()} == {
        "card": ("0.00", 0), "mybank": ("80000.00", 43), "house": ("735000.00", 0), "oven": ("12000.00", 24)
    }  # fmt: skip
    assert lines_of_credit["house"]["loans"][0]["next_due"] == "3692.40"
