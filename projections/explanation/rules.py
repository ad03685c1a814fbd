"""The numbers an explanation rests on, read from a ruleset.

Source: projections/rulesets; domain.md section 7 and, for the caps, section 8.
"""

import tomllib
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from ledger.errors import NotFound
from ledger.money import ratio_text
from ledger.vocabulary import LenderClass
from projections.reference.lpr import lpr_1_year

CURRENT: Final = "2026.1"
_HOME: Final = Path(__file__).parents[1] / "rulesets"


class Utilisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the share of the limit in use counts as high, or as too low to matter."""

    days: int
    high_percent: int
    low_percent: int


class Obligations(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When what falls due counts as much against income, and when income counts as fallen."""

    high_percent: int
    income_fall_percent: int


class NewCredit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many new lenders count as borrowing from many."""

    lenders: int


class Inquiries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many inquiries count."""

    count: int


class Unused(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long without a draw counts as unused."""

    days: int


class EarlyRepayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many full repayments, how soon after a draw, inside which days, count as frequent."""

    days: int
    within_days: int
    count: int


class AccountHistory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How young the oldest account is for the history to count as short."""

    short_days: int


class BorrowerCap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most a lender of some classes may lend one person online, from a day on. Units: whole units of currency."""

    begins_on: date = msgspec.field(name="from")
    classes: tuple[LenderClass, ...]
    yuan: int


class CostLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The yearly rate, x365, at which a rule begins to bind lenders of some classes, from a day on.

    Shape: told in percent, or as a multiple of the one-year loan prime rate of the day asked about.
    """

    begins_on: date = msgspec.field(name="from")
    classes: tuple[LenderClass, ...]
    percent: int | None = None
    times_lpr: int | None = None

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.times_lpr is None):
            raise ValueError("a cost line is told by either percent or times_lpr")

    def yearly(self, on: date) -> Fraction:
        """The rate on a day, a year, as a fraction."""
        if self.percent is not None:
            return Fraction(self.percent, 100)
        return (self.times_lpr or 0) * (lpr_1_year(on.toordinal()) or Fraction(0))

    def percent_text(self, on: date) -> str:
        """The rate on a day in percent, as a sentence tells it."""
        text = ratio_text(self.yearly(on) * 100, 2)
        return text.rstrip("0").rstrip(".")


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section `explanation` of a ruleset."""

    facts_before_days: int
    statement_after_days: int
    wave_days: int
    undone_days: int
    stale_days: int
    causes_shown: int
    utilisation: Utilisation
    obligations: Obligations
    new_credit: NewCredit
    inquiries: Inquiries
    unused: Unused
    early_repayment: EarlyRepayment
    history: AccountHistory
    borrower_caps: tuple[BorrowerCap, ...]
    cost_lines: tuple[CostLine, ...]

    def borrower_cap(self, lender_class: LenderClass | None, on: date) -> BorrowerCap | None:
        """The cap in force for a class of lender on a day, if there is one."""
        return next((one for one in reversed(self.borrower_caps) if _binds(one, lender_class, on)), None)

    def cost_line(self, lender_class: LenderClass | None, on: date) -> CostLine | None:
        """The cost line in force for a class of lender on a day, if there is one."""
        return next((one for one in reversed(self.cost_lines) if _binds(one, lender_class, on)), None)


def _binds(rule: BorrowerCap | CostLine, lender_class: LenderClass | None, on: date) -> bool:
    return rule.begins_on <= on and lender_class in rule.classes


@cache
def rules(ruleset: str = CURRENT) -> Rules:
    """The rules of a ruleset. Raises: NotFound when there is none of that name."""
    known = {file.stem: file for file in sorted(_HOME.glob("*.toml"))}
    if ruleset not in known:
        raise NotFound("ruleset", ruleset, known=tuple(known))
    return msgspec.convert(tomllib.loads(known[ruleset].read_text(encoding="utf-8"))["explanation"], Rules)
