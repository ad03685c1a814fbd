"""A filled database for the tests of what is read from it: charts, exports, the contract."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.postgres import Cluster, Database
from tests.readmodels.books import Clock
from tests.readmodels.filled import a_household, connected_as, fill


@pytest.fixture
def household(database: Database) -> Clock:
    """A household with everything a chart shows, in a database of the test's own."""
    return a_household(database)


@pytest.fixture(scope="session")
def filled(cluster: Cluster) -> Iterator[Database]:
    """Several households, for all tests that only read them."""
    with cluster.lent_database() as lent:
        fill(lent)
        yield lent


@pytest.fixture(scope="session")
def empty(cluster: Cluster) -> Iterator[Database]:
    """A database without households, for all tests that only read it."""
    with cluster.lent_database() as lent:
        yield lent


@pytest.fixture
def reader(filled: Database) -> Iterator[Any]:
    """A connection to several households, as a dashboard has it."""
    with connected_as("headroom_reader", filled) as connection:
        yield connection


@pytest.fixture
def as_role(database: Database) -> Callable[[str], Any]:
    """Opens a connection as a role of the book, which may log in for this test."""
    return lambda role: connected_as(role, database)
