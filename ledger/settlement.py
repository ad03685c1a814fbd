"""What became of a payment: how it is told, and what it did, so that exactly that can be undone."""

from typing import TypeAlias

import msgspec

from ledger.bill import Settled
from ledger.taken import Taken
from ledger.vocabulary import Bucket


class Paid(msgspec.Struct, frozen=True, gc=False):
    """What became of a payment. Units: minor units.

    Shape: `parts` and `overpaid` sum to the payment. On a full balance the whole payment counts as principal, of
    which fee, penalty and interest are parts, and what is beyond the debt is a credit balance, not overpaid.
    """

    principal: int
    overpaid: int
    derived: bool
    parts: dict[Bucket, int]
    fee: int = 0
    penalty: int = 0
    interest: int = 0


class Settlement(msgspec.Struct, frozen=True, gc=False):
    """What a payment did, so that exactly that can be undone. Units: minor units.

    Shape: `amount` is all of it, so also what was used for nothing that the book knew.
    """

    taken: tuple[Taken, ...]
    bills: list[Settled]
    credit: int
    amount: int


OfPrincipal: TypeAlias = list[tuple[int, int]]
"""What a payment did that took principal off notes, by their numbers, and nothing else."""
