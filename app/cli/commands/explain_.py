"""`headroom explain`."""

import click

from app.cli import asking
from app.cli.desk import Desk
from app.cli.options import Misused
from app.cli.program import command
from app.cli.views.explain import explain
from app.explaining import Asked, explained


@command("explain")
@click.argument("household", metavar="HOUSEHOLD")
@click.option("--line", metavar="L", required=True)
@click.option("--change", metavar="ID")
@click.option("--since", metavar="T")
@click.option("--until", metavar="T")
@asking.known_at_option()
@click.pass_obj
def run(
    desk: Desk,
    household: str,
    *,
    line: str,
    change: str | None,
    since: str | None,
    until: str | None,
    known_at: str | None,
) -> None:
    """Show why a line's available credit moved, over a change or a window."""
    if (change is None) == (since is None and until is None) or (since is None) != (until is None):
        raise Misused("usage.window")
    asked = Asked(
        line=line,
        change=change,
        since=asking.time("--since", since),
        until=asking.time("--until", until),
        known_at=asking.time("--known-at", known_at),
    )
    with desk.reading() as connection:
        found = explained(connection, household, asked, now=desk.world.now(), language=desk.options.language)
    desk.answer(found, explain)
