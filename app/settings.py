"""What the environment decides: where the book lives, which server keeps it, and what is logged.

Built by a function from a mapping, never at import, so that a test or a second book gives its own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

SHARED_HOME: Final = Path("/var/lib/headroom")
"""Where root's book lives: PostgreSQL runs as another user, who cannot enter root's own folder."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the book is and how the program behaves around it.

    Shape: `database_url` names a server of the caller's own; None means the embedded server under `home`.
    """

    home: Path
    database_url: str | None = None
    logs: bool = False


def settings_from(
    environment: Mapping[str, str], *, platform: str, root: bool, database_url: str | None = None
) -> Settings:
    """The settings an environment describes; `database_url` from the command line comes before its own."""
    given = environment.get("HEADROOM_HOME")
    home = Path(given).expanduser() if given else default_home(environment, platform=platform, root=root)
    return Settings(
        home=home.absolute(),
        database_url=database_url or environment.get("HEADROOM_DATABASE_URL") or None,
        logs=environment.get("HEADROOM_LOG", "") not in ("", "0"),
    )


def default_home(environment: Mapping[str, str], *, platform: str, root: bool) -> Path:
    """Where a user's book lives when nobody says otherwise.

    Source: XDG Base Directory Specification; Apple's File System Programming Guide; FHS 3.0 section 5.8 for root.
    """
    if root:
        return SHARED_HOME
    person = Path(environment.get("HOME") or Path.home())
    if platform == "darwin":
        return person / "Library" / "Application Support" / "Headroom"
    data = environment.get("XDG_DATA_HOME", "")
    return (Path(data) if Path(data).is_absolute() else person / ".local" / "share") / "headroom"
