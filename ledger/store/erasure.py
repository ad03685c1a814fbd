"""Erasing personal texts for good: the facts they belong to stay, and go on verifying."""

from typing import Final, LiteralString

import msgspec
import psycopg

from ledger.errors import NotFound
from ledger.events import Corrected
from ledger.store import reader
from ledger.store.journal import heads
from ledger.store.reader import Connection

ERASE: Final[LiteralString] = """
DELETE FROM headroom.personal_text WHERE household = %s AND (%s::integer[] IS NULL OR version = ANY (%s))
RETURNING version, field
"""
REWRITE: Final[LiteralString] = "VACUUM (FULL) headroom.personal_text"


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """One text that is gone: whose fact it belonged to, and in which field it stood."""

    fact: str
    field: str


def erase(connection: Connection, household: str, *, version: int | None = None) -> list[Erased]:
    """Erase the texts of one fact and of its corrections, which often repeat them, or of a whole household.

    Raises: NotFound when there is no such household or fact.
    """
    head = heads(connection, [household]).get(household)
    if head is None:
        raise reader.unknown(connection, household)
    if version is not None and not 1 <= version <= head.version:
        raise NotFound("fact", f"{household}:{version}")
    versions = None if version is None else _with_corrections(connection, household, version)
    rows = connection.execute(ERASE, (household, versions, versions)).fetchall()
    return [Erased(fact=f"{household}:{fact}", field=field) for fact, field in sorted(rows)]


def _with_corrections(connection: Connection, household: str, version: int) -> list[int]:
    """A fact's version and those of its corrections, and of theirs; a correction comes after what it names."""
    found = [version]
    for one in reader.load(connection, household, after_version=version):
        if isinstance(one.fact, Corrected) and one.fact.fact in found:
            found.append(one.version)
    return found


def rewrite(migrator: str) -> None:
    """Write the table of texts anew without what was erased, whose bytes would else stay in its file for a while.

    `migrator` names the database as the table's owner.
    """
    with psycopg.connect(migrator, autocommit=True) as connection:
        connection.execute(REWRITE)
