"""`headroom checks`: the checks the clock made, and one of them made again."""

import click

from app import scheduling
from app.cli import asking
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.clock import checks, made_again


@command("checks")
@click.argument("household", metavar="HOUSEHOLD")
@click.option("--at", metavar="T")
@click.option("--until", metavar="T")
@click.pass_obj
def run(desk: Desk, household: str, *, at: str | None, until: str | None) -> None:
    """List stored checks, or show the latest one up to a time, made again from the facts it read."""
    time = asking.times(desk, household)
    when, before = time("--at", at), time("--until", until)
    with desk.reading() as connection:
        if when is None:
            desk.answer(scheduling.checks(connection, household, until=before, now=desk.world.now()), checks)
        else:
            made = scheduling.check_again(connection, household, at=when, language=desk.options.language)
            desk.answer(made, made_again)
