"""Books in a database for the tests of the read models: recorded by the ledger, followed, compared with the fold."""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

import psycopg

from ledger.book import Book, fold
from ledger.calendar import DAY, SECOND, parse_when, zone
from ledger.history import Line as FileLine
from ledger.history import Reader
from ledger.money import amount_text
from ledger.store import reader
from ledger.store.application import Ledger
from ledger.timeline import Timeline
from projections.position import position
from projections.readmodels import follow, rows, tables
from projections.readmodels.follow import Step, derived
from projections.readmodels.generation import live
from projections.readmodels.household import Household
from projections.readmodels.log import Connection
from tests.build import Record, counted, drew, granted, needs, opened_account, opened_line, repaid, saw
from tests.postgres import Database

NOON: Final = zone("Asia/Shanghai").at("2026-05-01") + DAY // 2
"""When tests begin to record."""


class Clock:
    """A clock that moves a second whenever it is asked, and by as much as it is told."""

    def __init__(self) -> None:
        self._ticks = itertools.count()
        self.now = NOON

    def __call__(self) -> int:
        return self.now + next(self._ticks) * SECOND

    def pass_days(self, days: int) -> None:
        self.now += days * DAY


@contextmanager
def service(database: Database) -> Iterator[Connection]:
    """A connection as the service, in autocommit mode."""
    with psycopg.connect(database.service, autocommit=True) as connection:
        yield connection


@contextmanager
def recording(database: Database, clock: Callable[[], int]) -> Iterator[Callable[..., int]]:
    """Records facts of a household together; gives the household's version."""
    ledger = Ledger(database.service, clock=clock, salts=lambda: os.urandom(16))

    def record(household: str, *facts: Record) -> int:
        read = [Reader(household=household).record(number, fact) for number, fact in enumerate(facts, start=1)]
        drafts = [one.draft for one in read if isinstance(one, FileLine)]
        assert len(drafts) == len(facts), read
        return max(ledger.record(household, drafts).versions)

    try:
        yield record
    finally:
        ledger.close()


def caught_up(connection: Connection, clock: Callable[[], int]) -> list[Step]:
    """Follow to the end; what was done."""
    steps: list[Step] = []
    assert follow.catch_up(connection, clock=clock, told=steps.append)
    return steps


def a_family() -> tuple[Record, ...]:
    """A household with a line, an account, a draw, a repayment, an observation."""
    return (
        opened_line(at="2026-01-01", daily_rate="0.0004", restoration="t_plus_n"),
        granted(50000, at="2026-01-01"),
        opened_account(at="2026-01-01"),
        counted(42000, "2026-01-02"),
        needs(6000),
        drew(30000, "2026-02-01"),
        repaid(10000, "2026-03-01"),
        saw("2026-04-01", limit=40000),
    )


def stored(connection: Connection, household: str, *, slot: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """A household's rows in each table of a slot, as tuples in order."""
    chosen = live(connection).slot if slot is None else slot
    found = {}
    for table in tables.TABLES:
        names = ", ".join(tables.columns(table))
        found[table.name] = connection.execute(
            f"SELECT {names} FROM readmodel.{table.name} WHERE household = %s AND slot = %s ORDER BY {names}",
            (household, chosen),
        ).fetchall()
    return found


def agrees_with_the_log(connection: Connection, household: str) -> None:
    """Assert that a household's rows are those that its log gives when it is read from the beginning."""
    state = derived(connection, household)
    found = stored(connection, household)
    assert found["household_now"] == [rows.household_now(state)]
    _same(found["line_now"], rows.lines_now(state))
    _same(found["line_day"], _line_days(state))
    _same(found["household_day"], [(day.household, date.fromordinal(day.day), *day[2:]) for day in state.series.days])
    _same(found["limit_change"], rows.limit_changes(state))
    assert [row[:5] for row in found["derived_change"]] == sorted(tuple(change[:5]) for change in state.fresh)


def _line_days(state: Household) -> list[tuple[Any, ...]]:
    on = date.fromordinal
    return [
        (*day[:2], on(day.day), *day[3:17], day.past_due_since and on(day.past_due_since), *day[18:])
        for days in state.series.lines.values()
        for day in days
    ]


def _same(found: Iterable[tuple[Any, ...]], made: Iterable[tuple[Any, ...]]) -> None:
    assert sorted(found, key=repr) == sorted(made, key=repr)


def book_at(connection: Connection, household: str, day: date) -> Book:
    """The pure fold of a household at the end of a day."""
    timeline = Timeline(reader.load(connection, household))
    return fold(timeline, at=timeline.zone.last_moment(day.isoformat()))


def instant(text: str) -> int:
    when = parse_when(text)
    assert isinstance(when, int)
    return when


def yuan(book: Book, amount: int) -> str:
    return amount_text(amount, book.currency)


def told(book: Book, household: str) -> Any:
    return position(book, household=household, known_at=0)
