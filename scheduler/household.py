"""A household whose jobs are being done: where its book comes from, and what has become of it so far.

Its facts are read only if they are asked for: a check of a book at rest stands on what was kept, and only a change, or
something to tell, needs the facts themselves.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence

import msgspec

from ledger.book import Book, fold
from ledger.calendar import Zone, zone
from ledger.events import Recorded
from ledger.resting import rest, woken
from ledger.timeline import Timeline
from projections.indicators.known import Known, first_day, known_of
from projections.ruleset import Ruleset
from scheduler.concerns import Concern
from scheduler.folded import AtRest
from scheduler.lights import Seen
from scheduler.notices import Notice
from scheduler.results import Result
from scheduler.timetable import Job
from scheduler.wishes import Wishes


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a household has behind it.

    Shape: `revision` counts what was done and answered; `checked_to` is the latest moment that was looked at,
    `last_at` that of the latest check, 0 for none; `last_version` and `told_version` are the latest facts the check,
    and the search for limit changes, read.
    """

    household: str
    revision: int
    enrolled_at: int
    checked_to: int
    last_at: int
    last_version: int
    told_version: int


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A job that was done for an instant."""

    household: str
    job: Job
    scheduled_for: int


class Household(msgspec.Struct, kw_only=True):
    """A household whose jobs are being done: its facts, its wishes, and what has become of it so far.

    Shape: `version` is the latest fact that is looked at; `facts` reads all of them, once and only if they are asked
    for. `concerns` are what it was told, by topic; `seen` the indicators of its latest check, by code; `at_rest` is
    its book as it was laid to rest before, `folded` the book that was looked at last, unless it was woken; `read` are
    its facts and the same in order of effect, once they were read. `saw` are the indicators of each of `results`.
    """

    version: int
    facts: Callable[[], Sequence[Recorded]]
    standing: Standing
    wishes: Wishes
    rules: Ruleset
    concerns: dict[str, Concern]
    seen: dict[str, Seen]
    now: int
    at_rest: AtRest | None = None
    folded: Book | None = None
    read: tuple[Sequence[Recorded], Timeline] | None = None
    touched: set[str] = msgspec.field(default_factory=set)
    runs: list[Run] = msgspec.field(default_factory=list)
    results: list[Result] = msgspec.field(default_factory=list)
    saw: list[dict[str, Seen]] = msgspec.field(default_factory=list)
    told: list[Notice] = msgspec.field(default_factory=list)

    @property
    def name(self) -> str:
        return self.standing.household

    @property
    def zone(self) -> Zone:
        kept = self.at_rest
        return zone(kept.book.timezone) if kept and kept.book.version == self.version else self.timeline.zone

    @property
    def recorded(self) -> Sequence[Recorded]:
        """All facts up to the latest that is looked at."""
        return self._read()[0]

    @property
    def timeline(self) -> Timeline:
        """The same in order of effect."""
        return self._read()[1]

    def book(self, at: int) -> tuple[Book, Known | None]:
        """The book as of an instant, as it was known then; one that was woken with what its facts say beside it."""
        kept = self.at_rest
        if kept is not None and self._good(kept, at):
            try:
                return woken(kept.book, at=at), kept.known
            except msgspec.DecodeError:  # a copy that was damaged is no copy
                self.at_rest = None
        timeline = self.timeline
        if timeline.learned_at > at:
            timeline = Timeline(self.recorded, known_at=at)
        return fold(timeline, at=at), None

    def _good(self, kept: AtRest, at: int) -> bool:
        """Whether a book at rest is the one asked for, and what its facts say goes back as far as the rules ask."""
        day = zone(kept.book.timezone).day(at)
        return kept.book.good(self.version, at) and kept.known.since <= first_day(self.rules, day)

    def read_up(self, book: Book) -> None:
        """Give a book that was woken its facts, before anything is told of it."""
        if not hasattr(book, "timeline"):
            book.timeline = self.timeline

    def laid_to_rest(self) -> AtRest | None:
        """The book that was folded last, to be kept; None where it is kept, or where later facts are known by now."""
        book = self.folded
        if book is None or book.timeline is not self.timeline:
            return None
        resting = rest(book)
        if resting is None:
            return None
        return AtRest(resting, known_of(book, since=first_day(self.rules, book.day)))

    def _read(self) -> tuple[Sequence[Recorded], Timeline]:
        if self.read is None:
            facts = self.facts()
            until = bisect_right(facts, self.version, key=lambda each: each.version)
            self.read = facts[:until], Timeline(facts[:until])
        return self.read
