"""`headroom database run`: hold a share of the built-in server, so that it stays up for other commands."""

import signal
from typing import Final

import click

from app.cli.desk import Desk
from app.cli.options import Misused
from app.cli.program import command

_ACTIONS: Final = ("run",)


@command("database")
@click.argument("action", metavar="run")
@click.pass_obj
def run(desk: Desk, action: str) -> None:
    """Keep the server running until Ctrl-C."""
    if action not in _ACTIONS:
        raise Misused("usage.no_such_action", found=action, known=", ".join(_ACTIONS))
    if desk.settings.database_url:
        raise Misused("database.external")
    with desk.book():
        desk.note(desk.texts.say("database.running"))
        _until_interrupted()
    desk.note(desk.texts.say("database.stopped"))


def _until_interrupted() -> None:
    """Wait for Ctrl-C or a request to end."""
    awaited = {signal.SIGINT, signal.SIGTERM}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    try:
        signal.sigwait(awaited)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
