"""The keeper of the embedded server: one process a home that starts it, and stops it when nobody uses it.

Every command that uses the server shares a lock; the keeper waits to have that lock alone. So a command that ends,
is killed, or loses its machine leaves no server behind, whichever command started it. Were the keeper itself
killed, the system stops the server (cluster.py), and the next command finds the lock free and starts another.

Shape: `python -m app.database.keeper HOME`; writes one line of JSON, empty when the server is ready, else the code
and details of what is wrong.
"""

import contextlib
import fcntl
import os
import select
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Final

import msgspec

from app.database.cluster import Server, keep_folder, make_folder, socket_folder, start_server
from app.database.errors import DatabaseProblem, DatabaseUnreachable
from app.database.home import Home, let_pass, open_home, server_user
from app.database.invitation import Answer, Running
from app.database.programs import ENVIRONMENT, FOLDERS, MAJOR, programs_of, run_as
from app.database.upgrade import upgrade_data_folder

IGNORED: Final = (signal.SIGHUP, signal.SIGPIPE)
ENDS: Final = (signal.SIGTERM, signal.SIGINT)


def main() -> None:
    """Keep the server of the home named on the command line."""
    if os.fork():
        os._exit(0)  # nobody's child: the command that started it neither waits for it nor leaves it unburied
    home = open_home(Path(sys.argv[1]))
    for ignored in IGNORED:
        signal.signal(ignored, signal.SIG_IGN)
    lock = os.open(home.owner_lock, os.O_RDWR | os.O_CREAT, 0o600)
    if not _own(lock):
        tell(Answer())
        return
    left = _forget(lock)
    try:
        keep(home, lock=lock, left=left)
    except DatabaseProblem as problem:
        tell(Answer(code=problem.code, details=problem.details))
    os._exit(0)  # the waiting thread cannot be interrupted, and holds nothing that matters


def _own(lock: int) -> bool:
    """Become the home's keeper, unless there is one. A command that only looks holds the lock for a moment."""
    for _ in range(20):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.002)
        else:
            return True
    return False


def tell(answer: Answer) -> None:
    """Give the one answer the starting command waits for; it may be gone by now."""
    with contextlib.suppress(OSError):
        os.write(1, msgspec.json.encode(answer) + b"\n")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)


def keep(home: Home, *, lock: int, left: str) -> None:
    """Start the server, say so, and stop it when nobody is joined, when asked to end, or when it dies."""
    if Path(left).name.startswith("headroom-"):
        shutil.rmtree(left, ignore_errors=True)
    joined = os.open(home.joined_lock, os.O_RDWR | os.O_CREAT, 0o600)
    bell, rope = os.pipe()
    os.set_blocking(rope, False)
    signal.set_wakeup_fd(rope)
    for ending in (*ENDS, signal.SIGCHLD):
        signal.signal(ending, _noticed)
    server, socket = open_server(home)
    running = Running(keeper=os.getpid(), postmaster=server.process.pid, socket=str(socket))
    os.pwrite(lock, msgspec.json.encode(running), 0)
    tell(Answer())
    threading.Thread(target=_await_nobody, args=(joined, rope), daemon=True).start()
    while server.process.poll() is None:
        select.select([bell], [], [])
        if any(rung in (0, *ENDS) for rung in os.read(bell, 512)):
            break
    _forget(lock)
    server.stop()
    shutil.rmtree(socket, ignore_errors=True)


def open_server(home: Home) -> tuple[Server, Path]:
    """Bring the home to a running server of our major, making or upgrading its data folder first."""
    user = server_user(home, euid=os.geteuid())
    if user:
        let_pass(home, user)
        inside = run_as(
            user, ["/bin/sh", "-c", 'cd "$1"', "sh", str(home.data)], cwd=Path("/"), environment=ENVIRONMENT
        )
        if inside.returncode != 0:
            raise DatabaseUnreachable("home_closed", user=user.name, home=home.root)
    programs = programs_of(MAJOR, home=home, user=user)
    found = majors(home)
    if any(major > MAJOR for major in found):
        raise DatabaseUnreachable("newer_data", folder=home.folder(max(found)), found=max(found), major=MAJOR)
    if found and not home.passwords.exists():
        raise DatabaseUnreachable("passwords_lost", passwords=home.passwords, folder=home.folder(max(found)))
    if not found:
        keep_folder(make_folder(home, programs))
    elif max(found) < MAJOR:
        older = programs_of(max(major for major in found if major in FOLDERS), home=home, user=user)
        upgrade_data_folder(home, older=older, newer=programs)
    socket = socket_folder(home, user)
    return start_server(home, programs, socket=socket), socket


def majors(home: Home) -> list[int]:
    """The PostgreSQL majors the home has finished data folders of."""
    return sorted(int(folder.name) for folder in home.data.glob("[0-9][0-9]"))


def _await_nobody(joined: int, rope: int) -> None:
    fcntl.flock(joined, fcntl.LOCK_EX)
    os.write(rope, b"\0")


def _noticed(number: int, frame: object) -> None:
    """Signals arrive through the bell; a handler is only needed for that to happen."""


def _forget(lock: int) -> str:
    """Take back the invitation, and give the socket folder it named."""
    written = os.read(lock, 4096)
    os.ftruncate(lock, 0)
    os.lseek(lock, 0, os.SEEK_SET)
    try:
        return msgspec.json.decode(written, type=Running).socket
    except msgspec.DecodeError:
        return ""


if __name__ == "__main__":
    main()
