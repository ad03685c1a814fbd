"""A household's facts made ready to be asked about, many times: at hand by number and by kind, with states kept.

A process that answers many questions keeps one dossier for each version that it is asked about.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TypeAlias

from ledger.checkpoints import Checkpoints, Track
from ledger.errors import NotFound
from ledger.events import Fact
from ledger.timeline import Entry, Timeline

FactType: TypeAlias = type[Fact]
ByKind: TypeAlias = dict[FactType, list[Entry]]
Stop: TypeAlias = tuple[str, int]
"""A line and an instant."""


class Dossier:
    """The facts that stand as known at a version. Shape: `by_version` finds a fact by its number."""

    __slots__ = ("_by_kind", "_late", "_of_line", "by_version", "checkpoints", "timeline")

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.checkpoints: Checkpoints = Checkpoints(timeline)
        self.by_version = {entry.version: entry for entry in timeline.entries}
        self._by_kind: ByKind = {}
        self._of_line: dict[str, ByKind] = {}
        self._late: dict[Stop, int] = {}

    def track(self, line: str, *, at: int) -> Track:
        """The facts that can move a line. Raises: NotFound, with the lines that are known by an instant."""
        track = self.checkpoints.track(line)
        if track is None:
            raise NotFound("line", line, known=tuple(sorted(self.checkpoints.book(at).lines)))
        return track

    def facts(
        self, kinds: Iterable[FactType], *, line: str | None = None, after: int | None, until: int | None
    ) -> list[Entry]:
        """Facts of some kinds that took effect inside (after, until], in order of effect; about one line, or any."""
        by_kind = self._all_by_kind() if line is None else self._own_by_kind(line)
        found = [_inside(by_kind.get(kind, []), after=after, until=until) for kind in kinds]
        return found[0] if len(found) == 1 else sorted(chain.from_iterable(found))

    def days_late(self, stops: Sequence[Stop]) -> list[int]:
        """How long lines had been past due just before instants, in order; worked out once, walking each track on."""
        unknown: dict[Track, list[Stop]] = {}
        for stop in stops:
            track = self.checkpoints.track(stop[0])
            if track is not None and stop not in self._late:
                unknown.setdefault(track, []).append(stop)
        for track, its in unknown.items():
            walk = track.walk(its[0][1] - 1)
            for line, at in its:
                state = walk.to(at - 1).lines.get(line)
                days = state.loans.days_past_due(self.timeline.zone.day(at)) if state is not None else 0
                self._late[line, at] = days
        return [self._late[stop] for stop in stops]

    def _all_by_kind(self) -> ByKind:
        if not self._by_kind:
            self._by_kind = _by_kind(self.timeline.entries)
        return self._by_kind

    def _own_by_kind(self, line: str) -> ByKind:
        known = self._of_line.get(line)
        if known is None:
            track = self.checkpoints.track(line)
            entries = track.timeline.entries if track is not None else []
            known = self._of_line[line] = _by_kind(entry for entry in entries if entry.fact.line == line)
        return known


def _by_kind(entries: Iterable[Entry]) -> ByKind:
    found: ByKind = {}
    for entry in entries:
        found.setdefault(type(entry.fact), []).append(entry)
    return found


def _inside(entries: list[Entry], *, after: int | None, until: int | None) -> list[Entry]:
    first = 0 if after is None else bisect_right(entries, after, key=lambda entry: entry.at)
    last = len(entries) if until is None else bisect_right(entries, until, key=lambda entry: entry.at)
    return entries[first:last]
