"""Why a fact does not verify: in both languages, with the same facts, and no sentence without a use."""

import re
from pathlib import Path
from string import Formatter

import pytest

from app import evidence
from ledger.store import proof, verify
from ledger.store.broken import UNREADABLE, wording, wordings

USED = re.compile(r"(?:broken|_Found)\([^\n]*?\"([a-z_]+)\"")


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("code", sorted(wordings()))
def test_both_languages_tell_the_same_facts(code: str) -> None:
    told = wordings()[code]
    assert set(told) == {"en", "zh"}
    assert fields(told["en"]) == fields(told["zh"])
    spoken = wording(code, dict.fromkeys(fields(told["zh"]), "1"), language="zh")
    assert re.search(r"[\u4e00-\u9fff]", spoken)
    assert not re.search(r"[a-z]{4,}", spoken)


def test_every_sentence_is_used_and_every_finding_has_one() -> None:
    sources = [Path(str(room.__file__)).read_text(encoding="utf-8") for room in (verify, proof, evidence)]
    assert {code for source in sources for code in USED.findall(source)} | {UNREADABLE} == set(wordings())
