"""Reading a backup into an empty book: whole, verified, or not at all."""

import zipfile
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from app.database.access import Access
from app.database.backup import CHUNK_BYTES, Manifest, Progress, read_manifest, table
from app.database.errors import BackupRefused, DatabaseUnreachable
from app.database.migration import (
    database_revision,
    known_revisions,
    migrate,
    program_revision,
    schema_lock,
)
from ledger.errors import Corrupt
from ledger.store.broken import UNREADABLE, wording
from ledger.store.verify import verify

Connection = psycopg.Connection[Any]

HELD: Final[LiteralString] = "SELECT count(*) FROM headroom.event"


def restore_backup(access: Access, path: Path, *, progress: Progress | None = None) -> Manifest:
    """Read a backup into the book, which must be empty.

    Facts are stored and verified in one transaction, so that a process killed on the way leaves an empty book. A
    backup made with an older schema is read into that schema and then migrated like any old book.

    Raises: BackupRefused, with nothing changed; Corrupt when the backup's own facts do not verify.
    """
    manifest = read_manifest(path)
    if manifest.schema not in known_revisions():
        raise BackupRefused("backup_newer", path=path, found=manifest.schema, needed=program_revision())
    if access.migrator is None:
        raise DatabaseUnreachable("restore_not_allowed", server=access.server)
    with schema_lock(access.migrator) as connection:
        _refuse_held(connection)
        if database_revision(connection) != manifest.schema:
            _begin_again(connection, access.migrator, revision=manifest.schema)
        _fill(connection, path, manifest, progress=progress)
        if manifest.schema != program_revision():
            migrate(access.migrator)
            _check(connection)
        connection.execute("ANALYZE")
    return manifest


def _refuse_held(connection: Connection) -> None:
    found = connection.execute(HELD).fetchone()
    assert found is not None
    if found[0]:
        raise BackupRefused("book_not_empty", facts=found[0])


def _begin_again(connection: Connection, conninfo: str, *, revision: str) -> None:
    """Give the empty book the schema the backup was made with."""
    connection.execute("DROP SCHEMA IF EXISTS reporting_v1, clock, readmodel, headroom CASCADE")
    migrate(conninfo, revision=revision)


def _fill(connection: Connection, path: Path, manifest: Manifest, *, progress: Progress | None) -> None:
    with zipfile.ZipFile(path) as archive, connection.transaction():
        for saved in manifest.tables:
            connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(table(saved.name)))
        _refuse_held(connection)
        for saved in manifest.tables:
            columns = sql.SQL(", ").join(map(sql.Identifier, saved.columns))
            query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(table(saved.name), columns)
            with (
                archive.open(f"{saved.name}.copy") as entry,
                connection.cursor() as cursor,
                cursor.copy(query) as copy,
            ):
                while chunk := entry.read(CHUNK_BYTES):
                    copy.write(chunk)
                    if progress:
                        progress(len(chunk))
        for sequence in manifest.sequences:
            connection.execute(
                "SELECT setval(%s::regclass, %s, %s)", (f"headroom.{sequence.name}", sequence.value, sequence.called)
            )
        if manifest.schema == program_revision():
            _check(connection)


def _check(connection: Connection) -> None:
    """See that the book is as it was when the backup was made, with whatever was wrong with it from the start."""
    bad = verify(connection).first_bad
    if bad is not None and bad.code != UNREADABLE:
        raise Corrupt(bad.fact, bad.reason, spoken={"zh": wording(bad.code, bad.details, language="zh")})
