"""A household's chain of hashes as evidence: what somebody without the book needs to see that facts stand in it.

Every link is listed. Of a fact that is disclosed the stored bytes are there too, so that its hash can be recomputed;
of one that is withheld only its hash. A chain proves order and that nothing was changed since its end was last shown
to somebody; it does not prove who recorded it.
"""

from collections.abc import Collection
from typing import Any, Final, LiteralString

import msgspec

from ledger.store.broken import Broken, broken
from ledger.store.chain import FORMULA, GENESIS, link
from ledger.store.journal import Connection

LINKS: Final[LiteralString] = """
SELECT version, recorded_at, formula, hash, CASE WHEN %(all)s OR version = ANY(%(disclosed)s) THEN payload END
FROM headroom.event WHERE household = %(household)s AND version <= %(until)s ORDER BY version
"""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One fact's place in the chain. Units: `recorded_at` in microseconds since the epoch; `hash` in hexadecimal.

    Shape: `payload` is the fact as stored, personal texts replaced by salted digests; None when it is withheld.
    """

    version: int
    recorded_at: int
    formula: int
    hash: str
    payload: str | None


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """The chain of a household from its first fact."""

    household: str
    links: tuple[Link, ...]

    @property
    def head(self) -> str:
        """The hash of the latest fact: who keeps it can tell later whether anything before it was changed."""
        return self.links[-1].hash if self.links else GENESIS.hex()

    @property
    def disclosed(self) -> int:
        """How many facts are disclosed."""
        return sum(one.payload is not None for one in self.links)


def chain(connection: Connection, household: str, *, until: int, disclosed: Collection[int] | None) -> Chain:
    """A household's chain up to a version, with the stored bytes of some facts; of all when none are named."""
    wanted = {
        "household": household, "until": until, "all": disclosed is None, "disclosed": sorted(disclosed or ())
    }  # fmt: skip
    rows: list[tuple[Any, ...]] = connection.execute(LINKS, wanted).fetchall()
    return Chain(
        household=household,
        links=tuple(
            Link(
                version=version,
                recorded_at=recorded_at,
                formula=formula,
                hash=bytes(end).hex(),
                payload=None if payload is None else bytes(payload).decode(),
            )
            for version, recorded_at, formula, end, payload in rows
        ),
    )


def first_broken(found: Chain) -> Broken | None:
    """The first fact of a chain whose hash does not follow from the hash before it and the bytes that are shown."""
    previous = GENESIS
    for number, one in enumerate(found.links, start=1):
        bad = _broken(found.household, one, number=number, previous=previous)
        if bad is not None:
            return bad
        previous = bytes.fromhex(one.hash)
    return None


def _broken(household: str, one: Link, *, number: int, previous: bytes) -> Broken | None:
    fact = f"{household}:{number}"
    if one.version != number:
        return broken(fact, "out_of_place", found=f"{household}:{one.version}")
    if one.formula != FORMULA:
        return broken(fact, "unknown_formula", formula=one.formula)
    if one.payload is None:
        return None
    expected = link(
        previous,
        household=household,
        version=one.version,
        recorded_at=one.recorded_at,
        topic="",
        payload=one.payload.encode(),
    )
    return None if expected.hex() == one.hash else broken(fact, "other_shown")
