"""What reading a provider's statement gives: facts, and everything about it that a person should know.

Source: contract.md section 3 (`import`).
"""

import msgspec

from ledger.errors import Complaint
from ledger.events import AnyFact


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """The household's own ids for the names a statement uses, such as 花呗 -> huabei."""

    lines: dict[str, str] = msgspec.field(default_factory=dict)
    accounts: dict[str, str] = msgspec.field(default_factory=dict)


class RowNote(msgspec.Struct, frozen=True, kw_only=True):
    """Why a row recorded nothing, or what about it could not be recorded.

    Shape: `line` counts from 1; `reason_code` is a code of reasons.toml; `detail` the words of the row it is about;
    `remedy` the facts that would tell the rest, as `headroom add` takes them, what is not known left open.
    """

    line: int
    reason_code: str
    detail: str = ""
    remedy: tuple[str, ...] = ()


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came back for an expense, so that the expense was smaller than it first was.

    Shape: `key` is the refund row's; `expense_key` the expense's when the statement itself holds it; `order` the
    order it belongs to, by which an expense of an earlier statement is found.
    Units: `effective` in microseconds since the epoch, `amount` in minor units.
    """

    line: int
    key: str
    order: str
    effective: int
    amount: int
    expense_key: str | None = None


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as facts, in the order of their times; without facts when there is any complaint.

    Shape: `rows` counts the rows of its table; `opened` the lines and accounts the facts open; `skipped` the rows
    that recorded nothing; `partial` what rows did not tell although they recorded something.
    """

    rows: int = 0
    facts: tuple[AnyFact, ...] = ()
    refunds: tuple[Refund, ...] = ()
    skipped: tuple[RowNote, ...] = ()
    partial: tuple[RowNote, ...] = ()
    opened: tuple[str, ...] = ()
    complaints: tuple[Complaint, ...] = ()
