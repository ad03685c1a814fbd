"""Homes of embedded servers for tests, and questions about what is left of one."""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.database.access import Access, open_access
from app.database.cluster import serves
from app.database.home import Home, server_user
from app.settings import Settings
from tests.store.facts import NOON


def settings_of(root: Path) -> Settings:
    """Settings of the embedded server in a folder."""
    return Settings(home=root)


def opened(root: Path) -> Access:
    """The book in a folder, opened."""
    return open_access(settings_of(root), now=NOON)


@contextmanager
def new_folder(prefix: str = "hr-") -> Iterator[Path]:
    """A short folder that does not exist yet, gone afterwards with whatever still runs in it."""
    parent = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    parent.chmod(0o755)
    try:
        yield parent / "home"
    finally:
        end_server(Home(root=parent / "home"))
        shutil.rmtree(parent, ignore_errors=True)


def copied_home(template: Path, to: Path) -> Path:
    """A copy of a stopped book: quicker than making one."""
    shutil.copytree(template, to, symlinks=True)
    user = server_user(Home(root=to), euid=os.geteuid())
    if user:
        for folder, _, files in os.walk(to / "postgres"):
            for name in (".", *files):
                os.chown(Path(folder) / name, user.uid, user.gid)
    return to


def processes(root: Path) -> list[int]:
    """Every process of a server on the data folders of a home, starting or stopping ones included."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    folders = [folder for folder in (root / "postgres").glob("*") if folder.is_dir()]
    return [pid for pid in pids for folder in folders if serves(pid, folder)]


def is_owned(root: Path) -> bool:
    """Whether a keeper holds the home's lock."""
    lock = os.open(root / "server" / "owner.lock", os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def gone(root: Path, *, within: float = 10) -> bool:
    """Whether server and keeper disappear."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not processes(root) and not is_owned(root):
            return True
        time.sleep(0.01)
    return False


def end_server(home: Home) -> None:
    """End the server of a test that failed half-way."""
    for pid in processes(home.root):
        try:
            os.kill(pid, signal.SIGQUIT)
        except ProcessLookupError:
            continue
