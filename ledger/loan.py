"""The debt side of one credit line inside the fold: its loan notes, charges, bills and payments.

Total and silent: whatever was recorded can be taken in. Facts come in order of effect; a question looks at a copy
that was let age to the day asked for, and leaves the state as it is.
Source: domain.md sections 2 and 4.
"""

from bisect import insort
from collections import deque
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

import msgspec

from ledger import dues
from ledger.bill import Bill, Settled, age, settle, unsettle
from ledger.dues import Ahead, LoanView, Maturity
from ledger.events import Allocation, DrawnDown, PaymentDue
from ledger.money import round_half_up
from ledger.note import Note, Taken
from ledger.repayment import Use
from ledger.terms import Footing
from ledger.terms import LoanTerms as LoanTerms  # a line gives its terms by this name
from ledger.vocabulary import Bucket

ChargeKind: TypeAlias = Literal["interest", "fee", "penalty"]

UNEXPLAINED: Final = "unexplained"
"""The synthetic loan for movements of drawn that nobody recorded."""


class Paid(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of a payment. Units: minor units.

    Shape: `parts` and `overpaid` sum to the payment. On a full balance the whole payment counts as principal, of
    which fee, penalty and interest are parts, and what is beyond the debt is a credit balance, not overpaid.
    """

    principal: int
    fee: int
    penalty: int
    interest: int
    overpaid: int
    derived: bool
    parts: dict[Bucket, int]


class Settlement(msgspec.Struct, frozen=True):
    """What a payment did, so that exactly that can be undone. Units: `credit` in minor units."""

    taken: tuple[Taken, ...]
    bills: list[Settled]
    credit: int


class Loans:
    """The debt of one line. Units: minor units; days are ordinals."""

    __slots__ = (
        "_adjusted", "_bills", "_changes", "_credit", "_footing", "_known", "_live", "_notes", "_posted",
        "_principal", "_seen", "_seen_key", "_settlements", "_shut",
    )  # fmt: skip

    def __init__(self, terms: LoanTerms) -> None:
        self._footing = Footing(terms)
        self._notes: deque[Note] = deque()
        self._live: list[Note] = []  # those of the notes that time or charges move; the others need no ageing
        self._known: dict[str | int, Note] = {}
        self._bills: list[Bill] = []
        self._settlements: dict[int, Settlement] = {}
        self._adjusted: dict[int, list[tuple[Note, int]]] = {}
        self._principal = self._posted = self._credit = 0
        self._shut = 0
        self._changes = 0
        self._seen: tuple[list[Note], list[Bill]] = ([], [])
        self._seen_key = (-1, -1)

    # Facts

    def set_terms(self, terms: LoanTerms, *, day: int) -> None:
        """New terms hold from a day on; a changed rate counts for loans without a rate of their own."""
        self._advance(day)
        for note in self._notes:
            note.advance(day)
        self._footing.agree(terms)
        for note in self._notes:
            note.set_rate()
        self._relist()

    def draw(self, fact: DrawnDown, *, version: int, day: int) -> None:
        """Money was drawn: a new note, or more on a loan of the same id, whose dates then stay."""
        self._changes += 1
        note = self._known.get(fact.loan) if fact.loan else None
        amount = fact.amount - self._use_credit(fact.amount)
        self._principal += amount
        if note is not None and note.listed and note.is_open:
            note.advance(day)
            note.move_principal(amount)
        else:
            note = Note(fact.loan or f"#{version}", self._footing, version=version, day=day, rate=fact.daily_rate)
            note.principal = amount
            if fact.method != "at_will" or fact.due_on is not None:
                note.agree(fact)
            if fact.loan:
                self._known[fact.loan] = note
            if amount:
                self._list(note)
        self._known[version] = note

    def reverse_draw(self, amount: int, *, loan: str | None, draw_version: int | None, version: int, day: int) -> int:
        """A draw was refunded or cancelled: its note shrinks; where none is named, the newest draws do first.

        Returns what drawn fell by: on a full balance always the whole amount, if need be as a credit balance.
        """
        del version
        self._advance(day)
        note = self._known.get(loan if loan is not None else draw_version or 0)
        notes = [note] if note is not None else []
        if self._full_balance or (loan is None and draw_version is None):
            notes += [one for one in reversed(self._notes) if one is not note]
        off = sum(part for _, part in self._take_off(amount, notes))
        if not self._full_balance:
            return off
        self._credit += amount - off
        return amount

    def charge(self, kind: ChargeKind, amount: int, *, loan: str | None, version: int, day: int) -> None:
        """The lender charged something. Interest without a loan is shared by what each note has accrued."""
        del version
        self._advance(day)
        for note, part in self._charged(kind, amount, loan):
            note.advance(day)
            before = note.posted
            match kind:
                case "interest":
                    note.charge_interest(part)
                case "penalty":
                    note.charge_penalty(part)
                case "fee":
                    note.fee += part
            risen = note.posted - before
            self._posted += risen
            if self._full_balance:
                self._credit -= part - risen
            self._list(note)
        if self._full_balance and self._credit > 0:
            use = Use(self._credit, self._notes, live=self._live, principal=0)
            use.by_order(("fee", "penalty_on_principal", "overdue_interest", "current_interest"))
            self._credit = use.left
            self._count_off(use.taken.values())

    def bill(self, fact: PaymentDue, *, version: int, day: int) -> None:
        """A bill stands for the schedule of its due month, and for an older bill of that month."""
        del version
        self._advance(day)
        bill = Bill(fact.due_on.toordinal(), fact.amount, fact.minimum)
        for older in [one for one in self._bills if one.month == bill.month]:
            bill.paid = older.paid
            self._bills.remove(older)
        self._footing.billed.add(bill.month)
        for note in self._notes:
            note.unclaim(bill.month, billed=False)
            note.unclaim(bill.month, billed=True)
        self._bills.append(bill)
        self._advance(day)
        self._relist()

    def pay(self, amount: int, *, loan: str | None, allocation: Allocation | None, version: int, day: int) -> Paid:
        """A payment was posted: used as the lender stated, else by the line's order, oldest draw first."""
        self._advance(day)
        if loan is None:
            use = Use(amount, self._notes, live=self._live, principal=self._principal)
        else:
            notes = [note for note in (self._known.get(loan),) if note is not None and note.listed]
            use = Use(amount, notes, live=notes, principal=sum(note.principal for note in notes))
        unbilled = sum(note.claimed(billed=False) for note in self._live) if self._bills else 0
        if allocation is None:
            use.by_order(self._footing.terms.allocation_order)
        else:
            use.as_stated(allocation, trust=not self._full_balance)
        self._count_off(use.taken.values())
        principal_alone = allocation is not None and not allocation.interest
        for note, taken in use.taken.items():
            note.count_toward_plan(taken, early=principal_alone and note.interest_owed > 0)
        credit = use.left if self._full_balance else 0
        self._credit += credit
        bills: list[Settled] = []
        if self._bills:
            settled = unbilled - sum(note.claimed(billed=False) for note in self._live)
            bills = settle(self._bills, self._live, amount - settled)
        self._settlements[version] = Settlement(tuple(use.taken.values()), bills, credit)
        return self._told(amount, use, derived=allocation is None)

    def undo(self, payment_version: int, *, version: int, day: int) -> int:
        """A payment was reversed: exactly what it took is owed again. Returns what drawn rose by."""
        del version
        settlement = self._settlements.pop(payment_version, None)
        if settlement is None:
            return 0
        self._advance(day)
        before = self.drawn
        beyond = settlement.credit - self._use_credit(settlement.credit)
        for taken in settlement.taken:
            taken.note.advance(day)
            taken.note.put_back(taken)
            self._principal += taken.all_principal
            self._posted += taken.posted
            self._list(taken.note)
        if beyond:
            self._add_unexplained(beyond, day=day)
        unsettle(self._bills, self._notes, settlement.bills)
        self._relist()
        return self.drawn - before

    def adjust(self, amount: int, *, version: int, day: int) -> None:
        """An unexplained movement of drawn, on a loan of its own; less is taken off that one first, then the oldest.

        The same amount back under the same version undoes it.
        """
        self._advance(day)
        if amount < 0:
            taken = self._take_off(-amount, sorted(self._notes, key=lambda note: note.loan != UNEXPLAINED))
            self._adjusted[version] = taken
            if self._full_balance:
                self._credit += -amount - sum(part for _, part in taken)
            return
        amount -= self._use_credit(amount)
        undone = self._adjusted.pop(version, [])
        if sum(part for _, part in undone) == amount:
            for note, part in undone:
                self._principal += note.move_principal(part)
                self._list(note)
        elif amount:
            self._add_unexplained(amount, day=day)

    # Questions

    @property
    def drawn(self) -> int:
        """D: outstanding principal; on a full balance with what the lender charged, negative as a credit balance."""
        return self._principal + self._posted - self._credit if self._full_balance else self._principal

    @property
    def principal(self) -> int:
        """Outstanding principal, zero or more."""
        return self._principal

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
        return dues.accrued(self._at(day)[0])

    def accrual(self, day: int) -> tuple[int, int]:
        """Accrued interest on a day before it is rounded, and by how much it is more a day later.

        Units: 10**-24 minor units.
        """
        if not self._live:
            return 0, 0
        units = dues.accrued_units(self._at(day)[0])
        return units, dues.accrued_units(self._at(day + 1)[0]) - units

    def steady_until(self, day: int) -> int | None:
        """The next day on which time alone may change what is owed other than by steady accrual; None: never."""
        return dues.steady_until(*self._at(day), day) if self._live or self._bills else None

    @property
    def changes(self) -> int:
        """How many facts have changed what is owed: the same number, the same answer on the same day."""
        return self._changes

    def accrued_penalty(self, day: int) -> int:
        """The penalty interest in `accrued_interest`."""
        return dues.accrued_penalty(self._at(day)[0])

    def total(self, day: int) -> int:
        """Debt: principal, accrued interest, and what was charged and is unpaid."""
        return self._principal + self._posted + self.accrued_interest(day)

    def overdue(self, day: int) -> int:
        """What has been due, up to and with this day, and is unpaid; on the due day it is 0 days past due."""
        return dues.overdue(*self._at(day), day)

    def days_past_due(self, day: int) -> int:
        """Days since the oldest missing payment was due."""
        return dues.days_past_due(*self._at(day), day)

    def due_between(self, after: int, until: int) -> int:
        """What falls due in (after, until]: instalments, bills in full, one month's interest on at-will loans."""
        return dues.due_between(*self._at(after), after=after, until=until)

    def ahead(self, day: int) -> tuple[Ahead, ...]:
        """Every dated payment after a day."""
        return dues.ahead(*self._at(day), after=day)

    def month_interest(self, day: int, until: int) -> int:
        """One month's interest, from a day, on at-will loans without a date up to `until`."""
        return dues.month_interest(*self._at(day), after=day, until=until)

    def maturity(self, day: int) -> Maturity:
        """Principal by when it is due."""
        return dues.maturity(self._at(day)[0], day)

    def views(self, day: int) -> tuple[LoanView, ...]:
        """The open loans, oldest draw first."""
        return dues.views(*self._at(day), day)

    # Inside

    @property
    def _full_balance(self) -> bool:
        return self._footing.full_balance

    def _at(self, day: int) -> tuple[list[Note], list[Bill]]:
        """The notes and bills as they will be on a day, in copies."""
        key = (day, self._changes)
        if self._seen_key != key:
            footing = Footing(self._footing.terms, billed=self._footing.billed)
            notes = [note.copy(footing) for note in self._notes if note.is_open]
            self._seen = notes, [bill.copy() for bill in self._bills]
            age(*self._seen, day)
            self._seen_key = key
        return self._seen

    def _advance(self, day: int) -> None:
        self._changes += 1
        if self._bills:
            if age(self._notes, self._bills, day):
                self._relist()
        else:
            for note in self._live:
                note.advance(day)

    def _list(self, note: Note) -> None:
        """Count a note among those on which something is owed, in the order of draws."""
        if not note.listed:
            note.listed = True
            if not self._notes or self._notes[-1].order < note.order:
                self._notes.append(note)
            else:
                self._notes = deque(sorted((*self._notes, note), key=_order))
        if not note.live and note.stirs:
            note.live = True
            insort(self._live, note, key=_order)

    def _relist(self) -> None:
        """Find anew which notes are open, and which of them time and charges move."""
        for note in self._notes:
            note.listed = note.is_open
            note.live = note.listed and note.stirs
        self._notes = deque(note for note in self._notes if note.listed)
        self._live = [note for note in self._notes if note.live]
        self._shut = 0

    def _count_off(self, all_taken: Iterable[Taken]) -> None:
        """Count what a payment took, and close the notes on which nothing is owed any more."""
        closed = 0
        for taken in all_taken:
            self._principal -= taken.all_principal
            self._posted -= taken.posted
            note = taken.note
            if not note.is_open:
                closed += 1
                if note.live:
                    note.live = False
                    self._live.remove(note)
        if not closed:
            return
        self._shut += closed
        notes = self._notes
        while notes and not notes[0].is_open:
            notes.popleft().listed = False
            self._shut -= 1
        if 2 * self._shut > len(notes):
            self._relist()

    def _take_off(self, amount: int, notes: Iterable[Note]) -> list[tuple[Note, int]]:
        """Take principal off notes as if it had not been drawn."""
        taken: list[tuple[Note, int]] = []
        for note in notes:
            part = -note.move_principal(-amount) if amount and note.principal else 0
            if part:
                amount -= part
                taken.append((note, part))
                self._principal -= part
        self._relist()
        return taken

    def _use_credit(self, amount: int) -> int:
        used = min(amount, max(0, self._credit))
        self._credit -= used
        return used

    def _add_unexplained(self, amount: int, *, day: int) -> None:
        note = self._own_note(UNEXPLAINED, day=day)
        note.advance(day)
        self._principal += note.move_principal(amount)
        self._list(note)

    def _own_note(self, name: str, *, day: int) -> Note:
        """A note of our own making: for what is unexplained, or (without a name) for charges on no loan."""
        note = self._known.get(name)
        if note is None:
            note = self._known[name] = Note(name, self._footing, version=0, day=day)
        return note

    def _charged(self, kind: ChargeKind, amount: int, loan: str | None) -> list[tuple[Note, int]]:
        """The notes a charge falls on, each with its share."""
        if loan is not None:
            return [(self._known.get(loan) or self._own_note("", day=0), amount)]
        shared: list[Note] = []
        if kind == "interest":
            shared = [note for note in self._notes if note.loan]
        elif kind == "penalty":
            shared = [note for note in self._notes if note.dues]
        if not shared:
            return [(self._own_note("", day=0), amount)]
        weights = [note.counted(penalty=kind == "penalty") for note in shared]
        if not sum(weights):
            weights = (
                [note.principal for note in shared] if any(note.principal for note in shared) else [1] * len(shared)
            )
        return list(zip(shared, _shares(amount, weights), strict=True))

    def _told(self, amount: int, use: Use, *, derived: bool) -> Paid:
        parts = use.parts
        full = self._full_balance
        return Paid(
            principal=amount if full else use.principal,
            fee=parts.get("fee", 0),
            penalty=parts.get("penalty_on_principal", 0) + parts.get("penalty_on_interest", 0),
            interest=parts.get("overdue_interest", 0) + parts.get("current_interest", 0),
            overpaid=0 if full else use.left,
            derived=derived,
            parts=parts,
        )


def _order(note: Note) -> tuple[int, int]:
    return note.order


def _shares(amount: int, weights: list[int]) -> list[int]:
    """Share an amount by weights; the shares sum to it exactly."""
    total, so_far, given = sum(weights), 0, 0
    shares: list[int] = []
    for weight in weights:
        so_far += weight
        upto = round_half_up(amount * so_far, total)
        shares.append(upto - given)
        given = upto
    return shares
