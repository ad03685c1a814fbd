"""A reporting view as a file: CSV as PostgreSQL writes it, Parquet with exact decimals; a few rows at a time."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final, LiteralString

import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import Column, sql

from ledger.errors import NotFound
from projections.readmodels.log import Connection

SCHEMA: Final = "reporting_v1"
ROWS: Final = 5_000
"""Rows that are held in memory at a time."""
RATIO: Final = pa.decimal128(38, 4)
"""Ratios have four places wherever the view does not say how many."""

VIEWS: Final[LiteralString] = "SELECT viewname FROM pg_views WHERE schemaname = %s ORDER BY viewname"
HOUSEHOLDS: Final[LiteralString] = "SELECT household FROM reporting_v1.households ORDER BY household"
UTC: Final[LiteralString] = "SET LOCAL timezone = 'UTC'"
_ARROW: Final[dict[str, pa.DataType]] = {
    "text": pa.string(), "bool": pa.bool_(), "int4": pa.int32(), "int8": pa.int64(), "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"), "_int4": pa.list_(pa.int32()), "_text": pa.list_(pa.string()),
}  # fmt: skip


def views(connection: Connection) -> tuple[str, ...]:
    """The views of the reporting contract, by name."""
    return tuple(name for (name,) in connection.execute(VIEWS, (SCHEMA,)))


def write_csv(
    connection: Connection, view: str, write: Callable[[bytes], object], *, household: str | None = None
) -> int:
    """Write a view, or one household's rows of it, as CSV with a header; how many rows. Raises: NotFound."""
    chosen = _select(connection, view, household)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(UTC)
        with cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT CSV, HEADER)").format(chosen)) as copy:
            for piece in copy:
                write(bytes(piece))
        return cursor.rowcount


def write_parquet(connection: Connection, view: str, stream: BinaryIO, *, household: str | None = None) -> int:
    """Write a view, or one household's rows of it, as Parquet; how many rows. Raises: NotFound."""
    chosen, rows = _select(connection, view, household), 0
    with connection.transaction(), connection.cursor("reporting", binary=True) as cursor:
        cursor.itersize = ROWS
        cursor.execute(chosen)
        assert cursor.description is not None
        schema = pa.schema([(column.name, _arrow(connection, column)) for column in cursor.description])
        with pq.ParquetWriter(stream, schema) as writer:
            for part in _parts(cursor):
                columns = [
                    pa.array(values, kind) for values, kind in zip(zip(*part, strict=True), schema.types, strict=True)
                ]
                writer.write_batch(pa.record_batch(columns, schema=schema))
                rows += len(part)
    return rows


def _parts(cursor: Any) -> Iterator[list[tuple[Any, ...]]]:
    while part := cursor.fetchmany(ROWS):
        yield part


def _select(connection: Connection, view: str, household: str | None) -> sql.Composed:
    known = views(connection)
    if view not in known:
        raise NotFound("reporting view", view, known=known)
    chosen = sql.SQL("SELECT * FROM {}").format(sql.Identifier(SCHEMA, view))
    if household is None:
        return chosen
    held = tuple(name for (name,) in connection.execute(HOUSEHOLDS))
    if household not in held:
        raise NotFound("household", household, known=held)
    return sql.SQL("{} WHERE household = {}").format(chosen, sql.Literal(household))


def _arrow(connection: Connection, column: Column) -> pa.DataType:
    """The Arrow type of a column; a numeric one keeps its digits."""
    found = connection.adapters.types.get(column.type_code)
    name = "" if found is None else found.name if column.type_code == found.oid else f"_{found.name}"
    if name == "numeric":
        return RATIO if column.precision is None else pa.decimal128(column.precision, column.scale or 0)
    return _ARROW[name]
