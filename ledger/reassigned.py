"""Draws and payments that a correction gave to another line, and the reversals that go with them.

A replacement keeps the id of the fact it stands for, so a reversal is of that fact wherever it stands now.
Source: domain.md section 1 (corrections keep id and version), section 2 (reversals).
Limit: a payment of several parts that now stand on several lines, or under several ids, is not followed by its id;
its reversal is then told to undo nothing (projections/findings.py), unless a part is still where it was.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from ledger import events
from ledger.events import AnyFact, Recorded

_PAYMENTS: Final = (events.RepaymentPosted, events.RepaymentSent)
_REVERSIBLE: Final = (events.DrawnDown, *_PAYMENTS)
_REVERSES: Final[dict[type[events.Fact], tuple[type[events.Fact], ...]]] = {
    events.RepaymentReversed: _PAYMENTS,
    events.DrawReversed: (events.DrawnDown,),
}


class Reassigned:
    """Where draws and payments stand that were recorded on another line; false when there are none."""

    __slots__ = ("_named", "_now")

    def __init__(
        self, known: Iterable[Recorded] = (), verdicts: Mapping[int, tuple[int, AnyFact | None]] | None = None
    ) -> None:
        self._now: dict[int, Any] = {}
        self._named: dict[tuple[str, str], dict[int, None]] = defaultdict(dict)
        if verdicts and any(isinstance(fact, _REVERSIBLE) for _, fact in verdicts.values()):
            self._learn(known, verdicts)

    def __bool__(self) -> bool:
        return bool(self._now)

    def followed(self, fact: Any, *, version: int) -> Any:
        """The reversal on the line where what it names stands now; any other fact as it is."""
        reverses = _REVERSES.get(type(fact))
        if reverses is None:
            return fact
        if fact.fact is not None:
            target: Any = self._now.get(fact.fact)
            return msgspec.structs.replace(fact, line=target.line) if type(target) in reverses else fact
        payment = getattr(fact, "payment", None)
        return fact if payment is None else self._followed_by_id(fact, payment, version=version)

    def _followed_by_id(self, fact: Any, payment: str, *, version: int) -> Any:
        """By the caller's id a reversal names the payments that bore it on its line when it was recorded."""
        named = [one for one in self._named.get((fact.line, payment), ()) if one < version]
        now: list[Any] = [self._now.get(one) for one in named]
        if not now or not all(type(one) in _PAYMENTS for one in now):
            return fact
        if len(named) == 1:
            return msgspec.structs.replace(fact, line=now[0].line, payment=None, fact=named[0])
        places = {(one.line, one.payment) for one in now}
        line, known_as = places.pop()
        return fact if places or known_as is None else msgspec.structs.replace(fact, line=line, payment=known_as)

    def _learn(self, known: Iterable[Recorded], verdicts: Mapping[int, tuple[int, AnyFact | None]]) -> None:
        corrects: dict[int, int] = {}
        for one in known:
            said: Any = one.fact
            root = one.version
            if isinstance(said, events.Corrected):
                root = corrects.get(said.fact, said.fact)
                corrects[one.version] = root
                said = said.replacement
            now: Any = verdicts.get(root, (0, said))[1]
            if now is not None and isinstance(said, _PAYMENTS) and said.payment is not None:
                self._named[said.line, said.payment].setdefault(root)
            if isinstance(said, _REVERSIBLE) and isinstance(now, _REVERSIBLE) and now.line != said.line:
                self._now[root] = now
