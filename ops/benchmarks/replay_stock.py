"""The library's own way back to a state: its repository over its own PostgreSQL recorder."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Final
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg.conninfo import conninfo_to_dict

from tests.postgres import Cluster

AGGREGATES: Final = 50
A_HOUSEHOLD: Final = 200
EVENTS: Final = AGGREGATES * A_HOUSEHOLD


class StockLine(Aggregate):
    """A line that only draws and is repaid."""

    def __init__(self) -> None:
        self.drawn = Decimal(0)

    @event("Drawn")
    def draw(self, amount: Decimal) -> None:
        self.drawn += amount

    @event("Repaid")
    def repay(self, amount: Decimal) -> None:
        self.drawn -= amount


@contextmanager
def recorded(cluster: Cluster, name: str) -> Iterator[Callable[[], float]]:
    """Record events of its aggregates in a database; yields what replays them all once and tells the seconds."""
    told = conninfo_to_dict(cluster.conninfo(database=name))
    with psycopg.connect(cluster.conninfo(database=name), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS stock")
    application: Application[UUID] = Application(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(told["dbname"]), "POSTGRES_HOST": str(told["host"]),
            "POSTGRES_PORT": str(told["port"]), "POSTGRES_USER": str(told["user"]), "POSTGRES_PASSWORD": "-",
            "POSTGRES_SCHEMA": "stock",
        }
    )  # fmt: skip
    try:
        ids = []
        for _ in range(AGGREGATES):
            line = StockLine()
            for turn in range(1, A_HOUSEHOLD):
                (line.draw if turn % 2 else line.repay)(Decimal("12.34"))
            application.save(line)
            ids.append(line.id)
        yield lambda: _replayed(application, ids)
    finally:
        application.close()


def _replayed(application: "Application[UUID]", ids: list[UUID]) -> float:
    begun = time.perf_counter()
    for one in ids:
        application.repository.get(one)
    return time.perf_counter() - begun
