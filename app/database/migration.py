"""Which schema a database has, which one the program needs, and the way from one to the other."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import psycopg

import ops.migrations

LOCK: Final = (1214603621, 1)
"""Held by the process that changes the schema. The first number is this program's own space of advisory locks."""

Connection = psycopg.Connection[Any]


STEP: Final = re.compile(r'^(revision|down_revision) = (?:"(\w+)"|None)$', re.MULTILINE)


@cache
def known_revisions() -> tuple[str, ...]:
    """Every schema this version of the program knows, oldest first.

    Shape: the chain that the steps of ops/migrations/versions name. Read as text, because loading the migration tool
    takes longer than most commands.
    """
    versions = Path(ops.migrations.__file__).parent / "versions"
    steps = [dict(STEP.findall(file.read_text(encoding="utf-8"))) for file in versions.glob("[0-9]*_*.py")]
    after = {step["down_revision"]: step["revision"] for step in steps}
    chain = [after[""]]
    while chain[-1] in after:
        chain.append(after[chain[-1]])
    return tuple(chain)


def program_revision() -> str:
    """The schema this version of the program needs."""
    return known_revisions()[-1]


def database_revision(connection: Connection) -> str | None:
    """The schema a database has; None when it has none yet."""
    try:
        with connection.transaction():
            found = connection.execute("SELECT version_num FROM headroom.schema_version").fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege):
        return None
    return str(found[0]) if found else None


@contextmanager
def schema_lock(conninfo: str) -> Iterator[Connection]:
    """A connection that holds the right to change the schema: two processes take turns."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s, %s)", LOCK)
        yield connection


def migrate(conninfo: str, *, revision: str = "head") -> None:
    """Bring a database to a schema, as its migrator. Each step is one transaction or none."""
    from alembic import command  # noqa: PLC0415  # with SQLAlchemy a second to load; only a new schema needs it
    from alembic.config import Config  # noqa: PLC0415  # the same
    from sqlalchemy import create_engine, pool  # noqa: PLC0415  # the same

    config = Config()
    config.set_main_option("script_location", str(Path(ops.migrations.__file__).parent).replace("%", "%%"))
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=pool.NullPool
    )  # fmt: skip
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()


def stamp(now: int) -> str:
    """A moment as part of a file name, in UTC. Units: microseconds since the epoch."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now // 1_000_000))
