"""What doctor is told: facts about a well server, and what is wrong with an ill one."""

from pathlib import Path
from typing import Final

import pytest

from app.database import health
from app.database.health import Finding, examine
from app.settings import Settings
from tests.database.homes import gone, opened, settings_of
from tests.postgres import Database
from tests.store.facts import connected


def by_code(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.code: finding for finding in findings}


def wrong(findings: list[Finding]) -> dict[str, str]:
    return {finding.code: finding.remedy for finding in findings if not finding.ok}


def test_a_well_book_has_nothing_wrong(home: Path) -> None:
    findings = examine(settings_of(home))
    assert wrong(findings) == {}
    told = by_code(findings)
    assert told["server"].details["version"].startswith("18.")
    assert told["schema"].details["found"] == told["schema"].details["needed"]
    assert set(told) == {
        "program", "disk", "server", "durable", "checksums", "keeper", "schema", "append_only", "read_tables", "clock",
        "post", "horizon",
    }  # fmt: skip
    assert gone(home)


def test_a_remedy_stands_beside_everything_wrong_and_nothing_else(home: Path) -> None:
    for finding in examine(settings_of(home)):
        assert finding.ok == (finding.remedy == "")


def test_a_server_that_cannot_be_reached_is_a_finding(tmp_path: Path) -> None:
    findings = examine(Settings(home=tmp_path, database_url="postgresql://anna:secret@127.0.0.1:1/book"))
    assert wrong(findings) == {"not_reachable": "not_reachable"}
    assert "secret" not in repr(findings)


def test_an_older_and_a_newer_schema_are_told_apart(home: Path) -> None:
    with opened(home) as access:
        assert access.migrator is not None
        for version, remedy in (("0000", "upgrade_program"), (None, "run_a_command")):
            with connected(access.migrator) as connection:
                connection.execute("DELETE FROM headroom.schema_version")
                connection.execute(
                    "INSERT INTO headroom.schema_version SELECT %s::text WHERE %s::text IS NOT NULL", (version, version)
                )
            assert wrong(examine(settings_of(home))) == {"schema": remedy}


def test_who_holds_readers_back_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LONGEST_SECONDS", -1)
    with opened(home) as access, access.connect() as holder:
        with holder.transaction():
            holder.execute("SELECT pg_current_xact_id()")
            found = by_code(examine(settings_of(home)))["horizon"]
        assert found.remedy == "end_transaction"
        assert found.details["pid"] == str(holder.info.backend_pid)
        assert found.details["holder"] == "headroom"
        assert by_code(examine(settings_of(home)))["horizon"].ok


def test_a_full_disk_is_seen_before_it_hurts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 60)
    assert wrong(examine(settings_of(home))) == {"disk": "free_space"}


def test_a_service_that_could_change_facts_is_wrong(database: Database, tmp_path: Path) -> None:
    with connected(database.superuser) as connection:
        connection.execute("GRANT UPDATE ON headroom.event TO headroom_service")
    told = wrong(examine(Settings(home=tmp_path, database_url=database.superuser)))
    assert told["append_only"] == "revoke_changes"
    assert told.get("durable") == "turn_on_fsync", "the tests' own servers run without fsync, and that is seen"


MESSAGE: Final = """
INSERT INTO clock.outbox (not_before, created_at, household, dedup_key, kind, language, subject, text, html, facts)
VALUES (0, 0, 'h1', 'dsr', 'worse', 'en', '', '', '', '{}')
"""
CHANNEL: Final = """
INSERT INTO clock.channel (added_at, failing_since, household, name, kind, address)
VALUES (0, 0, 'h1', 'mail', 'mail', '')
"""


def test_what_waits_for_a_first_channel_and_a_channel_that_fails_are_told_apart(home: Path) -> None:
    with opened(home) as access, connected(access.service) as connection:
        connection.execute(MESSAGE)
        waits = by_code(examine(settings_of(home)))["post"]
        connection.execute(CHANNEL)
        fails = by_code(examine(settings_of(home)))["post"]
    assert (waits.ok, waits.details["waiting"], waits.details["unaddressed"]) == (True, "1", "1")
    assert (fails.ok, fails.remedy, fails.details["household"]) == (False, "mend_channel", "h1")
    assert (fails.details["waiting"], fails.details["unaddressed"]) == ("1", "0")
