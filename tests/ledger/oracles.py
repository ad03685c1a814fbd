"""Figures computed outside this project, where they are at hand: beside the repository, in shared/oracles."""

import csv
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from ledger.money import minor_units

_PLACES = [above / "shared" / "oracles" for above in Path(__file__).resolve().parents[3:]]
_HOME = next((place for place in _PLACES if place.is_dir()), _PLACES[0])


def oracle(name: str) -> Any:
    """What must come out, by the oracle's id; skips, visibly, where the file is absent."""
    return json.loads(_file("oracles.json").read_text(encoding="utf-8"))[name]["expected"]


def oracle_names() -> set[str]:
    """The ids of all oracles."""
    return set(json.loads(_file("oracles.json").read_text(encoding="utf-8"))) - {"_about"}


def foreign_schedules() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The schedules of another loan system, by case: the draw, then a row an instalment."""
    with _file("fineract_schedules.csv").open(encoding="utf-8", newline="") as lines:
        for case, rows in groupby(csv.DictReader(lines), key=lambda row: row["case"]):
            yield case, list(rows)


def fen(text: str) -> int:
    """Yuan as the oracles write them, in minor units."""
    return minor_units(text, "CNY")


def _file(name: str) -> Path:
    path = _HOME / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand beside the repository")
    return path
