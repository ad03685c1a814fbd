"""The whole book in one file: every table as the server stores it, from one moment, with digests.

Shape: a ZIP archive with one PostgreSQL binary COPY a table, those of the clock included, and, written last,
`book.json`: the schema's revision, each table's columns, rows and SHA-256, and the sequences. It needs no programs on
this machine, is the same from any PostgreSQL 15 or later, and a file cut short has no directory and no `book.json`.
Personal texts and salts are in it: keep it as you keep the book. The keys in the addresses of channels are not.
"""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, LiteralString

import msgspec
import psycopg
from psycopg import sql

from app.database.errors import BackupRefused
from app.database.migration import database_revision
from scheduler import addressbook

FORMAT: Final = 1
MANIFEST: Final = "book.json"
CHUNK_BYTES: Final = 1 << 20
TABLES: Final[LiteralString] = """
SELECT CASE n.nspname WHEN 'headroom' THEN '' ELSE n.nspname || '.' END || c.relname,
       array_agg(a.attname ORDER BY a.attnum), array_agg(a.atttypid = 'xid8'::regtype ORDER BY a.attnum)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE (n.nspname = 'headroom' AND c.relname <> 'schema_version' OR n.nspname = 'clock' AND c.relname = ANY (%s))
  AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY n.nspname, c.relname ORDER BY n.nspname DESC, c.relname
"""
CLOCK_TABLES: Final = (
    "agenda", "channel", "check_result", "concern", "delivery", "job_run", "notice", "outbox", "ruleset", "setting",
)  # fmt: skip
"""What the clock did, told and was told, and what became of each message."""
CHANNELS: Final = "clock.channel"
SEQUENCES: Final[LiteralString] = """
SELECT relname FROM pg_class WHERE relnamespace = 'headroom'::regnamespace AND relkind = 'S' ORDER BY relname
"""

DAMAGED: Final = (
    OSError, EOFError, ValueError, RuntimeError, NotImplementedError,
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, msgspec.MsgspecError,
)  # fmt: skip
"""What reading a damaged archive ends in, by where the damage is."""

Connection = psycopg.Connection[Any]
Progress = Callable[[int], None]
"""Told how many bytes of tables have gone by."""


class SavedTable(msgspec.Struct, frozen=True, kw_only=True):
    """One table in a backup."""

    name: str
    columns: list[str]
    rows: int
    sha256: str


class SavedSequence(msgspec.Struct, frozen=True, kw_only=True):
    """One sequence in a backup."""

    name: str
    value: int
    called: bool


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. Units: `made_at` in microseconds since the epoch."""

    format: int
    schema: str
    made_at: int
    server: int
    facts: int
    households: int
    tables: list[SavedTable]
    sequences: list[SavedSequence]


def write_backup(connection: Connection, path: Path, *, now: int, progress: Progress | None = None) -> Manifest:
    """Write the book as it is at one moment; the file appears whole or not at all.

    Shape: `connection` is in autocommit mode and may read every table.
    Raises: BackupRefused when the file is there already or cannot be written.
    """
    try:
        if path.exists():
            raise BackupRefused("backup_exists", path=path)
        with _appearing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            manifest = _write_book(connection, archive, now=now, progress=progress or _unseen)
            archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    except OSError as error:
        raise BackupRefused("backup_unwritable", path=path, problem=error.strerror or str(error)) from error
    return manifest


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner alone that takes its name when it is complete and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _write_book(connection: Connection, archive: zipfile.ZipFile, *, now: int, progress: Progress) -> Manifest:
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        schema = database_revision(connection)
        if schema is None:
            raise BackupRefused("book_missing")
        tables = [
            _write_table(connection, archive, name=name, columns=columns, transaction_ids=ids, progress=progress)
            for name, columns, ids in connection.execute(TABLES, (list(CLOCK_TABLES),)).fetchall()
        ]
        rows = {table.name: table.rows for table in tables}
        return Manifest(
            format=FORMAT,
            schema=schema,
            made_at=now,
            server=connection.info.server_version,
            facts=rows.get("event", 0),
            households=rows.get("head", 0),
            tables=tables,
            sequences=[_sequence(connection, name) for (name,) in connection.execute(SEQUENCES).fetchall()],
        )


def _write_table(
    connection: Connection,
    archive: zipfile.ZipFile,
    *,
    name: str,
    columns: list[str],
    transaction_ids: list[bool],
    progress: Progress,
) -> SavedTable:
    """One table. Transaction ids mean nothing in another cluster: all become 0, older than any reader's horizon."""
    chosen = sql.SQL(", ").join(
        sql.SQL("'0'::xid8") if is_id else sql.Identifier(column)
        for column, is_id in zip(columns, transaction_ids, strict=True)
    )
    source = _channels(connection, columns) if name == CHANNELS else table(name)
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT BINARY)").format(chosen, source)
    digest = hashlib.sha256()
    with (
        archive.open(f"{name}.copy", "w", force_zip64=True) as entry,
        connection.cursor() as cursor,
        cursor.copy(query) as copy,
    ):
        for chunk in _joined(copy):
            entry.write(chunk)
            digest.update(chunk)
            progress(len(chunk))
    counted = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table(name))).fetchone()
    assert counted is not None
    return SavedTable(name=name, columns=columns, rows=counted[0], sha256=digest.hexdigest())


def _channels(connection: Connection, columns: list[str]) -> sql.Composable:
    """The channels with the keys of their addresses left out."""
    rows = addressbook.without_their_keys(connection)
    households, names, addresses = ([row[place] for row in rows] for place in range(3))
    chosen = sql.SQL(", ").join(
        sql.SQL("kept.address") if column == "address" else sql.Identifier("whole", column) for column in columns
    )
    return sql.SQL(
        "(SELECT {} FROM {} AS whole JOIN unnest({}::text[], {}::text[], {}::text[]) AS kept (household, name, address)"
        " ON kept.household = whole.household AND kept.name = whole.name) AS channel"
    ).format(chosen, table(CHANNELS), sql.Literal(households), sql.Literal(names), sql.Literal(addresses))


def _joined(copy: psycopg.Copy) -> Iterator[bytes]:
    """The rows of a copy in pieces worth compressing."""
    held, size = [], 0
    for row in copy:
        held.append(row)
        size += len(row)
        if size >= CHUNK_BYTES:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _sequence(connection: Connection, name: str) -> SavedSequence:
    found = connection.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(table(name))).fetchone()
    assert found is not None
    return SavedSequence(name=name, value=found[0], called=found[1])


def table(name: str) -> sql.Identifier:
    """A table by its name in a backup: that of another schema than the book's own has the schema before it."""
    schema, _, own = name.rpartition(".")
    return sql.Identifier(schema or "headroom", own)


def _unseen(size: int) -> None:
    """Nobody watches."""


def read_manifest(path: Path) -> Manifest:
    """What a backup holds, after reading all of it and comparing every digest.

    Raises: BackupRefused when it is no backup, or not as it was written.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
            for table in manifest.tables:
                _compare(archive, table)
    except FileNotFoundError:
        raise BackupRefused("backup_missing", path=path) from None
    except KeyError as error:
        raise BackupRefused("backup_incomplete", path=path) from error
    except DAMAGED as error:
        problem = str(error).strip().rstrip(".") or type(error).__name__
        raise BackupRefused("backup_unreadable", path=path, problem=problem) from error
    if manifest.format != FORMAT:
        raise BackupRefused("backup_newer", path=path, found=f"format {manifest.format}", needed=f"format {FORMAT}")
    return manifest


def _compare(archive: zipfile.ZipFile, table: SavedTable) -> None:
    digest = hashlib.sha256()
    with archive.open(f"{table.name}.copy") as entry:
        while chunk := entry.read(CHUNK_BYTES):
            digest.update(chunk)
    if digest.hexdigest() != table.sha256:
        raise BackupRefused("backup_changed", path=archive.filename, table=table.name)
