"""Books for the dashboards: several households, currencies, a line over its limit, one whose facts cannot be folded."""

from dataclasses import dataclass
from typing import Any

import psycopg

from tests.build import (
    billed,
    counted,
    drew,
    froze,
    granted,
    needs,
    opened_account,
    opened_line,
    repaid,
    saw,
    temporary,
)
from tests.postgres import Database
from tests.readmodels.books import Clock, a_family, caught_up, recording, service


@dataclass(frozen=True)
class Column:
    """A column of a view, as its catalogue has it."""

    view: str
    name: str
    type: str


def a_household(database: Database) -> Clock:
    """A household with everything a chart shows, followed until 2026-05."""
    clock = Clock()
    with service(database) as connection, recording(database, clock) as record:
        record("h1", *a_family())
        record(
            "h1",
            opened_line("card", at="2026-01-05", product="card", limit_basis="full_balance"),
            granted(8000, line="card", at="2026-01-05"),
            temporary(2000, "2026-02-01", until="2026-02-20", line="card"),
            drew(3000, "2026-02-05", line="card"),
            billed(3000, "2026-03-01", due_on="2026-03-20", line="card"),
            opened_line(
                "loan", at="2026-01-10", revolving=False, restoration="never", grace_days=3, daily_rate="0.0003"
            ),
            granted(12000, line="loan", at="2026-01-10"),
            drew(12000, "2026-01-10", line="loan", method="equal_instalment", periods=6, first_due_on="2026-02-10"),
            repaid(500, "2026-03-02", line="loan"),
            froze("2026-04-01", line="card"),
            opened_account("fund", "mmf"),
            counted(30000, "2026-02-10", account="fund"),
            needs(5000, "2026-03-01"),
        )
        caught_up(connection, clock)
    return clock


def fill(database: Database) -> None:
    """That household, h1; h2 over its limit, h3 in another currency and without known outflow, h4 quarantined."""
    clock = a_household(database)
    with service(database) as connection, recording(database, clock) as record:
        record(
            "h2",
            opened_line("card", at="2026-03-01", product="card"),
            granted(5000, line="card", at="2026-03-01"),
            drew(5000, "2026-03-05", line="card"),
            billed(5000, "2026-03-20", due_on="2026-04-08", line="card"),
            saw("2026-04-10", limit=2000, line="card"),
            froze("2026-04-20", line="card"),
            opened_account(at="2026-03-01"),
            counted(900, "2026-03-02"),
            needs(6000, "2026-03-01"),
        )
        record("h3", opened_line(at="2026-02-01"), granted(3000, at="2026-02-01"), drew(1000, "2026-02-03"))
        record("h4", *a_family())
        caught_up(connection, clock)
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("UPDATE readmodel.household_now SET quarantine = 'a test says so' WHERE household = 'h4'")
        superuser.execute("UPDATE readmodel.household_now SET currency = 'USD' WHERE household = 'h3'")


def columns(database: Database) -> list[Column]:
    """The columns of the views of `reporting_v1`, in order."""
    with psycopg.connect(database.superuser) as connection:
        found = connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'reporting_v1' ORDER BY table_name, ordinal_position"
        ).fetchall()
    return [Column(*row) for row in found]


def connected_as(role: str, database: Database) -> Any:
    """A connection as a role of the book, which may log in from then on."""
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute(f"ALTER ROLE {role} LOGIN")
    return psycopg.connect(database.service.replace("user=headroom_service", f"user={role}"), autocommit=True)
