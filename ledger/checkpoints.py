"""States of a household kept on the way, so that no question pays for the whole past.

A question about any instant, or about a history that lacks one fact, resumes from the nearest state before it. Lines
that never shared a limit never move each other: each group of lines that ever did has a track of its own. States
belong to a version of the book, never to a date alone, since a late fact changes the past.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from ledger.book import Book, Walk, fold
from ledger.events import OPENING, TERMS, LineFact
from ledger.timeline import Entry, Timeline

OFTEN: Final = 4
"""After how many facts of a short track its state is kept."""

STATES: Final = 100
"""How many states a long track keeps at most."""


class Track:
    """The facts of lines that ever shared a limit with each other, with the states kept on the way.

    Shape: `names` are the lines; none for what belongs to no line.
    """

    __slots__ = ("_every", "_kept", "names", "timeline")

    def __init__(self, timeline: Timeline, names: frozenset[str], *, every: int | None = None) -> None:
        self.timeline = timeline
        self.names = names
        self._every = _interval(len(timeline.entries)) if every is None else every
        self._kept: list[Book] = []

    def to(self, at: int) -> Book:
        """The state as of an instant, the caller's own."""
        return self.walk(at).to(at)

    def walk(self, at: int) -> Walk:
        """A walk that stands at or before an instant, and can go on from there."""
        return self._resume(self.timeline, _taken_in(self.timeline.entries, at))

    def otherwise(self, entries: list[Entry], *, same: int, at: int) -> Book:
        """The state as of an instant had other facts been recorded, of which so many, the first, are the same."""
        return self._resume(self.timeline.only(entries), min(same, _taken_in(entries, at))).to(at)

    def _resume(self, timeline: Timeline, done: int) -> Walk:
        number = done // self._every
        if not number:
            return Walk(timeline)
        return Walk(timeline, book=self._states(number)[number - 1].fork(timeline), done=number * self._every)

    def _states(self, number: int) -> list[Book]:
        """So many states from the first on, or more. Threads that ask at once make them twice, and keep one."""
        kept = self._kept
        if len(kept) >= number:
            return kept
        entries, done = self.timeline.entries, len(kept) * self._every
        book = kept[-1].fork(self.timeline) if kept else Book(self.timeline)
        more: list[Book] = []
        for index in range(done, number * self._every):
            book.apply(entries[index])
            if (index + 1) % self._every == 0:
                more.append(book.fork())
        kept = self._kept = [*kept, *more]
        return kept


class Checkpoints:
    """The tracks of a household, as known at a version."""

    __slots__ = ("_order", "_rest", "_tracks", "timeline")

    def __init__(self, timeline: Timeline, *, every: int | None = None) -> None:
        self.timeline = timeline
        own, rest = _apart(timeline)
        self._order = tuple(own)
        self._rest = Track(timeline.only(rest), frozenset(), every=every)
        self._tracks: dict[str, Track] = {}
        for names in _groups(timeline, self._order):
            entries = [entry for name in self._order if name in names for entry in own[name]]
            if len(names) > 1:
                entries.sort()
            self._tracks |= dict.fromkeys(names, Track(timeline.only(entries), names, every=every))

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks of lines, in the order in which the first line of each was met."""
        return tuple(dict.fromkeys(self._tracks[name] for name in self._order))

    def track(self, line: str) -> Track | None:
        """The track of a line; None for one that no fact is about."""
        return self._tracks.get(line)

    def book(self, at: int) -> Book:
        """The whole household as of an instant, the caller's own."""
        return self.joined((track.to(at) for track in self.tracks), at=at)

    def joined(self, books: Iterator[Book], *, at: int) -> Book:
        """The whole household as of an instant, from the states of all tracks then."""
        whole = self._rest.to(at).fork(self.timeline)
        for book in books:
            whole.join(book)
        whole.lines = {name: whole.lines[name] for name in self._order if name in whole.lines}
        return whole


def fold_in_parts(timeline: Timeline, *, at: int, parts: dict[tuple[int, ...], Book]) -> Book:
    """The state as of an instant, folded line by line, for questions; `parts` keeps what lines came to by their facts.

    Shape: `parts` are of one household and instant; books that are made with them share their lines.
    """
    own, rest = _apart(timeline)
    whole = fold(timeline.only(rest), at=at)
    whole.timeline = timeline
    for names in _groups(timeline, tuple(own)):
        entries = sorted([entry for name in own if name in names for entry in own[name]])
        facts = tuple([entry.version for entry in entries])
        if facts not in parts:
            parts[facts] = fold(timeline.only(entries), at=at)
        whole.join(parts[facts])
    whole.lines = {name: whole.lines[name] for name in own if name in whole.lines}
    return whole


def _interval(facts: int) -> int:
    every = OFTEN
    while every * STATES < facts:
        every *= 2
    return every


def _taken_in(entries: list[Entry], at: int) -> int:
    """How many facts had taken effect by an instant."""
    return bisect_right(entries, at, key=lambda entry: entry.at)


def _apart(timeline: Timeline) -> tuple[dict[str, list[Entry]], list[Entry]]:
    """The facts of each line, in the order in which a fold meets the lines; and those of none."""
    own: dict[str, list[Entry]] = {}
    rest: list[Entry] = []
    for entry in timeline.entries:
        fact = entry.fact
        if isinstance(fact, LineFact):
            if fact.line not in own:
                _meet(timeline, fact.line, own)
            own[fact.line].append(entry)
        else:
            rest.append(entry)
    return own, rest


def _meet(timeline: Timeline, name: str | None, own: dict[str, list[Entry]]) -> None:
    while name is not None and name not in own:
        own[name] = []
        opening = timeline.openings.get(name)
        name = opening.shared_with if opening is not None else None


def _groups(timeline: Timeline, lines: tuple[str, ...]) -> list[frozenset[str]]:
    """The lines by whether they ever shared a limit, directly or through others."""
    group = {name: {name} for name in lines}
    for entry in timeline.entries:
        shared_with = getattr(entry.fact, "shared_with", None) if entry.rank in (OPENING, TERMS) else None
        if shared_with is not None:
            joined = group.setdefault(entry.fact.line, {entry.fact.line}) | group.setdefault(shared_with, {shared_with})
            group |= dict.fromkeys(joined, joined)
    return list(dict.fromkeys(frozenset(group[name]) for name in lines))
