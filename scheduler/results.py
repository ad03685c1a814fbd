"""Checks that were made, as facts: stored once, never changed, and made again from what they name to the same digest.

Shape: `answer` is the check in canonical JSON, the bytes of its digest: no texts, facts by their version.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final, LiteralString

import msgspec

from ledger.book import fold
from ledger.events import Recorded
from ledger.store.reader import Connection
from ledger.timeline import Timeline
from projections.check import Check, Examination, answer, examine
from projections.findings import Finding
from projections.ruleset import Ruleset
from projections.stored_check import stored
from scheduler.timetable import Job
from scheduler.wording import Language


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A check that was made. Units: instants in microseconds since the epoch."""

    household: str
    kind: Job
    at: int
    known_at: int
    checked_at: int
    version: int
    ruleset: str
    stressed: bool
    warn: int
    critical: int
    not_available: int
    digest: bytes
    answer: bytes


_COLUMNS: Final[LiteralString] = (
    "household, kind, at, known_at, checked_at, version, ruleset, stressed, warn, critical, not_available, digest,"
    " answer"
)
STORE: Final[LiteralString] = f"""
INSERT INTO clock.check_result ({_COLUMNS})
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::integer[], %s::text[],
    %s::boolean[], %s::smallint[], %s::smallint[], %s::smallint[], %b::bytea[], %b::bytea[])
"""  # noqa: S608  # our own column names
LATEST: Final[LiteralString] = f"""
SELECT {_COLUMNS} FROM clock.check_result WHERE household = %s AND at <= %s ORDER BY at DESC, kind DESC LIMIT %s
"""  # noqa: S608  # our own column names


def result(
    examined: Examination,
    told: tuple[Finding, ...],
    *,
    household: str,
    kind: Job,
    known_at: int,
    checked_at: int,
) -> Result:
    """An examination with its findings, as it is stored."""
    basis, written = examined.basis, stored(examined, told, household=household)
    lights = [one.light for one in examined.indicators]
    return Result(
        household=household,
        kind=kind,
        at=basis.book.at,
        known_at=known_at,
        checked_at=checked_at,
        version=basis.book.version,
        ruleset=basis.rules.name,
        stressed=bool(examined.outcomes),
        warn=lights.count("warn"),
        critical=lights.count("critical"),
        not_available=lights.count("not_available"),
        digest=sha256(written).digest(),
        answer=written,
    )


def store(connection: Connection, results: Sequence[Result]) -> None:
    """Keep results for good, in the caller's transaction."""
    if results:
        fields = [list(column) for column in zip(*map(msgspec.structs.astuple, results), strict=True)]
        with connection.cursor(binary=True) as cursor:
            cursor.execute(STORE, fields)


def latest(connection: Connection, household: str, *, until: int, limit: int) -> list[Result]:
    """The latest results of a household up to an instant, the newest first."""
    with connection.cursor(binary=True) as cursor:
        return [_read(row) for row in cursor.execute(LATEST, (household, until, limit))]


def _read(row: tuple[Any, ...]) -> Result:
    fields = dict(zip(Result.__struct_fields__, row, strict=True))
    return Result(**{**fields, "digest": bytes(fields["digest"]), "answer": bytes(fields["answer"])})


def again(stored: Result, recorded: Sequence[Recorded], rules: Ruleset, *, language: Language = "en") -> Check:
    """A stored check made again from the facts it read; with the same rules and formulas its digest is the same."""
    book = fold(Timeline(one for one in recorded if one.version <= stored.version), at=stored.at)
    examined = examine(book, rules, stressed=stored.stressed)
    return answer(examined, household=stored.household, known_at=stored.known_at, language=language)
