"""Joining the embedded server: start its keeper if nobody has, and hold a share of it until done."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from app.database.errors import DatabaseUnreachable
from app.database.home import DATABASE, PORT, START_SECONDS, Home, open_home
from app.database.invitation import Answer, Running

PAUSE_SECONDS: Final = 0.005
LEAVE_SECONDS: Final = 30
ATTEMPTS: Final = 3


class Joined:
    """A share of the running server: it stays up at least until this is closed."""

    def __init__(self, home: Home, running: Running, lock: int) -> None:
        self.home = home
        self.running = running
        self._lock = lock

    def conninfo(self, role: str, *, database: str = DATABASE) -> str:
        """How a role connects. Carries no password: libpq takes it from the home's password file."""
        return (
            f"host={_quoted(self.running.socket)} port={PORT} user={role} dbname={database} "
            f"passfile={_quoted(str(self.home.passwords))} application_name=headroom gssencmode=disable "
            "client_encoding=utf8 options=''"
        )

    @property
    def alive(self) -> bool:
        """Whether the server joined is still kept."""
        return _look(self.home) == self.running

    def close(self) -> None:
        """Give the share back; the last to leave waits until the server has stopped."""
        if self._lock < 0:
            return
        last = _try_lock(self._lock, fcntl.LOCK_EX)
        os.close(self._lock)
        self._lock = -1
        if last:
            _await_stopped(self.home, self.running)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def join(root: Path) -> Joined:
    """Join the server of a home, starting it if need be.

    Raises: DatabaseUnreachable when it cannot be started.
    """
    home = open_home(root)
    deadline = time.monotonic() + START_SECONDS
    lock = os.open(home.joined_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _try_lock(lock, fcntl.LOCK_SH):  # the keeper holds it while it stops the server
            _pause(home, deadline)
        seen = _await_running(home, deadline)
    except BaseException:
        os.close(lock)
        raise
    return Joined(home, seen, lock)


def _await_running(home: Home, deadline: float) -> Running:
    """Wait for the server, starting it where nobody does."""
    silent = 0
    while not isinstance(seen := _look(home), Running):
        if seen:
            _pause(home, deadline)
        elif not _start_keeper(home):
            silent += 1
        if silent == ATTEMPTS:
            raise DatabaseUnreachable("keeper_gone", attempts=ATTEMPTS, log=home.log)
    return seen


def _look(home: Home) -> Running | bool:
    """How to join; True while a keeper is starting the server; False when there is no keeper."""
    lock = os.open(home.owner_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if _try_lock(lock, fcntl.LOCK_SH):
            return False
        return msgspec.json.decode(os.read(lock, 4096), type=Running)
    except msgspec.DecodeError:
        return True
    finally:
        os.close(lock)


def _start_keeper(home: Home) -> bool:
    """Start a keeper in a session of its own, so that Ctrl-C reaches only the command; False when it was killed.

    Raises: DatabaseUnreachable with what it found wrong.
    """
    code = Path(__file__).parents[2]
    paths = os.pathsep.join(filter(None, (str(code), os.environ.get("PYTHONPATH"))))
    home.log.touch(mode=0o600)
    with home.log.open("ab") as log:
        keeper = subprocess.run(  # noqa: S603  # ourselves, no shell; it goes on as nobody's child
            [sys.executable, "-P", "-m", "app.database.keeper", str(home.root)],
            env=os.environ | {"PYTHONPATH": paths},
            cwd=home.server,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            check=False,
        )
    if not keeper.stdout:
        return False
    answer = msgspec.json.decode(keeper.stdout, type=Answer)
    if answer.code:
        raise DatabaseUnreachable(answer.code, **answer.details)
    return True


def _try_lock(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pause(home: Home, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise DatabaseUnreachable("start_slow", seconds=START_SECONDS, log=home.log)
    time.sleep(PAUSE_SECONDS)


def _await_stopped(home: Home, running: Running) -> None:
    """Wait until the server has stopped, or somebody else has joined it before it could."""
    deadline = time.monotonic() + LEAVE_SECONDS
    while _look(home) in (running, True) and time.monotonic() < deadline:
        lock = os.open(home.joined_lock, os.O_RDWR)
        shared_with_others = _try_lock(lock, fcntl.LOCK_SH) and not _try_lock(lock, fcntl.LOCK_EX)
        os.close(lock)
        if shared_with_others:
            return
        time.sleep(PAUSE_SECONDS)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
