"""The sentences: the same keys and the same blanks in both languages, none missing, none left over."""

import re
import string
from pathlib import Path

import pytest

import app.cli
from app.cli.options import LANGUAGES
from app.cli.program import COMMANDS
from app.cli.texts import texts
from ledger.events import FACT_TYPES
from ledger.fields import fields
from ledger.vocabulary import DEFAULT_ALLOCATION_ORDER

EN, ZH = texts("en"), texts("zh")
CODE = "\n".join(file.read_text(encoding="utf-8") for file in Path(app.cli.__file__).parent.rglob("*.py"))
BUILT = re.compile(r"f[\"']([a-z_.]*)\{")
PLAIN = re.compile(r"[\"']([a-z_]+(?:\.[a-z_0-9]+)+)[\"']")


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_say_the_same_things() -> None:
    assert EN.names() == ZH.names()


@pytest.mark.parametrize("key", sorted(EN.names()))
def test_a_sentence_has_the_same_blanks_in_both_languages(key: str) -> None:
    assert blanks(EN.template(key)) == blanks(ZH.template(key))


@pytest.mark.parametrize("key", sorted(EN.names()))
def test_a_sentence_is_written_in_its_own_language(key: str) -> None:
    assert not re.search(r"[\u4e00-\u9fff]", EN.template(key))
    if len(EN.template(key)) > 30:
        assert re.search(r"[\u4e00-\u9fff]", ZH.template(key))


def test_words_that_are_not_ours_are_named_so_in_chinese() -> None:
    foreign = {key for key in ZH.names() if "{problem}" in ZH.template(key)}
    assert foreign
    assert [key for key in sorted(foreign) if "的原话：{problem}" not in ZH.template(key)] == []


def test_every_key_the_code_names_has_a_sentence() -> None:
    named = {
        key for key in PLAIN.findall(CODE) if key.partition(".")[0] in {known.partition(".")[0] for known in EN.names()}
    }
    counted = {key for key in named if f"{key}.one" in EN}
    assert named - counted - EN.names() == set()


def test_every_sentence_is_used() -> None:
    named = set(PLAIN.findall(CODE))
    built = {prefix for prefix in BUILT.findall(CODE) if "." in prefix}
    unused = {
        key
        for key in EN.names()
        if key not in named
        and key.removesuffix(".one").removesuffix(".other") not in named
        and not any(key.startswith(prefix) for prefix in built)
    }
    assert unused == set()


def test_every_command_has_its_help() -> None:
    for name in COMMANDS:
        assert f"command.{name}.summary" in EN
        assert f"command.{name}.help" in EN


def test_every_fact_and_every_field_has_a_name_for_people() -> None:
    for name, kind in FACT_TYPES.items():
        assert f"fact.{name}" in EN
        for field in fields(kind):
            assert f"field.{field.name}" in EN, f"{name}.{field.name}"


def test_a_count_agrees_with_its_noun() -> None:
    assert texts("en").count("history.facts", 1) == "1 fact"
    assert texts("en").count("history.facts", 1234) == "1,234 facts"
    assert LANGUAGES == ("en", "zh")


@pytest.mark.parametrize("type_name", FACT_TYPES)
def test_every_word_a_field_may_hold_is_said_in_both_languages(type_name: str) -> None:
    """Codes of reasons are said where they are explained."""
    held = {(field.name, word) for field in fields(FACT_TYPES[type_name]) for word in field.choices}
    held |= {("allocation_order", word) for word in DEFAULT_ALLOCATION_ORDER if type_name == "LineOpened"}
    keys = {f"choice.{name}.{word}" for name, word in held if name != "reason_code"}
    assert keys <= EN.names()
