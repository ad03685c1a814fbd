"""One loan note: what is owed on one draw, and how time and payments move it.

Interest accrues lazily, in exact integers. On a due date what falls due becomes a claim: until it is paid, ordinary
interest stops on it once the grace period has passed, and penalty interest runs on it from the due date.
Source: domain.md section 4, oracle O7.
"""

from typing import Final

from ledger.calendar import month_of
from ledger.claim import Due
from ledger.events import DrawnDown
from ledger.interest import ACTUAL, days_within, interest_units, posted
from ledger.money import RATE_UNIT, round_half_up
from ledger.plan import Balance, Fall, Plan, agreed
from ledger.terms import Footing
from ledger.vocabulary import Bucket

PENALTY_UNIT: Final = RATE_UNIT * RATE_UNIT
"""Penalty interest is counted in this part of a minor unit: a rate times a multiplier."""


class Note:
    """What is owed on one draw. Units: minor units; `accrued` in 10**-12 of them, own penalties in 10**-24.

    Shape: `named` is the id its draw gave; `number` is its place among the notes of its line; `listed` while
    it counts among the open ones, `live` while time or charges move it; `even_since` is the day since which nothing
    but time and payments moved it.
    """

    __slots__ = (
        "accrued", "anchor", "day", "drawn_on", "dues", "even_since", "fallen", "fee", "final_on", "footing",
        "interest", "interest_paid",
        "listed", "live", "named", "number", "own_rate", "penal_interest", "penal_paid", "penal_principal", "penalty",
        "plan", "principal", "rate", "version",
    )  # fmt: skip

    def __init__(
        self, named: str | None, footing: Footing, number: int, *, version: int, drawn_on: int, own_rate: int | None,
        rate: int,
    ) -> None:  # fmt: skip
        self.named, self.footing, self.number = named, footing, number
        self.version, self.drawn_on = version, drawn_on
        self.own_rate, self.rate = own_rate, rate
        self.anchor = self.day = self.even_since = drawn_on
        self.fallen: Fall | None = None
        self.principal = self.accrued = self.interest = self.interest_paid = self.fee = 0
        self.penalty = self.penal_paid = self.penal_principal = self.penal_interest = 0
        self.dues: list[Due] = []
        self.plan: Plan | None = None
        self.final_on: int | None = None
        self.listed = self.live = False

    @property
    def loan(self) -> str:
        """The loan's id; a draw that named none is called by its version."""
        return f"#{self.version}" if self.named is None else self.named

    @property
    def order(self) -> tuple[int, int]:
        """Its place in the order of draws."""
        return self.drawn_on, self.version

    def copy(self, footing: Footing) -> "Note":
        """The same note, on a footing of its own."""
        other = Note(
            self.named, footing, self.number, version=self.version, drawn_on=self.drawn_on, own_rate=self.own_rate,
            rate=self.rate,
        )  # fmt: skip
        other.anchor, other.day = self.anchor, self.day
        other.even_since, other.fallen = self.even_since, self.fallen
        other.principal, other.accrued, other.fee = self.principal, self.accrued, self.fee
        other.interest, other.interest_paid = self.interest, self.interest_paid
        other.penalty, other.penal_paid = self.penalty, self.penal_paid
        other.penal_principal, other.penal_interest = self.penal_principal, self.penal_interest
        other.dues = [due.copy() for due in self.dues]
        other.plan, other.final_on = self.plan, self.final_on
        other.listed, other.live = self.listed, self.live
        return other

    def agree(self, fact: DrawnDown) -> None:
        """Make the schedule that a draw was agreed with."""
        self.plan = agreed(fact, self.footing.terms, self.balance())
        self.final_on = self.plan.spans[-1].due_on if self.plan else None

    # What is owed, as of the day the note stands at

    @property
    def overdue(self) -> int:
        """Principal that fell due."""
        return sum(due.principal for due in self.dues) if self.dues else 0

    @property
    def current(self) -> int:
        """Principal that is not due yet."""
        return self.principal - self.overdue if self.dues else self.principal

    @property
    def ordinary_units(self) -> int:
        """Ordinary interest we count, less what was paid of it; inside the grace period also on what fell due."""
        if self._over:
            return 0
        units = self.accrued
        for due in self.dues:
            units += interest_units(due.principal, self.rate, self._days_on(due, self.day)) if self.in_grace(due) else 0
        return units

    @property
    def penalty_units(self) -> int:
        """Penalty interest we count, less what was paid of it. Units: 10**-24 minor units."""
        return 0 if self._over else self.penal_principal + self.penal_interest

    @property
    def _over(self) -> bool:
        """Whether what we count is no debt any more: on a full balance it ends with the principal that it ran on."""
        return not self.principal and self.footing.full_balance

    @property
    def posted(self) -> int:
        """What the lender charged and is unpaid."""
        return self.fee + self.penalty + self.interest

    @property
    def stirs(self) -> bool:
        """Whether time moves what is owed, or more than principal may be."""
        return bool(self.rate or self.plan or self.accrued or self.interest or self.dues or self._burden)

    @property
    def _burden(self) -> int:
        """Zero where no fee or penalty is owed, charged or counted."""
        return self.fee or self.penalty or self.penal_principal or self.penal_interest

    @property
    def burdened(self) -> bool:
        """Whether more than current interest and principal is owed."""
        return bool(self.dues or self._burden)

    @property
    def interest_owed(self) -> int:
        """Interest that a payment can settle; on a full balance only what the lender charged."""
        if self.footing.full_balance:
            return self.interest
        units = self.ordinary_units if self.dues else self.accrued
        return max(0, self.interest + posted(units)) if units else self.interest

    @property
    def claimed_interest(self) -> int:
        """Interest that fell due."""
        return min(sum(due.interest for due in self.dues), self.interest_owed) if self.dues else 0

    @property
    def is_open(self) -> bool:
        """Whether anything is owed that could be shown."""
        if self.principal:
            return True
        return bool(self.posted or self.interest_owed or posted(self.penalty_units // RATE_UNIT))

    def claimed(self, *, billed: bool) -> int:
        """What fell due by a bill, or without one."""
        return sum(due.interest + due.principal for due in self.dues if due.billed == billed) if self.dues else 0

    def counted(self, *, penalty: bool) -> int:
        """Interest (or penalty interest) we counted since the last charge, paid or not: the weight in a shared one."""
        if penalty:
            return max(0, self.penalty_units + self.penal_paid * PENALTY_UNIT)
        return max(0, self.ordinary_units + self.interest_paid * RATE_UNIT)

    def owed(self, bucket: Bucket) -> int:
        """What of a payment this note can take in a bucket."""
        match bucket:
            case "fee":
                return self.fee
            case "penalty_on_principal":
                return self.penalty + self._penal(self.penal_principal)
            case "penalty_on_interest":
                return self._penal(self.penal_interest)
            case "overdue_interest":
                return self.claimed_interest
            case "current_interest":
                return self.interest_owed - self.claimed_interest if self.dues else self.interest_owed
            case "overdue_principal":
                return self.overdue
            case "current_principal":
                return self.current

    def _penal(self, units: int) -> int:
        if self.footing.full_balance:
            return 0
        return max(0, round_half_up(units, PENALTY_UNIT))

    # Time

    @property
    def grows_evenly(self) -> bool:
        """Whether time alone does nothing to the note but add the same interest every day."""
        if self.plan is not None or self.dues or self.accrued < 0 or self.penalty_units < 0:
            return False
        return not self.rate or self.footing.terms.day_count in ACTUAL

    def counted_by(self, day: int) -> int:
        """Interest we count, by a day, on a note that grows evenly. Units: 10**-24 minor units."""
        grown = self.ordinary(self.day, day) if day > self.day else 0
        return 0 if self._over else (self.accrued + grown) * RATE_UNIT + self.penalty_units

    def advance(self, day: int) -> None:
        """Let time pass up to the start of a day: interest accrues, instalments fall due, penalties run."""
        plan = self.plan
        while plan is not None and plan.rows and plan.rows[0].due_on <= day:
            self._accrue(plan.rows[0].due_on)
            self._fall_due(plan)
            plan = self.plan
        self._accrue(day)
        for due in self.dues:
            if not self.in_grace(due):
                self.penalise(due, self.day)

    def _accrue(self, day: int) -> None:
        if day > self.day:
            self.accrued += self.ordinary(self.day, day)
            self.day = day

    def ordinary(self, start: int, end: int) -> int:
        """Ordinary interest over [start, end) on what is not due, in the running period."""
        if not (self.rate and self.principal):
            return 0
        if self.plan is not None and self.plan.equal and self.plan.spans:
            span = self.plan.spans[0]
            units = span.units(self.current, self.rate) * (end - start)
            return round_half_up(units.numerator, units.denominator * (span.due_on - span.start))
        return interest_units(
            self.current, self.rate, days_within(self.footing.terms.day_count, self.anchor, start, end)
        )

    def _days_on(self, due: Due, until: int) -> int:
        """Days of interest on a claim that are not counted yet; its period begins with its due date."""
        return days_within(self.footing.terms.day_count, due.due_on, due.since, until)

    def in_grace(self, due: Due) -> bool:
        """Whether a claim is inside the grace period, in which it bears ordinary interest and no penalty."""
        return self.day - due.due_on <= self.footing.terms.grace_days

    def penalise(self, due: Due, until: int) -> None:
        """Count penalty interest on a claim up to a day; back to one where it was counted further."""
        rate = self.rate * self.footing.terms.penalty_multiplier * self._days_on(due, until)
        self.penal_principal += due.principal * rate
        self.penal_interest += due.interest * rate
        due.since = until

    def _fall_due(self, plan: Plan) -> None:
        row, current, accrued, even_since = plan.rows[0], self.current, self.accrued, self.even_since
        interest = principal = 0
        billed = month_of(row.due_on) in self.footing.billed
        if not billed and (len(plan.rows) == 1 or not plan.covered(current)):
            self.accrued = posted(accrued) * RATE_UNIT  # falling due, interest is rounded once and for all
            interest = max(0, self.interest_owed - self.claimed_interest)
            principal = plan.falling(current, interest=None if self.footing.full_balance else interest)
            self.claim(row.due_on, interest, principal)
        anchor, self.anchor = self.anchor, row.due_on
        self.plan = after = plan.after_due(self.balance(), billed=billed)
        rounded, claim = accrued - self.accrued, (interest, principal)
        fall = Fall(row.due_on, claim, rounded, plan, after, anchor, even_since, self.fallen)
        self.fallen, self.even_since = None if billed else fall, row.due_on

    def claim(self, due_on: int, interest: int, principal: int, *, billed: bool = False) -> None:
        """Let interest and principal fall due; penalty on them runs from the due date, or today where that is later."""
        if interest or principal:
            self.dues.append(Due(due_on, interest, principal, since=self.day, billed=billed))
            self.dues.sort(key=lambda due: due.due_on)
            self.even_since = self.day

    def claims_of(self, month: int, *, billed: bool = True) -> list[Due]:
        """What fell due in a month and is unpaid, by a bill or without one."""
        return [due for due in self.dues if due.billed == billed and month_of(due.due_on) == month]

    def unclaim(self, month: int, *, billed: bool) -> list[Due]:
        """Let what fell due in a month be owed without being due, because a bill speaks for it or was settled."""
        dropped = self.claims_of(month, billed=billed)
        for due in dropped:
            self.release(due, due.principal)
        if dropped:
            self.dues = [due for due in self.dues if due not in dropped]
            self.even_since = self.day
        return dropped

    def reclaim(self, due_on: int, interest: int, principal: int, *, billed: bool) -> None:
        """Let what a payment had settled be due again; penalty on it runs on from today."""
        self.even_since = self.day
        for due in self.dues:
            if (due.due_on, due.since, due.billed) == (due_on, self.day, billed):
                due.interest += interest
                due.principal += principal
                return
        self.dues.append(Due(due_on, interest, principal, since=self.day, billed=billed))
        self.dues.sort(key=lambda due: due.due_on)

    def release(self, due: Due, principal: int) -> None:
        """Count the ordinary interest that a claim bore inside the grace period, before the claim shrinks."""
        if self.in_grace(due):
            self.accrued += interest_units(principal, self.rate, self._days_on(due, self.day))

    # Other facts

    def charge_interest(self, amount: int) -> None:
        """The lender charged interest: it replaces what we counted since the last charge, or the draw, due or not."""
        self.even_since = self.day
        self.interest += amount - self.interest_paid
        self.interest_paid = max(0, -self.interest)
        self.accrued = min(0, self.interest) * RATE_UNIT
        self.interest = max(0, self.interest)
        beyond = sum(due.interest for due in self.dues) - self.interest
        for due in reversed(self.dues):
            due.since = self.day
            off = min(max(0, beyond), due.interest)
            due.interest -= off
            beyond -= off
        self.dues = [due for due in self.dues if due.interest or due.principal]

    def charge_penalty(self, amount: int) -> None:
        """The lender charged a penalty: it replaces the penalty interest we counted since the last one."""
        self.even_since = self.day
        self.penalty += amount - self.penal_paid
        self.penal_paid = max(0, -self.penalty)
        self.penal_principal = min(0, self.penalty) * PENALTY_UNIT
        self.penal_interest = 0
        self.penalty = max(0, self.penalty)
        for due in self.dues:
            self.release(due, due.principal)
            due.since = self.day

    def move_principal(self, amount: int) -> int:
        """Add principal, or take some off as if it had not been drawn. Returns the move, which ends at zero."""
        amount = max(amount, -self.principal)
        self.principal += amount
        if amount > 0:
            self.even_since = self.day
        beyond = -self.current
        for due in reversed(self.dues):
            off = min(max(0, beyond), due.principal)
            self.release(due, off)
            due.principal -= off
            beyond -= off
        self.dues = [due for due in self.dues if due.interest or due.principal]
        self.replan()
        return amount

    def set_rate(self) -> None:
        """Follow the line's rate, where the note has none of its own."""
        self.even_since = self.day
        rate = (self.footing.terms.daily_rate or 0) if self.own_rate is None else self.own_rate
        if rate != self.rate:
            if not self.rate:
                self.accrued = max(0, self.accrued)
            self.rate = rate
            self.replan(derived=False)

    def replan(self, *, derived: bool = True) -> None:
        """Solve the rest of the schedule anew; its dates stay. After the last date everything is due at once."""
        if self.plan is None:
            return
        if self.plan.rows:
            self.plan = self.plan.resolved(self.balance(), derived=derived)
        elif self.final_on is not None and self.current and month_of(self.final_on) not in self.footing.billed:
            self.dues.append(Due(self.final_on, 0, self.current, since=self.day))

    def balance(self) -> Balance:
        """What its schedule is solved for."""
        return Balance(
            current=self.current,
            carried=self._carried(),
            rate=self.rate,
            day=self.day,
            anchor=self.anchor,
            day_count=self.footing.terms.day_count,
        )

    def _carried(self) -> int:
        """Interest owed that no claim stands for. Units: 10**-12 minor units."""
        owed = (self.interest - sum(due.interest for due in self.dues)) * RATE_UNIT
        owed += 0 if self.footing.full_balance else self.accrued
        return owed if owed * 2 >= RATE_UNIT else 0
