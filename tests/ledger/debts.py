"""The debt of a line, as tests tell of it."""

from datetime import date
from typing import Any

from ledger.events import Allocation, DrawnDown, PaymentDue
from ledger.loan import Loans, LoanTerms
from ledger.money import rate_units
from ledger.settlement import Paid
from ledger.terms import Footing
from tests.spec import History

RATE = rate_units("0.0004")


def on(text: str) -> int:
    return date.fromisoformat(text).toordinal()


class Debt:
    """A line's loans as a test tells of them: days as dates, versions counted by themselves."""

    def __init__(self, *, rate: int | None = RATE, **terms: Any) -> None:
        self.loans = Loans(Footing(LoanTerms(daily_rate=rate, **terms)))
        self.version = 0

    def _next(self) -> int:
        self.version += 1
        return self.version

    def drew(self, amount: int, at: str, **fields: Any) -> int:
        for name in ("first_due_on", "due_on"):
            if name in fields:
                fields[name] = date.fromisoformat(fields[name])
        fact = DrawnDown(effective=at, line="jiebei", amount=amount, **fields)
        self.loans.draw(fact, version=self._next(), day=on(at))
        return self.version

    def paid(self, amount: int, at: str, *, loan: str | None = None, **stated: int) -> Paid:
        allocation = Allocation(**stated) if stated else None
        return self.loans.pay(amount, loan=loan, allocation=allocation, version=self._next(), day=on(at))

    def undid(self, version: int, at: str) -> int:
        return self.loans.undo([version], day=on(at))[0]

    def refunded(self, amount: int, at: str, *, loan: str | None = None, fact: int | None = None) -> int:
        return self.loans.reverse_draw(amount, loan=loan, draw_version=fact, version=self._next(), day=on(at))

    def charged(self, kind: Any, amount: int, at: str, *, loan: str | None = None) -> None:
        self.loans.charge(kind, amount, loan=loan, version=self._next(), day=on(at))

    def billed(self, amount: int, at: str, *, due_on: str, minimum: int | None = None) -> None:
        due = date.fromisoformat(due_on)
        fact = PaymentDue(effective=at, line="jiebei", amount=amount, due_on=due, minimum=minimum)
        self.loans.bill(fact, version=self._next(), day=on(at))

    def adjusted(self, amount: int, at: str, *, version: int | None = None) -> int:
        number = version or self._next()
        self.loans.adjust(amount, version=number, day=on(at))
        return number

    def accrued(self, at: str) -> int:
        return self.loans.accrued_interest(on(at))

    def overdue(self, at: str) -> int:
        return self.loans.overdue(on(at))

    def late(self, at: str) -> int:
        return self.loans.days_past_due(on(at))

    def due(self, after: str, until: str) -> int:
        return self.loans.due_between(on(after), on(until))

    def picture(self, at: str) -> tuple[Any, ...]:
        """Everything that can be asked, as of a day."""
        day, loans = on(at), self.loans
        return (
            loans.drawn, loans.principal, loans.credit_balance, loans.posted_unpaid, loans.accrued_interest(day),
            loans.accrued_penalty(day), loans.overdue(day), loans.days_past_due(day), loans.total(day),
            loans.due_between(day, day + 400), loans.maturity(day), loans.views(day),
        )  # fmt: skip


def a_year(**terms: Any) -> Debt:
    """12,000.00 in twelve equal instalments of 1,080.84."""
    debt = Debt(**terms)
    debt.drew(
        12_000_00, "2026-01-10", loan="car", method="equal_instalment", periods=12, period_basis="equal"
    )  # fmt: skip
    return debt


def card(**terms: Any) -> Debt:
    return Debt(limit_basis="full_balance", **terms)


def picture(history: History, at: str) -> tuple[int, ...]:
    """What is owed on a day, and what of it is late."""
    day, line = on(at), history.as_of(at).line()
    loans = line.loans
    return (line.drawn, loans.principal, loans.credit_balance, loans.accrued_interest(day), loans.accrued_penalty(day),
            loans.overdue(day), loans.days_past_due(day), loans.due_between(day, day + 400))  # fmt: skip
