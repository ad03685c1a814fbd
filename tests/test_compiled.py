"""Rooms that can be compiled: what they may hold, and that a run on the compiled ones was one."""

import ast
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger import resting_records
from projections.indicators.known import Known
from setup import rooms

HOUSE = Path(__file__).parents[1]


COPYING_MODULES = {"copy", "copyreg", "dataclasses", "pickle"}
SHAPE = {"__copy__", "__deepcopy__", "__dict__", "__getstate__", "__reduce__", "__reduce_ex__", "vars"}


def copied_by_shape(text: str) -> list[str]:
    """What a room uses to copy an object without naming its fields, which a compiled class does not stand for."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                found += [one.name for one in names if one.name.partition(".")[0] in COPYING_MODULES]
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in COPYING_MODULES:
                found += [f"{module}.{one.name}" for one in node.names]
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.Constant(value=str(name)) if name in SHAPE:
                found.append(name)
    return found


@pytest.mark.parametrize("room", rooms())
def test_a_compiled_room_holds_no_record(room: str) -> None:
    classes = [node for node in ast.walk(ast.parse((HOUSE / room).read_text())) if isinstance(node, ast.ClassDef)]

    assert [one.name for one in classes if one.keywords] == []
    assert [base for one in classes for base in map(ast.unparse, one.bases) if base.endswith("Struct")] == []


@pytest.mark.parametrize("room", rooms())
def test_a_compiled_room_copies_nothing_by_its_shape(room: str) -> None:
    assert copied_by_shape((HOUSE / room).read_text()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from copy import copy as twin", ["copy.copy"]),
        ("import copy\ncopy.deepcopy(note)", ["copy"]),
        ("from dataclasses import replace", ["dataclasses.replace"]),
        ("import pickle", ["pickle"]),
        ("other.__dict__.update(note.__dict__)", ["__dict__", "__dict__"]),
        ("setattr(other, '__dict__', vars(note))", ["vars", "__dict__"]),
        ("note.__copy__()", ["__copy__"]),
        ("note.copy(footing)\nmsgspec.structs.replace(record, day=1)\nentry._replace(day=1)", []),
    ],
)
def test_copying_by_shape_is_told_from_a_copy_written_out(text: str, found: list[str]) -> None:
    assert sorted(copied_by_shape(text)) == sorted(found)


def rooms_of(node: Any) -> set[str]:
    """The rooms of the records and named tuples that a type is made of."""
    if isinstance(node, tuple):
        return set().union(*map(rooms_of, node))
    if not isinstance(node, msgspec.Struct):
        return set()
    cls = getattr(node, "cls", None)
    inside = rooms_of(msgspec.structs.astuple(node))
    return inside | {cls.__module__.replace(".", "/") + ".py"} if cls is not None else inside


@pytest.mark.parametrize("kind", [resting_records.decoder.type, Known])
def test_what_is_read_back_from_bytes_is_of_no_compiled_room(kind: type) -> None:
    """A compiled named tuple calls a text that may be missing a `type`: nothing could be read as one any more."""
    found = rooms_of(msgspec.inspect.type_info(kind))

    assert found
    assert found.isdisjoint(rooms())


@pytest.mark.skipif(os.environ.get("HEADROOM_TEST_COMPILED") != "1", reason="this run is not one of make test-compiled")
def test_what_was_tested_are_the_compiled_rooms() -> None:
    files = [import_module(room.removesuffix(".py").replace("/", ".")).__file__ or ".py" for room in rooms()]

    assert [file for file in files if file.endswith(".py")] == []
