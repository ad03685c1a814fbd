"""Recording what a person or a file brought: every draft is judged first, then all are stored or none.

The judgement is the store's own (`ledger.store.intake`), made on a copy of what the book remembers and thrown away,
so that every complaint can be told with its place before anything is stored.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from app.wiring import fresh_salt
from ledger.errors import Complaint, Refused
from ledger.record import Draft
from ledger.register import Register
from ledger.store import reader
from ledger.store.intake import Intake
from ledger.store.reader import Connection
from ledger.store.shelf import recollect


class Placed(NamedTuple):
    """A draft and the line of the input it came from; 0 where there is no line."""

    line: int
    draft: Draft


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of drafts. Shape: `versions` are those that facts would get, or that duplicates have."""

    versions: tuple[int, ...] = ()
    duplicates: int = 0
    complaints: tuple[Complaint, ...] = ()

    @property
    def accepted(self) -> int:
        """How many would be stored."""
        return len(self.versions) - self.duplicates


def register_of(connection: Connection, household: str) -> Register:
    """The names a household's facts have given so far; empty for a household nobody has heard of."""
    return recollect(connection, household).register


def judge(connection: Connection, household: str, placed: Iterable[Placed], *, now: int) -> Judgement:
    """What would become of drafts of one household, with a complaint for each that cannot be recorded."""
    intake = Intake(
        household,
        recollect(connection, household),
        salts=fresh_salt,
        recall=lambda name, versions: reader.recall(connection, name, versions),
    )
    recorded_at = max(now, intake.memory.head.recorded_at + 1)
    versions: list[int] = []
    complaints: list[Complaint] = []
    duplicates = 0
    for line, draft in placed:
        try:
            repeated = intake.repeated(draft)
            duplicates += repeated > 0
            versions.append(repeated or intake.enter_draft(draft, recorded_at=recorded_at, now=now))
        except Refused as refused:
            complaints.append(refused.at_line(line))
    return Judgement(versions=tuple(versions), duplicates=duplicates, complaints=tuple(complaints))
