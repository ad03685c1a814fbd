"""Small facts and a ledger over a test's database, for the tests of the store."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from ledger import events
from ledger.calendar import SECOND
from ledger.events import AnyFact, Recorded
from ledger.record import Draft
from ledger.store.application import Ledger
from ledger.store.journal import Connection

NOON = 1_735_704_000 * SECOND
"""2025-01-01 12:00 in Shanghai."""


def ticking(start: int = NOON) -> Callable[[], int]:
    """A clock that moves on a second whenever it is asked."""
    ticks = itertools.count(start, SECOND)
    return lambda: next(ticks)


def draft(fact: AnyFact, *, refers: str | None = None) -> Draft:
    return Draft(fact=fact, refers=refers)


def line(name: str = "jiebei", *, key: str | None = None) -> Draft:
    return draft(
        events.LineOpened(effective=NOON, line=name, lender="ant", product="consumer_loan", key=key)
    )  # fmt: skip


def draw(amount: int = 100_00, *, key: str | None = None, note: str | None = None, line: str = "jiebei") -> Draft:
    return draft(events.DrawnDown(effective=NOON, line=line, amount=amount, key=key, note=note))


def income(amount: int = 100_00, *, key: str | None = None, note: str | None = None) -> Draft:
    return draft(events.IncomeReceived(effective=NOON, amount=amount, key=key, note=note))


def amounts_of(facts: list[Recorded]) -> list[int]:
    """The amounts of those facts that are income, in order."""
    return [fact.fact.amount for fact in facts if isinstance(fact.fact, events.IncomeReceived)]


@contextmanager
def opened(conninfo: str, *, clock: Callable[[], int] | None = None) -> Iterator[Ledger]:
    """A ledger over a database, closed at the end."""
    ledger = Ledger(conninfo, clock=clock or ticking(), salts=lambda: os.urandom(16))
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def connected(conninfo: str) -> Iterator[Connection]:
    """A connection in autocommit mode."""
    connection: Connection
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection
