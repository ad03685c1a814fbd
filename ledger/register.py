"""What a household's facts name: the memory that admission needs, learned in version order without folding."""

from array import array
from collections.abc import Sequence
from itertools import count
from typing import Any, Final

import msgspec

from ledger import events
from ledger.events import FACT_TYPES, AnyFact, Fact

_KINDS: Final = tuple(FACT_TYPES.values())
NUMBERS: Final = {kind: number for number, kind in enumerate(_KINDS)}
"""A number for each kind of fact."""
_NAMING: Final = frozenset({
    events.DrawnDown, events.RepaymentPosted, events.RepaymentSent, events.LineOpened, events.ReserveOpened,
    events.LineTermsChanged, events.HouseholdOpened,
})  # fmt: skip
"""The kinds of fact that give names."""
_NAMED: Final[dict[type[Fact], tuple[str, ...]]] = {
    events.DrawnDown: ("loan",), events.RepaymentPosted: ("payment",), events.RepaymentSent: ("payment",),
}  # fmt: skip
"""The field by which a fact gives a name only to others of its line."""
TURNING: Final = _NAMING - _NAMED.keys() | {events.Corrected, events.Voided}
"""The kinds of fact after which others are judged otherwise even where they name nothing that it gave."""
REVERSIBLE: Final = frozenset({events.DrawnDown, events.RepaymentPosted, events.RepaymentSent})
"""The kinds of fact that a reversal may name, by their version, on their own line."""
_TEXTS: Final = {"document": None, "note": None, "text": None, "name": None}


def named(kind: type[Fact]) -> tuple[str, ...]:
    """The fields of a kind of fact, not a turning one, that give a name."""
    return _NAMED.get(kind, ())


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
        "_before", "_corrects", "_keys", "_kinds", "_line_numbers", "_loans", "_on", "_opened", "_payments", "_shared",
        "_shared_before", "_was",
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
        self._shared: dict[int, tuple[str, str]] = {}
        self._shared_before: dict[int, tuple[int, tuple[str, str] | None]] = {}
        self._kinds = bytearray()
        self._on = array("I")
        self._line_numbers: dict[str, int] = {}
        self._corrects: dict[int, int] = {}
        self._opened: dict[int, Fact] = {}
        self._before: dict[int, tuple[int, Fact]] = {}
        self._was: dict[int, tuple[int, int, int]] = {}

    def learn(self, version: int, fact: AnyFact) -> None:
        """Take in a stored fact; versions come in order."""
        self.version = version
        kind = type(fact)
        self._kinds.append(NUMBERS[kind])
        self._on.append(self._line_number(fact))
        if fact.key is not None:
            self._keys[fact.key] = version
        if kind in _NAMING:
            self._name(version, fact)
        elif isinstance(fact, events.Corrected):
            self._correct(version, fact.fact, fact.replacement)
        elif isinstance(fact, events.Voided):
            self._correct(version, fact.fact, None)

    def name(self, fact: AnyFact) -> None:
        """Learn the name that a fact, not of a turning kind, gives to others of its line."""
        if type(fact) in _NAMING:
            self._name(self.version, fact)

    def learn_all(self, kinds: bytes, keys: Sequence[str | None], lines: Sequence[str], on: Sequence[int]) -> None:
        """Take in stored facts that follow each other, none of a turning kind, once the names they give are known.

        Shape: as the columns of a run (ledger.store.runs); no key is known or occurs twice.
        """
        first = self.version + 1
        self.version += len(kinds)
        self._kinds += kinds
        ours = [0] * (len(lines) + 1)
        for number in dict.fromkeys(on):
            if number:
                ours[number] = self._line_numbers.setdefault(lines[number - 1], len(self._line_numbers) + 1)
        self._on.extend(map(ours.__getitem__, on))
        told: Any = zip(keys, count(first), strict=False)
        self._keys.update((one for one in told if one[0] is not None) if None in keys else told)

    def are_new(self, keys: Sequence[str | None]) -> bool:
        """Whether nothing was recorded under any of these keys, and none occurs twice."""
        told = set(keys)
        found = self._keys.keys().isdisjoint(told)
        return found and len(told) - (None in told) == len(keys) - keys.count(None)

    def version_of_key(self, key: str) -> int:
        """The version recorded under a key, or 0."""
        return self._keys.get(key, 0)

    def kind(self, version: int) -> type[Fact]:
        """The class of the fact at a version."""
        return _KINDS[self._kinds[version - 1]]

    def on_line(self, version: int, line: str) -> bool:
        """Whether a draw or a repayment, known to stand at a version, is of this line."""
        return self._on[version - 1] == self._line_numbers.get(line, 0)

    def has_loan(self, line: str, loan: str) -> bool:
        return loan in self._loans.get(line, ())

    def has_payment(self, line: str, payment: str) -> bool:
        return payment in self._payments.get(line, ())

    def pool_path(self, line: str) -> tuple[str, ...]:
        """A line and, one after the other, those whose limit it shares; the last has the limit."""
        met, shares = [line], dict(self._shared[version] for version in sorted(self._shared))
        while (following := shares.get(met[-1])) is not None and following not in met:
            met.append(following)
        return tuple(met)

    def without(self, version: int) -> "Register":
        """This register as if what stands at a version opened and shared nothing; itself where it did neither.

        What stands at a correction stands at the fact that it corrects; a voiding that is itself corrected voids no
        more.
        """
        root = self._root(version)
        opening = self._opened.get(root)
        voided = self._before.get(root)
        if opening is None and voided is None and root not in self._shared and root != 1:
            return self
        other = Register()
        for name in Register.__slots__:
            setattr(other, name, getattr(self, name))
        other.lines, other.accounts = dict(self.lines), dict(self.accounts)
        other._opened, other._shared = dict(self._opened), dict(self._shared)
        other._shared.pop(root, None)
        if opening is not None:
            other._forget(opening)
        if voided is not None:
            other._open(*voided)
        return other

    def _root(self, version: int) -> int:
        """The fact in whose place a correction speaks; a fact that corrects nothing itself."""
        while (target := self._corrects.get(version)) is not None:
            version = target
        return version

    def _name(self, version: int, fact: Fact) -> None:
        if isinstance(fact, events.DrawnDown):
            if fact.loan is not None:
                self._loans.setdefault(fact.line, set()).add(fact.loan)
        elif isinstance(fact, events.RepaymentPosted | events.RepaymentSent):
            if fact.payment is not None:
                self._payments.setdefault(fact.line, set()).add(fact.payment)
        elif isinstance(fact, events.LineOpened | events.ReserveOpened):
            self._open(version, fact)
        elif isinstance(fact, events.HouseholdOpened):
            self.timezone, self.currency = fact.timezone, fact.currency
        if isinstance(fact, events.LineOpened | events.LineTermsChanged) and fact.shared_with is not None:
            self._shared[version] = (fact.line, fact.shared_with)

    def _open(self, version: int, fact: Fact) -> None:
        self._opened[version] = fact
        if isinstance(fact, events.LineOpened):
            self.lines[fact.line] = version
        elif isinstance(fact, events.ReserveOpened):
            self.accounts[fact.account] = version

    def _forget(self, opening: Fact) -> None:
        if isinstance(opening, events.LineOpened):
            self.lines.pop(opening.line, None)
        elif isinstance(opening, events.ReserveOpened):
            self.accounts.pop(opening.account, None)

    def _correct(self, version: int, target: int, replacement: Fact | None) -> None:
        """A name once given stays known, but an opening that was voided or corrected away no longer opens."""
        root = target if replacement is None else self._root(target)
        self._rename(version, target, root, replacement)
        self._reshare(version, target, root, replacement)
        if target in self._before and (replacement is None or root == target):
            original, opening = self._before.pop(target)
            self._reopen(original, opening)
            if replacement is None:
                return
        opening_now = self._opened.pop(root, None)
        if opening_now is not None:
            self._forget(opening_now)
            self._before[version] = (root, opening_now)
        if replacement is not None:
            self._corrects[version] = root
            self._name(root, replacement)

    def _reopen(self, version: int, opening: Fact) -> None:
        now = self._opened.get(version)
        if now is not None:
            self._forget(now)
        self._open(version, opening)

    def _reshare(self, version: int, target: int, root: int, replacement: Fact | None) -> None:
        """A corrected or voided fact shares nothing any more; one whose correction fell away, what it shared before."""
        undone = self._shared_before.pop(target, None) if root == target else None
        of, back = undone or (root, None)
        was = self._shared.pop(of, None)
        if back is not None:
            self._shared[of] = back
        if was != back or getattr(replacement, "shared_with", None) is not None:
            self._shared_before[version] = (of, was)

    def _rename(self, version: int, target: int, root: int, replacement: Fact | None) -> None:
        """A corrected fact is of its replacement's kind and line; one whose correction fell away, of its own again."""
        if replacement is None:
            if target in self._was:
                original, kind, on = self._was.pop(target)
                self._kinds[original - 1], self._on[original - 1] = kind, on
            return
        number, place = NUMBERS[type(replacement)], self._line_number(replacement)
        if (number, place) != (self._kinds[root - 1], self._on[root - 1]):
            self._was[version] = (root, self._kinds[root - 1], self._on[root - 1])
            self._kinds[root - 1], self._on[root - 1] = number, place

    def _line_number(self, fact: Any) -> int:
        """The number of the line of a draw or a repayment; 0 for any other fact."""
        return self._line_numbers.setdefault(fact.line, len(self._line_numbers) + 1) if type(fact) in REVERSIBLE else 0
