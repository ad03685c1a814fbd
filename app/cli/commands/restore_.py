"""`headroom restore`."""

from pathlib import Path

import click

from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.state import restored
from app.database.restore import restore_backup
from scheduler import addressbook


@command("restore")
@click.argument("file", metavar="FILE")
@click.pass_obj
def run(desk: Desk, file: str) -> None:
    """Read a backup into an empty book and verify it."""
    with desk.book() as book, desk.progress("restore.working") as shown:
        manifest = restore_backup(book.access, Path(file), progress=shown.adding())
        with book.reading() as connection:
            waiting = addressbook.incomplete(connection)
    answer = {"path": file, "facts": manifest.facts, "households": manifest.households, "channels_waiting": waiting}
    desk.answer(answer, restored)
