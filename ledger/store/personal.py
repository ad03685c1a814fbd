"""Personal free text: kept apart under a random salt, so that it can be erased while the log still verifies.

A stored fact holds "sha256:<base64url>" where the text was. Without the salt nobody can guess what it stood for.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from typing import Final, TypeVar

import msgspec

from ledger.events import FACT_TYPES, AnyFact, Corrected, Fact

TEXT_FIELDS: Final = frozenset(("document", "name", "note", "text"))
"""The fields of any fact that hold personal text (Kind.text in ledger.events; a test compares the two)."""
SALT_BYTES: Final = 16
_INSIDE: Final = "replacement."
_PREFIX: Final = "sha256:"
_F = TypeVar("_F", bound=Fact)


class PersonalText(msgspec.Struct, frozen=True, gc=False):
    """A text taken out of a fact: the field it came from (such as replacement.note), its salt, what was written."""

    field: str
    salt: bytes
    content: str


def digest(salt: bytes, content: str) -> str:
    """What a stored fact carries in place of a text."""
    return _PREFIX + urlsafe_b64encode(sha256(salt + content.encode()).digest()).decode().rstrip("=")


def is_sealed(content: str) -> bool:
    """Whether a field holds a digest and not a text."""
    return content.startswith(_PREFIX) and len(content) == len(_PREFIX) + 43


def seal(fact: _F, salts: Callable[[], bytes]) -> tuple[_F, tuple[PersonalText, ...]]:
    """The fact as it is stored, and the texts that were taken out of it. `salts` gives 16 fresh random bytes."""
    if fact.note is None and fact.document is None and type(fact) in _without_more_texts():
        return fact, ()
    texts = [PersonalText(field, salts(), content) for field, content in texts_in(fact)]
    if not texts:
        return fact, ()
    return _with(fact, {text.field: digest(text.salt, text.content) for text in texts}), tuple(texts)


def reveal(fact: _F, texts: Mapping[str, str]) -> _F:
    """The fact with its texts put back; one that was erased stays a digest."""
    return _with(fact, texts) if texts else fact


def texts_in(fact: Fact) -> list[tuple[str, str]]:
    """Every personal text (or digest) in a fact, with its field; those of a replacement included."""
    found = [(name, value) for name in text_fields(type(fact)) if (value := getattr(fact, name)) is not None]
    if isinstance(fact, Corrected):
        found += [(_INSIDE + name, value) for name, value in texts_in(fact.replacement)]
    return found


def words_in(texts: Mapping[str, str]) -> str | None:
    """What the lender or its platform said, of the texts of a fact, or of one that corrects it."""
    return texts.get("text", texts.get(_INSIDE + "text"))


def same_texts(stored: AnyFact, given: AnyFact, known: Mapping[str, PersonalText]) -> bool:
    """Whether a repeated fact says the same in its texts; a text that was erased can no longer contradict."""
    before, now = dict(texts_in(stored)), dict(texts_in(given))
    if before.keys() != now.keys():
        return False
    return all(digest(text.salt, now[field]) == before[field] for field, text in known.items() if field in now)


@cache
def _without_more_texts() -> frozenset[type[Fact]]:
    """The kinds of fact whose only texts are those of the envelope: nearly all."""
    return frozenset(
        kind for kind in FACT_TYPES.values() if kind is not Corrected and set(text_fields(kind)) == {"document", "note"}
    )


@cache
def text_fields(kind: type[Fact]) -> tuple[str, ...]:
    """The fields of a kind of fact that hold personal text."""
    return tuple(name for name in kind.__struct_fields__ if name in TEXT_FIELDS)


def _with(fact: _F, texts: Mapping[str, str]) -> _F:
    changes: dict[str, object] = {name: value for name, value in texts.items() if not name.startswith(_INSIDE)}
    if isinstance(fact, Corrected):
        inner = {name.removeprefix(_INSIDE): value for name, value in texts.items() if name.startswith(_INSIDE)}
        changes["replacement"] = msgspec.structs.replace(fact.replacement, **inner)
    return msgspec.structs.replace(fact, **changes)
