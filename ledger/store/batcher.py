"""One thread that gathers the commands of a process and stores them in shared commits.

While one commit is under way the next commands collect. A caller has its answer only after the commit that holds
its facts. An answer lost with its connection is found again by the hash that would have been stored.
"""

from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic, sleep
from typing import Final

import psycopg

from ledger.store.command import Command, Turnstile
from ledger.store.intake import Receipt
from ledger.store.journal import Connection, Cursor
from ledger.store.round import Round
from ledger.store.shelf import Shelf

MOST_FACTS: Final = 5_000
"""Facts after which a commit takes no more commands from the queue."""
_LINGER_SECONDS: Final = 0.001
"""How long after a commit the next one waits for as many commands as that one had."""
_PATIENCE_SECONDS: Final = 10.0
"""How long an unreachable database is tried again before callers are told."""
_PAUSE_SECONDS: Final = 0.05


class Batcher:
    """The queue of a process's commands and the thread that empties it."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        shelf: Shelf,
        clock: Callable[[], int],
        salts: Callable[[], bytes],
    ) -> None:
        self._connect = connect
        self._shelf = shelf
        self._clock = clock
        self._salts = salts
        self._cursor: Cursor | None = None
        self._queue: list[Command] = []
        self._changed = Condition()
        self._closing = False
        self._company = 1
        self._wanted = 1
        self._turnstile = Turnstile()
        self._thread = Thread(target=self._run, name="headroom-batcher", daemon=True)
        self._thread.start()

    def submit(self, command: Command) -> Receipt:
        """Queue a command and wait for its commit. Raises: RuntimeError when the batcher was closed."""
        with self._changed:
            if self._closing:
                raise RuntimeError("the ledger was closed")
            command.turnstile = self._turnstile
            self._queue.append(command)
            if len(self._queue) == self._wanted:
                self._changed.notify()
        return command.wait()

    def close(self) -> None:
        """Store what is queued, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        if self._cursor is not None:
            self._cursor.connection.close()

    def _run(self) -> None:
        while commands := self._collect():
            turnstile = commands[0].turnstile
            while commands:
                together, commands = _commit_of(commands)
                try:
                    self._settle(together)
                except BaseException as unforeseen:  # noqa: BLE001 - every caller must be answered, whatever happened
                    self._fail(together, unforeseen)
                turnstile = _let_through(turnstile, commands)

    def _collect(self) -> list[Command]:
        """The commands that wait behind one turnstile; none once the batcher is closed and empty."""
        with self._changed:
            if not self._await(self._company, seconds=_LINGER_SECONDS) and not self._queue:
                self._await(1)
            commands, self._queue = self._queue, []
            self._turnstile = Turnstile()
        self._company = max(1, len(commands))
        return commands

    def _await(self, wanted: int, *, seconds: float | None = None) -> bool:
        """Wait until so many commands are queued, or the batcher is closed."""
        self._wanted = wanted
        return self._changed.wait_for(lambda: len(self._queue) >= wanted or self._closing, timeout=seconds)

    def _settle(self, commands: list[Command]) -> None:
        """Try until every command has its answer, and through short outages of the database."""
        deadline = monotonic() + _PATIENCE_SECONDS
        while commands:
            try:
                commands = self._round(commands)
            except psycopg.Error as trouble:
                commands = [command for command in commands if command.waits]
                self._forget(commands)
                if not self._lost():
                    self._settle_singly(commands, trouble)
                    return
                if monotonic() > deadline:
                    self._fail(commands, _outcome_unknown(trouble))
                    return
                sleep(_PAUSE_SECONDS)

    def _settle_singly(self, commands: list[Command], trouble: psycopg.Error) -> None:
        """The database refused a commit: let only the command at fault fail, not its company."""
        for command in commands:
            command.tried = None
        if len(commands) == 1:
            self._fail(commands, trouble)
        else:
            for command in commands:
                self._settle([command])

    def _round(self, commands: list[Command]) -> list[Command]:
        if self._cursor is None or self._lost():
            self._cursor = self._connect().cursor()
        return Round(self._cursor, shelf=self._shelf, clock=self._clock, salts=self._salts).go(commands)

    def _lost(self) -> bool:
        return self._cursor is None or self._cursor.connection.closed

    def _forget(self, commands: list[Command]) -> None:
        for command in commands:
            self._shelf.forget(command.household)

    def _fail(self, commands: list[Command], error: BaseException) -> None:
        self._forget(commands)
        for command in commands:
            if command.waits:
                command.fail(error)


def _commit_of(commands: list[Command]) -> tuple[list[Command], list[Command]]:
    """The first commands, up to a commit's measure, and the others."""
    count = facts = 0
    while count < len(commands) and facts < MOST_FACTS:
        facts += len(commands[count].drafts)
        count += 1
    return commands[:count], commands[count:]


def _let_through(turnstile: Turnstile, waiting: list[Command]) -> Turnstile:
    """Open a turnstile to those who have their answer; the one behind which the others wait from now on."""
    following = Turnstile()
    for command in waiting:
        command.turnstile = following
    turnstile.open()
    return following


def _outcome_unknown(lost: psycopg.Error) -> psycopg.OperationalError:
    return psycopg.OperationalError(
        "the database was lost while recording, and whether the facts were stored is not known; "
        f"record them again with the same keys ({lost})"
    )
