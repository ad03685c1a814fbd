"""`headroom notices`: what a household was told, and what is open."""

import click

from app import scheduling
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.clock import notices


@command("notices")
@click.argument("household", metavar="HOUSEHOLD")
@click.pass_obj
def run(desk: Desk, household: str) -> None:
    """List the notices to a household, and what it has not acknowledged."""
    with desk.reading() as connection:
        desk.answer(scheduling.notices(connection, household, now=desk.world.now()), notices)
