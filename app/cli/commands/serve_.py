"""`headroom serve`: run the clock until it is told to end."""

import os
import signal
from threading import Event
from types import FrameType

import click

from app.cli.desk import Desk
from app.cli.options import Misused
from app.cli.program import command
from app.logs import open_log
from app.serving import serve

MOST_WORKERS = 64


@command("serve")
@click.option("--workers", metavar="N", type=int)
@click.pass_obj
def run(desk: Desk, *, workers: int | None) -> None:
    """Run the scheduler until Ctrl-C or a request to end."""
    chosen = min(MOST_WORKERS, os.cpu_count() or 1) if workers is None else workers
    if not 1 <= chosen <= MOST_WORKERS:
        raise Misused("serve.workers", found=str(workers), most=str(MOST_WORKERS))
    ending = Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        ending.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with desk.book() as book:
            desk.note(desk.texts.say("serve.running"))
            log = open_log(desk.world.stderr, wanted=not desk.options.quiet)
            serve(book, ending, log=log, language=desk.options.language, workers=chosen, terminal=desk.world.stderr)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    desk.note(desk.texts.say("serve.stopped"))
