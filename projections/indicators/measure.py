"""What was measured: an exact value, what it was made of, and which facts it stands on."""

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

import msgspec


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator's value before it is judged.

    Shape: `value` is None when something is missing, or when there was nothing to divide by; then `unbounded` tells
    whether there was something to divide. `inputs` are decimal strings by name. `subject` names the line or lender
    it is about. `topics` ("income", "line:<id>" ...) and `facts` (versions) say what it stands on.
    Units: `value` is a fraction, minor units for money; shown only after rounding once.
    """

    value: Fraction | None
    unbounded: bool = False
    missing: tuple[str, ...] = ()
    inputs: dict[str, str] = {}
    subject: str | None = None
    topics: tuple[str, ...] = ()
    facts: tuple[int, ...] = ()


def quotient(numerator: int | Fraction, denominator: int | Fraction) -> Fraction:
    """A quotient of whole numbers or fractions, reduced once."""
    return Fraction(numerator.numerator * denominator.denominator, numerator.denominator * denominator.numerator)


def missing(names: Iterable[str]) -> Measure:
    """Nothing could be measured for want of these inputs."""
    return Measure(value=None, missing=tuple(dict.fromkeys(names)))


def ratio(
    numerator: int | Fraction,
    denominator: int | Fraction,
    *,
    inputs: Mapping[str, str],
    topics: Iterable[str] = (),
    facts: Collection[int] = (),
    subject: str | None = None,
) -> Measure:
    """A quotient; nothing divided by nothing is no trouble, something by nothing is beyond all bounds."""
    return Measure(
        value=quotient(numerator, denominator) if denominator else None,
        unbounded=not denominator and numerator != 0,
        inputs=dict(inputs),
        topics=tuple(dict.fromkeys(topics)),
        facts=tuple(sorted(set(facts))) if facts else (),
        subject=subject,
    )
