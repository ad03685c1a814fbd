"""A bill: what a lender says is due and when. It stands for the schedule of its month, and payments settle it.

Source: domain.md section 4. A bill is due in its full amount, and overdue only as far as its minimum, where it names
one, is unpaid.
"""

from collections.abc import Iterable

import msgspec

from ledger.calendar import month_of
from ledger.claim import Due
from ledger.note import Note


class Bill(msgspec.Struct, eq=False, gc=False):
    """One bill of a line. Units: minor units; `due_on` an ordinal. `fallen` once its due date has come."""

    version: int
    due_on: int
    amount: int
    minimum: int | None
    paid: int = 0
    fallen: bool = False

    @property
    def month(self) -> int:
        """The month this bill speaks for."""
        return month_of(self.due_on)

    @property
    def unpaid(self) -> int:
        """What is left of the bill."""
        return max(0, self.amount - self.paid)

    @property
    def late(self) -> int:
        """What counts as overdue once the due date has passed."""
        return self.unpaid if self.minimum is None else max(0, self.minimum - self.paid)

    def copy(self) -> "Bill":
        """The same bill, to be looked at on a later day."""
        return msgspec.structs.replace(self)

    def fall(self, notes: Iterable[Note]) -> None:
        """Let what is unpaid of the bill fall due on the notes it speaks for.

        What the lender charged is owed already; then each note's instalment of the month, then interest and
        principal, oldest draw first. What the notes do not owe stays with the bill, as does what was drawn since. What
        had fallen due already stays so from its own day.
        """
        self.fallen = True
        notes = [note for note in notes if note.drawn_on < self.due_on]
        left = max(0, self.late - sum(note.fee + note.penalty for note in notes))
        claimed = {note.number: sum(due.amount for due in note.claims_of(self.month)) for note in notes}
        if sum(claimed.values()) > left:
            claimed = {}
            for note in notes:
                note.unclaim(self.month, billed=True)
        left -= sum(claimed.values())
        for note in notes:
            asked = _instalment(note, self.month) - claimed.get(note.number, 0)
            left -= self._claim(note, min(left, max(0, asked)))
        for note in notes:
            left -= self._claim(note, min(left, _free_interest(note)))
        for note in notes:
            left -= self._claim(note, min(left, _free_interest(note) + note.current))

    def _claim(self, note: Note, amount: int) -> int:
        interest = min(amount, _free_interest(note))
        principal = min(amount - interest, note.current)
        note.claim(self.due_on, interest, principal, billed=True)
        return interest + principal


class Making(msgspec.Struct, frozen=True, gc=False):
    """How a bill was made. Units: minor units; `owed` is what the line owed then.

    Shape: it was made after the first `after` payments of the line; `took` is what it took over of earlier bills, by
    their versions.
    """

    asked: int
    minimum: int | None
    owed: int
    after: int
    took: tuple[tuple[int, int], ...] = ()


class Settled(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a bill got of one payment, and the claims that fell away with it, by note. Units: minor units."""

    version: int
    month: int
    part: int
    had_fallen: bool
    claims: tuple[tuple[int, Due], ...]


def _free_interest(note: Note) -> int:
    return note.interest_owed - note.claimed_interest


def _instalment(note: Note, month: int) -> int:
    plan = note.plan
    if plan is None:
        return 0
    row = plan.rows[0] if plan.rows and month_of(plan.rows[0].due_on) == month else plan.skipped
    return row.payment if row is not None and month_of(row.due_on) == month else 0
