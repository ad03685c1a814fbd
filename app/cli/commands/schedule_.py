"""`headroom schedule`: what ran, what is next, what was missed."""

import click

from app import scheduling
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.clock import schedule, whole_schedule


@command("schedule")
@click.argument("household", metavar="[HOUSEHOLD]", required=False)
@click.pass_obj
def run(desk: Desk, household: str | None) -> None:
    """Show one household's schedule, or how all of them stand with the clock."""
    with desk.reading() as connection:
        if household is None:
            desk.answer(scheduling.whole_schedule(connection, now=desk.world.now()), whole_schedule)
        else:
            desk.answer(scheduling.schedule(connection, household, now=desk.world.now()), schedule)
