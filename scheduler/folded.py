"""Books laid to rest, as rows: a check of a household of which nothing new is known need not fold its facts anew.

They are copies of what the facts give, and replaced as often as that changes: a row of another version of the book or
of the program is passed over, and every one of them may be thrown away.
"""

from typing import Any, Final, LiteralString

import psycopg

from ledger.resting import Resting, rules_mark

Connection = psycopg.Connection[Any]

READ: Final[LiteralString] = """
SELECT household, version, since_at, until_at, state FROM clock.folded WHERE household = ANY(%s) AND rules = %b
"""
KEEP: Final[LiteralString] = """
INSERT INTO clock.folded (household, version, since_at, until_at, rules, state)
SELECT k.household, k.version, k.since_at, k.until_at, %b, k.state
FROM unnest(%s::text[], %s::integer[], %s::bigint[], %s::bigint[], %b::bytea[])
    AS k (household, version, since_at, until_at, state)
ON CONFLICT (household) DO UPDATE SET version = excluded.version, since_at = excluded.since_at,
    until_at = excluded.until_at, rules = excluded.rules, state = excluded.state
"""


def resting(connection: Connection, households: list[str]) -> dict[str, Resting]:
    """The books at rest of some households, as far as they were folded by the rules of this program."""
    with connection.cursor(binary=True) as cursor:
        return {
            household: Resting(version=version, since_at=since_at, until_at=until_at, state=state)
            for household, version, since_at, until_at, state in cursor.execute(
                READ, (households, rules_mark()), prepare=True
            )
        }


def keep(connection: Connection, books: dict[str, Resting]) -> None:
    """Keep books, each in the place of the one before, in the caller's transaction."""
    if books:
        kept = books.values()
        columns = [[one.version for one in kept], [one.since_at for one in kept], [one.until_at for one in kept]]
        connection.execute(KEEP, (rules_mark(), list(books), *columns, [one.state for one in kept]))
