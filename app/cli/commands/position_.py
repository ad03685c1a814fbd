"""`headroom position`."""

import click

from app import questions
from app.cli import asking
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.position import position


@command("position")
@click.argument("household", metavar="HOUSEHOLD")
@click.option("--at", metavar="T")
@asking.known_at_option()
@click.pass_obj
def run(desk: Desk, household: str, at: str | None, known_at: str | None) -> None:
    """Show what a household owes, has, and can still borrow."""
    time = asking.times(desk, household)
    moment, known = time("--at", at), time("--known-at", known_at)
    with desk.reading() as connection:
        found = questions.position(connection, household, at=moment, known_at=known, now=desk.world.now())
    desk.answer(found, position)
