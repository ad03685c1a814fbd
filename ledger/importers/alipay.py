"""Alipay statements as facts.

One row becomes up to three facts, each under the row's key and a suffix. A fact says only what its row says by itself,
whatever the row's status, the file's name or the rows around it: so a later export of the same trade gives the same
key and the same content. Rows lean on others in two ways only: a closed trade was paid if the file holds its refund
(both are then recorded: money out, money back), and a card whose kind a row leaves out is the one known elsewhere.

Limits, on purpose:
- the amount is the whole row's; a service fee in its own column is reported, not recorded;
- of a row paid from two sources of the household only the sum is recorded, since the file does not tell the parts;
- a refund lowers its expense through `refunds.net_of_refunds`, since no fact can be a negative expense;
- a closed trade whose refund stands in another file is taken as never paid, and the refund alone is then reported.

Source: contract.md section 3 (`import`), domain.md section 2.
"""

from typing import Final

import msgspec

from ledger.calendar import zone
from ledger.errors import Complaint
from ledger.events import AnyFact
from ledger.fields import NAME
from ledger.importers.alipay_flows import Leg, legs_of
from ledger.importers.alipay_places import Place, Places, opened_on
from ledger.importers.alipay_rows import Row, read_table
from ledger.importers.alipay_trades import Trade, base_order, keyed_order, paired_refunds, trades
from ledger.importers.alipay_words import Words, words
from ledger.importers.reasons import complaint
from ledger.importers.statement import Names, Refund, RowNote, Statement

DOCUMENT: Final = "alipay"
"""What facts name as their document. One name for all exports: another would be other content under the same key."""

_ZONE: Final = "Asia/Shanghai"
_NOTE_LENGTH: Final = 120
_NOTHING_KNOWN: Final = (
    "joined_with_relative",
    "unknown_source",
    "paid_by_discount",
    "paid_by_relative",
    "income_on_credit",
)
"""What is unclear about a source in a way that leaves nothing of the row to record."""


def read(
    data: bytes,
    *,
    names: Names,
    known_lines: frozenset[str],
    known_accounts: frozenset[str],
    document: str = DOCUMENT,
) -> Statement:
    """The facts in an Alipay statement, or every complaint about it.

    Shape: `known_lines` and `known_accounts` are those the book has, which need no opening; `document` must be the
    same for every export of one Alipay account.
    """
    table = read_table(data)
    complaints = (*_name_complaints(names), *table.complaints)
    if complaints:
        return Statement(complaints=complaints)
    places = Places(words(), names, known_lines=known_lines, known_accounts=known_accounts)
    places.learn(row.method for row in table.rows)
    booking = _Booking(places, words(), document=document)
    booking.take_all(trades(table.rows, words()))
    return booking.statement(len(table.rows), table.notes, known={"line": known_lines, "account": known_accounts})


def _name_complaints(names: Names) -> tuple[Complaint, ...]:
    return tuple(
        complaint("bad_mapped_name", field=field, name=name, found=id_)
        for field, mapping in (("line", names.lines), ("account", names.accounts))
        for name, id_ in mapping.items()
        if NAME.fullmatch(id_) is None
    )


class _Booking:
    """Books the trades of one statement, one after another."""

    def __init__(self, places: Places, known_words: Words, *, document: str) -> None:
        self._places = places
        self._words = known_words
        self._document = document
        self._facts: list[AnyFact] = []
        self._refunds: list[Refund] = []
        self._skipped: list[RowNote] = []
        self._partial: list[RowNote] = []
        self._used: dict[tuple[str, str], tuple[Place, Row]] = {}

    def take_all(self, all_trades: tuple[Trade, ...]) -> None:
        """Book every trade, or note why not."""
        pairs = paired_refunds(all_trades)
        refunded = {
            pairs[trade.key].key
            for trade in all_trades
            if trade.key in pairs and self._standing(trade.row) == "refunded" and trade.row.amount
        }
        for trade in all_trades:
            reason = self._nothing_moved(trade, refunded=trade.key in refunded)
            if reason is None:
                self._book(trade, purchase=pairs.get(trade.key))
            else:
                self._skipped.append(reason)

    def statement(self, rows: int, notes: tuple[RowNote, ...], *, known: dict[str, frozenset[str]]) -> Statement:
        """What was booked, with the openings of the places the book does not know in front."""
        new = [(place, row) for (kind, id_), (place, row) in self._used.items() if id_ not in known[kind]]
        complaints = tuple(
            complaint("open_first", line=row.line, name=place.words, found=place.id)
            for place, row in new
            if place.opening is None
        )
        if complaints:
            return Statement(rows=rows, complaints=complaints)
        days = (zone(_ZONE).text(row.effective)[:10] for _, row in new)
        openings = [opened_on(place, day, document=self._document) for (place, _), day in zip(new, days, strict=True)]
        return Statement(
            rows=rows,
            facts=(*openings, *self._facts),
            refunds=tuple(self._refunds),
            skipped=tuple(sorted(self._skipped, key=_by_line)),
            partial=tuple(sorted((*notes, *self._partial), key=_by_line)),
            opened=tuple(place.id for place, _ in new),
        )

    def _standing(self, row: Row) -> str:
        pending = self._words.statuses.get(row.funds) == "pending"
        return "pending" if pending else self._words.statuses.get(row.status, "unknown")

    def _nothing_moved(self, trade: Trade, *, refunded: bool) -> RowNote | None:
        """Why no money moved in a row, judged by its status and amount."""
        row, flow = trade.row, trade.reading.flow
        standing = self._standing(row)
        if standing == "unknown":
            return RowNote(line=row.line, reason_code="unknown_status", detail=row.status)
        if standing in ("failed", "pending", "released") or (standing == "closed" and not refunded):
            return RowNote(line=row.line, reason_code=standing, detail=row.status)
        if not row.amount:
            return RowNote(line=row.line, reason_code="zero_amount")
        if standing == "refunded" and flow != "refund":
            return RowNote(line=row.line, reason_code="refunded_purchase", detail=row.product)
        if flow == "unknown" and not refunded:
            return RowNote(line=row.line, reason_code="unknown_wording", detail=row.product or row.category)
        return None

    def _book(self, trade: Trade, *, purchase: Trade | None) -> None:
        row = trade.row
        moved = legs_of(trade, self._places, essential=self._words.essential(row.category))
        lost = next((end for end in moved.unclear if end.reason_code in _NOTHING_KNOWN), None)
        refund = trade.reading.flow == "refund"
        if lost is None and not moved.legs and not refund:
            lost = moved.unclear[0]
        if lost is not None:
            self._skipped.append(RowNote(line=row.line, reason_code=lost.reason_code, detail=lost.detail))
            return
        for end in moved.unclear:
            note = RowNote(line=row.line, reason_code=end.reason_code, detail=end.detail, remedy=end.remedy)
            self._partial.append(note)
            for place in end.places:
                self._use(place, row)
        self._partial.extend(_remarks(row))
        self._add(trade, moved.legs)
        if refund:
            self._refund(trade, purchase)

    def _add(self, trade: Trade, legs: tuple[Leg, ...]) -> None:
        for number, leg in enumerate(legs):
            if leg.place is not None:
                self._use(leg.place, trade.row)
            envelope = {"effective": trade.row.effective, "key": f"{trade.key}:{leg.suffix}", "source": "statement"}
            note = None if number else _note(trade.row)
            self._facts.append(msgspec.structs.replace(leg.fact, **envelope, document=self._document, note=note))

    def _use(self, place: Place, row: Row) -> None:
        self._used.setdefault((place.kind, place.id), (place, row))

    def _refund(self, trade: Trade, purchase: Trade | None) -> None:
        row = trade.row
        if purchase is None:
            self._partial.append(RowNote(line=row.line, reason_code="refund_without_purchase"))
        elif purchase.reading.flow == "transfer":
            return
        order = keyed_order(base_order(row.order))
        expense_key = None if purchase is None else f"{purchase.key}:expense"
        refund = Refund(
            line=row.line,
            key=trade.key,
            order=order,
            effective=row.effective,
            amount=row.amount,
            expense_key=expense_key,
        )
        self._refunds.append(refund)


def _remarks(row: Row) -> list[RowNote]:
    if row.fee.strip("0.") in ("", "-"):
        return []
    return [RowNote(line=row.line, reason_code="fee_not_recorded", detail=row.fee)]


def _note(row: Row) -> str | None:
    """Who and what, for a person who reads the history."""
    told = [text for text in (row.counterparty, row.product) if text not in ("", "/")]
    printable = "".join(sign if sign.isprintable() else " " for sign in " · ".join(dict.fromkeys(told)))
    return " ".join(printable.split())[:_NOTE_LENGTH] or None


def _by_line(note: RowNote) -> tuple[int, str]:
    return (note.line, note.reason_code)
