"""Lights that changed: what a check sees otherwise than the check before it, at a place in the one order of facts.

The place is taken where facts take theirs and before the transaction writes anything, so that whoever follows the log
by position misses none. It comes after every fact the check read, since those were there before it.
Source: ops/decisions/0041.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from ledger.calendar import Zone
from ledger.store.reader import Connection
from projections.judgement import Indicator, Light, unit_shown
from scheduler.results import Result

UNSEEN: Final = "not_available"
"""How an indicator stands that no check has judged."""

BEFORE: Final[LiteralString] = """
SELECT wanted.household, r.answer FROM unnest(%s::text[]) AS wanted (household)
CROSS JOIN LATERAL (
    SELECT answer FROM clock.check_result AS each WHERE each.household = wanted.household
    ORDER BY each.at DESC, each.version DESC, each.checked_at DESC LIMIT 1) AS r
"""
PLACE: Final[LiteralString] = "SELECT first, txid::text::bigint FROM headroom.reserve_positions(%s)"
STORE: Final[LiteralString] = """
INSERT INTO headroom.light_change (position, txid, checked_at, ordinal, household, data)
SELECT c.position, c.txid::text::xid8, c.checked_at, c.ordinal, c.household, c.data
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::integer[], %s::text[], %s::jsonb[])
    AS c (position, txid, checked_at, ordinal, household, data)
"""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as a stored check holds it."""

    code: str
    light: Light
    unit: str
    value: str | None = None


class LightChange(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator whose light turned, as the feed tells it.

    Shape: `at` is the instant the check was made as of, `check` its kind, `version` the latest fact it read.
    """

    indicator: str
    before: Light = msgspec.field(name="from")
    after: Light = msgspec.field(name="to")
    value: str | None
    unit: str
    at: str
    check: str
    version: int
    ruleset: str


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A check with the lights it saw otherwise. Units: `checked_at` in microseconds since the epoch."""

    household: str
    checked_at: int
    changes: tuple[LightChange, ...]


class _Answer(msgspec.Struct, frozen=True):
    indicators: tuple[Seen, ...]


_answer: Final = msgspec.json.Decoder(_Answer)


def seen(answer: bytes) -> dict[str, Seen]:
    """The indicators of a stored check, by code."""
    return {one.code: one for one in _answer.decode(answer).indicators}


def sighted(indicators: Iterable[Indicator], *, currency: str) -> dict[str, Seen]:
    """The same of a check that was just made."""
    return {
        one.code: Seen(code=one.code, light=one.light, unit=unit_shown(one.rule.unit, currency), value=one.text)
        for one in indicators
    }


def changed(
    before: Mapping[str, Seen], checks: Iterable[tuple[Result, Mapping[str, Seen]]], *, zone: Zone
) -> tuple[Changed, ...]:  # fmt: skip
    """What checks that follow one another saw otherwise than the one before each; those that saw nothing are left out.

    Shape: `checks` are results with what they saw. An indicator that a check does not speak of stands as one that no
    check has judged.
    """
    found = []
    for result, now in checks:
        if changes := tuple(_changes(before, now, result, zone)):
            found.append(Changed(household=result.household, checked_at=result.checked_at, changes=changes))
        before = now
    return tuple(found)


def _changes(
    before: Mapping[str, Seen], now: Mapping[str, Seen], result: Result, zone: Zone
) -> Iterable[LightChange]:  # fmt: skip
    for code in (*now, *(code for code in before if code not in now)):
        then = before[code].light if code in before else UNSEEN
        one = now[code] if code in now else Seen(code=code, light=UNSEEN, unit=before[code].unit)
        if one.light != then:
            yield LightChange(
                indicator=code, before=then, after=one.light, value=one.value, unit=one.unit,
                at=zone.text(result.at), check=result.kind, version=result.version, ruleset=result.ruleset,
            )  # fmt: skip


def last_seen(connection: Connection, households: list[str]) -> dict[str, dict[str, Seen]]:
    """The indicators of the latest check of each household that has one."""
    with connection.cursor(binary=True) as cursor:
        return {household: seen(answer) for household, answer in cursor.execute(BEFORE, (households,), prepare=True)}


def store(connection: Connection, found: Sequence[Changed]) -> None:
    """Give each check its place in the log, in the caller's transaction, which must not have written anything yet."""
    if not found:
        return
    placed = connection.execute(PLACE, (len(found),)).fetchone()
    assert placed is not None
    first, txid = placed
    rows = [
        (first + place, txid, one.checked_at, ordinal, one.household, Jsonb(msgspec.to_builtins(change)))
        for place, one in enumerate(found)
        for ordinal, change in enumerate(one.changes, start=1)
    ]
    connection.execute(STORE, [list(column) for column in zip(*rows, strict=True)])
