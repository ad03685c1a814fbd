"""Fixtures everybody shares: a cluster per test process, and a fresh migrated database per test."""

from collections.abc import Iterator

import pytest

from tests.postgres import Cluster, Database, binaries, wanted_versions


@pytest.fixture(scope="session", params=wanted_versions())
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A running PostgreSQL of our own; skipped, visibly, where its version is not installed."""
    programs = binaries(request.param)
    if programs is None:
        pytest.skip(f"PostgreSQL {request.param} is not installed here")
    running = Cluster(programs)
    yield running
    running.close()


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """A fresh migrated database and how each role connects to it."""
    name, fresh = cluster.new_database()
    yield fresh
    cluster.drop(name)
