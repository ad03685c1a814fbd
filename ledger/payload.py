"""The stored form of a fact: one JSON object that names its own class.

Source: ops/decisions/0001-stored-form-of-a-fact.md.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from ledger.events import AnyFact, Fact

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(AnyFact)
_list_decoder = msgspec.json.Decoder(list[AnyFact])


def encode(fact: Fact) -> bytes:
    """The stored bytes of a fact."""
    return _encoder.encode(fact)


def encode_all(facts: Sequence[Fact]) -> list[bytes]:
    """The stored bytes of each of many facts, in one call."""
    return _encoder.encode_lines(facts).split(b"\n")[:-1]


def decode(payload: bytes) -> Any:
    """The fact in stored bytes.

    Raises: msgspec.DecodeError when the bytes hold no fact this program knows.
    """
    return _decoder.decode(payload)


def decode_all(payloads: bytes) -> list[Any]:
    """The facts in a JSON array of stored facts, decoded in one call."""
    return _list_decoder.decode(payloads)
