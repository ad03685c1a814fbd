"""Invented books for the benchmark of replay, each also as a ledger journal and a beancount file.

Shape: a plain book holds nothing but draws and repayments, a mixed one what a family's book holds. Other programs get
each movement of money as a transaction, and nothing of what they have no word for.
"""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from ledger.money import amount_text

A_DAY: Final = 4
"""Facts that a family writes a day."""
A_HOUSEHOLD: Final = 200
_BEGIN: Final = 1_577_836_800
"""2020-01-01 in UTC, in seconds since the epoch."""


class Written(NamedTuple):
    """A fact of a history file, and the movement of money in it: from one account to another, in minor units."""

    fact: dict[str, Any]
    moved: tuple[str, str, int] | None = None


Family: TypeAlias = Callable[[random.Random, int, float], Iterator[Written]]
"""Makes one household's facts: how many, and how many of them a day."""


def write(folder: Path, facts: int, family: Family, *, a_day: float = A_DAY, a_household: int = A_HOUSEHOLD) -> None:
    """The same movements as a history file, a ledger journal and a beancount file."""
    chance = random.Random(1)
    with (
        (folder / "facts.jsonl").open("wb") as ours,
        (folder / "facts.ledger").open("w") as journal,
        (folder / "facts.beancount").open("w") as beans,
    ):
        opened: set[str] = set()
        for number in range(max(1, facts // a_household)):
            household = f"h{number:06}"
            for fact, moved in family(chance, a_household, a_day):
                ours.write(msgspec.json.encode({"household": household, **fact}) + b"\n")
                if moved is None:
                    continue
                source, target, amount = (*(f"{one}:{household.upper()}" for one in moved[:2]), moved[2])
                for account in (source, target):
                    if account not in opened:
                        opened.add(account)
                        beans.write(f"2019-01-01 open {account}\n")
                on, told = fact["effective_at"][:10], amount_text(amount, "CNY")
                journal.write(f"{on} x\n  {target}  {told} CNY\n  {source}\n")
                beans.write(f'{on} * "x"\n  {target}  {told} CNY\n  {source}\n')


def plain(chance: random.Random, facts: int, a_day: float) -> Iterator[Written]:
    """One line that is drawn on and repaid in turn."""
    yield Written(_fact("LineOpened", 0, line="a", lender="x", product="consumer_loan"))
    yield Written(_fact("LimitGranted", 0, line="a", limit="50000.00"))
    for number in range(1, facts - 2):
        amount = chance.randint(100, 100_000)
        yield _drawn(number / a_day, "a", amount) if number % 2 else _repaid(number / a_day, "a", amount)


def mixed(chance: random.Random, facts: int, a_day: float) -> Iterator[Written]:
    """Three lines with rates, one with a schedule and one with bills, observations, accounts, income and expenses."""
    until, begun = facts / a_day, 0
    for begun, one in enumerate(_beginning(chance, until), start=1):  # noqa: B007  # how many there were
        yield one
    for number in range(1, facts - begun):
        day = number / a_day
        yield _of_a_month(chance, number, day) or _of_a_day(chance, number, day)


def _beginning(chance: random.Random, until: float) -> Iterator[Written]:
    card = {"product": "card", "limit_basis": "full_balance", "revocable": False}
    loan = {"loan": "l1", "method": "equal_instalment", "periods": int(until // 30) + 2}
    yield Written(_fact("LineOpened", 0, line="jiebei", lender="jiebei", product="consumer_loan", daily_rate="0.0004",
                        restoration="t_plus_n"))  # fmt: skip
    yield Written(_fact("LimitGranted", 0, line="jiebei", limit=f"{chance.randint(20, 60)}000"))
    yield Written(_fact("LineOpened", 0, line="card", lender="bank", daily_rate="0.0005", **card))
    yield Written(_fact("LimitGranted", 0, line="card", limit="30000"))
    yield Written(_fact("LineOpened", 0, line="loan", lender="bank", product="bank_loan", daily_rate="0.0002"))
    yield Written(_fact("LimitGranted", 0, line="loan", limit="36000"))
    yield Written(_fact("ReserveOpened", 0, account="current", kind="demand_deposit"))
    yield Written(_fact("ReserveObserved", 0, account="current", balance="50000"))
    yield Written(_fact("EssentialsDeclared", 0, monthly="6000"))
    yield Written(_fact("DrawnDown", 0, line="loan", amount="36000", first_due_on=_day(30), **loan),
                  ("Liabilities:Loan", "Assets:Current", 36_000_00))  # fmt: skip


def _of_a_month(chance: random.Random, number: int, day: float) -> Written | None:
    """What happens once in a month of 120 facts."""
    match number % 120:
        case 20:
            return Written(_fact("IncomeReceived", day, amount="12000"),
                           ("Income:Salary", "Assets:Current", 12_000_00))  # fmt: skip
        case 40:
            amount = chance.randint(5_00, 80_00)
            return Written(_fact("InterestCharged", day, line="card", amount=amount_text(amount, "CNY")),
                           ("Liabilities:Card", "Expenses:Interest", amount))  # fmt: skip
        case 41:
            return Written(_fact("PaymentDue", day, line="card", amount="900.00", minimum="90.00",
                                 due_on=_day(day + 20)))  # fmt: skip
        case 60:
            return _repaid(day, "loan", 1_500_00)
        case 80:
            return Written(_fact("LimitObserved", day, line="jiebei", available=f"{chance.randint(0, 20)}000"))
        case 100:
            return Written(_fact("ScoreObserved", day, scheme="zhima", score=chance.randint(600, 700)))
        case _:
            return None


def _of_a_day(chance: random.Random, number: int, day: float) -> Written:
    amount = chance.randint(10_00, 300_00)
    match number % 6:
        case 0:
            return _drawn(day, "jiebei", amount)
        case 1:
            return _repaid(day, "jiebei", amount)
        case 2:
            return _drawn(day, "card", amount)
        case 3:
            return _repaid(day, "card", amount)
        case 4:
            return Written(_fact("ReserveMoved", day, account="current", amount=amount_text(-amount, "CNY")),
                           ("Assets:Current", "Expenses:Life", amount))  # fmt: skip
        case _:
            return Written(_fact("ExpensePaid", day, amount=amount_text(amount, "CNY")),
                           ("Assets:Wallet", "Expenses:Life", amount))  # fmt: skip


def _drawn(day: float, line: str, amount: int) -> Written:
    return Written(_fact("DrawnDown", day, line=line, amount=amount_text(amount, "CNY")),
                   (f"Liabilities:{line.title()}", "Assets:Current", amount))  # fmt: skip


def _repaid(day: float, line: str, amount: int) -> Written:
    return Written(_fact("RepaymentPosted", day, line=line, amount=amount_text(amount, "CNY")),
                   ("Assets:Current", f"Liabilities:{line.title()}", amount))  # fmt: skip


def _fact(kind: str, day: float, /, **fields: Any) -> dict[str, Any]:
    """A fact in the hours from 6 to 18 of a day in China."""
    whole = int(day)
    at = time.strftime("T%H:%M:%S", time.gmtime(21_600 + int((day - whole) * 43_200)))
    return {"type": kind, "effective_at": f"{_day(whole)}{at}+08:00", **fields}


def _day(day: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(_BEGIN + int(day) * 86_400))
