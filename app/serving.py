"""The clock of this process: its settings, its connections and its log put together, until it is told to end."""

import os
import socket
from threading import Event

from app.logs import Log
from app.wiring import OpenBook
from scheduler import run
from scheduler.run import Place
from scheduler.wishes import Wishes
from scheduler.wording import Language


def serve(book: OpenBook, ending: Event, *, log: Log, language: Language, workers: int) -> None:
    """Run the clock until `ending` is set; what is under way is finished first."""
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
