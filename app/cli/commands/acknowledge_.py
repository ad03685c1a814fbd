"""`headroom acknowledge`: say that the numbers were seen, or that they may wait."""

import click

from app import scheduling
from app.cli import asking
from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.clock import acknowledged


@command("acknowledge")
@click.argument("household", metavar="HOUSEHOLD")
@click.argument("topic", metavar="[TOPIC]", required=False)
@click.option("--snooze", metavar="T")
@click.pass_obj
def run(desk: Desk, household: str, topic: str | None, *, snooze: str | None) -> None:
    """Acknowledge what is open, all of it or one topic; or put it off."""
    until = asking.times(desk, household)("--snooze", snooze)
    with desk.reading() as connection:
        found = scheduling.acknowledge(connection, household, topic, until=until, now=desk.world.now())
    desk.answer(found, acknowledged)
