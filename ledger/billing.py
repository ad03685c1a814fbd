"""What time and payments do to the bills of a line.

Source: domain.md section 4.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Final, TypeAlias

from msgspec import structs

from ledger.bill import Bill, Making, Settled
from ledger.claim import Due
from ledger.note import Note

Counted: TypeAlias = tuple[int, int, list[Settled]]
"""Of a payment: its place among all of the line, what of it counts for bills, and what it settled. Minor units."""

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


def take_back(bills: Sequence[Bill], settled: Iterable[Settled]) -> None:
    """Take a payment back from the bills it settled, or from those that stand for their months by now."""
    for one in settled:
        for bill in bills:
            if bill.month == one.month:
                bill.paid -= one.part


def count_anew(
    bills: list[Bill], makings: dict[int, Making], paid: Sequence[Counted], *,
    fresh: Bill | None, inserted: bool, repeating: bool,
) -> list[list[Settled]]:  # fmt: skip
    """Let payments count for the bills anew, by due date, each for those that had been made. Returns what they settle.

    A fresh bill is made in its place, and if that is `inserted` before others, those made since once more: where each
    asks for the whole balance (`repeating`), it takes over from the ones before it.
    """
    if fresh is not None:
        bills.append(fresh)
    for _, _, settled in paid:
        take_back(bills, settled)
    waiting: list[Bill] = []
    if fresh is not None:
        after = makings[fresh.version].after
        if repeating and inserted:
            waiting = [one for one in bills if one.due_on > fresh.due_on and makings[one.version].after >= after]
            waiting.sort(key=lambda one: makings[one.version].after)
            for one in reversed(waiting):
                _give_back(bills, one, makings[one.version])
        if repeating:
            waiting.insert(0, fresh)
    counted: list[list[Settled]] = []
    for place, amount, settled in paid:
        while waiting and makings[waiting[0].version].after <= place:
            _contain(bills, waiting.pop(0), makings)
        made = [one for one in bills if makings[one.version].after <= place]
        counted.append(_settle_again(made, amount, settled))
    for one in waiting:
        _contain(bills, one, makings)
    return counted


def _contain(bills: Iterable[Bill], bill: Bill, makings: dict[int, Making]) -> None:
    """Let a bill stand for what earlier ones left, as far as they would ask twice for what is owed once.

    A card's bill asks for the whole balance, so also for what the last one left beyond its minimum; an unpaid minimum
    stays late under its own date. Source: domain.md section 3: what is owed is D, not a sum of bills.
    """
    making = makings[bill.version]
    earlier = [one for one in bills if one.due_on < bill.due_on]
    left = sum(one.unpaid for one in earlier)
    twice = min(left, left + bill.unpaid - making.owed)
    took: list[tuple[int, int]] = []
    if twice <= 0 or bill.unpaid < left:  # a bill that asks for less than was left asks for something else
        return
    for one in earlier:
        moved = min(twice, one.unpaid - one.late)
        one.amount -= moved
        twice -= moved
        took.append((one.version, moved))
    bill.amount -= min(twice, bill.unpaid)
    if bill.minimum is not None:
        bill.minimum = max(0, bill.minimum - twice)
    makings[bill.version] = structs.replace(making, took=tuple(took))


def _give_back(bills: Iterable[Bill], bill: Bill, making: Making) -> None:
    """Let a bill ask for what it asked for when it came, and earlier ones for what it took over of them."""
    took = dict(making.took)
    for one in bills:
        one.amount += took.get(one.version, 0)
    bill.amount, bill.minimum = making.asked, making.minimum


def _settle_again(bills: Iterable[Bill], amount: int, settled: Sequence[Settled]) -> list[Settled]:
    """Use a payment for the bills by due date once more, after it was taken back from those it had settled.

    What it settles as before stays told as before; the claims of the bills are left to whoever knows all payments.
    """
    before = {one.month: one for one in settled}
    again: list[Settled] = []
    for bill in sorted(bills, key=_DUE_ON):
        part = min(amount, bill.unpaid)
        bill.paid += part
        amount -= part
        one = before.get(bill.month)
        if one is not None and one.part == part:
            again.append(one)
        elif part:
            again.append(Settled(version=bill.version, month=bill.month, part=part, had_fallen=False, claims=()))
    return again


def fall_again(bills: Iterable[Bill], notes: Iterable[Note], late: Iterable[int]) -> None:
    """Let bills that had fallen due claim what they ask for by now; `late` is what each asked for before."""
    for bill, before in zip(bills, late, strict=True):
        if bill.fallen and bill.late != before:
            bill.fall(notes)


def unsettle(
    bills: Sequence[Bill], notes: Iterable[Note], undone: Sequence[Settled], before: Iterable[tuple[int, int]], *,
    find: Callable[[int], Note],
) -> None:  # fmt: skip
    """Let fall due anew what bills lost by payments that were undone.

    A bill whose date passed while nothing was owed asks for what is owed again; one that had fallen before the payment
    and lost no more than that has what it claimed then. Shape: `before` is what was paid and what was late of each.
    """
    as_before: set[int] = set()
    for bill, (paid, late) in zip(bills, before, strict=True):
        mine = [one for one in undone if one.month == bill.month]
        if bill.paid + sum(one.part for one in mine) == paid:
            for one in mine:
                if one.had_fallen and one.version == bill.version:
                    as_before.add(bill.version)
                    for number, due in one.claims:
                        find(number).reclaim(due.due_on, due.interest, due.principal, billed=True)
        if bill.version not in as_before or not all(one.had_fallen for one in mine):
            fall_again((bill,), notes, (late,))
    for bill in bills:
        if bill.version in as_before or not (bill.fallen and bill.late):
            continue
        if not any(note.claims_of(bill.month) for note in notes):
            bill.fall(notes)
