"""The hash chain of a household: each fact's hash covers the hash before it and the bytes as stored.

The formula's number is stored with every fact. A new formula gets a new number and a branch in `link`; the old
branch stays for as long as a fact carries its number.
"""

from hashlib import sha256
from struct import Struct
from typing import Final

FORMULA: Final = 1
GENESIS: Final = bytes(32)
"""What the first fact of a household follows."""

_HEADER: Final = Struct(">16s32siqHH")
_FIRST_EIGHT: Final = Struct(">q").unpack_from
_NAME: Final = b"headroom.chain.1"


def link(previous: bytes, *, household: str, version: int, recorded_at: int, topic: str, payload: bytes) -> bytes:
    """The hash of a stored fact under the current formula.

    Shape: SHA-256 over the formula's name, the previous hash, version (4 bytes), recorded_at (8), the lengths of
    household and topic (2 each), all big-endian, then household, topic and payload.
    """
    stream, kind = household.encode(), topic.encode()
    header = _HEADER.pack(_NAME, previous, version, recorded_at, len(stream), len(kind))
    return sha256(b"".join((header, stream, kind, payload))).digest()


def key_hash(key: str) -> int:
    """The 64 bits of an idempotency key by which the database keeps it unique in its household."""
    return int(_FIRST_EIGHT(sha256(key.encode()).digest())[0])
