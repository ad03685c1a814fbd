"""Messages for the tests of the post."""

from typing import Any

import msgspec

from scheduler.message import Message

NOW = 1_782_000_000_000_000
SECOND = 1_000_000

MESSAGE = Message(
    household="lin",
    dedup_key="worse:dsr:12",
    kind="worse",
    language="en",
    subject="Payments take 57% of income",
    text="Payments due in the next month: 8,067.04.\nIncome: 14,000.00.",
    html="<p>Payments due in the next month: <b>8,067.04</b>.</p><p>Income: 14,000.00.</p>",
    facts=("lin:35", "lin:36"),
    not_before=NOW,
    created_at=NOW,
)


def message(**changes: Any) -> Message:
    """A believable message, changed where a test cares."""
    return msgspec.structs.replace(MESSAGE, **changes)
