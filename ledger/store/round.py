"""One commit of many commands: take them in, store what still follows, tell each what became of it."""

from collections.abc import Callable
from typing import Final, LiteralString

from ledger.errors import ConcurrentChange, Refused
from ledger.store import journal, reader
from ledger.store.command import Command
from ledger.store.intake import Intake, Receipt
from ledger.store.journal import Cursor, Head
from ledger.store.reader import Recalled
from ledger.store.shelf import Shelf, catch_up

STORED: Final[LiteralString] = "SELECT hash FROM headroom.event WHERE household = %s AND version = %s"


class Round:
    """Takes commands towards one commit. A household is settled by its first command at the latest: either that one
    is answered, or somebody else has moved the household on meanwhile. So rounds come to an end.
    """

    def __init__(self, cursor: Cursor, *, shelf: Shelf, clock: Callable[[], int], salts: Callable[[], bytes]) -> None:
        self._cursor = cursor
        self._connection = cursor.connection
        self._shelf = shelf
        self._clock = clock
        self._salts = salts
        self._intakes: dict[str, Intake] = {}
        self._spoiled: set[str] = set()
        self._taken: list[tuple[Command, Receipt]] = []
        self._again: list[Command] = []

    def go(self, commands: list[Command]) -> list[Command]:
        """Settle what can be settled in one commit; the commands that need another round.

        Raises: psycopg.OperationalError when the database was lost: those still waiting must be tried again.
        """
        for command in commands:
            if command.tried is None or not self._was_stored(command):
                self._take(command)
        self._store()
        return self._again

    def _was_stored(self, command: Command) -> bool:
        """Whether an attempt whose answer was lost was stored after all; then the command is answered.

        The lock waits for the end of a server process that is still at work on that attempt.
        """
        assert command.tried is not None
        receipt, end = command.tried
        with self._connection.transaction():
            journal.lock(self._connection, [command.household])
            found = self._connection.execute(STORED, (command.household, end.version)).fetchone()
        if found is None or bytes(found[0]) != end.hash:
            return False
        command.answer(receipt)
        return True

    def _take(self, command: Command) -> None:
        household = command.household
        if household in self._spoiled:
            self._again.append(command)
            return
        intake = self._intake(household)
        waiting = intake.waiting
        try:
            receipt = intake.take(command.drafts, now=self._clock(), expected_version=command.expected_version)
        except (Refused, ConcurrentChange) as refusal:
            self._refuse(command, intake, waiting, refusal)
        else:
            self._taken.append((command, receipt))
            command.tried = None if intake.waiting == waiting else (receipt, intake.memory.head)

    def _intake(self, household: str) -> Intake:
        intake = self._intakes.get(household)
        if intake is None:
            memory = self._shelf.take(self._connection, household)
            intake = self._intakes[household] = Intake(household, memory, salts=self._salts, recall=self._recall)
        return intake

    def _refuse(self, command: Command, intake: Intake, waiting: int, refusal: Exception) -> None:
        """A refusal stands only if it was judged by what the database holds, and nothing else."""
        household = command.household
        if intake.waiting != waiting:
            intake.undo(waiting)
            self._shelf.forget(household)
            self._spoiled.add(household)
        if waiting > 0:
            self._again.append(command)
        elif journal.heads(self._connection, [household]).get(household, Head()).hash == intake.memory.head.hash:
            command.fail(refusal)
        else:
            if household not in self._spoiled:
                catch_up(self._connection, household, intake.memory)
                del self._intakes[household]
            self._again.append(command)

    def _recall(self, household: str, versions: list[int]) -> dict[int, Recalled]:
        return reader.recall(self._connection, household, versions)

    def _store(self) -> None:
        begun = [intake.extension for intake in self._intakes.values() if intake.extension.entries]
        stored = journal.append(self._cursor, begun).stored if begun else frozenset[int]()
        stale = {extension.household for place, extension in enumerate(begun) if place not in stored}
        for household in stale:
            self._shelf.forget(household)
        for command, receipt in self._taken:
            if command.household in stale:
                command.tried = None
                self._again.append(command)
            else:
                command.answer(receipt)
