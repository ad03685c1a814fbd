"""What later facts changed in an answer: the same question as known at two times, side by side.

Source: domain.md section 1 (as known at K) and section 7: the answer for an earlier K is what was given then.
"""

from collections import Counter

import msgspec

from projections.bridge import StepAnswer
from projections.explanation.shape import Explanation


class LevelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A number that reads otherwise now. Shape: `name` is a field of the bridge's opening or closing, or residual."""

    where: str
    name: str
    then: str
    now: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it would have been given then, and as it is given now.

    Shape: `later` are the facts recorded in between, `gone` and `added` the steps only one of the two bridges has.
    """

    then: Explanation
    now: Explanation
    later: tuple[str, ...]
    levels: tuple[LevelAnswer, ...]
    gone: tuple[StepAnswer, ...]
    added: tuple[StepAnswer, ...]
    same: bool


def compare(then: Explanation, now: Explanation) -> Comparison:
    """Two answers to one question, the earlier first."""
    gone, added = Counter(then.bridge.steps), Counter(now.bridge.steps)
    return Comparison(
        then=then,
        now=now,
        later=tuple(f"{now.household}:{version}" for version in range(then.version + 1, now.version + 1)),
        levels=_levels(then, now),
        gone=tuple((gone - added).elements()),
        added=tuple((added - gone).elements()),
        same=then.bridge == now.bridge and then.verdict == now.verdict,
    )


def _levels(then: Explanation, now: Explanation) -> tuple[LevelAnswer, ...]:
    sides = (
        ("opening", then.bridge.opening, now.bridge.opening),
        ("closing", then.bridge.closing, now.bridge.closing),
    )
    pairs = [
        (where, name, getattr(before, name), getattr(after, name))
        for where, before, after in sides
        for name in before.__struct_fields__
    ]
    pairs.append(("bridge", "residual", then.bridge.residual, now.bridge.residual))
    return tuple(
        LevelAnswer(where=where, name=name, then=before, now=after)
        for where, name, before, after in pairs
        if before != after
    )
