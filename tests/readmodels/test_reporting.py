"""The reporting contract: views only, each column commented and promised, the numbers of the fold, own rows only."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import psycopg.rows
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, pool

import ops
from ledger.book import Book, fold
from ledger.calendar import DAY
from ledger.store import reader
from ledger.timeline import Timeline
from projections.readmodels import tables
from projections.readmodels.log import Connection
from tests.postgres import Database
from tests.readmodels.books import Clock, a_family, book_at, caught_up, recording, service, told, yuan

CONTRACT = Path(ops.__file__).parent / "reporting_v1.odcs.json"
COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum),
       obj_description(c.oid), c.relkind
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'reporting_v1'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""


def catalogue(database: Database) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.superuser) as connection:
        return connection.execute(COLUMNS).fetchall()


def test_the_tables_in_the_code_are_those_of_the_schema(database: Database) -> None:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(database.migrator), poolclass=pool.NullPool
    )  # fmt: skip
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "include_name": _ours, "compare_type": True}
        )
        differences = compare_metadata(context, tables.metadata)
    engine.dispose()
    assert [one for one in differences if one[0] not in ("remove_index", "remove_table_comment")] == []


def _ours(name: str | None, kind: str, parents: Any) -> bool:
    if kind == "schema":
        return name == tables.SCHEMA
    if kind == "table":
        return f"{tables.SCHEMA}.{name}" in tables.metadata.tables
    return parents is not None


def test_the_reporting_schema_holds_views_only(database: Database) -> None:
    assert {row[5] for row in catalogue(database)} == {"v"}


def test_every_view_and_column_says_what_it_means(database: Database) -> None:
    assert [row[:2] for row in catalogue(database) if not row[3] or not row[4]] == []


def test_every_amount_names_its_unit(database: Database) -> None:
    amounts = [row for row in catalogue(database) if row[2] == "numeric(20,2)"]
    assert amounts
    assert [row[:2] for row in amounts if "Unit: the household's currency." not in row[3]] == []


def test_the_data_contract_is_what_the_catalogue_holds(database: Database) -> None:
    contract = msgspec.json.decode(CONTRACT.read_bytes())
    promised = [
        (view["name"], column["name"], column["physicalType"], column["description"], view["description"])
        for view in contract["schema"]
        for column in view["properties"]
    ]
    assert promised == [row[:5] for row in catalogue(database)]
    assert contract["apiVersion"] == "v3.1.0"
    assert {view["physicalType"] for view in contract["schema"]} == {"view"}


@pytest.mark.usefixtures("household")
def test_positions_are_those_that_the_fold_gives(database: Database) -> None:
    with service(database) as connection:
        as_of = connection.execute("SELECT as_of FROM readmodel.household_now").fetchone()
        assert as_of is not None
        answer = told(book_as_of(connection, as_of[0]), "h1")
        with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            (found,) = cursor.execute("SELECT * FROM reporting_v1.household_position").fetchall()
            lines = cursor.execute("SELECT * FROM reporting_v1.line_position ORDER BY line").fetchall()
    for name in ("principal", "accrued_interest", "overdue", "total", "due_30_days", "due_12_months"):
        assert str(found[f"debt_{name}"]) == getattr(answer.debt, name)
    for name in ("t1", "t2a", "t2b", "total"):
        assert str(found[f"reserve_{name}"]) == getattr(answer.reserves, name)
    assert str(found["reserve_months"]) == answer.reserves.months
    assert str(found["diversification_score"]) == answer.diversification.score
    assert str(found["diversification_hhi_lender"]) == answer.diversification.dimensions["lender"].hhi
    assert found["diversification_caps"] == [cap.code for cap in answer.diversification.caps] != []
    assert str(found["utilisation"]) == "0.4862"  # 20,336 and 3,000 of 40,000 and 8,000
    names = ("drawn", "held", "headroom", "available", "over_limit", "blocked", "total_debt", "accrued_interest",
             "overdue", "due_30_days", "due_12_months", "temporary_limit", "utilisation")  # fmt: skip
    for row, line in zip(lines, sorted(answer.lines, key=lambda one: one.line), strict=True):
        assert [str(row[name]) for name in names] == [str(getattr(line, name)) for name in names]
        assert row["days_past_due"] == line.days_past_due


def book_as_of(connection: Connection, at: int) -> Book:
    return fold(Timeline(reader.load(connection, "h1")), at=at)


@pytest.mark.usefixtures("household")
def test_daily_rows_are_those_that_the_fold_gives_for_the_end_of_each_day(database: Database) -> None:
    with service(database) as connection, connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        lines = cursor.execute("SELECT * FROM reporting_v1.line_daily ORDER BY day, line").fetchall()
        days = {row["day"]: row for row in cursor.execute("SELECT * FROM reporting_v1.household_daily").fetchall()}
        assert min(days) == date(2026, 1, 1)
        assert len(days) == (max(days) - min(days)).days + 1
        for day in random.Random(4).sample(sorted(days)[:-1], 40):
            book = book_at(connection, "h1", day)
            answer = told(book, "h1")
            rows = [row for row in lines if row["day"] == day]
            assert [row["line"] for row in rows] == sorted(book.lines)
            for row in rows:
                line = next(one for one in answer.lines if one.line == row["line"])
                for name in ("drawn", "available", "headroom", "total_debt", "accrued_interest", "overdue", "held"):
                    assert str(row[name]) == getattr(line, name), (day, row["line"], name)
                assert (row["days_past_due"], row["status"]) == (line.days_past_due, line.status)
                assert str(row["limit_total"]) == line.limit
            assert str(days[day]["debt_total"]) == answer.debt.total
            assert str(days[day]["reserve_total"]) == answer.reserves.total
            assert str(days[day]["contingent"]) == answer.reserves.contingent
            assert str(days[day]["drawn"]) == yuan(book, sum(line.drawn for line in book.lines.values()))


def _two_households(database: Database) -> None:
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        record("h2", *a_family())
        caught_up(connection, clock)


def test_a_reader_reads_every_view_and_writes_nothing(database: Database, as_role: Callable[[str], Any]) -> None:
    _two_households(database)
    with as_role("headroom_reader") as connection:
        for view in sorted({row[0] for row in catalogue(database)}):
            assert connection.execute(f"SELECT count(DISTINCT household) FROM reporting_v1.{view}").fetchone() == (2,)
        assert connection.execute("SHOW statement_timeout").fetchone() == ("30s",)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TEMPORARY TABLE mine (one integer)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM headroom.event")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM readmodel.line_day_1")


def test_a_reader_given_one_household_sees_no_other(database: Database, as_role: Callable[[str], Any]) -> None:
    _two_households(database)
    with psycopg.connect(database.migrator, autocommit=True) as migrator:
        migrator.execute("INSERT INTO headroom.household_reader VALUES ('headroom_household_reader', 'h2')")
        migrator.execute("INSERT INTO headroom.household_reader VALUES ('somebody_else', 'h1')")
    with as_role("headroom_household_reader") as connection:
        for view in sorted({row[0] for row in catalogue(database)}):
            found = connection.execute(f"SELECT DISTINCT household FROM reporting_v1.{view}").fetchall()
            assert found == [("h2",)], view
        assert connection.execute("SELECT DISTINCT household FROM readmodel.line_day").fetchall() == [("h2",)]
        assert connection.execute("SELECT household FROM headroom.household_reader").fetchall() == [("h2",)]


def test_a_household_reader_who_was_given_none_sees_none(database: Database, as_role: Callable[[str], Any]) -> None:
    _two_households(database)
    with as_role("headroom_household_reader") as connection:
        assert connection.execute("SELECT count(*) FROM reporting_v1.line_daily").fetchone() == (0,)


@pytest.mark.usefixtures("household")
def test_the_current_day_is_in_the_daily_views_and_tomorrow_is_not(database: Database, household: Clock) -> None:
    with service(database) as connection:
        found = connection.execute("SELECT max(day) FROM reporting_v1.line_daily").fetchone()
    assert found == (date(1970, 1, 1) + timedelta(days=(household.now + 8 * 3_600_000_000) // DAY),)
