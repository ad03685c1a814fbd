"""Whatever happens to a card, its bills are told as if they were counted from the beginning."""

from typing import Any

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from tests.build import (
    Record,
    billed,
    charged_fee,
    corrected,
    drew,
    granted,
    opened_line,
    repaid,
    repayment_reversed,
    voided,
)
from tests.ledger.cards import FIRST, Card, at, hours
from tests.spec import History, given

CARD = (
    opened_line(product="card", limit_basis="full_balance", at="2025-12-01"), granted(90000, "2025-12-01"),
)  # fmt: skip
LAST = 180
Facts = list[tuple[int, Record]]

yuan = st.sampled_from([100, 200, 300, 500, 1000]) | st.integers(1, 2000)
days = st.integers(0, LAST)
kinds = st.sampled_from(["draw", "draw", "pay", "pay", "bill", "bill", "bill", "bounce", "fee", "void", "correct"])
CORRECTED = ("DrawnDown", "RepaymentPosted", "PaymentDue")


def _day(fact: Record) -> int:
    return hours(fact["effective_at"]) // 24 - FIRST.toordinal()


def _bill(draw: st.DrawFn, facts: Facts, amount: int, version: int) -> Record:
    """A bill from up to a month before its day, or at any time; for anything, or for all that was owed by a day."""
    due = draw(days)
    made = draw(st.integers(0, 27).map(lambda days: max(0, due - days)) | days)
    if draw(st.booleans()):
        amount = max(1, Card(facts, draw(st.just(made) | days)).owed // 100)
    minimum = {"minimum": str(max(1, amount // 10))} if draw(st.booleans()) else {}
    return billed(amount, at(made, version), due_on=at(due), **minimum)


@st.composite
def cards(draw: st.DrawFn) -> Facts:
    """What is recorded of a card, in any order, each at an hour of its own."""
    facts: Facts = []
    bounced: set[int] = set()
    for version, kind in enumerate(draw(st.lists(kinds, min_size=3, max_size=12)), start=len(CARD) + 2):
        amount, day = draw(yuan), draw(days)
        payments = [one for one in facts if one[1]["type"] == "RepaymentPosted" and one[0] not in bounced]
        wrong = [one for one in facts if one[1]["type"] in CORRECTED]
        if kind == "pay":
            fact = repaid(amount, at(day, version))
        elif kind == "bill":
            fact = _bill(draw, facts, amount, version)
        elif kind == "fee":
            fact = charged_fee(amount, at(day, version))
        elif kind == "bounce" and payments:
            target, paid = draw(st.sampled_from(payments))
            bounced.add(target)
            fact = repayment_reversed(at(_day(paid) + draw(st.integers(1, 40)), version), fact=f"h1:{target}")
        elif kind in ("void", "correct") and wrong:
            target, old = draw(st.sampled_from(wrong))
            minimum = {"minimum": str(max(1, amount // 10))} if "minimum" in old else {}
            replacement = {**old, "amount": str(amount), **minimum}
            fact = voided(f"h1:{target}") if kind == "void" else corrected(f"h1:{target}", replacement)
        else:
            fact = drew(amount, at(day, version))
        facts.append((version, fact))
    return facts


def told(history: History, day: int, *, known: int) -> tuple[Any, ...]:
    """What the fold says of the card: as `Card` does. It never owes and is owed at once."""
    line, on = history.as_of(at(day), known=known).line(), FIRST.toordinal() + day
    loans = line.loans
    assert not loans.credit_balance or not loans.total(on)
    ahead = sorted((payment.due_on, payment.amount) for payment in loans.ahead(on))
    return line.drawn, loans.overdue(on), loans.days_past_due(on), ahead


@settings(max_examples=300, deadline=None)
@over(cards(), st.lists(st.tuples(days, st.floats(0, 1)), min_size=3, max_size=3))
def test_the_bills_of_a_card_are_told_as_if_they_were_counted_from_the_beginning(
    facts: Facts, asked: list[tuple[int, float]]
) -> None:
    history = given(*CARD, *(fact for _, fact in facts))
    for day, part in (*asked, (LAST + 40, 1.0)):
        known = round(len(facts) * part)
        expected = Card(facts[:known], day).told()
        assert told(history, day, known=len(CARD) + 1 + known) == expected
