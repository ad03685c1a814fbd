"""The rows of an Alipay statement with their keys, and which purchase a refund belongs to.

Source: contract.md section 3: key = order number + kind of row + digest of time, amount, counterparty, product +
ordinal among identical rows; the status is left out, since it changes between exports.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec

from ledger.importers.alipay_rows import Row
from ledger.importers.alipay_words import Wording, Words

_DIGEST_DIGITS: Final = 12
_KEYED_ORDER: Final = re.compile(r"[0-9A-Za-z_*.\-]{1,64}")
_BEFORE_SUFFIX: Final = re.compile(r"[^_*]*")
_REFUND_WORDS: Final = re.compile("^退款[-－]")


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """A row, what it tells, and the key its facts are known by."""

    row: Row
    reading: Wording
    key: str


def trades(rows: Iterable[Row], words: Words) -> tuple[Trade, ...]:
    """All rows with their keys, in the order of time."""
    alike: dict[str, list[tuple[Row, Wording]]] = defaultdict(list)
    for row in rows:
        reading = words.reading(row)
        alike[_stem(row, reading)].append((row, reading))
    keyed = [
        Trade(row=row, reading=reading, key=f"{stem}:{ordinal}")
        for stem, group in alike.items()
        for ordinal, (row, reading) in enumerate(sorted(group, key=lambda entry: _among_alike(entry[0], words)))
    ]
    return tuple(sorted(keyed, key=lambda trade: (trade.row.effective, trade.key)))


def base_order(order: str) -> str:
    """The order that a refund's number was made from: the part before the first _ or *."""
    found = _BEFORE_SUFFIX.match(order)
    return found[0] if found is not None and found[0] else order


def keyed_order(order: str) -> str:
    """An order number as it stands in keys."""
    if not order:
        return "none"
    return order if _KEYED_ORDER.fullmatch(order) else f"x{_digest(order)}"


def paired_refunds(all_trades: Iterable[Trade]) -> dict[str, Trade]:
    """The purchase of each refund whose purchase the statement holds, by the refund's key."""
    purchases = [trade for trade in all_trades if trade.reading.flow in ("spend", "unknown", "transfer")]
    by_order: dict[str, list[Trade]] = defaultdict(list)
    by_merchant: dict[str, list[Trade]] = defaultdict(list)
    for trade in purchases:
        by_order[trade.row.order].append(trade)
        by_merchant[trade.row.merchant_order].append(trade)
    pairs: dict[str, Trade] = {}
    for refund in all_trades:
        if refund.reading.flow == "refund":
            row = refund.row
            known = by_order[base_order(row.order)] or (by_merchant[row.merchant_order] if row.merchant_order else [])
            purchase = _the_one(refund, known)
            if purchase is not None:
                pairs[refund.key] = purchase
    return pairs


def _the_one(refund: Trade, known: list[Trade]) -> Trade | None:
    """The only purchase that fits; where files reuse a number, the one of the same goods, then of the same amount."""
    row = refund.row
    goods = _REFUND_WORDS.sub("", row.product)
    fitting = [trade for trade in known if trade.row.effective <= row.effective and trade.row.amount >= row.amount]
    for narrower in (
        fitting,
        [trade for trade in fitting if trade.row.product == goods],
        [trade for trade in fitting if trade.row.product == goods and trade.row.amount == row.amount],
    ):
        if len(narrower) == 1:
            return narrower[0]
    return None


def _stem(row: Row, reading: Wording) -> str:
    # A person may turn spending into "not counted" at any time: both are one kind.
    kind = "spend" if reading.flow == "unknown" else reading.flow
    told = "\x1f".join((str(row.effective), str(row.amount), row.counterparty, row.product))
    return f"alipay:{keyed_order(row.order)}:{kind}:{_digest(told)}"


def _among_alike(row: Row, words: Words) -> tuple[object, ...]:
    """An order of identical rows that does not depend on their place in the file.

    The status comes last and tells apart only rows of equal content, so that their facts are the same whichever of
    them is first.
    """
    moved = words.statuses.get(row.status) in ("moved", "refunded")
    return (row.method, row.merchant_order, row.category, row.direction, row.remark, not moved, row.status)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_DIGEST_DIGITS]
