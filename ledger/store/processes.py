"""Processes that help this one with long work: how they are made, how they begin, and that none is left behind."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.context import BaseContext
from threading import Thread, active_count
from typing import Final

_OURS: Final = (signal.SIGINT, signal.SIGTERM)
"""What asks a process to end: the one that gives the work decides when its helpers do."""


def begin_helping() -> None:
    """Begin a helper: it ends when it is told to, or when the one that began it is gone, and by no signal."""
    for number in _OURS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back what asks this process to end: a helper that is begun here inherits that, until it has begun."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def quickest() -> BaseContext:
    """How a helper is soonest at work: as a copy of this process where only one thread runs in it, else from nothing.

    One that begins from nothing loads for half a second what this process has loaded.
    """
    return get_context("fork" if sys.platform == "linux" and active_count() == 1 else "spawn")
