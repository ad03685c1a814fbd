"""Where a household asked for credit: the lines that were opened and the inquiries that were made."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger import events
from ledger.timeline import Entry

_REQUESTS: Final = frozenset({events.LineOpened, events.InquiryMade})


class Request(NamedTuple):
    """A line that was opened, with its lender, or an inquiry, with none. Units: `day` an ordinal."""

    version: int
    day: int
    lender: str | None


def requests(entries: Iterable[Entry]) -> list[Request]:
    """The lines that were opened and the inquiries that were made, in order of effect."""
    return [
        Request(entry.version, entry.day, entry.fact.lender if type(entry.fact) is events.LineOpened else None)
        for entry in entries
        if type(entry.fact) in _REQUESTS
    ]
