"""`headroom record`: append the facts of a history file, all of them or none."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click

from app.cli import asking
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.progress import Progress
from app.cli.views.statement import recorded
from app.following import brought_up
from app.wiring import fresh_salt
from ledger.errors import Complaint, complaint
from ledger.store.bulk import Outcome, record_file
from ledger.store.bulk import Progress as Stage

_PUBLISHING_SHARE = 0.3
"""The part of the bar that publishing takes, as measured on a million facts."""


@command("record")
@click.argument("file", metavar="FILE")
@click.option("--dry-run", is_flag=True)
@click.pass_obj
def run(desk: Desk, file: str, *, dry_run: bool) -> int:
    """Record a history file."""
    with _opened(desk, file) as (stream, size):
        packed = asking.packing(stream)
        outcome = Outcome() if packed else _record(desk, stream, size=size, dry_run=dry_run)
    complaints = outcome.complaints or _nothing(outcome, packed=packed)
    told = {
        "accepted": outcome.accepted,
        "duplicates": outcome.duplicates,
        "rejected": outcome.rejected,
        "waiting": outcome.waiting,
        "complaints": complaints,
        "dry_run": dry_run,
    }
    desk.answer(told, recorded)
    return 1 if complaints else 0


def _record(desk: Desk, stream: BinaryIO, *, size: int, dry_run: bool) -> Outcome:
    with desk.book() as book, book.reading() as connection, desk.progress("record.storing") as shown:
        tell = _shown(shown, size=size)
        found = record_file(connection, stream, clock=book.now, salts=fresh_salt, dry_run=dry_run, progress=tell)
        if found.accepted and not dry_run:
            brought_up(book)
        return found


@contextmanager
def _opened(desk: Desk, file: str) -> Iterator[tuple[BinaryIO, int]]:
    """The file, or standard input where it is `-`, and its size in bytes, or 0 where that is not known.

    Raises: Unusable when there is no such file, or reading it fails on the way.
    """
    try:
        if file == "-":
            yield desk.world.stdin, 0
            return
        with asking.existing(file).open("rb") as stream:
            yield stream, os.fstat(stream.fileno()).st_size
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise asking.unreadable(file, problem) from problem


def _shown(shown: Progress, *, size: int) -> Callable[[Stage], None]:
    def tell(stage: Stage) -> None:
        if not size:
            shown(stage.facts)
        elif stage.stage == "judging":
            shown(int(stage.bytes_read * (1 - _PUBLISHING_SHARE)), size)
        else:
            shown(int(size * (1 - _PUBLISHING_SHARE * (1 - stage.published))), size)

    return tell


def _nothing(outcome: Outcome, *, packed: str | None) -> tuple[Complaint, ...]:
    """A file that holds no facts at all is taken for a slip."""
    if packed:
        return (complaint("not_text", line=0, found=packed, expects="history_file"),)
    return () if outcome.accepted or outcome.duplicates else (complaint("no_facts", line=0),)
