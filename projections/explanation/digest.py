"""The digest of an answer: the same history, version and ruleset give the same, in any language and any copy.

Source: contract.md section 4, last paragraph.
"""

from hashlib import sha256
from typing import Any, Final

import msgspec

_LEFT_OUT: Final = frozenset({"text", "letter", "household", "known_at", "recorded_at", "digest"})


def digest(answer: msgspec.Struct, *, household: str) -> str:
    """SHA-256 over the canonical JSON of an answer, without texts, household, known_at and recorded times."""
    plain = _plain(msgspec.to_builtins(answer), f"{household}:")
    return sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()


def _plain(value: Any, prefix: str) -> Any:
    """A value without what is left out, with facts named by their version alone."""
    if isinstance(value, dict):
        return {name: _plain(inner, prefix) for name, inner in value.items() if name not in _LEFT_OUT}
    if isinstance(value, list | tuple):
        return [_plain(inner, prefix) for inner in value]
    if isinstance(value, str) and value.startswith(prefix):
        return value.removeprefix(prefix)
    return value
