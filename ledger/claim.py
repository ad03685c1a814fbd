"""What time and payments leave on a note: claims that fell due, and what a payment took, to be put back if reversed."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from ledger.note import Note
    from ledger.plan import Plan


class Due(msgspec.Struct, eq=False, gc=False):
    """What fell due and is unpaid; penalty interest on it is counted up to `since`. Units: minor units, ordinals."""

    due_on: int
    interest: int
    principal: int
    since: int
    billed: bool = False


class Taken(msgspec.Struct, eq=False, gc=False):
    """What one payment took from one note, so that a reversal can put back exactly that. Units: minor units."""

    note: "Note"
    principal: int = 0
    fee: int = 0
    penalty: int = 0
    penal_principal: int = 0
    penal_interest: int = 0
    interest: int = 0
    accrued: int = 0
    claims: list[tuple[int, int, int, bool]] = []
    plan: "Plan | None" = None
    plan_after: "Plan | None" = None

    def __post_init__(self) -> None:
        self.plan = self.plan_after = self.note.plan

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
