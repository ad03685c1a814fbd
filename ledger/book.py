"""The one fold: a household's state, and how each fact changes it.

Total and silent: whatever was recorded can be folded, and nothing is refused or told here. Commands, positions,
bridges, explanations, checks and tests all read the state that this module makes.
Source: domain.md sections 1 and 2.
"""

from bisect import bisect_right
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

from ledger import events, limits, movements
from ledger.calendar import Zone, month_of
from ledger.errors import NotFound
from ledger.events import Fact
from ledger.line import Line
from ledger.observation import foresee, mark_today, observe, reconsider
from ledger.reserve import Account, MonthlyFlow
from ledger.timeline import Entry, Timeline


class Book:
    """A household's state as of an instant, as known at an instant.

    Shape: `version` is the latest fact that is known; a book that was woken has no `timeline` before it is given one.
    Units: `at` in microseconds since the epoch; amounts in minor units of `currency`.
    """

    __slots__ = (
        "_due", "_number", "accounts", "at", "currency", "essentials", "income", "lines", "notes", "timeline",
        "version", "zone",
    )  # fmt: skip

    def __init__(self, timeline: Timeline | None) -> None:
        if timeline is not None:
            self.timeline = timeline
            self.zone: Zone = timeline.zone
            self.currency = timeline.currency
            self.version = timeline.version
        self.at = 0
        self.lines: dict[str, Line] = {}
        self.accounts: dict[str, Account] = {}
        self.income = MonthlyFlow()
        self.essentials = MonthlyFlow()
        self.notes: list[Entry] = []
        self._due: list[tuple[int, int, limits.Happening, str, Entry]] = []
        self._number = 0

    def fork(self, timeline: Timeline | None = None) -> "Book":
        """The same state, to go another way from here, by the same facts or by those of another timeline."""
        other = Book(self.timeline if timeline is None else timeline)
        other.zone, other.currency = self.zone, self.currency
        other.version = self.version if timeline is None else timeline.version
        other.at = self.at
        other.lines = {name: line.fork() for name, line in self.lines.items()}
        for line in other.lines.values():
            line.root = other.lines[line.root.name]
            line.peers = tuple([other.lines[peer.name] for peer in line.peers])
        other.accounts = {name: account.fork() for name, account in self.accounts.items()}
        other.income, other.essentials = self.income.fork(), self.essentials.fork()
        other.notes, other._due, other._number = self.notes.copy(), self._due.copy(), self._number
        return other

    def join(self, other: "Book") -> None:
        """Take in the lines of a book of other lines as of the same instant, and what is to come for them."""
        self.lines |= other.lines
        for at, happen, line, entry in other.to_come:
            self.schedule(at, happen, self.lines[line], entry)

    @property
    def to_come(self) -> list[tuple[int, limits.Happening, str, Entry]]:
        """What will happen to lines by itself, in order, and because of which facts."""
        return [(at, happen, line, entry) for at, _, happen, line, entry in sorted(self._due)]

    @property
    def day(self) -> int:
        """The local day the state is as of, as an ordinal."""
        return self.zone.day(self.at)

    @property
    def next_due_at(self) -> int | None:
        """When the next thing happens by itself; None when nothing is to come."""
        return self._due[0][0] if self._due else None

    def line(self, name: str) -> Line:
        """A line by its id. Raises: NotFound."""
        if name not in self.lines:
            raise NotFound("line", name, known=tuple(sorted(self.lines)))
        return self.lines[name]

    def apply(self, entry: Entry) -> None:
        """Take in the next fact in order of effect; what falls due before it happens first."""
        at = entry.at
        if self._due and self._due[0][0] <= at:
            self.advance(at)
        self.at = at
        fact = entry.fact
        kind = type(fact)
        on_line = _ON_LINE.get(kind)
        if on_line is None:
            _ON_HOUSEHOLD[kind](self, entry)
            return
        line = self.lines.get(fact.line)
        if line is None:
            line = self.meet(fact.line, entry)
        if entry.bare and kind in _ORDERED:
            mark_today(line, entry)
        if line.inference is None and not line.peers:
            on_line(self, line, entry)
            return
        pool = [one for one in (line, *line.peers) if one.inference is not None] if kind in _ORDERED else []
        if kind.rank == events.LIMITS:
            for one in pool:
                foresee(one, entry)
        on_line(self, line, entry)
        for one in pool:
            if one is line or kind.rank != events.LIMITS:
                reconsider(one, entry)

    def advance(self, at: int) -> None:
        """Let everything happen that falls due up to and including an instant."""
        while self._due and self._due[0][0] <= at:
            due_at, _, happen, line, entry = heappop(self._due)
            self.at = due_at
            happen(self.lines[line], entry, due_at)
        self.at = at

    def schedule(self, at: int, happen: limits.Happening, line: Line, entry: Entry) -> None:
        """Let something happen to a line by itself at an instant: a hold that falls, a limit that expires."""
        self._number += 1
        heappush(self._due, (at, self._number, happen, line.name, entry))

    def meet(self, name: str, entry: Entry) -> Line:
        """The state of a line met for the first time; its terms are those it was opened with, whenever that was."""
        terms = self.timeline.openings.get(name) or events.LineOpened(
            effective=0, line=name, lender=name, product="other"
        )
        line = self.lines[name] = Line(name, terms)
        if terms.shared_with is not None and terms.shared_with not in self.lines:
            self.meet(terms.shared_with, entry)
        opening = self._opening_entry(terms)
        limits.pool(self, at=self.at, version=opening.version if opening else 0)
        limits.watch_validity(self, line, terms.valid_until, entry=opening)
        return line

    def account(self, name: str) -> Account:
        """The state of a reserve account, made when it is met for the first time."""
        known = self.accounts.get(name)
        if known is None:
            known = self.accounts[name] = Account(name, self.timeline.openings.get("account:" + name))
        return known

    def _opening_entry(self, opening: Fact) -> Entry | None:
        return next((entry for entry in self.timeline.entries if entry.fact is opening), None)


class Walk:
    """A fold that can stop at an instant, be looked at, and go on; from the start, or from a state on the way.

    Shape: `book` has taken in the first `done` facts of its timeline.
    """

    __slots__ = ("_next", "book")

    def __init__(self, timeline: Timeline, *, book: Book | None = None, done: int = 0) -> None:
        self.book = Book(timeline) if book is None else book
        self._next = done

    def to(self, at: int | None) -> Book:
        """Go on to an instant, not before where the walk stands; to the last fact when none is given."""
        entries, apply = self.book.timeline.entries, self.book.apply
        until = len(entries) if at is None else bisect_right(entries, at, key=lambda entry: entry.at)
        for index in range(self._next, until):
            apply(entries[index])
        self._next = max(self._next, until)
        if at is not None:
            self.book.advance(at)
        return self.book


def fold(timeline: Timeline, *, at: int | None = None) -> Book:
    """The state as of an instant; of all facts, up to the last, when none is given."""
    return Walk(timeline).to(at)


def _observed(_: Book, line: Line, entry: Entry) -> None:
    observe(line, entry)


def _opened(book: Book, line: Line, entry: Entry) -> None:
    # The terms a line was opened with hold from its first fact on; only another opening states them anew.
    if book.timeline.openings.get(line.name) is not entry.fact:
        limits.new_terms(book, line, entry)


def _account_opened(book: Book, entry: Entry) -> None:
    book.account(entry.fact.account)


def _account_observed(book: Book, entry: Entry) -> None:
    book.account(entry.fact.account).balance = entry.fact.balance


def _account_moved(book: Book, entry: Entry) -> None:
    book.account(entry.fact.account).balance += entry.fact.amount


def _income_declared(book: Book, entry: Entry) -> None:
    book.income.declare(entry.fact.monthly, version=entry.version)


def _essentials_declared(book: Book, entry: Entry) -> None:
    book.essentials.declare(entry.fact.monthly, version=entry.version)


def _income_received(book: Book, entry: Entry) -> None:
    book.income.see(entry.fact.amount, month=month_of(entry.day), version=entry.version)


def _expense_paid(book: Book, entry: Entry) -> None:
    if entry.fact.essential:
        book.essentials.see(entry.fact.amount, month=month_of(entry.day), version=entry.version)


def _noted(book: Book, entry: Entry) -> None:
    book.notes.append(entry)


_ON_LINE: Final[dict[type[Fact], Callable[[Book, Line, Entry], None]]] = {
    events.LineOpened: _opened,
    events.LineTermsChanged: limits.new_terms,
    events.LimitGranted: limits.granted,
    events.LimitRaised: limits.restated,
    events.LimitLowered: limits.restated,
    events.TemporaryLimitGranted: limits.temporary,
    events.LineFrozen: limits.frozen,
    events.LineThawed: limits.thawed,
    events.LineClosed: limits.closed,
    events.LimitReductionRequested: limits.noted,
    events.LimitObserved: _observed,
    events.DrawnDown: movements.drawn,
    events.DrawReversed: movements.draw_reversed,
    events.RepaymentSent: movements.sent,
    events.RepaymentPosted: movements.posted,
    events.RepaymentReversed: movements.repayment_reversed,
    events.AvailabilityRestored: movements.restored,
    events.InterestCharged: movements.charged,
    events.FeeCharged: movements.charged,
    events.PenaltyCharged: movements.charged,
    events.PaymentDue: movements.billed,
}
_ORDERED: Final = frozenset(kind for kind in _ON_LINE if events.LIMITS <= kind.rank < events.OBSERVATIONS)
"""The facts of a line whose place inside a day decides what somebody saw that day."""
_ON_HOUSEHOLD: Final[dict[type[Fact], Callable[[Book, Entry], None]]] = {
    events.HouseholdOpened: _noted,
    events.LenderStated: _noted,
    events.PlatformNoticed: _noted,
    events.ScoreObserved: _noted,
    events.InquiryMade: _noted,
    events.ReserveOpened: _account_opened,
    events.ReserveObserved: _account_observed,
    events.ReserveMoved: _account_moved,
    events.IncomeDeclared: _income_declared,
    events.EssentialsDeclared: _essentials_declared,
    events.IncomeReceived: _income_received,
    events.ExpensePaid: _expense_paid,
}
