"""A folded book at rest: what a check reads of it, as bytes, good for as long as no fact comes and nothing happens.

To fold a hundred facts takes longer than all that a check asks of the state they give. Between two facts, and between
two things that happen by themselves, that state stays as it is and only its day moves on, so it can be kept. It is a
copy and never the truth: it names the version it was folded from and the rules it was folded by, and whoever finds
another version, other rules or another time folds the facts anew. What was noted on the way, steps, holds, payments
and their settlements, is left behind, and so are the facts; a line that was woken has no such thing, nor a book a
timeline, so that nobody reads an empty one.
"""

from typing import Any, Final

from ledger.book import Book
from ledger.calendar import zone
from ledger.line import Line
from ledger.loan import Loans
from ledger.note import Note
from ledger.notes import OpenNotes
from ledger.reserve import Account
from ledger.resting_records import (
    Resting,
    RestingBook,
    RestingLine,
    RestingLoans,
    RestingNote,
    decoder,
    encoder,
)
from ledger.terms import Footing

FOREVER: Final = (1 << 63) - 1


def rest(book: Book) -> Resting | None:
    """Lay a folded book to rest.

    Shape: None for a book on which a check reads more than is kept: how a line came over its limit, which
    observations contradict each other, or which reversals undo nothing.
    """
    lines = book.lines.values()
    if any(line.over_limit or line.conflicts or line.awaited for line in lines):
        return None
    accounts = [(one.name, one.kind, one.fund, one.pledged, one.balance) for one in book.accounts.values()]
    kept = RestingBook(book.currency, [_kept(line, book.day) for line in lines], accounts, book.income, book.essentials)
    try:
        state = encoder.encode(kept)
    except OverflowError:  # an amount or a part of a day that is too long to be kept
        return None
    return Resting(
        version=book.version,
        timezone=book.zone.name,
        since_at=book.at,
        until_at=_moves_at(book),
        state=state,
    )


def woken(resting: Resting, *, at: int) -> Book:
    """The book as of an instant at which it is `good`; it answers questions about lines and money, and takes no fact.

    Raises: msgspec.DecodeError where the copy is damaged.
    """
    kept = decoder.decode(resting.state)
    book = Book(None)
    book.zone, book.currency, book.version, book.at = zone(resting.timezone), kept.currency, resting.version, at
    book.lines = {line.name: _line(line) for line in kept.lines}
    for line in kept.lines:
        own = book.lines[line.name]
        own.root, own.peers = book.lines[line.root], tuple([book.lines[name] for name in line.peers])
    for account in map(_account, kept.accounts):
        book.accounts[account.name] = account
    book.income, book.essentials = kept.income, kept.essentials
    return book


def _moves_at(book: Book) -> int:
    """When the next fact takes effect, or the next thing happens by itself."""
    timeline = book.timeline
    done = len(timeline.until(book.at))
    following = [entry.at for entry in timeline.entries[done : done + 1]]
    if book.next_due_at is not None:
        following.append(book.next_due_at)
    return min(following, default=FOREVER)


def _account(kept: tuple[Any, ...]) -> Account:
    account = Account(kept[0], None)
    account.name, account.kind, account.fund, account.pledged, account.balance = kept
    return account


def _kept(line: Line, day: int) -> RestingLine:
    return RestingLine(
        line.name,
        line.terms,
        line.root.name,
        tuple(peer.name for peer in line.peers),
        line.permanent,
        line.temporaries,
        line.held,
        line.frozen,
        line.closed,
        line.expired,
        line.changes,
        line.residuals,
        {version: one for version, one in line.postings.items() if one.reversed_by is not None},
        _loans_kept(line.loans, day),
    )


def _line(kept: RestingLine) -> Line:
    line = Line(kept.name, kept.terms, _loans(kept.loans))
    line.permanent, line.temporaries = kept.permanent, kept.temporaries
    line.held, line.frozen, line.closed, line.expired = kept.held, kept.frozen, kept.closed, kept.expired
    line.changes, line.residuals, line.postings = kept.changes, kept.residuals, kept.reversed
    return line


def _loans(kept: RestingLoans) -> Loans:
    footing = Footing(kept.terms, billed=kept.billed)
    notes = OpenNotes([_note(note, footing) for note in kept.notes], principal=kept.principal, posted=kept.posted)
    return Loans(footing, notes, kept.bills, credit=kept.credit)


def _loans_kept(loans: Loans, day: int) -> RestingLoans:
    notes, footing = loans._notes, loans._footing  # noqa: SLF001  # what a line owes is its own; here it is copied out
    bills = loans._bills  # noqa: SLF001  # likewise
    until = 0 if bills else day  # what bills let fall due hangs on all notes of a line: they age together, when asked
    return RestingLoans(
        footing.terms,
        footing.billed,
        [_note_kept(_aged(note, until)) for note in notes if note.is_open],
        bills,
        notes.principal,
        notes.posted,
        loans.credit_balance,
    )


def _aged(note: Note, day: int) -> Note:
    """A note as of its latest due date up to a day, so that instalments need not fall due anew at every check.

    At a due date interest is rounded in any case; to age up to another day might round it twice.
    """
    due = [row.due_on for row in note.plan.rows if row.due_on <= day] if note.plan is not None else []
    if not due:
        return note
    aged = note.copy(note.footing)
    aged.advance(due[-1])
    return aged


def _note_kept(note: Note) -> RestingNote:
    return RestingNote(
        (note.named, note.number, note.version, note.drawn_on, note.own_rate, note.rate),
        (
            note.anchor, note.day, note.principal, note.interest, note.interest_paid, note.fee, note.penalty,
            note.penal_paid, note.final_on, note.listed, note.live,
        ),
        (str(note.accrued), str(note.penal_principal), str(note.penal_interest)),
        note.dues,
        note.plan,
    )  # fmt: skip


def _note(kept: RestingNote, footing: Footing) -> Note:
    named, number, version, drawn_on, own_rate, rate = kept.made_with
    note = Note(named, footing, number, version=version, drawn_on=drawn_on, own_rate=own_rate, rate=rate)
    (
        note.anchor, note.day, note.principal, note.interest, note.interest_paid, note.fee, note.penalty,
        note.penal_paid, note.final_on, note.listed, note.live,
    ) = kept.plain  # fmt: skip
    note.accrued, note.penal_principal, note.penal_interest = map(int, kept.long)
    note.dues, note.plan = kept.dues, kept.plan
    return note
