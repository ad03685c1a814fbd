"""What of a line's debt is dated: what is overdue, what falls due in a window, and when principal matures.

Source: domain.md sections 4 and 5. What is due and unpaid is overdue, on the day itself by 0 days; dues are still
to come: the instalments of schedules, the bills that stand for them, and one month's interest on at-will loans
without a date in the window.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from ledger.bill import Bill
from ledger.calendar import add_months, month_of
from ledger.interest import days_between, interest_units, posted
from ledger.money import RATE_UNIT, round_half_up
from ledger.note import Note

_MISSING: Final = 100
"""Minor units from which on computed instalments are missing; who rounds otherwise comes to less."""


class LoanView(NamedTuple):
    """One loan as it is shown. Units: minor units, ordinals, rate in 10**-12 a day.

    Shape: `accrued_interest` holds penalty interest too; `derived` says that the schedule was solved anew by us;
    `rate_known` is false where a rate of 0 only stands for one that nobody recorded.
    """

    loan: str
    principal: int
    accrued_interest: int
    posted_unpaid: int
    next_due_on: int | None
    next_due: int | None
    daily_rate: int
    rate_known: bool
    drawn_on: int
    derived: bool


class Ahead(NamedTuple):
    """A dated payment that lies ahead, and the interest in it. Units: minor units, an ordinal."""

    due_on: int
    amount: int
    interest: int


class Maturity(NamedTuple):
    """Principal by when it is due. Units: minor units. `undated` is at-will principal; overdue is within a month."""

    within_1_month: int = 0
    within_3_months: int = 0
    within_12_months: int = 0
    over_12_months: int = 0
    undated: int = 0


def accrued(notes: Sequence[Note]) -> int:
    """Interest we count and nobody charged yet, penalty interest included; rounded once."""
    return round_half_up(accrued_units(notes), RATE_UNIT * RATE_UNIT)


def accrued_units(notes: Sequence[Note]) -> int:
    """The same before it is rounded. Units: 10**-24 minor units."""
    return sum([max(0, note.ordinary_units) * RATE_UNIT + max(0, note.penalty_units) for note in notes])


class Outlook(NamedTuple):
    """What is due on a day, and what time does to it. Units: minor units, ordinals, accrued in 10**-24 minor units.

    Shape: interest grows by the same `accrued_a_day` until `steady_until`, the next day on which time alone may change
    more than that; None: it never does.
    """

    posted_unpaid: int = 0
    overdue: int = 0
    past_due_since: int | None = None
    accrued_units: int = 0
    accrued_a_day: int = 0
    steady_until: int | None = None


STILL = Outlook()
"""Of a debt that time does not move."""


def outlook(notes: Sequence[Note], bills: Sequence[Bill], day: int) -> Outlook:
    """The outlook on a day, but for what was posted and what a day adds."""
    late = overdue(notes, bills, day)
    return Outlook(
        overdue=late,
        past_due_since=past_due_since(notes, bills, day) if late else None,
        accrued_units=accrued_units(notes),
        steady_until=_steady_until(notes, bills, day),
    )


def _steady_until(notes: Sequence[Note], bills: Sequence[Bill], day: int) -> int | None:
    turns = [bill.due_on for bill in bills if bill.due_on > day]
    for note in notes:
        if _uneven(note, day):
            return day + 1
        if note.plan is not None and note.plan.rows:
            turns.append(note.plan.rows[0].due_on)
    return min(turns, default=None)


def _uneven(note: Note, day: int) -> bool:
    """Whether a note may accrue differently tomorrow: a 30-day month, interest paid ahead, or a period of grace."""
    terms = note.footing.terms
    if note.rate and terms.day_count not in ("act_365f", "act_360"):
        return True
    if note.accrued < 0 or note.penalty_units < 0:
        return True
    return bool(note.dues) and any(due.due_on + terms.grace_days + 1 >= day for due in note.dues)


def accrued_penalty(notes: Sequence[Note]) -> int:
    """The penalty interest in what is accrued."""
    return round_half_up(sum([max(0, note.penalty_units) for note in notes]), RATE_UNIT * RATE_UNIT)


def overdue(notes: Sequence[Note], bills: Sequence[Bill], day: int) -> int:
    """What has been due, up to and with a day, and is unpaid."""
    of_notes = sum([_claimed(note, last=day) for note in notes if note.dues])
    return of_notes + sum([bill.late for bill in bills if bill.due_on <= day])


def days_past_due(notes: Sequence[Note], bills: Sequence[Bill], day: int) -> int:
    """Days since the oldest payment that is still missing was due; 0 when none is."""
    since = past_due_since(notes, bills, day)
    return 0 if since is None else day - since


def past_due_since(notes: Sequence[Note], bills: Sequence[Bill], day: int) -> int | None:
    """When the oldest payment that is still missing was due. Less than one yuan of what we computed ourselves is none.

    Source: ops/decisions/0004-readings-of-the-book.md.
    """
    late = [bill.due_on for bill in bills if bill.late and bill.due_on <= day]
    claiming = [note for note in notes if note.dues and _claimed(note, last=day)]
    if claiming and sum([_claimed(note, last=day) for note in claiming]) >= _MISSING:
        late += [due.due_on for note in claiming for due in note.dues if not due.billed]
    return min(late, default=None)


def ahead(notes: Sequence[Note], bills: Sequence[Bill], *, after: int) -> tuple[Ahead, ...]:
    """Every dated payment after a day: the bills, and the instalments of months that were not billed."""
    billed = {bill.month for bill in bills}
    found = _bills_ahead(notes, [bill for bill in bills if bill.due_on > after])
    for note in notes:
        found += [payment for payment in instalments(note, billed) if payment.due_on > after]
    return tuple(found)


class AtWill(NamedTuple):
    """A month's interest on at-will loans. Units: 10**-12 minor units.

    Shape: on those that have no date, and on each of the others with the day it is due on.
    """

    undated: int
    dated: tuple[tuple[int, int], ...]


def at_will(notes: Sequence[Note], *, after: int) -> AtWill:
    """The interest of the month that follows a day."""
    undated = 0
    dated: list[tuple[int, int]] = []
    days = days_between(notes[0].footing.terms.day_count, after, add_months(after, 1)) if notes else 0
    for note in notes:
        plan = note.plan
        if plan is None:
            undated += interest_units(note.current, note.rate, days)
        elif plan.method == "at_will" and plan.rows:
            dated.append((plan.rows[0].due_on, interest_units(note.current, note.rate, days)))
    return AtWill(undated, tuple(dated))


def month_interest(loans: AtWill, bills: Sequence[Bill], *, after: int, until: int) -> int:
    """One month's interest on at-will loans without a date up to `until`; none where a bill speaks for the month."""
    if until <= after or (bills and any(after < bill.due_on <= add_months(after, 1) for bill in bills)):
        return 0
    return posted(loans.undated + sum([units for due_on, units in loans.dated if due_on > until]))


def instalments(note: Note, billed: set[int]) -> list[Ahead]:
    """The payments ahead of a note's schedule, less what was paid towards the next, without months that were billed."""
    plan = note.plan
    if plan is None or not plan.rows:
        return []
    partly = len(plan.rows) > 1 and bool(plan.paid)
    covered = partly and plan.covered(note.current)
    rows = plan.following(note.balance()) if covered else plan.rows
    found = [Ahead(row.due_on, row.payment, row.interest) for row in rows]
    if partly and not covered:
        interest, principal = plan.left(note.balance(), full_balance=note.footing.full_balance)
        found[0] = Ahead(rows[0].due_on, interest + principal, interest)
    return [payment for payment in found if month_of(payment.due_on) not in billed] if billed else found


def _bills_ahead(notes: Sequence[Note], bills: Sequence[Bill]) -> list[Ahead]:
    """A bill names no interest: of it counts what the lender charged, and what the schedules have for its month."""
    if not bills:
        return []
    charged = sum(note.interest for note in notes)
    rows = [row for note in notes if note.plan is not None for row in note.plan.rows]
    found: list[Ahead] = []
    for bill in sorted(bills, key=lambda bill: bill.due_on):
        scheduled = sum(row.interest for row in rows if month_of(row.due_on) == bill.month)
        interest = min(bill.unpaid, charged + scheduled)
        charged -= min(charged, interest)
        found.append(Ahead(bill.due_on, bill.unpaid, interest))
    return found


def maturity(notes: Sequence[Note], day: int) -> Maturity:
    """Principal by when it is due, seen from a day."""
    ends = [add_months(day, months) for months in (1, 3, 12)]
    sums = [0, 0, 0, 0, 0]
    for note in notes:
        rows = note.plan.rows if note.plan is not None else ()
        left = note.current
        for row in rows:
            part = left if row is rows[-1] else min(left, row.principal)
            sums[bisect_left(ends, row.due_on)] += part
            left -= part
        sums[0] += note.overdue
        sums[4 if note.plan is None else 0] += left
    return Maturity(
        within_1_month=sums[0],
        within_3_months=sums[1],
        within_12_months=sums[2],
        over_12_months=sums[3],
        undated=sums[4],
    )


def views(notes: Sequence[Note], bills: Sequence[Bill], day: int) -> tuple[LoanView, ...]:
    """The open loans, oldest draw first; a bill is shown as the next payment of the line's only loan."""
    shown = [note for note in notes if note.loan and note.is_open]
    return tuple(_view(note, bills if len(shown) == 1 else (), day) for note in shown)


class Rated(NamedTuple):
    """Principal and the daily rate it is owed at. Units: minor units, 10**-12 a day; `known` is false for no rate."""

    principal: int
    daily_rate: int
    known: bool


def rated(notes: Sequence[Note]) -> tuple[Rated, ...]:
    """What is owed at which rate on each loan that is shown."""
    return tuple([Rated(note.principal, note.rate, _rate_known(note)) for note in notes if note.loan and note.is_open])


def _rate_known(note: Note) -> bool:
    return note.own_rate is not None or note.footing.terms.daily_rate is not None


def _view(note: Note, bills: Sequence[Bill], day: int) -> LoanView:
    dated = [(bill.due_on, bill.unpaid) for bill in bills]
    dated += [(due.due_on, due.interest + due.principal) for due in note.dues if not due.billed]
    dated += [(payment.due_on, payment.amount) for payment in instalments(note, {bill.month for bill in bills})]
    next_due_on = min((on for on, amount in dated if on >= day and amount), default=None)
    next_due = None if next_due_on is None else sum(amount for on, amount in dated if on == next_due_on)
    return LoanView(
        loan=note.loan,
        principal=note.principal,
        accrued_interest=accrued((note,)),
        posted_unpaid=note.posted,
        next_due_on=next_due_on,
        next_due=next_due,
        daily_rate=note.rate,
        rate_known=_rate_known(note),
        drawn_on=note.drawn_on,
        derived=note.plan is not None and note.plan.derived,
    )


def _claimed(note: Note, *, last: int) -> int:
    """What fell due on a note up to a day without a bill; interest as far as it is still owed."""
    if not note.dues:
        return 0
    chosen = [due for due in note.dues if due.due_on <= last and not due.billed]
    interest = min(sum([due.interest for due in chosen]), note.claimed_interest)
    return interest + sum([due.principal for due in chosen])
