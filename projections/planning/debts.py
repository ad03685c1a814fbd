"""The debts of a household as a plan pays them: one for each line where that is exact, else one for each loan.

Everything here is asked of the ledger's own notes, in copies as they will be on a day.
Source: domain.md sections 4 and 5.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

import msgspec

from ledger.book import Book
from ledger.calendar import add_months
from ledger.dues import instalments
from ledger.interest import posted
from ledger.line import Line
from ledger.money import round_half_up
from ledger.note import Note
from ledger.vocabulary import Bucket

Kind: TypeAlias = Literal["open", "scheduled", "bullet"]
"""How a debt asks to be paid: its interest every month, by instalments, or all at once on one day."""

_BUCKETS: Final[tuple[Bucket, ...]] = get_args(Bucket)


MOST_APART: Final = 24
"""Draws at will of different rates that are paid apart; more on one line are paid oldest first, as one."""


class Month(NamedTuple):
    """One month of a plan, from `first` to `last`, counted from 1. Units: ordinals."""

    number: int
    first: int
    last: int


def months(day: int, count: int) -> tuple[Month, ...]:
    """The months after a day, each up to the same day of the next month, as dues are counted everywhere."""
    ends = [add_months(day, number) for number in range(count + 1)]
    return tuple(Month(number, ends[number - 1] + 1, ends[number]) for number in range(1, count + 1))


def named(line: str, loan: str | None) -> str:
    """The line, and the loan where the line has several that are paid apart."""
    return line if loan is None else f"{line}/{loan}"


class Debt(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan pays as one.

    Shape: `loan` is None where the line is paid as a whole; `charged` says that interest can be paid only once the
    lender has charged it (a full balance); `rate_known` is false where 0 only stands for a rate nobody recorded;
    `callable` that a freeze of the line makes all of it due within a month;
    `ends_on` is the day on which all is due, where there is one.
    Units: `rate` in 10**-12 a day; an ordinal.
    """

    line: str
    loan: str | None
    kind: Kind
    rate: int
    rate_known: bool
    charged: bool
    callable: bool
    revocable: bool
    ends_on: int | None

    @property
    def name(self) -> str:
        """What the debt is called."""
        return named(self.line, self.loan)


class Owed(NamedTuple):
    """What is owed on a debt on a day. Units: minor units; `overdue` is the principal that fell due."""

    principal: int
    interest: int
    overdue: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.principal + self.interest

    @property
    def due(self) -> int:
        """Interest, and the principal that fell due."""
        return self.interest + self.overdue


def debts(book: Book, day: int) -> tuple[Debt, ...]:
    """The household's debts on a day, the dearest first; of equals by name."""
    found = [debt for line in book.lines.values() for debt in _of_line(line, day)]
    return tuple(sorted(found, key=lambda debt: (-debt.rate, debt.name)))


def _of_line(line: Line, day: int) -> Iterator[Debt]:
    notes = [note for note in line.loans.standing(day)[0] if note.principal]
    if not notes:
        return
    same_rate, undated = len({note.rate for note in notes}) == 1, not any(_dated(note) for note in notes)
    if len(notes) == 1 or (undated and (same_rate or len(notes) > MOST_APART)):
        principal = sum(note.principal for note in notes)
        rate = round_half_up(sum(note.rate * note.principal for note in notes), principal)
        yield _debt(line, notes[0], rate=rate, whole=True)
        return
    for note in notes:
        yield _debt(line, note, rate=note.rate, whole=False)


def _debt(line: Line, note: Note, *, rate: int, whole: bool) -> Debt:
    kind = _kind(note)
    full = note.footing.full_balance
    return Debt(
        line=line.name,
        loan=None if whole else note.loan,
        kind=kind,
        rate=rate,
        rate_known=note.own_rate is not None or note.footing.terms.daily_rate is not None,
        charged=full,
        callable=full and kind == "open" and line.terms.revolving and line.terms.revocable,
        revocable=line.terms.revocable,
        ends_on=note.final_on if _dated(note) else None,
    )


def _dated(note: Note) -> bool:
    return note.plan is not None and bool(note.plan.rows)


def _kind(note: Note) -> Kind:
    plan = note.plan
    if plan is None or not plan.rows or plan.method == "at_will":
        return "open"
    return "bullet" if plan.method == "bullet" else "scheduled"


def notes_of(book: Book, debt: Debt, day: int) -> list[Note]:
    """The notes of a debt as they will be on a day, in copies."""
    notes = book.lines[debt.line].loans.standing(day)[0]
    return [note for note in notes if debt.loan is None or note.loan == debt.loan]


def owed(book: Book, debt: Debt, day: int) -> Owed:
    """What is owed on a debt on a day; interest nobody charged yet counts on a full balance too."""
    notes = notes_of(book, debt, day)
    interest = sum(note.interest_owed for note in notes)
    return Owed(
        principal=sum(note.principal for note in notes),
        interest=interest + (uncharged(notes) if debt.charged else 0),
        overdue=sum(note.overdue for note in notes),
    )


def has_fallen_due(book: Book, debt: Debt, day: int) -> bool:
    """Whether a payment of the debt is due by a day and unpaid, be it of interest alone."""
    return any(note.dues for note in notes_of(book, debt, day))


def uncharged(notes: Iterable[Note]) -> int:
    """Interest we count on a full balance that the lender has to charge before it can be paid."""
    return posted(sum(max(0, note.ordinary_units) for note in notes))


def arrears(line: Line, day: int) -> int:
    """What clears a line on a day of all that fell due before it or was charged; 0 when nothing did.

    Current interest is in it, since lenders take interest before the principal that fell due.
    """
    notes, bills = line.loans.standing(day)
    burden = sum(note.fee + note.penalty + note.interest for note in notes)
    if not burden and not line.loans.overdue(day - 1):
        return 0
    clears = sum(note.owed(bucket) for note in notes for bucket in _BUCKETS if bucket != "current_principal")
    late = sum(bill.late for bill in bills if bill.due_on <= day)
    return min(max(clears, late), _all(notes))


def outstanding(book: Book, day: int) -> int:
    """All that a household can pay on its lines on a day; parts of a minor unit that round to nothing are not owed."""
    owing = 0
    for line in book.lines.values():
        notes = line.loans.standing(day)[0]
        owing += _all(notes) + (uncharged(notes) if line.terms.limit_basis == "full_balance" else 0)
    return owing


def still_due(line: Line, day: int) -> int:
    """What is overdue on a line on a day, as far as the line owes it."""
    overdue = line.loans.overdue(day)
    return min(overdue, _all(line.loans.standing(day)[0])) if overdue else 0


def _all(notes: Iterable[Note]) -> int:
    return sum(note.owed(bucket) for note in notes for bucket in _BUCKETS)


class Due(NamedTuple):
    """A payment that a month asks for. Units: an ordinal, minor units; `principal` is the part that is principal."""

    on: int
    amount: int
    principal: int


def dues(book: Book, debt: Debt, month: Month) -> list[Due]:
    """What a debt asks for in a month, asked on its first day; without what bills ask for."""
    notes, bills = book.lines[debt.line].loans.standing(month.first)
    billed = {bill.month for bill in bills}
    chosen = [note for note in notes if debt.loan is None or note.loan == debt.loan]
    found = [
        Due(one.due_on, one.amount, one.amount - one.interest)
        for note in chosen
        for one in instalments(note, billed)
        if one.due_on <= month.last
    ]
    now = owed(book, debt, month.first)
    if has_fallen_due(book, debt, month.first):
        found.append(Due(month.first, now.due, now.overdue))
    elif debt.kind == "open" and not found and now.interest:
        found.append(Due(month.first, now.interest, 0))
    found.sort()
    if found and found[0].on > month.first:
        then = owed(book, debt, found[0].on)
        found[0] = Due(found[0].on, then.due, then.overdue)
    return found


def bills_due(line: Line, month: Month) -> list[Due]:
    """What the bills of a line ask for in a month: the minimum where a bill names one."""
    notes, bills = line.loans.standing(month.first)
    most = _all(notes)
    return [
        Due(bill.due_on, min(bill.late, most), 0)
        for bill in bills
        if month.first <= bill.due_on <= month.last and min(bill.late, most)
    ]
