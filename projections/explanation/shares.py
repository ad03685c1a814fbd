"""Shapley values over the steps of a bridge, where the clamp at zero or a freeze makes their effects interact.

A convention for sharing one number, not a cause. Source: domain.md section 3. Oracle O9c_shapley.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Final, NamedTuple

from ledger.money import largest_remainder
from projections.bridge import Leg
from projections.explanation.case import Case
from projections.explanation.levels import usable

PLAYERS: Final = 9
"""More steps than this are first joined by kind, and then the smallest of them: the values take 2**n states."""


class Player(NamedTuple):
    """One sharer: what some facts moved of headroom, and whether they made the line usable or not (`turns`)."""

    kind: str
    amount: int
    facts: tuple[int, ...]
    turns: bool = False


class Share(NamedTuple):
    """What of the change of available falls to a player. Units: minor units."""

    player: Player
    amount: int


def shares(case: Case) -> tuple[Share, ...]:
    """The share of every step, summing exactly to the change of available; none where effects simply add."""
    opening = usable(case.line, at=case.since)
    closing = usable(case.line, at=case.until)
    players = _players(case, flipped=opening != closing)
    if len(players) < 2 or not _interact(players, headroom=case.bridge.opening.headroom):
        return ()
    values = _values(players, headroom=case.bridge.opening.headroom, usable=(opening, closing))
    return tuple(Share(player, amount) for player, amount in zip(players, values, strict=True))


def _interact(players: list[Player], *, headroom: int) -> bool:
    """Whether in some order headroom would fall below zero, or the line stops being usable or becomes it."""
    lowest = headroom + sum(min(0, one.amount) for one in players)
    return lowest < 0 or any(one.turns for one in players)


def _players(case: Case, *, flipped: bool) -> list[Player]:
    """The steps by the facts they cite: a repayment and what it holds are one."""
    by_facts: dict[tuple[int, ...], list[Leg]] = {}
    for leg in case.bridge.steps:
        by_facts.setdefault(leg.facts, []).append(leg)
    room = PLAYERS - flipped
    players = _fewer([_one(legs) for legs in by_facts.values()], room)
    players = [one for one in players if one.amount]
    if not flipped:
        return players
    turned = [flip for flip in case.line.flips if case.since < flip.at <= case.until][-1].facts
    same = [one for one in players if one.facts == turned]
    others = [one for one in players if one.facts != turned]
    moved = sum(one.amount for one in same)
    return [*others, Player(same[0].kind if same else "blocked", moved, turned, turns=True)]


def _one(legs: list[Leg]) -> Player:
    largest = max(legs, key=lambda leg: abs(leg.amount))
    return Player(largest.kind, sum(leg.amount for leg in legs), largest.facts)


def _fewer(players: list[Player], room: int) -> list[Player]:
    """At most so many players: joined by kind, and then the smallest ones as other."""
    if len(players) <= room:
        return players
    by_kind: dict[str, list[Player]] = {}
    for one in players:
        by_kind.setdefault(one.kind, []).append(one)
    joined = sorted((_joined(kind, ones) for kind, ones in by_kind.items()), key=lambda one: -abs(one.amount))
    return joined if len(joined) <= room else [*joined[: room - 1], _joined("other", joined[room - 1 :])]


def _joined(kind: str, players: list[Player]) -> Player:
    facts = tuple(sorted({fact for one in players for fact in one.facts}))
    return Player(kind, sum(one.amount for one in players), facts)


def _values(players: Sequence[Player], *, headroom: int, usable: tuple[bool, bool]) -> tuple[int, ...]:
    """The mean over all orders of what each player adds when it comes; rounded so that the sum is exact."""
    count = len(players)

    def available(chosen: frozenset[int]) -> int:
        total = headroom + sum(players[index].amount for index in chosen)
        turned = any(players[index].turns for index in chosen)
        return max(0, total) if usable[turned] else 0

    others = {index: [other for other in range(count) if other != index] for index in range(count)}
    exact = []
    for index in range(count):
        total = Fraction(0)
        for size in range(count):
            orders = factorial(size) * factorial(count - size - 1)
            added = sum(
                available(frozenset((*chosen, index))) - available(frozenset(chosen))
                for chosen in combinations(others[index], size)
            )
            total += Fraction(orders * added, factorial(count))
        exact.append(total)
    return largest_remainder(exact)
