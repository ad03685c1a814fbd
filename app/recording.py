"""Recording what a person or a file brought: every draft is judged first, then all are stored or none.

The judgement is the store's own (`ledger.store.intake`), made on a copy of what the book remembers and thrown away,
so that every complaint can be told with its place before anything is stored.
"""

import secrets
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

import msgspec

from ledger.errors import Complaint, Refused
from ledger.history import Line, Reader, raw_lines
from ledger.record import Draft
from ledger.register import Register
from ledger.store import reader
from ledger.store.intake import Intake
from ledger.store.personal import SALT_BYTES
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
        salts=lambda: secrets.token_bytes(SALT_BYTES),
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


class FileRead(msgspec.Struct, frozen=True, kw_only=True):
    """A history file as read: its facts in order, or what is wrong with it."""

    lines: tuple[Line, ...] = ()
    complaints: tuple[Complaint, ...] = ()

    def drafts(self, household: str) -> list[Draft]:
        """The drafts of one household, in the order they stand in the file."""
        return [line.draft for line in self.lines if line.household == household]


def read_file(stream: BinaryIO, currencies: dict[str, str] | None = None) -> FileRead:
    """Read a history file that fits in memory. `currencies` are those of households already in the book."""
    lines: list[Line] = []
    complaints: list[Complaint] = []
    for read in Reader(currencies).lines(raw_lines(stream)):
        if isinstance(read, Complaint):
            complaints.append(read)
        else:
            lines.append(read)
    return FileRead(lines=tuple(lines), complaints=tuple(complaints))


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a history file: all of it recorded, or nothing and the reasons why."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    complaints: tuple[Complaint, ...] = ()
