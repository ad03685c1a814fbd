"""Exact amounts and rates: integers inside, decimal strings outside, and the only rounding in the code base."""

import re
from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Final, TypeAlias, final

MINOR_DIGITS: Final = {
    "CNY": 2, "HKD": 2, "MOP": 2, "TWD": 2, "USD": 2, "EUR": 2, "GBP": 2, "SGD": 2, "CZK": 2, "JPY": 0, "KRW": 0,
}  # fmt: skip
"""Decimal places of the minor unit. Source: ISO 4217."""

RATE_DIGITS: Final = 12
RATE_UNIT: Final = 10**RATE_DIGITS
"""A daily rate is stored as an integer number of 10**-12 per day, so that accrual stays in integers."""

LARGEST_AMOUNT: Final = 10**15
"""Amounts of this many minor units or more are taken for a slip of the pen."""

_DECIMAL = re.compile(r"(-?)([0-9]{1,16})(?:\.([0-9]{1,18}))?")
_USUAL = re.compile(r"(?:[0-9]{1,12}\.[0-9]{2}\n)*")
"""Amounts of two decimal places, one a line, none of them negative or too large."""


@final
class Quotient:
    """An exact quotient, to be added, compared, rounded and shown; to reduce it would take longer than these.

    Shape: `denominator` > 0. It equals, and counts in a set as, the whole number or `Fraction` of its value.
    """

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: int, denominator: int = 1) -> None:
        if denominator == 0:
            raise ZeroDivisionError("a quotient by nothing")
        self.numerator = numerator if denominator > 0 else -numerator
        self.denominator = abs(denominator)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Quotient, Fraction, int)):
            return NotImplemented
        return self.numerator * other.denominator == other.numerator * self.denominator

    def __hash__(self) -> int:
        return hash(self.fraction)

    def __lt__(self, other: "Quotient") -> bool:
        return self.numerator * other.denominator < other.numerator * self.denominator

    def __gt__(self, other: "Quotient") -> bool:
        return other < self

    def __bool__(self) -> bool:
        return self.numerator != 0

    def __add__(self, other: "Quotient") -> "Quotient":
        parts = self.denominator * other.denominator
        return Quotient(self.numerator * other.denominator + other.numerator * self.denominator, parts)

    def __sub__(self, other: "Quotient") -> "Quotient":
        parts = self.denominator * other.denominator
        return Quotient(self.numerator * other.denominator - other.numerator * self.denominator, parts)

    @property
    def fraction(self) -> Fraction:
        """The same reduced, for longer reckonings."""
        return Fraction(self.numerator, self.denominator)

    def __repr__(self) -> str:
        return f"Quotient({self.numerator}, {self.denominator})"


Exact: TypeAlias = Fraction | Quotient


def round_half_up(numerator: int, denominator: int) -> int:
    """Round a quotient to the nearest integer, halves away from zero.

    Units: the quotient's; `denominator` > 0.
    Source: domain.md section 0 (HALF_UP, once, when an amount is posted or shown). Oracle O21b.
    """
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def round_fraction(value: Exact) -> int:
    """Round an exact fraction to an integer, halves away from zero."""
    return round_half_up(value.numerator, value.denominator)


def scaled(text: str, digits: int) -> int:
    """Read a plain decimal string as an integer number of 10**-digits.

    Raises: ValueError when the text is no plain decimal, or has more decimal places than `digits`.
    """
    whole, _, decimals = text.partition(".")
    if len(decimals) == digits and len(whole) < 16 and whole.isdecimal() and decimals.isdecimal() and text.isascii():
        return int(whole + decimals)
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise ValueError("not a plain decimal number")
    sign, whole, decimals = found.groups(default="")
    if len(decimals.rstrip("0")) > digits:
        raise ValueError(f"more than {digits} decimal places")
    value = int(whole + decimals[:digits].ljust(digits, "0"))
    return -value if sign else value


def unscaled(value: int, digits: int) -> str:
    """Write an integer number of 10**-digits as a plain decimal string with exactly that many places."""
    if digits == 0:
        return str(value)
    text = str(value) if value >= 0 else str(-value)
    if len(text) <= digits:
        text = text.zfill(digits + 1)
    return f"{text[:-digits]}.{text[-digits:]}" if value >= 0 else f"-{text[:-digits]}.{text[-digits:]}"


def minor_units(text: str, currency: str) -> int:
    """Read a decimal string as minor units of a currency.

    Raises: ValueError when it is no plain decimal, finer than the minor unit, or implausibly large.
    """
    value = scaled(text, MINOR_DIGITS[currency])
    if abs(value) >= LARGEST_AMOUNT:
        raise ValueError("too large to be true")
    return value


def all_minor_units(texts: Sequence[str], currency: str) -> list[int]:
    """The same of many strings at once. Raises: ValueError for the first that cannot be read."""
    if MINOR_DIGITS[currency] == 2:
        lines = "\n".join(texts) + "\n"
        values = list(map(int, lines.replace(".", "").split("\n")[:-1])) if _USUAL.fullmatch(lines) else []
        if len(values) == len(texts):  # a text that holds a line break is none of them
            return values
    return [minor_units(text, currency) for text in texts]


def amount_text(value: int, currency: str) -> str:
    """Write minor units as the decimal string of the contract, for example 3000000 as "30000.00"."""
    digits = MINOR_DIGITS[currency]
    if value < 100 or digits != 2:
        return unscaled(value, digits)
    text = str(value)  # what is written most by far
    return f"{text[:-2]}.{text[-2:]}"


def amount_or_null(value: int | Exact | None, currency: str) -> str | None:
    """The same of an amount that may be unknown, or has to be rounded first."""
    if value is None:
        return None
    return amount_text(value if isinstance(value, int) else round_fraction(value), currency)


def rate_units(text: str) -> int:
    """Read a daily rate such as "0.0004" as units of 10**-12 per day.

    Raises: ValueError when it is no plain decimal or has more than 12 decimal places.
    """
    return scaled(text, RATE_DIGITS)


def rate_text(value: int) -> str:
    """Write a rate in units of 10**-12 as a decimal string without trailing zeros."""
    return unscaled(value, RATE_DIGITS).rstrip("0").rstrip(".")


def ratio_text(value: Exact, digits: int = 4) -> str:
    """Write a fraction as a decimal string of fixed places, rounded HALF_UP."""
    return unscaled(round_half_up(value.numerator * 10**digits, value.denominator), digits)


def ratio_or_null(value: Exact | None) -> str | None:
    """The same, in four places, of a fraction that may be unknown."""
    return None if value is None else ratio_text(value)


def largest_remainder(parts: Sequence[Fraction]) -> tuple[int, ...]:
    """Round parts down, then up again where most was lost, so that they sum to their whole sum; of equals the first.

    Units: the parts' sum is an integer.
    """
    whole = lcm(*(part.denominator for part in parts))
    return _in_whole([part.numerator * (whole // part.denominator) for part in parts], whole)


def share_out(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """An amount shared by weights, to the last unit. Units: the weights' sum is not 0."""
    return _in_whole([amount * weight for weight in weights], sum(weights))


def _in_whole(parts: Sequence[int], whole: int) -> tuple[int, ...]:
    """Parts of a whole rounded by the largest remainder. Units: `parts` in 1/whole."""
    floors = [part // whole for part in parts]
    missing = sum(parts) // whole - sum(floors)
    losers = sorted(range(len(parts)), key=lambda index: (floors[index] * whole - parts[index], index))
    up = frozenset(losers[:missing])
    return tuple(floor + (index in up) for index, floor in enumerate(floors))
