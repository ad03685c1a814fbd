"""A household's days: each credit line, and the reserve, at the end of every day on which something changed.

Days in between need no row: amounts stand, and accrued interest grows by the same amount a day. Whether it does is
asked of the fold (`Loans.outlook`); nothing is computed here that the fold does not say.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from ledger.book import Book
from ledger.calendar import Zone
from ledger.dues import Outlook
from ledger.line import Line, offered
from ledger.traces import named
from projections import liquidity

_Values: TypeAlias = tuple[Any, ...]
"""Values that stay objects: those of a tuple of a known length are taken out and put back at each step, compiled."""


class LineDay(NamedTuple):
    """A line at the end of a day. Units: minor units, ordinals; accrued interest in 10**-24 minor units."""

    household: str
    line: str
    day: int
    status: str
    limit_known: bool
    permanent_limit: int
    temporary_limit: int
    drawn: int
    held: int
    shared_used: int
    headroom: int
    available: int
    over_limit: int
    blocked: int
    principal: int
    posted_unpaid: int
    overdue: int
    past_due_since: int | None
    accrued_units: int
    accrued_units_a_day: int

    def continues(self, before: "LineDay") -> bool:
        """Whether this day follows from the row before it by steady accrual alone."""
        if self.drawn != before.drawn or self.headroom != before.headroom:
            return False
        grown = before.accrued_units + before.accrued_units_a_day * (self.day - before.day)
        mine: _Values = self
        its: _Values = before
        return self.accrued_units == grown and mine[3:18] == its[3:18] and mine[19] == its[19]


class HouseholdDay(NamedTuple):
    """A household's reserve, and what it could still borrow, at the end of a day. Units: minor units, an ordinal."""

    household: str
    day: int
    reserve_t1: int
    reserve_t2a: int
    reserve_t2b: int
    contingent: int


class Series:
    """The days of one household, made as its book moves on.

    Shape: `since` is the first day whose rows differ from what was last stored; None when none does. `happened_to` is
    the instant up to which things have happened by themselves.
    """

    __slots__ = (
        "_accounts_mark", "_available", "_marks", "_tiers", "_turns", "days", "happened_to", "household", "lines",
        "since",
    )  # fmt: skip

    def __init__(self, household: str) -> None:
        self.household = household
        self.lines: dict[str, list[LineDay]] = {}
        self.days: list[HouseholdDay] = []
        self.since: int | None = None
        self.happened_to = 0
        self._available: dict[str, tuple[str, int]] = {}
        self._marks: dict[str, object] = {}
        self._turns: dict[str, int] = {}
        self._accounts_mark: object = None
        self._tiers = (0, 0, 0)

    def run(self, book: Book, *, done: int, until: int) -> int:
        """Let a book go on from entry number `done` to an instant, closing each day on which something happens.

        Returns the number of the entries that have been taken in.
        """
        entries, zone = book.timeline.entries, book.zone
        count, last = len(entries), zone.day(until)
        ends = _ends.setdefault(zone.name, {})
        while (day := self._next_day(book, done, until=until)) is not None and day <= last:
            end = ends.get(day) or last_moment(zone, day)
            if end > until:
                end = until
            while done < count and (entry := entries[done]).at <= end:
                book.apply(entry)
                done += 1
            self._pass(book, end)
            self._close(book, day)
        self._pass(book, until)
        return done

    def cut(self, day: int) -> None:
        """Forget a day and all after it, so that they are made again."""
        for name, rows in self.lines.items():
            if rows and rows[-1].day >= day:
                _drop(rows, lambda row: row.day >= day)
                self._marks[name] = None
                self._turns[name] = day
        if self.days and self.days[-1].day >= day:
            _drop(self.days, lambda row: row.day >= day)
            self._accounts_mark = None
        self._differs(day)

    def differ_from(self, other: "Series") -> None:
        """Count as stored what another series holds too."""
        self.since = other.since
        if self.since == 1:  # of all days none is earlier
            return
        mine: list[LineDay | HouseholdDay] = [*self.days, *(row for rows in self.lines.values() for row in rows)]
        theirs: list[LineDay | HouseholdDay] = [*other.days, *(row for rows in other.lines.values() for row in rows)]
        for row in set(mine).symmetric_difference(theirs):
            self._differs(row.day)

    def _next_day(self, book: Book, done: int, *, until: int) -> int | None:
        entries, due_at = book.timeline.entries, book.next_due_at
        day = entries[done].day if done < len(entries) and entries[done].at <= until else None
        if due_at is None and not self._turns:
            return day
        days = [*self._turns.values()] if day is None else [day, *self._turns.values()]
        if due_at is not None and due_at <= until:
            days.append(book.zone.day(due_at))
        return min(days, default=None)

    def _pass(self, book: Book, at: int) -> None:
        if book.next_due_at is not None and book.next_due_at <= at:
            self.happened_to = at
        book.advance(at)

    def _close(self, book: Book, day: int) -> None:
        moved = False
        marks, turns = self._marks, self._turns
        for name, line in book.lines.items():
            mark = _mark(line)
            if mark == marks.get(name) and (not turns or turns.get(name, day + 1) > day):
                continue
            moved = True
            marks[name] = mark
            self._put_line(line, day)
        accounts = [(one.name, one.balance) for one in book.accounts.values()]
        if accounts != self._accounts_mark:
            self._accounts_mark, self._tiers = accounts, _tiers(book)
            moved = True
        if moved:
            self._put_day(day)

    def _put_line(self, line: Line, day: int) -> None:
        outlook = line.loans.outlook(day)
        if outlook.steady_until is not None:
            self._turns[line.name] = outlook.steady_until
        elif self._turns:
            self._turns.pop(line.name, None)
        rows = self.lines.get(line.name)
        if rows is None:
            rows = self.lines[line.name] = []
        row = _line_day(self.household, line, day, outlook)
        self._available[line.name] = line.root.name, row.available
        if rows and rows[-1].day == day:
            rows.pop()
            self._differs(day)
        if not rows or not row.continues(rows[-1]):
            rows.append(row)
            self._differs(day)

    def _put_day(self, day: int) -> None:
        rows = self.days
        if rows and rows[-1].day == day:
            rows.pop()
            self._differs(day)
        t1, t2a, t2b = self._tiers
        figures: _Values = (t1, t2a, t2b, offered(self._available.values()))
        before: _Values = rows[-1] if rows else ()
        if figures != before[2:]:
            owner: _Values = (self.household, day)
            rows.append(named(HouseholdDay, owner + figures))
            self._differs(day)

    def _differs(self, day: int) -> None:
        if self.since is None or day < self.since:
            self.since = day


def last_moment(zone: Zone, day: int) -> int:
    """The last instant of a local day, from memory where it was asked before."""
    ends = _ends.setdefault(zone.name, {})
    known = ends.get(day)
    if known is None:
        if len(ends) > 100_000:
            ends.clear()
        known = ends[day] = zone.start(day + 1) - 1
    return known


_ends: Final[dict[str, dict[int, int]]] = {}
"""By the name of a zone and a day's ordinal."""


def late(rows: list[Any], since: int) -> list[Any]:
    """The rows of a day and all after it."""
    if not rows or rows[0].day >= since:
        return rows
    first = len(rows)
    while first and rows[first - 1].day >= since:
        first -= 1
    return rows[first:]


def _mark(line: Line) -> object:
    """What is the same only while nothing but time has changed a line."""
    return (
        len(line.steps), line.loans.changes, len(line.flips), line.frozen, line.closed, line.expired,
        line.root.permanent is None,
    )  # fmt: skip


def _line_day(household: str, line: Line, day: int, outlook: Outlook) -> LineDay:
    begin: _Values = (household, line.name, day, line.status, line.root.permanent is not None)
    levels: _Values = line.levels()
    principal: _Values = (line.loans.principal,)
    told: _Values = outlook
    return named(LineDay, begin + levels + principal + told[:5])


def _tiers(book: Book) -> tuple[int, int, int]:
    return liquidity.tiers(liquidity.counted(book)) if book.accounts else (0, 0, 0)


def _drop(rows: list[LineDay] | list[HouseholdDay], late: Callable[[LineDay | HouseholdDay], bool]) -> None:
    while rows and late(rows[-1]):
        rows.pop()
