"""The rest of one loan's schedule, and how it moves on: instalments fall due, early principal re-solves the rest.

Source: domain.md section 4. What is paid in a period counts towards its instalment, up to that payment; a derived
payment up to two instalments covers the next one, and what is beyond is early principal; more than that, principal
stated alone, and principal on the first day of a period are early principal altogether. The lender does not tell
which is meant, so this is a reading of ours; a bill stands above it.
"""

from fractions import Fraction
from typing import NamedTuple

import msgspec

from ledger.events import DrawnDown
from ledger.interest import days_within
from ledger.money import RATE_UNIT, round_half_up
from ledger.schedule import Instalment, Span, due_dates, level, solve, spans
from ledger.terms import LoanTerms
from ledger.vocabulary import DayCount, Method


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What a schedule is solved for. Units: minor units; `carried` interest and rate in 10**-12; days are ordinals.

    Shape: `anchor` is the day from which the days of interest of the running period are counted.
    """

    current: int
    carried: int
    rate: int
    day: int
    anchor: int
    day_count: DayCount


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The rest of a schedule. Units: minor units: `paid` towards the next instalment, `level` as it was solved.

    Shape: `derived` says that it was solved anew by us; `skipped` is the last instalment that a bill stood for.
    """

    method: Method
    equal: bool
    spans: tuple[Span, ...]
    rows: tuple[Instalment, ...] = ()
    level: int = 0
    paid: int = 0
    derived: bool = False
    skipped: Instalment | None = None

    def covered(self, current: int) -> bool:
        """Whether what was paid since the last due date makes up the next instalment, by amount or by balance."""
        row = self.rows[0]
        return bool(self.paid) and (self.paid >= row.payment or (row.principal > 0 and current <= row.balance))

    def falling(self, current: int, *, interest: int | None) -> int:
        """The principal in the instalment that falls due now, beside its interest; None: as scheduled."""
        row = self.rows[0]
        if len(self.rows) == 1:
            return current
        if self.method == "equal_instalment" and interest is not None:
            return min(max(0, row.payment - self.paid - interest), current)
        return max(0, current - row.balance)

    def left(self, balance: Balance, *, full_balance: bool) -> tuple[int, int]:
        """Interest and principal left of the next instalment if nothing more is paid before it is due."""
        units = balance.carried + self._left(self.spans[0], balance).units(balance.current, balance.rate)
        interest = max(0, round_half_up(units.numerator, units.denominator * RATE_UNIT))
        return interest, self.falling(balance.current, interest=None if full_balance else interest)

    def following(self, balance: Balance) -> tuple[Instalment, ...]:
        """The instalments after the next one, which is covered; the first of them takes its interest along."""
        joined = self._left(self.spans[0], balance).joined(self.spans[1])
        return self._rows(balance, (joined, *self.spans[2:]), number=self.rows[1].number, fixed=self.level)

    def after_due(self, balance: Balance, *, billed: bool) -> "Plan":
        """The plan after its next due date; the payment stays as it was solved, the last one absorbs the rest."""
        row, rest, rows = self.rows[0], self.spans[1:], self.rows[1:]
        if balance.current != row.balance or balance.carried:
            rows = self._rows(balance, rest, number=row.number + 1, fixed=self.level)
        skipped = row if billed else self.skipped
        return msgspec.structs.replace(self, spans=rest, rows=rows, paid=0, skipped=skipped)

    def resolved(self, balance: Balance, *, derived: bool = True) -> "Plan":
        """The plan solved anew for what is left; its dates stay."""
        return self._solved(balance, self.spans, number=self.rows[0].number, derived=derived)

    def after_payment(self, balance: Balance, *, paid: int, principal: int, early: bool) -> "Plan":
        """The plan after a payment ahead of the next due date. `early`: the lender stated principal alone."""
        row, total = self.rows[0], self.paid + paid
        if len(self.rows) == 1:
            return self.resolved(balance, derived=False)
        if not principal:
            return msgspec.structs.replace(self, paid=total)
        begins = balance.day == self.spans[0].start
        covers = not early and not begins and row.payment < total <= 2 * row.payment
        if covers or self.covered(balance.current + principal):
            joined = self._left(self.spans[0], balance).joined(self.spans[1])
            return self._solved(balance, (joined, *self.spans[2:]), number=row.number + 1)
        if early or begins or total > row.payment:
            return self.resolved(balance)
        return msgspec.structs.replace(self, paid=total)

    def _solved(self, balance: Balance, over: tuple[Span, ...], *, number: int, derived: bool = True) -> "Plan":
        over = (self._left(over[0], balance), *over[1:])
        fixed = level(balance.current, over, daily_rate=balance.rate, method=self.method, carried=balance.carried)
        rows = self._rows(balance, over, number=number, fixed=fixed)
        return msgspec.structs.replace(
            self, spans=over, rows=rows, level=fixed, paid=0, derived=self.derived or derived
        )

    def _left(self, span: Span, balance: Balance) -> Span:
        """What is left of the running span: of an equal period its share, else the days interest will be counted."""
        if self.equal:
            return span.cut(balance.day)
        days = days_within(balance.day_count, balance.anchor, balance.day, span.due_on)
        return Span(balance.day, span.due_on, Fraction(days))

    def _rows(self, balance: Balance, over: tuple[Span, ...], *, number: int, fixed: int) -> tuple[Instalment, ...]:
        return solve(
            balance.current,
            over,
            daily_rate=balance.rate,
            method=self.method,
            carried=balance.carried,
            payment=fixed,
            number=number,
        )


class Fall(NamedTuple):
    """An instalment that fell due, with what stood before it, so that a late bill for its month can take it back.

    Units: minor units; `rounded` is what rounding took off the interest, in 10**-12 of them.
    """

    due_on: int
    claim: tuple[int, int]
    rounded: int
    plan: Plan
    plan_after: Plan
    anchor: int
    even_since: int
    before: "Fall | None"


def agreed(fact: DrawnDown, terms: LoanTerms, balance: Balance) -> Plan | None:
    """The plan that a draw was agreed with; None when nothing says when it is due."""
    dates = due_dates(
        fact.method,
        periods=fact.periods,
        drawn_on=balance.day,
        first_due_on=fact.first_due_on.toordinal() if fact.first_due_on else None,
        due_on=fact.due_on.toordinal() if fact.due_on else None,
    )
    if not dates:
        return None
    over = spans(dates, drawn_on=balance.day, period_basis=fact.period_basis, day_count=terms.day_count)
    plan = Plan(method=fact.method, equal=fact.period_basis == "equal", spans=over)
    return plan._solved(balance, over, number=1, derived=False)  # noqa: SLF001 - the plan's own maker
