"""Monthly observations over years, in any combination: what is inferred is what changed, no more and no fewer.

A true line is lived through: its limit changes now and then without a fact, draws and repayments are all recorded,
and once a month somebody looks at the limit, the drawn or the available amount.
"""

from typing import Final, NamedTuple

from hypothesis import assume, settings
from hypothesis import given as over
from hypothesis import strategies as st

from projections.limit_changes import standing
from tests.build import LINE, Record, drew, granted, opened_line, repaid, saw
from tests.spec import given

MONTHS: Final = 36
FIRST_LIMIT: Final = 50000
QUANTITIES: Final = ("limit", "drawn", "available")


class Month(NamedTuple):
    """What happens in a month: a new limit or none, a draw, a share of the debt repaid, and what is looked at."""

    limit: int | None
    draw: int
    repaid_percent: int
    seen: frozenset[str]


class Lived(NamedTuple):
    """The facts that a ledger learned, and the limits that the observer could tell apart."""

    facts: list[Record]
    told: list[tuple[int, int]]


months = st.builds(
    Month,
    limit=st.none() | st.none() | st.none() | st.integers(10, 80).map(lambda thousands: thousands * 1000),
    draw=st.sampled_from([0, 0, 500, 4000]),
    repaid_percent=st.sampled_from([0, 0, 50, 100]),
    seen=st.sets(st.sampled_from(QUANTITIES)).map(frozenset),
)


def lived(course: list[Month]) -> Lived:
    """Live through the months. Draws stop at what is available; what cannot be seen is not told."""
    limit, drawn = FIRST_LIMIT, 0
    known = limit
    facts: list[Record] = [opened_line(at="2020-01-01"), granted(limit, "2020-01-01")]
    told: list[tuple[int, int]] = []
    for number, month in enumerate(course):
        year, of_year = 2020 + (number + 1) // 12, (number + 1) % 12 + 1
        draw = min(month.draw, max(0, limit - drawn))
        if draw:
            facts.append(drew(draw, f"{year}-{of_year:02}-03T10:00:00+08:00"))
        drawn += draw
        limit = month.limit or limit
        back = drawn * month.repaid_percent // 100
        if back:
            facts.append(repaid(back, f"{year}-{of_year:02}-08T10:00:00+08:00"))
        drawn -= back
        if month.seen:
            truth = {"limit": limit, "drawn": drawn, "available": max(0, limit - drawn)}
            facts.append(_look(f"{year}-{of_year:02}-27T21:00:00+08:00", {name: truth[name] for name in month.seen}))
            if limit != known and _tells(month.seen, limit=limit, drawn=drawn, known=known):
                told.append((known, limit))
                known = limit
    return Lived(facts, told)


def _look(at: str, seen: dict[str, int]) -> Record:
    return saw(at, limit=seen.get("limit"), drawn=seen.get("drawn"), available=seen.get("available"))


def _tells(seen: frozenset[str], *, limit: int, drawn: int, known: int) -> bool:
    """Whether what is seen tells the limit: it itself, or an available amount that is not clamped at zero."""
    return "limit" in seen or ("available" in seen and max(0, known - drawn) != max(0, limit - drawn))


def decidable(course: list[Month]) -> bool:
    """Whether no limit falls below the debt: an available amount of zero cannot tell by how much."""
    limit, drawn = FIRST_LIMIT, 0
    for month in course:
        drawn += min(month.draw, max(0, limit - drawn))
        limit = month.limit or limit
        drawn -= drawn * month.repaid_percent // 100
        if drawn >= limit:
            return False
    return True


@settings(max_examples=300)
@over(st.lists(months, min_size=1, max_size=MONTHS))
def test_the_inferred_changes_are_the_true_ones(course: list[Month]) -> None:
    assume(decidable(course))
    life = lived(course)

    line = given(*life.facts).as_of().line(LINE)

    inferred = [one for one in standing(line) if one.kind == "inferred"]
    assert [(one.limit_before // 100, one.limit_after // 100) for one in inferred] == life.told
    assert line.residuals == []


@settings(max_examples=200)
@over(st.lists(months, min_size=1, max_size=MONTHS))
def test_with_the_limit_seen_every_month_every_true_change_is_inferred_in_its_month(course: list[Month]) -> None:
    whole = [month._replace(seen=month.seen | {"limit"}) for month in course]
    life = lived(whole)

    line = given(*life.facts).as_of().line(LINE)

    inferred = [(one.limit_before // 100, one.limit_after // 100) for one in standing(line) if one.kind == "inferred"]
    assert inferred == life.told


@settings(max_examples=200)
@over(st.lists(months, min_size=2, max_size=MONTHS), st.sampled_from([12, 75]))
def test_interest_that_nobody_recorded_moves_drawn_and_never_the_limit(course: list[Month], interest: int) -> None:
    steady = [month._replace(limit=None, seen=frozenset(QUANTITIES)) for month in course]
    steady[0] = steady[0]._replace(draw=500)  # before it, what is seen as drawn would be an opening value
    facts: list[Record] = [opened_line(at="2020-01-01", limit_basis="full_balance"), granted(FIRST_LIMIT, "2020-01-01")]
    drawn = 0
    for number, month in enumerate(steady):
        day = f"{2020 + (number + 1) // 12}-{(number + 1) % 12 + 1:02}"
        if month.draw:
            facts.append(drew(month.draw, f"{day}-03T10:00:00+08:00"))
        drawn += month.draw + interest
        facts.append(_look(f"{day}-27T21:00:00+08:00", {"limit": FIRST_LIMIT, "drawn": drawn,
                                                        "available": max(0, FIRST_LIMIT - drawn)}))  # fmt: skip
    line = given(*facts).as_of().line(LINE)

    assert [one for one in standing(line) if one.kind == "inferred"] == []
    assert [one.amount for one in line.residuals] == [interest * 100] * len(steady)


@settings(max_examples=200)
@over(st.lists(st.tuples(months, st.booleans()), min_size=2, max_size=MONTHS))
def test_a_restoration_that_lags_behind_is_never_taken_for_a_change(course: list[tuple[Month, bool]]) -> None:
    """Every month is repaid two days before the look; in some, what was repaid has not come back by then."""
    facts: list[Record] = [opened_line(at="2020-01-01"), granted(FIRST_LIMIT, "2020-01-01")]
    limit, drawn = FIRST_LIMIT, 0
    told: list[tuple[int, int]] = []
    for number, (month, lags) in enumerate(course):
        day = f"{2020 + (number + 1) // 12}-{(number + 1) % 12 + 1:02}"
        if month.draw and drawn + month.draw <= limit:
            facts.append(drew(month.draw, f"{day}-03T10:00:00+08:00"))
            drawn += month.draw
        back = drawn * month.repaid_percent // 100
        if back:
            facts.append(repaid(back, f"{day}-25T10:00:00+08:00"))
        drawn -= back
        moved = month.limit or limit
        if moved != limit and "limit" in month.seen:
            told.append((limit, moved))
            limit = moved
        truth = {"limit": limit, "drawn": drawn, "available": max(0, limit - drawn - (back if lags else 0))}
        if month.seen:
            facts.append(_look(f"{day}-27T21:00:00+08:00", {name: truth[name] for name in month.seen}))

    line = given(*facts).as_of().line(LINE)

    inferred = [(one.limit_before // 100, one.limit_after // 100) for one in standing(line) if one.kind == "inferred"]
    assert inferred == told
