"""A household's diary, asked of the book for any door: what is due and what ends, with a name for each event.

Source: docs/planning.md, "The calendar".
"""

from datetime import date
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

from app.listing import moment, timeline
from ledger.book import fold
from ledger.calendar import When
from ledger.money import amount_or_null, amount_text
from ledger.store.reader import Connection
from projections.diary import DiaryDay, Kind, diary

_NAMESPACE: Final = "https://headroom.invalid/diary/"


class DiaryDayAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the diary. Shape: `uid` stays the same when the amount, or the day within the month, changes."""

    uid: str
    kind: Kind
    on: str
    line: str
    amount: str
    minimum: str | None
    loans: tuple[str, ...]


class DiaryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A household's diary. Units: `learned_at`, when its last fact was recorded, in microseconds since the epoch."""

    household: str
    version: int
    learned_at: int
    timezone: str
    currency: str
    days: tuple[DiaryDayAnswer, ...]


def days_ahead(
    connection: Connection,
    household: str,
    *,
    months: int,
    now: int,
    at: When | None = None,
    known_at: When | None = None,
) -> DiaryAnswer:
    """The diary of a household from a time on. Raises: NotFound."""
    known = timeline(connection, household, known_at=known_at)
    return DiaryAnswer(
        household=household,
        version=known.version,
        learned_at=known.learned_at,
        timezone=known.zone.name,
        currency=known.currency,
        days=tuple(
            _answer(household, known.currency, day)
            for day in diary(fold(known, at=moment(known.zone, at, now=now)), months=months)
        ),
    )


def _answer(household: str, currency: str, day: DiaryDay) -> DiaryDayAnswer:
    return DiaryDayAnswer(
        uid=str(uuid5(NAMESPACE_URL, f"{_NAMESPACE}{household}/{day.key}")),
        kind=day.kind,
        on=date.fromordinal(day.on).isoformat(),
        line=day.line,
        amount=amount_text(day.amount, currency),
        minimum=amount_or_null(day.minimum, currency),
        loans=day.loans,
    )
