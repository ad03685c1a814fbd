"""Values inside a sentence: quoted and listed as its language does, and harmless to a terminal."""

import re

import pytest

from ledger.errors import wordings
from ledger.importers.reasons import reasons
from ledger.quoting import filled, visible

SAID = "Field {field!r} holds {found!r}. Expected one of: {known}."
CHINESE = "字段{field!r}的内容是{found!r}。可填：{known}。"
DETAILS = {"field": "line", "found": "2025/01/01", "known": "card, bank_loan, other"}


def test_a_value_is_quoted_and_a_list_is_written_as_the_language_does() -> None:
    assert filled(SAID, DETAILS, language="en") == (
        "Field 'line' holds '2025/01/01'. Expected one of: card, bank_loan, other."
    )
    assert filled(CHINESE, DETAILS, language="zh") == "字段“line”的内容是“2025/01/01”。可填：card、bank_loan、other。"
    assert filled("{n:,} 条，{at!r}", {"n": 1234, "at": 5}, language="zh") == "1,234 条，5"


@pytest.mark.parametrize("sign", ["\x1b", "\x9b", "\n", "\x00", "\x7f", "\u202e", "\ud800"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quoted_value_holds_no_sign_that_a_terminal_obeys(language: str, sign: str) -> None:
    told = filled("{found!r}", {"found": f"a{sign}[2J"}, language=language)
    assert told.isprintable()
    assert told[1:-1] == visible(f"a{sign}[2J") == repr(f"a{sign}[2J")[1:-1]
    assert filled("{found!r}", {"found": r"a\x1b"}, language=language)[1:-1] == r"a\\x1b"


def test_a_space_of_any_width_stays_a_space() -> None:
    assert visible("余额\u3000宝\u00a0a\x1b") == "余额\u3000宝\u00a0a\\x1b"


@pytest.mark.parametrize("texts", [wordings(), reasons()], ids=["refusals", "reasons"])
def test_quotation_marks_are_left_to_the_quoting(texts: dict[str, dict[str, str]]) -> None:
    for code, told in texts.items():
        assert not re.search(r"[“'‘]\{|\}[”'’]", told["zh"] + told["en"]), code
        assert not re.search(r"[\u3400-\u9fff] \{\w+!r\}|\{\w+!r\} [\u3400-\u9fff]", told["zh"]), code
        assert not re.search(r"[\u3400-\u9fff，。；：、][,;]", told["zh"]), code
