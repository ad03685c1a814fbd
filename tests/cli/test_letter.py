"""`headroom explain --letter`: the letter to the lender alone, ready to be kept in a file or pasted."""

import pytest

from app.cli.options import LANGUAGES, Language
from tests.cli.program import Person

CHANGE = ("explain", "lin", "--line", "jiebei", "--change", "lin:36")
STANDS_IN_IT = {
    "en": ("jiebei", "2026-06-08 20:15", "2026-06-11 21:40", "50,000.00", "12,000.00", "Article 24"),
    "zh": ("jiebei", "2026年6月8日 20:15", "2026年6月11日 21:40", "50,000 元", "12,000 元", "第二十四条"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_is_written_alone_and_names_line_dates_and_amounts(family: Person, language: Language) -> None:
    said = family.types(*CHANGE, "--letter", "--lang", language)
    letters = [
        step["letter"][language] for step in family.types(*CHANGE, "--json").json["next_steps"] if step["letter"]
    ]

    assert (said.code, said.err) == (0, "")
    assert [said.out.strip()] == [one.strip() for one in letters]
    assert [part for part in STANDS_IN_IT[language] if part not in said.out] == []


def test_a_program_gets_the_letter_in_both_languages(family: Person) -> None:
    assert set(family.types(*CHANGE, "--letter", "--json").json) == set(LANGUAGES)


def test_where_nothing_is_left_open_there_is_no_letter(family: Person) -> None:
    quiet = ("explain", "lin", "--line", "huabei", "--since", "2026-06-01", "--until", "2026-06-30")
    said = family.types(*quiet, "--letter")

    assert (said.code, said.out) == (1, "")


@pytest.mark.parametrize("more", [("--then", "2026-07-01"), ("--evidence", "why.html")])
def test_a_letter_goes_with_nothing_else(family: Person, more: tuple[str, ...]) -> None:
    assert family.types(*CHANGE, "--letter", *more).code == 2
