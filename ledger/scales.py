"""The scales of credit scores that are known. Source: scales.toml beside this file."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Scale(NamedTuple):
    """What a scheme's scores lie between, both ends among them."""

    lowest: int
    highest: int


@cache
def scales() -> dict[str, Scale]:
    """The known scales by scheme."""
    read = tomllib.loads((Path(__file__).parent / "scales.toml").read_text(encoding="utf-8"))
    return {scheme: Scale(**ends) for scheme, ends in read.items()}
