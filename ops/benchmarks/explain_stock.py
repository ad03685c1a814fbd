"""A household to explain: ten years of five lines with what real ones bring, down to corrections and gaps.

Two lines share a limit, one restores some days after a repayment, one when all is settled, cards are billed monthly;
there are instalment plans, temporary limits, freezes, cuts stated and cuts only seen, payments that come back.
"""

import random
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from ledger import events
from ledger.book import Book
from ledger.calendar import DAY, zone
from ledger.events import AnyFact, Recorded
from ledger.timeline import Timeline
from ledger.vocabulary import Method, Time

YEARS: Final = 10
ZONE: Final = zone("Asia/Shanghai")
BEGIN: Final = ZONE.at("2016-01-01")
END: Final = BEGIN + YEARS * 365 * DAY
_RATE: Final = 400_000_000
_TERMS: Final[dict[str, dict[str, Any]]] = {
    "loan": {"product": "consumer_loan", "daily_rate": _RATE},
    "later": {"product": "consumer_loan", "daily_rate": _RATE, "restoration": "t_plus_n", "restoration_days": 2},
    "card": {"product": "card", "limit_basis": "full_balance"},
    "twin": {"product": "card", "limit_basis": "full_balance", "shared_with": "card"},
    "plan": {"product": "instalment", "daily_rate": _RATE, "restoration": "on_full_settlement"},
}
LINES: Final = tuple(_TERMS)
_LIMIT: Final = 5_000_000


def household(facts: int, seed: int = 1) -> list[Recorded]:
    """A household of so many facts, evenly over the years, each recorded when it took effect."""
    return _Life(random.Random(seed), facts).recorded


class _Life:
    """Lives through the years with the book open, so that what is seen is mostly what is true."""

    def __init__(self, chance: random.Random, facts: int) -> None:
        self._chance = chance
        self.recorded: list[Recorded] = []
        self._learn(events.HouseholdOpened(effective=BEGIN))
        for line, terms in _TERMS.items():
            self._learn(events.LineOpened(effective=BEGIN, line=line, lender=line, **terms))
            if line != "twin":
                self._learn(events.LimitGranted(effective=BEGIN, line=line, limit=_LIMIT))
        self._book = Book(Timeline(self.recorded))
        for entry in self._book.timeline.entries:
            self._book.apply(entry)
        self._at = BEGIN
        self._paid: list[tuple[str, str]] = []
        every = (END - BEGIN) // (facts - len(self.recorded) + 1)
        kinds, weights = zip(*self._kinds().items(), strict=True)
        while len(self.recorded) < facts:
            self._at += every
            fact = chance.choices(kinds, weights)[0]()
            if fact is not None:
                self._learn(fact)
                self._take_in(self.recorded[-1:])

    def _learn(self, fact: AnyFact) -> None:
        number = len(self.recorded) + 1
        self.recorded.append(Recorded(version=number, recorded_at=BEGIN + number, fact=fact))

    def _take_in(self, learned: list[Recorded]) -> None:
        if not isinstance(learned[0].fact, events.Corrected | events.Voided):
            first = self._book.timeline.extend(learned)
            assert first is not None
            self._book.apply(self._book.timeline.entries[first])

    def _kinds(self) -> dict[Callable[[], AnyFact | None], int]:
        return {
            self._drew: 270, self._repaid: 250, self._came_back: 6, self._saw: 90, self._charged: 25, self._billed: 20,
            self._limited: 12, self._froze: 6, self._raised_for_a_while: 6, self._asked: 12, self._scored: 12,
            self._told: 6, self._earned: 40, self._spent: 160, self._saved: 70, self._corrected: 15,
        }  # fmt: skip

    def _when(self) -> Time:
        return ZONE.text(self._at)[:10] if self._chance.random() < 0.15 else self._at

    def _line(self) -> str:
        return self._chance.choice(LINES)

    def _drew(self) -> AnyFact | None:
        line = self._chance.choices(LINES, [4, 4, 4, 3, 1])[0]
        room = self._book.lines[line].available
        if room < 1_000:
            return None
        amount = self._chance.randrange(1_000, min(room, 90_000) + 1)
        if line == "plan":
            periods = self._chance.choice([3, 6, 12])
            method: Method = self._chance.choice(["equal_instalment", "equal_principal"])
            return events.DrawnDown(effective=self._when(), line=line, amount=amount, method=method, periods=periods)
        return events.DrawnDown(effective=self._when(), line=line, amount=amount)

    def _repaid(self) -> AnyFact | None:
        line = self._line()
        owed = self._book.lines[line].drawn
        if owed <= 0:
            return None
        amount = self._chance.choice([owed, self._chance.randrange(owed) + 1, min(owed, 50_000)])
        if line == "plan" and self._chance.random() < 0.9:
            today = ZONE.day(self._at)
            loans = self._book.lines[line].loans
            amount = loans.overdue(today) + loans.due_between(today, today + 30)
            if not amount:
                return None
        payment = f"p{len(self.recorded)}"
        self._paid = [*self._paid[-5:], (line, payment)]
        return events.RepaymentPosted(effective=self._when(), line=line, amount=amount, payment=payment)

    def _came_back(self) -> AnyFact | None:
        if not self._paid:
            return None
        line, payment = self._paid.pop()
        return events.RepaymentReversed(effective=self._at, line=line, payment=payment)

    def _saw(self) -> AnyFact:
        line = self._book.lines[self._line()]
        seen: dict[str, Any] = {"limit": line.limit, "drawn": line.drawn, "available": line.available}
        if self._chance.random() < 0.1:
            seen["available"] = seen["available"] * self._chance.randrange(50, 100) // 100
        told = self._chance.choice([("limit",), ("available",), ("drawn", "available"), ("limit", "drawn")])
        return events.LimitObserved(effective=self._at, line=line.name, **{name: seen[name] for name in told})

    def _charged(self) -> AnyFact | None:
        line = self._line()
        if self._book.lines[line].drawn <= 0:
            return None
        return events.InterestCharged(effective=self._when(), line=line, amount=self._chance.randrange(1, 3_000))

    def _billed(self) -> AnyFact | None:
        line = self._chance.choice(["card", "twin"])
        owed = self._book.lines[line].drawn
        if owed <= 0:
            return None
        due_on = date.fromisoformat(ZONE.text(self._at + 20 * DAY)[:10])
        return events.PaymentDue(effective=self._when(), line=line, amount=owed, minimum=owed // 10, due_on=due_on)

    def _limited(self) -> AnyFact:
        line = self._chance.choice(["loan", "later", "card", "plan"])
        limit = self._chance.randrange(20, 90) * 100_000
        kind = events.LimitRaised if limit > self._book.lines[line].permanent_limit else events.LimitLowered
        return kind(effective=self._at, line=line, limit=limit)

    def _froze(self) -> AnyFact:
        line = self._book.lines[self._line()]
        return (events.LineThawed if line.frozen else events.LineFrozen)(effective=self._at, line=line.name)

    def _raised_for_a_while(self) -> AnyFact:
        until = ZONE.text(self._at + 30 * DAY)[:10]
        return events.TemporaryLimitGranted(effective=self._at, line="card", amount=1_000_000, until=until)

    def _asked(self) -> AnyFact:
        return events.InquiryMade(effective=self._when(), lender=f"bank{self._chance.randrange(5)}")

    def _scored(self) -> AnyFact:
        return events.ScoreObserved(effective=self._when(), scheme="zhima", score=self._chance.randrange(600, 800))

    def _told(self) -> AnyFact:
        return events.LenderStated(effective=self._at, lender=self._line(), kind="policy_tightening")

    def _earned(self) -> AnyFact:
        return events.IncomeReceived(effective=self._when(), amount=800_000)

    def _spent(self) -> AnyFact:
        return events.ExpensePaid(effective=self._when(), amount=self._chance.randrange(1_000, 30_000))

    def _saved(self) -> AnyFact:
        return events.ReserveMoved(effective=self._when(), account="bank", amount=self._chance.randrange(-9_000, 9_999))

    def _corrected(self) -> AnyFact | None:
        target = self.recorded[-self._chance.randrange(1, min(50, len(self.recorded)))]
        match target.fact:
            case events.ExpensePaid() | events.InquiryMade() | events.LimitObserved():
                return events.Voided(effective=self._at, fact=target.version)
            case events.DrawnDown(effective=int(at), line=line, amount=amount):
                replacement = events.DrawnDown(effective=at - 3_600_000_000, line=line, amount=amount)
                return events.Corrected(effective=self._at, fact=target.version, replacement=replacement)
            case _:
                return None
