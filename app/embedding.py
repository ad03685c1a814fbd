"""The door for other Python programs: all that one needs which keeps households' books itself.

What is named here is public, and a change of it stands in the CHANGELOG; every other room may change without notice.
Source: docs/embedding.md, whose examples are run.
"""

from collections.abc import Mapping
from typing import Any

from app.checking import Asked as AskedCheck
from app.checking import check
from app.database.errors import DatabaseUnreachable
from app.explaining import Asked as AskedWhy
from app.explaining import explained
from app.following import feed_entries
from app.questions import changes, history, position
from app.settings import Settings
from app.wiring import OpenBook, open_book, settings
from ledger import events
from ledger.calendar import moment, parse_when
from ledger.errors import ConcurrentChange, Corrupt, HeadroomError, NotFound, Refused, Unreadable
from ledger.history import Line, Reader
from ledger.money import amount_text, minor_units, rate_units
from ledger.record import Draft
from ledger.store.intake import Receipt
from ledger.store.verify import verify
from projections.readmodels.feed import BEGINNING, cursor

__all__ = [
    "BEGINNING", "AskedCheck", "AskedWhy", "ConcurrentChange", "Corrupt", "DatabaseUnreachable", "Draft",
    "HeadroomError", "NotFound", "OpenBook", "Receipt", "Refused", "Settings", "Unreadable", "amount_text", "changes",
    "check", "cursor", "drafted", "events", "explained", "feed_entries", "history", "minor_units",
    "moment", "open_book", "parse_when", "position", "rate_units", "settings", "verify",
]  # fmt: skip


def drafted(told: Mapping[str, Any], *, household: str, currency: str = "CNY") -> Draft:
    """The draft of a fact that is written as a line of the history file is; its household may be left out.

    Raises: Unreadable with everything that is wrong; Refused when it is of another household.
    """
    read = Reader({household: currency}, household=household).record(0, dict(told))
    if not isinstance(read, Line):
        raise Unreadable(read)
    if read.household != household:
        raise Refused("household_differs", field="household", found=read.household, expected=household)
    return read.draft
