"""The hash chain of a household: each fact's hash covers the hash before it and the bytes as stored.

The formula's number is stored with every fact. A new formula gets a new number and a branch in `link`; the old
branch stays for as long as a fact carries its number.
"""

from hashlib import sha256
from struct import Struct
from typing import Final

import msgspec

FORMULA: Final = 1
GENESIS: Final = bytes(32)
"""What the first fact of a household follows."""

_BEGINNING: Final = Struct(">16s32si").pack
_SURROUNDINGS: Final = Struct(">qHH").pack
_FIRST_EIGHT: Final = Struct(">q").unpack
_NAME: Final = b"headroom.chain.1"


def link(previous: bytes, *, household: str, version: int, recorded_at: int, topic: str, payload: bytes) -> bytes:
    """The hash of a stored fact under the current formula.

    Shape: SHA-256 over the formula's name, the previous hash, version (4 bytes), recorded_at (8), the lengths of
    household and topic (2 each), all big-endian, then household, topic and payload.
    """
    return follow(previous, version, surroundings(household, recorded_at, topic), payload)


def surroundings(household: str, recorded_at: int, topic: str = "") -> bytes:
    """What the facts of a household that are recorded at one time share of the bytes that are hashed."""
    stream, kind = household.encode(), topic.encode()
    return _SURROUNDINGS(recorded_at, len(stream), len(kind)) + stream + kind


def follow(previous: bytes, version: int, surroundings: bytes, payload: bytes) -> bytes:
    """The same hash as `link` gives."""
    return sha256(_BEGINNING(_NAME, previous, version) + surroundings + payload).digest()


def key_hash(key: str) -> int:
    """The 64 bits of an idempotency key by which the database keeps it unique in its household."""
    return int(_FIRST_EIGHT(key_bytes(key))[0])


def key_bytes(key: str) -> bytes:
    """The same as the database sends and takes them."""
    return sha256(key.encode()).digest()[:8]


class _Keyed(msgspec.Struct):
    """The one field of a stored fact that is read here."""

    key: str | None = None


_keyed = msgspec.json.Decoder(_Keyed).decode


def key_in(payload: bytes, *, topic: str) -> str | None:
    """The idempotency key in a stored fact, if it has one; an event of the library's, which has a topic, has none."""
    return None if topic else _keyed(payload).key
