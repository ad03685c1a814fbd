"""Time taken back from a note, for a bill that comes after its due date and says how that time is to be counted.

Source: domain.md section 4; ops/decisions/0004-readings-of-the-book.md.
"""

from ledger.calendar import month_of
from ledger.note import Note
from ledger.plan import Fall


def rewind(note: Note, day: int, *, month: int) -> None:
    """Let it be an earlier day again, as far as nothing but time and payments has moved the note since.

    The instalment of the bill's month is not due for it. Units: `day` is an ordinal.
    """
    fall = note.fallen
    while fall is not None and _undone(note, fall, day, month):
        _recede(note, fall.due_on)
        note.dues = [due for due in note.dues if due.billed or due.due_on != fall.due_on]
        note.accrued += fall.rounded
        note.plan, note.anchor, note.even_since = fall.plan, fall.anchor, fall.even_since
        note.fallen = fall = fall.before
    plan = note.plan
    cut = plan.spans[0].start if plan is not None and plan.equal and plan.spans else 0
    _recede(note, max(day, note.even_since, cut))


def _undone(note: Note, fall: Fall, day: int, month: int) -> bool:
    """Whether an instalment fell due after a day, or in a month, and nothing came of it yet."""
    of_month = month_of(fall.due_on) == month
    if note.plan is not fall.plan_after or note.even_since != fall.due_on or not (of_month or day <= fall.due_on):
        return False
    claims = [(due.interest, due.principal) for due in note.dues if not due.billed and due.due_on == fall.due_on]
    return of_month or claims == [fall.claim] or (not claims and fall.claim == (0, 0))


def _recede(note: Note, day: int) -> None:
    if day >= note.day:
        return
    for due in note.dues:
        start = max(day, due.due_on)
        if not note.in_grace(due) and start < due.since:
            note.penalise(due, start)
    note.accrued -= note.ordinary(day, note.day)
    note.day = day
