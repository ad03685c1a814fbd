"""The commands of the clock: their pages in both languages, their JSON, and what they refuse."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from app.cli.options import LANGUAGES, Language
from app.cli.paper import width_of
from app.scheduling import ChecksAnswer, MadeAgain, NoticesAnswer, ScheduleAnswer, WholeSchedule, WishesAnswer
from scheduler.wishes import Wishes
from tests.build import billed, drew
from tests.cli.program import Person, address
from tests.golden_files import Golden, promised
from tests.postgres import Cluster, Database
from tests.readmodels.books import a_family
from tests.scheduler.clockwork import Clockwork, instant
from tests.scheduler.scenes import lived

ASKED: Final[dict[str, tuple[str, ...]]] = {
    "schedule": ("schedule", "h1"),
    "checks": ("checks", "h1", "--until", "2026-05-06"),
    "checks_at": ("checks", "h1", "--at", "2026-06-01"),
    "notices": ("notices", "h1"),
    "notify": ("notify", "h1"),
}
SHAPES: Final[dict[str, type]] = {
    "schedule": ScheduleAnswer,
    "checks": ChecksAnswer,
    "checks_at": MadeAgain,
    "notices": NoticesAnswer,
    "notify": WishesAnswer,
}
REFUSED: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "no_household": (("checks", "lee"), 1),
    "no_check_then": (("checks", "h1", "--at", "2020-01-01"), 1),
    "no_topic": (("acknowledge", "h1", "dsr"), 1),
    "bad_hours": (("notify", "h1", "--quiet-hours", "25:00-7"), 2),
    "bad_days": (("notify", "h1", "--due-days", "0,3"), 2),
    "bad_language": (("notify", "h1", "--language", "fr"), 2),
    "no_ruleset": (("notify", "h1", "--ruleset", "2019.1"), 1),
    "bad_workers": (("serve", "--workers", "0"), 2),
}


@pytest.fixture(scope="module")
def watched(cluster: Cluster) -> Iterator[Person]:
    """Somebody whose clock ran for two months, missed the last weeks; the tests of this module only read it."""
    name, fresh = cluster.new_database()
    lived(fresh, Wishes(due_days=(7, 1)))
    yield Person(HEADROOM_DATABASE_URL=address(fresh.superuser))
    cluster.drop(name)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden("clock", update=bool(request.config.getoption("--update-golden")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ASKED)
def test_a_page_reads_as_promised_and_fits_80_columns(
    watched: Person, golden: Golden, name: str, language: Language
) -> None:
    said = watched.types(*ASKED[name], "--lang", language)
    assert (said.code, said.err) == (0, "")
    golden.holds(f"{name}.{language}.txt", said.out)
    assert max(width_of(line) for line in said.out.splitlines()) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_reads_as_promised(watched: Person, golden: Golden, name: str, language: Language) -> None:
    words, code = REFUSED[name]
    said = watched.types(*words, "--lang", language)
    assert (said.code, said.out) == (code, "")
    golden.holds(f"refuses_{name}.{language}.txt", said.err)


def test_no_promised_page_is_left_over() -> None:
    kept = {f"{name}.{language}.txt" for name in ASKED for language in LANGUAGES}
    assert promised("clock") == kept | {f"refuses_{name}.{language}.txt" for name in REFUSED for language in LANGUAGES}


@pytest.mark.parametrize("name", SHAPES)
def test_json_has_its_shape_and_nothing_else_is_printed(watched: Person, name: str) -> None:
    said = watched.types(*ASKED[name], "--json")
    assert (said.code, said.err) == (0, "")
    msgspec.json.decode(said.out, type=SHAPES[name], strict=True)


def test_a_gap_is_visible_and_gone_once_it_is_made_up_for(database: Database) -> None:
    clock = Clockwork(database, "2026-06-27T12:00:00")
    clock.record("h1", *a_family())
    clock.runs()
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    missed = person.types("schedule", "h1", "--json").json["missed"]
    assert [(one["job"], one["scheduled_for"][:16]) for one in missed] == [
        ("daily", "2026-06-28T08:00"), ("daily", "2026-06-29T08:00"), ("weekly", "2026-06-29T08:00"),
        ("daily", "2026-06-30T08:00"), ("daily", "2026-07-01T08:00"), ("monthly", "2026-07-01T08:00"),
    ]  # fmt: skip
    clock.runs(until="2026-07-01T08:30:00")
    after = person.types("schedule", "h1", "--json").json
    assert after["missed"] == []
    assert {one["late"] for one in after["ran"]} == {True, False}
    whole = msgspec.json.decode(person.types("schedule", "--json").out, type=WholeSchedule)
    assert (whole.households, whole.due, whole.failed) == (1, 0, 0)


@pytest.mark.parametrize(("language", "words"), [("en", "because nothing is open"), ("zh", "目前没有任何未了结事项")])
def test_where_nothing_is_open_a_topic_is_refused_by_that_and_where_to_look(
    database: Database, language: str, words: str
) -> None:
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    assert person.types("add", "HouseholdOpened", "--household", "h1").code == 0
    said = person.types("acknowledge", "h1", "dsr", "--lang", language)
    assert (said.code, said.out) == (1, "")
    assert words in said.err
    assert "headroom notices" in said.err


def test_what_was_acknowledged_is_told_again_only_when_it_is_worse_than_what_was_seen(database: Database) -> None:
    clock = Clockwork(database, "2026-07-01T07:00:00")
    clock.record("h1", *a_family())
    clock.runs()
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    told = clock.told().count("worse")
    seen = {one["topic"]: one["value"] for one in person.types("notices", "h1", "--json").json["open"]}
    assert "utilisation" in seen
    assert all(one["acknowledged"] for one in person.types("acknowledge", "h1", "--json").json)
    clock.now = instant("2026-07-01T10:00:00")
    clock.record("h1", drew(500, "2026-07-01T09:30:00+08:00"))
    clock.runs(until="2026-07-02T09:00:00")
    assert clock.told().count("worse") == told
    clock.record("h1", drew(15000, "2026-07-02T08:30:00+08:00"))
    clock.runs(until="2026-07-03T09:00:00")
    assert clock.told().count("worse") == told + 1


def test_what_is_put_off_is_not_told_until_then_and_told_after(database: Database) -> None:
    clock = Clockwork(database, "2026-06-30T07:00:00")
    clock.record("h1", *a_family())
    clock.runs()
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    told = clock.told().count("worse")
    put_off = person.types("acknowledge", "h1", "utilisation", "--snooze", "2026-07-05", "--json").json
    assert put_off[0]["snoozed_until"].startswith("2026-07-05")
    clock.now = instant("2026-07-01T10:00:00")
    clock.record("h1", drew(18000, "2026-07-01T09:30:00+08:00"))
    for day in range(2, 8):
        clock.runs(until=f"2026-07-0{day}T09:00:00")
        topics = [topic for (found,) in clock.rows("SELECT topics FROM clock.notice WHERE kind = 'worse'")
                  for topic in found]  # fmt: skip
        assert topics.count("utilisation") == (1 if day < 6 else 2)
    assert clock.told().count("worse") > told


def test_a_household_is_judged_by_its_own_rules_and_told_in_its_language(database: Database, tmp_path: Path) -> None:
    clock = Clockwork(database, "2026-06-30T07:00:00")
    clock.record("h1", *a_family())
    clock.runs()
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    rules = tmp_path / "own.toml"
    rules.write_text('[indicators.debt_to_assets]\nwarn = "0.05"\ncritical = "0.10"\n', encoding="utf-8")
    wished = person.types(
        "notify", "h1", "--language", "zh", "--quiet-hours", "none", "--due-days", "2,5", "--ruleset", str(rules),
        "--json",
    ).json  # fmt: skip
    assert (wished["language"], wished["quiet_hours"], wished["due_days"]) == ("zh", None, [5, 2])
    assert wished["ruleset"].startswith("2026.1+")
    clock.record("h1", billed(500, "2026-06-30", due_on="2026-07-05"))
    clock.runs(until="2026-06-30T09:00:00")
    again = person.types("checks", "h1", "--at", "2026-06-30", "--json").json
    assert again["same"]
    assert again["stored"]["ruleset"] == again["check"]["ruleset"] == wished["ruleset"]
    assert person.types("check", "h1", "--json").json["ruleset"] == wished["ruleset"]
    assert any(text.startswith("欠款") or "严重" in text for text in clock.texts("worse"))
    assert clock.told().count("due_soon") == 1
    person.types("notify", "h1", "--ruleset", "2026.1")
    assert person.types("checks", "h1", "--at", "2026-06-30", "--json").json["same"]


def test_a_household_that_chose_no_language_is_told_in_that_of_the_clock_until_it_says_anything(
    database: Database,
) -> None:
    Clockwork(database, "2026-06-27T12:00:00").record("h1", *a_family())
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    assert person.types("notify", "h1", "--json").json["language"] is None
    assert "headroom serve" in person.types("notify", "h1", "--lang", "zh").out
    assert person.types("notify", "h1", "--due-days", "5", "--lang", "zh", "--json").json["language"] == "zh"
    assert person.types("notify", "h1", "--due-days", "6", "--lang", "en", "--json").json["language"] == "zh"
