"""The folder a book lives in when the embedded server keeps it: what lies where, and who may enter.

Shape: what lies inside is for its owner alone, whatever the folder itself allows. When the owner is root, the server
runs as another user, whose group may pass through (and only pass through) the folders above its data.
"""

import os
import pwd
from pathlib import Path
from typing import Final

import msgspec

from app.database.errors import DatabaseUnreachable

SUPERUSER: Final = "postgres"
MIGRATOR: Final = "headroom_migrator"
SERVICE: Final = "headroom_service"
DATABASE: Final = "headroom"
START_SECONDS: Final = 900
"""How long a start may take: recovery after a crash in the middle of a large import is slow, and not a failure."""
PORT: Final = 5432
LONGEST_SOCKET_FOLDER: Final = 103 - len(f"/.s.PGSQL.{PORT}.lock")
"""The shortest limit of a socket's path is 104 bytes with its end mark (macOS; Linux has 108)."""
SERVER_USERS: Final = ("postgres", "nobody", "daemon")
"""Who runs the server for root, which PostgreSQL refuses: the first that this machine has."""


class ServerUser(msgspec.Struct, frozen=True, kw_only=True):
    """The user the server runs as when that is not the user who asked."""

    name: str
    uid: int
    gid: int


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything of one book lies."""

    root: Path

    @property
    def data(self) -> Path:
        """Data folders, one a PostgreSQL major."""
        return self.root / "postgres"

    @property
    def server(self) -> Path:
        """Locks, log and socket of the running server."""
        return self.root / "server"

    @property
    def owner_lock(self) -> Path:
        """Held by the keeper of the server as long as it runs; says how to join once it is ready."""
        return self.server / "owner.lock"

    @property
    def joined_lock(self) -> Path:
        """Shared by every command that uses the server."""
        return self.server / "joined.lock"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.server / "postgres.log"

    @property
    def passwords(self) -> Path:
        """The roles' passwords, in libpq's format, for the owner alone."""
        return self.root / "passwords"

    @property
    def backups(self) -> Path:
        """Backups the program makes by itself, before it changes the schema."""
        return self.root / "backups"

    @property
    def programs(self) -> Path:
        """Copies of the server's programs, where the installed ones cannot be run by the server's user."""
        return self.root / "programs"

    def folder(self, major: int) -> Path:
        """The data folder of a PostgreSQL major."""
        return self.data / str(major)


def open_home(root: Path) -> Home:
    """Make sure that the folder exists, is ours, and is closed to others.

    Raises: DatabaseUnreachable when it belongs to somebody else, cannot be made, or has a name that is no text.
    """
    home = Home(root=root)
    if not _is_text(str(root)):
        raise DatabaseUnreachable("home_not_text", home=os.fsencode(root).decode(errors="backslashreplace"))
    try:
        home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _ours(home.root)
        for folder in (home.data, home.server, home.backups):
            folder.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise DatabaseUnreachable("home_unusable", home=root, problem=error.strerror or str(error)) from error
    return home


def _is_text(path: str) -> bool:
    """Whether a path is UTF-8: a server is told its folders in a configuration that is."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _ours(root: Path) -> None:
    owner = root.stat().st_uid
    if owner != os.geteuid():
        raise DatabaseUnreachable("home_of_another", home=root, owner=user_name(owner), user=user_name(os.geteuid()))


def user_name(uid: int) -> str:
    """What a user is called on this machine; the number where it has no name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"


def server_user(home: Home, *, euid: int) -> ServerUser | None:
    """Who runs the server: ourselves (None), or for root the owner of the data, or an existing unprivileged user.

    Raises: DatabaseUnreachable when this machine has none.
    """
    if euid != 0:
        return None
    owners = [folder.stat().st_uid for folder in sorted(home.data.glob("[0-9]*"))]
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    by_number = {entry.pw_uid: entry for entry in known.values()}
    chosen = next((by_number[uid] for uid in owners if uid != 0 and uid in by_number), None)
    found = chosen or next((known[name] for name in SERVER_USERS if name in known), None)
    if found is None:
        raise DatabaseUnreachable("no_server_user", tried=", ".join(SERVER_USERS))
    return ServerUser(name=found.pw_name, uid=found.pw_uid, gid=found.pw_gid)


def let_pass(home: Home, user: ServerUser) -> None:
    """Let the server's user pass through to its data, and nobody look around.

    A folder that holds other things as well is not ours to open: then the caller finds it closed and says so.
    """
    ours = {folder.name for folder in (home.data, home.server, home.backups, home.programs, home.passwords)}
    shared = any(entry.name not in ours for entry in home.root.iterdir())
    for folder in (home.data, home.server) if shared else (home.root, home.data, home.server):
        os.chown(folder, -1, user.gid)
        folder.chmod(0o710)
