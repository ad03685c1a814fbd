"""How much memory the processes that check hold while they do, as the system counts it (Linux)."""

import multiprocessing
from pathlib import Path
from typing import Any, Final

import psycopg

PARTS: Final = 4
CHECKED: Final = "SELECT count(*) FROM clock.agenda WHERE last_at > 0"


class Watch:
    """Looks at the processes that this one began while they make the first check of every household.

    Shape: `by_checked`, the largest resident memory so far by the households reached, at each quarter of them.
    Units: MB of 2**20 bytes.
    """

    def __init__(self, connection: "psycopg.Connection[Any]", households: int) -> None:
        self.by_checked: dict[int, int] = {}
        self._connection = connection
        self._households = households

    def look(self) -> None:
        """Note how much is held, if a further quarter of the households was reached since the last look."""
        found = self._connection.execute(CHECKED).fetchone()
        assert found is not None
        if found[0] * PARTS >= self._households * (len(self.by_checked) + 1):
            self.by_checked[found[0]] = self.peak_mb()

    def peak_mb(self) -> int:
        """The largest resident memory that one of them ever had."""
        return max(_peak(child.pid) for child in multiprocessing.active_children())


def _peak(pid: int | None) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) >> 10
