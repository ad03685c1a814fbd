"""What a writing process remembers of households, so that most commands need no reading."""

from collections import OrderedDict
from contextlib import suppress
from threading import Lock
from typing import Final

from ledger.register import Register
from ledger.store import journal, reader
from ledger.store.intake import Memory
from ledger.store.journal import Connection, Head

CAPACITY_FACTS: Final = 2_000_000
"""Facts that all memories together may stand for; a fact with a key takes about 200 bytes."""


class Shelf:
    """Memories of the households used last. Whole entries are swapped under a lock; one thread works on an entry."""

    def __init__(self) -> None:
        self._memories: OrderedDict[str, tuple[Memory, int]] = OrderedDict()
        self._facts = 0
        self._lock = Lock()

    def remembers(self, household: str) -> bool:
        """Whether a household is on the shelf."""
        return household in self._memories

    def offer(self, household: str, memory: Memory) -> None:
        """Keep a memory read ahead of need, unless one is there already: that one may be further on."""
        if not self.remembers(household):
            self._put(household, memory)

    def take(self, connection: Connection, household: str) -> Memory:
        """The memory of a household, read from the database when it is not on the shelf.

        What a memory weighs is told anew only once it has doubled.
        """
        found = self._memories.get(household)
        if found is not None and found[0].register.version < 2 * found[1]:
            with suppress(KeyError):  # another thread may have made room meanwhile
                self._memories.move_to_end(household)
            return found[0]
        memory = found[0] if found is not None else recollect(connection, household)
        self._put(household, memory)
        return memory

    def forget(self, household: str) -> None:
        """Drop a memory that can no longer be trusted."""
        with self._lock:
            self._drop(household)

    def _put(self, household: str, memory: Memory) -> None:
        with self._lock:
            self._drop(household)
            weight = memory.register.version + 1
            self._memories[household] = (memory, weight)
            self._facts += weight
            while self._facts > CAPACITY_FACTS and len(self._memories) > 1:
                self._drop(next(iter(self._memories)))

    def _drop(self, household: str) -> None:
        _, weight = self._memories.pop(household, (None, 0))
        self._facts -= weight


def recollect(connection: Connection, household: str) -> Memory:
    """The memory of a household as the database has it now."""
    memory = Memory(register=Register(), head=Head())
    catch_up(connection, household, memory)
    return memory


def catch_up(connection: Connection, household: str, memory: Memory) -> bool:
    """Learn what others have added since; whether there was anything. Not for a memory that runs ahead."""
    head = journal.heads(connection, [household]).get(household, Head())
    if head.hash == memory.head.hash:
        return False
    after = memory.register.version
    for chunk in reader.load_chunks(connection, household, known_at=head.recorded_at, after_version=after):
        for recorded in chunk:
            memory.register.learn(recorded.version, recorded.fact)
    memory.head = head
    return True
