"""The clock and the post of this process: settings, connections and log put together, until it is told to end."""

import os
import socket
from functools import partial
from threading import Event
from typing import TextIO

import msgspec

from app.logs import Log
from app.wiring import OpenBook
from scheduler import run
from scheduler.couriers import Post
from scheduler.delivery import Tried
from scheduler.run import Place
from scheduler.wishes import Wishes
from scheduler.wording import Language


def serve(book: OpenBook, ending: Event, *, log: Log, language: Language, workers: int, terminal: TextIO) -> None:
    """Run the clock and send what is due until `ending` is set; what is under way is finished first."""
    post = Post(book.access.connect, clock=book.now, terminal=terminal, told=partial(_delivered, log))
    post.start()
    try:
        _run_clock(book, ending, log=log, language=language, workers=workers)
    finally:
        post.stop()


def _delivered(log: Log, tried: Tried) -> None:
    log("delivery", msgspec.structs.asdict(tried))


def _run_clock(book: OpenBook, ending: Event, *, log: Log, language: Language, workers: int) -> None:
    run.run(
        Place(
            connect=book.access.connect,
            conninfo=book.access.service,
            holder=f"{socket.gethostname()}:{os.getpid()}",
            now=book.now,
            log=log,
            usual=Wishes(language=language),
            workers=workers,
        ),
        ending,
    )
