"""The global options, wherever they stand, and the language of the person who asks."""

import pytest

from app.cli.options import Misused, split_options


@pytest.mark.parametrize(
    "words",
    [["--json", "--lang", "zh", "position", "h1"], ["position", "--lang=zh", "h1", "--json"]],
)
def test_global_options_are_accepted_before_and_after_the_command(words: list[str]) -> None:
    options, rest = split_options(words, {})
    assert (options.json, options.language, rest) == (True, "zh", ["position", "h1"])


def test_what_follows_two_dashes_is_left_alone() -> None:
    options, rest = split_options(["record", "--", "--json"], {})
    assert not options.json
    assert rest == ["record", "--", "--json"]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_locale_decides_the_language_and_english_is_the_rest(environment: dict[str, str], language: str) -> None:
    assert split_options([], environment)[0].language == language


@pytest.mark.parametrize("words", [["--lang"], ["--database"], ["--lang", "fr"], ["--lang="]])
def test_a_global_option_without_a_usable_value_is_refused(words: list[str]) -> None:
    with pytest.raises(Misused):
        split_options(words, {})
