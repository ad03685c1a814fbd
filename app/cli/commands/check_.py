"""`headroom check`."""

import click

from app import checking
from app.checking import Asked
from app.cli import asking, rules
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.check import check


@command("check")
@click.argument("household", metavar="HOUSEHOLD")
@click.option("--at", metavar="T")
@click.option("--since", metavar="T")
@asking.known_at_option()
@click.option("--ruleset", metavar="R")
@click.pass_obj
def run(
    desk: Desk, household: str, *, at: str | None, since: str | None, known_at: str | None, ruleset: str | None
) -> None:
    """Show every indicator with its light, what is worth telling, and what stress would do."""
    time = asking.times(desk, household)
    asked = Asked(at=time("--at", at), known_at=time("--known-at", known_at), since=time("--since", since))
    chosen = rules.chosen(ruleset)
    with desk.reading() as connection:
        found = checking.check(
            connection, household, asked, rules=chosen, now=desk.world.now(), language=desk.options.language
        )
    desk.answer(found, check)
