"""Facts made in code: what cannot be one is refused with its field, what a history file could say passes."""

from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from ledger import events
from ledger.calendar import parse_when
from ledger.errors import Refused
from ledger.events import (
    Allocation,
    AnyFact,
    DrawnDown,
    LimitObserved,
    LineOpened,
    RepaymentPosted,
    ReserveMoved,
    ScoreObserved,
    type_name,
)  # fmt: skip
from ledger.record import Draft
from ledger.sound import are_sound, household_is_named, is_sound
from ledger.vocabulary import DEFAULT_ALLOCATION_ORDER
from tests.ledger.examples import EXAMPLES

ON = "2026-03-05"


def drew(**said: Any) -> DrawnDown:
    """A draw with some fields said otherwise."""
    fields: dict[str, Any] = {"effective": ON, "line": "jiebei", "amount": 500}
    return DrawnDown(**(fields | said))


def opened(**said: Any) -> LineOpened:
    """A line with some fields said otherwise."""
    fields: dict[str, Any] = {"effective": ON, "line": "a", "lender": "a", "product": "card"}
    return LineOpened(**(fields | said))


BAD: dict[str, tuple[Any, str]] = {
    "no fact": ("drew", "no_such_kind"),
    "fraction": (drew(amount=30.5), "not_as_declared"),
    "text for an amount": (drew(amount="500"), "not_as_declared"),
    "nothing": (drew(amount=0), "not_positive"),
    "less than nothing": (drew(amount=-5), "not_positive"),
    "more than there is": (drew(amount=10**15), "out_of_range"),
    "a name with capitals": (drew(line="Jie Bei"), "bad_name"),
    "a loan without a name": (drew(loan=""), "bad_name"),
    "an unknown method": (drew(method="by_mood"), "not_as_declared"),
    "too many periods": (drew(periods=5000), "out_of_range"),
    "a day as text": (drew(first_due_on="2026-03-05"), "not_as_declared"),
    "a float for a time": (drew(effective=1.5e9), "not_as_declared"),
    "a datetime": (drew(effective=datetime(2026, 3, 5, tzinfo=UTC)), "not_a_when"),
    "a date object": (drew(effective=date(2026, 3, 5)), "not_a_when"),
    "nanoseconds": (drew(effective=1_772_330_400 * 10**9), "not_a_when"),
    "long before": (drew(effective=-(10**18)), "not_a_when"),
    "an end in nanoseconds": (opened(valid_until=10**30), "not_a_when"),
    "half an order": (opened(allocation_order=("fee",)), "not_a_choice"),
    "an order twice over": (opened(allocation_order=("fee",) * 7), "not_a_choice"),
    "an order as a list": (opened(allocation_order=list(DEFAULT_ALLOCATION_ORDER)), "not_as_declared"),
    "a score off its scale": (ScoreObserved(effective=ON, scheme="zhima", score=5), "out_of_range"),
    "an object": (drew(loan=object()), "not_as_declared"),
    "no such day": (drew(effective="2026-13-01"), "bad_time"),
    "an instant as text": (drew(effective="2026-03-05T09:30:00+08:00"), "not_a_when"),
    "an empty key": (drew(key=""), "bad_text"),
    "half a surrogate": (drew(note="\ud83d"), "not_as_declared"),
    "a limit below zero": (LimitObserved(effective=ON, line="jiebei", limit=-1), "negative"),
    "a rate below zero": (opened(daily_rate=-1), "negative"),
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
    "the largest amount": drew(amount=10**15 - 1),
    "a rate beyond belief": drew(daily_rate=10**28 - 1),
    "the first instant anywhere": drew(effective=parse_when("1583-01-01T00:00:00+14:00")),
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


@pytest.mark.parametrize("fact", EXAMPLES, ids=type_name)
def test_every_kind_of_fact_passes_with_all_its_fields(fact: AnyFact) -> None:
    is_sound(fact)


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        (drew(amount=-5), "amount"),
        (drew(first_due_on="2026-03-05"), "first_due_on"),
        (events.Corrected(effective=ON, fact=1, replacement=drew(amount=-5)), "replacement.amount"),
    ],
)
def test_a_refusal_names_the_field_also_inside_a_replacement(fact: AnyFact, field: str) -> None:
    with pytest.raises(Refused, match=field) as refused:
        is_sound(fact)
    assert refused.value.field == field


@pytest.mark.parametrize("household", ["", "Lin Fam", 5, "a" * 65, None, object()])
def test_a_household_needs_a_name(household: Any) -> None:
    with pytest.raises(Refused):
        household_is_named(household)


VOIDED = events.Voided(effective=ON, fact=0)
UNDONE = events.DrawReversed(effective=ON, line="jiebei", amount=5, fact=0)
NO_DRAFTS: dict[str, tuple[Any, str, str]] = {
    "a fact as it is": ([drew()], "not_a_draft", "drafts[0] is of type DrawnDown"),
    "one among drafts": ([Draft(fact=drew()), None], "not_a_draft", "drafts[1] is of type NoneType"),
    "a draft alone": (Draft(fact=drew()), "not_a_draft", "drafts is of type Draft"),
    "nothing": (None, "not_a_draft", "drafts is of type NoneType"),
    "a reference as a number": ([Draft(fact=VOIDED, refers=cast("Any", 3))], "not_a_reference", "'refers' is '3'"),
    "a reference without its household": ([Draft(fact=VOIDED, refers="3")], "not_a_reference", "'refers' is '3'"),
    "a reference of a fact that has none": ([Draft(fact=drew(), refers="h1:3")], "refers_to_nothing", "DrawnDown"),
    "a reference inside a fact that holds none": (
        [Draft(fact=UNDONE, inner_refers="h1:3")], "refers_to_nothing", "DrawReversed"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_DRAFTS)
def test_what_is_no_draft_is_refused_with_its_place_and_what_to_write(name: str) -> None:
    drafts, code, told = NO_DRAFTS[name]
    with pytest.raises(Refused) as refused:
        are_sound(drafts)
    assert refused.value.code == code
    assert told in str(refused.value)


def test_a_refused_draft_is_named_by_its_place() -> None:
    drafts = [Draft(fact=drew()), Draft(fact=drew(amount=-5))]
    with pytest.raises(Refused) as refused:
        are_sound(drafts)
    assert (refused.value.place, refused.value.field) == (1, "amount")


def test_drafts_that_can_be_read_only_once_are_kept() -> None:
    drafts = [Draft(fact=drew(amount=amount)) for amount in (1, 2)]
    assert are_sound(iter(drafts)) == tuple(drafts)
