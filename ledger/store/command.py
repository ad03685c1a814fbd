"""A caller's command on its way into the book, and the answer it waits for."""

from collections.abc import Sequence
from threading import Lock

from ledger.record import Draft
from ledger.store.intake import Receipt
from ledger.store.journal import Head


class Turnstile:
    """Where the callers of one commit wait. Once it is open each that passes lets the next one through: woken all at
    once, they would only wait for each other.
    """

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = Lock()
        self._lock.acquire()

    def open(self) -> None:
        """Let everybody through, who waits now or comes later."""
        self._lock.release()

    def go_through(self) -> None:
        """Wait until it is open."""
        with self._lock:
            pass


class Command:
    """Facts that one caller wants recorded together.

    `tried` is what an attempt would have stored whose answer was lost: the receipt, and where the chain would end.
    """

    __slots__ = ("_error", "_receipt", "drafts", "expected_version", "household", "tried", "turnstile", "waits")

    def __init__(self, household: str, drafts: Sequence[Draft], expected_version: int | None) -> None:
        self.household = household
        self.drafts = drafts
        self.expected_version = expected_version
        self.tried: tuple[Receipt, Head] | None = None
        self.turnstile: Turnstile
        self.waits = True
        self._receipt: Receipt | None = None
        self._error: BaseException | None = None

    def answer(self, receipt: Receipt) -> None:
        """Tell what was stored; the caller learns it at the turnstile."""
        self._receipt = receipt
        self.waits = False

    def fail(self, error: BaseException) -> None:
        """Tell why nothing was stored, or why that is not known."""
        self._error = error
        self.waits = False

    def wait(self) -> Receipt:
        """Wait for the answer. Raises: what the command was refused or failed with."""
        while self.waits:
            self.turnstile.go_through()
        if self._receipt is None:
            assert self._error is not None
            raise self._error
        return self._receipt
