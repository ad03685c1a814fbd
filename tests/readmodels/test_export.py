"""Reporting views as files: every view, exact decimals, the same rows as the view, nothing half written."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ledger.errors import NotFound
from projections.readmodels import export
from projections.readmodels.log import Connection
from tests.build import opened_line
from tests.cli.program import Person, address
from tests.postgres import Database
from tests.readmodels.books import Clock, a_family, caught_up, recording, service


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A book with a family, followed to its end."""
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        caught_up(connection, clock)
        yield connection


def test_every_view_becomes_a_parquet_file_with_the_rows_it_has(connection: Connection) -> None:
    for view in export.views(connection):
        stream = io.BytesIO()
        written = export.write_parquet(connection, view, stream)
        found = connection.execute(
            psycopg.sql.SQL("SELECT * FROM reporting_v1.{}").format(psycopg.sql.Identifier(view))
        )
        table = pq.read_table(stream)
        assert written == table.num_rows > 0
        rows = [tuple(row.values()) for row in table.to_pylist()]
        assert sorted(rows, key=repr) == sorted(found.fetchall(), key=repr)


def test_amounts_are_decimals_in_parquet(connection: Connection) -> None:
    stream = io.BytesIO()
    export.write_parquet(connection, "household_position", stream)
    table = pq.read_table(stream)
    assert table.schema.field("debt_total").type == pa.decimal128(20, 2)
    assert table.column("debt_principal")[0].as_py() == Decimal("20336.00")


def test_more_rows_than_are_held_at_a_time_are_all_written(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "ROWS", 7)
    stream = io.BytesIO()
    assert export.write_parquet(connection, "line_daily", stream) == 121
    assert pq.ParquetFile(stream).num_row_groups == 18


@pytest.mark.parametrize("together", [1, 2, 100])
def test_rows_are_in_order_however_many_households_are_asked_for_together(
    connection: Connection, database: Database, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    with recording(database, clock) as record:
        for household in ("h3", "a", "h2"):
            record(household, *a_family(), opened_line("b", at="2026-04-01"))
    caught_up(connection, clock)
    monkeypatch.setattr(export, "TOGETHER", together)
    monkeypatch.setattr(export, "ROWS", 50)
    keys = {"household_daily": ("household", "day"), "line_daily": ("household", "line", "day")}
    for view, key in keys.items():
        told, stream = bytearray(), io.BytesIO()
        assert export.write_csv(connection, view, told.extend) == export.write_parquet(connection, view, stream)
        rows = [tuple(row[name] for name in key) for row in csv.DictReader(io.StringIO(told.decode()))]
        assert rows == sorted(rows)
        assert len({row[0] for row in rows}) == 4
        assert [tuple(str(row[name]) for name in key) for row in pq.read_table(stream).to_pylist()] == rows


def test_an_empty_book_gives_empty_files(database: Database) -> None:
    with service(database) as connection:
        for view in export.views(connection):
            told, stream = bytearray(), io.BytesIO()
            assert export.write_csv(connection, view, told.extend) == 0
            assert told.startswith(b"household,")
            assert export.write_parquet(connection, view, stream) == 0
            assert pq.read_table(stream).column_names == told.decode().strip().split(",")


def test_csv_has_a_header_and_the_decimals_as_they_are(connection: Connection) -> None:
    told = bytearray()
    assert export.write_csv(connection, "line_daily", told.extend) == 121
    rows = list(csv.DictReader(io.StringIO(told.decode())))
    assert len(rows) == 121
    assert rows[0]["limit_total"] == "50000.00"


def test_a_view_that_is_none_is_refused_with_those_there_are(connection: Connection) -> None:
    with pytest.raises(NotFound, match="household_daily"):
        export.write_csv(connection, "event", bytearray().extend)


def test_the_rows_of_one_household_can_be_written_alone(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        record("h2", *a_family())
        caught_up(connection, clock)
        for view in export.views(connection):
            everything, one = bytearray(), bytearray()
            assert export.write_csv(connection, view, everything.extend) == 2 * export.write_csv(
                connection, view, one.extend, household="h2"
            )
            assert {row["household"] for row in csv.DictReader(io.StringIO(one.decode()))} == {"h2"}
            stream = io.BytesIO()
            export.write_parquet(connection, view, stream, household="h1")
            assert set(pq.read_table(stream).column("household").to_pylist()) == {"h1"}
        with pytest.raises(NotFound, match=r"h3.*h1, h2"):
            export.write_csv(connection, "households", bytearray().extend, household="h3")


def test_the_command_writes_a_file_or_says_why_not(database: Database, tmp_path: Path) -> None:
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    opened = msgspec.json.encode({**opened_line(), "household": "lin"})
    assert person.types("record", "-", given=opened).code == 0
    file = tmp_path / "lines.parquet"
    said = person.types("reporting", "line_position", str(file))
    assert said.code == 0, said.err
    assert "1 row" in said.out
    assert pq.read_table(file).num_rows == 1
    assert person.types("reporting", "line_position", "-").out.splitlines()[1].startswith("lin,jiebei,")
    assert person.types("reporting", "line_position", "lines.xlsx").code == 1
    assert person.types("reporting", "line_position", "-", "--household", "lin").out.count("\n") == 2
    unknown = person.types("reporting", "line_position", "-", "--household", "wang")
    assert unknown.code == 1
    assert "wang" in unknown.err
    assert person.types("reporting", "nothing", str(tmp_path / "x.csv")).code == 1
    assert person.types("reporting", "households", str(tmp_path / "no" / "x.csv")).code == 1
    assert [one.name for one in tmp_path.iterdir()] == ["lines.parquet"]
