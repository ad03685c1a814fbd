"""`headroom households`."""

import click

from app import listing
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views import lists


@command("households")
@click.pass_obj
def run(desk: Desk) -> None:
    """List the households in the book."""
    with desk.reading() as connection:
        desk.answer(listing.households(connection), lists.households)
