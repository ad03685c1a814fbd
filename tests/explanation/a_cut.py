"""A line whose limit is cut on 5 March, and what is told beside that cut of the facts around it."""

from tests.build import Record, drew, granted, lowered, opened_line
from tests.explanation.asking import causes, excluded, why
from tests.spec import given

OPENED = (opened_line(at="2025-01-01"), granted(50000, "2025-01-01"))
BOOK = (*OPENED, drew(1000, "2025-12-01"))
AT, LATE = "2026-03-05", "2026-03-08"
CUT = lowered(40000, AT)


def beside(*facts: Record) -> dict[str, str]:
    """The causes of the cut."""
    return causes(why(given(*facts), AT, LATE))


def ruled_out(*facts: Record) -> set[str]:
    """The codes excluded for the cut."""
    return set(excluded(why(given(*facts), AT, LATE)))
