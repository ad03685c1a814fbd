"""The bank data of the PKDD'99 discovery challenge, read as it lies: accounts with every movement, and loans.

Shape: `;` between fields, texts in quotation marks, dates YYMMDD, amounts in koruna. A file may have been cut off in
its last line, which is left out. An account starts at zero. Source: the challenge's own description of the Czech codes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import msgspec

TRANSACTIONS: Final = "pkdd99_trans.asc"
LOANS: Final = "feup_loan_train.csv"
ZONE: Final = "Europe/Prague"
CURRENCY: Final = "CZK"
LOAN_PAYMENT: Final = "UVER"
PAYING_DAY: Final = 12
"""The day of the month on which the bank takes the payments of its loans."""
_SIGNS: Final = {"PRIJEM": 1, "VYDAJ": -1, "VYBER": -1}
"""What a type does to the balance: credit, debit, and withdrawal, which some rows have for a type of its own."""


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """A row of an account. Shape: `amount` is signed; `balance` is the bank's, after the row. Units: koruna."""

    id: int
    account: str
    on: date
    amount: Decimal
    balance: Decimal
    purpose: str


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    """A loan as it was granted: so many equal monthly payments, no interest on top. Units: koruna."""

    id: str
    account: str
    on: date
    amount: Decimal
    periods: int
    payment: Decimal

    @property
    def first_due_on(self) -> date:
        """The next day on which the bank takes payments."""
        month = date(self.on.year, self.on.month, PAYING_DAY)
        if self.on < month:
            return month
        return date(month.year + month.month // 12, month.month % 12 + 1, PAYING_DAY)


class Bank(msgspec.Struct, frozen=True, kw_only=True):
    """What the files hold, by account. Shape: `cut_off` rows could not be read whole."""

    movements: dict[str, list[Movement]]
    loans: dict[str, Loan]
    cut_off: int


def read_bank(folder: Path) -> Bank:
    """Read both files."""
    movements: dict[str, list[Movement]] = {}
    cut_off = 0
    for row in _rows(folder / TRANSACTIONS):
        if len(row) != 10:
            cut_off += 1
            continue
        number, account, on, kind, _, amount, balance, purpose, _, _ = row
        movements.setdefault(account, []).append(
            Movement(
                id=int(number),
                account=account,
                on=_date(on),
                amount=_SIGNS[kind] * Decimal(amount),
                balance=Decimal(balance),
                purpose=purpose.strip(),
            )
        )
    loans = {}
    for number, account, on, amount, periods, payment, _ in _rows(folder / LOANS):
        loans[account] = Loan(
            id=number, account=account, on=_date(on), amount=Decimal(amount), periods=int(periods),
            payment=Decimal(payment),
        )  # fmt: skip
    return Bank(movements=movements, loans=loans, cut_off=cut_off)


def _rows(file: Path) -> Iterator[list[str]]:
    lines = file.read_text(encoding="ascii").splitlines()
    for line in lines[1:]:
        yield [field.strip('"') for field in line.split(";")]


def _date(text: str) -> date:
    return date(1900 + int(text[:2]), int(text[2:4]), int(text[4:]))


def day_ends(movements: Iterable[Movement]) -> Iterator[tuple[date, Decimal]]:
    """The bank's own balance at the end of each day of an account.

    The rows of a day stand in no order. Where each begins at the balance at which another ended, the balance at which
    none begins is the end of the day; where they do not hang together, that of the highest number is taken.
    """
    for on, of_day in groupby(sorted(movements, key=lambda one: (one.on, one.id)), key=lambda one: one.on):
        rows = list(of_day)
        ends = Counter(row.balance for row in rows) - Counter(row.balance - row.amount for row in rows)
        yield on, next(iter(ends)) if ends.total() == 1 else rows[-1].balance


def history(bank: Bank) -> Iterator[dict[str, Any]]:
    """All of it as facts of a history file, a household an account."""
    for account in sorted({*bank.movements, *bank.loans}, key=int):
        yield from household(account, bank.movements.get(account, []), bank.loans.get(account))


def household(account: str, movements: list[Movement], loan: Loan | None) -> Iterator[dict[str, Any]]:
    """One account with its loan as facts: reserve movements; a loan is granted, drawn at once, and repaid."""
    begun = min([one.on for one in movements] + ([loan.on] if loan else []))
    given = {"household": account, "source": {"kind": "bank"}}
    yield {"type": "HouseholdOpened", "effective_at": begun.isoformat(), "timezone": ZONE, "currency": CURRENCY} | given
    if movements:
        opened = {"account": "current", "kind": "demand_deposit"}
        yield {"type": "ReserveOpened", "effective_at": begun.isoformat()} | opened | given
    for row in movements:
        moved = {"account": "current", "amount": str(row.amount), "key": str(row.id)}
        if row.amount:
            yield {"type": "ReserveMoved", "effective_at": row.on.isoformat()} | moved | given
    if loan is not None:
        yield from ({**fact, **given} for fact in _borrowed(loan, movements))


def _borrowed(loan: Loan, movements: list[Movement]) -> Iterator[dict[str, Any]]:
    on = {"effective_at": loan.on.isoformat(), "line": "loan"}
    terms = {"lender": "bank", "product": "bank_loan", "revolving": False, "revocable": False, "restoration": "never"}
    yield {"type": "LineOpened", "daily_rate": "0", **terms, **on}
    yield {"type": "LimitGranted", "limit": str(loan.amount), **on}
    schedule = {"method": "equal_instalment", "periods": loan.periods, "first_due_on": loan.first_due_on.isoformat()}
    yield {"type": "DrawnDown", "amount": str(loan.amount), "loan": loan.id, "key": f"loan-{loan.id}", **schedule, **on}
    for row in movements:
        if row.purpose == LOAN_PAYMENT:
            paid = {"amount": str(-row.amount), "loan": loan.id, "key": f"loan-{row.id}"}
            yield {"type": "RepaymentPosted", "effective_at": row.on.isoformat(), "line": "loan", **paid}
