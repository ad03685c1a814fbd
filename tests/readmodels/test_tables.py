"""Every read table says what the pure fold says: of random households, at random instants, however they were followed.

As many households as HEADROOM_TEST_HOUSEHOLDS says, at as many instants as HEADROOM_TEST_INSTANTS; `make tables` takes
1,000 of each, which takes some minutes.
"""

import os
import random
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any, Final

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from ledger.book import Book, Walk, fold
from ledger.calendar import DAY
from ledger.line import Line
from ledger.money import ratio_text
from ledger.store import reader
from ledger.timeline import Timeline
from projections import liquidity
from projections.explanation.answer import explain
from projections.explanation.window import around
from projections.indicators import credit
from projections.indicators.basis import basis
from projections.limit_changes import limit_changes, standing
from projections.position import position
from projections.readmodels import follow
from projections.readmodels.log import Connection
from projections.ruleset import ruleset
from tests.build import Record
from tests.postgres import Database
from tests.readmodels.books import Clock, recording, service
from tests.readmodels.moments import facts

HOUSEHOLDS: Final = int(os.environ.get("HEADROOM_TEST_HOUSEHOLDS", "25"))
INSTANTS: Final = int(os.environ.get("HEADROOM_TEST_INSTANTS", "40"))
SPAN_DAYS: Final = 1_500
"""How long households go on after their last fact, so that as many days as instants can be asked about."""
LINE_NAMES: Final = (
    "limit_total", "temporary_limit", "drawn", "held", "shared_used", "headroom", "available", "over_limit", "blocked",
    "principal", "accrued_interest", "overdue", "total_debt",
)  # fmt: skip
ZONES: Final = ("Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "America/St_Johns")
"""Two of them change their clocks while these households live, and the days of one begin on a half hour."""
_numbers: Final = count()


def fen(value: Decimal) -> int:
    """An amount of a view in minor units."""
    return int(value * 100)


def line_of(line: Line, day: int) -> tuple[object, ...]:
    """What the fold says of a line at the end of a day, as `LINE_NAMES` go, then its status and days past due."""
    loans = line.loans
    return (
        line.limit, line.temporary_limit, line.drawn, line.held, line.shared_used, line.headroom, line.available,
        line.over_limit, line.blocked, loans.principal, loans.accrued_interest(day), loans.overdue(day),
        loans.total(day), line.status, loans.days_past_due(day),
    )  # fmt: skip


def household_of(book: Book) -> tuple[int, ...]:
    """What the fold says of a household at the end of a day: drawn, debt, reserve and what could be borrowed."""
    reserve, loans = liquidity.reserve(book), [line.loans for line in book.lines.values()]
    return (
        sum(line.drawn for line in book.lines.values()), sum(each.total(book.day) for each in loans),
        sum(each.overdue(book.day) for each in loans), reserve.t1, reserve.t2a, reserve.t2b, reserve.contingent,
    )  # fmt: skip


def rows_of(connection: Connection, view: str, household: str) -> list[dict[str, Any]]:
    """A household's rows of a reporting view."""
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        chosen = psycopg.sql.SQL("SELECT * FROM reporting_v1.{} WHERE household = %s").format(
            psycopg.sql.Identifier(view)
        )
        return cursor.execute(chosen, (household,)).fetchall()


def as_of(connection: Connection, household: str) -> tuple[int, list[Any]]:
    """How far the tables hold a household: the instant, and the facts."""
    found = connection.execute(
        "SELECT as_of, version FROM readmodel.household_now WHERE household = %s AND slot ="
        " (SELECT slot FROM readmodel.generation WHERE state = 'live')",
        (household,),
    ).fetchone()
    assert found is not None
    recorded = reader.load(connection, household)
    assert found[1] == recorded[-1].version
    return int(found[0]), recorded


def days_agree(connection: Connection, household: str, chance: random.Random, *, instants: int) -> int:
    """Compare both daily views with the fold at the ends of random days; how many were compared."""
    until, recorded = as_of(connection, household)
    timeline = Timeline(recorded)
    lines: dict[int, dict[str, dict[str, Any]]] = {}
    for row in rows_of(connection, "line_daily", household):
        lines.setdefault(row["day"].toordinal(), {})[row["line"]] = row
    days = {row["day"].toordinal(): row for row in rows_of(connection, "household_daily", household)}
    chosen = sorted(chance.sample(sorted(days), min(instants, len(days))))
    walk = Walk(timeline)
    for day in chosen:
        book = walk.to(min(until, timeline.zone.start(day + 1) - 1))
        assert sorted(lines.get(day, {})) == sorted(book.lines)
        for name, line in book.lines.items():
            row = lines[day][name]
            found = (*(fen(row[column]) for column in LINE_NAMES), row["status"], row["days_past_due"])
            assert found == line_of(line, day), (household, day, name)
        row = days[day]
        columns = ("drawn", "debt_total", "debt_overdue", "reserve_t1", "reserve_t2a", "reserve_t2b", "contingent")
        assert tuple(fen(row[column]) for column in columns) == household_of(book), (household, day)
    return len(chosen)


def now_agrees(connection: Connection, household: str) -> None:
    """Compare the tables of the present with the answers that are given from the fold at the same instant."""
    until, recorded = as_of(connection, household)
    timeline = Timeline(recorded)
    book = fold(timeline, at=until)
    told = position(book, household=household, known_at=0)
    (row,) = rows_of(connection, "household_position", household)
    for name in ("principal", "accrued_interest", "overdue", "total", "due_30_days", "due_12_months"):
        assert str(row[f"debt_{name}"]) == getattr(told.debt, name)
    for name in ("t1", "t2a", "t2b", "total"):
        assert str(row[f"reserve_{name}"]) == getattr(told.reserves, name)
    assert row["diversification_score"] == (told.diversification.score and Decimal(told.diversification.score))
    spread = told.diversification
    dimensions = {name: each.hhi and Decimal(each.hhi) for name, each in spread.dimensions.items()}
    assert {name: row[f"diversification_hhi_{name}"] for name in dimensions} == dimensions
    effective = spread.dimensions["lender"].effective
    assert row["effective_lenders"] == (effective and Decimal(effective))
    assert (row["diversification_caps"] or []) == [cap.code for cap in spread.caps]
    assert (row["diversification_caps_bit"] or []) == [cap.code for cap in spread.caps if cap.bit]
    used = credit.utilisation(basis(book, ruleset())).value
    assert row["utilisation"] == (None if used is None else Decimal(ratio_text(used)))
    rows = {each["line"]: each for each in rows_of(connection, "line_position", household)}
    assert sorted(rows) == sorted(line.line for line in told.lines)
    for line in told.lines:
        for name in ("drawn", "held", "headroom", "available", "over_limit", "blocked", "shared_used", "total_debt",
                     "accrued_interest", "overdue", "due_30_days", "due_12_months", "temporary_limit"):  # fmt: skip
            assert str(rows[line.line][name]) == getattr(line, name), (household, line.line, name)
    changes_agree(connection, household, book)


def changes_agree(connection: Connection, household: str, book: Book) -> None:
    """Compare the limit changes with those of the fold, and their verdicts with `explain`."""
    rows = sorted(rows_of(connection, "limit_changes", household), key=lambda row: row["ordinal"])
    told = limit_changes(book, household=household)
    assert [(row["change_id"], row["line"], row["kind"]) for row in rows] == [
        (change.id, change.line, change.kind) for change in told
    ]
    assert [(str(row["limit_before"]), str(row["limit_after"])) for row in rows] == [
        (change.before, change.after) for change in told
    ]
    found = [
        (change.at, change.version, line.name, change) for line in book.lines.values() for change in standing(line)
    ]
    for row, (_, _, line, change) in zip(rows, sorted(found, key=lambda each: each[:3]), strict=True):
        since, until = around(book.zone, change)
        verdict = explain(
            book.timeline, household=household, line=line, since=since, until=until, known_at=0
        ).verdict  # fmt: skip
        assert (row["verdict_code"], row["verdict_grade"]) == (verdict.code, verdict.grade)


def in_parts(chance: random.Random, found: list[Record]) -> Iterator[list[Record]]:
    """Facts in commits of random size."""
    while found:
        size = chance.randint(1, len(found))
        yield found[:size]
        found = found[size:]


@settings(
    max_examples=HOUSEHOLDS,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)
@over(facts(), st.randoms(use_true_random=False))
def test_every_table_equals_the_fold_for_random_households_at_random_instants(
    database: Database, found: list[Record], chance: random.Random
) -> None:
    clock, household = Clock(), f"r{next(_numbers)}"
    opening = {"type": "HouseholdOpened", "effective_at": "2025-12-31", "timezone": chance.choice(ZONES)}
    named = [opening, *(_renamed(fact, household) for fact in found)]
    with service(database) as connection, recording(database, clock) as record:
        for part in in_parts(chance, named):
            clock.now += chance.randint(1, DAY)
            record(household, *part)
            if chance.random() < 0.5:
                assert follow.catch_up(connection, clock=clock)
                now_agrees(connection, household)
        clock.pass_days(SPAN_DAYS if INSTANTS > 100 else 100)
        assert follow.catch_up(connection, clock=clock)
        now_agrees(connection, household)
        assert days_agree(connection, household, chance, instants=INSTANTS) >= min(INSTANTS, 100)


def _renamed(fact: Any, household: str) -> Any:
    """A fact that names others of its household by id, under the household's name here."""
    if isinstance(fact, dict):
        return {name: _renamed(value, household) for name, value in fact.items()}
    return f"{household}:{fact[3:]}" if isinstance(fact, str) and fact.startswith("h1:") else fact
