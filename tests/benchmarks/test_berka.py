"""A real bank's data: read as it lies, recorded, replayed, and compared with what the bank itself wrote down."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ops.benchmarks.berka import FOLDER, measure
from ops.benchmarks.berka_files import LOANS, TRANSACTIONS, Movement, day_ends, history, read_bank
from tests.postgres import Database

HEAD = '"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account"\n'
ROWS = (
    '1;576;930111;"PRIJEM";"PREVOD Z UCTU";6207.00;7107.00;"DUCHOD";"YZ";30300313\n'
    '2;576;930101;"PRIJEM";"VKLAD";900.00;900.00;"";;\n'
    '3;576;930130;"VYDAJ";"VYBER";4000.00;2300.10;" ";;\n'
    '4;576;930130;"VYBER";"VYBER";807.00;6300.10;" ";;\n'
    '5;576;930131;"PRIJEM";"";20.10;2320.20;"UROK";;\n'
    '6;576;930212;"VYDAJ";"PREVOD NA UCET";10.00;2310.20;"UVER";"ST";1\n'
    '7;576;930212;"PRIJE'
)
LOAN = "loan_id;account_id;date;amount;duration;payments;status\n9;576;930112;120;12;10;1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The bank's two files, a few rows of the same shape."""
    (tmp_path / TRANSACTIONS).write_text(HEAD + ROWS, encoding="ascii")
    (tmp_path / LOANS).write_text(LOAN, encoding="ascii")
    return tmp_path


def test_both_words_for_a_debit_are_debits_and_a_line_cut_off_is_left_out(folder: Path) -> None:
    bank = read_bank(folder)
    assert bank.cut_off == 1
    assert [str(row.amount) for row in bank.movements["576"]] == [
        "6207.00", "900.00", "-4000.00", "-807.00", "20.10", "-10.00",
    ]  # fmt: skip


def test_a_day_ends_where_no_row_of_it_begins_whatever_the_numbers_say(folder: Path) -> None:
    ends = dict(day_ends(read_bank(folder).movements["576"]))
    assert ends[date(1993, 1, 30)] == Decimal("2300.10")
    assert list(ends) == sorted(ends)


def test_where_the_rows_of_a_day_do_not_hang_together_the_last_number_counts() -> None:
    rows = [
        Movement(id=number, account="1", on=date(1993, 1, 1), amount=Decimal(1), balance=Decimal(balance), purpose="")
        for number, balance in ((1, 10), (2, 20))
    ]
    assert list(day_ends(rows)) == [(date(1993, 1, 1), Decimal(20))]


def test_a_loan_is_first_due_on_the_next_paying_day(folder: Path) -> None:
    loan = read_bank(folder).loans["576"]
    assert loan.first_due_on == date(1993, 2, 12)
    (drawn,) = [fact for fact in history(read_bank(folder)) if fact["type"] == "DrawnDown"]
    assert (drawn["periods"], drawn["first_due_on"]) == (12, "1993-02-12")


def test_what_does_not_agree_is_counted_as_such(folder: Path, database: Database) -> None:
    numbers = measure(database, read_bank(folder))
    assert (numbers["day_ends"], numbers["loans"], numbers["payments"]) == (5, 1, 1)
    assert (numbers["loans_exact"], numbers["payments_due"]) == (1, 1)
    assert numbers["day_moves_exact_share"] == 0.8
    assert numbers["day_ends_exact_share"] == 0.4


def test_day_ends_and_loans_of_the_real_bank_agree_with_its_own_books(database: Database) -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"the bank's files are not at hand (looked in {FOLDER.parent.parent.name}/data/berka)")
    numbers = measure(database, read_bank(FOLDER))
    print(numbers)
    assert (numbers["accounts"], numbers["movements"]) == (1229, 49102)
    assert numbers["day_moves_exact_share"] >= 0.93
    assert numbers["day_ends_near_share"] >= 0.99
    assert numbers["loans_exact"] == numbers["loans"] == 328
    assert numbers["payments_due"] == numbers["payments"] == 123
