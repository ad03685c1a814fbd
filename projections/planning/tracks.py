"""How each debt runs, as a linear programme sees it: when it can be paid, and what interest a unit of it bears.

Every number is read off the ledger's own notes: claims, schedules, and the interest a probe accrues. The programme
proposes; what a plan says is what the fold made of its payments.
Source: docs/planning.md.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from ledger.book import Book
from ledger.money import RATE_UNIT
from ledger.note import Note
from ledger.schedule import Instalment, Span
from projections.planning.debts import Debt, Month, has_fallen_due, notes_of, owed

_PROBE: Final = 10**12


class Event(NamedTuple):
    """A day on which a debt can be paid.

    Shape: interest since the last event is `factor` of the principal after it, or `fixed` at the first; of the
    principal at most `keep` stays, after `least` of it has been paid.
    Units: `fixed` and `least` in minor units.
    """

    month: int
    on: int
    factor: Fraction
    keep: Fraction
    fixed: int = 0
    least: int = 0


class Track(NamedTuple):
    """The run of one debt. Shape: after the last event a unit bears `tail` up to the end of the months, and `rest`."""

    debt: Debt
    principal: int
    events: tuple[Event, ...]
    tail: Fraction
    rest: int


def tracks(book: Book, debts: Sequence[Debt], months: Sequence[Month]) -> tuple[Track, ...]:
    """The run of every debt, on the first day of the first month, when nothing is overdue."""
    return tuple(_track(book, debt, months) for debt in debts)


def _track(book: Book, debt: Debt, months: Sequence[Month]) -> Track:
    note, now = notes_of(book, debt, months[0].first)[0], owed(book, debt, months[0].first)
    events = tuple(_instalments(book, debt, months) if debt.kind == "scheduled" else _months(book, debt, months))
    end = months[-1].last + 1
    if not events:
        return Track(debt, now.principal, (), Fraction(0), owed(book, debt, end).interest)
    tail = Fraction(0) if events[-1].keep == 0 else _bears(note, debt.rate, events[-1].on, end)
    return Track(debt, now.principal, events, tail, 0)


def _months(book: Book, debt: Debt, months: Sequence[Month]) -> Iterator[Event]:
    """The first day of every month, up to the day on which all is due, where there is one."""
    first = months[0].first
    note, now = notes_of(book, debt, first)[0], owed(book, debt, first)
    before = first
    for month in months:
        ends = debt.ends_on is not None and debt.ends_on <= month.last
        on = max(first, debt.ends_on) if ends and debt.ends_on is not None else month.first
        opening = month is months[0]
        fixed = owed(book, debt, on).interest if opening else 0
        yield Event(
            month=month.number,
            on=on,
            factor=Fraction(0) if opening else _bears(note, debt.rate, before, on),
            keep=Fraction(0 if ends else 1),
            fixed=fixed,
            least=now.overdue if opening and not ends else 0,
        )
        before = on
        if ends:
            return


def _instalments(book: Book, debt: Debt, months: Sequence[Month]) -> Iterator[Event]:
    """The due dates of a schedule; the next one is as the ledger lets it fall due."""
    note, first = notes_of(book, debt, months[0].first)[0], months[0].first
    plan, now = note.plan, owed(book, debt, first)
    begun = has_fallen_due(book, debt, first)
    if begun:
        keep = Fraction(now.principal - now.overdue, now.principal)
        yield Event(1, first, Fraction(0), keep, fixed=now.interest, least=now.overdue)
    if plan is None:
        return
    before = note.current
    for span, row in zip(plan.spans, plan.rows, strict=True):
        if row.due_on > months[-1].last:
            return
        yield _instalment(book, debt, months, (span, row), begun=begun, before=before)
        begun, before = True, row.balance


def _instalment(
    book: Book, debt: Debt, months: Sequence[Month], due: tuple[Span, Instalment], *, begun: bool, before: int
) -> Event:  # fmt: skip
    span, row = due
    month = next(month.number for month in months if row.due_on <= month.last)
    keep = Fraction(row.balance, before) if before else Fraction(0)
    if begun:
        return Event(month, row.due_on, span.units(1, debt.rate) / RATE_UNIT, keep)
    then = owed(book, debt, row.due_on)
    return Event(month, row.due_on, Fraction(0), keep, fixed=then.interest, least=then.overdue)


def _bears(note: Note, rate: int, start: int, end: int) -> Fraction:
    """The interest a unit of a note's principal bears from a day to another."""
    plan = note.plan
    if plan is not None and plan.equal and plan.rows:
        spans = [span for span in plan.spans if span.start < end and span.due_on > start]
        return sum((_part(span, start, end, rate) for span in spans), Fraction(0))
    probe = note.copy(note.footing)
    probe.plan, probe.dues, probe.accrued, probe.principal, probe.rate = None, [], 0, _PROBE, rate
    probe.advance(start)
    already = probe.accrued
    probe.advance(end)
    return Fraction(probe.accrued - already, _PROBE * RATE_UNIT)


def _part(span: Span, start: int, end: int, rate: int) -> Fraction:
    return (span.cut(start).units(1, rate) - span.cut(min(end, span.due_on)).units(1, rate)) / RATE_UNIT
