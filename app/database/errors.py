"""What can be wrong with the database behind the book.

DatabaseUnreachable   there is no server to talk to, or not one that may be used; exit 3 at the door
BackupRefused         a backup cannot be written or read back; nothing was changed; exit 1 at the door
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from ledger.errors import HeadroomError


@cache
def problems() -> dict[str, dict[str, str]]:
    """The texts of all database problems: code to language ("en", "zh") to template."""
    return tomllib.loads((Path(__file__).parent / "problems.toml").read_text(encoding="utf-8"))


class DatabaseProblem(HeadroomError):
    """Base of what can be wrong here. `code` is stable; `details` fill the templates of problems.toml."""

    def __init__(self, code: str, **details: Any) -> None:
        self.code = code
        self.details = {name: str(value) for name, value in details.items()}
        super().__init__(self.told("en"))

    def told(self, language: str) -> str:
        """The problem in a language: what is untrue, what was tried, and what to do."""
        return problems()[self.code][language].format_map(self.details)


class DatabaseUnreachable(DatabaseProblem):
    """The database cannot be reached or may not be used. Never carries a password."""


class BackupRefused(DatabaseProblem):
    """A backup cannot be written or read; the book is as it was."""
