"""A generation of the read tables: which slot it lives in, how far it holds the log, and who may write to it.

The rows and the position move in one transaction, and only the holder of the latest epoch may make one: a follower
that was taken for dead and comes back finds that it may not.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, LiteralString

import msgspec
from sqlalchemy import Table

from projections.readmodels import rows, tables
from projections.readmodels.household import Household
from projections.readmodels.log import Connection
from projections.readmodels.rows import Row
from projections.readmodels.written import Written

LIVE: Final[LiteralString] = "SELECT slot, number, position, epoch FROM readmodel.generation WHERE state = 'live'"
LEAD: Final[LiteralString] = """
UPDATE readmodel.generation SET epoch = epoch + 1 WHERE state = %s RETURNING slot, number, position, epoch
"""
MOVE: Final[LiteralString] = """
UPDATE readmodel.generation SET position = %s WHERE slot = %s AND epoch = %s AND position = %s
"""
QUARANTINE: Final[LiteralString] = """
UPDATE readmodel.household_now SET quarantine = %s, next_at = NULL WHERE household = %s AND slot = %s
"""


FOLLOWING: Final = 3
REBUILDING: Final = 4
"""Locks of this program: held by whoever follows the log, and by whoever makes the next generation."""


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """A generation as its writer holds it. Shape: `position` is how far it holds the log."""

    slot: int
    number: int
    position: int
    epoch: int


class Fenced(Exception):
    """Somebody else writes this generation now."""


def live(connection: Connection) -> Generation:
    """The generation that is read from."""
    return _one(connection, LIVE, ())


def lead(connection: Connection, *, state: str = "live") -> Generation:
    """Become the only writer of a generation."""
    return _one(connection, LEAD, (state,))


def _one(connection: Connection, statement: LiteralString, parameters: tuple[str, ...]) -> Generation:
    found = connection.execute(statement, parameters).fetchone()
    if found is None:  # a swap that the statement waited for gave the state to the other row, after it had looked there
        found = connection.execute(statement, parameters).fetchone()
    assert found is not None
    slot, number, position, epoch = found
    return Generation(slot=slot, number=number, position=position, epoch=epoch)


def write(
    connection: Connection,
    generation: Generation,
    changed: Iterable[Household],
    *,
    position: int,
    troubled: dict[str, str] | None = None,
) -> Generation:
    """Store what changed in households and move on to a position, in one transaction or not at all.

    `troubled` are households whose facts could not be folded, and why. Raises: Fenced when somebody else has taken
    the generation over.
    """
    states = list(changed)
    with connection.transaction():
        moved = connection.execute(MOVE, (position, generation.slot, generation.epoch, generation.position))
        if moved.rowcount != 1:
            raise Fenced
        put(connection, generation.slot, states, troubled=troubled or {})
    for state in states:
        state.stored()
    return msgspec.structs.replace(generation, position=position)


def put(connection: Connection, slot: int, states: list[Household], *, troubled: dict[str, str]) -> None:
    """Make the rows of these households what their states say, within a transaction of the caller's."""
    written = Written(slot)
    written.add(states)
    if states:
        _clear(connection, slot, states)
    fill(connection, slot, written, troubled=troubled)


def fill(connection: Connection, slot: int, written: Written, *, troubled: dict[str, str]) -> None:
    """The same of rows that are written out and of which the slot holds none."""
    for household, reason in troubled.items():
        _quarantine(connection, slot, household, reason)
    for table, made in written.rows:
        _copy(connection, table, slot, made)
    for table, columns, blocks in written.days:
        _send(connection, table, slot, columns, blocks)


def _clear(connection: Connection, slot: int, states: list[Household]) -> None:
    """Take away the rows that no longer stand."""
    names = [state.name for state in states]
    for table in (tables.HOUSEHOLD_NOW, tables.LINE_NOW):
        _delete(connection, table, slot, names)
    moved = [(state.name, state.series.since) for state in states if state.series.since is not None]
    if moved:
        for table in (tables.LINE_DAY, tables.HOUSEHOLD_DAY):
            _delete_days(connection, table, slot, [name for name, _ in moved], [since for _, since in moved])
    differing = [state for state in states if state.changes_differ]
    if differing:
        _delete(connection, tables.LIMIT_CHANGE, slot, [state.name for state in differing])
        _delete(connection, tables.DERIVED_CHANGE, slot, [state.name for state in differing if state.anew])


def _delete(connection: Connection, table: Table, slot: int, names: list[str]) -> None:
    place = tables.partition(table, slot)
    connection.execute(_said(f"DELETE FROM {place} WHERE household = ANY(%s)"), (names,))  # noqa: S608  # our own name


def _delete_days(connection: Connection, table: Table, slot: int, names: list[str], since: list[int]) -> None:
    place = tables.partition(table, slot)
    connection.execute(
        _said(
            f"DELETE FROM {place} AS d USING unnest(%s::text[], %s::integer[]) AS gone (household, since)"  # noqa: S608  # our own name
            " WHERE d.household = gone.household AND d.day >= date '0001-01-01' + (gone.since - 1)"
        ),
        (names, since),
    )


def _copy(connection: Connection, table: Table, slot: int, made: Iterable[Row]) -> None:
    columns = ", ".join(tables.columns(table))
    place = tables.partition(table, slot)
    with (
        connection.cursor() as cursor,
        cursor.copy(_said(f"COPY {place} ({columns}, slot) FROM STDIN (FORMAT BINARY)")) as copy,
    ):
        copy.set_types((*tables.wire_types(table), "int2"))
        own, write_row = (slot,), copy.write_row
        for row in made:
            write_row(row + own)


def _send(connection: Connection, table: Table, slot: int, columns: tuple[str, ...], made: Iterable[bytes]) -> None:
    """The same for rows that are written out already."""
    place = tables.partition(table, slot)
    statement = _said(f"COPY {place} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)")
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in made:
            copy.write(block)


def _said(statement: str) -> LiteralString:
    """A statement made of names of ours."""
    return statement


def _quarantine(connection: Connection, slot: int, household: str, reason: str) -> None:
    if connection.execute(QUARANTINE, (reason, household, slot)).rowcount == 0:
        _copy(connection, tables.HOUSEHOLD_NOW, slot, [rows.household_now(Household(household), quarantine=reason)])


@contextmanager
def alone(connection: Connection, lock: int) -> Iterator[bool]:
    """Hold one of this program's locks for as long as the block runs; says whether it could be had."""
    found = connection.execute("SELECT pg_try_advisory_lock(1214603621, %s)", (lock,)).fetchone()
    held = bool(found and found[0])
    try:
        yield held
    finally:
        if held and not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(1214603621, %s)", (lock,))
