"""What a line showed at any instant, summed from its steps alone.

A second way to the numbers the fold keeps, by which figures in sentences are proved and utilisation is followed.
"""

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from ledger.line import Line
from ledger.traces import Step, StepKind

Quantity: TypeAlias = Literal["limit", "drawn", "held", "shared", "headroom", "available", "over_limit"]

_PARTS: Final[dict[StepKind, Quantity]] = {
    "limit": "limit", "temporary_limit": "limit", "closed": "limit", "inferred_limit": "limit",
    "draw": "drawn", "principal_repaid": "drawn", "charged": "drawn", "unexplained": "drawn", "other": "drawn",
    "held": "held", "restored": "held", "inferred_hold": "held",
    "shared": "shared",
}  # fmt: skip


def level(line: Line, *, at: int, quantity: Quantity) -> int:
    """A quantity of a line at an instant. Units: minor units."""
    steps = line.steps[: steps_until(line, at)]
    if quantity in ("headroom", "available", "over_limit"):
        headroom = sum(step.amount for step in steps)
        if quantity == "headroom":
            return headroom
        if quantity == "over_limit":
            return max(0, -headroom)
        return max(0, headroom) if usable(line, at=at) else 0
    part = sum(step.amount for step in steps if _PARTS[step.kind] == quantity)
    return part if quantity == "limit" else -part


def usable(line: Line, *, at: int) -> bool:
    """Whether a line could be used at an instant."""
    state = True
    for flip in line.flips:
        if flip.at > at:
            break
        state = flip.usable
    return state


def steps_until(line: Line, at: int) -> int:
    """How many steps of a line had happened by an instant."""
    return bisect_right(line.steps, at, key=_at)


def utilisations(line: Line, *, since: int, until: int) -> Iterator[tuple[int, Fraction]]:
    """How long each share of the limit was in use, by all lines that share it, inside a window.

    Spans without a limit are left out.

    Units: microseconds, fractions of the limit.
    """
    first, last = steps_until(line, since), steps_until(line, until)
    limit = level(line, at=since, quantity="limit")
    used = level(line, at=since, quantity="drawn") + level(line, at=since, quantity="shared")
    begun = since
    for step in line.steps[first:last]:
        if step.at > begun and limit > 0:
            yield step.at - begun, Fraction(used, limit)
        begun = step.at
        limit, used = _after(step, limit, used)
    if until > begun and limit > 0:
        yield until - begun, Fraction(used, limit)


def _after(step: Step, limit: int, used: int) -> tuple[int, int]:
    part = _PARTS[step.kind]
    if part == "limit":
        return limit + step.amount, used
    return limit, used - step.amount if part in ("drawn", "shared") else used


def _at(step: Step) -> int:
    return step.at
