"""A caller's command on its way into the book, and the answer it waits for."""

from collections.abc import Sequence
from threading import Lock

from ledger.record import Draft
from ledger.store.intake import Receipt
from ledger.store.journal import Head


class Command:
    """Facts that one caller wants recorded together.

    `tried` is what an attempt would have stored whose answer was lost: the receipt, and where the chain would end.
    """

    __slots__ = ("_answered", "_error", "_receipt", "drafts", "expected_version", "household", "tried", "waits")

    def __init__(self, household: str, drafts: Sequence[Draft], expected_version: int | None) -> None:
        self.household = household
        self.drafts = drafts
        self.expected_version = expected_version
        self.tried: tuple[Receipt, Head] | None = None
        self.waits = True
        self._answered = Lock()
        self._answered.acquire()
        self._receipt: Receipt | None = None
        self._error: BaseException | None = None

    def answer(self, receipt: Receipt) -> None:
        """Wake the caller with what was stored."""
        self._receipt = receipt
        self.waits = False
        self._answered.release()

    def fail(self, error: BaseException) -> None:
        """Wake the caller with the reason why nothing was stored, or why that is not known."""
        self._error = error
        self.waits = False
        self._answered.release()

    def wait(self) -> Receipt:
        """Wait for the answer. Raises: what the command was refused or failed with."""
        self._answered.acquire()
        if self._receipt is None:
            assert self._error is not None
            raise self._error
        return self._receipt
