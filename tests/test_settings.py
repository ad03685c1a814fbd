"""Settings: what an environment says, and nothing at import."""

from pathlib import Path

import pytest

from app.settings import SHARED_HOME, settings_from


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"HOME": "/home/anna"}, "/home/anna/.local/share/headroom"),
        ("linux", {"HOME": "/home/anna", "XDG_DATA_HOME": "/data/anna"}, "/data/anna/headroom"),
        ("linux", {"HOME": "/home/anna", "XDG_DATA_HOME": "not/absolute"}, "/home/anna/.local/share/headroom"),
        ("darwin", {"HOME": "/Users/anna"}, "/Users/anna/Library/Application Support/Headroom"),
        ("linux", {"HOME": "/home/anna", "HEADROOM_HOME": "/books/one"}, "/books/one"),
    ],
)
def test_a_book_lives_where_the_platform_keeps_data(platform: str, environment: dict[str, str], expected: str) -> None:
    assert settings_from(environment, platform=platform, root=False).home == Path(expected)


def test_roots_book_lives_where_the_servers_user_can_go() -> None:
    assert settings_from({"HOME": "/root"}, platform="linux", root=True).home == SHARED_HOME
    assert settings_from({"HEADROOM_HOME": "/srv/book"}, platform="linux", root=True).home == Path("/srv/book")


def test_a_relative_home_is_made_absolute() -> None:
    assert settings_from({"HEADROOM_HOME": "books"}, platform="linux", root=False).home == Path.cwd() / "books"


def test_the_command_line_comes_before_the_environment() -> None:
    environment = {"HOME": "/home/anna", "HEADROOM_DATABASE_URL": "postgresql:///one"}
    assert settings_from(environment, platform="linux", root=False).database_url == "postgresql:///one"
    chosen = settings_from(environment, platform="linux", root=False, database_url="postgresql:///two")
    assert chosen.database_url == "postgresql:///two"
    empty = environment | {"HEADROOM_DATABASE_URL": ""}
    assert settings_from(empty, platform="linux", root=False).database_url is None


@pytest.mark.parametrize(("value", "wanted"), [("", False), ("0", False), ("1", True)])
def test_logs_are_written_only_when_asked_for(value: str, wanted: bool) -> None:
    environment = {"HOME": "/home/anna", "HEADROOM_LOG": value}
    assert settings_from(environment, platform="linux", root=False).logs is wanted
