"""One thread that gathers the commands of a process and stores them in shared commits.

While one commit is under way the next commands collect. A caller has its answer only after the commit that holds
its facts. An answer lost with its connection is found again by the hash that would have been stored.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Lock, Thread
from time import monotonic, sleep
from typing import Any, Final, LiteralString

import psycopg

from ledger.errors import HeadroomError
from ledger.record import Draft
from ledger.store import journal, reader
from ledger.store.intake import Intake, Receipt
from ledger.store.journal import Connection, Head
from ledger.store.reader import Recalled
from ledger.store.shelf import Shelf, catch_up

MOST_FACTS: Final = 5_000
"""Facts that one commit takes from the queue; more wait for the next."""
_PAUSE_SECONDS: Final = 0.05
LOCK: Final[LiteralString] = "SELECT headroom.lock_households(%s)"
STORED: Final[LiteralString] = "SELECT hash FROM headroom.event WHERE household = %s AND version = %s"


class Command:
    """A caller's wish, and how it waits for what became of it."""

    __slots__ = ("_answered", "_error", "_receipt", "drafts", "expected_version", "household", "tried")

    def __init__(self, household: str, drafts: Sequence[Draft], expected_version: int | None) -> None:
        self.household = household
        self.drafts = drafts
        self.expected_version = expected_version
        self.tried: tuple[Receipt, Head] | None = None
        self._answered = Lock()
        self._answered.acquire()
        self._receipt: Receipt | None = None
        self._error: Exception | None = None

    def answer(self, receipt: Receipt) -> None:
        """Wake the caller with what was stored."""
        self._receipt = receipt
        self._answered.release()

    def fail(self, error: Exception) -> None:
        """Wake the caller with the reason why nothing was stored, or why that is not known."""
        self._error = error
        self._answered.release()

    def wait(self) -> Receipt:
        """Wait for the answer. Raises: what the command was refused or failed with."""
        self._answered.acquire()
        if self._receipt is None:
            assert self._error is not None
            raise self._error
        return self._receipt


class Batcher:
    """The queue of a process's commands and the thread that empties it.

    Units: `linger_seconds` is how long a commit waits for company when the last one had some; `patience_seconds`
    is how long an unreachable database is tried again before callers are told.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        shelf: Shelf,
        clock: Callable[[], int],
        salts: Callable[[], bytes],
        linger_seconds: float = 0.0005,
        patience_seconds: float = 10.0,
    ) -> None:
        self._connect = connect
        self._shelf = shelf
        self._clock = clock
        self._salts = salts
        self._linger = linger_seconds
        self._patience = patience_seconds
        self._connection: Connection | None = None
        self._queue: deque[Command] = deque()
        self._changed = Condition()
        self._closing = False
        self._company = 1
        self._thread = Thread(target=self._run, name="headroom-batcher", daemon=True)
        self._thread.start()

    def submit(self, command: Command) -> Receipt:
        """Queue a command and wait for its commit. Raises: RuntimeError when the batcher was closed."""
        with self._changed:
            if self._closing:
                raise RuntimeError("the ledger was closed")
            self._queue.append(command)
            if len(self._queue) == 1 or len(self._queue) >= self._company:
                self._changed.notify()
        return command.wait()

    def close(self) -> None:
        """Store what is queued, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        if self._connection is not None:
            self._connection.close()

    def _run(self) -> None:
        while commands := self._collect():
            try:
                self._settle(commands)
            except Exception as unforeseen:  # noqa: BLE001 - the thread must answer every caller, whatever happened
                for command in commands:
                    self._shelf.forget(command.household)
                    command.fail(unforeseen)

    def _collect(self) -> list[Command]:
        """The next commands to commit together; none once the batcher is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            if len(self._queue) < self._company and not self._closing:
                self._changed.wait_for(lambda: len(self._queue) >= self._company, timeout=self._linger)
            commands: list[Command] = []
            facts = 0
            while self._queue and facts < MOST_FACTS:
                commands.append(self._queue.popleft())
                facts += len(commands[-1].drafts)
        self._company = max(1, len(commands))
        return commands

    def _settle(self, commands: list[Command]) -> None:
        """Try until every command has its answer, and through short outages of the database."""
        deadline = monotonic() + self._patience
        while commands:
            try:
                commands = _Round(self._ready(), shelf=self._shelf, clock=self._clock, salts=self._salts).go(commands)
            except psycopg.OperationalError as lost:
                commands = [command for command in commands if command.waits]
                self._drop(commands)
                if monotonic() > deadline:
                    for command in commands:
                        command.fail(_unknown(lost))
                    return
                sleep(_PAUSE_SECONDS)

    def _ready(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return self._connection

    def _drop(self, commands: list[Command]) -> None:
        for command in commands:
            self._shelf.forget(command.household)
        if self._connection is not None:
            self._connection.close()
