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
    told = _told(msgspec.to_builtins(answer))
    written = _encoder.encode(told)
    if b'\\"' in written:  # a quotation mark inside a text: an id might be spoken of there
        return _encoder.encode(_bare(told, f"{household}:"))
    return written.replace(f'"{household}:'.encode(), b'"')


def _told(told: Any) -> Any:
    """An answer without what is left out."""
    if isinstance(told, dict):
        return {name: _told(value) for name, value in told.items() if name not in _LEFT_OUT}
    if isinstance(told, list | tuple) and told and not isinstance(told[0], str):
        return [_told(value) for value in told]
    return told


def _bare(told: Any, prefix: str) -> Any:
    """An answer whose facts count by their version."""
    if isinstance(told, dict):
        return {name: _bare(value, prefix) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_bare(value, prefix) for value in told]
    return told.removeprefix(prefix) if isinstance(told, str) else told
