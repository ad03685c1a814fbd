"""How a payment is used when the lender has not said so. Source: domain.md section 4, oracle O8A."""

from collections.abc import Mapping, Sequence

import msgspec

from ledger.vocabulary import DEFAULT_ALLOCATION_ORDER, Bucket


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """A payment in parts; what nothing was owed for is `unapplied`. Units: minor units; they sum to the payment."""

    parts: dict[Bucket, int]
    unapplied: int


def allocate(amount: int, owed: Mapping[Bucket, int], order: Sequence[Bucket] = DEFAULT_ALLOCATION_ORDER) -> Parts:
    """Use a payment for what is owed, one bucket after the other.

    Shape: `parts` names every bucket of the order, also those that got nothing.
    """
    left = amount
    parts: dict[Bucket, int] = {}
    for bucket in order:
        part = parts[bucket] = min(left, max(0, owed.get(bucket, 0)))
        left -= part
    return Parts(parts=parts, unapplied=left)
