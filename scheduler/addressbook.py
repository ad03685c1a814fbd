"""Where each household is told: channels are added, shown without their secrets, and removed."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

import msgspec
import psycopg

from scheduler.channels.address import POSTED, Address, masked

Connection = psycopg.Connection[Any]

KEPT_MICROSECONDS: Final = 7 * 24 * 3600 * 1_000_000
"""What nobody could be told of for want of a channel is told through the first one, if it is no older than this."""
ADD: Final[LiteralString] = """
INSERT INTO clock.channel (household, name, kind, kinds, address, added_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (household, name) DO NOTHING
"""
REOPEN: Final[LiteralString] = """
UPDATE clock.outbox SET state = 'waiting' WHERE household = %s AND state <> 'spread' AND created_at >= %s
"""
"""Also touches what is waiting, so that it takes turns with whoever is spreading it at this moment."""
END: Final[LiteralString] = """
UPDATE clock.delivery SET state = 'dead', outcome = 'removed', detail = NULL, ended_at = %s
WHERE household = %s AND channel = %s AND state = 'due'
"""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of a household, as it may be shown. Units: instants in microseconds since the epoch."""

    household: str
    name: str
    kind: str
    address: str
    kinds: tuple[str, ...]
    added_at: int
    failing_since: int | None


def add(connection: Connection, household: str, address: Address, *, name: str, kinds: Sequence[str], now: int) -> bool:
    """Set a channel; False when the household has one of that name."""
    text = address.url + (f"#{address.secret}" if address.secret else "")
    with connection.transaction():
        given = (household, name, address.kind, list(kinds), text, now)
        if not connection.execute(ADD, given).rowcount:
            return False
        connection.execute(REOPEN, (household, now - KEPT_MICROSECONDS))
    return True


def free_name(connection: Connection, household: str, kind: str) -> str:
    """A name that no channel of the household has: its kind, with a number where that is taken."""
    taken = {channel.name for channel in channels(connection, household)}
    numbered = (f"{kind}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (kind, *numbered) if name not in taken)


def channels(connection: Connection, household: str) -> list[Channel]:
    """The channels of a household, in the order they were set."""
    rows = connection.execute(
        "SELECT name, kind, kinds, added_at, failing_since, address FROM clock.channel WHERE household = %s"
        " ORDER BY added_at, name",
        (household,),
    ).fetchall()
    return [
        Channel(
            household=household,
            name=name,
            kind=kind,
            kinds=tuple(kinds),
            added_at=added_at,
            failing_since=failing_since,
            address=masked(stored(kind, address)),
        )
        for name, kind, kinds, added_at, failing_since, address in rows
    ]


def address_of(connection: Connection, household: str, name: str) -> Address | None:
    """Where a channel leads, with its secrets; None when there is no such channel."""
    found = connection.execute(
        "SELECT kind, address FROM clock.channel WHERE household = %s AND name = %s", (household, name)
    ).fetchone()
    return stored(*found) if found else None


def stored(kind: str, text: str) -> Address:
    """An address as the table keeps it."""
    url, _, secret = text.partition("#") if kind in POSTED else (text, "", "")
    return Address(kind=kind, url=url, secret=secret)


def remove(connection: Connection, household: str, name: str, *, now: int) -> bool:
    """Forget a channel and its address; what was on its way becomes dead letters. False when there is none."""
    with connection.transaction():
        gone = connection.execute("DELETE FROM clock.channel WHERE household = %s AND name = %s", (household, name))
        if gone.rowcount:
            connection.execute(END, (now, household, name))
    return gone.rowcount == 1
