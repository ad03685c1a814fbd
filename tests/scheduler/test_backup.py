"""A backup holds what the clock did and was told; a restored book goes on from there."""

from pathlib import Path

from tests.cli.program import Person, address
from tests.postgres import Database
from tests.readmodels.books import a_family
from tests.scheduler.clockwork import Clockwork

KEPT = ("check_result", "job_run", "notice", "outbox", "concern", "setting", "agenda")


def test_what_the_clock_did_is_in_a_backup_and_a_restored_book_repeats_nothing(
    database: Database, database_beside: Database, tmp_path: Path
) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family())
    clock.runs()
    clock.runs(until="2026-05-04T09:00:00")
    person, other = (Person(HEADROOM_DATABASE_URL=address(one.superuser)) for one in (database, database_beside))
    assert person.types("notify", "h1", "--language", "zh").code == 0
    assert person.types("acknowledge", "h1").code == 0
    file = str(tmp_path / "book.headroom")
    assert person.types("backup", file).code == 0
    assert other.types("restore", file).code == 0
    restored = Clockwork(database_beside, "2026-05-04T09:00:00")
    restored.runs()
    for table in KEPT:
        assert restored.rows(f"SELECT * FROM clock.{table} ORDER BY 1, 2") == clock.rows(
            f"SELECT * FROM clock.{table} ORDER BY 1, 2"
        ), table
    assert restored.ran() == clock.ran()
