"""Rooms that can be compiled: what they may hold, and that a run on the compiled ones was one."""

import ast
import os
from importlib import import_module
from pathlib import Path

import pytest

from setup import rooms

HOUSE = Path(__file__).parents[1]


@pytest.mark.parametrize("room", rooms())
def test_a_compiled_room_holds_no_record_and_copies_nothing_by_its_shape(room: str) -> None:
    classes = [node for node in ast.walk(ast.parse((HOUSE / room).read_text())) if isinstance(node, ast.ClassDef)]

    assert [one.name for one in classes if one.keywords] == []
    assert [one.name for one in classes if "Struct" in map(ast.unparse, one.bases)] == []


@pytest.mark.skipif(os.environ.get("HEADROOM_TEST_COMPILED") != "1", reason="this run is not one of make test-compiled")
def test_what_was_tested_are_the_compiled_rooms() -> None:
    files = [import_module(room.removesuffix(".py").replace("/", ".")).__file__ or ".py" for room in rooms()]

    assert [file for file in files if file.endswith(".py")] == []
