"""What a household was told of each thing, and whether what a check finds now is worth telling: pure.

Worse is told at once, better when it has held. What could not be judged, a check that failed and a check that was
never made change nothing. What the household acknowledged is told again only when it is worse than the numbers seen.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, Literal, TypeAlias

import msgspec

from ledger.calendar import DAY
from projections.judgement import SEVERITY, Light

Turn: TypeAlias = Literal["worse", "better", "found", "settled"]

HOLDS: Final = 2 * DAY
"""How long something must look better before it is told: what flickers is told once."""
GROWN: Final = Fraction(11, 10)
"""How much worse than the number acknowledged a number must be to be told again."""
COVERS: Final = 180 * DAY
"""How long an acknowledgement lasts."""


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What a check sees of one thing. Shape: `value` is a decimal string; a finding has none and is there or not."""

    topic: str
    light: Light
    value: str | None = None
    bad: Literal["high", "low"] = "high"


class Concern(msgspec.Struct, frozen=True, kw_only=True):
    """What was told of one thing, and what the household answered.

    Shape: `light` "ok" when it is over. Units: instants in microseconds since the epoch.
    """

    topic: str
    light: Light
    value: str | None
    told_at: int
    better_since: int | None = None
    acknowledged_at: int | None = None
    seen_light: Light | None = None
    seen_value: str | None = None
    snoozed_until: int | None = None


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell: how one thing turned. Shape: `since` is when it was last told of; None for never."""

    topic: str
    turn: Turn
    before: Light
    value_before: str | None
    since: int | None


def weigh(known: Concern | None, sight: Sight, *, at: int, stale: bool) -> tuple[Concern | None, Turned | None]:
    """What becomes of a concern at a check, and what is to be told of it.

    Shape: on books too old to judge (`stale`) nothing gets better.
    """
    if known is None and sight.light == "ok":  # most things at most checks
        return None, None
    concern = known or Concern(topic=sight.topic, light="ok", value=None, told_at=0)
    finding = is_finding(sight.topic)
    if sight.light == "not_available" and not finding:
        return known, None
    turned = SEVERITY[sight.light] - SEVERITY[concern.light]
    if turned > 0 or (turned == 0 and concern.light != "ok" and _grown(concern, sight)):
        if _silenced(concern, sight, at):
            return _not_better(known), None
        told = Concern(topic=concern.topic, light=sight.light, value=sight.value, told_at=at)
        return told, _turned(concern, "found" if finding else "worse")
    if turned == 0 or stale:
        return _not_better(known), None
    if concern.better_since is None:
        return msgspec.structs.replace(concern, better_since=at), None
    if at - concern.better_since < HOLDS or _put_off(concern, at):
        return concern, None
    eased = msgspec.structs.replace(concern, light=sight.light, value=sight.value, told_at=at, better_since=None)
    return eased, _turned(concern, "settled" if finding else "better")


def _not_better(known: Concern | None) -> Concern | None:
    """The concern when what looked better has not held."""
    return msgspec.structs.replace(known, better_since=None) if known and known.better_since else known


def is_finding(topic: str) -> bool:
    """Whether a topic is something that is there or not, rather than an indicator."""
    return ":" in topic


def acknowledged(concern: Concern, *, now: int) -> Concern:
    """The concern once its household has seen the numbers it was told."""
    return msgspec.structs.replace(
        concern, acknowledged_at=now, seen_light=concern.light, seen_value=concern.value, snoozed_until=None
    )


def snoozed(concern: Concern, *, until: int) -> Concern:
    """The concern while its household does not wish to hear of it."""
    return msgspec.structs.replace(concern, snoozed_until=until)


def open_ones(concerns: Iterable[Concern], *, at: int) -> tuple[Concern, ...]:
    """What is still to be thought of: neither over, nor acknowledged, nor put off."""
    return tuple(one for one in concerns if one.light != "ok" and one.acknowledged_at is None and not _put_off(one, at))


def _put_off(concern: Concern, at: int) -> bool:
    return concern.snoozed_until is not None and at < concern.snoozed_until


def _silenced(concern: Concern, sight: Sight, at: int) -> bool:
    """Whether the household put it off, or has acknowledged numbers as bad as these and not long ago."""
    if _put_off(concern, at):
        return True
    if concern.seen_light is None or at - (concern.acknowledged_at or 0) > COVERS:
        return False
    if SEVERITY[sight.light] > SEVERITY[concern.seen_light]:
        return False
    return not _worse(sight, concern.seen_value, GROWN if concern.light != "ok" else Fraction(1))


def _grown(concern: Concern, sight: Sight) -> bool:
    """Whether an acknowledged number has since become clearly worse within the same light."""
    return concern.seen_light is not None and _worse(sight, concern.seen_value, GROWN)


def _worse(sight: Sight, seen: str | None, times: Fraction) -> bool:
    """Whether a value is worse than one that was seen, by more than a factor; one beyond all bounds is than any."""
    if sight.value is None or seen is None:
        return seen is not None
    value, was = Fraction(sight.value), Fraction(seen)
    reach = abs(was) * (times - 1)
    return value > was + reach if sight.bad == "high" else value < was - reach


def _turned(concern: Concern, turn: Turn) -> Turned:
    return Turned(
        topic=concern.topic,
        turn=turn,
        before=concern.light,
        value_before=concern.value,
        since=concern.told_at or None,
    )
