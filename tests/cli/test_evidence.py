"""Evidence: an answer that somebody without the book can verify, and that shows when a byte of it was changed."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.cli.commands.demo_ import FAMILY
from app.cli.evidence.carried import START, data_of
from app.cli.options import LANGUAGES, Language
from tests.cli.program import Person

CHANGE = ("explain", "lin", "--line", "jiebei", "--change", "lin:36")


@pytest.fixture
def page(family: Person, tmp_path: Path) -> Path:
    """Evidence of which the facts that the answer cites are disclosed."""
    file = tmp_path / "why.html"
    assert family.types(*CHANGE, "--evidence", str(file), "--quiet").code == 0
    return file


@pytest.fixture
def whole(family: Person, tmp_path: Path) -> Path:
    """Evidence of which everything is disclosed, texts too."""
    file = tmp_path / "all.html"
    assert family.types(*CHANGE, "--evidence", str(file), "--whole", "--texts", "--quiet").code == 0
    return file


def verified(file: Path) -> tuple[int, dict[str, Any]]:
    """What somebody without any book finds."""
    said = Person(HEADROOM_DATABASE_URL="postgresql://nobody@localhost:1/none").types(
        "verify", "--evidence", str(file), "--json"
    )
    return said.code, said.json


def test_what_is_disclosed_verifies_and_what_is_withheld_is_not_in_the_file(page: Path) -> None:
    code, found = verified(page)

    assert (code, found["ok"], found["first_bad"], found["recomputed"]) == (0, True, None, None)
    assert 0 < found["disclosed"] < found["facts"]
    told = data_of(page.read_text(), path="")
    withheld = [one for one in told.chain.links if one.payload is None]
    assert len(withheld) == found["facts"] - found["disclosed"]
    assert told.texts == []


def test_where_all_is_disclosed_the_answer_is_worked_out_anew(whole: Path) -> None:
    code, found = verified(whole)

    assert (code, found["ok"], found["recomputed"]) == (0, True, True)
    assert found["disclosed"] == found["facts"] == 43


@pytest.mark.parametrize("document", ["evidence.md", "evidence.zh-CN.md"])
def test_the_rule_of_the_hash_can_be_followed_without_the_program(
    whole: Path, monkeypatch: pytest.MonkeyPatch, document: str
) -> None:
    text = (Path(__file__).parents[2] / "docs" / document).read_text()
    rule = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert rule is not None
    monkeypatch.chdir(whole.parent)
    whole.rename("why.html")
    ran: dict[str, Any] = {}

    exec(rule[1], ran)

    assert ran["previous"].hex() == ran["chain"]["links"][-1]["hash"]
    Path("why.html").write_text(Path("why.html").read_text().replace("3000000", "3000001"))
    with pytest.raises(AssertionError):
        exec(rule[1], {})


@pytest.mark.parametrize("place", ["amount", "hash", "recorded_at", "content", "answer"])
def test_one_changed_place_is_found(whole: Path, place: str) -> None:
    text = whole.read_text()
    start = text.index('id="headroom-evidence"')
    before, data = text[:start], text[start:]
    changed = {
        "amount": lambda: data.replace('\\"amount\\":3000000', '\\"amount\\":3000001', 1),
        "hash": lambda: re.sub(r'"hash":"[0-9a-f]{4}', '"hash":"0000', data, count=1),
        "recorded_at": lambda: re.sub(r'"recorded_at":1', '"recorded_at":2', data, count=1),
        "content": lambda: re.sub(r'"content":"', '"content":"x', data, count=1),
        "answer": lambda: data.replace('"available":"12000.00"', '"available":"13000.00"', 1),
    }[place]()
    assert changed != data
    whole.write_text(before + changed)

    code, found = verified(whole)

    assert (code, found["ok"]) == (4, False)
    assert found["recomputed"] is False if place == "answer" else found["first_bad"] is not None
    told = Person().types("verify", "--evidence", str(whole), "--lang", "zh").out
    assert told
    assert not re.search(r"[a-z]{2,} [a-z]{2,}", told), "no word of English between the Chinese"


def test_a_citation_without_its_fact_is_found(page: Path) -> None:
    withheld = next(one.version for one in data_of(page.read_text(), path="").chain.links if one.payload is None)
    page.write_text(page.read_text().replace('"facts":["lin:36"]', f'"facts":["lin:{withheld}"]', 1))

    code, found = verified(page)

    assert (code, found["first_bad"]["fact"]) == (4, f"lin:{withheld}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_loads_nothing_from_elsewhere_and_holds_what_the_family_wrote_only_when_asked(
    person: Person, tmp_path: Path, language: Language
) -> None:
    assert person.types("record", str(FAMILY)).code == 0
    written = person.types(
        "add", "LimitObserved", "line=jiebei", "limit=12000", "note=</script><b>", "--household", "lin"
    )
    assert written.code == 0, written.err
    for texts in ((), ("--texts",)):
        file = tmp_path / "page.html"
        said = person.types(*CHANGE, "--whole", *texts, "--evidence", str(file), "--lang", language, "--quiet")
        assert said.code == 0
        text = file.read_text()
        assert re.findall(r"(?:src|href)=|url\(|@import", text) == []
        assert "</script><b>" not in text
        assert text.count("&lt;/script&gt;&lt;b&gt;") == len(texts)
        assert verified(file)[0] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_is_a_pdf_of_some_pages(family: Person, tmp_path: Path, language: Language) -> None:
    file = tmp_path / "why.pdf"
    assert family.types(*CHANGE, "--evidence", str(file), "--lang", language, "--quiet").code == 0
    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", data)) >= 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((*CHANGE, "--evidence", "why.doc"), 2),
        ((*CHANGE, "--whole"), 2),
        ((*CHANGE, "--evidence", "no/such/folder/why.html"), 1),
        (("verify", "lin", "--evidence", "why.html"), 2),
        (("verify", "--evidence", "README.md"), 1),
    ],
)
def test_what_cannot_be_evidence_is_told(family: Person, words: tuple[str, ...], code: int) -> None:
    said = family.types(*words)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("✗ ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sheet", {"en": "for reading and carries no data", "zh": "只供阅读"}),
        ("cut", {"en": "cut short", "zh": "不完整"}),
        ("other", {"en": "is no evidence page", "zh": "不是证据页"}),
        ("empty", {"en": "is no evidence page", "zh": "不是证据页"}),
        ("damaged", {"en": "changed or damaged", "zh": "被改动或损坏"}),
    ],
)
def test_what_is_no_evidence_page_is_told_by_what_it_is_and_what_to_give_instead(
    family: Person, page: Path, tmp_path: Path, name: str, told: dict[Language, str], language: Language
) -> None:
    whole = page.read_bytes()
    data = whole.index(START.encode()) + len(START)
    given = tmp_path / "given"
    given.write_bytes(
        {"sheet": b"%PDF-1.4\n\xff", "cut": whole[: data + 200], "other": b"PK\x03\x04\xff\xfe", "empty": b"",
         "damaged": whole[:data] + b'{"format": 7}' + whole[data:]}[name]
    )  # fmt: skip
    said = family.types("verify", "--evidence", str(given), "--lang", language)
    assert (said.code, said.out) == (1, "")
    words = "".join(said.err.split())
    assert "".join(told[language].split()) in words
    assert "headroomexplain" in words or name == "damaged"


def test_a_chain_with_a_missing_link_is_found(whole: Path) -> None:
    text = whole.read_text()
    found = re.search(r'\{"version":7,.*?\},(?=\{"version":8)', text)
    assert found is not None
    whole.write_text(text.replace(found[0], "", 1))

    code, told = verified(whole)

    assert (code, told["first_bad"]["fact"]) == (4, "lin:7")
