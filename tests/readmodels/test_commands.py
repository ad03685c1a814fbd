"""The doors to the read models: `headroom feed` and `headroom rebuild`."""

from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from app import following
from app.cli.views import readmodels
from app.database import health
from projections.readmodels.generation import FOLLOWING, alone
from tests.build import Record, granted, lowered, opened_line
from tests.cli.program import Person, Said, address
from tests.postgres import Database

STATEMENT = Path(__file__).parents[1] / "fixtures" / "alipay" / "mobile_2023_utf8.csv"
GRANT = msgspec.json.encode({**granted(900, at="2026-05-02"), "household": "lin"}) + b"\n"

OTHER = msgspec.json.encode({**opened_line(), "household": "other"}) + b"\n"


@pytest.fixture
def person(database: Database) -> Person:
    """Somebody whose book holds a line that was cut."""
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    facts: list[Record] = [opened_line(), granted(1000), lowered(400, "2026-05-01")]
    lines = b"".join(msgspec.json.encode({**fact, "household": "lin"}) + b"\n" for fact in facts)
    assert person.types("record", "-", given=lines).code == 0
    return person


def limits(database: Database) -> list[str]:
    """What the reporting views say right now, without any command that catches up first."""
    with psycopg.connect(database.service) as connection:
        found = connection.execute("SELECT limit_total FROM reporting_v1.line_position ORDER BY household").fetchall()
    return [str(limit) for (limit,) in found]


def raised(person: Person) -> Said:
    return person.types(
        "add", "LimitRaised", "line=jiebei", "limit=500", "effective_at=2026-05-02", "--household", "lin"
    )  # fmt: skip


def test_what_a_command_recorded_is_in_the_views_when_it_ends(person: Person, database: Database) -> None:
    assert limits(database) == ["400.00"]
    said = raised(person)
    assert said.code == 0
    assert limits(database) == ["500.00"]
    assert person.types("import", "alipay", str(STATEMENT), "--household", "wang").code == 0
    assert len(limits(database)) > 1
    assert person.types("record", "-", "--dry-run", given=GRANT).code == 0
    assert limits(database)[0] == "500.00"


def test_what_was_recorded_is_said_also_where_the_views_cannot_be_brought_up(
    person: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOMENT_SECONDS", 0.1)
    with psycopg.connect(database.service, autocommit=True) as other, alone(other, FOLLOWING):
        said = person.types("record", "-", given=GRANT)
    assert (said.code, limits(database)) == (0, ["400.00"])
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("REVOKE UPDATE ON readmodel.generation FROM headroom_service")
        said = raised(person)
    assert (said.code, limits(database)) == (0, ["400.00"])


def test_the_feed_is_one_cloud_event_a_line_and_goes_on_from_any_of_them(person: Person) -> None:
    whole = [msgspec.json.decode(line) for line in person.types("feed").out.splitlines()]
    assert [event["type"] for event in whole[-2:]] == ["headroom.derived.limit_changed"] * 2
    assert len(whole) == 6
    rest = person.types("feed", "--after", whole[2]["cursor"]).out.splitlines()
    assert [msgspec.json.decode(line) for line in rest] == whole[3:]


def test_a_cursor_that_is_none_is_refused(person: Person) -> None:
    said = person.types("feed", "--after", "yesterday")
    assert said.code == 1
    assert "cursor" in said.err


def test_a_rebuild_says_that_it_found_the_same(person: Person) -> None:
    said = person.types("rebuild", "--json")
    assert said.code == 0, said.err
    assert (said.json["households"], said.json["compared"], said.json["differences"]) == (1, 1, [])
    assert "the same" in person.types("rebuild").out


def test_a_rebuild_names_what_differed(person: Person, database: Database) -> None:
    person.types("feed")
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("DELETE FROM readmodel.line_day")
    said = person.types("rebuild")
    assert said.code == 0
    assert "line_day" in said.out


def test_of_many_differences_a_page_names_some_and_says_how_many_more(
    person: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readmodels, "LISTED", 1)
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        for name in ("line_day", "line_now", "limit_change"):
            superuser.execute(f"DELETE FROM readmodel.{name}")
    said = person.types("rebuild")
    assert [name in said.out for name in ("limit_change", "line_day", "line_now")].count(True) == 1
    assert "2 more" in said.out


def test_the_generation_before_is_brought_back_on_demand(person: Person) -> None:
    assert person.types("rebuild", "--back").code == 1
    person.types("rebuild")
    said = person.types("rebuild", "--back", "--json")
    assert (said.code, said.json) == (0, {"number": 1})


def test_the_doctor_names_every_household_that_was_set_aside_with_its_reason(
    person: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert person.types("record", "-", given=OTHER).code == 0
    assert [one["ok"] for one in _findings(person, "read_tables")] == [True]
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("""UPDATE headroom.event SET payload = '{"t":"Unheard.1"}' WHERE version = 2""")
    person.types("rebuild")
    (summary,) = _findings(person, "read_tables")
    assert (summary["ok"], summary["details"]["aside"]) == (False, "2")
    aside = _findings(person, "set_aside")
    assert [one["details"]["household"] for one in aside] == ["lin", "other"]
    for one in aside:
        assert "Unheard" in one["text"]
        assert f"headroom verify {one['details']['household']}" in one["remedy"]
    monkeypatch.setattr(health, "NAMED", 1)
    assert len(_findings(person, "set_aside")) == 1


def _findings(person: Person, code: str) -> list[dict[str, Any]]:
    return [one for one in person.types("doctor", "--json").json["findings"] if one["code"] == code]
