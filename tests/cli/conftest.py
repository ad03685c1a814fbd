"""What the tests of the command line share: golden pages, and the program run inside the test."""

import pytest

from tests.golden_files import Golden


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden pages of the command line."""
    return Golden("cli", update=bool(request.config.getoption("--update-golden")))
