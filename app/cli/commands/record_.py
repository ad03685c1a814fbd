"""`headroom record`: append the facts of a history file, all of them or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click

from app.cli import asking
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.statement import recorded
from app.recording import record_file


@command("record")
@click.argument("file", metavar="FILE")
@click.option("--dry-run", is_flag=True)
@click.pass_obj
def run(desk: Desk, file: str, *, dry_run: bool) -> int:
    """Record a history file."""
    with _opened(desk, file) as stream, desk.book() as book, desk.progress("record.storing") as shown:
        outcome = record_file(book, stream, dry_run=dry_run, progress=shown)
    told = {
        "accepted": outcome.accepted,
        "duplicates": outcome.duplicates,
        "rejected": outcome.rejected,
        "complaints": outcome.complaints,
        "dry_run": dry_run,
    }
    desk.answer(told, recorded)
    return 1 if outcome.rejected else 0


@contextmanager
def _opened(desk: Desk, file: str) -> Iterator[BinaryIO]:
    """The file, or standard input where it is `-`."""
    if file == "-":
        yield desk.world.stdin
        return
    with asking.existing(file).open("rb") as stream:
        yield stream
