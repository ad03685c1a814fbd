"""Taking drafts in: each is resolved, judged by its key, guarded, sealed and chained, in that order.

What is in memory of a household (its register and the end of its chain) runs ahead of the database while a commit
is under way; when the commit fails, that memory is thrown away and read again.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from ledger import events
from ledger.errors import ConcurrentChange, Refused
from ledger.events import AnyFact
from ledger.record import Draft, guard, implied_opening, resolve
from ledger.register import Register, content_mark, mark_of
from ledger.store.chain import key_hash, link
from ledger.store.journal import Entry, Extension, Head
from ledger.store.personal import same_texts, seal
from ledger.store.reader import Recalled


class Prepared(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was computed of a draft's fact beforehand: its stored form, the hash of its key, its content mark."""

    payload: bytes
    key_hash: int | None
    mark: int


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


def prepare(fact: AnyFact) -> Prepared:
    """The stored form of a fact, with what can be computed from it alone; a mark of texts is of no use."""
    payload = events.encode(fact)
    return Prepared(payload, None if fact.key is None else key_hash(fact.key), mark_of(payload))


class Intake:
    """Takes commands of one household in, one after the other, towards one commit.

    Shape: facts up to version `recalled_to` can be recalled; later ones wait in `extension.entries`.
    """

    def __init__(self, household: str, memory: Memory, *, salts: Callable[[], bytes], recall: Recall) -> None:
        self.memory = memory
        self.extension = Extension(household, memory.head, zone=memory.register.timezone)
        self.recalled_to = memory.head.version
        self._salts = salts
        self._recall = recall

    def mark(self) -> tuple[int, Head]:
        """How many facts wait to be stored, and where the chain would end: a point to come back to."""
        return len(self.extension.entries), self.memory.head

    def undo(self, mark: tuple[int, Head]) -> None:
        """Go back to a mark. The register has learned too much by then: the memory must be forgotten afterwards."""
        count, self.memory.head = mark
        del self.extension.entries[count:]

    def take(self, drafts: Sequence[Draft], *, now: int, expected_version: int | None = None) -> Receipt:
        """Take one command in: all of its drafts, or none.

        Raises: Refused by a guard or a key of other content; ConcurrentChange when another version was expected.
        Part of a refused command may have been taken in by then: `mark` before and `undo` after.
        """
        self._expect(drafts, expected_version)
        recorded_at = max(now, self.memory.head.recorded_at + 1)
        before = self.memory.register.version
        versions: list[int] = []
        duplicates = 0
        for draft in drafts:
            repeated = self.repeated(draft)
            duplicates += repeated > 0
            versions.append(repeated or self.enter_draft(draft, recorded_at=recorded_at, now=now))
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
        if content_mark(fact) == register.mark_of_key(key) and self._same_texts(version, fact):
            return version
        raise Refused("key_reused", field="key", key=key, fact=f"{household}:{version}")

    def enter_draft(self, draft: Draft, *, recorded_at: int, now: int, prepared: Prepared | None = None) -> int:
        """Guard a draft and add it; the first fact of a household brings its opening along. The fact's version."""
        fact = resolve(self.memory.register, draft, household=self.extension.household)
        return self.admit(fact, recorded_at=recorded_at, now=now, prepared=prepared if fact is draft.fact else None)

    def knows(self, key: str | None) -> bool:
        """Whether something was recorded under a key."""
        return key is not None and self.memory.register.version_of_key(key) > 0

    def admit(self, fact: AnyFact, *, recorded_at: int, now: int, prepared: Prepared | None = None) -> int:
        """Guard a fact whose reference is resolved, and add it. As `enter_draft`."""
        register = self.memory.register
        guard(register, fact, household=self.extension.household, now=now)
        if register.version == 0 and not isinstance(fact, events.HouseholdOpened):
            self.enter(implied_opening(fact), recorded_at=recorded_at)
        return self.enter(fact, recorded_at=recorded_at, prepared=prepared)

    def enter(self, fact: AnyFact, *, recorded_at: int, prepared: Prepared | None = None) -> int:
        """Seal a fact, chain it to the end and remember what it names; its version."""
        memory, extension = self.memory, self.extension
        sealed, texts = seal(fact, self._salts)
        if prepared is None or texts:
            prepared = prepare(sealed)
        head, payload = memory.head, prepared.payload
        version = head.version + 1
        hashed = link(
            head.previous, household=extension.household, version=version, recorded_at=recorded_at, topic="",
            payload=payload,
        )  # fmt: skip
        extension.entries.append(Entry(version, recorded_at, prepared.key_hash, hashed, payload, texts=texts))
        memory.register.learn(version, sealed, mark=None if texts else prepared.mark)
        memory.head = Head(version, recorded_at, hashed)
        if type(sealed) not in _ABOUT_FACTS:
            extension.covers(sealed.effective)
        return version

    def _expect(self, drafts: Sequence[Draft], expected_version: int | None) -> None:
        """A command that was stored before is a duplicate, whatever version it expected then."""
        register = self.memory.register
        if expected_version is None or expected_version == register.version:
            return
        keys = [draft.fact.key for draft in drafts]
        if not all(key is not None and register.version_of_key(key) for key in keys):
            raise ConcurrentChange(self.extension.household, expected=expected_version, found=register.version)

    def _same_texts(self, version: int, fact: AnyFact) -> bool:
        if version > self.recalled_to:
            entry = self.extension.entries[version - self.recalled_to - 1]
            stored = Recalled(entry.payload, {text.field: text for text in entry.texts})
        else:
            stored = self._recall(self.extension.household, [version])[version]
        return same_texts(events.decode(stored.payload), fact, stored.texts)
