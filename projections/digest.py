"""The digest of an answer: the same history and the same rules give the same bytes.

Left out is what a book does not keep when it is exported and recorded anew: the household's id, the time of knowing
and recorded times (the version stands for them), and texts, which are words about the same numbers.
Source: contract.md, last line.
"""

from functools import cache
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

_LEFT_OUT: Final = frozenset({"text", "letter", "household", "known_at", "recorded_at", "digest"})
_encoder: Final = msgspec.json.Encoder(order="sorted")


def digest(answer: object, *, household: str) -> str:
    """SHA-256 of an answer in its canonical JSON, in hexadecimal; facts count by their version."""
    return sha256(canonical(answer, household=household)).hexdigest()


def canonical(answer: object, *, household: str) -> bytes:
    """The bytes that are digested: sorted keys, no spaces, nothing that depends on where the book is kept."""
    return bare(_encoder.encode(_told(answer)), household=household)


def bare(written: bytes, *, household: str) -> bytes:
    """Canonical JSON whose facts count by their version."""
    if b"\\" in written and b'\\"' in written:  # a quotation mark inside a text: an id might be spoken of there
        return _encoder.encode(_bare(msgspec.json.decode(written), f"{household}:"))
    return written.replace(f'"{household}:'.encode(), b'"')


def _told(told: Any) -> Any:
    """An answer without what is left out; what holds nothing of that kind stays as it is."""
    if isinstance(told, msgspec.Struct):
        shape = _shape(type(told))
        if shape.inside:
            found = {name: getattr(told, field) for field, name in shape.kept}
            for name, usual in shape.omitted:
                if found[name] == usual:
                    del found[name]
            for name in shape.opened:
                if name in found:
                    found[name] = _told(found[name])
            return found
        for field in shape.tables:
            if not _LEFT_OUT.isdisjoint(getattr(told, field)):
                return {name: _told(getattr(told, kept)) for kept, name in shape.kept}
        return told
    if isinstance(told, dict):
        return {name: _told(value) for name, value in told.items() if name not in _LEFT_OUT}
    if isinstance(told, list | tuple) and told and not isinstance(told[0], str):
        return [_told(value) for value in told]
    return told


class _Shape(NamedTuple):
    """What of a class of answers has to be looked into.

    Shape: `kept` are its fields that count, with their names in JSON; `inside` whether some do not, or hold answers of
    their own, `opened`, by their names in JSON; `tables` hold texts by name; `omitted` are left out of the JSON where
    they are as usual.
    """

    kept: tuple[tuple[str, str], ...]
    inside: bool
    opened: tuple[str, ...]
    tables: tuple[str, ...]
    omitted: tuple[tuple[str, Any], ...]


@cache
def _shape(kind: type[msgspec.Struct]) -> _Shape:
    types, names = get_type_hints(kind), dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
    kept = tuple((field, name) for field, name in names.items() if name not in _LEFT_OUT)
    tables = tuple(field for field, _ in kept if types[field] == dict[str, str])
    flat = all(field in tables or _is_flat(types[field]) for field, _ in kept)
    opened = tuple(name for field, name in kept if not _is_flat(types[field], names=True))
    optional = [one for one in msgspec.structs.fields(kind) if not one.required]
    omitted = tuple((one.encode_name, one.default) for one in optional if kind.__struct_config__.omit_defaults)
    inside = len(kept) < len(names) or not flat
    return _Shape(kept, inside=inside, opened=opened, tables=tables, omitted=omitted)


def _is_flat(kind: Any, *, names: bool = False) -> bool:
    """Whether values of a type are texts, numbers, nothing, or tuples or tables of them; `names`: no tables."""
    if get_origin(kind) is Literal:
        return True
    if names and get_origin(kind) is dict:
        return False
    held = get_args(kind)
    return all(_is_flat(one, names=names) for one in held) if held else kind in (str, int, bool, type(None), ...)


def _bare(told: Any, prefix: str) -> Any:
    """An answer whose facts count by their version."""
    if isinstance(told, dict):
        return {name: _bare(value, prefix) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_bare(value, prefix) for value in told]
    return told.removeprefix(prefix) if isinstance(told, str) else told
