"""A course of payments, walked through the ledger's own fold: what is paid when, and what the ledger makes of it.

Every payment is a fact that is applied to the book on its day, so interest, allocation, schedules and bills are the
fold's and nothing is computed twice. How much is paid beyond what is due is decided once a month, on its first day.
Source: domain.md section 4; docs/planning.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from ledger import events
from ledger.book import Book
from ledger.events import Plain
from ledger.timeline import Timeline
from projections.outlook import unbilled
from projections.planning.debts import (
    Debt,
    Due,
    Month,
    arrears,
    bills_due,
    debts,
    dues,
    named,
    notes_of,
    outstanding,
    owed,
    still_due,
    uncharged,
)
from projections.planning.purse import Purse

Strategy: TypeAlias = Literal["optimal", "avalanche", "snowball", "minimum"]


class Payment(NamedTuple):
    """One payment of a course. Units: minor units, `on` an ordinal; `early` is principal that was not due yet."""

    month: int
    on: int
    line: str
    loan: str | None
    amount: int
    principal: int
    early: int


class MonthEnd(NamedTuple):
    """How a month ends. Units: minor units; the reserves exact, None where they are not known.

    Shape: `frozen` is the reserve if every revocable line were frozen then; `settled` are debts that came to an end.
    """

    month: Month
    minimum: int
    paid: int
    principal: int
    reserve: Fraction | None
    frozen: Fraction | None
    settled: tuple[str, ...]


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a strategy.

    Shape: `interest` is all that is paid beyond principal, and what is owed beyond it at the end; `free_after` is the
    month after which nothing is owed, None where something is; `broken` are months whose minimums exceed the budget,
    `low` those that end below the floor. Units: minor units.
    """

    strategy: Strategy
    payments: tuple[Payment, ...]
    months: tuple[MonthEnd, ...]
    facts: tuple[Plain, ...]
    interest: int
    owed: int
    free_after: int | None
    broken: tuple[int, ...]
    low: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether every minimum is met inside the budget and the floor holds in every month."""
        return not self.broken and not self.low

    @property
    def paid(self) -> int:
        """All payments together."""
        return sum(payment.amount for payment in self.payments)


class Ask(NamedTuple):
    """What is decided on the first day of a month: how much to pay beyond what is due, and on which debt.

    Shape: `beyond` is what each debt would still owe after its minimum, where that can be paid this month; `free` is
    what the budget leaves, `room` what the floor leaves (None: no floor); the floor holds also `if_frozen`, or
    not. Units: minor units.
    """

    month: Month
    beyond: Mapping[Debt, int]
    free: int
    room: int | None
    if_frozen: bool = True


Chooser: TypeAlias = Callable[[Ask], Mapping[Debt, int]]


class Walker:
    """The fold of a household on its way through the months ahead."""

    def __init__(self, asked: "Asked") -> None:
        self.timeline = asked.timeline
        self.book: Book = asked.book.fork()
        self.facts: list[Plain] = []
        self.payments: list[Payment] = []
        self._debts: tuple[Debt, ...] | None = None

    def open_debts(self, day: int) -> list[Debt]:
        """What is still owed of the debts there were when this was first asked; each keeps its name to the end."""
        if self._debts is None:
            self._debts = debts(self.book, day)
        return [debt for debt in self._debts if owed(self.book, debt, day).total]

    def to(self, day: int) -> None:
        """Go on to the start of a day."""
        self.book.advance(max(self.book.at, self.book.zone.start(day)))

    def happen(self, fact: Plain) -> None:
        """Let a fact happen that nobody recorded."""
        self.facts.append(fact)
        self.book.apply(self.timeline.supposed(fact, number=len(self.facts)))

    def charge(self, debt: Debt, day: int) -> None:
        """Let the lender of a full balance charge the interest that we counted, so that it can be paid."""
        amount = uncharged(notes_of(self.book, debt, day)) if debt.charged else 0
        if amount:
            self.happen(events.InterestCharged(effective=_date(day), line=debt.line, loan=debt.loan, amount=amount))

    def pay(self, line: str, loan: str | None, amount: int, *, month: Month, day: int, due: int) -> None:
        """Pay on a line, or on one loan of it. Units: of `amount`, `due` is what was due."""
        if amount <= 0:
            return
        before = self.book.lines[line].loans.principal
        self.happen(events.RepaymentPosted(effective=_date(day), line=line, loan=loan, amount=amount))
        principal = before - self.book.lines[line].loans.principal
        self.payments.append(Payment(month.number, day, line, loan, amount, principal, max(0, amount - due)))

    def clear(self, month: Month) -> int:
        """Pay what has fallen due before a month begins. Returns how much that was."""
        self.to(month.first)
        for debt in debts(self.book, month.first):
            if arrears(self.book.lines[debt.line], month.first):
                self.charge(debt, month.first)
        already = len(self.payments)
        for name in sorted(self.book.lines):
            amount = arrears(self.book.lines[name], month.first)
            self.pay(name, None, amount, month=month, day=month.first, due=amount)
        return sum(payment.amount for payment in self.payments[already:])


def _date(day: int) -> str:
    return date.fromordinal(day).isoformat()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What every strategy is asked alike. Units: `at` in microseconds since the epoch; `budget` in minor units.

    Shape: `timeline` is the history up to `at`, and `book` what it folds to.
    """

    timeline: Timeline
    book: Book
    at: int
    months: tuple[Month, ...]
    budget: int
    purse: Purse | None


def begun(course: "Course") -> dict[str, int]:
    """The month in which a course first pays principal of a debt, by the debt's name."""
    found: dict[str, int] = {}
    for payment in course.payments:
        if payment.principal:
            found.setdefault(named(payment.line, payment.loan), payment.month)
    return found


def walk(asked: Asked, strategy: Strategy, chooser: Chooser) -> Course:
    """Follow a strategy month by month until nothing is owed or the months are over."""
    walker = Walker(asked)
    before = _principal(walker.book)
    liquid = None if asked.purse is None else asked.purse.liquid
    ends: list[MonthEnd] = []
    for month in asked.months:
        end = _month(walker, asked, month, liquid, chooser)
        ends.append(end)
        liquid = None if asked.purse is None or liquid is None else liquid + asked.purse.net - end.paid
        if not outstanding(walker.book, month.last):
            break
    return _course(walker, asked, strategy, tuple(ends), before)


def _course(
    walker: Walker, asked: Asked, strategy: Strategy, ends: tuple[MonthEnd, ...], before: int
) -> Course:  # fmt: skip
    last = ends[-1].month.last + 1 if ends else walker.book.day
    walker.to(last)
    left = outstanding(walker.book, last)
    paid = sum(payment.amount for payment in walker.payments)
    return Course(
        strategy=strategy,
        payments=tuple(walker.payments),
        months=ends,
        facts=tuple(walker.facts),
        interest=paid + left - before,
        owed=left,
        free_after=None if left else ends[-1].month.number if ends and walker.payments else 0,
        broken=tuple(end.month.number for end in ends if end.minimum > asked.budget),
        low=tuple(end.month.number for end in ends if _below(asked.purse, end)),
    )


def _below(purse: Purse | None, end: MonthEnd) -> bool:
    """Whether a month ends below the floor, after a freeze too where the floor has to hold after one."""
    if purse is None or purse.floor is None:
        return False
    reserve = end.frozen if purse.if_frozen else end.reserve
    return reserve is not None and reserve < purse.floor


def _principal(book: Book) -> int:
    return sum(line.loans.principal for line in book.lines.values())


class _Plan(NamedTuple):
    """What a month asks for, by debt and by bill, and what is paid of it beyond."""

    cleared: int
    dues: dict[Debt, list[Due]]
    bills: dict[str, list[Due]]

    @property
    def minimum(self) -> int:
        """What the budget must cover. Interest paid on a line counts towards the line's bill."""
        of_debts: dict[str, int] = {}
        for debt, asks in self.dues.items():
            of_debts[debt.line] = of_debts.get(debt.line, 0) + sum(due.amount for due in asks)
        billed = {line: sum(due.amount for due in asks) for line, asks in self.bills.items()}
        return self.cleared + sum(max(of_debts.get(line, 0), billed.get(line, 0)) for line in {**of_debts, **billed})

    @property
    def unsure(self) -> int:
        """Minor units by which the second due of a debt in one month may differ from what the first day says."""
        return sum(len(asks) - 1 for asks in self.dues.values() if asks)


def _month(walker: Walker, asked: Asked, month: Month, liquid: Fraction | None, chooser: Chooser) -> MonthEnd:
    book, already = walker.book, len(walker.payments)
    cleared = walker.clear(month) if month.number == 1 else 0
    walker.to(month.first)
    open_debts = walker.open_debts(month.first)
    for debt in open_debts:
        if debt.kind == "open":
            walker.charge(debt, month.first)
    asks = _asks(book, open_debts, month, cleared)
    beyond = {debt: left for debt in open_debts if (left := _beyond(book, debt, asks, month)) > 0}
    free = max(0, asked.budget - asks.minimum - asks.unsure)
    room = _room(asked.purse, liquid, open_debts, asks, book, month)
    extra = chooser(Ask(month, beyond, free, room, asked.purse is None or asked.purse.if_frozen))
    _pay(walker, asks, dict(extra), month)
    paid = sum(payment.amount for payment in walker.payments[already:])
    walker.to(month.last)
    settled = tuple(debt.name for debt in open_debts if not owed(book, debt, month.last).total)
    after = None if asked.purse is None or liquid is None else liquid + asked.purse.net - paid
    called = sum(unbilled(line, month.last) for line in book.lines.values() if line.terms.revocable)
    due = sum(payment.amount - payment.early for payment in walker.payments[already:])
    return MonthEnd(
        month=month,
        minimum=due,
        paid=paid,
        principal=_principal(book),
        reserve=None if after is None or asked.purse is None else asked.purse.reserve(after),
        frozen=None if after is None or asked.purse is None else asked.purse.reserve(after - called),
        settled=settled,
    )


def _asks(book: Book, open_debts: Sequence[Debt], month: Month, cleared: int) -> _Plan:
    """What the month asks for. A bill on a debt that can be paid any day is paid on the first, with its interest."""
    bills = {line.name: bills_due(line, month) for line in book.lines.values()}
    asked = {debt: dues(book, debt, month) for debt in open_debts}
    left = {line: sum(due.amount for due in of_line) for line, of_line in bills.items()}
    for debt, of_debt in asked.items():
        left[debt.line] -= sum(due.amount for due in of_debt)
    for debt, of_debt in asked.items():
        if debt.kind == "open" and left[debt.line] > 0:
            part = min(left[debt.line], owed(book, debt, month.first).principal)
            of_debt.append(Due(month.first, part, part))
            left[debt.line] -= part
    return _Plan(cleared, asked, bills)


def _beyond(book: Book, debt: Debt, asks: _Plan, month: Month) -> int:
    """What a debt would owe after its minimum, as far as it can be paid in this month."""
    asked = asks.dues[debt]
    now = owed(book, debt, month.first)
    if debt.kind == "bullet":
        return 0 if asked else now.total
    if debt.kind == "scheduled" and not (asked or asks.bills[debt.line]):
        return 0
    return now.principal - sum(due.principal for due in asked)


def _room(
    purse: Purse | None, liquid: Fraction | None, open_debts: Sequence[Debt], asks: _Plan, book: Book, month: Month
) -> int | None:
    """What can be paid beyond the minimums without going below the floor at the month's end."""
    floor = None if purse is None else purse.liquid_floor
    if purse is None or liquid is None or floor is None:
        return None
    callable_debts = [debt for debt in open_debts if debt.callable and purse.if_frozen]
    called = sum(owed(book, debt, month.first).principal for debt in callable_debts)
    called -= sum(due.principal for debt in callable_debts for due in asks.dues[debt])
    room = liquid + purse.net - asks.minimum - asks.unsure - called - floor
    return max(0, room.numerator // room.denominator)


def _pay(walker: Walker, asks: _Plan, extra: dict[Debt, int], month: Month) -> None:
    """Make the month's payments in the order of their days."""
    for day, debt in sorted(_appointments(asks, extra, month), key=lambda one: one[0]):
        walker.to(day)
        if isinstance(debt, str):
            amount = still_due(walker.book.lines[debt], day)
            walker.pay(debt, None, amount, month=month, day=day, due=amount)
            continue
        walker.charge(debt, day)
        now = owed(walker.book, debt, day)
        asked = sum(due.amount for due in asks.dues[debt] if due.on == day) if debt.kind == "open" else 0
        due = min(max(now.due, asked), now.total) if asks.dues[debt] or now.overdue else 0
        amount = min(now.total, due + extra.pop(debt, 0))
        walker.pay(debt.line, debt.loan, amount, month=month, day=day, due=due)


def _appointments(asks: _Plan, extra: Mapping[Debt, int], month: Month) -> Iterator[tuple[int, Debt | str]]:
    """On which day which debt is paid, and after it what a bill still asks for."""
    for debt, asked in asks.dues.items():
        days = {due.on for due in asked}
        if not days and extra.get(debt):
            days = {due.on for due in asks.bills[debt.line]} if debt.kind == "scheduled" else {month.first}
        yield from ((day, debt) for day in sorted(days))
    for line, bills in asks.bills.items():
        yield from ((due.on, line) for due in bills)
