"""The embedded server: made once, joined by many, gone with the last, and never in the way of the next."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.database import programs
from app.database.access import Access, prepare_schema
from app.database.embedded import join
from app.database.errors import DatabaseUnreachable
from app.database.home import SUPERUSER, Home, let_pass, open_home, server_user
from app.database.programs import MAJOR, programs_of
from tests.database.homes import copied_home, gone, new_folder, opened, processes
from tests.store.facts import connected

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
CODE = Path(__file__).parents[2]


def number_of_events(access: Access) -> int:
    with access.connect() as connection:
        row = connection.execute("SELECT count(*) FROM headroom.event").fetchone()
    assert row is not None
    return int(row[0])


def test_a_new_folder_becomes_an_empty_book_for_its_owner_alone(folder: Path) -> None:
    with opened(folder) as access:
        assert number_of_events(access) == 0
        assert (folder / "passwords").stat().st_mode & 0o777 == 0o600
        assert (folder / "postgres" / str(MAJOR)).stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_mode & 0o007 == 0
    assert gone(folder, within=0.1), "the last to leave waits for the server to stop"


@pytest.mark.parametrize(("language", "words"), [("en", "is not text in UTF-8"), ("zh", "不是 UTF-8 编码的文字")])
def test_a_folder_whose_name_is_no_text_is_refused_by_that(folder: Path, language: str, words: str) -> None:
    named = Path(os.fsdecode(os.fsencode(folder) + b"-\xff"))
    with pytest.raises(DatabaseUnreachable) as refusal:
        opened(named)
    assert words in refusal.value.told(language)
    assert f"{folder}-\\xff" in refusal.value.told(language)
    assert not named.exists()


def test_a_second_command_joins_the_running_server(home: Path) -> None:
    with opened(home) as first, opened(home) as second:
        assert first.joined is not None
        assert second.joined is not None
        assert first.joined.running == second.joined.running


def test_the_server_stays_while_anybody_is_joined_whoever_started_it(home: Path) -> None:
    first, second = opened(home), opened(home)
    first.close()
    assert number_of_events(second) == 0
    second.close()
    assert gone(home, within=0.1)


def test_commands_that_start_at_once_on_a_new_folder_share_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        accesses = list(pool.map(lambda _: opened(folder), range(4)))
    assert len({access.joined.running.postmaster for access in accesses if access.joined}) == 1
    assert [number_of_events(access) for access in accesses] == [0] * 4
    for access in accesses:
        access.close()
    assert gone(folder, within=1)


def test_commands_that_come_and_go_at_once_never_wait_for_each_other(home: Path) -> None:
    began = time.monotonic()

    def come_and_go(_: int) -> list[int]:
        counts = []
        for _ in range(6):
            with opened(home) as access:
                counts.append(number_of_events(access))
        return counts

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(come_and_go, range(4))) == [[0] * 6] * 4
    assert time.monotonic() - began < 25, "the last to leave does not wait for those who come after"
    assert gone(home, within=1)


def test_passwords_are_needed_and_stand_in_no_connection_string(home: Path) -> None:
    with opened(home) as access:
        assert access.superuser is not None
        secrets = [line.split(":")[-1] for line in (home / "passwords").read_text().splitlines()]
        assert not any(secret in conninfo for secret in secrets for conninfo in (access.service, access.superuser))
        (home / "passwords").rename(home / "elsewhere")
        with pytest.raises(DatabaseUnreachable) as told:
            access.connect()
        assert not any(secret in str(told.value) for secret in secrets)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGPASSWORD", "of another server"), ("PGHOSTADDR", "127.0.0.1"), ("PGCHANNELBINDING", "require"),
        ("PGREQUIREAUTH", "none"), ("PGTARGETSESSIONATTRS", "standby"), ("PGSSLNEGOTIATION", "direct"),
        ("PGOPTIONS", "-c role=nobody"), ("PGCLIENTENCODING", "SQL_ASCII"), ("PGUSER", "somebody"),
        ("PGSSLCERTMODE", "require"), ("PGMINPROTOCOLVERSION", "latest"), ("PGPORT", "1"),
    ],
)  # fmt: skip
def test_what_the_environment_says_about_other_servers_is_not_meant_for_the_embedded(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with opened(home) as access:
        assert number_of_events(access) == 0


def test_a_killed_keeper_leaves_no_server_and_the_next_command_starts_another(home: Path) -> None:
    with opened(home) as access:
        assert access.joined is not None
        os.kill(access.joined.running.keeper, signal.SIGKILL)
        assert gone(home)
        assert not access.joined.alive
        with opened(home) as after:
            assert number_of_events(after) == 0


@pytest.mark.parametrize("victim", ["keeper", "postmaster"])
def test_a_server_that_goes_while_a_command_opens_the_book_is_started_anew(
    home: Path, victim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[int] = []

    def prepare(access: Access, *, now: int) -> None:
        assert access.joined is not None
        if not killed:
            killed.append(getattr(access.joined.running, victim))
            os.kill(killed[0], signal.SIGKILL)
            assert gone(home)
        prepare_schema(access, now=now)

    monkeypatch.setattr("app.database.access.prepare_schema", prepare)
    with opened(home) as access:
        assert access.joined is not None
        assert getattr(access.joined.running, victim) != killed[0]
        assert number_of_events(access) == 0


def test_a_server_that_always_goes_is_given_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(access: Access, *, now: int) -> None:
        assert access.joined is not None
        os.kill(access.joined.running.keeper, signal.SIGKILL)
        assert gone(home)
        prepare_schema(access, now=now)

    monkeypatch.setattr("app.database.access.prepare_schema", prepare)
    with pytest.raises(DatabaseUnreachable):
        opened(home)
    assert gone(home)


def test_a_killed_postmaster_ends_its_keeper_and_the_next_command_starts_another(home: Path) -> None:
    with opened(home) as access:
        assert access.joined is not None
        os.kill(access.joined.running.postmaster, signal.SIGKILL)
        assert gone(home)
        with opened(home) as after:
            assert number_of_events(after) == 0


def test_a_keeper_asked_to_end_stops_the_server_though_somebody_is_joined(home: Path) -> None:
    with opened(home) as access:
        assert access.joined is not None
        os.kill(access.joined.running.keeper, signal.SIGTERM)
        assert gone(home)


def test_a_stale_pid_file_whose_pid_now_belongs_to_another_program_is_no_obstacle(home: Path) -> None:
    stale = home / "postgres" / str(MAJOR) / "postmaster.pid"
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        stale.write_text(f"{sleeper.pid}\n{stale.parent}\n1700000000\n5432\n{home}\n\n  5432001   1234567\nready   \n")
        with opened(home) as access:
            assert number_of_events(access) == 0
        assert sleeper.poll() is None, "the other program is left alone"
    finally:
        sleeper.kill()
        sleeper.wait()


@pytest.mark.parametrize("content", ["", "\n", "not a pid\n"])
def test_a_pid_file_cut_short_is_no_obstacle(home: Path, content: str) -> None:
    (home / "postgres" / str(MAJOR) / "postmaster.pid").write_text(content)
    with opened(home) as access:
        assert number_of_events(access) == 0


def test_a_folder_whose_making_was_cut_short_is_made_again(folder: Path) -> None:
    home = open_home(folder)
    unfinished = home.data / f"{MAJOR}.4711.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    secret = unfinished.with_suffix(".secret")
    secret.write_text("the password of a server that never was")
    with opened(folder) as access:
        assert number_of_events(access) == 0
    assert not unfinished.exists()
    assert not secret.exists()


def test_roles_and_database_missing_after_a_first_start_cut_short_are_made(home: Path) -> None:
    with join(home) as joined, connected(joined.conninfo(SUPERUSER, database="postgres")) as connection:
        connection.execute("DROP DATABASE headroom")
        connection.execute("DROP ROLE headroom_service")
    with opened(home) as access:
        assert number_of_events(access) == 0


def test_a_path_too_long_for_a_socket_works(template: Path) -> None:
    with new_folder() as short:
        long = short.parent / ("a-folder-with-a-long-name-" * 3) / ("and-one-more-" * 5)
        long.parent.mkdir()
        copied_home(template, long)
        with opened(long) as access:
            assert access.joined is not None
            socket = Path(access.joined.running.socket)
            assert socket.parent == Path("/tmp")
            assert socket.stat().st_mode & 0o777 == 0o700
            assert number_of_events(access) == 0
        assert not socket.exists()


def test_a_socket_folder_left_by_a_killed_keeper_is_removed_by_the_next(home: Path) -> None:
    long = home.parent / ("a-folder-with-a-long-name-" * 4)
    home.rename(long)
    with opened(long) as access:
        assert access.joined is not None
        left = Path(access.joined.running.socket)
        os.kill(access.joined.running.keeper, signal.SIGKILL)
        assert gone(long)
    assert left.exists()
    opened(long).close()
    assert not left.exists()


def test_lost_passwords_are_named(home: Path) -> None:
    (home / "passwords").unlink()
    with pytest.raises(DatabaseUnreachable, match="passwords is missing") as told:
        opened(home)
    assert told.value.code == "passwords_lost"
    assert gone(home, within=2)


def test_data_of_a_newer_major_is_not_touched(home: Path) -> None:
    (home / "postgres" / str(MAJOR)).rename(home / "postgres" / "19")
    with pytest.raises(DatabaseUnreachable) as told:
        opened(home)
    assert told.value.code == "newer_data"


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    (home / "postgres" / str(MAJOR) / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(DatabaseUnreachable, match=r"did not start: .*postgres\.log") as told:
        opened(home)
    assert told.value.code == "start_failed"


def test_ctrl_c_on_a_command_does_not_stop_the_server_of_others(home: Path) -> None:
    with opened(home) as access:
        assert access.joined is not None
        assert os.getsid(access.joined.running.keeper) != os.getsid(0)
        assert os.getsid(access.joined.running.postmaster) != os.getsid(access.joined.running.keeper)


def test_where_the_system_does_not_tell_of_a_dead_parent_a_watcher_stops_the_server(home: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from app.database.home import *; "
        "from app.database.cluster import *; from app.database.programs import programs_of\n"
        "home = open_home(Path(sys.argv[1])); user = server_user(home, euid=os.geteuid())\n"
        "user and let_pass(home, user)\n"
        "server = start_server(home, programs_of(18, home=home, user=user), socket=socket_folder(home, user), "
        "dies_with_parent=False)\n"
        "print(server.process.pid, flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(home)], cwd=CODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert int(child.stdout.readline()) in processes(home)
    child.kill()
    child.communicate()
    opened(home).close()
    assert "received fast shutdown request" in (home / "server" / "postgres.log").read_text()
    assert gone(home)


@as_root
def test_another_user_is_told_whose_book_it_is(home: Path) -> None:
    told = as_user("nobody", home)
    assert "belongs to root" in told
    assert "HEADROOM_HOME" in told


@as_root
def test_a_book_of_another_user_is_not_opened_by_root(folder: Path) -> None:
    folder.mkdir()
    shutil.chown(folder, "nobody")
    with pytest.raises(DatabaseUnreachable) as told:
        opened(folder)
    assert told.value.code == "home_of_another"


@as_root
def test_an_unprivileged_user_keeps_a_book_of_their_own(folder: Path) -> None:
    shutil.chown(folder.parent, "nobody")
    assert as_user("nobody", folder) == "reached"
    assert gone(folder)


@as_root
def test_root_with_a_private_home_is_told_what_to_do() -> None:
    with new_folder() as root:
        root.parent.chmod(0o700)
        with pytest.raises(DatabaseUnreachable, match="/var/lib/headroom") as told:
            opened(root)
        assert told.value.code == "home_closed"
        assert root.parent.stat().st_mode & 0o777 == 0o700, "nobody's folder is opened behind their back"


@as_root
def test_root_with_a_private_program_folder_runs_a_copy(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = programs._installed(MAJOR)
    private = home.parent / "private"
    private.mkdir(mode=0o700)
    package = private / installed.parent.name
    shutil.copytree(installed, package / installed.name, symlinks=True)
    shutil.copytree(installed.parent.with_suffix(".libs"), package.with_suffix(".libs"))
    monkeypatch.setattr(programs, "_installed", lambda major: package / installed.name)
    place = Home(root=home)
    user = server_user(place, euid=0)
    assert user is not None
    let_pass(place, user)
    found = programs_of(MAJOR, home=place, user=user)
    assert found.folder.is_relative_to(home)
    assert found.run("initdb", "--version", cwd=home).returncode == 0
    assert programs_of(MAJOR, home=place, user=user) == found


def as_user(name: str, root: Path) -> str:
    """What a user is told who opens a book."""
    script = (
        "import sys; from pathlib import Path\n"
        "from app.database.access import reach; from app.database.errors import DatabaseUnreachable\n"
        "from app.settings import Settings\n"
        "try:\n    reach(Settings(home=Path(sys.argv[1]))).close()\n    print('reached')\n"
        "except DatabaseUnreachable as problem:\n    print(problem)\n"
    )
    entry = pwd.getpwnam(name)
    answer = subprocess.run(
        [interpreter_for(name), "-c", script, str(root)],
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{CODE}:{sysconfig.get_path('platlib')}"},
        user=entry.pw_uid,
        group=entry.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or answer.stderr


def interpreter_for(name: str) -> str:
    """An interpreter of our version that a user may run: ours may lie in a folder that only root can enter."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        try:
            asked = subprocess.run([candidate, "-V"], user=name, cwd="/", capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        if asked.stdout.startswith(f"Python {sys.version_info.major}.{sys.version_info.minor}."):
            return candidate
    pytest.skip(f"no Python of our version can be run by {name}")
