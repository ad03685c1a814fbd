"""What a check tells: what the books of a line leave open, and every sentence to the letter in both languages.

Source: domain.md sections 1, 3 and 6.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import projections
from projections.findings import Language
from tests.build import (
    Record,
    billed,
    counted,
    drew,
    earns,
    froze,
    granted,
    inquired,
    lowered,
    needs,
    opened_account,
    opened_line,
    repaid,
    repayment_reversed,
    saw,
    voided,
)
from tests.golden_files import Golden, promised
from tests.projections.checked import AT, instalments, told
from tests.spec import given

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


def open_ends(*facts: Record, at: str = AT) -> list[str]:
    """What is told beside lights and missing inputs."""
    return [one.code for one in told(given(*facts), at).findings if one.code in KNOWN]


KNOWN = ("over_limit", "open_conflict", "unexplained", "reverses_nothing")


def test_lines_that_share_a_limit_are_over_it_in_one_finding() -> None:
    """What was once granted on the line that shares is no limit of its own."""
    pool = (
        opened_line(), granted(8_000), opened_line("b", shared_with="jiebei"), granted(50, line="b"),
        opened_line("c"), granted(9, line="c"),
    )  # fmt: skip
    history = given(*pool, drew(6_000, "2026-02-01"), drew(3_000, "2026-02-02", line="b"), drew(10, AT, line="c"))
    found = [one for one in told(history).findings if one.code == "over_limit"]
    assert [(one.name, one.text) for one in found] == [
        ("jiebei", "jiebei, b share a limit of 8,000.00 and are 1,000.00 over it together."),
        ("c", "c is 1.00 over its limit of 9.00."),
    ]
    assert found[0].facts == ("h1:3", "h1:8", "h1:9")
    just = given(*pool, drew(5_000, AT), drew(3_000, AT, line="b"))
    assert "over_limit" not in {one.code for one in told(just).findings}


def test_what_is_drawn_where_no_limit_is_known_is_over_none() -> None:
    assert open_ends(opened_line(), drew(100, "2026-02-01")) == []
    assert open_ends(opened_line(), granted(100), drew(100, "2026-02-01")) == []
    assert open_ends(opened_line(), granted(100), drew("100.01", "2026-02-01")) == ["over_limit"]
    assert open_ends(opened_line(), granted(100), drew(100, "2026-02-01"), lowered(0, AT)) == ["over_limit"]


def test_a_reversal_of_nothing_is_told_once_its_day_is_over_or_its_moment_is_known() -> None:
    """The payment it names was posted four days after it."""
    line = (opened_line(), granted(100), drew(50, "2026-02-01"), repaid(50, "2026-03-05", payment="p"))
    bare, exact = (repayment_reversed(at, payment="p") for at in (AT, f"{AT}T09:00:00+08:00"))
    assert open_ends(*line, bare) == []
    assert open_ends(*line, bare, at="2026-03-02") == open_ends(*line, exact) == ["reverses_nothing"]
    assert open_ends(*line[:3], repaid(50, AT, payment="p"), bare, at="2026-03-02") == []


def test_what_was_paid_too_much_is_no_gap_in_the_book() -> None:
    line = (opened_line(), granted(100), drew(50, "2026-02-01"))
    assert open_ends(*line, repaid(60, "2026-02-02")) == []
    assert open_ends(*line, saw("2026-02-02", drawn=60)) == ["unexplained"]
    assert open_ends(*line, saw("2026-02-02", drawn=60), voided("h1:5")) == []


# Every sentence

LINE = (opened_line(daily_rate="0.0008"), granted(50_000), drew(48_000, "2026-02-01"))
CARD = (opened_line("card", limit_basis="full_balance", daily_rate="0.0008"), granted(9_000, line="card"))
CASES: Final[dict[str, tuple[Record, ...]]] = {
    "everything-critical": (
        earns(5_000), needs(4_000), opened_account(), counted(900, "2026-02-20"), *LINE,
        repaid(10_000, "2026-02-10", allocation={"principal": "10000"}), drew(9_000, "2026-02-12"),
        *instalments(30_000, 12, daily_rate="0.0008"),
        *CARD, drew(500, "2026-01-02", line="card"), billed(500, "2026-01-05", due_on="2026-01-10", line="card"),
        lowered(8_000, "2026-02-01", line="card"), lowered(7_000, "2026-02-02", line="card"),
        froze("2026-02-03", line="card"), *(inquired("x", f"2026-02-0{day}") for day in range(1, 7)),
    ),
    "some-at-warning": (
        earns(10_000), needs(5_000), opened_account(), counted(20_000, "2026-02-20"), opened_line(daily_rate="0.0004"),
        granted(50_000), drew(20_000, "2026-02-01"), *instalments(4_000, 2, daily_rate="0.0004"),
        *(inquired("x", AT) for _ in range(3)),
    ),
    "nothing-to-divide-by": (
        earns(0), needs(0), opened_account(), counted(0, "2026-02-20"), *LINE, lowered(0, AT),
    ),
    "billed-and-not-owed": (*CARD, billed(500, "2026-02-20", due_on="2026-03-10", line="card")),
    "nothing-recorded": (opened_line(), drew(100, "2026-02-01")),
    "an-account-nobody-counted": (opened_account(),),
    "open-ends": (
        opened_line("a"), granted(8_000, line="a"), opened_line("b", shared_with="a"),
        drew(9_000, "2026-02-01", line="b"),
        opened_line("c"), granted(10, line="c"), saw("2026-02-03", line="c", drawn=0),
        saw("2026-02-05", line="c", drawn=17), repaid(1, "2026-03-05", line="c", payment="p"),
        repayment_reversed("2026-02-20", line="c", payment="p"),
        opened_line("d"), granted(10, line="d"), saw("2026-02-06T10:00+08:00", line="d", limit=10),
        saw("2026-02-06T10:00+08:00", line="d", limit=9, source={"kind": "lender"}),
    ),
}  # fmt: skip


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden("findings", update=bool(request.config.getoption("--update-golden")))


def page(name: str, language: Language) -> str:
    """All that a check finds in a case, a line each."""
    found = told(given(*CASES[name]), language=language).findings
    return "".join(f"{one.light}: {one.text} {' '.join(one.facts)}".rstrip() + "\n" for one in found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_what_is_found_reads_as_promised(name: str, language: Language, golden: Golden) -> None:
    golden.holds(f"{name}.{language}.txt", page(name, language))


def test_no_page_of_findings_is_left_over() -> None:
    assert promised("findings") == {f"{name}.{language}.txt" for name in CASES for language in LANGUAGES}


def sentences(table: dict[str, Any], language: Language) -> Iterator[str]:
    """Every sentence of a language in the texts."""
    for name, inner in table.items():
        if isinstance(inner, dict):
            yield from sentences(inner, language)
        elif name == language:
            yield inner


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_a_check_can_say_stands_on_a_promised_page(language: Language) -> None:
    texts = tomllib.loads((Path(projections.__file__).parent / "findings.toml").read_text(encoding="utf-8"))
    pages = "".join(page(name, language) for name in CASES)
    patterns = {text: re.sub(r"\\{\w+\\}", ".+?", re.escape(text)) for text in sentences(texts, language)}
    assert [text for text, pattern in patterns.items() if not re.search(pattern, pages)] == []
