"""Taking drafts in: each is resolved, judged by its key, guarded, sealed and chained, in that order.

What is in memory of a household (its register and the end of its chain) runs ahead of the database while a commit
is under way; when the commit fails, that memory is thrown away and read again.
"""

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Final

import msgspec

from ledger import events
from ledger.errors import ConcurrentChange, Refused
from ledger.events import AnyFact
from ledger.payload import decode, encode
from ledger.record import Draft, all_pass, guard, implied_opening, resolve
from ledger.register import Register, without_texts
from ledger.store.journal import Entry, Extension, Head
from ledger.store.personal import same_texts, seal
from ledger.store.reader import Recalled
from ledger.store.runs import Columns, Run

_ABOUT_FACTS: Final = frozenset({events.Corrected, events.Voided})
Recall = Callable[[str, list[int]], dict[int, Recalled]]
"""Reads stored facts of a household by version, with the salts of their texts."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command.

    Shape: `versions` gives each draft's version, an existing one for a duplicate; `version` is the household's.
    Units: `recorded_at` in microseconds since the epoch: the command's, or the household's latest if it added nothing.
    """

    versions: tuple[int, ...]
    duplicates: int
    recorded_at: int
    version: int


class Memory(msgspec.Struct):
    """What a writer remembers of a household: the names its facts gave, and the end of its chain."""

    register: Register
    head: Head


class Intake:
    """Takes commands of one household in, one after the other, towards one commit.

    Shape: facts up to version `recalled_to` can be recalled; later ones wait in `extension.entries`. A command's are
    chained once all of it is taken in; a file's, which are entered one by one, when they are stored.
    """

    def __init__(self, household: str, memory: Memory, *, salts: Callable[[], bytes], recall: Recall) -> None:
        self.memory = memory
        self.extension = Extension(household, memory.head, zone=memory.register.timezone)
        self.recalled_to = memory.head.version
        self._salts = salts
        self._recall = recall

    @property
    def waiting(self) -> int:
        """How many facts wait to be stored."""
        return len(self.extension.entries)

    def undo(self, waiting: int) -> None:
        """Let go of what a refused command left behind, so that as many facts wait as before it.

        The register has learned too much by then: the memory must be forgotten afterwards.
        """
        del self.extension.entries[waiting:]

    def take(self, drafts: Sequence[Draft], *, now: int, expected_version: int | None = None) -> Receipt:
        """Take one command in: all of its drafts, or none.

        Raises: Refused by a guard or a key of other content; ConcurrentChange when another version was expected.
        Part of a refused command may have been taken in by then: see what is `waiting` before, and `undo` after.
        """
        self._expect(drafts, expected_version)
        recorded_at = max(now, self.memory.head.recorded_at + 1)
        before = self.memory.register.version
        versions: list[int] = []
        duplicates = 0
        try:
            for draft in drafts:
                repeated = self.repeated(draft)
                duplicates += repeated > 0
                versions.append(repeated or self.enter_draft(draft, recorded_at=recorded_at, now=now))
        except Refused as refused:
            refused.place = len(versions)
            raise
        self.memory.head = self.extension.chain()
        return Receipt(
            versions=tuple(versions),
            duplicates=duplicates,
            recorded_at=recorded_at if self.memory.register.version > before else self.memory.head.recorded_at,
            version=self.memory.register.version,
        )

    def repeated(self, draft: Draft) -> int:
        """The version under which a draft's key was recorded with the same content, or 0.

        Raises: Refused when the content is another.
        """
        key = draft.fact.key
        version = self.memory.register.version_of_key(key) if key is not None else 0
        if key is None or version == 0:
            return 0
        register, household = self.memory.register, self.extension.household
        fact = resolve(register, draft, household=household)
        stored = self._stored(version)
        told = decode(stored.payload)
        if without_texts(told) == without_texts(fact) and same_texts(told, fact, stored.texts):
            return version
        raise Refused("key_reused", field="key", key=key, fact=f"{household}:{version}")

    def enter_draft(self, draft: Draft, *, recorded_at: int, now: int, payload: bytes | None = None) -> int:
        """Guard a draft and add it; the first fact of a household brings its opening along. The fact's version."""
        fact = resolve(self.memory.register, draft, household=self.extension.household)
        return self.admit(fact, recorded_at=recorded_at, now=now, payload=payload if fact is draft.fact else None)

    def admit(self, fact: AnyFact, *, recorded_at: int, now: int, payload: bytes | None = None) -> int:
        """Guard a fact whose reference is resolved, and add it; `payload` is its stored form, if that is known. As
        `enter_draft`.
        """
        register = self.memory.register
        guard(register, fact, household=self.extension.household, now=now)
        if register.version == 0 and not isinstance(fact, events.HouseholdOpened):
            self.enter(implied_opening(fact), recorded_at=recorded_at)
        return self.enter(fact, recorded_at=recorded_at, payload=payload)

    def enter(self, fact: AnyFact, *, recorded_at: int, payload: bytes | None = None) -> int:
        """Seal a fact, add it to what waits to be stored and remember what it names; its version."""
        register, extension = self.memory.register, self.extension
        sealed, texts = seal(fact, self._salts)
        if payload is None or texts:
            payload = encode(sealed)
        version = register.version + 1
        extension.entries.append(Entry(version, recorded_at, fact.key, payload, texts=texts))
        register.learn(version, sealed)
        if type(sealed) not in _ABOUT_FACTS:
            extension.covers(sealed.effective)
        return version

    def admit_run(self, run: Run, columns: Columns, *, recorded_at: int, now: int) -> int:
        """Admit facts of a run as one, if nothing but guards of single ones can refuse them: how many, up to the first
        that is refused or, where they are to be judged in turn, none.
        """
        register, extension = self.memory.register, self.extension
        latest = [span[1] for span in (columns.instants, columns.days) if span is not None]
        known = register.version and register.are_new(run.keys)
        if not known or not all_pass(register, lines=columns.lines, latest=latest, now=now):
            return 0
        count, first = len(run.keys), register.version + 1
        entries = list(map(Entry, range(first, first + count), repeat(recorded_at), run.keys, run.payloads))
        for place in columns.special:
            fact = decode(run.payloads[place])
            try:
                guard(register, fact, household=extension.household, now=now)
            except Refused:
                count = place
                break
            sealed, texts = seal(fact, self._salts)
            if texts:
                entries[place] = Entry(first + place, recorded_at, fact.key, encode(sealed), texts=texts)
            register.name(sealed)
        extension.entries += entries[:count]
        register.learn_all(columns.kinds[:count], run.keys[:count], columns.lines, columns.on[:count])
        for when in (*(columns.instants or ()), *(columns.days or ())):
            extension.covers(when)  # those of facts after one that is refused as well: nothing will be stored then
        return count

    def _expect(self, drafts: Sequence[Draft], expected_version: int | None) -> None:
        """A command that was stored before is a duplicate, whatever version it expected then."""
        register = self.memory.register
        if expected_version is None or expected_version == register.version:
            return
        keys = [draft.fact.key for draft in drafts]
        if not all(key is not None and register.version_of_key(key) for key in keys):
            raise ConcurrentChange(self.extension.household, expected=expected_version, found=register.version)

    def _stored(self, version: int) -> Recalled:
        if version <= self.recalled_to:
            return self._recall(self.extension.household, [version])[version]
        entry = self.extension.entries[version - self.recalled_to - 1]
        return Recalled(entry.payload, {text.field: text for text in entry.texts})
