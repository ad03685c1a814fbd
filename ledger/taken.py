"""What a payment took from a note, to be put back if it is reversed."""

from typing import TYPE_CHECKING

from ledger.plan import Plan

if TYPE_CHECKING:
    from ledger.note import Note


class Taken:
    """What one payment took from one note, so that a reversal can put back exactly that. Units: minor units.

    Shape: each of `claims` is a due date, its interest, its principal and whether a bill had asked for it.
    """

    __slots__ = (
        "accrued", "claims", "fee", "interest", "note", "penal_interest", "penal_principal", "penalty", "plan",
        "plan_after", "principal",
    )  # fmt: skip

    def __init__(self, note: "Note", *, principal: int = 0) -> None:
        self.note = note
        self.principal = principal
        self.fee = self.penalty = self.penal_principal = self.penal_interest = self.interest = self.accrued = 0
        self.claims: list[tuple[int, int, int, bool]] = []
        self.plan: Plan | None = note.plan
        self.plan_after: Plan | None = note.plan

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
