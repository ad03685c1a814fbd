"""How one payment is used across the notes of a line. Source: domain.md section 4, oracle O8A."""

from collections.abc import Iterable, Sequence
from typing import Final

from ledger.allocation import allocate
from ledger.events import Allocation
from ledger.note import Note
from ledger.taken import Taken
from ledger.vocabulary import Bucket

_STATED: Final[tuple[tuple[str, tuple[Bucket, ...]], ...]] = (
    ("fee", ("fee",)),
    ("penalty", ("penalty_on_principal", "penalty_on_interest")),
    ("interest", ("overdue_interest", "current_interest")),
    ("principal", ("overdue_principal", "current_principal")),
)
_PRINCIPAL: Final[frozenset[Bucket]] = frozenset({"overdue_principal", "current_principal"})
_PLAIN: Final[frozenset[Bucket]] = frozenset({"current_interest", "current_principal"})


class Use:
    """A payment being used: what each bucket got, what was taken from each note, what is left. Units: minor units.

    Shape: `notes` are all that it may settle, oldest draw first, and `principal` what they owe of it; `live` are
    those of them on which more than principal may be owed, so that a line of many draws is not searched in vain.
    """

    __slots__ = ("left", "live", "notes", "parts", "principal_owed", "taken")

    def __init__(self, amount: int, notes: Iterable[Note], *, live: Iterable[Note], principal: int) -> None:
        self.left = amount
        self.notes = notes
        self.live = live
        self.principal_owed = principal
        self.parts: dict[Bucket, int] = {}
        self.taken: dict[Note, Taken] = {}

    @property
    def principal(self) -> int:
        """The principal the payment took off the notes."""
        return self.parts.get("overdue_principal", 0) + self.parts.get("current_principal", 0)

    def by_order(self, order: Sequence[Bucket]) -> None:
        """Use it by the line's order; inside a bucket the oldest draw comes first."""
        if not any(note.burdened for note in self.live):
            for bucket in order:
                if bucket in _PLAIN:  # the others are empty, and what can be owed in these need not be summed
                    self._fill(bucket, self.left)
            return
        owed = {bucket: self._owed(bucket) for bucket in order}
        for bucket, part in allocate(self.left, owed, order).parts.items():
            if part:
                self._fill(bucket, part)

    def as_stated(self, allocation: Allocation, *, trust: bool) -> None:
        """Use it as the lender said.

        Where it says more than our books know to be owed, `trust` takes its word for fees, penalties and interest
        (interest then counts as paid ahead); otherwise, on a full balance, the rest goes to principal, then to charges.
        """
        for name, buckets in _STATED:
            left: int = getattr(allocation, name)
            for bucket in buckets:
                left -= self._fill(bucket, min(left, self._owed(bucket))) if left else 0
            if left and name != "principal" and trust:
                self._beyond(name, buckets[-1], left)
        if not trust:
            self.by_order((
                "overdue_principal", "current_principal",
                "fee", "penalty_on_principal", "overdue_interest", "current_interest",
            ))  # fmt: skip

    def _beyond(self, name: str, bucket: Bucket, amount: int) -> None:
        first = next((note for note in self.notes if note.loan), None)
        if name == "interest" and first is not None:
            self._taken_from(first).take(bucket, amount)
        self.parts[bucket] = self.parts.get(bucket, 0) + amount
        self.left -= amount

    def _owed(self, bucket: Bucket) -> int:
        """What is owed in a bucket."""
        if bucket == "current_principal":
            return self.principal_owed - sum(note.overdue for note in self.live)
        return sum(note.owed(bucket) for note in self.live)

    def _fill(self, bucket: Bucket, amount: int) -> int:
        left = amount
        for note in self.notes if bucket == "current_principal" else self.live:
            if not left:
                break
            part = min(left, note.owed(bucket))
            if part:
                self._taken_from(note).take(bucket, part)
                left -= part
        used = amount - left
        if used:
            self.parts[bucket] = self.parts.get(bucket, 0) + used
            self.left -= used
            if bucket in _PRINCIPAL:
                self.principal_owed -= used
        return used

    def _taken_from(self, note: Note) -> Taken:
        taken = self.taken.get(note)
        if taken is None:
            taken = self.taken[note] = Taken(note)
        return taken
