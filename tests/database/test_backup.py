"""Backup and restore: the whole book, verified, or nothing."""

import multiprocessing
import os
import random
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from app.database import migration
from app.database.access import Access
from app.database.backup import MANIFEST, read_manifest, write_backup
from app.database.errors import BackupRefused
from app.database.restore import restore_backup
from ledger.errors import Corrupt
from ledger.store import application
from ledger.store.reader import follow, load, texts
from ledger.store.verify import verify
from tests.database.steps import with_a_later_step
from tests.postgres import Cluster, Database
from tests.store.facts import NOON, connected, draw, income, line, opened

FAMILIES = ("h1", "h2", "h3")


@pytest.fixture(autouse=True)
def _known_revisions() -> Iterator[None]:
    yield
    migration.known_revisions.cache_clear()


def access_to(database: Database) -> Access:
    return Access(
        service=database.service, migrator=database.migrator, superuser=database.superuser, server="a test's database"
    )


def filled(database: Database) -> None:
    """Three households with keys and personal texts."""
    with opened(database.service) as ledger:
        for family in FAMILIES:
            ledger.record(family, [line(), draw(key="k1", note="给妈妈"), income(note="wages")])
            ledger.record(family, [draw(amount) for amount in range(1, 200)])


def backed_up(database: Database, path: Path) -> Path:
    with connected(database.service) as connection:
        write_backup(connection, path, now=NOON)
    return path


def contents(database: Database) -> Any:
    """All that a reader of the book can see."""
    with connected(database.service) as connection:
        return [(load(connection, family), texts(connection, family)) for family in FAMILIES]


def facts_in(database: Database) -> int:
    with connected(database.superuser) as connection:
        row = connection.execute("SELECT count(*) FROM headroom.event").fetchone()
    assert row is not None
    return int(row[0])


def test_a_restored_book_is_the_same_book(database: Database, database_beside: Database, tmp_path: Path) -> None:
    filled(database)
    backup = backed_up(database, tmp_path / "book.headroom")
    manifest = restore_backup(access_to(database_beside), backup)
    assert (manifest.facts, manifest.households) == (3 * 203, 3)
    assert contents(database_beside) == contents(database)
    with connected(database_beside.service) as connection:
        assert verify(connection).ok


def test_followers_see_restored_facts_and_those_recorded_afterwards(
    database: Database, database_beside: Database, tmp_path: Path
) -> None:
    filled(database)
    restore_backup(access_to(database_beside), backed_up(database, tmp_path / "book.headroom"))
    with opened(database_beside.service) as ledger:
        ledger.record("h2", [income(7)])
        ledger.record("h4", [income(8)])
    with connected(database_beside.service) as connection:
        followed = list(follow(connection, 0, 10_000))
        assert len(followed) == 3 * 203 + 3
        assert [found.household for found in followed[-3:]] == ["h2", "h4", "h4"]
        assert verify(connection).ok


def test_a_key_recorded_before_the_backup_is_a_duplicate_after_it(
    database: Database, database_beside: Database, tmp_path: Path
) -> None:
    filled(database)
    restore_backup(access_to(database_beside), backed_up(database, tmp_path / "book.headroom"))
    with opened(database_beside.service) as ledger:
        assert ledger.record("h1", [draw(key="k1", note="给妈妈")]).duplicates
    assert facts_in(database_beside) == 3 * 203


def test_a_backup_is_one_moment_of_a_book_that_goes_on(
    database: Database, database_beside: Database, tmp_path: Path
) -> None:
    filled(database)
    with opened(database.service) as ledger, connected(database.service) as connection:
        recorded_meanwhile: list[int] = []

        def go_on(_: int) -> None:
            if len(recorded_meanwhile) < 20:
                recorded_meanwhile.append(ledger.record("h1", [income()]).version)

        write_backup(connection, tmp_path / "book.headroom", now=NOON, progress=go_on)
        assert recorded_meanwhile
    restore_backup(access_to(database_beside), tmp_path / "book.headroom")
    with connected(database_beside.service) as connection:
        assert verify(connection).ok


def test_a_book_that_holds_facts_is_not_restored_into(
    database: Database, database_beside: Database, tmp_path: Path
) -> None:
    filled(database)
    backup = backed_up(database, tmp_path / "book.headroom")
    with opened(database_beside.service) as ledger:
        ledger.record("h9", [income()])
    with pytest.raises(BackupRefused, match="already holds 2 facts") as told:
        restore_backup(access_to(database_beside), backup)
    assert told.value.code == "book_not_empty"
    assert facts_in(database_beside) == 2


def test_a_backup_never_overwrites_a_file(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "book.headroom"
    path.write_text("something else")
    with pytest.raises(BackupRefused, match="never overwrites"):
        backed_up(database, path)
    assert path.read_text() == "something else"


def test_a_backup_that_cannot_be_written_leaves_no_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BackupRefused, match="cannot be written"):
        backed_up(database, tmp_path / "file" / "book.headroom")
    filled(database)

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    with connected(database.service) as connection, pytest.raises(BackupRefused, match="No space left"):
        write_backup(connection, tmp_path / "book.headroom", now=NOON, progress=fail)
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_a_backup_is_for_its_owner_alone(database: Database, tmp_path: Path) -> None:
    assert backed_up(database, tmp_path / "book.headroom").stat().st_mode & 0o777 == 0o600


def test_every_file_cut_short_is_refused_and_changes_nothing(
    database: Database, database_beside: Database, tmp_path: Path
) -> None:
    filled(database)
    whole = backed_up(database, tmp_path / "book.headroom").read_bytes()
    cut = tmp_path / "cut.headroom"
    for length in [0, 1, 100, *range(500, len(whole), len(whole) // 25), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(BackupRefused) as told:
            restore_backup(access_to(database_beside), cut)
        assert told.value.code == "backup_unreadable"
    assert facts_in(database_beside) == 0


def test_a_changed_byte_is_refused_or_harmless(database: Database, database_beside: Database, tmp_path: Path) -> None:
    """Bytes of the archive that nothing depends on, such as a time stamp, may change; what was recorded may not."""
    filled(database)
    path = backed_up(database, tmp_path / "book.headroom")
    whole, manifest = path.read_bytes(), read_manifest(path)
    chance = random.Random("changed byte")
    refused = 0
    for _ in range(300):
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
        try:
            found = read_manifest(path)
        except BackupRefused:
            refused += 1
        else:
            assert found == manifest
    assert refused > 250
    assert facts_in(database_beside) == 0


def test_a_file_that_is_no_backup_is_refused(database_beside: Database, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("cat.txt", "miaow")
    (tmp_path / "text.csv").write_text("a,b\n1,2\n")
    for name in ("photos.zip", "text.csv"):
        with pytest.raises(BackupRefused, match="not a complete backup"):
            restore_backup(access_to(database_beside), tmp_path / name)
    with pytest.raises(BackupRefused, match="There is no file"):
        restore_backup(access_to(database_beside), tmp_path / "missing")


def test_a_backup_of_a_newer_program_is_refused(database: Database, database_beside: Database, tmp_path: Path) -> None:
    with connected(database.superuser) as connection:
        connection.execute("UPDATE headroom.schema_version SET version_num = '9999'")
    with pytest.raises(BackupRefused, match="newer version") as told:
        restore_backup(access_to(database_beside), backed_up(database, tmp_path / "book.headroom"))
    assert told.value.code == "backup_newer"


def test_a_backup_of_an_older_program_is_migrated(
    database: Database, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(database)
    backup = backed_up(database, tmp_path / "book.headroom")
    with_a_later_step(monkeypatch, tmp_path)
    fresh = cluster.empty_database("later")
    migration.migrate(fresh.migrator)
    restore_backup(access_to(fresh), backup)
    assert contents(fresh) == contents(database)
    with connected(fresh.service) as connection:
        assert migration.database_revision(connection) == "9001"
    cluster.drop("later")


@pytest.mark.parametrize(("source", "target"), [("15", "18"), ("18", "15")])
def test_a_backup_moves_between_server_majors(
    clusters: Callable[[str], Cluster], source: str, target: str, tmp_path: Path
) -> None:
    (old, book), (new, empty) = clusters(source).new_database(), clusters(target).new_database()
    filled(book)
    restore_backup(access_to(empty), backed_up(book, tmp_path / "book.headroom"))
    assert contents(empty) == contents(book)
    clusters(source).drop(old)
    clusters(target).drop(new)


def test_a_backup_whose_facts_do_not_verify_is_not_restored(
    database: Database, database_beside: Database, tmp_path: Path
) -> None:
    filled(database)
    with connected(database.superuser) as connection:
        connection.execute("UPDATE headroom.event SET recorded_at = recorded_at + 1 WHERE household='h2' AND version=7")
    with pytest.raises(Corrupt, match="h2:7") as refusal:
        restore_backup(access_to(database_beside), backed_up(database, tmp_path / "book.headroom"))
    assert "内容被改动过" in refusal.value.spoken["zh"]
    assert facts_in(database_beside) == 0


def test_a_fact_that_was_wrong_from_the_start_keeps_no_book_from_being_restored(
    database: Database, database_beside: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "are_sound", tuple)
    with opened(database.service) as ledger:
        ledger.record("h1", [income(1), income(cast("Any", 30.5))])
    restore_backup(access_to(database_beside), backed_up(database, tmp_path / "book.headroom"))
    assert facts_in(database_beside) == 3


def test_a_restore_killed_at_any_moment_leaves_an_empty_book_or_a_whole_one(
    database: Database, database_beside: Database, tmp_path: Path
) -> None:
    filled(database)
    backup = backed_up(database, tmp_path / "book.headroom")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["app.database.restore"])
    chance = random.Random("killed restore")
    seen = set()
    for _ in range(12):
        child = context.Process(target=restore_into, args=(database_beside.service, database_beside.migrator, backup))
        child.start()
        child.join(chance.uniform(0.02, 0.4))
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        seen.add(settled_count(database_beside))
        with connected(database_beside.superuser) as connection:
            connection.execute("TRUNCATE headroom.event, headroom.head, headroom.personal_text")
    assert seen <= {0, 3 * 203}


def restore_into(service: str, migrator: str, path: Path) -> None:
    restore_backup(Access(service=service, migrator=migrator, superuser=None, server="a test's database"), path)


def settled_count(database: Database) -> int:
    """The facts once the server has noticed that its client is gone."""
    deadline = time.monotonic() + 5
    with connected(database.superuser) as connection:
        busy = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        while connection.execute(busy).rowcount and time.monotonic() < deadline:
            time.sleep(0.01)
    return facts_in(database)


def test_the_manifest_is_written_last_and_can_be_read_by_a_person(database: Database, tmp_path: Path) -> None:
    filled(database)
    with zipfile.ZipFile(backed_up(database, tmp_path / "book.headroom")) as archive:
        assert archive.namelist()[-1] == MANIFEST
        assert '"facts": 609' in archive.read(MANIFEST).decode()
