"""The loan prime rate of a day, for comparison. Source: lpr.toml beside this file."""

import tomllib
from bisect import bisect_right
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import msgspec

_HOME = Path(__file__).parent


class Published(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rate from the day of its publication on."""

    begins_on: date = msgspec.field(name="from")
    percent: str


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lpr_1_year: tuple[Published, ...]


def lpr_1_year(day: int) -> Fraction | None:
    """The one-year loan prime rate in force on a day, a year, as a fraction; None before it was first published.

    Units: `day` an ordinal.
    """
    days, rates = _series()
    index = bisect_right(days, day)
    return rates[index - 1] if index else None


@cache
def _series() -> tuple[list[int], list[Fraction]]:
    read = msgspec.convert(tomllib.loads((_HOME / "lpr.toml").read_text(encoding="utf-8")), _File)
    published = sorted(read.lpr_1_year, key=lambda one: one.begins_on)
    return [one.begins_on.toordinal() for one in published], [Fraction(one.percent) / 100 for one in published]
