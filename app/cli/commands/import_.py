"""`headroom import`: a provider's statement to facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import click

from app.cli import asking
from app.cli.desk import Desk
from app.cli.options import Misused
from app.cli.program import command
from app.cli.views.statement import imported
from app.following import brought_up
from app.recording import Judgement, Placed, judge, register_of
from ledger.errors import Complaint
from ledger.importers import alipay
from ledger.importers.reasons import note_text
from ledger.importers.refunds import Netted, net_of_refunds
from ledger.importers.statement import Names, RowNote, Statement
from ledger.record import Draft
from ledger.store import reader
from ledger.store.intake import Receipt
from ledger.store.reader import Connection

AFTER_OPENING: Final = 2
"""The version of the first fact of a statement where the household was not in the book."""
FORMATS: Final = {"alipay": alipay.read}


@command("import")
@click.argument("format", metavar="FORMAT")
@click.argument("file", metavar="FILE", required=False)
@click.option("--household", required=True, metavar="H")
@click.option("--dry-run", is_flag=True)
@click.option("--line", multiple=True, metavar="NAME=LINE")
@click.option("--account", multiple=True, metavar="NAME=ACCOUNT")
@click.pass_obj
def run(
    desk: Desk,
    *,
    format: str,  # noqa: A002  # the word of the contract
    file: str | None,
    household: str,
    dry_run: bool,
    line: Sequence[str],
    account: Sequence[str],
) -> int:
    """Read a statement and record what it says."""
    if format not in FORMATS:
        key = "usage.format_unknown" if file is not None else "usage.format_missing"
        raise Misused(key, found=format, known=", ".join(FORMATS))
    if file is None:
        raise Misused("usage.missing", name="FILE", command="headroom import")
    asking.household_name(household)
    names = Names(lines=asking.pairs(line), accounts=asking.pairs(account))
    data = asking.statement(file)
    with desk.book() as book:
        with book.reading() as connection:
            found = _read(desk, connection, household, name=format, data=data, names=names)
        if found.drafts and not found.complaints and not dry_run:
            with book.writing() as ledger:
                found = _stored(found, ledger.record(household, found.drafts))
            brought_up(book)
    told = _told(desk, found, dry_run=dry_run)
    desk.answer(told, imported)
    if told["facts"] and not dry_run and not desk.options.json:
        desk.note(desk.texts.say("import.next", household=household))
    return 1 if found.complaints else 0


class Found(NamedTuple):
    """What a statement gave, and what would become of it. Shape: `unknown` says that no fact of the household was."""

    unknown: bool
    read: Statement
    netted: Netted
    drafts: list[Draft]
    judged: Judgement

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """Everything wrong with the statement."""
        return (*self.read.complaints, *self.judged.complaints)

    @property
    def opened_household(self) -> bool:
        """Whether the household's opening is stored with the facts, and not by another command that was quicker."""
        return self.unknown and self.judged.accepted > 0 and min(self.judged.versions) == AFTER_OPENING


def _read(desk: Desk, connection: Connection, household: str, *, name: str, data: bytes, names: Names) -> Found:
    register = register_of(connection, household)
    read = FORMATS[name](
        data, names=names, known_lines=frozenset(register.lines), known_accounts=frozenset(register.accounts)
    )
    if read.complaints:
        return Found(unknown=False, read=read, netted=Netted(), drafts=[], judged=Judgement())
    netted = net_of_refunds(read, reader.load(connection, household))
    drafts = [*(Draft(fact=fact) for fact in read.facts), *netted.drafts]
    placed = [Placed(0, draft) for draft in drafts]
    judged = judge(connection, household, placed, now=desk.world.now())
    return Found(unknown=register.version == 0, read=read, netted=netted, drafts=drafts, judged=judged)


def _stored(found: Found, receipt: Receipt) -> Found:
    """What a statement gave, and what became of it: another import may have been quicker with some or all of it."""
    return found._replace(judged=Judgement(versions=receipt.versions, duplicates=receipt.duplicates))


def _told(desk: Desk, found: Found, *, dry_run: bool) -> dict[str, Any]:
    """The answer of the contract, with the words of each reason added, and whether the household was opened with it.

    Shape: `facts` are those of the statement; a household's own opening, which they imply, is its version 1.
    """
    read = found.read
    return {
        "rows": read.rows,
        "facts": 0 if found.complaints else found.judged.accepted,
        "duplicates": found.judged.duplicates,
        "skipped": [_note(desk, note) for note in read.skipped],
        "partial": [_note(desk, note) for note in (*read.partial, *found.netted.unmatched)],
        "opened": [] if found.judged.accepted == 0 else read.opened,
        "household_opened": found.opened_household,
        "complaints": found.complaints,
        "dry_run": dry_run,
    }


def _note(desk: Desk, note: RowNote) -> dict[str, Any]:
    text = note_text(note, language=desk.texts.language)
    return {"line": note.line, "reason": note.reason_code, "detail": note.detail, "text": text}
