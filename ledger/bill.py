"""Bills: what a lender says is due and when. A bill stands for the schedule of its month, and payments settle it.

Source: domain.md section 4. A bill is due in its full amount, and overdue only as far as its minimum, where it names
one, is unpaid.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from operator import attrgetter
from typing import Final

import msgspec

from ledger.calendar import month_of
from ledger.claim import Due
from ledger.note import Note

_DUE_ON: Final = attrgetter("due_on")


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
        return copy(self)

    def fall(self, notes: Iterable[Note]) -> None:
        """Let what is unpaid of the bill fall due on the notes it speaks for.

        What the lender charged is owed already; then each note's instalment of the month, then interest and
        principal, oldest draw first. What the notes do not owe stays with the bill, as does what was drawn since.
        """
        self.fallen = True
        notes = [note for note in notes if note.drawn_on < self.due_on]
        for note in notes:
            note.unclaim(self.month, billed=True)
        left = max(0, self.late - sum(note.fee + note.penalty for note in notes))
        for note in notes:
            left -= self._claim(note, min(left, _instalment(note, self.month)))
        for note in notes:
            left -= self._claim(note, min(left, _free_interest(note)))
        for note in notes:
            left -= self._claim(note, min(left, _free_interest(note) + note.current))

    def _claim(self, note: Note, amount: int) -> int:
        interest = min(amount, _free_interest(note))
        principal = min(amount - interest, note.current)
        note.claim(self.due_on, interest, principal, billed=True)
        return interest + principal


def age(notes: Iterable[Note], bills: Sequence[Bill], day: int) -> bool:
    """Let time pass for a line's notes; bills fall due on the way. Returns whether one did."""
    falling = sorted((bill for bill in bills if not bill.fallen and bill.due_on <= day), key=_DUE_ON)
    for bill in falling:
        for note in notes:
            note.advance(bill.due_on)
        bill.fall(notes)
    for note in notes:
        note.advance(day)
    return bool(falling)


class Settled(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a bill got of one payment, and the claims that fell away with it, by note. Units: minor units."""

    version: int
    month: int
    part: int
    had_fallen: bool
    claims: tuple[tuple[int, Due], ...]


def settle(bills: Sequence[Bill], notes: Iterable[Note], amount: int) -> list[Settled]:
    """Use a payment for the bills by due date; a settled bill has no claim left."""
    settled: list[Settled] = []
    for bill in sorted((bill for bill in bills if bill.amount > bill.paid), key=_DUE_ON):
        part = min(amount, bill.unpaid)
        if part == 0:
            break
        bill.paid += part
        amount -= part
        claims: tuple[tuple[int, Due], ...] = ()
        if bill.fallen and not bill.late:
            claims = tuple((note.number, due) for note in notes for due in note.unclaim(bill.month, billed=True))
        settled.append(
            Settled(version=bill.version, month=bill.month, part=part, had_fallen=bill.fallen, claims=claims)
        )
    return settled


def unsettle(
    bills: Sequence[Bill], notes: Iterable[Note], settled: Sequence[Settled], *, find: Callable[[int], Note]
) -> None:
    """Take a payment back from the bills it settled, or from those that stand for their months by now.

    A bill whose date passed while nothing was owed asks for what is owed again.
    """
    for one in settled:
        for bill in bills:
            if bill.month == one.month:
                bill.paid -= one.part
                if bill.version == one.version and one.had_fallen:
                    for number, due in one.claims:
                        find(number).reclaim(due.due_on, due.interest, due.principal, billed=True)
                elif bill.fallen:
                    bill.fall(notes)
    for bill in bills:
        if bill.fallen and bill.late and not any(note.claims_of(bill.month) for note in notes):
            bill.fall(notes)


def _free_interest(note: Note) -> int:
    return note.interest_owed - note.claimed_interest


def _instalment(note: Note, month: int) -> int:
    plan = note.plan
    if plan is None:
        return 0
    row = plan.rows[0] if plan.rows and month_of(plan.rows[0].due_on) == month else plan.skipped
    return row.payment if row is not None and month_of(row.due_on) == month else 0
