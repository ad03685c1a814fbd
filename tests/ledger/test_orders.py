"""Where only the order inside one day decides, either order that agrees infers nothing. Source: domain.md section 3."""

from typing import Any

import pytest

from tests.build import (
    Record,
    closed,
    drew,
    froze,
    granted,
    lowered,
    opened_line,
    raised,
    repaid,
    restored,
    saw,
    temporary,
    thawed,
)
from tests.spec import Asked, given

DAY, MORNING, EVENING = "2026-03-05", "2026-03-05T09:00:00+08:00", "2026-03-05T20:00:00+08:00"
BOOK = (opened_line(), granted(50000, "2026-02-01"), drew(30000, "2026-02-10"))
UNCHANGED = ("50000.00", "30000.00", "0.00", "20000.00", "20000.00")


def inferred(asked: Asked, name: str = "jiebei") -> list[str]:
    """What was inferred and still stands: changes, and movements nobody recorded."""
    line = asked.line(name)
    kinds = [change.kind for change in line.changes if change.kind == "inferred" and change.replaced_by is None]
    return [*kinds, *(residual.kind for residual in line.residuals)]


# A fact known only to its day may lie on either side of what was seen that day


@pytest.mark.parametrize("seen_at", [DAY, MORNING])
@pytest.mark.parametrize(
    ("fact", "before", "after"),
    [
        (lowered(35000, DAY), {"limit": 50000, "available": 20000}, {"limit": 35000, "available": 5000}),
        (raised(60000, DAY), {"limit": 50000}, {"limit": 60000, "available": 30000}),
        (granted(80000, DAY), {"available": 20000}, {"available": 50000}),
        (temporary(1000, DAY, until="2026-04-01"), {"limit": 50000}, {"limit": 51000, "drawn": 30000}),
        (froze(DAY), {"available": 20000}, {"available": 0}),
        (closed(DAY), {"limit": 50000, "available": 20000}, {"limit": 0, "available": 0}),
        (drew(5000, DAY), {"drawn": 30000}, {"drawn": 35000, "available": 15000}),
        (repaid(5000, DAY), {"available": 20000}, {"drawn": 25000, "available": 25000}),
    ],
)
def test_a_fact_of_a_bare_date_may_come_after_what_was_seen_that_day_or_before(
    seen_at: str, fact: Record, before: dict[str, Any], after: dict[str, Any]
) -> None:
    without = given(*BOOK, fact).as_of(DAY)
    for seen in (before, after):
        asked = given(*BOOK, fact, saw(seen_at, **seen)).as_of(DAY)
        assert (inferred(asked), asked.figures()) == ([], without.figures())


def test_of_several_facts_of_a_day_any_may_have_come_later() -> None:
    facts = (drew(5000, DAY), repaid(10000, DAY), lowered(45000, DAY))
    sightings: list[dict[str, Any]] = [
        {"drawn": 20000}, {"drawn": 35000, "limit": 50000}, {"limit": 45000, "available": 10000}
    ]  # fmt: skip
    for seen in sightings:
        assert inferred(given(*BOOK, *facts, saw(MORNING, **seen)).as_of(DAY)) == []
    assert inferred(given(*BOOK, *facts, saw(MORNING, drawn=24000)).as_of(DAY)) == ["unexplained"]


def test_what_no_order_gives_is_inferred() -> None:
    asked = given(*BOOK, lowered(35000, DAY), saw(MORNING, limit=40000)).as_of(DAY)
    assert inferred(asked) == ["inferred"]
    assert asked.figures() == ("40000.00", "30000.00", "0.00", "10000.00", "10000.00")


def test_an_instant_is_held_to_its_order() -> None:
    asked = given(*BOOK, lowered(35000, MORNING), saw(EVENING, limit=50000)).as_of(DAY)
    assert inferred(asked) == ["inferred"]


def test_a_draw_on_a_linked_line_may_come_after_what_was_seen_that_day_too() -> None:
    pool = (opened_line("root"), granted(9000, line="root"), opened_line("member", shared_with="root"))
    asked = given(*pool, drew(2000, DAY, line="root"), saw(MORNING, line="member", available=9000)).as_of(DAY)
    assert (inferred(asked, "member"), asked.figures("member")[-1]) == ([], "7000.00")


# What was seen on a bare date may come after what happened at an instant of that day


@pytest.mark.parametrize(
    ("fact", "seen"),
    [
        (lowered(35000, MORNING), {"limit": 35000, "drawn": 30000, "available": 5000}),
        (lowered(12000, MORNING), {"available": 0}),
        (granted(80000, MORNING), {"available": 50000}),
        (temporary(1000, MORNING, until="2026-04-01"), {"limit": 51000, "available": 21000}),
        (froze(MORNING), {"available": 0}),
        (closed(MORNING), {"limit": 0}),
        (closed(MORNING), {"available": 0}),
        (drew(5000, MORNING), {"drawn": 35000, "available": 15000}),
        (repaid(5000, MORNING), {"drawn": 25000}),
    ],
)
def test_what_was_seen_on_a_day_is_explained_by_what_happened_later_that_day(
    fact: Record, seen: dict[str, Any]
) -> None:
    without = given(*BOOK, fact).as_of(DAY)
    asked = given(*BOOK, saw(DAY, **seen), fact).as_of(DAY)
    assert (inferred(asked), asked.figures()) == ([], without.figures())
    told = [(change.kind, change.limit_before, change.limit_after) for change in asked.line().changes]
    assert told == [(change.kind, change.limit_before, change.limit_after) for change in without.line().changes]


def test_a_thaw_later_on_the_day_explains_credit_seen_on_a_frozen_line() -> None:
    asked = given(*BOOK, froze("2026-03-01"), saw(DAY, available=20000), thawed(MORNING)).as_of(DAY)
    assert (inferred(asked), asked.line().status, asked.figures()) == ([], "open", UNCHANGED)


def test_a_restoration_later_on_the_day_explains_what_was_seen() -> None:
    held = (opened_line(restoration="on_full_settlement"), *BOOK[1:], repaid(10000, "2026-02-20"))
    asked = given(*held, saw(DAY, available=24000), restored(4000, MORNING)).as_of(DAY)
    assert (inferred(asked), asked.figures()) == ([], ("50000.00", "20000.00", "6000.00", "24000.00", "24000.00"))
    assert [hold.inferred for hold in asked.line().holds] == [False]


def test_a_cut_to_another_value_later_on_the_day_leaves_what_was_seen_inferred() -> None:
    asked = given(*BOOK, saw(DAY, limit=40000), lowered(35000, MORNING)).as_of(DAY)
    assert inferred(asked) == ["inferred"]
    assert asked.figures()[0] == "35000.00"


def test_what_was_inferred_on_a_day_is_taken_back_once() -> None:
    """The second draw would explain the same sighting again."""
    draws = [drew(5000, f"2026-03-05T{hour}:00:00+08:00") for hour in (10, 11)]
    asked = given(*BOOK, saw(DAY, drawn=35000), *draws).as_of(DAY)
    assert (inferred(asked), asked.figures()) == ([], ("50000.00", "40000.00", "0.00", "10000.00", "10000.00"))


def test_what_was_inferred_before_the_limit_changed_is_not_taken_back_by_what_comes_after() -> None:
    """Less by the 10,000 that were inferred, 30,000 would be the 40,000 that somebody saw."""
    asked = given(*BOOK, saw(DAY, limit=40000), lowered(30000, MORNING), drew(100, EVENING)).as_of(DAY)
    assert asked.figures() == ("30000.00", "30100.00", "0.00", "-100.00", "0.00")
