"""The open notes of a line, in the order of draws, and what they owe together."""

from bisect import insort
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from ledger.note import Note
from ledger.taken import Taken


class OpenNotes:
    """Notes on which something is owed. Units: minor units.

    Shape: `live` are those that time or charges move; the others need no ageing. A settled note is let go at once
    from the front, where payments begin, and from inside when many wait; nothing is owed on one that waits.
    """

    __slots__ = ("_queue", "_waiting", "live", "posted", "principal")

    def __init__(self, notes: Iterable[Note] = (), *, principal: int = 0, posted: int = 0) -> None:
        self._queue: deque[Note] = deque(notes)
        self._waiting = 0
        self.live: list[Note] = [note for note in self._queue if note.live]
        self.principal = principal
        self.posted = posted

    def fork(self, notes: Sequence[Note]) -> "OpenNotes":
        """The same open notes, as they stand among copies of all notes, by number."""
        queue = [notes[note.number] for note in self._queue]
        other = OpenNotes(queue, principal=self.principal, posted=self.posted)
        other._waiting = self._waiting
        other.live = [notes[note.number] for note in self.live]
        return other

    def __iter__(self) -> Iterator[Note]:
        return iter(self._queue)

    def __reversed__(self) -> Iterator[Note]:
        return reversed(self._queue)

    def add(self, note: Note) -> None:
        """Count a note among the open ones."""
        if not note.listed:
            note.listed = True
            if not self._queue or self._queue[-1].order < note.order:
                self._queue.append(note)
            else:
                self._queue = deque(sorted((*self._queue, note), key=_order))
        if not note.live and note.stirs:
            note.live = True
            insort(self.live, note, key=_order)

    def begin(self, note: Note) -> None:
        """Count in a note on which nothing but principal was drawn yet."""
        self.principal += note.principal
        queue = self._queue
        last = queue[-1] if queue else note
        if note.rate or note.plan is not None or last.drawn_on > note.drawn_on or last.version > note.version:
            self.add(note)
        else:
            note.listed = True
            queue.append(note)

    def pay_principal(self, amount: int) -> list[tuple[int, int]]:
        """Use a payment where principal alone, and no less, is owed; oldest draw first. Returns what came off."""
        queue = self._queue
        taken: list[tuple[int, int]] = []
        left = amount
        self.principal -= amount
        while left:
            note = queue[0]
            part = note.principal
            if part > left:
                note.principal = part - left
                taken.append((note.number, left))
                break
            queue.popleft()
            note.listed = False
            if part:
                note.principal = 0
                taken.append((note.number, part))
                left -= part
            else:
                self._waiting -= 1
        return taken

    def sift(self) -> None:
        """Find anew which notes are open, and which of them are live."""
        for note in self._queue:
            note.listed = note.is_open
            note.live = note.listed and note.stirs
        self._queue = deque(note for note in self._queue if note.listed)
        self.live = [note for note in self._queue if note.live]
        self._waiting = 0

    def count_off(self, all_taken: Iterable[Taken]) -> None:
        """Count what a payment took, and let go of the notes that it settled."""
        settled = 0
        for taken in all_taken:
            self.principal -= taken.all_principal
            self.posted -= taken.posted
            note = taken.note
            if not note.is_open:
                settled += 1
                if note.live:
                    note.live = False
                    self.live.remove(note)
        if settled:
            self._let_go(settled)

    def count_on(self, note: Note, taken: Taken) -> None:
        """Count what was put back on a note."""
        self.principal += taken.all_principal
        self.posted += taken.posted
        self.add(note)

    def raise_principal(self, note: Note, amount: int) -> None:
        """Add principal to a note."""
        self.principal += note.move_principal(amount)
        self.add(note)

    def take_off(self, amount: int, notes: Iterable[Note]) -> list[tuple[Note, int]]:
        """Take principal off notes, one after the other, as if it had not been drawn. Returns what came off each."""
        taken: list[tuple[Note, int]] = []
        for note in notes:
            part = -note.move_principal(-amount) if amount and note.principal else 0
            if part:
                amount -= part
                taken.append((note, part))
                self.principal -= part
        self.sift()
        return taken

    def _let_go(self, settled: int) -> None:
        queue = self._queue
        self._waiting += settled
        while queue and not queue[0].is_open:
            queue.popleft().listed = False
            self._waiting -= 1
        if 2 * self._waiting > len(queue):
            self.sift()


def _order(note: Note) -> tuple[int, int]:
    return note.order
