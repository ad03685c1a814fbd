"""`headroom restore`."""

from pathlib import Path

import click

from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.state import restored
from app.database.restore import restore_backup
from ledger.calendar import zone
from scheduler import addressbook, letters


@command("restore")
@click.argument("file", metavar="FILE")
@click.pass_obj
def run(desk: Desk, file: str) -> None:
    """Read a backup into an empty book and verify it."""
    with desk.book() as book, desk.progress("restore.working") as shown:
        manifest = restore_backup(book.access, Path(file), progress=shown.adding())
        with book.reading() as connection:
            waiting, pending = addressbook.incomplete(connection), letters.pending(connection)
    answer = {
        "path": file,
        "facts": manifest.facts,
        "households": manifest.households,
        "made_at": zone("Asia/Shanghai").text(manifest.made_at),
        "channels_waiting": len(waiting),
        "households_waiting": list(dict.fromkeys(household for household, _ in waiting)),
        "messages_pending": pending,
    }
    desk.answer(answer, restored)
