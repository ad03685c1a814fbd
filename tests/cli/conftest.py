"""What the tests of the command line share: golden pages, and the program run inside the test."""

from collections.abc import Iterator

import pytest

from app.cli.commands.demo_ import FAMILY
from tests.cli.program import Person, address
from tests.golden_files import Golden
from tests.postgres import Cluster, Database


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden pages of the command line."""
    return Golden("cli", update=bool(request.config.getoption("--update-golden")))


@pytest.fixture(scope="session")
def family_book(cluster: Cluster) -> Iterator[str]:
    """The address of a book with the invented family, for all tests that only read it."""
    with cluster.lent_database() as lent:
        book = address(lent.superuser)
        assert Person(HEADROOM_DATABASE_URL=book).types("record", str(FAMILY)).code == 0
        yield book


@pytest.fixture
def family(family_book: str) -> Person:
    """Somebody whose book holds the invented family; it is only read."""
    return Person(HEADROOM_DATABASE_URL=family_book)


@pytest.fixture
def person(database: Database) -> Person:
    """Somebody with an empty book."""
    return Person(HEADROOM_DATABASE_URL=address(database.superuser))
