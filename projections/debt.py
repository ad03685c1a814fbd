"""What a household owes: per credit line, per lender group and in all, and what of it falls due soon.

Source: domain.md section 5, "Debt"; what each line owes is the fold's answer (ledger.loan).
"""

from collections.abc import Iterable

import msgspec

from ledger.book import Book
from ledger.calendar import add_months
from ledger.line import Line
from ledger.money import amount_text

DUE_SOON_DAYS = 30
DUE_LATER_MONTHS = 12


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """What is owed on some lines. Units: minor units.

    Shape: `total` is principal, accrued interest and posted unpaid interest, fees and penalties; `overdue` is a part
    of it. `due_30_days` and `due_12_months` hold what falls due after the day asked, so nothing overdue.
    """

    principal: int = 0
    accrued_interest: int = 0
    overdue: int = 0
    total: int = 0
    due_30_days: int = 0
    due_12_months: int = 0

    def plus(self, other: "Owed") -> "Owed":
        """What is owed on both."""
        return Owed(
            principal=self.principal + other.principal,
            accrued_interest=self.accrued_interest + other.accrued_interest,
            overdue=self.overdue + other.overdue,
            total=self.total + other.total,
            due_30_days=self.due_30_days + other.due_30_days,
            due_12_months=self.due_12_months + other.due_12_months,
        )


def owed_on(line: Line, *, day: int) -> Owed:
    """What is owed on one line, as of a local day. A credit balance is zero debt."""
    loans = line.loans
    return Owed(
        principal=loans.principal,
        accrued_interest=loans.accrued_interest(day),
        overdue=loans.overdue(day),
        total=loans.total(day),
        due_30_days=loans.due_between(day, day + DUE_SOON_DAYS),
        due_12_months=loans.due_between(day, add_months(day, DUE_LATER_MONTHS)),
    )


def owed_by(book: Book) -> Owed:
    """What the household owes in all."""
    return _sum(owed_on(line, day=book.day) for line in book.lines.values())


def owed_by_lender_group(book: Book) -> dict[str, Owed]:
    """What the household owes each lender group, in the order their lines were met; connected lenders are one."""
    groups: dict[str, Owed] = {}
    for line in book.lines.values():
        group = lender_group(line)
        groups[group] = groups.get(group, Owed()).plus(owed_on(line, day=book.day))
    return groups


def due_within_a_month(lines: Iterable[Line], *, day: int) -> int:
    """What falls due on some lines after a day, up to the same day of next month. Units: minor units."""
    until = add_months(day, 1)
    return sum(line.loans.due_between(day, until) for line in lines)


def lender_group(line: Line) -> str:
    """The group a line's lender belongs to; a lender without one is its own group."""
    return line.terms.lender_group or line.terms.lender


def _sum(parts: Iterable[Owed]) -> Owed:
    total = Owed()
    for part in parts:
        total = total.plus(part)
    return total


class OwedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is owed, as the contract shows it: decimal strings."""

    principal: str
    accrued_interest: str
    overdue: str
    total: str
    due_30_days: str
    due_12_months: str


class DebtAnswer(OwedAnswer, frozen=True, kw_only=True):
    """The household's debt as the contract shows it. Added to the contract: `by_lender_group`."""

    by_lender_group: dict[str, OwedAnswer]


def answer(book: Book) -> DebtAnswer:
    """The household's debt in the contract's shape."""
    groups = owed_by_lender_group(book)
    return DebtAnswer(
        **_shown(_sum(groups.values()), currency=book.currency),
        by_lender_group={group: OwedAnswer(**_shown(owed, currency=book.currency)) for group, owed in groups.items()},
    )


def _shown(owed: Owed, *, currency: str) -> dict[str, str]:
    return {name: amount_text(getattr(owed, name), currency) for name in Owed.__struct_fields__}
