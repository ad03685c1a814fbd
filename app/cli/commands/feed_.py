"""`headroom feed`: every fact and derived change in one order, as CloudEvents."""

import click
import msgspec

from app.cli.desk import Desk
from app.cli.program import command
from app.following import feed_entries
from projections.readmodels import feed


@command("feed")
@click.option("--after", metavar="CURSOR")
@click.option("--follow", is_flag=True)
@click.pass_obj
def run(desk: Desk, after: str | None, *, follow: bool) -> None:
    """Write the feed, one CloudEvent a line."""
    begin = feed.BEGINNING if after is None else feed.cursor(after)
    with desk.book() as book:
        for event in feed_entries(book, begin, onward=follow):
            desk.give(msgspec.json.encode(event) + b"\n")
            desk.world.stdout.flush()
