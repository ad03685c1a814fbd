"""Where the parts are put together: settings, access and the store, for any door that needs them."""

import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.database.access import Access, open_access
from app.database.connecting import telling_loss
from app.settings import Settings, settings_from
from ledger.store.personal import SALT_BYTES
from ledger.store.reader import Connection

if TYPE_CHECKING:
    from ledger.store.application import Ledger


def settings(environment: Mapping[str, str], *, database_url: str | None = None) -> Settings:
    """The settings of this process, as its environment and its command line describe them."""
    return settings_from(environment, platform=sys.platform, root=os.geteuid() == 0, database_url=database_url)


class OpenBook:
    """A book that can be read and written until it is closed.

    Units: `now` gives microseconds since the epoch.
    """

    def __init__(self, access: Access, *, now: Callable[[], int]) -> None:
        self.access = access
        self.now = now

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads. Raises: DatabaseUnreachable, also when it breaks on the way."""
        with telling_loss(), self.access.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator["Ledger"]:
        """The ledger, which records facts. Raises: DatabaseUnreachable, also when it breaks on the way."""
        from ledger.store.application import Ledger  # noqa: PLC0415  # loads eventsourcing: 0.5 s readers need not pay

        ledger = Ledger(self.access.service, clock=self.now, salts=fresh_salt)
        try:
            with telling_loss():
                yield ledger
        finally:
            ledger.close()


def fresh_salt() -> bytes:
    """Random bytes that make a personal text's digest unguessable."""
    return secrets.token_bytes(SALT_BYTES)


@contextmanager
def open_book(chosen: Settings, *, now: Callable[[], int]) -> Iterator[OpenBook]:
    """Reach the book, its schema brought up to date. Raises: DatabaseUnreachable."""
    with open_access(chosen, now=now()) as access:
        yield OpenBook(access, now=now)
