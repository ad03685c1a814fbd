"""The bridge of available credit: how a line came from one instant to another, step by step, exact to the fen.

Source: domain.md section 3. Oracles O9a, O9c, O14.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from ledger.book import Walk
from ledger.line import Line
from ledger.money import amount_text
from ledger.timeline import Timeline
from ledger.traces import INFERRED, Flip, Step, StepKind

Turn: TypeAlias = Literal["frozen", "thawed", "closed", "reopened", "expired", "extended"]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a line shows at an instant. Units: minor units.

    Shape: `limit_known` is false while nobody has recorded or seen a limit, which then counts as 0.
    """

    limit: int = 0
    drawn: int = 0
    held: int = 0
    headroom: int = 0
    available: int = 0
    over_limit: int = 0
    blocked: int = 0
    limit_known: bool = False


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a bridge. Units: minor units of headroom; `at` is when its first part happened."""

    kind: StepKind
    amount: int
    facts: tuple[int, ...]
    at: int


class Bridge(msgspec.Struct, frozen=True, kw_only=True):
    """Opening headroom plus all steps is closing headroom; over-limit and blocked reconcile headroom with available.

    Units: minor units; `over_limit` and `blocked` are their effects on the change of available.
    """

    opening: Reading
    steps: tuple[Leg, ...]
    over_limit: int
    blocked: int
    closing: Reading

    @property
    def residual(self) -> int:
        """What no recorded fact explains."""
        return sum(leg.amount for leg in self.steps if leg.kind in INFERRED)


class Move(NamedTuple):
    """One move of available credit inside a window: a step of headroom, or the line becoming usable or not.

    Units: minor units; `effect` is on available, `amount` on headroom.
    """

    at: int
    kind: StepKind | Turn
    amount: int
    effect: int
    facts: tuple[int, ...]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A line over a window: its bridge, and the moves of available in the order they happened."""

    bridge: Bridge
    moves: tuple[Move, ...]
    line: Line


def span(timeline: Timeline, line: str, *, since: int, until: int) -> Span:
    """A line between two instants, the first excluded. Raises: NotFound when the line is not known by `until`."""
    walk = Walk(timeline)
    begun = opening(walk.to(since).lines.get(line))
    return between(begun, walk.to(until).line(line), since=since, until=until)


class Opening(NamedTuple):
    """What a line showed when a window began, and whether it could be used."""

    reading: Reading
    usable: bool


def opening(line: Line | None) -> Opening:
    """What a line shows now; nothing, while no fact speaks of it."""
    return Opening(reading(line), line.usable) if line is not None else Opening(Reading(), usable=True)


def between(begun: Opening, line: Line, *, since: int, until: int) -> Span:
    """A line, as it is at the end of a window, over that window."""
    before, closing = begun.reading, reading(line)
    first = bisect_right(line.steps, since, key=lambda step: step.at)
    steps = tuple(line.steps[first:])
    flips = tuple(flip for flip in line.flips if since < flip.at <= until)
    legs = merged(steps)
    if before.headroom + sum(leg.amount for leg in legs) != closing.headroom:
        raise AssertionError(f"the bridge of line {line.name!r} does not close")
    bridge = Bridge(
        opening=before,
        steps=legs,
        over_limit=closing.over_limit - before.over_limit,
        blocked=before.blocked - closing.blocked,
        closing=closing,
    )
    moves = _moves(steps, legs, flips, first=first, headroom=before.headroom, usable=begun.usable)
    return Span(bridge=bridge, moves=moves, line=line)


def reading(line: Line) -> Reading:
    """What a line shows now."""
    return Reading(
        limit=line.limit,
        drawn=line.drawn,
        held=line.held,
        headroom=line.headroom,
        available=line.available,
        over_limit=line.over_limit,
        blocked=line.blocked,
        limit_known=line.root.permanent is not None,
    )


def merged(steps: Iterable[Step]) -> tuple[Leg, ...]:
    """Steps of one kind and the same facts as one; those that cancel fall away."""
    amounts: dict[tuple[StepKind, tuple[int, ...]], list[int]] = {}
    for step in steps:
        amounts.setdefault((step.kind, step.facts), [step.at, 0])[1] += step.amount
    return tuple(
        Leg(kind=kind, amount=amount, facts=facts, at=at) for (kind, facts), (at, amount) in amounts.items() if amount
    )


def _moves(
    steps: tuple[Step, ...], legs: tuple[Leg, ...], flips: tuple[Flip, ...], *, first: int, headroom: int, usable: bool
) -> tuple[Move, ...]:
    kept = {(leg.kind, leg.facts) for leg in legs}
    returned = _returned(steps)
    moves: list[Move] = []
    waiting = list(flips)
    for index, step in enumerate((*steps, None)):
        while waiting and (step is None or waiting[0].after_steps <= first + index):
            flip = waiting.pop(0)
            effect = max(0, headroom) * (flip.usable - usable)
            usable = flip.usable
            moves.append(Move(flip.at, flip.kind, 0, effect, flip.facts))
        if step is not None:
            passing = step.kind in ("principal_repaid", "held") and step.facts[:1] in returned
            effect = 0 if passing or not usable else max(0, headroom + step.amount) - max(0, headroom)
            headroom += step.amount
            if step.kind not in INFERRED or (step.kind, step.facts) in kept:
                moves.append(Move(step.at, step.kind, step.amount, effect, step.facts))
    return tuple(moves)


def _returned(steps: tuple[Step, ...]) -> frozenset[tuple[int, ...]]:
    """The payments held and wholly let go inside the window: what they bring comes when they are let go.

    Shape: a step that lets go of a hold cites the payment first, then what let go of it.
    """
    held: dict[tuple[int, ...], int] = {}
    for step in steps:
        if step.kind in ("held", "restored"):
            held[step.facts[:1]] = held.get(step.facts[:1], 0) + step.amount
    return frozenset(facts for facts, left in held.items() if left == 0)


class ReadingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A reading as the contract shows it: decimal strings. Added to the contract: `limit_known`."""

    limit: str
    drawn: str
    held: str
    headroom: str
    available: str
    over_limit: str
    blocked: str
    limit_known: bool


class StepAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A step as the contract shows it."""

    kind: StepKind
    amount: str
    facts: tuple[str, ...]


class ReconcilingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A reconciling line between headroom and available, as its effect on the change of available."""

    kind: Literal["over_limit", "blocked"]
    amount: str


class BridgeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A bridge as the contract shows it. Source: contract.md section 4, `explain`."""

    opening: ReadingAnswer
    steps: tuple[StepAnswer, ...]
    reconciling: tuple[ReconcilingAnswer, ...]
    closing: ReadingAnswer
    residual: str


def answer(bridge: Bridge, *, household: str, currency: str) -> BridgeAnswer:
    """The bridge in the contract's shape."""

    def shown(told: Reading) -> ReadingAnswer:
        known, amounts = told.limit_known, set(Reading.__struct_fields__) - {"limit_known"}
        return ReadingAnswer(
            **{name: amount_text(getattr(told, name), currency) for name in amounts}, limit_known=known
        )

    reconciling = (("over_limit", bridge.over_limit), ("blocked", bridge.blocked))
    return BridgeAnswer(
        opening=shown(bridge.opening),
        steps=tuple(
            StepAnswer(kind=leg.kind, amount=amount_text(leg.amount, currency), facts=fact_ids(household, leg.facts))
            for leg in bridge.steps
        ),
        reconciling=tuple(
            ReconcilingAnswer(kind=kind, amount=amount_text(amount, currency))  # type: ignore[arg-type]  # two words
            for kind, amount in reconciling
            if amount
        ),
        closing=shown(bridge.closing),
        residual=amount_text(bridge.residual, currency),
    )


def fact_ids(household: str, versions: Iterable[int]) -> tuple[str, ...]:
    """Facts as every command prints them: "<household>:<version>"."""
    return tuple([f"{household}:{version}" for version in versions])
