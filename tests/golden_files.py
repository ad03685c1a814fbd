"""Golden files: what the program promised to say, compared to the letter."""

from pathlib import Path
from typing import Final

import pytest

HOME: Final = Path(__file__).parent / "golden"


class Golden:
    """One folder of golden files; rewritten only under --update-golden."""

    def __init__(self, folder: str, *, update: bool) -> None:
        self._folder = HOME / folder
        self._update = update

    def holds(self, name: str, text: str) -> None:
        """Assert that the file of that name says exactly this text."""
        file = self._folder / name
        if self._update:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        if not file.exists():
            pytest.fail(f"{file.name} was never promised; run pytest --update-golden and read what it writes")
        assert text == file.read_text(encoding="utf-8"), f"{file.name} is no longer what the program says"


def promised(folder: str) -> set[str]:
    """The golden files that exist in a folder."""
    return {file.name for file in (HOME / folder).iterdir()}
