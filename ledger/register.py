"""What a household's facts name: the memory that admission needs, learned in version order without folding."""

from hashlib import blake2b
from typing import Final

import msgspec

from ledger import events
from ledger.events import FACT_TYPES, AnyFact, Fact

_KINDS: Final = tuple(FACT_TYPES.values())
_NUMBERS: Final = {kind: number for number, kind in enumerate(_KINDS)}
_NAMING: Final = frozenset({
    events.DrawnDown, events.RepaymentPosted, events.RepaymentSent, events.LineOpened, events.ReserveOpened,
    events.LineTermsChanged, events.HouseholdOpened,
})  # fmt: skip
"""The kinds of fact that give names."""
_TEXTS: Final = {"document": None, "note": None, "text": None, "name": None}
_MASK: Final = (1 << 64) - 1


def content_mark(fact: Fact) -> int:
    """A 64-bit mark of a fact's content without its personal texts, by which a repeated key is judged.

    A hash over the texts would outlive their erasure, so texts are compared by the store while it has their salts.
    """
    return mark_of(events.encode(without_texts(fact)))


def mark_of(bare: bytes) -> int:
    """The mark of a fact without texts, from its stored form."""
    return int.from_bytes(blake2b(bare, digest_size=8).digest(), "big")


def without_texts(fact: Fact) -> Fact:
    """The fact with every personal text left out."""
    changes: dict[str, object] = {
        name: None for name in _TEXTS if getattr(fact, name, None) is not None
    }  # fmt: skip
    if isinstance(fact, events.Corrected):
        changes["replacement"] = without_texts(fact.replacement)
    return msgspec.structs.replace(fact, **changes) if changes else fact


class Register:
    """The names a household's facts have given: lines, accounts, loans, payments, keys, and each fact's kind."""

    __slots__ = (
        "_before", "_keys", "_kinds", "_loans", "_opened", "_payments", "_shares", "_was",
        "accounts", "currency", "lines", "timezone", "version",
    )  # fmt: skip

    def __init__(self) -> None:
        self.version = 0
        self.timezone = "Asia/Shanghai"
        self.currency = "CNY"
        self.lines: dict[str, int] = {}
        self.accounts: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._loans: dict[str, set[str]] = {}
        self._payments: dict[str, set[str]] = {}
        self._shares: dict[str, str] = {}
        self._kinds = bytearray()
        self._opened: dict[int, Fact] = {}
        self._before: dict[int, tuple[int, Fact]] = {}
        self._was: dict[int, tuple[int, int]] = {}

    def learn(self, version: int, fact: AnyFact, *, mark: int | None = None) -> None:
        """Take in a stored fact; versions come in order. `mark` is its content mark, if that is known already."""
        self.version = version
        kind = type(fact)
        self._kinds.append(_NUMBERS[kind])
        if fact.key is not None:
            self._keys[fact.key] = version << 64 | (content_mark(fact) if mark is None else mark)
        if kind in _NAMING:
            self._name(version, fact)
        elif isinstance(fact, events.Corrected):
            self._correct(version, fact.fact, fact.replacement)
        elif isinstance(fact, events.Voided):
            self._correct(version, fact.fact, None)

    def version_of_key(self, key: str) -> int:
        """The version recorded under a key, or 0."""
        return self._keys.get(key, 0) >> 64

    def mark_of_key(self, key: str) -> int:
        """The content mark recorded under a key, or 0."""
        return self._keys.get(key, 0) & _MASK

    def kind(self, version: int) -> type[Fact]:
        """The class of the fact at a version."""
        return _KINDS[self._kinds[version - 1]]

    def has_loan(self, line: str, loan: str) -> bool:
        return loan in self._loans.get(line, ())

    def has_payment(self, line: str, payment: str) -> bool:
        return payment in self._payments.get(line, ())

    def pool_root(self, line: str) -> str:
        """The line at the end of the chain of shared limits that begins at `line`."""
        seen = {line}
        while (following := self._shares.get(line)) is not None and following not in seen:
            seen.add(following)
            line = following
        return line

    def without(self, version: int) -> "Register":
        """This register as if the opening at a version did not exist; itself when that fact opened nothing."""
        opening = self._opened.get(version)
        if opening is None and version != 1:
            return self
        other = Register()
        for name in Register.__slots__:
            setattr(other, name, getattr(self, name))
        other.lines, other.accounts = dict(self.lines), dict(self.accounts)
        if opening is not None:
            other._forget(opening)
        return other

    def _name(self, version: int, fact: Fact) -> None:
        if isinstance(fact, events.DrawnDown):
            if fact.loan is not None:
                self._loans.setdefault(fact.line, set()).add(fact.loan)
        elif isinstance(fact, events.RepaymentPosted | events.RepaymentSent):
            if fact.payment is not None:
                self._payments.setdefault(fact.line, set()).add(fact.payment)
        elif isinstance(fact, events.LineOpened | events.ReserveOpened):
            self._open(version, fact)
        elif isinstance(fact, events.LineTermsChanged):
            if fact.shared_with is not None:
                self._shares[fact.line] = fact.shared_with
        elif isinstance(fact, events.HouseholdOpened):
            self.timezone, self.currency = fact.timezone, fact.currency

    def _open(self, version: int, fact: Fact) -> None:
        self._opened[version] = fact
        if isinstance(fact, events.LineOpened):
            self.lines[fact.line] = version
            if fact.shared_with is not None:
                self._shares[fact.line] = fact.shared_with
        elif isinstance(fact, events.ReserveOpened):
            self.accounts[fact.account] = version

    def _forget(self, opening: Fact) -> None:
        if isinstance(opening, events.LineOpened):
            self.lines.pop(opening.line, None)
        elif isinstance(opening, events.ReserveOpened):
            self.accounts.pop(opening.account, None)

    def _correct(self, version: int, target: int, replacement: Fact | None) -> None:
        """A name once given stays known, but an opening that was voided or corrected away no longer opens."""
        self._rename(version, target, replacement)
        if target in self._before:
            original, opening = self._before.pop(target)
            self._open(original, opening)
            return
        opening_now = self._opened.pop(target, None)
        if opening_now is not None:
            self._forget(opening_now)
            self._before[version] = (target, opening_now)
        if replacement is not None:
            self._name(target, replacement)

    def _rename(self, version: int, target: int, replacement: Fact | None) -> None:
        """A corrected fact is of its replacement's kind; one whose correction fell away, of its own again."""
        if target in self._was:
            original, kind = self._was.pop(target)
            self._kinds[original - 1] = kind
        if replacement is not None and type(replacement) is not self.kind(target):
            self._was[version] = (target, self._kinds[target - 1])
            self._kinds[target - 1] = _NUMBERS[type(replacement)]
