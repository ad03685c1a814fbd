"""Making the next generation beside the live one: derived anew from the log, compared row by row, swapped in at once.

Households are derived in parallel while writers write and readers read; each is stored in a transaction of its own
batch, so that a rebuild that was killed goes on where it was. What came meanwhile is followed, and the swap waits for
nobody but the live follower, for the last batch. The old generation stays until the next rebuild.
"""

from collections import ChainMap
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed, wait
from typing import Final, LiteralString

import msgspec
import psycopg
from sqlalchemy import Table

from ledger.errors import Corrupt
from ledger.store.processes import begin_helping, quickest, undisturbed
from ledger.store.replay import Sized, collect_seldom, collecting_seldom, recorded
from projections.readmodels import log, tables
from projections.readmodels.follow import Follower, go_through
from projections.readmodels.generation import REBUILDING, Fenced, Generation, alone, fill, lead, live
from projections.readmodels.household import Household, Moment
from projections.readmodels.log import Connection
from projections.readmodels.written import Written

CHUNK_FACTS: Final = 20_000
LEAST_FACTS: Final = 2_000
"""Facts of households that are derived and stored together: at most, and at the end, when few are left."""
GIVEN_AHEAD: Final = 2
"""Chunks that a helper is given: the one it is at, and the next."""

HELD: Final[LiteralString] = "SELECT state FROM readmodel.generation WHERE state <> 'live' FOR UPDATE"
DISCARD: Final[LiteralString] = "UPDATE readmodel.generation SET state = 'empty' WHERE state <> 'live'"
IMPATIENT: Final[LiteralString] = "SET LOCAL lock_timeout = '100ms'"
DELETED_TOGETHER: Final = 50_000
EMPTY: Final[LiteralString] = """
UPDATE readmodel.generation SET state = 'building', epoch = epoch + 1, changed_at = %s,
    number = (SELECT max(number) + 1 FROM readmodel.generation),
    position = (SELECT position FROM readmodel.generation WHERE state = 'live')
WHERE state <> 'live'
"""
LEFT: Final[LiteralString] = """
SELECT h.household, h.facts FROM headroom.head AS h
WHERE h.household NOT LIKE 'urn:%%'
  AND NOT EXISTS (SELECT FROM readmodel.household_now AS n WHERE n.household = h.household AND n.slot = %s)
ORDER BY h.household
"""
UNHURRIED: Final[LiteralString] = "SET LOCAL synchronous_commit = off"
"""Of a chunk nobody reads yet: one that a crash loses is derived again, and the swap waits for all that came before."""
STILL_OURS: Final[LiteralString] = "SELECT FROM readmodel.generation WHERE slot = %s AND epoch = %s FOR SHARE"
STOP_FOLLOWER: Final[LiteralString] = "SELECT position FROM readmodel.generation WHERE state = 'live' FOR UPDATE"
STATE: Final[LiteralString] = """
UPDATE readmodel.generation SET state = %s, epoch = epoch + 1, changed_at = %s WHERE slot = %s
"""
TOTALS: Final[LiteralString] = """
SELECT count(*), coalesce(sum(version), 0)::bigint FROM readmodel.household_now WHERE slot = %s
"""
SAME_PLACE: Final[LiteralString] = """
SELECT a.household FROM readmodel.household_now AS a JOIN readmodel.household_now AS b USING (household)
WHERE a.slot = 1 AND b.slot = 2 AND a.version = b.version AND a.as_of = b.as_of
ORDER BY household
"""
COMPARED_TOGETHER: Final = 200
_ONE_HOUSEHOLDS: Final = (Corrupt, psycopg.DataError, psycopg.IntegrityError)
"""What reading or storing fails with when one household is at fault, and not the database."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A table in which a household's rows differ between two generations. Shape: rows that only one of them has."""

    household: str
    table: str
    before: int
    after: int


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What a rebuild did. Shape: `compared` households stood at the same place in both generations."""

    number: int
    households: int
    facts: int
    compared: int
    differences: tuple[Difference, ...]
    quarantined: tuple[str, ...]


class Busy(Exception):
    """Another rebuild is at work."""


class NothingKept(Exception):
    """There is no older generation to go back to."""


def rebuild(
    conninfo: str,
    *,
    clock: Callable[[], int],
    workers: int = 2,
    chunk_facts: int = CHUNK_FACTS,
    progress: Callable[[int, int], None] = lambda _, __: None,
    comparing: Callable[[int, int], None] = lambda _, __: None,
) -> Rebuilt:
    """Derive every household into the slot that is not live, compare, swap. Goes on with one that was cut short.

    Shape: `progress` is told facts done and in all, `comparing` the households.
    Raises: Busy when another rebuild is at work.
    """
    with psycopg.connect(conninfo, autocommit=True) as connection, alone(connection, REBUILDING) as ours:
        if not ours:
            raise Busy
        generation = _prepare(connection, now=clock())
        left = _left(connection, generation)
        chunks = list(chunked(left, most=chunk_facts, workers=workers))
        with collecting_seldom():
            troubled = _derive_all(connection, conninfo, generation, chunks, workers=workers, progress=progress)
        return _finish(connection, generation, troubled, now=clock(), comparing=comparing)


def go_back(connection: Connection, *, now: int) -> Generation:
    """Make the generation before live again; it is followed on from where it was. Raises: NothingKept, Busy."""
    with alone(connection, REBUILDING) as ours:
        if not ours:
            raise Busy
        with connection.transaction():
            if connection.execute(HELD).fetchone() != ("kept",):
                raise NothingKept
            _swap(connection, now=now)
    return live(connection)


def _prepare(connection: Connection, *, now: int) -> Generation:
    if connection.execute(HELD).fetchone() != ("building",):
        connection.execute(DISCARD)
        _clear(connection, 3 - live(connection).slot)
        connection.execute(EMPTY, (now,))
    return lead(connection, state="building")


def _clear(connection: Connection, slot: int) -> None:
    """Take away all rows of a slot: at once, or bit by bit where somebody reads, for whom all others would wait too."""
    places = [tables.partition(table, slot) for table in tables.TABLES]
    try:
        with connection.transaction():
            connection.execute(IMPATIENT)
            connection.execute(f"TRUNCATE {', '.join(places)}")
    except psycopg.errors.LockNotAvailable:
        for place in places:
            some = f"DELETE FROM {place} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {place} LIMIT %s))"  # noqa: S608  # our own name
            while connection.execute(some, (DELETED_TOGETHER,)).rowcount:
                pass


def _left(connection: Connection, generation: Generation) -> list[Sized]:
    """The households that are still to be derived, and how many facts each has."""
    return connection.execute(LEFT, (generation.slot,)).fetchall()


def chunked(left: list[Sized], *, most: int, workers: int) -> Iterator[list[Sized]]:
    """The households in chunks, the last ones smaller, so that no process waits long for what another was given."""
    facts = sum(size for _, size in left)
    chunk: list[Sized] = []
    size = 0
    for one in left:
        chunk.append(one)
        size += one[1]
        if size >= min(most, max(LEAST_FACTS, facts // (2 * workers))):
            yield chunk
            facts -= size
            chunk, size = [], 0
    if chunk:
        yield chunk


def _derive_all(
    connection: Connection,
    conninfo: str,
    generation: Generation,
    chunks: list[list[Sized]],
    *,
    workers: int,
    progress: Callable[[int, int], None],
) -> dict[str, str]:
    """Derive the households that are left; those that could not be folded, and why."""
    _, done = _totals(connection, generation.slot)
    total = done + sum(facts for chunk in chunks for _, facts in chunk)
    troubled: dict[str, str] = {}
    progress(done, total)
    for facts, refused in _in_parallel(connection, conninfo, generation, chunks, workers=workers):
        done += facts
        troubled |= refused
        progress(done, total)
    return troubled


def _in_parallel(
    connection: Connection, conninfo: str, generation: Generation, chunks: list[list[Sized]], *, workers: int
) -> Iterator[tuple[int, dict[str, str]]]:
    """What came of each chunk. This process derives whatever its helpers have not been given."""
    helpers = min(workers, len(chunks)) - 1
    if helpers < 1:
        yield from (derive_chunk(connection, generation, chunk) for chunk in chunks)
        return
    with ProcessPoolExecutor(helpers, mp_context=quickest(), initializer=_begin, initargs=(conninfo,)) as pool:
        given: set[Future[tuple[int, dict[str, str]]]] = set()
        try:
            for chunk in chunks:
                if len(given) < GIVEN_AHEAD * helpers:
                    with undisturbed():
                        given.add(pool.submit(_help, generation, chunk))
                else:
                    yield derive_chunk(connection, generation, chunk)
                    done, given = wait(given, timeout=0)
                    yield from (one.result() for one in done)
            yield from (one.result() for one in as_completed(given))
        finally:
            pool.shutdown(cancel_futures=True)


_connection: Connection | None = None
"""Of a process that helps."""


def _begin(conninfo: str) -> None:
    global _connection  # what a helper keeps between chunks
    begin_helping()
    collect_seldom()
    _connection = psycopg.connect(conninfo, autocommit=True)


def _help(generation: Generation, chunk: list[Sized]) -> tuple[int, dict[str, str]]:
    assert _connection is not None
    return derive_chunk(_connection, generation, chunk)


def derive_chunk(connection: Connection, generation: Generation, chunk: list[Sized]) -> tuple[int, dict[str, str]]:
    """Derive and store some households, in one transaction; the facts taken in, and which could not be folded.

    Where one of them cannot be read or stored, each is stored by itself.
    Raises: Fenced when another rebuild has taken the generation over.
    """
    try:
        moments = log.standing_moments(connection, dict(recorded(connection, chunk)))
        written, troubled = _derived(moments, slot=generation.slot)
        _store(connection, generation, written, troubled)
    except _ONE_HOUSEHOLDS as error:
        if len(chunk) > 1:
            parts = [derive_chunk(connection, generation, [one]) for one in chunk]
            return sum(facts for facts, _ in parts), dict(ChainMap(*(troubled for _, troubled in parts)))
        written, troubled = Written(generation.slot), {chunk[0][0]: _reason(error)}
        _store(connection, generation, written, troubled)
    return written.facts, troubled


def _derived(moments: dict[str, list[Moment]], *, slot: int) -> tuple[Written, dict[str, str]]:
    """The rows of each household. Its moments are taken out, so that they are let go of.

    All households go through one step before any goes through the next: what a processor has at hand of the program
    is worth more to it than what it has at hand of a household.
    """
    written = Written(slot)
    troubled: dict[str, str] = {}
    begun = [Household(household, anew=True) for household in moments]
    lived = _able(lambda state: go_through(state, moments.pop(state.name)), begun, troubled)
    written.add(_able(Household.settle, lived, troubled))
    return written, troubled


def _able(step: Callable[[Household], None], states: list[Household], troubled: dict[str, str]) -> list[Household]:
    """Those of some households that went through a step; of each other, why it could not."""
    able: list[Household] = []
    for state in states:
        try:
            step(state)
        except Exception as error:  # noqa: BLE001  # whatever a fold fails with must not stop the other households
            troubled[state.name] = _reason(error)
        else:
            able.append(state)
    return able


def _store(connection: Connection, generation: Generation, written: Written, troubled: dict[str, str]) -> None:
    with connection.transaction():
        connection.execute(UNHURRIED)
        if connection.execute(STILL_OURS, (generation.slot, generation.epoch)).rowcount != 1:
            raise Fenced
        fill(connection, generation.slot, written, troubled=troubled)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _finish(
    connection: Connection,
    generation: Generation,
    troubled: dict[str, str],
    *,
    now: int,
    comparing: Callable[[int, int], None],
) -> Rebuilt:
    follower = Follower(connection, generation)
    _follow_to(follower, position=live(connection).position)
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        compared = _same_place(connection)
        differences = _compare(connection, compared, live_slot=3 - generation.slot, told=comparing)
    with connection.transaction():
        found = connection.execute(STOP_FOLLOWER).fetchone()
        assert found is not None
        late = _follow_to(follower, position=found[0])
        again = [name for name in _same_place(connection) if name in late or name not in compared]
        differences = [one for one in differences if one.household not in again]
        differences += _compare(connection, again, live_slot=3 - generation.slot)
        _swap(connection, now=now)
    households, facts = _totals(connection, generation.slot)
    return Rebuilt(
        number=generation.number,
        households=households,
        facts=facts,
        compared=len({*compared, *again}),
        differences=tuple(differences),
        quarantined=tuple(sorted(troubled)),
    )


def _follow_to(follower: Follower, *, position: int) -> set[str]:
    """Take in the log up to where the live generation stands, and no further: writers do not wait; whose facts came.

    The first time this may take long, the second time, with the live generation held still, only as long as that took.
    """
    touched: set[str] = set()
    while follower.generation.position < position:
        touched.update(follower.step().households)
    return touched


def _swap(connection: Connection, *, now: int) -> None:
    """Make the other slot live, within a transaction of the caller's; whoever writes to either is fenced."""
    retired = live(connection).slot
    connection.execute(STATE, ("kept", now, retired))
    connection.execute(STATE, ("live", now, 3 - retired))


def _same_place(connection: Connection) -> list[str]:
    """The households that both generations hold as of the same place in the log."""
    return [household for (household,) in connection.execute(SAME_PLACE)]


def _compare(
    connection: Connection,
    households: list[str],
    *,
    live_slot: int,
    told: Callable[[int, int], None] = lambda _, __: None,
) -> list[Difference]:
    found: list[Difference] = []
    done = 0
    for names in batched(households):
        told(done, len(households))
        found += (
            Difference(household=household, table=str(table.name), before=before, after=after)
            for table in tables.TABLES
            for household, before, after in connection.execute(_differing(table), (live_slot, names))
        )
        done += len(names)
    return found


def batched(households: list[str]) -> Iterator[list[str]]:
    """The households in parts that are compared together."""
    for first in range(0, len(households), COMPARED_TOGETHER):
        yield households[first : first + COMPARED_TOGETHER]


def _differing(table: Table) -> LiteralString:
    """Rows that only one slot has, or has otherwise: of each household, those of the first and those of the other."""
    columns = ", ".join(tables.columns(table))
    key = ", ".join(column.name for column in table.primary_key.columns if column.name != "slot")
    place = f"{tables.SCHEMA}.{table.name}"
    return f"""
WITH given AS (SELECT %s::smallint AS slot, %s::text[] AS names),
one AS (SELECT {columns} FROM {place} JOIN given USING (slot) WHERE household = ANY(names)),
other AS (SELECT {columns} FROM {place} AS t JOIN given ON t.slot = 3 - given.slot WHERE household = ANY(names))
SELECT household, count(one), count(other) FROM one FULL JOIN other USING ({key})
WHERE one IS DISTINCT FROM other GROUP BY household ORDER BY household
"""  # noqa: S608  # made of names of ours


def _totals(connection: Connection, slot: int) -> tuple[int, int]:
    found = connection.execute(TOTALS, (slot,)).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])
