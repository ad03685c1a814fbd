"""A question as a case: the line over the window, the facts at hand, and the change that is to be explained."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from ledger import events
from ledger.calendar import When, Zone
from ledger.checkpoints import Track
from ledger.line import Line
from ledger.timeline import Entry, Timeline
from ledger.traces import LimitChange
from projections.bridge import Bridge, Move, between, opening
from projections.explanation.dossier import Dossier, FactType
from projections.explanation.rules import Rules
from projections.explanation.window import around

_NO_CHANGE: Final = frozenset(
    {"draw", "principal_repaid", "held", "restored", "charged", "shared", "inferred_hold", "unexplained", "other"}
)
"""Moves that are none of a limit, though an observation may have found them together with one."""


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

    Shape: `track` holds only the facts about lines that share, or ever shared, a limit with this one: no other moves
    it.
    Units: `since` and `until` in microseconds since the epoch.
    """

    dossier: Dossier
    track: Track
    household: str
    name: str
    since: int
    until: int
    rules: Rules
    bridge: Bridge
    moves: tuple[Move, ...]
    line: Line

    @property
    def timeline(self) -> Timeline:
        """The facts that stand."""
        return self.dossier.timeline

    @property
    def entries(self) -> dict[int, Entry]:
        """The facts that stand, by version."""
        return self.dossier.by_version

    @property
    def in_order(self) -> list[Entry]:
        """The facts that stand, in order of effect."""
        return self.dossier.timeline.entries

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
        return iter(self.dossier.facts(kinds, after=after, until=until))

    def own(self, *kinds: FactType, after: int | None = None, until: int | None = None) -> Iterator[Entry]:
        """Facts of some kinds about this line."""
        return iter(self.dossier.facts(kinds, line=self.name, after=after, until=until))

    def in_window(self, *kinds: FactType) -> Iterator[Entry]:
        """Facts of some kinds about this line inside the window."""
        return self.own(*kinds, after=self.since, until=self.until)

    def release_of(self, payment: int) -> When:
        """When the rule of the line, as it was at a payment, lets go of what it holds of it."""
        paid, days = self.entries[payment], self.line.terms.restoration_days
        for entry in self.own(events.LineOpened, events.LineTermsChanged, until=paid.at):
            if entry < paid and entry.fact.restoration_days is not None:
                days = entry.fact.restoration_days
        return self.zone.later(paid.fact.effective, days)

    def change_of(self, move: Move) -> tuple[LimitChange, Line] | None:
        """The limit change that a move belongs to, and the line it is told of. An opening value is no change."""
        if move.kind in _NO_CHANGE:
            return None
        opening = move.kind in ("limit", "temporary_limit")
        for line in self.pool:
            for change in line.changes:
                told = change.at == move.at and change.version in move.facts and change.replaced_by is None
                if told and not (opening and change.kind == "inferred"):
                    return change, line
        return None

    def subject(self, change: LimitChange, line: Line) -> Subject:
        """A change as the subject of the question why."""
        start, end = around(self.zone, change)
        return Subject(change=change, start=start, end=end, line=line.name)

    def too_early(self, subject: Subject) -> int:
        """The last instant too long before a change for a fact to count; days are calendar days, bare date or not."""
        return self.zone.start(self.zone.day(subject.end) - self.rules.facts_before_days) - 1


def open_case(dossier: Dossier, *, household: str, line: str, since: int, until: int, rules: Rules) -> Case:
    """Look at a line over a window. Raises: NotFound when the line is not known by `until`."""
    track = dossier.track(line, at=until)
    begun = opening(track.to(since).lines.get(line))
    seen = between(begun, track.to(until).line(line), since=since, until=until)
    return Case(
        dossier=dossier,
        track=track,
        household=household,
        name=line,
        since=since,
        until=until,
        rules=rules,
        bridge=seen.bridge,
        moves=_joined(seen.moves),
        line=seen.line,
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
