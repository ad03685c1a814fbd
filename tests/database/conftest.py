"""What the tests of the embedded server share: a book made once, and copies of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database.homes import copied_home, new_folder, opened


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """An empty book, made as the program makes it, and stopped."""
    with new_folder() as root:
        opened(root).close()
        yield root


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that does not exist yet."""
    with new_folder() as root:
        yield root


@pytest.fixture
def home(template: Path, folder: Path) -> Path:
    """An empty book of the test's own."""
    return copied_home(template, folder)
