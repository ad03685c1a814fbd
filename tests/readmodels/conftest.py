"""A filled database for the tests of what is read from it: charts, exports, the contract."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.build import billed, counted, drew, froze, granted, needs, opened_account, opened_line, repaid, temporary
from tests.postgres import Database
from tests.readmodels.books import Clock, a_family, caught_up, recording, service


@pytest.fixture
def household(database: Database) -> Clock:
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


@pytest.fixture
def as_role(database: Database) -> Callable[[str], Any]:
    """Opens a connection as a role of the book, which may log in for this test."""

    def connect(role: str) -> Any:
        with psycopg.connect(database.superuser, autocommit=True) as superuser:
            superuser.execute(f"ALTER ROLE {role} LOGIN")
        return psycopg.connect(database.service.replace("user=headroom_service", f"user={role}"), autocommit=True)

    return connect
