"""`headroom export`."""

import click

from app import listing
from app.cli.desk import Desk
from app.cli.program import command


@command("export")
@click.argument("household", metavar="HOUSEHOLD")
@click.pass_obj
def run(desk: Desk, household: str) -> None:
    """Write a household as a history file."""
    with desk.reading() as connection:
        for line in listing.export(connection, household):
            desk.give(line)
