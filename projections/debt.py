"""What a household owes: per credit line, per lender group and in all, and what of it falls due soon.

Source: domain.md section 5, "Debt"; what each line owes is the fold's answer (ledger.loan).
"""

from collections.abc import Iterable
from typing import Final, final

from ledger.book import Book
from ledger.calendar import add_months
from ledger.line import Line

DUE_SOON_DAYS: Final = 30
DUE_LATER_MONTHS: Final = 12


@final
class Owed:
    """What is owed on some lines. Units: minor units.

    Shape: `total` is principal, accrued interest and posted unpaid interest, fees and penalties; `overdue` is a part
    of it. `due_30_days` and `due_12_months` hold what falls due after the day asked, so nothing overdue.
    """

    __slots__ = ("accrued_interest", "due_12_months", "due_30_days", "overdue", "principal", "total")

    def __init__(
        self,
        principal: int = 0,
        accrued_interest: int = 0,
        overdue: int = 0,
        total: int = 0,
        due_30_days: int = 0,
        due_12_months: int = 0,
    ) -> None:
        self.principal = principal
        self.accrued_interest = accrued_interest
        self.overdue = overdue
        self.total = total
        self.due_30_days = due_30_days
        self.due_12_months = due_12_months

    def plus(self, other: "Owed") -> "Owed":
        """What is owed on both."""
        return Owed(
            self.principal + other.principal,
            self.accrued_interest + other.accrued_interest,
            self.overdue + other.overdue,
            self.total + other.total,
            self.due_30_days + other.due_30_days,
            self.due_12_months + other.due_12_months,
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
    return in_all([owed_on(line, day=book.day) for line in book.lines.values()])


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
    return sum([line.loans.due_between(day, until) for line in lines])


def lender_group(line: Line) -> str:
    """The group a line's lender belongs to; a lender without one is its own group."""
    return line.terms.lender_group or line.terms.lender


def in_all(parts: Iterable[Owed]) -> Owed:
    """What is owed on all of several parts."""
    total = Owed()
    for part in parts:
        total = total.plus(part)
    return total
