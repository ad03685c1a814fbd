"""What was measured: an exact value, what it was made of, and which facts it stands on."""

from collections.abc import Collection, Iterable
from typing import final

from ledger.money import Exact, Quotient


@final
class Measure:
    """One indicator's value before it is judged.

    Shape: `value` is None when something is missing, or when there was nothing to divide by; then `unbounded` tells
    whether there was something to divide. `inputs` are decimal strings by name. `subject` names the line or lender
    it is about. `topics` ("income", "line:<id>" ...) and `facts` (versions) say what it stands on.
    Units: `value` is a fraction, minor units for money; shown only after rounding once.
    """

    __slots__ = ("facts", "inputs", "missing", "subject", "topics", "unbounded", "value")

    def __init__(
        self,
        value: Quotient | None,
        inputs: dict[str, str],
        topics: tuple[str, ...] = (),
        facts: tuple[int, ...] = (),
        *,
        unbounded: bool = False,
        missing: tuple[str, ...] = (),
        subject: str | None = None,
    ) -> None:
        self.value = value
        self.inputs = inputs
        self.topics = topics
        self.facts = facts
        self.unbounded = unbounded
        self.missing = missing
        self.subject = subject


def quotient(numerator: int | Exact, denominator: int | Exact) -> Quotient:
    """A quotient of whole numbers or quotients."""
    if isinstance(numerator, int) and isinstance(denominator, int):
        return Quotient(numerator, denominator)
    return Quotient(numerator.numerator * denominator.denominator, numerator.denominator * denominator.numerator)


def missing(names: Iterable[str]) -> Measure:
    """Nothing could be measured for want of these inputs."""
    return Measure(None, {}, missing=tuple(dict.fromkeys(names)))


def ratio(
    numerator: int | Exact,
    denominator: int | Exact,
    inputs: dict[str, str],
    topics: tuple[str, ...] = (),
    facts: Collection[int] = (),
    *,
    subject: str | None = None,
) -> Measure:
    """A quotient; nothing divided by nothing is no trouble, something by nothing is beyond all bounds."""
    return Measure(
        quotient(numerator, denominator) if denominator else None,
        inputs,
        topics,
        tuple(sorted(facts)),
        unbounded=not denominator and bool(numerator),
        subject=subject,
    )
