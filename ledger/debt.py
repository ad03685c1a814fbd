"""What one line owes, and what it will owe on a day if no fact comes. Questions only: ledger.loan takes in facts.

A question looks at a copy that was let age to the day asked for, and leaves the state as it is.
Source: domain.md sections 2, 4 and 5.
"""

from typing import final

from ledger import dues
from ledger.bill import Bill
from ledger.billing import age
from ledger.charge import ChargeKind
from ledger.dues import Ahead, AtWill, LoanView, Maturity, Outlook, Rated
from ledger.note import Note
from ledger.notes import OpenNotes
from ledger.terms import Footing


@final
class _Aged:
    """What a line owes as it will be on a day if no fact comes, in copies, and what was asked of that, worked out once.

    Shape: `changes` is that of the debt it was copied from; `lent` when others look at the copies, which must stand.
    """

    __slots__ = ("_accrued", "_ahead", "_at_will", "_rated", "bills", "changes", "day", "lent", "notes")

    def __init__(self, notes: list[Note], bills: list[Bill], day: int, changes: int) -> None:
        self.notes, self.bills = notes, bills
        self.changes = changes
        self.lent = False
        self.age(day)

    def age(self, day: int) -> None:
        """Let the copies go on to a day, not before the one they stand at."""
        age(self.notes, self.bills, day)
        self.day = day
        self._accrued: int | None = None
        self._ahead: tuple[Ahead, ...] | None = None
        self._at_will: AtWill | None = None
        self._rated: tuple[Rated, ...] | None = None

    @property
    def accrued(self) -> int:
        if self._accrued is None:
            self._accrued = dues.accrued(self.notes)
        return self._accrued

    @property
    def ahead(self) -> tuple[Ahead, ...]:
        if self._ahead is None:
            self._ahead = dues.ahead(self.notes, self.bills, after=self.day)
        return self._ahead

    @property
    def at_will(self) -> AtWill:
        if self._at_will is None:
            self._at_will = dues.at_will(self.notes, after=self.day)
        return self._at_will

    @property
    def rated(self) -> tuple[Rated, ...]:
        if self._rated is None:
            self._rated = dues.rated(self.notes)
        return self._rated


class Debt:
    """The debt of one line, to be asked. Units: minor units; days are ordinals.

    Shape: `changes` counts the facts that changed what is owed: the same number, the same answer on the same day.
    """

    __slots__ = ("_aged", "_bills", "_credit", "_footing", "_notes", "changes")

    def __init__(self, footing: Footing, notes: OpenNotes, bills: list[Bill], *, credit: int = 0) -> None:
        self._footing = footing
        self._notes = notes
        self._bills = bills
        self._credit = credit
        self.changes = 0
        self._aged: _Aged | None = None

    @property
    def drawn(self) -> int:
        """D: outstanding principal; on a full balance with what the lender charged, negative as a credit balance."""
        return (
            self._notes.principal + self._notes.posted - self._credit if self._full_balance else self._notes.principal
        )

    @property
    def principal(self) -> int:
        """Outstanding principal, zero or more."""
        return self._notes.principal

    @property
    def credit_balance(self) -> int:
        """What was paid beyond a full balance."""
        return self._credit

    @property
    def posted_unpaid(self) -> dict[ChargeKind, int]:
        """What the lender charged and is not paid."""
        notes = self._notes
        return {
            "interest": sum(note.interest for note in notes),
            "fee": sum(note.fee for note in notes),
            "penalty": sum(note.penalty for note in notes),
        }

    def accrued_interest(self, day: int) -> int:
        """Interest we count that nobody charged yet, penalty interest included."""
        return self._at(day).accrued

    def outlook(self, day: int) -> Outlook:
        """What time does to the debt from a day on, for as long as no fact comes."""
        posted = self._notes.posted
        if not (self._notes.live or self._bills or posted):
            return dues.STILL
        if not self._bills and all(note.grows_evenly for note in self._notes.live):
            counted, next_day = self._counted_by(day), self._counted_by(day + 1)
            return Outlook(posted_unpaid=posted, accrued_units=counted, accrued_a_day=next_day - counted)
        aged = self._at(day)
        found = dues.outlook(aged.notes, aged.bills, day)
        late = min(found.overdue, self.total(day)) if found.overdue else 0
        a_day = dues.accrued_units(self._at(day + 1).notes) - found.accrued_units
        steady_until = found.steady_until if late == found.overdue else day + 1
        since = found.past_due_since if late else None
        return found._replace(
            accrued_a_day=a_day, posted_unpaid=posted, overdue=late, past_due_since=since, steady_until=steady_until
        )

    def _counted_by(self, day: int) -> int:
        return sum([note.counted_by(day) for note in self._notes.live if note.is_open])

    def accrued_penalty(self, day: int) -> int:
        """The penalty interest in `accrued_interest`."""
        return dues.accrued_penalty(self._at(day).notes)

    def total(self, day: int) -> int:
        """Debt: principal, accrued interest, and what was charged and is unpaid."""
        return self._notes.principal + self._notes.posted + self._at(day).accrued

    def overdue(self, day: int) -> int:
        """What has been due, up to and with this day, and is unpaid; on the due day it is 0 days past due.

        A part of the debt: a bill that asks for more than our books know to be owed counts as far as they do.
        """
        aged = self._at(day)
        late = dues.overdue(aged.notes, aged.bills, day)
        return min(late, self.total(day)) if late else 0

    def days_past_due(self, day: int) -> int:
        """Days since the oldest missing payment was due; 0 while nothing is overdue, whatever a bill says."""
        if not self._bills and not any(note.dues or note.plan is not None for note in self._notes.live):
            return 0
        aged = self._at(day)
        return dues.days_past_due(aged.notes, aged.bills, day) if self.overdue(day) else 0

    def due_between(self, after: int, until: int) -> int:
        """What falls due in (after, until]: instalments, bills in full, one month's interest on at-will loans.

        Source: domain.md section 5.
        """
        dated = sum([payment.amount for payment in self.ahead(after) if payment.due_on <= until])
        return dated + self.month_interest(after, until)

    def ahead(self, day: int) -> tuple[Ahead, ...]:
        """Every dated payment after a day."""
        return self._at(day).ahead

    def month_interest(self, day: int, until: int) -> int:
        """One month's interest, from a day, on at-will loans without a date up to `until`."""
        aged = self._at(day)
        return dues.month_interest(aged.at_will, aged.bills, after=day, until=until)

    def standing(self, day: int) -> tuple[list[Note], list[Bill]]:
        """The open notes and the bills as they will be on a day if no fact comes, in copies."""
        aged = self._at(day)
        aged.lent = True
        return aged.notes, aged.bills

    def maturity(self, day: int) -> Maturity:
        """Principal by when it is due."""
        return dues.maturity(self._at(day).notes, day)

    def rated(self, day: int) -> tuple[Rated, ...]:
        """Principal by the rate it is owed at, loan by loan."""
        return self._at(day).rated

    def views(self, day: int) -> tuple[LoanView, ...]:
        """The open loans, oldest draw first."""
        aged = self._at(day)
        return dues.views(aged.notes, aged.bills, day)

    # Inside

    @property
    def _full_balance(self) -> bool:
        return self._footing.full_balance

    def _at(self, day: int) -> _Aged:
        aged = self._aged
        if aged is None or aged.changes != self.changes or day < aged.day or (aged.lent and aged.day < day):
            footing = Footing(self._footing.terms, billed=self._footing.billed)
            notes = [note.copy(footing) for note in self._notes if note.is_open]
            bills = [bill if bill.fallen else bill.copy() for bill in self._bills]  # time moves no more than the others
            aged = self._aged = _Aged(notes, bills, day, self.changes)
        elif aged.day < day:
            aged.age(day)
        return aged
