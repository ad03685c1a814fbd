"""How a payment takes from one note, and gives back if it is reversed. Source: domain.md section 4."""

import msgspec

from ledger.calendar import month_of
from ledger.money import RATE_UNIT
from ledger.note import PENALTY_UNIT, Note
from ledger.plan import Plan
from ledger.vocabulary import Bucket


class Taken:
    """What one payment took from one note, so that a reversal can put back exactly that. Units: minor units.

    Shape: each of `claims` is a due date, its interest, its principal and whether a bill had asked for it; `settles`
    says that no principal was left.
    """

    __slots__ = (
        "accrued", "claims", "fee", "interest", "note", "penal_interest", "penal_principal", "penalty", "plan",
        "plan_after", "principal", "settles",
    )  # fmt: skip

    def __init__(self, note: Note, *, principal: int = 0) -> None:
        self.note = note
        self.principal = principal
        self.fee = self.penalty = self.penal_principal = self.penal_interest = self.interest = self.accrued = 0
        self.claims: list[tuple[int, int, int, bool]] = []
        self.plan: Plan | None = note.plan
        self.plan_after: Plan | None = note.plan
        self.settles = False

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
    def amount(self) -> int:
        """All that was taken."""
        charged = self.fee + self.penalty + self.penal_principal + self.penal_interest
        return charged + self.interest + self.accrued + self.all_principal

    def settled(self, billed: set[int]) -> int:
        """What it settled of what fell due without a bill, in months that were not billed since."""
        claims = [claim for claim in self.claims if not claim[3] and month_of(claim[0]) not in billed]
        return sum(interest + principal for _, interest, principal, _ in claims)

    @property
    def current(self) -> int:
        """Interest and principal that were not due yet."""
        return self.interest + self.accrued + self.principal - sum(interest for _, interest, _, _ in self.claims)

    def take(self, bucket: Bucket, amount: int) -> None:
        """Use a part of the payment, at most what is owed in the bucket; interest may be paid ahead."""
        note = self.note
        match bucket:
            case "fee":
                note.fee -= amount
                self.fee += amount
            case "penalty_on_principal":
                charged = min(amount, note.penalty)
                note.penalty -= charged
                note.penal_principal -= (amount - charged) * PENALTY_UNIT
                note.penal_paid += amount - charged
                self.penalty += charged
                self.penal_principal += amount - charged
            case "penalty_on_interest":
                note.penal_interest -= amount * PENALTY_UNIT
                note.penal_paid += amount
                self.penal_interest += amount
            case "overdue_interest" | "current_interest":
                if bucket == "overdue_interest":
                    self._settle_claims(amount, 0)
                charged = min(amount, note.interest)
                note.interest -= charged
                note.accrued -= (amount - charged) * RATE_UNIT
                note.interest_paid += amount - charged
                self.interest += charged
                self.accrued += amount - charged
            case "overdue_principal":
                self._settle_claims(0, amount)
                note.principal -= amount
            case "current_principal":
                note.principal -= amount
                self.principal += amount

    def _settle_claims(self, interest: int, principal: int) -> None:
        note = self.note
        for due in note.dues:
            of_interest, of_principal = min(interest, due.interest), min(principal, due.principal)
            if of_interest or of_principal:
                note.release(due, of_principal)
                due.interest -= of_interest
                due.principal -= of_principal
                interest -= of_interest
                principal -= of_principal
                self.claims.append((due.due_on, of_interest, of_principal, due.billed))
        note.dues = [due for due in note.dues if due.interest or due.principal]

    def count_toward_plan(self, *, early: bool) -> None:
        """Count what was paid before it was due towards the schedule. `early`: stated as principal alone."""
        note = self.note
        self.settles = not note.principal
        if note.plan is not None and note.plan.rows and self.current:
            note.plan = self.plan_after = note.plan.after_payment(
                note.balance(), paid=self.current, principal=self.principal, early=early
            )

    def put_back(self, note: Note) -> None:
        """Undo what the payment took, as of the day the note, or what became of it, stands at."""
        again = self.settles and not note.principal
        note.fee += self.fee
        note.penalty += self.penalty
        note.penal_principal += self.penal_principal * PENALTY_UNIT
        note.penal_interest += self.penal_interest * PENALTY_UNIT
        note.penal_paid -= self.penal_principal + self.penal_interest
        note.interest += self.interest
        note.accrued += self.accrued * RATE_UNIT
        note.interest_paid -= self.accrued
        note.principal += self.all_principal
        for due_on, interest, principal, billed in self.claims:
            if billed or month_of(due_on) not in note.footing.billed:  # else the bill of that month says what is due
                note.reclaim(due_on, interest, principal, billed=billed)
        if again or (note.plan is self.plan_after and note.plan is not self.plan):
            note.plan = self.plan or note.plan  # as if it had never been paid: what fell due since then will be due
        else:
            self._put_back_plan(note)
        note.even_since = note.day

    def _put_back_plan(self, note: Note) -> None:
        """Let the schedule stand as if the payment had not counted: what it had paid of an instalment is due again."""
        plan, now = self.plan, note.plan
        if plan is None or now is None or not plan.rows:
            return
        row, counted = plan.rows[0], self._counted_toward(plan)
        if row.due_on > note.day:
            if now is self.plan_after:
                note.plan = plan
            elif now.rows is plan.rows:
                note.plan = msgspec.structs.replace(now, paid=now.paid - counted)
            elif self.current:
                note.replan()
            return
        if month_of(row.due_on) in note.footing.billed:
            counted = 0  # the bill of that month says what is due
        interest = min(counted, self.current - self.principal)
        if counted:
            note.reclaim(row.due_on, interest, counted - interest, billed=False)
        if self.principal > counted - interest:
            note.replan()

    def _counted_toward(self, plan: Plan) -> int:
        """What of the payment counted towards the instalment that was next; the rest was early principal."""
        row, after = plan.rows[0], self.plan_after
        if after is None or len(plan.rows) == 1:
            return self.current
        if after.rows is plan.rows:
            return after.paid - plan.paid
        covered = not after.rows or after.rows[0].number > row.number
        return min(self.current, max(0, row.payment - plan.paid)) if covered else 0
