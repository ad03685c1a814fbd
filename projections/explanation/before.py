"""The household before a change: what stood shortly before it, and how long any line had been overdue by then."""

from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from ledger import events
from ledger.book import Book
from ledger.calendar import add_months, month_of
from ledger.line import Line
from ledger.timeline import Entry
from projections.debt import due_within_a_month
from projections.explanation.case import Case, Subject

_CAN_CUT: Final = (events.LimitLowered, events.LimitObserved, events.LineFrozen, events.LineClosed)


class Overdue(NamedTuple):
    """The longest a line was past due. Units: `at` in microseconds; `facts` are the bills or draws that fell due."""

    days: int
    at: int
    facts: tuple[int, ...]


class Before:
    """The state before a change and on the way to it.

    Shape: `lines` are those met by then.
    """

    def __init__(self, case: Case, subject: Subject) -> None:
        self._case = case
        self.subject = subject
        self.since = case.too_early(subject)
        self.overdue: dict[str, Overdue] = {}
        book = case.dossier.checkpoints.book(subject.start)
        self._look_back(book)
        self.lines = tuple(book.lines)
        self.due_against_income = _due_against_income(book, day=self.day)

    def others_cut(self, *, after: int, until: int) -> list[Line]:
        """The lines of other pools as they stand at the end of the window, if inside (after, until] any may be cut."""
        case, track = self._case, self._case.dossier.checkpoints.track
        facts = case.facts(*_CAN_CUT, after=after, until=min(until, case.until))
        found = {track(entry.fact.line): None for entry in facts}
        lines = [line for one in found if one is not None for line in one.to(case.until).lines.values()]
        return [line for line in lines if line.root.name != case.line.root.name]

    @property
    def day(self) -> int:
        """The local day before which everything counts as before."""
        return self._case.zone.day(self.subject.start)

    @property
    def on(self) -> date:
        """That day as a date."""
        return date.fromordinal(self.day)

    @property
    def in_force_on(self) -> date:
        """The day whose rules bind the change: its own where it is dated, else that on which its interval begins."""
        change = self.subject.change
        return date.fromordinal(self._case.zone.day(self.subject.end)) if change.since == change.until else self.on

    def precedes(self, entry: Entry) -> bool:
        """Whether a fact is certainly before the change, and not too old to count."""
        return self.since < entry.at and self.is_earlier(entry)

    def is_earlier(self, entry: Entry) -> bool:
        """Whether a fact is certainly before the change, however long."""
        unsure = entry.bare and entry.day == self.day and self.subject.start != self._end_of_day()
        return entry.at <= self.subject.start and not unsure

    def _end_of_day(self) -> int:
        return self._case.zone.start(self.day + 1) - 1

    def _look_back(self, book: Book) -> None:
        """When each line was longest overdue: before the change, or just before a payment on the way to it."""
        start = self.subject.start
        paid = self._case.facts(events.RepaymentPosted, after=self.since, until=start)
        stops = [(entry.fact.line, entry.at) for entry in paid]
        late = list(zip(stops, self._case.dossier.days_late(stops), strict=True))
        late += [((name, start), line.loans.days_past_due(self.day)) for name, line in book.lines.items()]
        longest: dict[str, tuple[int, int]] = {}
        for (line, at), days in late:
            if days and days >= longest.get(line, (0, 0))[0]:
                longest[line] = days, at
        for line, (days, at) in longest.items():
            on = self._case.zone.day(at) - days
            self.overdue[line] = Overdue(days, at, self._fell_due(line, on=on, until=at))

    def _fell_due(self, line: str, *, on: int, until: int) -> tuple[int, ...]:
        """The bill of a due date, or the draws with a schedule."""
        bills, draws = [], []
        kinds = (events.PaymentDue, events.DrawnDown)
        for entry in self._case.dossier.facts(kinds, line=line, after=None, until=until):
            if isinstance(entry.fact, events.PaymentDue):
                bills += [entry.version] if entry.fact.due_on.toordinal() == on else []
            elif entry.fact.method != "at_will" or entry.fact.due_on is not None:
                draws.append(entry.version)
        return tuple(bills[-1:] or draws)


def _due_against_income(book: Book, *, day: int) -> Fraction | None:
    """What falls due in a month over a month's income; None where no income is known."""
    income = book.income.monthly(month_of(day))
    if income is None or not income[0]:
        return None
    return Fraction(due_within_a_month(book.lines.values(), day=book.day) * income[1], income[0])


def dated_dues(case: Case, before: Before, line: str) -> tuple[int, ...]:
    """Facts that made payments of a line fall due on days in the time that counts, and the payments made then."""
    due: list[int] = []
    first, last = case.zone.day(before.since), before.day
    start = before.subject.start
    for entry in case.dossier.facts((events.PaymentDue, events.DrawnDown), line=line, after=None, until=start):
        if isinstance(entry.fact, events.PaymentDue):
            due += [entry.version] if first < entry.fact.due_on.toordinal() < last else []
        elif entry.fact.method not in ("at_will", "bullet") and add_months(entry.day, 1) < last:
            due.append(entry.version)
    if not due:
        return ()
    paid = case.dossier.facts((events.RepaymentPosted,), line=line, after=before.since, until=start)
    return (*due[-3:], *(entry.version for entry in paid[-3:]))
