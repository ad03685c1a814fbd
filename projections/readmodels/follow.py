"""Following the log: whatever is recorded stands in the read tables a moment later, exactly once.

One follower at a time holds the lock; the epoch of the generation fences one that lost it without noticing. The log is
read before the transaction that writes begins, so that following never holds its own horizon back.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final, LiteralString

import msgspec
import psycopg

from ledger.store import reader
from projections.readmodels import log
from projections.readmodels.generation import (
    FOLLOWING,
    Fenced,
    Generation,
    alone,
    lead,
    live,
    write,
)
from projections.readmodels.household import Household, Moment
from projections.readmodels.log import Connection, Place

BATCH: Final = 2_000
"""Places of the log that are taken in one transaction."""
CAPACITY_FACTS: Final = 500_000
"""Facts of all households that are kept in memory between batches; a fact takes about a kilobyte with its state."""
LAPSES: Final = 500
_ONE_HOUSEHOLDS: Final = (psycopg.DataError, psycopg.IntegrityError)
"""What storing fails with when a row of one household is at fault, and not the database."""

STORED: Final[LiteralString] = """
SELECT version, recorded_at, as_of, quarantine FROM readmodel.household_now WHERE household = %s AND slot = %s
"""
DUE: Final[LiteralString] = """
SELECT household FROM readmodel.household_now WHERE slot = %s AND next_at <= %s ORDER BY next_at LIMIT %s
"""
RESERVE: Final[LiteralString] = "SELECT first FROM headroom.reserve_positions(%s)"
LAPSE: Final[LiteralString] = """
INSERT INTO headroom.lapse (position, txid, at, household)
SELECT %s + d.place - 1, pg_current_xact_id(), %s, d.household
FROM unnest(%s::text[]) WITH ORDINALITY AS d (household, place)
"""
SEEN: Final[LiteralString] = """
SELECT n.version >= %(version)s AND n.quarantine IS NULL FROM readmodel.household_now AS n
WHERE n.household = %(household)s AND n.slot = (SELECT slot FROM readmodel.generation WHERE state = 'live')
"""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one batch took in. Shape: `quarantined` are the households whose facts could not be folded."""

    places: int
    position: int
    households: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()


class Follower:
    """Takes the log into one generation, batch by batch; remembers the households used last."""

    def __init__(self, connection: Connection, generation: Generation, *, capacity_facts: int = CAPACITY_FACTS) -> None:
        self.generation = generation
        self._connection = connection
        self._capacity = capacity_facts
        self._known: OrderedDict[str, Household] = OrderedDict()
        self._lapsed: set[str] = set()

    def step(self, *, limit: int = BATCH) -> Step:
        """Take in the next batch; nothing when there is none. Raises: Fenced when another took over."""
        places, position = log.follow(self._connection, after=self.generation.position, limit=limit)
        if not places:
            return Step(places=0, position=position)
        changed, troubled = self._taken(log.by_household(places))
        try:
            self.generation = write(self._connection, self.generation, changed, position=position, troubled=troubled)
        except _ONE_HOUSEHOLDS:
            troubled |= self._apart(changed, position, troubled)
        self._lapsed.clear()
        self._forget_oldest()
        names = tuple(state.name for state in changed)
        return Step(places=len(places), position=position, households=names, quarantined=tuple(troubled))

    def let_lapse(self, now: int) -> int:
        """Note in the log that the clock has passed an instant at which time alone changes something; how often."""
        found = self._connection.execute(DUE, (self.generation.slot, now, LAPSES)).fetchall()
        due = [household for (household,) in found if household not in self._lapsed]
        if due:
            note_lapses(self._connection, due, at=now)
            self._lapsed.update(due)
        return len(due)

    def _taken(self, by_household: dict[str, list[Place]]) -> tuple[list[Household], dict[str, str]]:
        changed: list[Household] = []
        troubled: dict[str, str] = {}
        for household, places in by_household.items():
            try:
                state = self._state(household, before=places[0].position)
                go_through(state, log.moments(places))
                state.settle()
            except psycopg.OperationalError:
                raise
            except Exception as error:  # noqa: BLE001  # whatever a fold fails with must not stop the other households
                troubled[household] = f"{type(error).__name__}: {error}"[:500]
                self._forget(household)
            else:
                changed.append(state)
        return changed, troubled

    def _apart(self, changed: list[Household], position: int, troubled: dict[str, str]) -> dict[str, str]:
        """Store households one by one because one of them holds a number no column can take; those that do."""
        refused: dict[str, str] = {}
        for state in changed:
            try:
                self.generation = write(
                    self._connection, self.generation, [state], position=self.generation.position
                )  # fmt: skip
            except _ONE_HOUSEHOLDS as error:
                refused[state.name] = f"{type(error).__name__}: {error.diag.message_primary}"
                self._forget(state.name)
        self.generation = write(
            self._connection, self.generation, (), position=position, troubled=troubled | refused
        )  # fmt: skip
        return refused

    def _state(self, household: str, *, before: int) -> Household:
        state = self._known.get(household)
        if state is None:
            state = self._known[household] = self._read(household, before=before)
        self._known.move_to_end(household)
        return state

    def _read(self, household: str, *, before: int) -> Household:
        found = self._connection.execute(STORED, (household, self.generation.slot)).fetchone()
        if found is None:
            return Household(household)
        version, recorded_at, as_of, quarantine = found
        if quarantine is not None:
            return derived(self._connection, household, before=before)
        state = Household(household)
        state.begin_at(reader.load(self._connection, household, known_at=recorded_at), as_of=as_of)
        if state.version != version:
            raise AssertionError(f"{household} was stored at version {version} but reads as {state.version}")
        return state

    def _forget(self, household: str) -> None:
        self._known.pop(household, None)

    def _forget_oldest(self) -> None:
        facts = sum(len(state.recorded) for state in self._known.values())
        while facts > self._capacity and len(self._known) > 1:
            facts -= len(self._known.popitem(last=False)[1].recorded)


def derived(connection: Connection, household: str, *, before: int | None = None) -> Household:
    """A household derived from the beginning of its log, up to before a position if one is given."""
    recorded = {household: reader.load(connection, household)}
    moments = log.standing_moments(connection, recorded)[household]
    return lived(household, (one for one in moments if before is None or one.position < before))


def lived(household: str, moments: Iterable[Moment]) -> Household:
    """A household that went through all moments of its log."""
    state = Household(household, anew=True)
    go_through(state, moments)
    state.settle()
    return state


def go_through(state: Household, moments: Iterable[Moment]) -> None:
    """Let a household take in moments, in order."""
    for moment in moments:
        state.take(moment)


def note_lapses(connection: Connection, households: list[str], *, at: int) -> None:
    """Note in the log that the clock passed an instant for some households, in one short transaction.

    The position comes first: a transaction that wrote before it took one would spoil the order.
    """
    with connection.transaction():
        found = connection.execute(RESERVE, (len(households),)).fetchone()
        assert found is not None
        connection.execute(LAPSE, (found[0], at, households))


def follow(
    connection: Connection, *, clock: Callable[[], int], wait: Callable[[], bool], told: Callable[[Step], None]
) -> bool:
    """Follow the log until `wait` says to stop; it is called whenever there is nothing to do.

    Returns false at once when another follower is at work. A generation that was swapped is followed on in its new
    slot. Shape: `connection` is the service's, in autocommit mode.
    """
    with alone(connection, FOLLOWING) as leading:
        if not leading:
            return False
        follower = Follower(connection, lead(connection))
        while True:
            try:
                step = follower.step()
                told(step)
                idle = not step.places and not follower.let_lapse(clock())
            except Fenced:
                follower = Follower(connection, lead(connection))
                continue
            if idle and not wait():
                return True


def catch_up(
    connection: Connection, *, clock: Callable[[], int], told: Callable[[Step], None] = lambda _: None
) -> bool:
    """Take in everything the log holds now; false when another follower is at work on that already."""
    return follow(connection, clock=clock, wait=lambda: False, told=told)


def sees(connection: Connection, household: str, *, version: int) -> bool:
    """Whether the read tables hold a household up to a version: what a caller asks before it reads its own write."""
    found = connection.execute(SEEN, {"household": household, "version": version}).fetchone()
    return bool(found and found[0])


def until_seen(
    connection: Connection, household: str, *, version: int, clock: Callable[[], int], pauses: Iterable[None]
) -> bool:
    """Make sure that a read sees what was acknowledged: wait for the follower, or follow where there is none.

    `pauses` sleeps a little each time it is asked, and ends when patience does. False when it came to that.
    """
    for _ in pauses:
        if sees(connection, household, version=version):
            return True
        catch_up(connection, clock=clock)
    return sees(connection, household, version=version)


def until_told(
    connection: Connection,
    *,
    clock: Callable[[], int],
    pauses: Iterable[None],
    position: int | None = None,
    told: Callable[[Step], None] = lambda _: None,
) -> bool:
    """Make sure that a read sees whatever was committed before it was asked for, of all households.

    Shape: as `until_seen`; `position` is how far, and where the log ends when none is given.
    """
    wanted = log.end(connection) if position is None else position
    for _ in pauses:
        if live(connection).position >= wanted:
            return True
        catch_up(connection, clock=clock, told=told)
    return live(connection).position >= wanted
