"""The sentences about the database: in both languages, with the same facts, and none without a use."""

import re
from pathlib import Path
from string import Formatter

import pytest

from app.database import errors
from app.database.errors import problems

SOURCES = Path(errors.__file__).parent


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("code", sorted(problems()))
def test_both_languages_tell_the_same_facts(code: str) -> None:
    told = problems()[code]
    assert set(told) == {"en", "zh"}
    assert fields(told["en"]) == fields(told["zh"])
    assert told["zh"].count("{problem}") == told["zh"].count("的原话：{problem}"), (
        "words that are not ours are named so"
    )


def test_every_sentence_is_used_and_every_problem_has_one() -> None:
    raised = re.compile(r"(?:DatabaseUnreachable|BackupRefused)\(\s*\"([a-z_]+)\"")
    used = {code for source in SOURCES.glob("*.py") for code in raised.findall(source.read_text())}
    assert used == set(problems())
