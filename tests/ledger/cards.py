"""A card's bills told once more, slowly: which payments stand, and what each settles, counted from the beginning.

Knows nothing of the fold. It takes the facts of one card without interest, no two at one time, as they are recorded.
Source: domain.md sections 1, 2 and 4, and the readings in ops/decisions/0004-readings-of-the-book.md.
"""

from datetime import date, timedelta
from typing import Any, Final

from ledger.calendar import add_months
from tests.build import Record

FIRST: Final = date(2026, 1, 1)
_MOVES: Final = {"DrawnDown": 1, "FeeCharged": 1, "RepaymentPosted": -1}


def at(day: int, hour: int | None = None) -> str:
    """A day, or an hour of it, counted from the first of January 2026."""
    text = (FIRST + timedelta(days=day)).isoformat()
    return text if hour is None else f"{text}T{hour:02}:00:00+08:00"


def hours(when: str) -> int:
    """The hour at which a fact sorts."""
    return date.fromisoformat(when[:10]).toordinal() * 24 + int(when[11:13] or 0)


def fen(yuan: str) -> int:
    return int(yuan) * 100


class Asked:
    """A bill. Shape: made after the first `after` payments, when `owed` was owed; `took` by bills made earlier."""

    def __init__(self, fact: Record) -> None:
        self.due = date.fromisoformat(fact["due_on"])
        self.first = fen(fact["amount"]), fen(fact["minimum"]) if "minimum" in fact else None
        self.amount, self.minimum = self.first
        self.after = self.owed = 0
        self.took: dict[Asked, int] = {}

    @property
    def month(self) -> tuple[int, int]:
        return self.due.year, self.due.month

    def left(self, got: int) -> int:
        return max(0, self.amount - got)

    def late(self, got: int) -> int:
        return self.left(got) if self.minimum is None else max(0, self.minimum - got)


class Card:
    """A card as of the end of a day, counted from the first of January, by facts with their versions."""

    def __init__(self, facts: list[tuple[int, Record]], day: int) -> None:
        self.day = FIRST + timedelta(days=day)
        self.owed = 0
        self.payments: list[tuple[int, int]] = []
        self.bounced: set[int] = set()
        self.bills: list[Asked] = []
        self.past: list[tuple[int, int, int]] = [(0, 0, 0)]
        for version, fact in sorted(_standing(facts), key=lambda one: hours(one[1]["effective_at"])):
            when = hours(fact["effective_at"])
            if when < (self.day.toordinal() + 1) * 24:
                self._happen(fact, version, when)

    def told(self) -> tuple[Any, ...]:
        """What is owed, what of it is overdue, for how many days, and what the bills ahead ask for."""
        got = self._got(len(self.payments))
        late = [bill for bill in self.bills if bill.due <= self.day and bill.late(got[bill])]
        overdue = min(max(0, self.owed), sum(bill.late(got[bill]) for bill in late))
        days = (self.day - min(bill.due for bill in late)).days if overdue else 0
        ahead = sorted((bill.due.toordinal(), bill.left(got[bill])) for bill in self.bills if bill.due > self.day)
        return self.owed, overdue, days, ahead

    def _happen(self, fact: Record, version: int, when: int) -> None:
        match fact["type"]:
            case "PaymentDue":
                self._bill(Asked(fact), when)
            case "RepaymentReversed":
                target = int(fact["fact"].split(":")[1])
                self.owed += sum(amount for paid, amount in self.payments if paid == target)
                self.bounced.add(target)
            case kind:
                self.owed += fen(fact["amount"]) * _MOVES[kind]
                if kind == "RepaymentPosted":
                    self.payments.append((version, fen(fact["amount"])))
        self.past.append((when, self.owed, len(self.payments)))

    def _got(self, payments: int) -> dict[Asked, int]:
        """What each bill has got of the payments that stand, of so many."""
        got = dict.fromkeys(self.bills, 0)
        for place, (version, amount) in enumerate(self.payments[:payments]):
            for bill in sorted(self.bills, key=lambda one: one.due):
                if version not in self.bounced and bill.after <= place:
                    part = min(amount, bill.left(got[bill]))
                    got[bill] += part
                    amount -= part
        return got

    def _bill(self, bill: Asked, when: int) -> None:
        begun, until = add_months(bill.due.toordinal(), -1) * 24 + 24, bill.due.toordinal() * 24 + 24
        ends = [one[0] for one in self.past[1:]] + [when]
        times = [
            (owed, paid)
            for (since, owed, paid), end in zip(self.past, ends, strict=True)
            if since < until and end >= begun
        ]
        exact = [one for one in times if one[0] == bill.amount]
        again = bill.due.toordinal() < when // 24
        bill.owed, bill.after = self.owed, len(self.payments)
        if again:
            bill.owed, bill.after = (exact or times)[0]
        elif exact:
            bill.owed = bill.amount
        bill.owed = max(0, bill.owed)
        for older in [one for one in self.bills if one.month == bill.month]:
            again, bill.after = True, min(bill.after, older.after)
            self.bills.remove(older)
        later = [one for one in self.bills if again and one.due > bill.due and one.after >= bill.after]
        later.sort(key=lambda one: one.after)
        for one in reversed(later):
            for earlier, amount in one.took.items():
                earlier.amount += amount
            one.amount, one.minimum = one.first
            one.took = {}
        self.bills.append(bill)
        for one in (bill, *later):
            self._repeat(one)

    def _repeat(self, bill: Asked) -> None:
        """What it repeats of earlier bills is asked for once: by it, or as far as it is late by the earlier ones."""
        got = self._got(bill.after)
        earlier = [one for one in self.bills if one.due < bill.due]
        left = sum(one.left(got[one]) for one in earlier)
        twice = min(left, left + bill.amount - bill.owed)
        if twice <= 0 or bill.amount < left:
            return
        for one in earlier:
            part = min(twice, one.left(got[one]) - one.late(got[one]))
            one.amount -= part
            bill.took[one] = part
            twice -= part
        bill.amount = max(0, bill.amount - twice)
        bill.minimum = None if bill.minimum is None else max(0, bill.minimum - twice)


def _standing(facts: list[tuple[int, Record]]) -> list[tuple[int, Record]]:
    standing = dict(facts)
    for version, fact in facts:
        if fact["type"] in ("Voided", "Corrected"):
            del standing[version]
            target = int(fact["fact"].split(":")[1])
            standing[target] = fact.get("replacement", {})
    return [(version, fact) for version, fact in standing.items() if fact]
