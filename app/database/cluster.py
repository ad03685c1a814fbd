"""One data folder and the server process on it: made, started, watched and stopped."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.database.errors import DatabaseUnreachable
from app.database.home import (
    LONGEST_SOCKET_FOLDER,
    MIGRATOR,
    PORT,
    SERVICE,
    START_SECONDS,
    SUPERUSER,
    Home,
    ServerUser,
)
from app.database.programs import ENVIRONMENT, Programs, end_with, run_as

LEAVE_SECONDS: Final = 20
CLEAR_SECONDS: Final = 10
LOG_BYTES: Final = 4_000_000
READY: Final = ("ready", "standby")


class Server:
    """A running server process and, where the system does not do it by itself, who stops it when we are gone."""

    def __init__(self, process: subprocess.Popen[bytes], watcher: subprocess.Popen[bytes] | None) -> None:
        self.process = process
        self._watcher = watcher

    def stop(self) -> None:
        """Stop the server, closing its connections; harshly when it does not go."""
        for sent in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(sent)
                try:
                    self.process.wait(timeout=LEAVE_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
            break
        if self._watcher:
            self._watcher.kill()
            self._watcher.wait()


def make_folder(home: Home, programs: Programs) -> Path:
    """Make an empty data folder beside its place: passwords required, checksums on. It counts once it is `kept`.

    Raises: DatabaseUnreachable when it cannot be made.
    """
    folder = home.folder(programs.major)
    _clear_away(home.data)
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}.unfinished")
    unfinished.mkdir(mode=0o700)
    _give(unfinished, programs.user)
    answer = _initialise(unfinished, programs, password=_passwords(home)[SUPERUSER])
    if answer.returncode != 0:
        raise DatabaseUnreachable("create_failed", folder=folder, problem=last_line(answer.stderr))
    return unfinished


def _clear_away(data: Path) -> None:
    """Remove what makers that were killed have left; a program that one of them started may write on for a moment."""
    deadline = time.monotonic() + CLEAR_SECONDS
    while left := [*data.glob("*.unfinished"), *data.glob("*.secret")]:
        for path in left:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)


def keep_folder(unfinished: Path) -> None:
    """Put a finished data folder in its place, for good."""
    unfinished.rename(unfinished.with_name(unfinished.name.split(".")[0]))
    _keep_name(unfinished.parent)


def _initialise(folder: Path, programs: Programs, *, password: str) -> subprocess.CompletedProcess[str]:
    with secret_file(folder.with_suffix(".secret"), password, user=programs.user) as secret:
        return programs.run(
            "initdb", "--pgdata", str(folder), "--username", SUPERUSER, "--pwfile", str(secret),
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--data-checksums", "--no-instructions",
            cwd=folder.parent, ends_with_us=True,
        )  # fmt: skip


@contextmanager
def secret_file(path: Path, content: str, *, user: ServerUser | None) -> Iterator[Path]:
    """A file that only the server's user can read, for as long as it is needed."""
    try:
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(content, encoding="ascii")
        _give(path, user)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _give(path: Path, user: ServerUser | None) -> None:
    if user:
        os.chown(path, user.uid, user.gid)


def _passwords(home: Home) -> dict[str, str]:
    """The roles' passwords, chosen once; written before the folder that needs them."""
    if not home.passwords.exists():
        unfinished = home.passwords.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        lines = [f"*:*:*:{role}:{secrets.token_hex(24)}\n" for role in (SUPERUSER, MIGRATOR, SERVICE)]
        with unfinished.open("w", encoding="ascii") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(home.passwords)
        _keep_name(home.root)
    return read_passwords(home)


def read_passwords(home: Home) -> dict[str, str]:
    """The roles' passwords by role."""
    lines = home.passwords.read_text(encoding="ascii").splitlines()
    return {role: password for *_, role, password in (line.split(":") for line in lines)}


def _keep_name(folder: Path) -> None:
    """Make a rename in a folder survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def socket_folder(home: Home, user: ServerUser | None) -> Path:
    """A fresh folder for the socket: in the home where its path is short enough, else a private one in /tmp."""
    folder = home.server / "socket"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        folder = Path(tempfile.mkdtemp(prefix="headroom-", dir="/tmp"))  # private, unguessable, and short
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    _give(folder, user)
    return folder


def start_server(
    home: Home, programs: Programs, *, socket: Path, dies_with_parent: bool = sys.platform == "linux"
) -> Server:
    """Start the server and wait until it answers. It shuts down cleanly when this process is gone, however it went.

    Raises: DatabaseUnreachable with what the server said.
    """
    folder = home.folder(programs.major)
    _claim(folder)
    _turn_log(home.log)
    settings = (
        f"unix_socket_directories={socket}", "listen_addresses=", f"port={PORT}", "unix_socket_permissions=0700",
        "logging_collector=off", "log_destination=stderr", "log_checkpoints=off", "cluster_name=headroom",
    )  # fmt: skip
    arguments = [word for setting in settings for word in ("-c", setting)]
    began = home.log.stat().st_size if home.log.exists() else 0
    with home.log.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  # our own programs, no shell
            [programs.path("postgres"), "-D", str(folder), *arguments],
            cwd=home.data,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=programs.user.uid if programs.user else None,
            group=programs.user.gid if programs.user else None,
            extra_groups=[] if programs.user else None,
            start_new_session=True,
            preexec_fn=end_with(os.getpid(), signal.SIGINT) if dies_with_parent else None,
        )
    server = Server(process, None if dies_with_parent else _watch(process.pid, programs.user))
    _await_ready(server, folder, home.log, began=began)
    return server


def _watch(pid: int, user: ServerUser | None) -> subprocess.Popen[bytes]:
    """Elsewhere: a shell that waits for the end of a pipe whose other end only this process holds, then stops it."""
    return subprocess.Popen(  # noqa: S603  # a fixed command, and the number of our own child
        ["/bin/sh", "-c", 'read _; kill -INT "$1"', "sh", str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        start_new_session=True,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )


def _await_ready(server: Server, folder: Path, log: Path, *, began: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            server.stop()
            raise DatabaseUnreachable("start_failed", problem=_complaint(log, began=began), log=log)
        lines = _pid_file(folder)
        if len(lines) >= 8 and lines[0] == str(server.process.pid) and lines[7].strip() in READY:
            return
        time.sleep(0.005)
    server.stop()
    raise DatabaseUnreachable("start_slow", seconds=START_SECONDS, log=log)


def _claim(folder: Path) -> None:
    """See that no other server uses the folder, whatever its pid file says.

    The caller holds the home's lock, so a live server here has lost its keeper and is about to stop, or was started
    by hand. A pid that now belongs to some other program is replaced by ours, which the server, as our child,
    knows to be stale; it still looks for the shared memory that the file names.
    """
    lines = _pid_file(folder)
    file = folder / "postmaster.pid"
    if not lines or not lines[0].strip().isdigit():
        file.unlink(missing_ok=True)
        return
    pid = int(lines[0])
    for attempt in range(LEAVE_SECONDS * 50):
        if not serves(pid, folder):
            break
        if attempt == LEAVE_SECONDS * 25:
            os.kill(pid, signal.SIGINT)
        time.sleep(0.02)
    else:
        raise DatabaseUnreachable("still_running", pid=pid, folder=folder)
    if _pid_file(folder) == lines:
        file.write_text("\n".join([str(os.getpid()), *lines[1:], ""]), encoding="utf-8")


def serves(pid: int, folder: Path) -> bool:
    """Whether a process is a server on this data folder: every server works inside it."""
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
        except OSError:
            return False
    told = run_as(
        None, ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], cwd=folder.parent, environment=ENVIRONMENT
    )
    return "postgres" in told.stdout and f"-D {folder}" in told.stdout


def _pid_file(folder: Path) -> list[str]:
    try:
        return (folder / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _turn_log(log: Path) -> None:
    """Keep one older log, so that it never fills a disk."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
    log.touch(mode=0o600)


def _complaint(log: Path, *, began: int) -> str:
    """What the server said last about why it does not start."""
    with log.open("rb") as file:
        file.seek(began)
        said = file.read().decode("utf-8", errors="replace")
    grave = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line]
    return last_line("\n".join(grave) or said)


def last_line(said: str) -> str:
    """The last thing a program said: as a rule, why it gave up."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing."
