"""The data folder of PostgreSQL 16 becomes one of 18 with every fact, and stays behind as its own backup."""

import os
from pathlib import Path

import pytest

from app.database import access as room
from app.database.access import Access
from app.database.cluster import Server, keep_folder, make_folder, socket_folder, start_server
from app.database.embedded import Joined
from app.database.errors import DatabaseUnreachable
from app.database.health import examine
from app.database.home import MIGRATOR, SERVICE, Home, let_pass, open_home, server_user
from app.database.invitation import Running
from app.database.migration import migrate
from app.database.programs import Programs, programs_of
from ledger.store.reader import follow, load
from ledger.store.verify import verify
from tests.database.homes import gone, opened, settings_of
from tests.store.facts import amounts_of, connected, income
from tests.store.facts import opened as ledger_on

FACTS = 300


class Older:
    """A book kept by a server of an older major, as the program of that time would have left it."""

    def __init__(self, root: Path, major: int) -> None:
        self.home: Home = open_home(root)
        user = server_user(self.home, euid=os.geteuid())
        if user:
            let_pass(self.home, user)
        self.programs: Programs = programs_of(major, home=self.home, user=user)
        keep_folder(make_folder(self.home, self.programs))
        self.server = self.start()

    def start(self) -> Server:
        socket = socket_folder(self.home, self.programs.user)
        self.running = Running(keeper=0, postmaster=0, socket=str(socket))
        return start_server(self.home, self.programs, socket=socket)

    def fill(self) -> None:
        """Record facts in it."""
        joined = Joined(self.home, self.running, os.open(os.devnull, os.O_RDONLY))
        room._establish(joined, server="an older server")
        migrate(joined.conninfo(MIGRATOR))
        with ledger_on(joined.conninfo(SERVICE)) as ledger:
            ledger.record("h1", [income(amount, note="wages") for amount in range(1, FACTS + 1)])


@pytest.fixture
def older(folder: Path) -> Older:
    """A book on 16 with facts in it, its server running."""
    book = Older(folder, 16)
    book.fill()
    return book


def facts_and_followed(access: Access) -> tuple[list[int], int]:
    with access.connect() as connection:
        assert verify(connection).ok
        return amounts_of(load(connection, "h1")), len(list(follow(connection, 0, 10_000)))


@pytest.mark.parametrize("ending", ["stopped", "crashed"])
def test_a_book_on_16_is_moved_to_18_when_it_is_opened(older: Older, ending: str) -> None:
    if ending == "stopped":
        older.server.stop()
    else:
        older.server.process.kill()
        older.server.process.wait()
    with opened(older.home.root) as access, access.connect() as connection:
        assert connection.info.server_version // 10_000 == 18
        assert facts_and_followed(access) == (list(range(1, FACTS + 1)), FACTS + 1)
        with ledger_on(access.service) as ledger:
            ledger.record("h1", [income(999)])
        assert facts_and_followed(access) == ([*range(1, FACTS + 1), 999], FACTS + 2)
    assert gone(older.home.root)
    assert not list(older.home.data.glob("*.secret"))
    assert not list(older.home.data.glob("*.unfinished"))


def test_the_old_folder_stays_as_it_was_and_doctor_names_it(older: Older) -> None:
    older.server.stop()
    opened(older.home.root).close()
    named = [finding for finding in examine(settings_of(older.home.root)) if finding.code == "older_data"]
    assert [finding.details["folders"] for finding in named] == [str(older.home.folder(16))]
    older.server = older.start()
    joined = Joined(older.home, older.running, -1)
    with connected(joined.conninfo(SERVICE)) as connection:
        assert amounts_of(load(connection, "h1")) == list(range(1, FACTS + 1))
    older.server.stop()


def test_a_move_cut_short_is_done_again(older: Older) -> None:
    older.server.stop()
    unfinished = older.home.data / "18.4711.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with opened(older.home.root) as access:
        assert facts_and_followed(access)[1] == FACTS + 1


def test_a_move_that_fails_leaves_the_old_folder_in_force(older: Older) -> None:
    older.server.stop()
    passwords = older.home.passwords.read_text()
    older.home.passwords.write_text(passwords.replace("postgres:", "postgres:wrong"))
    with pytest.raises(DatabaseUnreachable) as told:
        opened(older.home.root)
    assert told.value.code == "upgrade_failed"
    assert not older.home.folder(18).exists()
    older.home.passwords.write_text(passwords)
    with opened(older.home.root) as access:
        assert facts_and_followed(access)[1] == FACTS + 1
