"""The lease: of any number of processes one runs what is due, and one that was taken for dead can do no harm.

The lease is a row with an epoch. To take it over raises the epoch, which is part of a key: PostgreSQL lets that wait
for every transaction that rests on the epoch, while a renewal, which touches no key, waits for none. A lease is judged
by the database's clock alone; one that was renewed in its future was renewed before that clock went back.
Source: store.md, "APScheduler 3.11".
"""

from typing import Final, LiteralString

import msgspec

from ledger.calendar import SECOND
from ledger.store.reader import Connection

LASTS_SECONDS: Final = 14
LOOK_SECONDS: Final = 1
"""How often who does not lead looks whether the lease is free: it leads at most 15 seconds after the leader died."""
RENEW_SECONDS: Final = 5

TAKE: Final[LiteralString] = """
UPDATE clock.leader SET epoch = epoch + 1, holder = %(holder)s, renewed_at = clock.now()
WHERE name = 'scheduler' AND NOT (clock.now() >= renewed_at AND clock.now() < renewed_at + %(lasts)s)
RETURNING epoch
"""
RENEW: Final[LiteralString] = "UPDATE clock.leader SET renewed_at = clock.now() WHERE name = 'scheduler' AND epoch = %s"
GIVE_UP: Final[LiteralString] = "UPDATE clock.leader SET renewed_at = 0 WHERE name = 'scheduler' AND epoch = %s"
STAND: Final[LiteralString] = "SELECT FROM clock.leader WHERE name = 'scheduler' AND epoch = %s FOR KEY SHARE"
SWEPT: Final[LiteralString] = """
UPDATE clock.leader SET swept_at = %s, sweep_ms = %s WHERE name = 'scheduler' AND epoch = %s
"""
HELD: Final[LiteralString] = """
SELECT holder, epoch, renewed_at, clock.now() >= renewed_at AND clock.now() < renewed_at + %s, swept_at, sweep_ms
FROM clock.leader WHERE name = 'scheduler'
"""


class Fenced(Exception):
    """Somebody else runs what is due now."""


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds the lease. Units: instants in microseconds since the epoch; `swept_at` 0 before the first sweep."""

    holder: str
    epoch: int
    renewed_at: int
    held: bool
    swept_at: int
    sweep_ms: int


def take(connection: Connection, holder: str, *, lasts_seconds: float = LASTS_SECONDS) -> int | None:
    """Take the lease if nobody holds it; its new epoch. Shape: `connection` is in autocommit mode."""
    lasts = round(lasts_seconds * SECOND)
    if lease(connection, lasts_seconds=lasts_seconds).held:
        return None
    found = connection.execute(TAKE, {"holder": holder, "lasts": lasts}).fetchone()
    return int(found[0]) if found else None


def renew(connection: Connection, epoch: int) -> None:
    """Go on holding the lease. Raises: Fenced when it was taken over."""
    if connection.execute(RENEW, (epoch,)).rowcount != 1:
        raise Fenced


def give_up(connection: Connection, epoch: int) -> None:
    """Let the next process take the lease at once."""
    connection.execute(GIVE_UP, (epoch,))


def stand(connection: Connection, epoch: int) -> None:
    """Rest the transaction that is open on the lease: nobody takes it over before it ends. Raises: Fenced."""
    if connection.execute(STAND, (epoch,)).rowcount != 1:
        raise Fenced


def swept(connection: Connection, epoch: int, *, at: int, milliseconds: int) -> None:
    """Note that the holder looked for what is due."""
    connection.execute(SWEPT, (at, milliseconds, epoch))


def lease(connection: Connection, *, lasts_seconds: float = LASTS_SECONDS) -> Lease:
    """Who holds the lease, or held it last."""
    row = connection.execute(HELD, (round(lasts_seconds * SECOND),)).fetchone()
    assert row is not None
    holder, epoch, renewed_at, held, swept_at, sweep_ms = row
    return Lease(
        holder=holder, epoch=epoch, renewed_at=renewed_at, held=held, swept_at=swept_at, sweep_ms=sweep_ms
    )  # fmt: skip
