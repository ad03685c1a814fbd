"""Facts made in code: what cannot be one is refused with its field, what a history file could say passes."""

from datetime import date
from typing import Any

import pytest

from ledger import events
from ledger.calendar import parse_when
from ledger.errors import Refused
from ledger.events import Allocation, DrawnDown, LimitObserved, LineOpened, RepaymentPosted, ReserveMoved
from ledger.sound import household_is_named, is_sound

ON = "2026-03-05"


def drew(**said: Any) -> DrawnDown:
    """A draw with some fields said otherwise."""
    fields: dict[str, Any] = {"effective": ON, "line": "jiebei", "amount": 500}
    return DrawnDown(**(fields | said))


BAD: dict[str, tuple[Any, str]] = {
    "no fact": ("drew", "no_such_kind"),
    "fraction": (drew(amount=30.5), "not_as_declared"),
    "text for an amount": (drew(amount="500"), "not_as_declared"),
    "nothing": (drew(amount=0), "not_positive"),
    "less than nothing": (drew(amount=-5), "not_positive"),
    "more than there is": (drew(amount=10**16), "out_of_range"),
    "a name with capitals": (drew(line="Jie Bei"), "bad_name"),
    "a loan without a name": (drew(loan=""), "bad_name"),
    "an unknown method": (drew(method="by_mood"), "not_as_declared"),
    "too many periods": (drew(periods=5000), "out_of_range"),
    "no such day": (drew(effective="2026-13-01"), "bad_time"),
    "an instant as text": (drew(effective="2026-03-05T09:30:00+08:00"), "bad_time"),
    "an empty key": (drew(key=""), "bad_text"),
    "half a surrogate": (drew(note="\ud83d"), "not_as_declared"),
    "a limit below zero": (LimitObserved(effective=ON, line="jiebei", limit=-1), "negative"),
    "a rate below zero": (LineOpened(effective=ON, line="a", lender="a", product="card", daily_rate=-1), "negative"),
    "a part below zero": (
        RepaymentPosted(effective=ON, line="a", amount=5, allocation=Allocation(interest=-5, principal=10)), "negative"
    ),
    "a bad replacement": (events.Corrected(effective=ON, fact=1, replacement=drew(amount=-5)), "not_positive"),
}  # fmt: skip

GOOD: dict[str, Any] = {
    "a draw": drew(
        loan="a-1", periods=12, method="equal_instalment", first_due_on=date(2026, 4, 5), key="k", note="借"
    ),
    "an instant": drew(effective=parse_when("2026-03-05T09:30:00+08:00")),
    "a movement out": ReserveMoved(effective=ON, account="cash", amount=-500),
    "a zero limit": LimitObserved(effective=ON, line="jiebei", limit=0),
    "a correction": events.Corrected(effective=ON, fact=1, replacement=drew()),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_a_fact_is_refused_with_its_reason(name: str) -> None:
    fact, code = BAD[name]
    with pytest.raises(Refused) as refused:
        is_sound(fact)
    assert refused.value.code == code


@pytest.mark.parametrize("name", GOOD)
def test_what_a_history_file_could_say_passes(name: str) -> None:
    is_sound(GOOD[name])


@pytest.mark.parametrize("household", ["", "Lin Fam", 5, "a" * 65])
def test_a_household_needs_a_name(household: Any) -> None:
    with pytest.raises(Refused):
        household_is_named(household)
