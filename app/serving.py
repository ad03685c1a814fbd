"""The clock, the post and the follower of this process: settings, connections and log put together, until the end."""

import os
import socket
from functools import partial
from threading import Event
from typing import TextIO

import msgspec

from app.following import Following
from app.logs import Log
from app.wiring import OpenBook
from projections.readmodels.follow import Step
from scheduler import run
from scheduler.couriers import Post
from scheduler.delivery import Tried
from scheduler.run import Place
from scheduler.wishes import Wishes
from scheduler.wording import Language


def serve(book: OpenBook, ending: Event, *, log: Log, language: Language, workers: int, terminal: TextIO) -> None:
    """Run the clock, send what is due and keep the read models up until `ending` is set.

    What is under way is finished first.
    """
    following = Following(book, told=partial(_followed, log), lost=partial(_unfollowed, log))
    following.start()
    post = Post(book.access.connect, clock=book.now, terminal=terminal, told=partial(_delivered, log))
    post.start()
    try:
        _run_clock(book, ending, log=log, language=language, workers=workers)
    finally:
        post.stop()
        following.stop()


def _delivered(log: Log, tried: Tried) -> None:
    log("delivery", msgspec.structs.asdict(tried))


def _followed(log: Log, step: Step) -> None:
    quarantined = len(step.quarantined)
    log(
        "followed",
        {
            "position": step.position, "places": step.places, "households": len(step.households),
            "quarantined": quarantined, "first_quarantined": next(iter(step.quarantined), None),
            "outcome": "failed" if quarantined else "done",
        },
    )  # fmt: skip


def _unfollowed(log: Log, error: Exception) -> None:
    log("follower_lost", {"outcome": type(error).__name__})


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
