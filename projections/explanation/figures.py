"""Numbers for sentences, each with a way to work it out again from the facts it stands on.

A sentence is shown only after every figure in it was recomputed here and came out the same.
"""

from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

from ledger.calendar import When
from ledger.money import MINOR_DIGITS
from ledger.vocabulary import LenderClass
from projections.explanation.case import Case
from projections.explanation.levels import Quantity, level, steps_until

Unit: TypeAlias = Literal["money", "when", "number", "name", "word"]


class Field(NamedTuple):
    """A field of a fact."""

    version: int
    name: str

    def again(self, case: Case) -> Any:
        value = getattr(case.fact(self.version), self.name)
        return value.isoformat() if isinstance(value, date) else value


class Effective(NamedTuple):
    """When a fact was true."""

    version: int

    def again(self, case: Case) -> Any:
        return case.fact(self.version).effective


class Level(NamedTuple):
    """What the line showed at an instant, summed anew from the steps up to it."""

    at: int
    quantity: Quantity

    def again(self, case: Case) -> Any:
        return level(case.line, at=self.at, quantity=self.quantity)


class Stepped(NamedTuple):
    """How much certain facts moved headroom by steps of some kinds: at one instant, or in the whole window."""

    kinds: tuple[str, ...]
    facts: tuple[int, ...]
    at: int | None = None

    def again(self, case: Case) -> Any:
        after = case.since if self.at is None else self.at - 1
        until = case.until if self.at is None else self.at
        steps = case.line.steps[steps_until(case.line, after) : steps_until(case.line, until)]
        return sum(step.amount for step in steps if step.kind in self.kinds and step.facts == self.facts)


class Before(NamedTuple):
    """The limit that a fact's limit replaced, from the steps it caused."""

    version: int
    kinds: tuple[str, ...]

    def again(self, case: Case) -> Any:
        return case.fact(self.version).limit - _moved(case, self.kinds, self.version)


class Beyond(NamedTuple):
    """What of a payment was not principal."""

    version: int

    def again(self, case: Case) -> Any:
        principal = _moved(case, ("principal_repaid",), self.version)
        return case.fact(self.version).amount - principal - overpaid(case, self.version)


class Counted(NamedTuple):
    """How many facts."""

    versions: tuple[int, ...]

    def again(self, case: Case) -> Any:
        return sum(version in case.entries for version in self.versions)


class Release(NamedTuple):
    """When the rule of the line lets go of what a repayment holds."""

    version: int

    def again(self, case: Case) -> Any:
        return case.release_of(self.version)


class Held(NamedTuple):
    """What is left of a hold at the end of the window, from the steps that held and let go of it."""

    version: int

    def again(self, case: Case) -> Any:
        kinds = ("held", "restored", "inferred_hold")
        return sum(step.amount for step in case.line.steps if step.kind in kinds and step.facts[0] == self.version)


class Rule(NamedTuple):
    """A number of the ruleset."""

    section: str
    name: str

    def again(self, case: Case) -> Any:
        return getattr(getattr(case.rules, self.section) if self.section else case.rules, self.name)


class Cap(NamedTuple):
    """The cap per borrower that binds a class of lender on a day (an ordinal)."""

    lender_class: LenderClass | None
    day: int

    def again(self, case: Case) -> Any:
        cap = case.rules.borrower_cap(self.lender_class, date.fromordinal(self.day))
        return cap.yuan * 10 ** MINOR_DIGITS[case.currency] if cap else None


class CostPercent(NamedTuple):
    """The cost line that binds a class of lender on a day (an ordinal)."""

    lender_class: LenderClass | None
    day: int

    def again(self, case: Case) -> Any:
        on = date.fromordinal(self.day)
        line = case.rules.cost_line(self.lender_class, on)
        return line.percent_text(on) if line else None


class Since(NamedTuple):
    """Whole days from a date a fact names to an instant."""

    version: int
    name: str
    at: int

    def again(self, case: Case) -> Any:
        return case.zone.day(self.at) - case.zone.day_of(Field(self.version, self.name).again(case))


Proof: TypeAlias = (
    Field | Effective | Level | Stepped | Before | Beyond | Counted | Release | Held | Rule | Cap | CostPercent | Since
)


class Figure(NamedTuple):
    """A value in a sentence, and how it is proved. Units: money in minor units, times as effective times."""

    unit: Unit
    value: Any
    proof: Proof


class Mismatch(Exception):
    """A figure does not come out of the facts it cites. A fault of the program, never shown as an answer."""


def money(value: int, proof: Proof) -> Figure:
    """An amount, without sign."""
    return Figure("money", abs(value), proof)


def when(value: When, proof: Proof) -> Figure:
    """A time, known to the day or to the instant."""
    return Figure("when", value, proof)


def number(value: int | str, proof: Proof) -> Figure:
    """A count, a score, a percentage or a number of days."""
    return Figure("number", value, proof)


def name(value: str, proof: Proof) -> Figure:
    """A name that a fact gives, told as it is: a line or a lender may be called what is a word of ours."""
    return Figure("name", value, proof)


def word(value: str, proof: Proof) -> Figure:
    """A word of the vocabulary that a fact gives, told in the reader's language."""
    return Figure("word", value, proof)


def prove(case: Case, key: str, figures: dict[str, Figure]) -> None:
    """Recompute every figure of a sentence. Raises: Mismatch."""
    for placeholder, figure in figures.items():
        found = figure.proof.again(case)
        if figure.unit == "money":
            found = abs(found)
        if found != figure.value:
            raise Mismatch(f"{key}: {{{placeholder}}} says {figure.value!r}, its facts say {found!r}")


def overpaid(case: Case, version: int) -> int:
    """What of a payment was more than the debt."""
    return sum(one.amount for one in case.line.residuals if one.kind == "overpaid" and one.facts == (version,))


def _moved(case: Case, kinds: tuple[str, ...], version: int) -> int:
    return sum(step.amount for step in case.line.steps if step.kind in kinds and step.facts == (version,))
