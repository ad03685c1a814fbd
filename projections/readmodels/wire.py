"""A household's days as COPY takes them in its binary form, written by hand: they are nearly all that is stored.

What stands from one day to the next is written out once. Shape: of every value its size, then itself, big-endian; a
row begins with the number of its values, and a copy ends where that is -1. Source: PostgreSQL, COPY, "Binary Format".
"""

from collections.abc import Callable, Iterable, Iterator
from struct import Struct, error
from typing import Any, Final

from ledger.money import LARGEST_AMOUNT
from projections.readmodels.household import Household
from projections.readmodels.series import HouseholdDay, LineDay, late

LINE_DAY: Final = (
    "household", "slot", "line", "status", "limit_known", "permanent_limit", "temporary_limit", "held", "shared_used",
    "over_limit", "blocked", "posted_unpaid", "overdue", "past_due_since", "day", "drawn", "headroom", "available",
    "principal", "accrued_units", "accrued_units_a_day",
)  # fmt: skip
HOUSEHOLD_DAY: Final = ("household", "slot", "day", "reserve_t1", "reserve_t2a", "reserve_t2b", "contingent")
"""The columns, in the order in which they are written here."""

ROWS: Final = 500
"""Rows that are written out together."""
TOGETHER: Final = 1 << 16
"""Bytes that are handed over together, and what is written out beyond them."""
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_DAY_ZERO: Final = 730_120
"""The ordinal of 2000-01-01, from which the database counts days."""

_MOST_UNITS: Final = LARGEST_AMOUNT * 10**24
"""Accrued interest from which on it is a slip of the pen, as in an amount: in days to come no column could hold it, and
a view that cannot show one row shows none, of any household."""
_CENTURY_DAYS: Final = 36_525

_COUNT: Final = Struct(">h").pack
_SIZE: Final = Struct(">i").pack
_SLOT: Final = Struct(">ih").pack
_DATE: Final = Struct(">ii").pack
_LEVELS: Final = Struct(">ib" + "iq" * 8).pack
_MOVING: Final = Struct(">ii" + "iq" * 4).pack
_NUMERIC: Final = Struct(">ihhHh").pack
_DIGIT: Final = Struct(">H").pack
_NULL: Final = _SIZE(-1)
_ZERO: Final = _NUMERIC(8, 0, 0, 0, 0)
_STILL: Final = _ZERO + _ZERO
_NEGATIVE: Final = 0x4000


def line_days(state: Household, since: int, *, slot: int) -> Iterator[bytes]:
    """The rows of `line_day` of a household from a day on, some at a time.

    Raises: struct.error for a number that its column cannot hold.
    """
    for rows in state.series.lines.values():
        yield from _blocks(late(rows, since), _add_line_days, slot)


def household_days(state: Household, since: int, *, slot: int) -> Iterator[bytes]:
    """The same of `household_day`."""
    return _blocks(late(state.series.days, since), _add_household_days, slot)


def whole(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """A copy that consists of some rows, handed over some at a time."""
    held, size = [_SIGNATURE], 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size > TOGETHER:
            yield b"".join(held)
            held.clear()
            size = 0
    held.append(_TRAILER)
    yield b"".join(held)


def _blocks(rows: list[Any], add: Callable[[list[bytes], list[Any], int], None], slot: int) -> Iterator[bytes]:
    """The rows of one line or household."""
    for first in range(0, len(rows), ROWS):
        block: list[bytes] = []
        add(block, rows[first : first + ROWS], slot)
        yield b"".join(block)


def _add_line_days(block: list[bytes], rows: list[LineDay], slot: int) -> None:
    """The rows of one line."""
    owner = _COUNT(len(LINE_DAY)) + _text(rows[0].household) + _SLOT(2, slot) + _text(rows[0].line)
    known: tuple[Any, ...] = ()
    begin = b""
    for row in rows:
        values: tuple[Any, ...] = row  # numbers that stay objects: compiled, each would be taken out and put back
        (
            _, _, day, status, limit_known, permanent, temporary, drawn, held, shared, headroom, available, over,
            blocked, principal, posted, overdue, since, accrued, a_day,
        ) = values  # fmt: skip
        stands = (
            status, limit_known, permanent, temporary, held, shared, over, blocked, posted, overdue, since
        )  # fmt: skip
        if stands != known:
            known = stands
            levels = _LEVELS(
                1, limit_known, 8, permanent, 8, temporary, 8, held, 8, shared, 8, over, 8, blocked, 8, posted,
                8, overdue,
            )  # fmt: skip
            begin = owner + _text(status) + levels + (_NULL if since is None else _DATE(4, since - _DAY_ZERO))
        moving = _MOVING(4, day - _DAY_ZERO, 8, drawn, 8, headroom, 8, available, 8, principal)
        block.append(begin + moving + (_interest(accrued, a_day) if accrued or a_day else _STILL))


def _interest(accrued: int, a_day: int) -> bytes:
    """What is accrued and what is added a day, if the views can show what that comes to."""
    if accrued + a_day * _CENTURY_DAYS >= _MOST_UNITS:
        raise error("within a century interest comes to more than an amount may be")
    return numeric(accrued) + numeric(a_day)


def _add_household_days(block: list[bytes], rows: list[HouseholdDay], slot: int) -> None:
    """The rows of one household."""
    owner = _COUNT(len(HOUSEHOLD_DAY)) + _text(rows[0].household) + _SLOT(2, slot)
    for row in rows:
        values: tuple[Any, ...] = row
        _, day, t1, t2a, t2b, contingent = values
        block.append(owner + _MOVING(4, day - _DAY_ZERO, 8, t1, 8, t2a, 8, t2b, 8, contingent))


def _text(value: str) -> bytes:
    data = value.encode()
    return _SIZE(len(data)) + data


def numeric(value: int) -> bytes:
    """A whole number as a value of type numeric: how many digits, the place of the first, the sign, no decimals.

    Shape: a digit counts to 10,000, and zeros at the end are left out.
    """
    left = abs(value)
    digits: list[bytes] = []
    places = 0
    while left:
        left, digit = divmod(left, 10_000)
        places += 1
        if digit or digits:
            digits.append(_DIGIT(digit))
    size = len(digits)
    sign = _NEGATIVE if value < 0 else 0
    return _NUMERIC(8 + 2 * size, size, max(0, places - 1), sign, 0) + b"".join(reversed(digits))
