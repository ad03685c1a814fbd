"""A question as a case: the line over the window, the facts at hand, and the change that is to be explained."""

from collections.abc import Iterator
from copy import copy
from typing import Any, TypeAlias

import msgspec

from ledger import events
from ledger.calendar import Zone
from ledger.events import Fact
from ledger.line import LimitChange, Line
from ledger.timeline import Entry, Timeline
from projections.bridge import Bridge, Move, span
from projections.explanation.rules import Rules

FactType: TypeAlias = type[Fact]


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The change of the line whose reasons are sought, and the interval in which it happened.

    Shape: `start` is the last instant certainly before it, `end` the last at which it may have happened.
    Units: microseconds since the epoch.
    """

    change: LimitChange
    start: int
    end: int
    line: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an explanation looks at.

    Shape: `own_timeline` holds only the facts about lines that share, or ever shared, a limit with this one: no other
    moves it.
    Units: `since` and `until` in microseconds since the epoch.
    """

    timeline: Timeline
    own_timeline: Timeline
    household: str
    name: str
    since: int
    until: int
    rules: Rules
    bridge: Bridge
    moves: tuple[Move, ...]
    line: Line
    entries: dict[int, Entry]
    in_order: tuple[Entry, ...]

    @property
    def zone(self) -> Zone:
        """The household's zone."""
        return self.timeline.zone

    @property
    def currency(self) -> str:
        """The household's currency."""
        return self.timeline.currency

    @property
    def pool(self) -> tuple[Line, ...]:
        """The line itself and those that share its limit."""
        return (self.line, *self.line.peers)

    def fact(self, version: int) -> Any:
        """A fact that stands, by its version."""
        return self.entries[version].fact

    def facts(self, *kinds: FactType, after: int | None = None, until: int | None = None) -> Iterator[Entry]:
        """Facts of some kinds that took effect inside (after, until], in order of effect."""
        for entry in self.in_order:
            if until is not None and entry.at > until:
                return
            if (after is None or entry.at > after) and type(entry.fact) in kinds:
                yield entry

    def own(self, *kinds: FactType, after: int | None = None, until: int | None = None) -> Iterator[Entry]:
        """Facts of some kinds about this line."""
        return (entry for entry in self.facts(*kinds, after=after, until=until) if entry.fact.line == self.name)

    def in_window(self, *kinds: FactType) -> Iterator[Entry]:
        """Facts of some kinds about this line inside the window."""
        return self.own(*kinds, after=self.since, until=self.until)

    def change_of(self, move: Move) -> tuple[LimitChange, Line] | None:
        """The limit change that a move belongs to, and the line it is told of. An opening value is no change."""
        opening = move.kind in ("limit", "temporary_limit")
        for line in self.pool:
            for change in line.changes:
                told = change.at == move.at and change.version in move.facts and change.replaced_by is None
                if told and not (opening and change.kind == "inferred"):
                    return change, line
        return None

    def subject(self, change: LimitChange, line: Line) -> Subject:
        """A change as the subject of the question why."""
        start = self.zone.at(change.since)
        if change.since == change.until:
            start -= 1
        return Subject(change=change, start=start, end=self.zone.last_moment(change.until), line=line.name)


def open_case(timeline: Timeline, *, household: str, line: str, since: int, until: int, rules: Rules) -> Case:
    """Look at a line over a window. Raises: NotFound when the line is not known by `until`."""
    own = of_pool(timeline, line)
    seen = span(own, line, since=since, until=until)
    return Case(
        timeline=timeline,
        own_timeline=own,
        household=household,
        name=line,
        since=since,
        until=until,
        rules=rules,
        bridge=seen.bridge,
        moves=_joined(seen.moves),
        line=seen.line,
        entries={entry.version: entry for entry in timeline.entries},
        in_order=tuple(timeline.entries),
    )


def _joined(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """Moves of one kind at one time by the same facts as one, where the last of them stood."""
    joined: dict[tuple[int, str, tuple[int, ...]], Move] = {}
    for move in moves:
        key = (move.at, move.kind, move.facts)
        earlier = joined.pop(key, None)
        if earlier is not None:
            move = move._replace(amount=move.amount + earlier.amount, effect=move.effect + earlier.effect)
        joined[key] = move
    return tuple(joined.values())


def of_pool(timeline: Timeline, line: str) -> Timeline:
    """The facts about a line and those it ever shared a limit with."""
    names, grown = {line}, True
    ties = [
        (entry.fact.line, entry.fact.shared_with)
        for entry in timeline.entries
        if entry.fact.rank in (events.OPENING, events.TERMS) and getattr(entry.fact, "shared_with", None)
    ]
    while grown:
        tied = {name for tie in ties if names.intersection(tie) for name in tie}
        grown = not tied <= names
        names |= tied
    own = [entry for entry in timeline.entries if isinstance(entry.fact, events.LineFact) and entry.fact.line in names]
    return with_entries(timeline, own)


def with_entries(timeline: Timeline, entries: list[Entry]) -> Timeline:
    """The same household with other facts."""
    changed = copy(timeline)
    changed.entries = entries
    return changed
