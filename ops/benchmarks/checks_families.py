"""Invented families for the benchmark of checks: three lines, two accounts, and the movements of some months."""

import random
import time
from pathlib import Path
from typing import Any

import msgspec

from ledger.history import Line, Reader


def write_families(file: Path, numbers: range, facts: int, *, until: float) -> None:
    """Write a history file. Units: `until`, the time of the latest fact, in seconds since the epoch."""
    with file.open("wb") as out:
        for number in numbers:
            chance = random.Random(number)
            household = f"h{number:06}"
            for fact in family(chance, facts, until=until):
                out.write(msgspec.json.encode({"household": household, **fact}) + b"\n")


def family(chance: random.Random, facts: int, *, until: float) -> list[dict[str, Any]]:
    """One family's facts, two days apart, the latest at a time."""
    rate = f"0.000{chance.randint(2, 5)}"
    terms = {"product": "card", "limit_basis": "full_balance", "revocable": False}
    begin: list[tuple[str, dict[str, Any]]] = [
        ("LineOpened", {"line": "jiebei", "lender": "jiebei", "product": "consumer_loan", "daily_rate": rate}),
        ("LimitGranted", {"line": "jiebei", "limit": f"{chance.randint(20, 60)}000"}),
        ("LineOpened", {"line": "card", "lender": "bank", "daily_rate": "0.0005", **terms}),
        ("LimitGranted", {"line": "card", "limit": "30000"}),
        ("LineOpened", {"line": "loan", "lender": "bank", "product": "bank_loan", "daily_rate": "0.0002"}),
        ("LimitGranted", {"line": "loan", "limit": "36000"}),
        ("ReserveOpened", {"account": "current", "kind": "demand_deposit"}),
        ("ReserveOpened", {"account": "fund", "kind": "mmf"}),
        ("IncomeDeclared", {"monthly": f"{chance.randint(8, 30)}000"}),
        ("EssentialsDeclared", {"monthly": f"{chance.randint(3, 9)}000"}),
        ("ReserveObserved", {"account": "current", "balance": f"{chance.randint(2, 90)}000"}),
        ("ReserveObserved", {"account": "fund", "balance": f"{chance.randint(0, 40)}000"}),
        ("DrawnDown", {"line": "loan", "amount": "36000", "loan": "l1", "method": "equal_instalment", "periods": 24,
                       "first_due_on": _day(until, -facts * 2 + 40)}),
    ]  # fmt: skip
    rest = [_movement(chance, number) for number in range(facts - len(begin))]
    return [
        {"type": kind, "effective_at": _day(until, (place - facts + 1) * 2), **fields}
        for place, (kind, fields) in enumerate((*begin, *rest))
    ]


def _movement(chance: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    amount = f"{chance.randint(10, 900)}.{chance.randint(10, 99)}"
    match number % 6:
        case 0:
            return "DrawnDown", {"line": "jiebei", "amount": amount}
        case 1:
            return "DrawnDown", {"line": "card", "amount": amount}
        case 2:
            return "ReserveMoved", {"account": "current", "amount": f"-{amount}"}
        case 3:
            return "RepaymentPosted", {"line": "jiebei", "amount": amount}
        case 4:
            return "RepaymentPosted", {"line": "card", "amount": amount}
        case _:
            return "ExpensePaid", {"amount": amount}


def _day(until: float, days: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(until + days * 86_400))


def cut(household: str) -> Any:
    """The draft of a lowered limit."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    fact = {"type": "LimitLowered", "line": "jiebei", "limit": "5000", "effective_at": now}
    read = Reader(household=household).record(1, fact)
    assert isinstance(read, Line)
    return read.draft
