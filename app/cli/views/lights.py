"""Lights and the values beside them, alike on every page that shows an indicator."""

from typing import Final

from app.cli.desk import Answer
from app.cli.figures import decimal, money, percent
from app.cli.paper import Style
from app.cli.texts import Texts

STYLES: Final[dict[str, Style]] = {"ok": "green", "warn": "yellow", "critical": "red", "not_available": "dim"}
MARKS: Final = {"ok": "●", "warn": "▲", "critical": "■", "not_available": "?"}


def indicator_value(texts: Texts, value: str, unit: str) -> str:
    """The value of an indicator with its unit."""
    if unit in ("fraction", "fraction_a_year_x365"):
        return percent(value, digits=1)
    if unit in ("times", "months", "points"):
        return texts.say(f"check.unit.{unit}", value=decimal(value, digits=1 if unit == "points" else 2))
    if unit in ("days", "count"):
        return texts.say(f"check.unit.{unit}", value=value)
    return money(value)


def lit_value(texts: Texts, indicator: Answer, lit: Answer) -> str:
    """The value of an indicator beside a light of it, or why there is no number: something is missing, there was
    nothing to divide by, or the money never runs out.
    """
    if lit["value"] is not None:
        return indicator_value(texts, lit["value"], indicator["unit"])
    if lit["light"] == "not_available":
        return texts.say("check.light.not_available")
    if lit["light"] == "critical":
        return texts.say("check.unbounded")
    return texts.say("check.for_good") if indicator["code"] == "survival_frozen" else "-"
