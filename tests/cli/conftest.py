"""What the tests of the command line share: golden pages, and the program run inside the test."""

import pytest

from tests.cli.program import Person, address
from tests.golden_files import Golden
from tests.postgres import Database


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden pages of the command line."""
    return Golden("cli", update=bool(request.config.getoption("--update-golden")))


@pytest.fixture
def person(database: Database) -> Person:
    """Somebody with an empty book."""
    return Person(HEADROOM_DATABASE_URL=address(database.superuser))
