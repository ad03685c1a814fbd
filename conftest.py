"""Options of the test run itself."""

import os

import pytest
from hypothesis import HealthCheck, settings

# No property is judged by how fast the machine is. The gate asks the same questions each time, so that it judges a
# change and not its luck; every other run asks new ones, and `make questions` many.
settings.register_profile(
    "unhurried",
    deadline=None,
    derandomize=os.environ.get("HEADROOM_TEST_SAME_QUESTIONS") == "1",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Give the flag that rewrites golden files; read the difference before keeping it."""
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files")
