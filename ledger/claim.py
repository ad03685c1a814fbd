"""What time and payments leave on a note: claims that fell due, and what a payment took, to be put back if reversed."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from ledger.note import Note


class Due(msgspec.Struct, eq=False, gc=False):
    """What fell due and is unpaid; penalty interest on it is counted up to `since`. Units: minor units, ordinals."""

    due_on: int
    interest: int
    principal: int
    since: int
    billed: bool = False


class Taken:
    """What one payment took from one note, so that a reversal can put back exactly that. Units: minor units."""

    __slots__ = (
        "accrued", "claims", "fee", "interest", "note", "penal_interest", "penal_principal", "penalty", "plan",
        "plan_after", "principal",
    )  # fmt: skip

    def __init__(self, note: "Note", *, principal: int = 0) -> None:
        self.note = note
        self.plan = self.plan_after = note.plan
        self.fee = self.penalty = self.penal_principal = self.penal_interest = 0
        self.interest = self.accrued = 0
        self.principal = principal
        self.claims: list[tuple[int, int, int, bool]] = []

    @property
    def all_principal(self) -> int:
        """Principal, due or not."""
        if not self.claims:
            return self.principal
        return self.principal + sum(principal for _, _, principal, _ in self.claims)

    @property
    def posted(self) -> int:
        """What the lender had charged."""
        return self.fee + self.penalty + self.interest

    @property
    def current(self) -> int:
        """Interest and principal that were not due yet."""
        return self.interest + self.accrued + self.principal - sum(interest for _, interest, _, _ in self.claims)
