"""Which line or account a statement's words for a source of money mean, and how to open it.

Source: domain.md section 2 (basis of cards), contract.md section 3 (`--line`, `--account`).
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, Literal, TypeAlias

import msgspec

from ledger.events import LineOpened, ReserveOpened
from ledger.importers.alipay_words import AccountPlace, LinePlace, Words
from ledger.importers.statement import Names

PlaceKind: TypeAlias = Literal["line", "account"]

_CARD: Final = re.compile(r"(?P<bank>[^()]*?)(?P<kind>信用卡|贷记卡|储蓄卡|借记卡|卡)?(\(\D*(?P<tail>\d{3,4})\))?")
_CREDIT: Final = ("信用卡", "贷记卡")
_DEBIT: Final = ("储蓄卡", "借记卡")
_QUICKPASS_PREFIX: Final = "云闪付-"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A line or account of the household that a row moves money in; `opening` is None where its kind is not told."""

    kind: PlaceKind
    id: str
    words: str
    opening: LineOpened | ReserveOpened | None = None


class Unclear(msgspec.Struct, frozen=True, kw_only=True):
    """Why words name no one place: a code of reasons.toml, and the words.

    Shape: `places` are those that share an amount in parts nobody told; `remedy` the facts that would tell them.
    """

    reason_code: str
    detail: str = ""
    places: tuple[Place, ...] = ()
    remedy: tuple[str, ...] = ()


Found: TypeAlias = Place | Unclear

UNNAMED: Final = Unclear(reason_code="source_not_named")


class _Card(msgspec.Struct, frozen=True, kw_only=True):
    bank: str
    tail: str
    kind: PlaceKind | None


class Places:
    """Finds the place that words mean: the household's own names first, then the table, then cards by their bank."""

    def __init__(
        self, words: Words, names: Names, *, known_lines: frozenset[str], known_accounts: frozenset[str]
    ) -> None:
        self._words = words
        self._lines = {_plain(name): line for name, line in names.lines.items()}
        self._accounts = {_plain(name): account for name, account in names.accounts.items()}
        self._known = {"line": set(known_lines), "account": set(known_accounts)}
        self._payers: dict[str, Found] = {}

    def learn(self, methods: Iterable[str]) -> None:
        """Take note of the cards a statement names with their kind, for rows that leave the kind out."""
        self._payers.clear()
        for method in set(methods):
            for part in _parts(method):
                card = _card(part)
                if card is not None and card.kind is not None:
                    place = self.single(part)
                    if isinstance(place, Place):
                        self._known[place.kind].add(place.id)

    def payer(self, method: str) -> Found:
        """The one place that bears the amount of a payment column; parts that are nobody's money bear nothing."""
        found = self._payers.get(method)
        if found is None:
            found = self._payers[method] = self._bearer(method)
        return found

    def _bearer(self, method: str) -> Found:
        parts = _parts(method)
        real = [part for part in parts if not self._is_discount(part)]
        if parts and not real:
            return Unclear(reason_code="paid_by_discount", detail=method)
        if len(real) > 1:
            return self._joined(method, [self.single(part) for part in real])
        return self.single(real[0] if real else "")

    def _joined(self, method: str, found: list[Found]) -> Found:
        """What several sources are together: one place under two names, or the household's own in unknown shares."""
        foreign = {end.reason_code: end for end in found if isinstance(end, Unclear)}
        if "unknown_source" in foreign:
            return foreign["unknown_source"]
        if "paid_by_relative" in foreign:
            return Unclear(reason_code="joined_with_relative", detail=method)
        places = {(end.kind, end.id): end for end in found if isinstance(end, Place)}
        if len(places) == 1 and not foreign:
            return next(iter(places.values()))
        return Unclear(reason_code="joined_sources", detail=method, places=tuple(places.values()))

    def single(self, text: str) -> Found:
        """The place that one name means."""
        text = _plain(text)
        mapped = self._mapped(text)
        if mapped is not None:
            return mapped
        if text in self._words.unnamed:
            return self._mapped("未注明") or UNNAMED
        if self._words.relatives.fullmatch(text):
            return Unclear(reason_code="paid_by_relative", detail=text)
        return self._of_table(text) or self._of_some_lender(text) or self._of_card(text)

    def card(self, texts: Iterable[str], *, kind: PlaceKind) -> Found:
        """The card of one kind that the first of some texts names, such as the bank at the other end of a transfer."""
        told = ""
        for text in texts:
            found = self._card_named(_plain(text), kind=kind)
            if isinstance(found, Place):
                return found
            told = told or found
        reason_code, any_card = ("card_not_named", "信用卡") if kind == "line" else ("bank_not_named", "银行卡")
        return self._mapped(any_card) or Unclear(reason_code=reason_code, detail=told or any_card)

    def investment(self) -> Found:
        """The account the household keeps its funds and gold under, if it named one."""
        return self._mapped("基金") or Unclear(reason_code="investment_not_tracked")

    def _is_discount(self, part: str) -> bool:
        if part in self._lines or part in self._accounts:
            return False
        return any(word in part for word in self._words.discounts)

    def _mapped(self, text: str) -> Place | None:
        if text in self._lines:
            return self._named("line", self._lines[text], text)
        if text in self._accounts:
            return self._named("account", self._accounts[text], text)
        alias = self._canonical(text)
        return self._mapped(alias) if alias and alias != text else None

    def _named(self, kind: PlaceKind, id_: str, text: str) -> Place:
        """A place under the household's own id, opened as the table or the card would be when that is of its kind."""
        usual = self._of_table(text)
        if usual is None:
            card = _card(text)
            usual = self._card_place(card, kind, text) if card is not None and card.kind in (kind, None) else None
        opening = usual.opening if usual is not None and usual.kind == kind else None
        return Place(kind=kind, id=id_, words=text, opening=_renamed(opening, id_))

    def _canonical(self, text: str) -> str | None:
        """The name the table knows a place by, for one of its other names."""
        entry = self._entry(text)
        if entry is None:
            return None
        own = self._lines if isinstance(entry, LinePlace) else self._accounts
        return next((name for name in entry.names if name in own), entry.names[0])

    def _entry(self, text: str) -> LinePlace | AccountPlace | None:
        for line in self._words.lines:
            if text in line.names or (line.pattern and re.fullmatch(line.pattern, text)):
                return line
        return next((account for account in self._words.accounts if text in account.names), None)

    def _of_table(self, text: str) -> Place | None:
        entry = self._entry(text)
        if isinstance(entry, LinePlace):
            return Place(kind="line", id=entry.id, words=text, opening=_ant_line(entry))
        if isinstance(entry, AccountPlace):
            opened = ReserveOpened(effective=0, account=entry.id, kind=entry.kind, name=entry.names[0])
            return Place(kind="account", id=entry.id, words=text, opening=opened)
        return None

    def _of_some_lender(self, text: str) -> Unclear | None:
        """A credit line surely, but many lenders offer one under this name: the household must say which line it is."""
        named = self._words.many_lenders.fullmatch(text)
        return Unclear(reason_code="line_not_named", detail=text) if named else None

    def _of_card(self, text: str) -> Found:
        card = _card(text)
        if card is None:
            return Unclear(reason_code="unknown_source", detail=text)
        if card.kind is not None:
            return self._card_place(card, card.kind, text)
        return self._card_of_either_kind(card, text)

    def _card_of_either_kind(self, card: _Card, text: str) -> Found:
        """A card whose kind the row leaves out: the one the book or the statement knows, if it knows just one."""
        choices = [self.single(f"{card.bank}{kind}({card.tail})") for kind in (_CREDIT[0], _DEBIT[0])]
        known = [place for place in choices if isinstance(place, Place) and place.id in self._known[place.kind]]
        if len(known) == 1:
            return known[0]
        return Unclear(reason_code="card_kind_not_told", detail=text)

    def _card_named(self, text: str, *, kind: PlaceKind) -> Place | str:
        """The card of a kind that a text names; else the words by which the household could name it."""
        card = _card(text)
        if card is None:
            return ""
        label = text if card.kind or card.tail else f"{card.bank}{'信用卡' if kind == 'line' else '储蓄卡'}"
        for name in (text, label):
            mapped = self._mapped(name)
            if mapped is not None and mapped.kind == kind:
                return mapped
        if card.kind not in (kind, None):
            return ""
        place = self._card_place(card, kind, label)
        return place if card.tail or place.id in self._known[kind] else label

    def _card_place(self, card: _Card, kind: PlaceKind, text: str) -> Place:
        banks = self._words.banks
        slug = banks.get(card.bank) or banks.get(card.bank.removeprefix("中国"))
        lender = slug or f"bank-{_short(card.bank)}"
        end = card.tail or ("credit" if kind == "line" else "debit")
        id_ = f"{slug}-{end}" if slug else f"card-{end}-{_short(card.bank)}"
        if kind == "line":
            line = LineOpened(
                effective=0, line=id_, lender=lender, product="card", limit_basis="full_balance", lender_class="bank"
            )
            return Place(kind=kind, id=id_, words=text, opening=line)
        account = ReserveOpened(effective=0, account=id_, kind="demand_deposit", name=text)
        return Place(kind=kind, id=id_, words=text, opening=account)


def opened_on(place: Place, day: str, *, document: str) -> LineOpened | ReserveOpened:
    """The fact that opens a place, from the day of its first use on."""
    assert place.opening is not None
    key = f"opened:{place.kind}:{place.id}"
    return msgspec.structs.replace(place.opening, effective=day, key=key, source="statement", document=document)


def _renamed(opening: LineOpened | ReserveOpened | None, id_: str) -> LineOpened | ReserveOpened | None:
    if isinstance(opening, LineOpened):
        return msgspec.structs.replace(opening, line=id_)
    if isinstance(opening, ReserveOpened):
        return msgspec.structs.replace(opening, account=id_)
    return None


def _ant_line(entry: LinePlace) -> LineOpened:
    return LineOpened(
        effective=0,
        line=entry.id,
        lender=entry.lender,
        lender_group="ant",
        product=entry.product,
        lender_class=entry.lender_class,
    )


def _parts(method: str) -> list[str]:
    return [part for part in (_plain(part) for part in re.split("[&＆]", method)) if part]


def _plain(text: str) -> str:
    return text.strip().replace("（", "(").replace("）", ")")


def _card(text: str) -> _Card | None:
    """The bank card that a text names, if it names one."""
    found = _CARD.fullmatch(text.removeprefix(_QUICKPASS_PREFIX))
    if found is None or not found["bank"]:
        return None
    if found["kind"] not in (*_CREDIT, *_DEBIT) and "银行" not in found["bank"]:
        return None
    kind: PlaceKind | None = None
    if found["kind"] in _CREDIT:
        kind = "line"
    elif found["kind"] in _DEBIT:
        kind = "account"
    return _Card(bank=found["bank"], tail=found["tail"] or "", kind=kind)


def _short(text: str) -> str:
    """A few stable letters for a name that has no place in the table of banks."""
    return sha256(text.encode()).hexdigest()[:4]
