"""The debt side of one credit line inside the fold: its loan notes, charges, bills and payments.

Total and silent: whatever was recorded can be taken in. Facts come in order of effect; what is asked is in ledger.debt.
Source: domain.md sections 2 and 4.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from msgspec import structs

from ledger.bill import Bill, Making, Settled
from ledger.billing import age, count_anew, fall_again, settle, take_back, unsettle
from ledger.charge import ChargeKind, put, shared
from ledger.debt import Debt
from ledger.events import Allocation, DrawnDown, PaymentDue
from ledger.note import Note
from ledger.notes import OpenNotes
from ledger.repayment import Use
from ledger.rewinding import rewind
from ledger.settlement import OfPrincipal, Paid, Settlement
from ledger.taken import Taken
from ledger.terms import Footing
from ledger.terms import LoanTerms as LoanTerms  # a line gives its terms by this name
from ledger.vocabulary import UNEXPLAINED

_NO_LOAN: Final = ""


class Loans(Debt):
    """The debt of one line, moved by facts. Units: minor units; days are ordinals."""

    __slots__ = ("_adjusted", "_all", "_known", "_makings", "_settlements", "_undone")

    def __init__(
        self, footing: Footing, notes: OpenNotes | None = None, bills: list[Bill] | None = None, *, credit: int = 0
    ) -> None:
        """A debt that begins, or as it stands; that one ages and answers, payments and draws need settled notes too."""
        begun = OpenNotes() if notes is None else notes
        super().__init__(footing, begun, [] if bills is None else bills, credit=credit)
        self._all: list[Note] = []
        self._known: dict[str | int, int] = {}
        self._makings: dict[int, Making] = {}
        self._settlements: dict[int, Settlement | OfPrincipal] = {}
        self._undone: set[int] = set()
        self._adjusted: dict[int, tuple[tuple[int, int], ...]] = {}

    def fork(self) -> "Loans":
        """The same debt, to go another way from here; a settled note is shared and copied once it is touched."""
        footing = Footing(self._footing.terms, billed=self._footing.billed.copy())
        other = Loans(footing, bills=[bill.copy() for bill in self._bills], credit=self._credit)
        other._all = self._all.copy()
        for note in self._notes:
            other._all[note.number] = note.copy(footing)
        other._notes = self._notes.fork(other._all)
        other.changes = self.changes
        other._known, other._adjusted = self._known.copy(), self._adjusted.copy()
        other._makings = self._makings.copy()
        other._settlements, other._undone = self._settlements.copy(), self._undone.copy()
        return other

    # Facts

    def set_terms(self, terms: LoanTerms, *, day: int) -> None:
        """New terms hold from a day on; a changed rate counts for loans without a rate of their own."""
        if terms == self._footing.terms:
            return
        self._advance(day)
        for note in self._notes:
            note.advance(day)
        self._footing.agree(terms)
        for note in self._notes:
            note.set_rate()
        self._notes.sift()

    def draw(self, fact: DrawnDown, *, version: int, day: int) -> None:
        """Money was drawn: a new note, or more on a loan of the same id, whose dates then stay."""
        self.changes += 1
        if self._bills:
            self._advance(day)
        note = self._find(fact.loan) if fact.loan else None
        amount = fact.amount - (self._use_credit(fact.amount) if self._credit else 0)
        if note is not None and note.listed and note.is_open:
            note.advance(day)
            self._notes.raise_principal(note, amount)
        else:
            note = self._new_note(fact.loan, version=version, day=day, rate=fact.daily_rate)
            note.principal = amount
            if fact.method != "at_will" or fact.due_on is not None:
                note.agree(fact)
            if fact.loan:
                self._known[fact.loan] = note.number
            if amount:
                self._notes.begin(note)
        self._known[version] = note.number

    def reverse_draw(self, amount: int, *, loan: str | None, draw_version: int | None, version: int, day: int) -> int:
        """A draw was refunded or cancelled: its note shrinks; where none is named, the newest draws do first.

        Returns what drawn fell by: on a full balance always the whole amount, if need be as a credit balance.
        """
        del version
        self._advance(day)
        note = self._find(loan if loan is not None else draw_version or 0)
        notes = [note] if note is not None else []
        if self._full_balance or (loan is None and draw_version is None):
            notes += [one for one in reversed(self._notes) if one is not note]
        off = sum(part for _, part in self._notes.take_off(amount, notes))
        if not self._full_balance:
            return off
        self._credit += amount - off
        self._settle_charges()
        return amount

    def charge(self, kind: ChargeKind, amount: int, *, loan: str | None, version: int, day: int) -> None:
        """The lender charged something. Interest without a loan is shared by what each note has accrued."""
        del version
        self._advance(day)
        named = self._find(loan)
        shares = [(named, amount)] if named is not None else []
        shares = shares or (shared(kind, amount, list(self._notes)) if loan is None else [])
        for note, part in shares or [(self._own_note(_NO_LOAN, day=1), amount)]:
            note.advance(day)
            risen = put(kind, part, note)
            self._notes.posted += risen
            if self._full_balance:
                self._credit -= part - risen
            self._notes.add(note)
        self._settle_charges()

    def bill(
        self, fact: PaymentDue, *, version: int, day: int, paid_since: int | None = None, owed: int | None = None
    ) -> None:  # fmt: skip
        """A bill stands for the schedule of its due month, and for an older bill of that month.

        Of one that comes late, `paid_since` is the first payment since it was made, and `owed` what was owed then.
        """
        self._advance(day)
        bill = Bill(version, fact.due_on.toordinal(), fact.amount, fact.minimum)
        after = self._place(paid_since)
        inserted = bill.due_on < day
        for older in [one for one in self._bills if one.month == bill.month]:
            inserted = True
            after = min(after, self._makings[older.version].after)
            bill.paid = older.paid
            self._bills.remove(older)
        self._footing.billed.add(bill.month)
        for note in self._notes:
            rewind(note, min(day, bill.due_on), month=bill.month)
            note.unclaim(bill.month, billed=False)
            note.unclaim(bill.month, billed=True)
        late = [one.late for one in self._bills]
        self._makings[version] = Making(bill.amount, bill.minimum, max(0, self.drawn if owed is None else owed), after)
        self._count_anew(after, bill, inserted=inserted)
        self._advance(day)
        fall_again(self._bills, self._notes, [*late, bill.late])
        self._notes.sift()

    def pay(self, amount: int, *, loan: str | None, allocation: Allocation | None, version: int, day: int) -> Paid:
        """A payment was posted: used as the lender stated, else by the line's order, oldest draw first."""
        if loan is None and allocation is None and self._of_principal_alone:
            return self._pay_principal(amount, version=version)
        self._advance(day)
        if loan is None:
            use = Use(amount, self._notes, live=self._notes.live, principal=self._notes.principal)
        else:
            notes = [note for note in (self._find(loan),) if note is not None and note.listed]
            use = Use(amount, notes, live=notes, principal=sum(note.principal for note in notes))
        if allocation is None:
            use.by_order(self._footing.terms.allocation_order)
        else:
            use.as_stated(allocation, trust=not self._full_balance)
        self._notes.count_off(use.taken.values())
        principal_alone = allocation is not None and not allocation.interest
        for note, taken in use.taken.items():
            taken.count_toward_plan(early=principal_alone and note.interest_owed > 0)
        credit = use.left if self._full_balance else 0
        self._credit += credit
        all_taken = tuple(use.taken.values())
        bills: list[Settled] = []
        if self._bills:
            bills = settle(self._bills, self._notes.live, amount - self._settled_apart(all_taken))
        self._settlements[version] = Settlement(all_taken, bills, credit, amount)
        return self._told(amount, use, derived=allocation is None)

    def undo(self, payments: Sequence[int], *, day: int) -> list[int]:
        """A payment was reversed in all its parts: exactly what each took is owed again, the last of them first.

        Returns what drawn rose by, part by part in their own order.
        """
        self._advance(day)
        undone: dict[int, Settlement] = {}
        rises: list[int] = []
        begun: set[int] = set()
        before = [(bill.paid, bill.late) for bill in self._bills]
        for payment in reversed(payments):
            settlement = None if payment in self._undone else self.settlement(payment)
            drawn = self.drawn
            if settlement is not None:
                self._undone.add(payment)
                undone[payment] = settlement
                self._put_back(settlement, begun, day=day)
            rises.append(self.drawn - drawn)
        for settlement in undone.values():
            for taken in settlement.taken:
                self._note(taken.note.number).advance(day)
        if undone and (self._bills or self._credit):
            settled = [one for settlement in undone.values() for one in settlement.bills]
            take_back(self._bills, settled)
            after = min(self._place(payment) for payment in undone)
            self._use_credit_since(after)
            self._count_anew(after)
            unsettle(self._bills, self._notes, settled, before, find=self._note)
        self._notes.sift()
        return rises[::-1]

    def adjust(self, amount: int, *, version: int, day: int) -> None:
        """An unexplained movement of drawn, on a loan of its own; less is taken off that one first, then the oldest.

        The same amount back under the same version undoes it.
        """
        self._advance(day)
        if amount < 0:
            taken = self._notes.take_off(-amount, sorted(self._notes, key=lambda note: note.loan != UNEXPLAINED))
            self._adjusted[version] = tuple((note.number, part) for note, part in taken)
            if self._full_balance:
                self._credit += -amount - sum(part for _, part in taken)
                self._settle_charges()
            return
        amount -= self._use_credit(amount)
        undone = self._adjusted.pop(version, ())
        if sum(part for _, part in undone) == amount:
            for number, part in undone:
                self._notes.raise_principal(self._note(number), part)
        elif amount:
            self._add_unexplained(amount, day=day)

    def settlement(self, payment_version: int) -> Settlement | None:
        """What a payment did when it was posted, whether or not it was reversed since; None for one not taken in."""
        did = self._settlements.get(payment_version)
        if isinstance(did, list):
            taken = tuple([Taken(self._all[number], principal=part) for number, part in did])
            return Settlement(taken, [], 0, sum([part for _, part in did]))
        return did

    def knows(self, draw: str | int) -> bool:
        """Whether a loan of this id, or a draw of this version, has been taken in."""
        return draw in self._known

    # Inside

    @property
    def _of_principal_alone(self) -> bool:
        """Whether nothing but principal is owed, and time moves nothing."""
        return not (self._notes.live or self._bills or self._footing.full_balance)

    def _pay_principal(self, amount: int, *, version: int) -> Paid:
        self.changes += 1
        owed = self._notes.principal
        used = amount if amount < owed else owed
        self._settlements[version] = self._notes.pay_principal(used)
        return Paid(used, amount - used, derived=True, parts={"current_principal": used} if used else {})

    def _advance(self, day: int) -> None:
        self.changes += 1
        if self._bills:
            if age(self._notes, self._bills, day):
                self._notes.sift()
        else:
            for note in self._notes.live:
                note.advance(day)

    def _put_back(self, settlement: Settlement, begun: set[int], *, day: int) -> None:
        """Put back what a payment took; a note on which more was put back already goes on only when all of it is."""
        beyond = settlement.credit - self._use_credit(settlement.credit) if self._full_balance else 0
        for taken in settlement.taken:
            note = self._note(taken.note.number)
            if note.number not in begun:
                note.advance(day)
            begun.add(note.number)
            taken.put_back(note)
            self._notes.count_on(note, taken)
        if beyond:
            self._add_unexplained(beyond, day=day)

    def _settled_apart(self, taken: Sequence[Taken]) -> int:
        """What of a payment counts for no bill: what settled instalments of months that were not billed."""
        apart = 0
        for one in taken:
            if one.claims:
                apart += one.settled(self._footing.billed)
        return apart

    def _place(self, payment: int | None) -> int:
        """How many payments came before one; all, where there is none."""
        place = len(self._settlements)
        for version in reversed(self._settlements) if payment is not None else ():
            place -= 1
            if version == payment:
                break
        return place

    def _since(self, after: int) -> list[tuple[int, int, Settlement]]:
        """Of the payments that stand, but for the first ones: the place, the version, and what it did."""
        found: list[tuple[int, int, Settlement]] = []
        place = len(self._settlements)
        for version in islice(reversed(self._settlements), place - after):
            place -= 1
            did = None if version in self._undone else self.settlement(version)
            if did is not None:
                found.append((place, version, did))
        return found[::-1]

    def _count_anew(self, after: int, fresh: Bill | None = None, *, inserted: bool = False) -> None:
        """Let the payments that stand, but for the first ones, count for the bills anew, and for a fresh one."""
        since = self._since(after)
        paid = [(place, did.amount - self._settled_apart(did.taken), did.bills) for place, _, did in since]
        settled = count_anew(
            self._bills, self._makings, paid, fresh=fresh, inserted=inserted, repeating=self._full_balance
        )
        for (_, version, did), bills in zip(since, settled, strict=True):
            if bills != did.bills:
                self._settlements[version] = structs.replace(did, bills=bills)

    def _settle_charges(self) -> None:
        """On a full balance a credit balance pays what the lender charged."""
        if self._full_balance and self._credit > 0:
            use = Use(self._credit, self._notes, live=self._notes.live, principal=0)
            use.by_order(("fee", "penalty_on_principal", "overdue_interest", "current_interest"))
            self._credit = use.left
            self._notes.count_off(use.taken.values())

    def _use_credit_since(self, after: int) -> None:
        """On a full balance what later payments left as a credit balance pays what is owed again."""
        for _, version, did in self._since(after) if self._full_balance and self._credit > 0 else ():
            amount = min(did.credit, self._credit)
            if amount <= 0:
                continue
            use = Use(amount, self._notes, live=self._notes.live, principal=self._notes.principal)
            use.by_order(self._footing.terms.allocation_order)
            self._notes.count_off(use.taken.values())
            for taken in use.taken.values():
                taken.count_toward_plan(early=False)
            used = amount - use.left
            self._credit -= used
            all_taken = (*did.taken, *use.taken.values())
            self._settlements[version] = structs.replace(did, taken=all_taken, credit=did.credit - used)

    def _use_credit(self, amount: int) -> int:
        """Use up a credit balance; it stands by, unused, while the line counts principal only."""
        used = min(amount, max(0, self._credit)) if self._full_balance else 0
        self._credit -= used
        return used

    def _add_unexplained(self, amount: int, *, day: int) -> None:
        note = self._own_note(UNEXPLAINED, day=day)
        note.advance(day)
        self._notes.raise_principal(note, amount)

    def _own_note(self, name: str, *, day: int) -> Note:
        """A note of our own making: for what is unexplained, or (without a name) for charges on no loan."""
        note = self._find(name)
        if note is None:
            note = self._new_note(name, version=0, day=day)
            self._known[name] = note.number
        return note

    def _new_note(self, named: str | None, *, version: int, day: int, rate: int | None = None) -> Note:
        in_force = (self._footing.terms.daily_rate or 0) if rate is None else rate
        note = Note(named, self._footing, len(self._all), version=version, drawn_on=day, own_rate=rate, rate=in_force)
        self._all.append(note)
        return note

    def _find(self, key: str | int | None) -> Note | None:
        """The note of a loan or of a draw."""
        number = self._known.get(key) if key is not None else None
        return None if number is None else self._note(number)

    def _note(self, number: int) -> Note:
        """A note by its number. One on which nothing is owed may be shared with a fork: it is copied to be touched."""
        note = self._all[number]
        if not note.listed:
            note = self._all[number] = note.copy(self._footing)
        return note

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
