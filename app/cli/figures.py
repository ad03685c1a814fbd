"""Amounts, shares and times as people read them. Answers carry decimal strings, which are at most summed here."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from ledger.money import round_fraction, unscaled

_LAST: Final = "23:59:59.999999"


def money(text: str | None, *, sign: bool = False) -> str:
    """A decimal string with its thousands set apart: "-38000.00" as "-38,000.00". None is a dash."""
    if text is None:
        return "-"
    minus = "-" if text.startswith("-") else "+" if sign else ""
    whole, point, decimals = text.lstrip("-").partition(".")
    return f"{minus}{int(whole):,}{point}{decimals}"


def exact_sum(amounts: Sequence[str]) -> str:
    """The sum of decimal strings of one currency."""
    digits = len(amounts[0].partition(".")[2])
    return unscaled(int(sum(map(Fraction, amounts)) * 10**digits), digits)


def is_zero(text: str | None) -> bool:
    """Whether a decimal string is nought, or nothing is known."""
    return text is None or Fraction(text) == 0


def percent(text: str | None, *, digits: int = 0) -> str:
    """A fraction as a percentage: "0.6000" as "60%". None is a dash."""
    if text is None:
        return "-"
    return f"{unscaled(round_fraction(Fraction(text) * 100 * 10**digits), digits)}%"


def decimal(text: str | None, *, digits: int = 1) -> str:
    """A decimal string cut to a few places for the eye. None is a dash."""
    if text is None:
        return "-"
    return unscaled(round_fraction(Fraction(text) * 10**digits), digits)


def share(text: str | None) -> float:
    """A fraction for drawing a bar, and for nothing else."""
    return 0.0 if text is None else float(Fraction(text))


def moment(text: str | None) -> str:
    """An instant without seconds, zone and "T": "2026-06-11 21:40"; a date, or the end of one, is that date."""
    if text is None:
        return "-"
    return text[:10] if len(text) <= 10 or text[11:26] == _LAST else f"{text[:10]} {text[11:16]}"


def opening(text: str) -> str:
    """The start of a window: after the end of a day it is the next day."""
    if text[11:26] == _LAST:
        return (date.fromisoformat(text[:10]) + timedelta(days=1)).isoformat()
    return moment(text)
