"""Access: the right roles, the right schema, and plain words where either is missing."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.conninfo import make_conninfo

import ops.migrations
from app.database import access as room
from app.database import migration
from app.database.access import ROLES, Access, open_access
from app.database.backup import read_manifest
from app.database.connecting import telling_loss
from app.database.errors import DatabaseUnreachable
from app.settings import Settings
from tests.database.homes import opened
from tests.database.steps import with_a_later_step
from tests.postgres import Cluster
from tests.store.facts import NOON, connected, income
from tests.store.facts import opened as ledger_on

UNUSED = Path("/nonexistent")


@pytest.fixture(autouse=True)
def _known_revisions() -> Iterator[None]:
    yield
    migration.known_revisions.cache_clear()


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Callable[[str], str]]:
    """Gives how a login connects to a database that nobody has prepared."""
    name = "unprepared"
    with connected(cluster.conninfo()) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        connection.execute("CREATE ROLE alice LOGIN")
    yield lambda user: cluster.conninfo(user=user, database=name)
    cluster.drop(name)
    with connected(cluster.conninfo()) as connection:
        connection.execute("DROP ROLE alice")


def at(conninfo: str) -> Access:
    """Access to a server of one's own."""
    return open_access(Settings(home=UNUSED, database_url=conninfo), now=NOON)


def role_of(conninfo: str) -> str:
    with connected(conninfo) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    assert row is not None
    return str(row[0])


def test_the_steps_themselves_say_which_schema_the_program_needs() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(ops.migrations.__file__).parent))
    script = ScriptDirectory.from_config(config)
    assert migration.program_revision() == script.get_current_head()
    assert migration.known_revisions() == tuple(step.revision for step in script.walk_revisions())[::-1]


def test_an_administrator_prepares_a_database_by_opening_it(empty: Callable[[str], str]) -> None:
    with at(empty("postgres")) as access:
        assert role_of(access.service) == "headroom_service"
        assert access.migrator is not None
        assert role_of(access.migrator) == "headroom_migrator"
        with ledger_on(access.service) as ledger:
            assert ledger.record("h1", [income()]).versions


def test_the_service_can_append_facts_and_change_none(empty: Callable[[str], str]) -> None:
    with at(empty("postgres")) as access, access.connect() as connection:
        with ledger_on(access.service) as ledger:
            ledger.record("h1", [income()])
        changes = ("UPDATE headroom.event SET version = 9", "DELETE FROM headroom.event", "TRUNCATE headroom.event")
        for change in changes:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change)


def test_a_plain_login_is_told_what_an_administrator_has_to_run(empty: Callable[[str], str]) -> None:
    with pytest.raises(DatabaseUnreachable) as told:
        at(empty("alice"))
    assert told.value.code == "roles_missing"
    assert str(ROLES) in str(told.value)
    assert "headroom.login=alice" in str(told.value)
    admin = make_conninfo(empty("postgres"), options="-c headroom.login=alice")
    with connected(admin) as connection:
        for _ in range(2):
            connection.execute(ROLES.read_text())
    with at(empty("alice")) as access:
        assert role_of(access.service) == "headroom_service"
        assert access.superuser is None
        with connected(access.service) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM headroom.event")


def test_a_login_that_may_only_serve_works_once_the_schema_is_there(empty: Callable[[str], str]) -> None:
    with connected(empty("postgres")) as connection:
        connection.execute("GRANT headroom_service TO alice")
    with pytest.raises(DatabaseUnreachable) as told:
        at(empty("alice"))
    assert told.value.code == "schema_missing"
    assert str(ROLES) in str(told.value)
    at(empty("postgres")).close()
    with at(empty("alice")) as access:
        assert access.migrator is None
        with ledger_on(access.service) as ledger:
            assert ledger.record("h1", [income()]).versions


def test_a_login_that_may_only_serve_is_told_who_brings_an_older_schema_up_to_date(
    empty: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(empty("postgres")).close()
    with connected(empty("postgres")) as connection:
        connection.execute("GRANT headroom_service TO alice")
    with_a_later_step(monkeypatch, tmp_path)
    with pytest.raises(DatabaseUnreachable, match="member of headroom_migrator") as told:
        at(empty("alice"))
    assert told.value.code == "schema_behind"


@pytest.mark.parametrize("role", ["headroom_reader", "headroom_household_reader"])
def test_a_login_of_a_dashboard_is_not_offered_the_rights_of_the_program(
    empty: Callable[[str], str], role: str
) -> None:
    at(empty("postgres")).close()
    with connected(empty("postgres")) as connection:
        connection.execute(f"GRANT {role} TO alice")
    with pytest.raises(DatabaseUnreachable) as told:
        at(empty("alice"))
    assert told.value.code == "reads_only"
    assert str(ROLES) not in str(told.value)


def test_what_the_environment_says_about_encodings_does_not_reach_the_book(
    empty: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "SQL_ASCII")
    with at(empty("postgres")) as access, access.connect() as connection:
        assert connection.info.encoding == "utf-8"


def test_a_full_disk_is_no_lost_connection() -> None:
    with pytest.raises(DatabaseUnreachable, match="Free some space") as told, telling_loss():
        raise psycopg.errors.DiskFull("could not extend file: No space left on device")
    assert told.value.code == "disk_full"


def test_a_server_too_old_is_named(empty: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "OLDEST_MAJOR", 99)
    with pytest.raises(DatabaseUnreachable, match="99 or later is needed"):
        at(empty("postgres"))


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://anna:verysecret@127.0.0.1:1/book",
        "host=127.0.0.1 port=1 password=verysecret",
        "postgresql+driver://anna:verysecret@host/book",
        "postgresql://anna:verysecret@[broken/book",
        "password=verysecret nonsense",
        "host=/nonexistent dbname=verysecret-not password=verysecret",
    ],
)
def test_an_address_that_does_not_work_is_told_without_its_password(address: str) -> None:
    with pytest.raises(DatabaseUnreachable) as told:
        at(address)
    said = str(told.value) + told.value.told("zh") + repr(told.value.details)
    assert "verysecret" not in said.replace("verysecret-not", "")


def test_an_address_that_is_no_text_is_refused_by_that() -> None:
    with pytest.raises(DatabaseUnreachable) as refusal:
        at("postgresql://\udcff@localhost/x")
    assert refusal.value.code == "bad_url"


def test_a_schema_newer_than_the_program_is_refused(home: Path) -> None:
    with opened(home) as access:
        assert access.migrator is not None
        with connected(access.migrator) as connection:
            connection.execute("UPDATE headroom.schema_version SET version_num = '9999'")
        with pytest.raises(DatabaseUnreachable, match="newer version"):
            opened(home)


def test_the_embedded_book_is_migrated_after_a_backup(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(home) as access, ledger_on(access.service) as ledger:
        ledger.record("h1", [income(note="a note")])
    before = migration.program_revision()
    with_a_later_step(monkeypatch, folder.parent)
    with opened(home) as access, access.connect() as connection:
        assert migration.database_revision(connection) == "9001"
        assert connection.execute("SELECT count(later), count(*) FROM headroom.event").fetchone() == (0, 2)
    (backup,) = (home / "backups").iterdir()
    assert backup.stat().st_mode & 0o777 == 0o600
    manifest = read_manifest(backup)
    assert (manifest.schema, manifest.facts) == (before, 2)


def test_processes_that_find_an_older_schema_take_turns(
    empty: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(empty("postgres")).close()
    with_a_later_step(monkeypatch, tmp_path)
    gate = threading.Barrier(3)

    def open_at_once(_: int) -> str | None:
        gate.wait()
        with at(empty("postgres")) as access, access.connect() as connection:
            return migration.database_revision(connection)

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(open_at_once, range(3))) == ["9001"] * 3
