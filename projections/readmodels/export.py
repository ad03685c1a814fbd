"""A reporting view as a file: CSV as PostgreSQL writes it, Parquet with exact decimals; a few rows at a time.

Rows are in order, so that the same rows are the same file, and are asked for some households at a time, so that the
server, too, sorts and holds few; all of one moment.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, LiteralString

import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import Column, sql

from ledger.errors import NotFound
from projections.readmodels.log import Connection

SCHEMA: Final = "reporting_v1"
ROWS: Final = 5_000
"""Rows that are held in memory at a time."""
TOGETHER: Final = 100
"""Households whose rows are asked for together."""
KEY: Final = ("household", "ordinal", "line", "day")
"""The columns that rows are in order of, as far as a view has them."""
RATIO: Final = pa.decimal128(38, 4)
"""Ratios have four places wherever the view does not say how many."""

VIEWS: Final[LiteralString] = "SELECT viewname FROM pg_views WHERE schemaname = %s ORDER BY viewname"
HOUSEHOLDS: Final[LiteralString] = "SELECT household FROM reporting_v1.households ORDER BY household"
COLUMNS: Final[LiteralString] = """
SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s
"""
OF_ONE_MOMENT: Final[LiteralString] = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
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
    rows, header = 0, sql.SQL(", HEADER")
    with _chosen(connection, view, household) as selects, connection.cursor() as cursor:
        cursor.execute(UTC)
        for chosen in selects:
            with cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT CSV{})").format(chosen, header)) as copy:
                for piece in copy:
                    write(bytes(piece))
            rows, header = rows + cursor.rowcount, sql.SQL("")
    return rows


def write_parquet(connection: Connection, view: str, stream: BinaryIO, *, household: str | None = None) -> int:
    """Write a view, or one household's rows of it, as Parquet; how many rows. Raises: NotFound."""
    rows = 0
    with _chosen(connection, view, household) as selects:
        schema = _schema(connection, view)
        with pq.ParquetWriter(stream, schema) as writer:
            for part in _parts(connection, selects):
                columns = [
                    pa.array(values, kind) for values, kind in zip(zip(*part, strict=True), schema.types, strict=True)
                ]
                writer.write_batch(pa.record_batch(columns, schema=schema))
                rows += len(part)
    return rows


def _parts(connection: Connection, selects: Iterable[sql.Composed]) -> Iterator[list[tuple[Any, ...]]]:
    held: list[tuple[Any, ...]] = []
    for chosen in selects:
        with connection.cursor("reporting", binary=True) as cursor:
            cursor.execute(chosen)
            while part := cursor.fetchmany(ROWS - len(held)):
                held += part
                if len(held) == ROWS:
                    yield held
                    held = []
    if held:
        yield held


@contextmanager
def _chosen(connection: Connection, view: str, household: str | None) -> Iterator[Iterator[sql.Composed]]:
    """The queries that give the rows of a view, or one household's, one after the other, within a transaction."""
    with connection.transaction():
        connection.execute(OF_ONE_MOMENT)
        known = views(connection)
        if view not in known:
            raise NotFound("reporting view", view, known=known)
        held = [name for (name,) in connection.execute(HOUSEHOLDS)]
        if household is not None and household not in held:
            raise NotFound("household", household, known=tuple(held))
        yield _selects(connection, view, held if household is None else [household])


def _selects(connection: Connection, view: str, households: list[str]) -> Iterator[sql.Composed]:
    has = {name for (name,) in connection.execute(COLUMNS, (SCHEMA, view))}
    order = sql.SQL(", ").join(sql.Identifier(name) for name in KEY if name in has)
    for first in range(0, max(1, len(households)), TOGETHER):
        yield sql.SQL("SELECT * FROM {} WHERE household = ANY ({}::text[]) ORDER BY {}").format(
            sql.Identifier(SCHEMA, view), households[first : first + TOGETHER], order
        )


def _schema(connection: Connection, view: str) -> pa.Schema:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(SCHEMA, view)))
        assert cursor.description is not None
        return pa.schema([(column.name, _arrow(connection, column)) for column in cursor.description])


def _arrow(connection: Connection, column: Column) -> pa.DataType:
    """The Arrow type of a column; a numeric one keeps its digits."""
    found = connection.adapters.types.get(column.type_code)
    name = "" if found is None else found.name if column.type_code == found.oid else f"_{found.name}"
    if name == "numeric":
        return RATIO if column.precision is None else pa.decimal128(column.precision, column.scale or 0)
    return _ARROW[name]
