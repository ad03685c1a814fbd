"""Options of the test run itself."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Give the flag that rewrites golden files; read the difference before keeping it."""
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files")
