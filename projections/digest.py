"""The digest of an answer: the same history and the same rules give the same bytes.

Left out is what a book does not keep when it is exported and recorded anew: the household's id, the time of knowing
and recorded times (the version stands for them), and texts, which are words about the same numbers.
Source: contract.md, last line.
"""

from hashlib import sha256
from typing import Any, Final

import msgspec

_LEFT_OUT: Final = frozenset({"text", "letter", "household", "known_at", "recorded_at", "digest"})
_encoder: Final = msgspec.json.Encoder(order="sorted")


def digest(answer: object, *, household: str) -> str:
    """SHA-256 of an answer in its canonical JSON, in hexadecimal; facts count by their version."""
    return sha256(canonical(answer, household=household)).hexdigest()


def canonical(answer: object, *, household: str) -> bytes:
    """The bytes that are digested: sorted keys, no spaces, nothing that depends on where the book is kept."""
    return _encoder.encode(_bare(msgspec.to_builtins(answer), f"{household}:"))


def _bare(told: Any, prefix: str) -> Any:
    if isinstance(told, dict):
        return {name: _bare(value, prefix) for name, value in told.items() if name not in _LEFT_OUT}
    if isinstance(told, list | tuple):
        return [_bare(value, prefix) for value in told]
    return told.removeprefix(prefix) if isinstance(told, str) else told
