"""The program run inside the test, with an empty book."""

import pytest

from tests.cli.program import Person, address
from tests.postgres import Database


@pytest.fixture
def person(database: Database) -> Person:
    """Somebody with an empty book."""
    return Person(HEADROOM_DATABASE_URL=address(database.superuser))
