"""The sentences: the verbs of their grade and no others, in both languages. Source: domain.md section 7, grades."""

import re
from string import Formatter
from typing import Final

import pytest

from ledger.codes import REASON_CODES
from projections.explanation.wording import LANGUAGES, names, sentences

VERBS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "E4": {"en": ("the lender stated",), "zh": ("贷款方说明",)},
    "E3": {"en": ("because",), "zh": ("因为",)},
    "E2": {"en": ("preceded", "consistent with"), "zh": ("发生在变动之前", "相符")},
    "E1": {"en": ("one of the reasons lenders use", "no evidence here"),
           "zh": ("贷款机构会用的理由之一", "这里没有证据")},
    "E0": {"en": ("not known",), "zh": ("不清楚",)},
}  # fmt: skip
MUST: Final = ("E4", "E2", "E1", "E0")
"""Grades whose sentences have to carry their verbs; arithmetic (E3) may also be told without one."""

NEVER: Final = {
    "en": ("you did nothing wrong", "will come back if", "will bring", "caused the", "due to your", "led to",
           "weight", "your fault", "illegal", "must have", "punish", "as a result of"),
    "zh": ("导致", "造成", "没有做错", "你的错", "就会恢复", "会帮助", "违法", "权重", "惩罚", "一定是", "由于你"),
}  # fmt: skip
GRADED: Final = re.compile(r"(?:[SPURX]\d\d|stated|why)\.(E\d)")


def graded() -> dict[str, str]:
    """The keys that have a grade, and it."""
    found = {key: GRADED.match(key) for key in sentences()}
    return {key: match.group(1) for key, match in found.items() if match}


@pytest.mark.parametrize("key", graded())
def test_a_sentence_uses_the_verbs_of_its_grade_and_no_others(key: str) -> None:
    grade = graded()[key]
    for language in LANGUAGES:
        text = sentences()[key][language].lower()
        if grade in MUST:
            missing = [verb for verb in VERBS[grade][language] if verb not in text]
            assert key.startswith("stated") or not missing, (language, missing)
        foreign = [verb for other, verbs in VERBS.items() if other != grade for verb in verbs[language] if verb in text]
        assert foreign == [], language


@pytest.mark.parametrize("key", sentences())
def test_no_sentence_claims_what_nobody_can_know(key: str) -> None:
    for language in LANGUAGES:
        text = sentences()[key][language].lower()
        assert [claim for claim in NEVER[language] if claim in text] == []


@pytest.mark.parametrize("key", [*sentences(), *names()])
def test_both_languages_are_written_and_tell_the_same_figures(key: str) -> None:
    told = {**sentences(), **names()}[key]
    figures = {
        language: {field for _, field, _, _ in Formatter().parse(told[language]) if field} for language in LANGUAGES
    }

    assert figures["en"] == figures["zh"]
    assert re.search(r"[\u4e00-\u9fff]", told["zh"])
    assert not re.search(r"[\u4e00-\u9fff]", told["en"])


def test_a_counterfactual_always_says_that_it_is_one() -> None:
    supposed = {key: text for key, text in sentences().items() if key.startswith("suppose.")}

    assert supposed
    assert all(re.search(r"\b(Without|Had) \{fact\}.* would be", text["en"]) for text in supposed.values())
    assert all("假如" in text["zh"] and "会是" in text["zh"] for text in supposed.values())


def test_every_code_has_a_name() -> None:
    assert [code for code in REASON_CODES if f"code.{code}" not in names()] == []


def test_nothing_is_written_that_no_answer_can_say() -> None:
    exclusions = {key.removeprefix("not.") for key in sentences() if key.startswith("not.")}

    assert exclusions <= set(REASON_CODES)
