"""In which order a day's facts may have happened, where no more than the day of some of them is known.

Source: domain.md section 3: where the order inside one day decides, either order that agrees infers nothing.
"""

from itertools import combinations
from typing import Final, NamedTuple, TypeAlias

from ledger.line import Line
from ledger.traces import StepKind

Shown: TypeAlias = tuple[int | None, ...]
"""Limit, drawn and available as an observation has them; None for what it does not tell."""

_LIMIT: Final[frozenset[StepKind]] = frozenset({"limit", "temporary_limit", "closed", "inferred_limit"})
DRAWN: Final[frozenset[StepKind]] = frozenset({"draw", "principal_repaid", "charged", "unexplained", "other"})
"""The kinds of step by which drawn moves."""
_MOST: Final = 10
"""Facts of one day whose every order is tried; of more, only whether the last of them came after all."""


class Stand(NamedTuple):
    """Where a line stands. Units: minor units."""

    limit: int
    drawn: int
    held: int
    usable: bool

    def shows(self, wanted: Shown, *, shared_used: int) -> bool:
        """Whether the line would then show what was seen."""
        limit, drawn, available = wanted
        if limit not in (None, self.limit) or drawn not in (None, self.drawn):
            return False
        headroom = self.limit - self.drawn - self.held - shared_used
        return available in (None, max(0, headroom) if self.usable else 0)


class _Moved:
    """What one fact of the day moved. Units: minor units; `held` is what else it took off headroom."""

    __slots__ = ("drawn", "held", "limit", "turned")

    def __init__(self) -> None:
        self.limit = self.drawn = self.held = 0
        self.turned = False


def fits_some_order(line: Line, stand: Stand, wanted: Shown) -> bool:
    """Whether a line would show what was seen, had some of the day's facts known only to it come later."""
    moved = list(_moved_today(line).values())
    if len(moved) > _MOST:
        later = [moved[number:] for number in range(len(moved))]
    else:
        later = [list(some) for size in range(1, len(moved) + 1) for some in combinations(moved, size)]
    return any(_before(stand, some).shows(wanted, shared_used=line.shared_used) for some in later)


def _before(stand: Stand, later: list[_Moved]) -> Stand:
    return Stand(
        stand.limit - sum(one.limit for one in later),
        stand.drawn - sum(one.drawn for one in later),
        stand.held - sum(one.held for one in later),
        stand.usable ^ (sum(one.turned for one in later) % 2 == 1),
    )


def _moved_today(line: Line) -> dict[int, _Moved]:
    """What each fact known only to the day moved; a step belongs to the last fact that it cites."""
    moved = {version: _Moved() for version in line.marks}
    for step in line.steps[line.marks_after :]:
        fact = moved.get(step.facts[-1])
        if fact is None:
            continue
        if step.kind in _LIMIT:
            fact.limit += step.amount
        elif step.kind in DRAWN:
            fact.drawn -= step.amount
        else:
            fact.held -= step.amount
    for flip in reversed(line.flips):
        if flip.after_steps < line.marks_after:
            break
        if flip.facts[-1] in moved:
            moved[flip.facts[-1]].turned ^= True
    return moved
