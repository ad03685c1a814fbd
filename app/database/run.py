"""Keeping the embedded server up until somebody stops it, so that short commands need not start it."""

from collections.abc import Callable
from typing import Final

from app.database.access import Access, open_access
from app.settings import Settings

LOOK_SECONDS: Final = 1.0


def keep_running(
    settings: Settings,
    *,
    clock: Callable[[], int],
    announce: Callable[[Access], None],
    stopped: Callable[[float], bool],
) -> None:
    """Stay joined until `stopped(seconds)`, which waits that long, says so; a server that died is started again.

    Shape: `announce` is called each time the server has come up.
    Raises: DatabaseUnreachable when it cannot be started.
    """
    while True:
        with open_access(settings, now=clock()) as access:
            announce(access)
            while access.joined is None or access.joined.alive:
                if stopped(LOOK_SECONDS):
                    return
