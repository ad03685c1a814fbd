"""Where each household is told: channels are added, shown without their secrets, and removed."""

from collections.abc import Sequence
from typing import Final, LiteralString

import msgspec

from ledger.store.reader import Connection
from scheduler.channels.address import LEFT_OUT, POSTED, Address, masked, without_keys
from scheduler.channels.wording import failing_key

KEPT_MICROSECONDS: Final = 7 * 24 * 3600 * 1_000_000
"""What nobody could be told of for want of a channel is told through the first one, if it is no older than this."""
ADD: Final[LiteralString] = """
INSERT INTO clock.channel AS c (household, name, kind, kinds, address, added_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (household, name) DO UPDATE
SET kind = excluded.kind, address = excluded.address, failing_since = NULL,
    kinds = CASE WHEN excluded.kinds = '{}' THEN c.kinds ELSE excluded.kinds END
WHERE strpos(c.address, %s) > 0
"""
"""A channel whose keys were left out takes its address again, and what was on its way through it goes on."""
REOPEN: Final[LiteralString] = """
UPDATE clock.outbox SET state = 'waiting' WHERE household = %s AND state <> 'spread' AND created_at >= %s
  AND NOT (kind = 'channel_failing' AND starts_with(dedup_key, %s))
"""
"""Also touches what is waiting, so that it takes turns with whoever is spreading it at this moment.

That a channel of the very name does not work is no longer so, and not told.
"""
END: Final[LiteralString] = """
UPDATE clock.delivery SET state = 'dead', outcome = 'removed', detail = NULL, ended_at = %s
WHERE household = %s AND channel = %s AND state = 'due'
"""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of a household, as it may be shown.

    Shape: without `whole` its keys were left out, and nothing goes through it until its address is set again.
    Units: instants in microseconds since the epoch.
    """

    household: str
    name: str
    kind: str
    address: str
    kinds: tuple[str, ...]
    added_at: int
    failing_since: int | None
    whole: bool


def add(connection: Connection, household: str, address: Address, *, name: str, kinds: Sequence[str], now: int) -> bool:
    """Set a channel, or the address of one without its keys; False when the household has another of that name."""
    with connection.transaction():
        given = (household, name, address.kind, list(kinds), kept(address), now, LEFT_OUT)
        if not connection.execute(ADD, given).rowcount:
            return False
        connection.execute(REOPEN, (household, now - KEPT_MICROSECONDS, failing_key(name, "")))
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
            whole=stored(kind, address).whole,
        )
        for name, kind, kinds, added_at, failing_since, address in rows
    ]


def without_their_keys(connection: Connection) -> list[tuple[str, str, str]]:
    """Every channel as a backup may hold it: household, name, and the address as far as it holds no key."""
    rows = connection.execute("SELECT household, name, kind, address FROM clock.channel").fetchall()
    return [(household, name, kept(without_keys(stored(kind, text)))) for household, name, kind, text in rows]


def incomplete(connection: Connection) -> list[tuple[str, str]]:
    """Which channels wait for their address, because its keys were left out: household and name."""
    found = connection.execute(
        "SELECT household, name FROM clock.channel WHERE strpos(address, %s) > 0 ORDER BY household, name", (LEFT_OUT,)
    )
    return [(household, name) for household, name in found]


def address_of(connection: Connection, household: str, name: str) -> Address | None:
    """Where a channel leads, with its secrets; None when there is no such channel."""
    found = connection.execute(
        "SELECT kind, address FROM clock.channel WHERE household = %s AND name = %s", (household, name)
    ).fetchone()
    return stored(*found) if found else None


def kept(address: Address) -> str:
    """An address as the table is to keep it."""
    return address.url + (f"#{address.secret}" if address.secret else "")


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
