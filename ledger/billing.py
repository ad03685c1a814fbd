"""What time and payments do to the bills of a line.

Source: domain.md section 4.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Final

from ledger.bill import Bill, Settled
from ledger.claim import Due
from ledger.note import Note

_DUE_ON: Final = attrgetter("due_on")


def age(notes: Iterable[Note], bills: Sequence[Bill], day: int) -> bool:
    """Let time pass for a line's notes; bills fall due on the way. Returns whether one did."""
    falling = [bill for bill in bills if not bill.fallen and bill.due_on <= day]
    for bill in sorted(falling, key=_DUE_ON):
        for note in notes:
            note.advance(bill.due_on)
        bill.fall(notes)
    for note in notes:
        note.advance(day)
    return bool(falling)


def contain(bills: Iterable[Bill], bill: Bill, *, owed: int, paid: int = 0) -> None:
    """Let a bill stand for what earlier ones left, as far as they would ask twice for what is owed once.

    A card's bill asks for the whole balance, so also for what the last one left beyond its minimum; an unpaid minimum
    stays late under its own date. `paid` is what payments of the bill's own time settled of earlier ones, `owed` what
    the line owed before them. Units: minor units. Source: domain.md section 3: what is owed is D, not a sum of bills.
    """
    earlier = [one for one in bills if one.due_on < bill.due_on]
    left = paid + sum(one.unpaid for one in earlier)
    twice = min(left, left + bill.unpaid - owed)
    if twice <= 0 or bill.unpaid < left:  # a bill that asks for less than was left asks for something else
        return
    within = min(twice, paid)
    for one in earlier:
        moved = min(twice - within, one.unpaid - one.late)
        one.amount -= moved
        twice -= moved
    bill.amount -= min(twice, bill.unpaid)
    if bill.minimum is not None:
        bill.minimum = max(0, bill.minimum - twice)


def settle(bills: Sequence[Bill], notes: Iterable[Note], amount: int) -> list[Settled]:
    """Use a payment for the bills by due date; a settled bill has no claim left.

    Shape: a bill that had fallen is told of even where nothing was left for it.
    """
    settled: list[Settled] = []
    for bill in sorted((bill for bill in bills if bill.amount > bill.paid), key=_DUE_ON):
        part = min(amount, bill.unpaid)
        if part == 0 and not bill.fallen:
            continue
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

    A bill whose date passed while nothing was owed asks for what is owed again; one that had fallen before the payment
    has what it claimed then.
    """
    fallen_before = {one.version for one in settled if one.had_fallen}
    for one in settled:
        for bill in bills:
            if bill.month == one.month:
                bill.paid -= one.part
                if bill.version == one.version and one.had_fallen:
                    for number, due in one.claims:
                        find(number).reclaim(due.due_on, due.interest, due.principal, billed=True)
                elif bill.fallen and one.part:
                    bill.fall(notes)
    for bill in bills:
        if bill.version in fallen_before or not (bill.fallen and bill.late):
            continue
        if not any(note.claims_of(bill.month) for note in notes):
            bill.fall(notes)
