"""What the words of an Alipay statement mean: statuses, wordings, categories, read from one table.

Source: alipay.toml beside this file.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import msgspec

from ledger.importers.alipay_rows import Row
from ledger.vocabulary import AccountKind, LenderClass, Product

Flow: TypeAlias = Literal["draw", "repay", "interest", "transfer", "refund", "spend", "income", "unknown"]

_COUNTED_TOO: Final[dict[str, tuple[str, ...]]] = {
    "draw": ("received",), "repay": ("spent",), "interest": ("received",), "transfer": ()
}  # fmt: skip
"""Directions in which older statements count a flow that later ones do not count at all."""


class LinePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the table knows it."""

    names: tuple[str, ...]
    pattern: str = ""
    id: str
    lender: str
    lender_class: LenderClass | None = None
    product: Product = "consumer_loan"


class AccountPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A reserve account as the table knows it."""

    names: tuple[str, ...]
    id: str
    kind: AccountKind


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """What a product text means: which flow, from where, to where."""

    pattern: re.Pattern[str]
    flow: Flow
    origin: str = ""
    target: str = ""
    otherwise: str = ""

    def bound(self, found: re.Match[str]) -> "Wording":
        """This wording with the groups of its pattern filled in."""
        groups = {name: text for name, text in found.groupdict().items() if text is not None}
        origin, target = (groups.get(text.strip("{}"), text) for text in (self.origin, self.target))
        return msgspec.structs.replace(self, origin=origin, target=target)


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The whole table, ready to ask."""

    statuses: dict[str, str]
    directions: dict[str, str]
    lines: tuple[LinePlace, ...]
    accounts: tuple[AccountPlace, ...]
    wordings: tuple[Wording, ...]
    discounts: tuple[str, ...]
    relatives: re.Pattern[str]
    many_lenders: re.Pattern[str]
    unnamed: frozenset[str]
    essentials: dict[str, bool]
    essential_unlisted: bool
    banks: dict[str, str]

    def essential(self, category: str) -> bool:
        """Whether spending of a category is essential."""
        return self.essentials.get(category, self.essential_unlisted)

    def reading(self, row: Row) -> Wording:
        """What a row tells, whatever its status."""
        direction = self.directions.get(row.direction, "")
        if _is_refund(row):
            return Wording(pattern=_ANY, flow="refund", target="{method}")
        for wording in self.wordings:
            found = wording.pattern.search(row.product)
            if found and direction in ("uncounted", *_COUNTED_TOO[wording.flow]):
                return wording.bound(found)
        if direction == "spent":
            return Wording(pattern=_ANY, flow="spend", origin="{method}")
        if direction == "received":
            return Wording(pattern=_ANY, flow="income", target="{method}", otherwise="余额")
        return Wording(pattern=_ANY, flow="unknown")


_ANY: Final = re.compile("")


def _is_refund(row: Row) -> bool:
    """A row that gives money back; a purchase that is merely marked as refunded is none."""
    told = row.category == "退款" or row.product.startswith(("退款-", "退款－"))
    return told or (row.status == "退款成功" and row.direction != "支出")


@cache
def words() -> Words:
    """The table."""
    read = tomllib.loads((Path(__file__).parent / "alipay.toml").read_text(encoding="utf-8"))
    banks = _inverted(read["banks"])
    return Words(
        statuses=_inverted(read["statuses"]),
        directions=_inverted(read["directions"]),
        lines=msgspec.convert(read["lines"], tuple[LinePlace, ...]),
        accounts=msgspec.convert(read["accounts"], tuple[AccountPlace, ...]),
        wordings=tuple(_wording(entry, banks=banks) for entry in read["wordings"]),
        discounts=tuple(read["sources"]["discounts"]),
        relatives=re.compile(read["sources"]["relatives"]),
        many_lenders=re.compile(read["sources"]["many_lenders"]),
        unnamed=frozenset(read["sources"]["unnamed"]),
        essentials=read["essential"]["categories"],
        essential_unlisted=read["essential"]["unlisted"],
        banks=banks,
    )


def _wording(entry: dict[str, Any], *, banks: Iterable[str]) -> Wording:
    any_bank = "|".join(sorted(map(re.escape, banks)))
    return Wording(
        pattern=re.compile(entry["pattern"].replace("{banks}", f"(?:{any_bank})")),
        flow=entry["flow"],
        origin=entry.get("from", ""),
        target=entry.get("to", ""),
        otherwise=entry.get("otherwise", ""),
    )


def _inverted(table: dict[str, list[str]]) -> dict[str, str]:
    return {word: meaning for meaning, listed in table.items() for word in listed}
