"""Given facts, when asked, then the answer: a household's history in a test, through production code only.

    asked = given(opened_line(), granted(50000), drew(30000, "2026-02-01")).as_of("2026-03-01")
    assert yuan(asked.line().available) == "20000.00"

Facts are read by the parser of history files, admitted by the guards of the ledger and folded by its one fold. The
first fact of a household implies its opening, so the first of `given` has version 2. A fact counts as recorded when
it took effect, or just after the one before it if that is later; `later_learned` says otherwise.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from ledger.book import Book, fold
from ledger.calendar import DAY, SECOND, parse_when, zone
from ledger.errors import Complaint
from ledger.events import HouseholdOpened, Recorded
from ledger.history import Line as FileLine
from ledger.history import Reader
from ledger.line import Line
from ledger.money import amount_text
from ledger.record import admit, implied_opening
from ledger.register import Register
from ledger.timeline import Timeline
from projections.position import Position, position
from tests.build import LINE, Record

HOUSEHOLD = "h1"
ZONE = zone("Asia/Shanghai")
_NEVER_FUTURE = 300 * 366 * DAY


def given(*facts: Record | str) -> "History":
    """A history of these facts, in the order they were recorded; a text holds lines of a history file."""
    return History(()).and_then(*facts)


def yuan(amount: int) -> str:
    """Minor units as the contract prints them."""
    return amount_text(amount, "CNY")


class History:
    """What a ledger learned about one household."""

    def __init__(self, recorded: tuple[Recorded, ...]) -> None:
        self.recorded = recorded

    def and_then(self, *facts: Record | str) -> "History":
        """The history with more facts, each recorded when it took effect, or when the one before it was."""
        return self._grown(facts, learned_at=None)

    def later_learned(self, on: str, *facts: Record | str) -> "History":
        """The history with more facts, recorded at a time of their own."""
        return self._grown(facts, learned_at=ZONE.at(parse_when(on)))

    def timeline(self, *, known: str | int | None = None) -> Timeline:
        """The facts that stand, as known at a time or after a version."""
        return Timeline(self.recorded, known_at=self.known_at(known))

    def as_of(self, at: str | None = None, *, known: str | int | None = None) -> "Asked":
        """The household at a time (a bare date: its end), as known at a time or after a version."""
        instant = None if at is None else ZONE.last_moment(parse_when(at))
        known_at = self.known_at(known)
        return Asked(fold(self.timeline(known=known), at=instant), known_at=known_at or self._last_recorded)

    def known_at(self, known: str | int | None) -> int | None:
        """When the ledger knew: a time, or a version, as an instant."""
        if isinstance(known, int):
            return self.recorded[known - 1].recorded_at
        return None if known is None else ZONE.last_moment(parse_when(known))

    @property
    def _last_recorded(self) -> int:
        return self.recorded[-1].recorded_at if self.recorded else 0

    def _grown(self, facts: tuple[Record | str, ...], *, learned_at: int | None) -> "History":
        grown = list(self.recorded)
        register = Register()
        for one in grown:
            register.learn(one.version, one.fact)
        for draft in (read.draft for read in _read(facts)):
            if register.version == 0 and not isinstance(draft.fact, HouseholdOpened):
                _append(grown, register, implied_opening(draft.fact), learned_at=learned_at)
            fact = admit(register, draft, household=HOUSEHOLD, now=_NEVER_FUTURE)
            _append(grown, register, fact, learned_at=learned_at)
        return History(tuple(grown))


class Asked:
    """A household's state, to be asked."""

    def __init__(self, book: Book, *, known_at: int) -> None:
        self.book = book
        self._known_at = known_at

    def line(self, name: str = LINE) -> Line:
        """The state of one line."""
        return self.book.line(name)

    def figures(self, name: str = LINE) -> tuple[str, ...]:
        """Limit, drawn, held, headroom and available of a line, in yuan."""
        line = self.line(name)
        return tuple(yuan(each) for each in (line.limit, line.drawn, line.held, line.headroom, line.available))

    def position(self) -> Position:
        """What the household owes, has and can borrow."""
        return position(self.book, household=HOUSEHOLD, known_at=self._known_at)

    def told(self) -> dict[str, Any]:
        """The position as the contract's JSON."""
        told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self.position()))
        return told


def _read(facts: tuple[Record | str, ...]) -> Iterator[FileLine]:
    reader = Reader(household=HOUSEHOLD)
    for number, given_fact in enumerate(facts, start=1):
        if isinstance(given_fact, str):
            lines = (line.strip().encode() for line in given_fact.strip().splitlines())
            yield from (_readable(read) for read in reader.lines(lines))
        else:
            read = reader.record(number, given_fact)
            yield _readable(read if isinstance(read, FileLine) else read[0])


def _readable(read: FileLine | Complaint) -> FileLine:
    assert isinstance(read, FileLine), read
    return read


def _append(grown: list[Recorded], register: Register, fact: Any, *, learned_at: int | None) -> None:
    after = grown[-1].recorded_at + 1 if grown else 0
    learned = ZONE.at(fact.effective) + SECOND if learned_at is None else learned_at
    grown.append(Recorded(version=len(grown) + 1, recorded_at=max(after, learned), fact=fact))
    register.learn(len(grown), fact)
