"""The records of a book at rest, and how they become bytes; who lays a book to rest, and wakes it, is `resting`."""

from fractions import Fraction
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger.bill import Bill
from ledger.claim import Due
from ledger.events import LineOpened
from ledger.plan import Plan
from ledger.reserve import MonthlyFlow
from ledger.terms import LoanTerms
from ledger.traces import LimitChange, Posting, Residual, Temporary


class Resting(msgspec.Struct, frozen=True, kw_only=True):
    """A book at rest. Shape: good at instants in [`since_at`, `until_at`) while `version` is the latest fact."""

    version: int
    timezone: str
    since_at: int
    until_at: int
    state: bytes

    def good(self, version: int, at: int) -> bool:
        """Whether it is the state that a fold of the facts up to a version, as of an instant, would give."""
        return self.version == version and self.since_at <= at < self.until_at


class RestingNote(msgspec.Struct, frozen=True, array_like=True):
    """A note. Shape: fractions of a minor unit are `long`: more than eight bytes, so they are written out."""

    made_with: tuple[Any, ...]
    plain: tuple[Any, ...]
    long: tuple[str, ...]
    dues: list[Due]
    plan: Plan | None


class RestingLoans(msgspec.Struct, frozen=True, array_like=True):
    """What is owed on a line. Units: minor units."""

    terms: LoanTerms
    billed: set[int]
    notes: list[RestingNote]
    bills: list[Bill]
    principal: int
    posted: int
    credit: int


class RestingLine(msgspec.Struct, frozen=True, array_like=True):
    """A line. Shape: `root` and `peers` are names; `reversed` has the payments that were undone, by version."""

    name: str
    terms: LineOpened
    root: str
    peers: tuple[str, ...]
    permanent: int | None
    temporaries: list[Temporary]
    held: int
    frozen: bool
    closed: bool
    expired: bool
    changes: list[LimitChange]
    residuals: list[Residual]
    reversed: dict[int, Posting]
    loans: RestingLoans


class RestingBook(msgspec.Struct, frozen=True, array_like=True):
    """A book. Shape: accounts have their name, kind, fund, whether they are pledged, and their balance."""

    currency: str
    lines: list[RestingLine]
    accounts: list[tuple[Any, ...]]
    income: MonthlyFlow
    essentials: MonthlyFlow


@cache
def rules_mark() -> bytes:
    """What tells the rules of this fold from those of another version of the program: the digest of their text."""
    mark = sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        mark.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return mark.digest()


def _written(value: Any) -> tuple[int, int]:
    assert type(value) is Fraction
    return value.numerator, value.denominator


def _read(_: type, pair: list[int]) -> Fraction:
    return _fraction(*pair)


_fraction = lru_cache(maxsize=4_096)(Fraction)
"""Parts of a year by months and days; a few of them serve all schedules."""
encoder: Final = msgspec.msgpack.Encoder(enc_hook=_written)
decoder: Final = msgspec.msgpack.Decoder(RestingBook, dec_hook=_read)
