"""Recording a history file of any size: every line is judged before anything is stored, then all of it or nothing.

The facts of a file share one recorded time a household, taken when its judging begins.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Final, Literal, LiteralString

import msgspec

from ledger.awaited import Awaited, given
from ledger.errors import Complaint, ConcurrentChange, Refused
from ledger.events import AnyFact, HouseholdOpened
from ledger.history import blocks
from ledger.payload import decode
from ledger.store import journal, reader
from ledger.store.intake import Intake
from ledger.store.journal import Connection, Head
from ledger.store.parsing import Read, read_pieces
from ledger.store.reader import Recalled
from ledger.store.runs import Run
from ledger.store.shelf import recollect
from ledger.store.staging import Move, Moved, Staging

DIRECT_FACTS: Final = 5_000
"""Up to so many facts go the way of any other command; more are staged first."""
ATTEMPTS: Final = 3
"""How often a file is judged anew because somebody else recorded for one of its households meanwhile."""

CURRENCIES: Final[LiteralString] = """
SELECT h.household, e.payload FROM headroom.head AS h
JOIN LATERAL (SELECT payload FROM headroom.event AS e WHERE e.household = h.household ORDER BY version LIMIT 1) AS e
ON position('"currency"'::bytea IN e.payload) > 0
"""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file: all of it recorded, or nothing and the reasons why.

    Shape: `rejected` counts the lines with complaints; `waiting` those that name what a rejected one was to give, and
    are not judged until it is mended.
    """

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    waiting: int = 0
    complaints: tuple[Complaint, ...] = ()


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is. Shape: `published` is the part, from 0 to 1, that is published."""

    stage: Literal["judging", "publishing"]
    facts: int
    bytes_read: int
    published: float = 0.0


def record_file(
    connection: Connection,
    stream: BinaryIO,
    *,
    clock: Callable[[], int],
    salts: Callable[[], bytes],
    dry_run: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    helpers: int | None = None,
) -> Outcome:
    """Record the facts of a history file, all or none; with `dry_run`, only say what would become of them.

    `connection` is the service's, in autocommit mode; `helpers` is the number of processes that read lines of a big
    file (one for each processor unless told).
    Raises: ConcurrentChange when somebody else kept recording for the same households.
    """
    attempts = ATTEMPTS if stream.seekable() else 1
    start = stream.tell() if attempts > 1 else 0
    for attempt in range(1, attempts + 1):
        if attempt > 1:
            stream.seek(start)
        filing = _Filing(connection, now=clock(), salts=salts, keep=not dry_run, progress=progress)
        pieces = read_pieces(blocks(stream), _currencies(connection), helpers=helpers)
        try:
            return filing.file(pieces)
        except Moved as moved:
            if attempt == attempts:
                expected = filing.base_version(moved.household)
                raise ConcurrentChange(moved.household, expected=expected, found=moved.found) from moved
        finally:
            filing.close()
    raise AssertionError("unreachable: the last attempt returns or raises")


class _Filing:
    """One attempt at a file: what was judged so far, and what is staged of it."""

    def __init__(
        self,
        connection: Connection,
        *,
        now: int,
        salts: Callable[[], bytes],
        keep: bool,
        progress: Callable[[Progress], None],
    ) -> None:
        self._connection = connection
        self._now = now
        self._salts = salts
        self._keep = keep
        self._progress = progress
        self._intakes: dict[str, Intake] = {}
        self._times: dict[str, int] = {}
        self._staged: dict[str, int] = {}
        self._accepted = 0
        self._duplicates = 0
        self._bytes_read = 0
        self._complaints: list[Complaint] = []
        self._bad_lines: set[int] = set()
        self._awaited = Awaited()
        self._waiting = 0
        self._recalled: dict[tuple[str, int], Recalled] = {}
        self._staging: Staging | None = None

    def file(self, pieces: Iterable[Read]) -> Outcome:
        """Judge every line, then store all facts unless something was wrong."""
        with _without_collecting():
            for read in pieces:
                self._judge(read)
                self._tell("judging")
        if self._complaints:
            self._complaints.sort(key=lambda complaint: complaint.line)
            complaints = tuple(self._complaints)
            return Outcome(rejected=len(self._bad_lines), waiting=self._waiting, complaints=complaints)
        if self._keep and self._accepted:
            self._store()
        return Outcome(accepted=self._accepted, duplicates=self._duplicates)

    def base_version(self, household: str) -> int:
        """The version at which a household was judged."""
        return self._intakes[household].extension.head.version

    def close(self) -> None:
        """Drop what is staged; a lost connection has dropped it already."""
        if self._staging is not None and not self._connection.closed:
            self._staging.close()

    def _judge(self, read: Read) -> None:
        for complaint in read.complaints:
            self._complain(complaint)
        for line, names in read.ungiven:
            self._awaited.expect(names, line)
        self._bytes_read += read.bytes_read
        self._prefetch(read.runs)
        for run in read.runs:
            intake, recorded_at, judged = self._intakes[run.household], self._times[run.household], 0
            if run.columns is not None:
                judged = intake.admit_run(run, run.columns, recorded_at=recorded_at, now=self._now)
                self._accepted += judged
            if judged < len(run.keys):
                self._judge_in_turn(run, judged)
        self._set_aside()

    def _judge_in_turn(self, run: Run, first: int) -> None:
        """Judge the facts of a run from a place on, one after the other."""
        intake, recorded_at = self._intakes[run.household], self._times[run.household]
        rest = zip(run.numbers[first:], run.facts(first), run.payloads[first:], strict=True)
        for number, fact, payload in rest:
            draft = run.draft(fact)
            try:
                if intake.repeated(draft):
                    self._duplicates += 1
                    continue
                intake.enter_draft(draft, recorded_at=recorded_at, now=self._now, payload=payload)
                self._accepted += 1
            except Refused as refused:
                self._refuse(refused, run.household, fact, number)

    def _refuse(self, refused: Refused, household: str, fact: AnyFact, line: int) -> None:
        """Complain of a fact, unless what it misses was to be given by another that is complained of."""
        if self._awaited.holds_up(refused, household, line):
            self._waiting += 1
        else:
            self._complain(refused.at_line(line))
        self._awaited.expect(given(household, fact), line)

    def _complain(self, complaint: Complaint) -> None:
        self._complaints.append(complaint)
        self._bad_lines.add(complaint.line)

    def _open(self, household: str) -> None:
        memory = recollect(self._connection, household)
        self._intakes[household] = Intake(household, memory, salts=self._salts, recall=self._recall)
        self._times[household] = max(self._now, memory.head.recorded_at + 1)
        self._staged[household] = 0

    def _prefetch(self, runs: Sequence[Run]) -> None:
        """Open households met for the first time, and read the stored facts of repeated keys all at once: a file
        that is recorded a second time repeats every one.
        """
        self._recalled.clear()
        wanted: dict[str, list[int]] = {}
        for run in runs:
            if run.household not in self._intakes:
                self._open(run.household)
            intake = self._intakes[run.household]
            if recorded := intake.extension.head.version:
                versions = [intake.memory.register.version_of_key(key) for key in run.keys if key is not None]
                if known := [version for version in versions if 0 < version <= recorded]:
                    wanted.setdefault(run.household, []).extend(known)
        for household, versions in wanted.items():
            for version, recalled in reader.recall(self._connection, household, versions).items():
                self._recalled[household, version] = recalled

    def _recall(self, household: str, versions: list[int]) -> dict[int, Recalled]:
        known = {version: self._recalled.get((household, version)) for version in versions}
        found = {version: recalled for version, recalled in known.items() if recalled is not None}
        missing = [version for version in versions if version not in found]
        if missing and self._staging is not None:
            found |= self._staging.recall(household, missing)
        return found

    def _set_aside(self) -> None:
        """Stage what was judged, once it is much."""
        begun = [intake for intake in self._intakes.values() if intake.extension.entries]
        if self._staging is None:
            if sum(len(intake.extension.entries) for intake in begun) <= DIRECT_FACTS:
                return
            self._staging = Staging(self._connection)
        self._staging.add([intake.extension for intake in begun])
        for intake in begun:
            self._staged[intake.extension.household] += len(intake.extension.entries)
            intake.extension.entries.clear()
            intake.recalled_to = intake.memory.register.version

    def _store(self) -> None:
        if self._staging is None:
            self._append()
            return
        self._set_aside()
        moves = [
            Move(household, intake.extension.head, self._times[household], count, intake.extension.span())
            for household, intake in self._intakes.items()
            if (count := self._staged[household])
        ]
        self._staging.publish(moves, progress=lambda part: self._tell("publishing", part))

    def _append(self) -> None:
        extensions = [intake.extension for intake in self._intakes.values() if intake.extension.entries]
        if journal.append(self._connection.cursor(), extensions, whole=True).first_position is None:
            ends = journal.heads(self._connection, [extension.household for extension in extensions])
            for extension in extensions:
                found = ends.get(extension.household, Head())
                if found.hash != extension.head.hash:
                    raise Moved(extension.household, found.version)

    def _tell(self, stage: Literal["judging", "publishing"], published: float = 0.0) -> None:
        self._progress(
            Progress(stage=stage, facts=self._accepted, bytes_read=self._bytes_read, published=published)
        )  # fmt: skip


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Judging makes no cycles, but millions of objects that stay; looking for cycles in them would take long."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _currencies(connection: Connection) -> dict[str, str]:
    """The currencies of households that do not keep their book in the default one."""
    found: dict[str, str] = {}
    for household, payload in connection.execute(CURRENCIES):
        opening = decode(bytes(payload))
        if isinstance(opening, HouseholdOpened):
            found[household] = opening.currency
    return found
