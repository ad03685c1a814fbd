"""The days ahead that a household should know of: when something is due, and when a limit or a line comes to an end.

Source: domain.md sections 2 and 4.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Literal, TypeAlias

import msgspec

from ledger.book import Book
from ledger.calendar import add_months
from ledger.line import Line

Kind: TypeAlias = Literal["due", "temporary_limit", "validity"]


class DiaryDay(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on one day.

    Shape: `on` is the day of payment, or the last day on which the limit or the line is valid; `key` stays the same
    when the amount or the day within the month changes; `loans` are those a payment is for, none for a bill.
    Units: minor units; an ordinal. `minimum` is what a bill asks for at least, None where it names none.
    """

    kind: Kind
    line: str
    on: int
    amount: int
    minimum: int | None = None
    loans: tuple[str, ...] = ()
    key: str


def diary(book: Book, *, months: int) -> tuple[DiaryDay, ...]:
    """What lies ahead, day by day, for a number of months. A closed line has no limit that could end."""
    until = add_months(book.day, months)
    found = [day for line in book.lines.values() for day in (*_dues(line, book.day), *_ends(book, line))]
    return tuple(sorted((day for day in found if book.day <= day.on <= until), key=lambda day: (day.on, day.key)))


def _dues(line: Line, day: int) -> Iterator[DiaryDay]:
    """What is due on a line, one entry a day; the first, second, ... of a month keep their places."""
    bills = {bill.due_on: bill for bill in line.loans.standing(day)[1] if bill.due_on > day}
    amounts: dict[int, int] = {}
    for payment in line.loans.ahead(day):
        amounts[payment.due_on] = amounts.get(payment.due_on, 0) + payment.amount
    places: Counter[str] = Counter()
    for on in sorted(amounts):
        month = date.fromordinal(on).isoformat()[:7]
        places[month] += 1
        if not amounts[on]:
            continue
        bill = bills.get(on)
        yield DiaryDay(
            kind="due",
            line=line.name,
            on=on,
            amount=amounts[on],
            minimum=None if bill is None or bill.minimum is None else min(bill.late, amounts[on]),
            loans=() if bill is not None else _loans(line, day, on),
            key=f"due/{line.name}/{month}/{places[month]}",
        )


def _loans(line: Line, day: int, on: int) -> tuple[str, ...]:
    notes = line.loans.standing(day)[0]
    return tuple(note.loan for note in notes if note.plan and any(row.due_on == on for row in note.plan.rows))


def _ends(book: Book, line: Line) -> Iterator[DiaryDay]:
    if line.closed or line.expired:
        return
    for one in line.temporaries:
        on = book.zone.day(one.until_at - 1)
        yield DiaryDay(
            kind="temporary_limit", line=line.name, on=on, amount=one.amount, key=f"temporary/{line.name}/{one.version}"
        )
    valid_until = line.terms.valid_until
    if valid_until is not None:
        on = book.zone.day(book.zone.first_invalid(valid_until) - 1)
        yield DiaryDay(kind="validity", line=line.name, on=on, amount=line.permanent_limit, key=f"validity/{line.name}")
