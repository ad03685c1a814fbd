"""What the tests of the clock share."""

from collections.abc import Iterator

import pytest

from tests.postgres import Cluster, Database


@pytest.fixture
def database_beside(cluster: Cluster) -> Iterator[Database]:
    """A second fresh database, to compare with."""
    name, fresh = cluster.new_database()
    yield fresh
    cluster.drop(name)
