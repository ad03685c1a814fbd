"""One household as the read models hold it: what a commit or a lapse of the log makes of its rows.

Everything here follows from the log alone: the state is as of the latest instant the log tells of, so that following
it fact by fact and reading it at once give the same rows.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from ledger.book import Book
from ledger.events import LineOpened, Recorded, ReserveOpened
from ledger.timeline import Timeline
from projections.limit_changes import Change, limit_changes, standing
from projections.readmodels.series import Series
from projections.readmodels.verdicts import Place, Verdicts


class Moment(NamedTuple):
    """A place in the log of one household: facts recorded together, or the clock passing an instant.

    Units: `at` in microseconds since the epoch; `position` is that of the last fact.
    """

    position: int
    at: int
    facts: tuple[Recorded, ...] = ()


class DerivedChange(NamedTuple):
    """What a moment changed in what is derived. Units: `at` in microseconds since the epoch."""

    household: str
    position: int
    ordinal: int
    type: str
    at: int
    data: dict[str, Any]


class Household:
    """The state of one household, moved on moment by moment; remembers what was not stored yet.

    Shape: `changes` are the limit changes that stand, by id; `fresh` the derived changes that were not stored yet;
    `anew` says that whatever is stored of it must go.
    """

    __slots__ = (
        "_changes_mark", "_done", "anew", "as_of", "book", "changes", "changes_differ", "fresh", "name", "recorded",
        "recorded_at", "series", "verdicts",
    )  # fmt: skip

    def __init__(self, name: str, *, anew: bool = False) -> None:
        self.name = name
        self.anew = anew
        self.recorded: list[Recorded] = []
        self.recorded_at = 0
        self.as_of = 0
        self.book = Book(Timeline(()))
        self.series = Series(name)
        self.series.since = 1 if anew else None
        self.verdicts = Verdicts()
        self.changes: dict[str, Change] = {}
        self.changes_differ = anew
        self.fresh: list[DerivedChange] = []
        self._changes_mark: object = ()
        self._done = 0

    @property
    def version(self) -> int:
        """The latest fact that is taken in."""
        return self.recorded[-1].version if self.recorded else 0

    @property
    def next_at(self) -> int | None:
        """When time alone will next change something: a day begins, a limit expires, a fact takes effect."""
        if not self.recorded:
            return None
        zone, entries = self.book.zone, self.book.timeline.entries
        moments = [zone.start(zone.day(self.as_of) + 1)]
        if self.book.next_due_at is not None:
            moments.append(self.book.next_due_at)
        if self._done < len(entries):
            moments.append(entries[self._done].at)
        return min(moments)

    def take(self, moment: Moment) -> None:
        """Take in what the log tells next; facts that were taken in before are passed over."""
        version = self.version
        learned = [one for one in moment.facts if one.version > version]
        self.as_of = max(self.as_of, moment.at)
        if learned:
            self.recorded_at = moment.at
            self._learn(learned)
        self._done = self.series.run(self.book, done=self._done, until=self.as_of)
        self._compare(moment)

    def settle(self) -> None:
        """Work out what is stored with the limit changes, once all moments are taken in."""
        if self.changes_differ:
            self.verdicts.settle(self.book.timeline, household=self.name)

    @property
    def standing(self) -> list[Place]:
        """The limit changes that stand, in the order they happened."""
        found = [Place(line.name, change) for line in self.book.lines.values() for change in standing(line)]
        return sorted(found, key=lambda place: (place.change.at, place.change.version, place.line))

    def begin_at(self, recorded: list[Recorded], *, as_of: int) -> None:
        """Take in everything up to a moment whose rows are stored already."""
        self.take(Moment(0, as_of, tuple(recorded)))
        self.recorded_at = recorded[-1].recorded_at
        self.stored()

    def stored(self) -> None:
        """Remember that the rows are stored as they are now."""
        self.series.since = None
        self.changes_differ = self.anew = False
        self.fresh.clear()

    def _learn(self, learned: list[Recorded]) -> None:
        self.recorded += learned
        first = None if self._met_already(learned) else self.book.timeline.extend(learned)
        self.book.version = self.version
        entries = self.book.timeline.entries
        if self.verdicts.learn(learned, since=None if first is None else entries[first].at):
            self.changes_differ = True
        if first is None or first < self._done or entries[first].at < self.series.happened_to:
            self._read_anew()
        elif entries[first].at <= self.as_of:
            self.series.cut(entries[first].day)

    def _met_already(self, learned: list[Recorded]) -> bool:
        """Whether the book has met what is only now opened: it must be met anew, under its terms."""
        if not self._done:
            return True
        opened = [one.fact for one in learned if isinstance(one.fact, LineOpened | ReserveOpened)]
        return any(
            fact.line in self.book.lines if isinstance(fact, LineOpened) else fact.account in self.book.accounts
            for fact in opened
        )

    def _read_anew(self) -> None:
        self.book, self._done, self._changes_mark = Book(Timeline(self.recorded)), 0, None
        before, self.series = self.series, Series(self.name)
        self._done = self.series.run(self.book, done=0, until=self.as_of)
        self.series.differ_from(before)

    def _compare(self, moment: Moment) -> None:
        mark = [
            (name, len(line.changes), line.changes[-1], sum(change.replaced_by is not None for change in line.changes))
            for name, line in self.book.lines.items()
            if line.changes
        ]
        if mark == self._changes_mark:
            return
        self._changes_mark = mark
        self.verdicts.stand(self.standing, self.book.timeline)
        before, self.changes = self.changes, {
            change.id: change for change in limit_changes(self.book, household=self.name)
        }  # fmt: skip
        if list(before.items()) == list(self.changes.items()):
            return
        self.changes_differ = True
        told = _told(before, self.changes)
        self.fresh += (
            DerivedChange(self.name, moment.position, ordinal, kind, moment.at, msgspec.to_builtins(change))
            for ordinal, (kind, change) in enumerate(told, start=1)
        )


def _told(before: dict[str, Change], now: dict[str, Change]) -> Iterator[tuple[str, Change]]:
    """What to tell of two sets of limit changes: those that no longer stand as they were, then those that are new."""
    yield from (("limit_change_withdrawn", change) for name, change in before.items() if now.get(name) != change)
    yield from (("limit_changed", change) for name, change in now.items() if before.get(name) != change)
