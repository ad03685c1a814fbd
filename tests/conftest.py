"""Fixtures everybody shares: a cluster per test process, and a fresh migrated database per test."""

from collections.abc import Callable, Iterator

import pytest

from tests.postgres import Cluster, Database, binaries, wanted_versions


@pytest.fixture(scope="session")
def clusters() -> Iterator[Callable[[str], Cluster]]:
    """Gives the running cluster of a version; skips, visibly, where that version is not installed."""
    running: dict[str, Cluster] = {}

    def of_version(version: str) -> Cluster:
        programs = binaries(version)
        if programs is None:
            pytest.skip(f"PostgreSQL {version} is not installed here")
        if version not in running:
            running[version] = Cluster(programs)
        return running[version]

    yield of_version
    for cluster in running.values():
        cluster.close()


@pytest.fixture(scope="session", params=wanted_versions())
def cluster(request: pytest.FixtureRequest, clusters: Callable[[str], Cluster]) -> Cluster:
    """A running PostgreSQL of our own, of each version that was asked for."""
    return clusters(request.param)


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """A fresh migrated database and how each role connects to it."""
    with cluster.lent_database() as fresh:
        yield fresh


@pytest.fixture
def database_beside(cluster: Cluster) -> Iterator[Database]:
    """A second fresh database: to restore into, or to compare with."""
    with cluster.lent_database() as fresh:
        yield fresh
