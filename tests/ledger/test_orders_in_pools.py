"""The order inside one day where lines share a limit, or come to share one. Source: domain.md section 3."""

from typing import Any

import pytest

from tests.build import (
    Record,
    charged_fee,
    closed,
    draw_reversed,
    drew,
    froze,
    granted,
    lowered,
    new_terms,
    opened_line,
    raised,
    repaid,
    saw,
    temporary,
)
from tests.ledger.test_orders import DAY, EVENING, MORNING, inferred
from tests.spec import given

APART = (
    opened_line("root"),
    granted(80000, "2026-02-01", line="root"),
    drew(10000, "2026-02-10", line="root"),
    opened_line(),
    granted(50000, "2026-02-01"),
    drew(30000, "2026-02-10"),
)
JOINED = (*APART, new_terms("2026-02-11", shared_with="root"))
OTHER_BASIS = (*APART, charged_fee(50, "2026-02-20"))
Seen = dict[str, Any]

POOLS: list[tuple[tuple[Record, ...], Seen, Seen, Seen]] = [
    (APART, {"shared_with": "root"}, {"available": 20000}, {"available": 40000}),
    (APART, {"shared_with": "root"}, {"limit": 50000}, {"limit": 80000, "available": 40000}),
    (APART, {"shared_with": "root"}, {"line": "root", "available": 70000}, {"line": "root", "available": 40000}),
    (JOINED, {"shared_with": "jiebei"}, {"available": 40000}, {"available": 20000}),
    (JOINED, {"shared_with": "jiebei"}, {"limit": 80000}, {"limit": 50000, "available": 20000}),
    (JOINED, {"shared_with": "jiebei"}, {"line": "root", "available": 40000}, {"line": "root", "available": 70000}),
    (OTHER_BASIS, {"limit_basis": "full_balance"}, {"drawn": 30000}, {"drawn": 30050}),
]


@pytest.mark.parametrize(("at", "seen_at"), [(DAY, DAY), (DAY, MORNING), (EVENING, DAY)])
@pytest.mark.parametrize(("book", "terms", "before", "after"), POOLS)
def test_what_was_seen_on_the_day_of_another_pool_or_basis_may_be_of_either(
    book: tuple[Record, ...], terms: Seen, before: Seen, after: Seen, at: str, seen_at: str
) -> None:
    change = new_terms(at, **terms)
    without = given(*book, change).as_of(DAY)
    for seen in (before, after):
        asked = given(*book, change, saw(seen_at, **seen)).as_of(DAY)
        for name in ("jiebei", "root"):
            assert (inferred(asked, name), asked.figures(name)) == ([], without.figures(name))


def test_what_neither_pool_gives_is_inferred() -> None:
    for at, seen_at in ((DAY, MORNING), (EVENING, DAY)):
        asked = given(*APART, new_terms(at, shared_with="root"), saw(seen_at, available=30000)).as_of(DAY)
        assert inferred(asked) == ["inferred"]


@pytest.mark.parametrize(
    ("fact", "seen"),
    [
        (drew(5000, EVENING), {"line": "root", "available": 35000}),
        (repaid(5000, EVENING), {"line": "root", "limit": 80000, "available": 45000}),
        (draw_reversed(5000, EVENING), {"line": "root", "available": 45000}),
        (drew(5000, EVENING, line="root"), {"available": 35000}),
        (lowered(70000, EVENING, line="root"), {"limit": 70000, "available": 30000}),
        (raised(90000, EVENING, line="root"), {"available": 50000}),
        (temporary(1000, EVENING, line="root", until="2026-04-01"), {"available": 41000}),
        (closed(EVENING, line="root"), {"limit": 0}),
        (froze(EVENING), {"available": 0}),
        (closed(EVENING), {"available": 0}),
    ],
)
def test_what_was_seen_on_one_line_is_explained_by_what_happened_later_that_day_on_another(
    fact: Record, seen: Seen
) -> None:
    without = given(*JOINED, fact).as_of(DAY)
    asked = given(*JOINED, saw(DAY, **seen), fact).as_of(DAY)
    for name in ("jiebei", "root"):
        assert (inferred(asked, name), asked.figures(name)) == ([], without.figures(name))
