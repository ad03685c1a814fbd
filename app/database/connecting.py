"""Connecting, and saying without secrets why it did not work."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from app.database.errors import DatabaseUnreachable

Connection = psycopg.Connection[Any]

CONNECT_SECONDS: Final = 10
NEUTRAL: Final = {
    "sslcertmode": "allow", "require_auth": "scram-sha-256",
    "min_protocol_version": "3.0", "max_protocol_version": "3.0",
}  # fmt: skip
"""What changes nothing for the embedded server, where libpq names no default and takes no empty text."""


def connect(conninfo: str, *, server: str) -> Connection:
    """An open connection in autocommit mode.

    Raises: DatabaseUnreachable naming the server as `server` says, never with a password.
    """
    try:
        return psycopg.connect(conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable("not_reachable", server=server, problem=sentence(error)) from error


def undecided(conninfo: str) -> str:
    """A connection string that leaves nothing to the environment: PGPASSWORD and its like are meant for other servers.

    PGSERVICE alone cannot be taken back so.
    """
    decided = [option for option in Conninfo.get_defaults() if option.envvar and option.envvar.decode() in os.environ]
    plain = {option.keyword.decode(): (option.compiled or b"").decode() for option in decided}
    taken_back = {name: NEUTRAL.get(name, value) for name, value in plain.items() if name != "service"}
    return make_conninfo("", **taken_back | conninfo_to_dict(conninfo))


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
