"""A reserve account: the household's own money, as moved and as seen."""

from copy import copy

import msgspec

from ledger import events
from ledger.vocabulary import AccountKind


class Account:
    """One reserve account inside the fold. Units: minor units; the balance may be negative."""

    __slots__ = ("balance", "fund", "kind", "name", "pledged")

    def __init__(self, name: str, opening: events.ReserveOpened | None) -> None:
        self.name = name
        self.kind: AccountKind = opening.kind if opening else "demand_deposit"
        self.fund = (opening.fund if opening else None) or name
        self.pledged = opening.pledged if opening else False
        self.balance = 0

    def fork(self) -> "Account":
        """The same account, to go another way from here."""
        return copy(self)


class MonthlyFlow(msgspec.Struct):
    """Income, or essential expenses: what was declared a month, and what was seen month by month.

    Units: minor units; months are counted as year * 12 + month - 1.
    """

    declared: int | None = None
    declared_by: int | None = None
    seen: dict[int, int] = {}
    seen_by: dict[int, list[int]] = {}

    def fork(self) -> "MonthlyFlow":
        """The same flow, to go another way from here."""
        other = copy(self)
        other.seen = self.seen.copy()
        other.seen_by = {month: versions.copy() for month, versions in self.seen_by.items()}
        return other

    def declare(self, monthly: int, *, version: int) -> None:
        """Take a declaration; the latest in order of effect stands."""
        self.declared, self.declared_by = monthly, version

    def see(self, amount: int, *, month: int, version: int) -> None:
        """Add one movement to its month."""
        self.seen[month] = self.seen.get(month, 0) + amount
        self.seen_by.setdefault(month, []).append(version)

    def monthly(self, month: int) -> tuple[int, int] | None:
        """The monthly amount as a quotient (numerator, denominator), asked inside `month`; None when nothing is known.

        Source: domain.md section 5: the latest declared; else the mean of the last three complete months with data.
        """
        if self.declared is not None:
            return self.declared, 1
        complete = self.months_counted(month)
        if not complete:
            return None
        return sum(self.seen[seen] for seen in complete), len(complete)

    def months_counted(self, month: int) -> list[int]:
        """The last three complete months with data before a month."""
        return sorted(seen for seen in self.seen if seen < month)[-3:]
