"""Our recorder keeps the promises of the library's own, by the library's own tests, unchanged."""

from collections.abc import Callable, Iterator

import pytest
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.tests import persistence as library

from ledger.store.recorder import BookFactory
from tests.postgres import Cluster, wanted_versions


class OverAFreshDatabase:
    """Gives the library's cases a recorder over a fresh database, connected as the service."""

    version: str
    factory: BookFactory

    @pytest.fixture(autouse=True)
    def _open(self, clusters: Callable[[str], Cluster]) -> Iterator[None]:
        cluster = clusters(self.version)
        name, database = cluster.new_database()
        self.factory = BookFactory({"CONNINFO": database.service})
        yield
        self.factory.close()
        cluster.drop(name)

    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()


class TestApplicationRecorder(OverAFreshDatabase, library.ApplicationRecorderTestCase):
    version = wanted_versions()[0]

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNonInterleaving(OverAFreshDatabase, library.NonInterleavingNotificationIDsBaseCase):
    version = wanted_versions()[0]


class TestApplicationRecorderOnTheOtherVersion(TestApplicationRecorder):
    version = wanted_versions()[-1]


class TestNonInterleavingOnTheOtherVersion(TestNonInterleaving):
    version = wanted_versions()[-1]


if len(wanted_versions()) == 1:
    del TestApplicationRecorderOnTheOtherVersion, TestNonInterleavingOnTheOtherVersion
