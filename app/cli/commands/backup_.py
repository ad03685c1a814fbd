"""`headroom backup`."""

from pathlib import Path

import click

from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.state import backed_up
from app.database.backup import write_backup


@command("backup")
@click.argument("file", metavar="FILE")
@click.pass_obj
def run(desk: Desk, file: str) -> None:
    """Write the whole book to one file."""
    path = Path(file).absolute()
    with desk.book() as book, book.reading() as connection, desk.progress("backup.working") as shown:
        manifest = write_backup(connection, path, now=book.now(), progress=shown.adding())
    told = {"path": file, "facts": manifest.facts, "households": manifest.households, "bytes": path.stat().st_size}
    desk.answer(told, backed_up)
