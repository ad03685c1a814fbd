"""What the lender said without a reason: quoted by `explain` while it is kept, disclosed only where that is asked."""

from pathlib import Path

import pytest

from app.cli.options import LANGUAGES, Language
from tests.cli.program import Person

WORDS = "额度每季度评估一次"
EXPLAIN = ("explain", "h1", "--line", "jiebei", "--since", "2026-03-01", "--until", "2026-03-09")
BOOK = f"""
{{"type":"LineOpened","household":"h1","effective_at":"2026-01-01","line":"jiebei","lender":"jiebei","product":"consumer_loan"}}
{{"type":"LimitGranted","household":"h1","effective_at":"2026-01-01","line":"jiebei","limit":"50000"}}
{{"type":"LimitLowered","household":"h1","effective_at":"2026-03-05","line":"jiebei","limit":"12000"}}
{{"type":"LenderStated","household":"h1","effective_at":"2026-03-06T15:10:00+08:00","lender":"jiebei","text":"{WORDS}"}}
"""
HEARD = "h1:5"


@pytest.fixture
def heard(person: Person) -> Person:
    """Somebody whose lender was called about a cut, and gave no reason."""
    assert person.types("record", "-", given=BOOK.encode()).code == 0
    return person


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_quotes_the_call_with_its_time_and_its_fact(heard: Person, language: Language) -> None:
    written = "".join(heard.types(*EXPLAIN, "--lang", language).out.split())
    (one,) = heard.types(*EXPLAIN, "--json", "--lang", language).json["said"]

    assert f"“{WORDS}”" in written
    assert {"en": "Whatwassaid", "zh": "对方说过的话"}[language] in written
    assert one["facts"] == [HEARD]
    assert one["text"].endswith(f"“{WORDS}”")
    assert {"en": "2026-03-06 15:10", "zh": "2026年3月6日 15:10"}[language] in one["text"]


def test_a_notice_of_several_lines_is_one_paragraph_on_paper_and_to_a_program_as_it_was_written(heard: Person) -> None:
    notice = "第一行\n第二行"
    more = ("lender=jiebei", f"text={notice}", "effective_at=2026-03-07", "--household", "h1")
    assert heard.types("add", "PlatformNoticed", *more).code == 0
    one = heard.types(*EXPLAIN, "--json").json["said"][1]

    assert one["text"].endswith(f"“{notice}”")
    assert "“第一行 第二行”" in heard.types(*EXPLAIN, "--lang", "zh").out.replace("\n    ", "")


def test_of_a_call_that_was_erased_the_answer_tells_only_that_it_was(heard: Person) -> None:
    before = heard.types(*EXPLAIN, "--json").json
    assert heard.types("erase", HEARD).code == 0
    after = heard.types(*EXPLAIN, "--json").json

    assert WORDS not in str(after)
    assert "sha256" not in str(after)
    assert ([one["facts"] for one in after["said"]], after["digest"]) == ([[HEARD]], before["digest"])


def test_a_call_that_was_corrected_is_quoted_as_it_stands(heard: Person) -> None:
    assert heard.types("add", "Corrected", "fact=5", "text=额度每月评估一次", "--household", "h1").code == 0
    (one,) = heard.types(*EXPLAIN, "--json").json["said"]

    assert (one["facts"], one["text"].endswith("“额度每月评估一次”")) == ([HEARD], True)


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize("texts", [False, True])
def test_evidence_quotes_the_call_only_where_texts_are_disclosed_and_is_worked_out_anew(
    heard: Person, tmp_path: Path, texts: bool, corrected: bool
) -> None:
    if corrected:
        assert heard.types("add", "Corrected", "fact=5", "kind=other", "--household", "h1").code == 0
    file = tmp_path / "why.html"
    more = ("--texts",) if texts else ()
    said = heard.types(*EXPLAIN, "--evidence", str(file), "--whole", *more, "--json")
    found = heard.types("verify", "--evidence", str(file), "--json")

    assert WORDS in str(said.json), "whoever asks may read it"
    assert (WORDS in file.read_text()) is texts
    assert (found.code, found.json["recomputed"]) == (0, True)


def test_a_quotation_that_was_changed_in_evidence_is_found(heard: Person, tmp_path: Path) -> None:
    file = tmp_path / "why.html"
    heard.types(*EXPLAIN, "--evidence", str(file), "--whole", "--texts", "--quiet")
    told = file.read_text()
    changed = told.replace(f"“{WORDS}”", "“你逾期了”")
    assert changed != told
    file.write_text(changed)

    found = heard.types("verify", "--evidence", str(file), "--json")

    assert (found.code, found.json["recomputed"]) == (4, False)
