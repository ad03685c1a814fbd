"""The bridge as a picture: one bar a row, from the level before to the level after."""

from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeAlias

from app.cli.figures import money
from app.cli.texts import Texts
from app.cli.views.explain import Step, steps

Colour: TypeAlias = Literal["level", "rise", "fall", "inferred"]


class Bar(NamedTuple):
    """A row of the picture. Units: `left` and `width` are shares of the room for bars, for the eye only."""

    title: str
    amount: str
    left: float
    width: float
    colour: Colour


def bars(texts: Texts, bridge: dict[str, Any]) -> list[Bar]:
    """The rows of a bridge, in order."""
    rows = steps(texts, bridge)
    levels = [level for row in rows for level in (row.start, row.end) if level is not None]
    low, high = min(Fraction(0), *levels), max(Fraction(1), *levels)
    return [_bar(row, low=low, room=high - low) for row in rows]


def _bar(row: Step, *, low: Fraction, room: Fraction) -> Bar:
    first, last = sorted((row.start or Fraction(0), row.end))
    amount = money(row.amount) if row.start is None else money(row.amount, sign=True)
    return Bar(row.title, amount, float((first - low) / room), float((last - first) / room), _colour(row))


def _colour(row: Step) -> Colour:
    if row.start is None:
        return "level"
    if row.inferred:
        return "inferred"
    return "rise" if row.end >= row.start else "fall"
