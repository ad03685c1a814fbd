"""`headroom outbox`: what became of each message; dead letters and their return."""

import click

from app import delivering
from app.cli.desk import Desk
from app.cli.options import Unusable
from app.cli.program import command
from app.cli.views.post import dead_letters, outbox
from ledger.calendar import zone


@command("outbox")
@click.argument("household", metavar="[HOUSEHOLD]", required=False)
@click.option("--dead", is_flag=True)
@click.option("--again", metavar="ID")
@click.option("--drop", is_flag=True)
@click.pass_obj
def run(desk: Desk, household: str | None, *, dead: bool, again: str | None, drop: bool) -> None:
    """Show the latest messages, have a dead letter tried again, or have nothing sent of what waits."""
    with desk.reading() as connection:
        if drop:
            dropped = delivering.drop(connection, household, now=desk.world.now())
            desk.note(desk.texts.count("outbox.dropped", dropped))
        if again is not None:
            fate = delivering.bring_back(connection, again, now=desk.world.now())
            if fate != "brought_back":
                raise Unusable(f"outbox.{fate}", letter=again)
            desk.note(desk.texts.say("outbox.brought_back", letter=again))
        found = delivering.outbox(connection, household, dead=dead, zone=zone("Asia/Shanghai"))
    desk.answer(found, dead_letters if dead else outbox)
