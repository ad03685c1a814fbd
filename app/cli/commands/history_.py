"""`headroom history`."""

import click

from app import questions
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views import lists


@command("history")
@click.argument("household", metavar="HOUSEHOLD")
@click.option("--line", metavar="L")
@click.pass_obj
def run(desk: Desk, household: str, line: str | None) -> None:
    """List a household's facts with ids and both times."""
    with desk.reading() as connection:
        desk.answer(questions.history(connection, household, line=line), lists.history)
