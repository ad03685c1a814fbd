"""What is told: golden texts of every kind in both languages, each with its reason and its facts, each once."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import scheduler
from ledger.store import reader
from scheduler.wishes import Wishes
from scheduler.wording import Language
from tests.golden_files import Golden, promised
from tests.postgres import Cluster
from tests.readmodels.books import service
from tests.scheduler.clockwork import Clockwork
from tests.scheduler.scenes import KINDS, SELDOM, lived

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.fixture(scope="module", params=LANGUAGES)
def told(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[tuple[Language, Clockwork]]:
    """The invented household in one language; the tests of this module only read it."""
    name, fresh = cluster.new_database()
    yield request.param, lived(fresh, Wishes(language=request.param, due_days=(7, 1)))
    cluster.drop(name)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden("notices", update=bool(request.config.getoption("--update-golden")))


def messages(clock: Clockwork, kind: str) -> list[tuple[str, str, list[str]]]:
    return [
        (subject, text, facts)
        for subject, text, facts in clock.rows(
            "SELECT subject, text, facts FROM clock.outbox WHERE kind = %s ORDER BY created_at, subject", kind
        )
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_as_promised(told: tuple[Language, Clockwork], golden: Golden, kind: str) -> None:
    language, clock = told
    found = messages(clock, kind)
    assert found
    golden.holds(f"{kind}.{language}.txt", "\n".join(f"# {subject}\n\n{text}" for subject, text, _ in found))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SELDOM)
def test_what_is_told_seldom_reads_as_promised(language: Language, golden: Golden, scene: str) -> None:
    found = SELDOM[scene](language)
    assert found
    golden.holds(f"{scene}.{language}.txt", "\n".join(f"# {one.subject}\n\n{one.text}" for one in found))


def test_no_promised_notice_is_left_over() -> None:
    assert promised("notices") == {f"{name}.{language}.txt" for name in (*KINDS, *SELDOM) for language in LANGUAGES}


def sentences(table: dict[str, Any], language: Language) -> Iterator[str]:
    """Every sentence of a language in the texts."""
    for name, inner in table.items():
        if isinstance(inner, dict):
            yield from sentences(inner, language)
        elif name == language:
            yield inner


def test_every_sentence_of_a_notice_stands_on_a_promised_page(told: tuple[Language, Clockwork]) -> None:
    language, clock = told
    texts = tomllib.loads((Path(scheduler.__file__).parent / "texts.toml").read_text(encoding="utf-8"))
    pages = [f"{subject}\n{text}" for kind in KINDS for subject, text, _ in messages(clock, kind)]
    pages += [f"{one.subject}\n{one.text}" for scene in SELDOM.values() for one in scene(language)]
    whole = "\n".join(pages)
    patterns = {text: re.sub(r"\\{\w+\\}", ".*?", re.escape(text)) for text in sentences(texts, language)}
    assert [text for text, pattern in patterns.items() if not re.search(pattern, whole)] == []


def test_no_notice_goes_out_without_facts_of_the_household(told: tuple[Language, Clockwork]) -> None:
    _, clock = told
    with service(clock.database) as connection:
        known = {f"h1:{one.version}" for one in reader.load(connection, "h1")}
    for kind in KINDS:
        for _, _, facts in messages(clock, kind):
            assert facts
            assert set(facts) <= known


def test_a_notice_is_kept_beside_its_message(told: tuple[Language, Clockwork]) -> None:
    _, clock = told
    columns = "household, dedup_key, kind, language, subject, facts"
    kept = clock.rows(f"SELECT {columns} FROM clock.notice ORDER BY 2")
    assert kept == clock.rows(f"SELECT {columns} FROM clock.outbox ORDER BY 2")


def test_the_page_says_what_the_text_says(told: tuple[Language, Clockwork]) -> None:
    _, clock = told
    for subject, text, html in clock.rows("SELECT subject, text, html FROM clock.outbox"):
        bare = re.sub(r"<[^>]+>", "", html).replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")
        said = (subject + text).replace("--\n", "")
        assert re.sub(r"\s", "", bare.replace("&gt;", ">")) == re.sub(r"\s", "", said)
