"""`headroom changes`."""

import click

from app import questions
from app.cli import asking
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views import lists


@command("changes")
@click.argument("household", metavar="HOUSEHOLD")
@click.option("--line", metavar="L")
@asking.known_at_option()
@click.pass_obj
def run(desk: Desk, household: str, line: str | None, known_at: str | None) -> None:
    """List every limit change."""
    known = asking.times(desk, household)("--known-at", known_at)
    with desk.reading() as connection:
        found = questions.changes(connection, household, line=line, known_at=known, now=desk.world.now())
        desk.answer(found, lists.changes)
