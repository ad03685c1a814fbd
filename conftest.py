"""Options of the test run itself."""

import pytest
from hypothesis import HealthCheck, settings

# No property is judged by how fast the machine is.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Give the flag that rewrites golden files; read the difference before keeping it."""
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files")
