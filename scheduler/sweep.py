"""The sweep: do whatever is due for the next households, and keep all of it in one short transaction, or nothing.

Facts are read and checks are made before that transaction begins, so that it never holds followers of the log back.
It rests on the lease; a household whose facts cannot be folded is set aside for a while and holds up nobody.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

import msgspec
import psycopg

from ledger.errors import Corrupt
from ledger.events import Recorded
from ledger.store import reader
from ledger.store.reader import Connection
from ledger.store.replay import batches
from scheduler import agenda, folded, leader, lights, results, wishes
from scheduler.agenda import Row
from scheduler.folded import AtRest
from scheduler.household import Household
from scheduler.jobs import Done, attend, needs_facts
from scheduler.told import tell
from scheduler.wishes import USUAL, Wishes

BATCH: Final = 100
Attended: TypeAlias = list[tuple[Row, Done]]
ONE_HOUSEHOLDS: Final = (psycopg.DataError, psycopg.IntegrityError)
"""What keeping fails with when what came of one household is at fault, and not the database."""
MANY_FACTS: Final = 5_000
"""A household with more is read on its own."""
FACTS_TOGETHER: Final = 20_000
"""About how many facts are held at once, however many households are due and however many facts they have."""


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep did. Shape: `failed` counts the households that could not be looked at; the first is named."""

    households: int = 0
    runs: int = 0
    checks: int = 0
    notices: int = 0
    failed: int = 0
    first_failed: str | None = None

    def plus(self, other: "Swept") -> "Swept":
        """Both together."""
        return Swept(
            households=self.households + other.households,
            runs=self.runs + other.runs,
            checks=self.checks + other.checks,
            notices=self.notices + other.notices,
            failed=self.failed + other.failed,
            first_failed=self.first_failed or other.first_failed,
        )


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Who sweeps, and how.

    Shape: `epoch` of the lease; `usual` is for whoever wishes nothing; `batch` households are kept together.
    """

    epoch: int
    usual: Wishes = USUAL
    batch: int = BATCH


def sweep(connection: Connection, turn: Turn, *, now: int) -> Swept:
    """Do what is due for the next households; nothing when nothing is. Raises: Fenced, Overtaken."""
    rows = agenda.due_rows(connection, now=now, limit=turn.batch)
    return see_to(connection, turn, rows, now=now) if rows else Swept()


def see_to(connection: Connection, turn: Turn, rows: Sequence[Row], *, now: int) -> Swept:
    """Do what is due for some households as they were read. Raises: Fenced, Overtaken."""
    done, failures = _attended(connection, rows, turn.usual, now)
    try:
        told = _kept(connection, turn, done, failures, now=now)
    except ONE_HOUSEHOLDS:
        told = _kept_apart(connection, turn, done, failures, now=now)
    kept = [one for row, one in done if row.standing.household not in failures]
    return Swept(
        households=len(rows),
        runs=sum(len(one.runs) for one in kept),
        checks=sum(len(one.results) for one in kept),
        notices=told,
        failed=len(failures),
        first_failed=next(iter(failures), None),
    )


def _kept(connection: Connection, turn: Turn, done: Attended, failures: dict[str, str], *, now: int) -> int:
    """Keep everything in one transaction; how many notices went out."""
    with connection.transaction():
        lights.store(connection, [one for _, each in done for one in each.lights])
        leader.stand(connection, turn.epoch)
        told = keep(connection, turn.epoch, done, now=now)
        for household, failure in failures.items():
            agenda.failed(connection, household, now=now, failure=failure)
    return told


def _kept_apart(connection: Connection, turn: Turn, done: Attended, failures: dict[str, str], *, now: int) -> int:
    """Keep households one by one because one of them cannot be kept; those are noted as failed."""
    told = _kept(connection, turn, [], failures, now=now)
    for row, one in done:
        try:
            told += _kept(connection, turn, [(row, one)], {}, now=now)
        except ONE_HOUSEHOLDS as problem:
            failures[row.standing.household] = f"{type(problem).__name__}: {problem.diag.message_primary}"
            agenda.failed(connection, row.standing.household, now=now, failure=failures[row.standing.household])
    return told


def sweep_all(connection: Connection, turn: Turn, *, now: int) -> Swept:
    """Sweep until nothing is due any more. Raises: Fenced, Overtaken."""
    total = Swept()
    while True:
        swept = sweep(connection, turn, now=now)
        total = total.plus(swept)
        if not swept.households:
            return total


def _attended(
    connection: Connection, rows: Sequence[Row], usual: Wishes, now: int
) -> tuple[Attended, dict[str, str]]:  # fmt: skip
    """What the jobs of each household come to; for those that fail, what they fail with."""
    names = [row.standing.household for row in rows]
    wished, told = wishes.wishes(connection, names), agenda.concerns(connection, names)
    seen = lights.last_seen(connection, names)
    at_rest = folded.at_rest(connection, names)
    done: Attended = []
    failures: dict[str, str] = {}
    for row, facts in _with_facts(connection, rows, at_rest, now):
        name = row.standing.household
        try:
            wanted = wished.get(name, usual)
            household = Household(
                version=row.version,
                facts=facts,
                standing=row.standing,
                wishes=wanted,
                rules=wishes.rules_of(connection, name, wanted.ruleset),
                concerns=told.get(name, {}),
                seen=seen.get(name, {}),
                now=now,
                at_rest=at_rest.get(name),
            )
            done.append((row, attend(household)))
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever one household fails with must not stop the others
            failures[name] = f"{type(error).__name__}: {error}"
    return done, failures


def _with_facts(
    connection: Connection, rows: Sequence[Row], at_rest: Mapping[str, AtRest], now: int
) -> Iterator[tuple[Row, Callable[[], Sequence[Recorded]]]]:
    """Households with what gives their facts: read before, for some at a time, where they will surely be asked for."""
    asking: list[Row] = []
    for row in rows:
        name = row.standing.household
        if row.version <= MANY_FACTS and needs_facts(row.standing, at_rest.get(name), version=row.version, now=now):
            asking.append(row)
        else:
            yield row, partial(reader.load, connection, name)
    by_name = {row.standing.household: row for row in asking}
    for part in batches(((name, row.version) for name, row in by_name.items()), facts=FACTS_TOGETHER):
        facts = _facts(connection, [name for name, _ in part])
        for name, _ in part:
            there = facts.pop(name, None)
            yield by_name[name], partial(reader.load, connection, name) if there is None else partial(_same, there)


def _same(there: Sequence[Recorded]) -> Sequence[Recorded]:
    return there


def _facts(connection: Connection, households: list[str]) -> dict[str, list[Recorded]]:
    """The facts of all that can be read together; none of them where one cannot be read."""
    try:
        return reader.load_several(connection, households)
    except Corrupt:
        return {}


def keep(connection: Connection, epoch: int, done: Attended, *, now: int) -> int:
    """Keep what was done, within the caller's transaction; how many notices went out. Raises: Overtaken."""
    agenda.move_on(connection, done)
    agenda.ran(connection, [one for _, one in done], now=now, epoch=epoch)
    results.store(connection, [result for _, one in done for result in one.results])
    agenda.remember(
        connection, [(one.standing.household, concern) for _, one in done for concern in one.concerns]
    )  # fmt: skip
    folded.keep(connection, {one.standing.household: one.resting for _, one in done if one.resting is not None})
    return sum(tell(connection, notice) for _, one in done for notice in one.notices)
