"""Connecting, and saying without secrets why it did not work."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

from app.database.errors import DatabaseUnreachable

Connection = psycopg.Connection[Any]

CONNECT_SECONDS: Final = 10


def connect(conninfo: str, *, server: str) -> Connection:
    """An open connection in autocommit mode.

    Raises: DatabaseUnreachable naming the server as `server` says, never with a password.
    """
    try:
        return psycopg.connect(conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable("not_reachable", server=server, problem=sentence(error)) from error


@contextmanager
def telling_loss() -> Iterator[None]:
    """Turn a connection that broke, or a disk that filled up, in the middle of work into one sentence."""
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise DatabaseUnreachable("disk_full", problem=sentence(error)) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseUnreachable("connection_lost", problem=sentence(error)) from error


def sentence(error: BaseException) -> str:
    """The first thing the driver said, as a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    return said if said.endswith((".", "!", "?")) else f"{said}."
