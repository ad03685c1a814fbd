"""A real bank's accounts and loans, recorded as facts, replayed, and compared with what the bank itself wrote down.

    python -m ops.benchmarks.berka [FOLDER]

FOLDER holds the PKDD'99 files (../shared/data/berka unless told); they are not part of this repository. The last line
is one JSON object:

accounts, movements       that were read and recorded
day_ends                  days of an account with a movement
day_moves_exact_share     of them those to which our balance moved from the day before exactly as the bank's did
day_ends_exact_share      of them those on which our balance, added up from zero, is the bank's exactly
day_ends_near_share       those on which it is within 0.10 for each time the bank credited interest since the start
loans, loans_exact        loans, and those whose next payment and due date are the bank's when they are drawn
payments, payments_due    payments the bank took, and those that came on the day and for the amount due, to a koruna
record_facts_per_second   recording
replay_facts_per_second   reading back and folding, with a look at every day's end
"""

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg

from ledger.book import Book, Walk
from ledger.money import minor_units
from ledger.store import reader
from ledger.store.bulk import record_file
from ledger.timeline import Timeline
from ops.benchmarks.berka_files import CURRENCY, LOAN_PAYMENT, Bank, day_ends, history, read_bank
from tests.postgres import Cluster, Database, binaries

FOLDER: Final = Path(__file__).parents[3] / "shared" / "data" / "berka"
INTEREST: Final = ("UROK", "SANKC. UROK")
ROUNDED_TO: Final = 10
"""What the bank rounds an interest row to, in minor units, while its balance keeps the rest: the two drift apart."""
KORUNA: Final = 100


class Found(msgspec.Struct, kw_only=True):
    """What agrees with the bank."""

    day_ends: int = 0
    moves_exact: int = 0
    exact: int = 0
    near: int = 0
    loans: int = 0
    loans_exact: int = 0
    payments: int = 0
    payments_due: int = 0


def main() -> None:
    """Record, replay, compare and print."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    folder = options.parse_args().folder
    if not folder.is_dir():
        sys.exit(f"the bank's files are not in {folder}")
    programs = binaries(os.environ.get("HEADROOM_TEST_POSTGRES", "18"))
    if programs is None:
        sys.exit("the wanted PostgreSQL is not installed here")
    cluster = Cluster(programs)
    try:
        _, database = cluster.new_database()
        numbers = measure(database, read_bank(folder))
    finally:
        cluster.close()
    for name, value in numbers.items():
        print(f"{name:>24}  {value}")
    print(json.dumps(numbers))


def measure(database: Database, bank: Bank) -> dict[str, Any]:
    """Record everything, replay it, and compare."""
    begun = time.perf_counter()
    facts = record(database, bank)
    recorded = time.perf_counter()
    with psycopg.connect(database.service, autocommit=True) as connection:
        found = compare(connection, bank)
    ended = time.perf_counter()
    return {
        "accounts": len(bank.movements),
        "movements": sum(map(len, bank.movements.values())),
        "day_ends": found.day_ends,
        "day_moves_exact_share": round(found.moves_exact / found.day_ends, 4),
        "day_ends_exact_share": round(found.exact / found.day_ends, 4),
        "day_ends_near_share": round(found.near / found.day_ends, 4),
        "loans": found.loans,
        "loans_exact": found.loans_exact,
        "payments": found.payments,
        "payments_due": found.payments_due,
        "record_facts_per_second": round(facts / (recorded - begun)),
        "replay_facts_per_second": round(facts / (ended - recorded)),
    }


def record(database: Database, bank: Bank) -> int:
    """Record the bank's data as a history file; how many facts."""
    written = b"".join(msgspec.json.encode(fact) + b"\n" for fact in history(bank))
    with psycopg.connect(database.service, autocommit=True) as connection:
        outcome = record_file(
            connection, io.BytesIO(written), clock=lambda: time.time_ns() // 1000, salts=lambda: os.urandom(16)
        )
    assert not outcome.complaints, outcome.complaints[:3]
    return outcome.accepted


def compare(connection: "psycopg.Connection[Any]", bank: Bank) -> Found:
    """Replay every household day by day beside the bank's own numbers."""
    found = Found()
    for one in reader.households(connection):
        timeline = Timeline(reader.load(connection, one.household))
        _compare_balances(found, timeline, bank, one.household)
        if one.household in bank.loans:
            _compare_loan(found, timeline, bank, one.household)
    return found


def _compare_balances(found: Found, timeline: Timeline, bank: Bank, account: str) -> None:
    movements = bank.movements.get(account, [])
    interest = [row.on for row in movements if row.purpose in INTEREST]
    walk, off_before = Walk(timeline), 0
    for on, balance in day_ends(movements):
        book = walk.to(timeline.zone.last_moment(on.isoformat()))
        off = book.accounts["current"].balance - _minor(balance)
        found.day_ends += 1
        found.moves_exact += off == off_before
        found.exact += off == 0
        found.near += abs(off) <= ROUNDED_TO * sum(each <= on for each in interest)
        off_before = off


def _compare_loan(found: Found, timeline: Timeline, bank: Bank, account: str) -> None:
    loan = bank.loans[account]
    paid = [row for row in bank.movements.get(account, []) if row.purpose == LOAN_PAYMENT]
    walk = Walk(timeline)
    begun = walk.to(timeline.zone.last_moment(loan.on.isoformat()))
    found.loans += 1
    found.loans_exact += list(_next_due(begun)) == [(loan.first_due_on.toordinal(), _minor(loan.payment))]
    for row in sorted(paid, key=lambda each: each.on):
        eve = walk.to(timeline.zone.start(row.on.toordinal()) - 1)
        found.payments += 1
        found.payments_due += any(
            day == row.on.toordinal() and abs(due + _minor(row.amount)) <= KORUNA for day, due in _next_due(eve)
        )


def _next_due(book: Book) -> Iterator[tuple[int | None, int]]:
    """What is due next on the open loans, and when."""
    for view in book.lines["loan"].loans.views(book.day):
        yield view.next_due_on, view.next_due or 0


def _minor(amount: Decimal) -> int:
    return minor_units(str(amount), CURRENCY)


if __name__ == "__main__":
    main()
