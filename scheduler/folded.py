"""Books laid to rest, as rows: a check of a household of which nothing new is known need not read its facts anew.

They are copies of what the facts give, and replaced as often as that changes: a row of another version of the book or
of the program is passed over, and every one of them may be thrown away.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, LiteralString

import msgspec

import projections
from ledger.resting_records import Resting, rules_mark
from ledger.store.reader import Connection
from projections.indicators.known import Known

READ: Final[LiteralString] = """
SELECT household, version, timezone, since_at, until_at, state, known
FROM clock.folded WHERE household = ANY(%s) AND rules = %b
"""
KEEP: Final[LiteralString] = """
INSERT INTO clock.folded (household, version, timezone, since_at, until_at, rules, state, known)
SELECT k.household, k.version, k.timezone, k.since_at, k.until_at, %b, k.state, k.known
FROM unnest(%s::text[], %s::integer[], %s::text[], %s::bigint[], %s::bigint[], %b::bytea[], %b::bytea[])
    AS k (household, version, timezone, since_at, until_at, state, known)
ON CONFLICT (household) DO UPDATE SET version = excluded.version, timezone = excluded.timezone,
    since_at = excluded.since_at, until_at = excluded.until_at, rules = excluded.rules, state = excluded.state,
    known = excluded.known
"""
_known: Final = msgspec.msgpack.Decoder(Known)


class AtRest(msgspec.Struct, frozen=True):
    """A book at rest, and what its facts say beside it."""

    book: Resting
    known: Known


def at_rest(connection: Connection, households: list[str]) -> dict[str, AtRest]:
    """The books at rest of some households, as far as they were folded by the rules of this program and are whole."""
    found: dict[str, AtRest] = {}
    with connection.cursor(binary=True) as cursor:
        for household, *fields, known_bytes in cursor.execute(READ, (households, _mark()), prepare=True):
            book = Resting(**dict(zip(Resting.__struct_fields__, fields, strict=True)))
            try:
                found[household] = AtRest(book, _known.decode(known_bytes))
            except msgspec.DecodeError:  # a copy that was damaged is no copy
                continue
    return found


def keep(connection: Connection, books: dict[str, AtRest]) -> None:
    """Keep books, each in the place of the one before, in the caller's transaction."""
    if books:
        rows = [
            (household, *msgspec.structs.astuple(one.book), msgspec.msgpack.encode(one.known))
            for household, one in books.items()
        ]
        connection.execute(KEEP, (_mark(), *(list(column) for column in zip(*rows, strict=True))))


@cache
def _mark() -> bytes:
    """What tells the rules of this program from those of another version: the digest of their text."""
    home = Path(projections.__file__).parent
    rooms = b"".join((home / room).read_bytes() for room in ("requests.py", "indicators/known.py"))
    return sha256(rules_mark() + rooms).digest()
