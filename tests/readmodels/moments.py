"""Random households as the log would tell of them: facts in commits, and the clock passing in between."""

from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from ledger.calendar import DAY
from projections.readmodels.household import Household, Moment
from projections.readmodels.series import HouseholdDay, LineDay
from tests.build import (
    Record,
    corrected,
    counted,
    drew,
    lender_stated,
    moved,
    needs,
    opened_account,
    platform_noticed,
    spent,
    voided,
)
from tests.properties.histories import amounts, dates, histories, times
from tests.spec import HOUSEHOLD, ZONE, given

FIRST: Final = ZONE.at("2026-01-28")
SPAN_DAYS: Final = 60
_SCHEDULES: Final = (
    {"method": "equal_instalment", "periods": 3, "first_due_on": "2026-03-05"},
    {"method": "equal_principal", "periods": 2, "first_due_on": "2026-03-01", "period_basis": "equal"},
    {"method": "bullet", "due_on": "2026-03-10"},
    {"due_on": "2026-03-03"},
)


@st.composite
def facts(draw: st.DrawFn) -> list[Record]:
    """A history with schedules and reserves beside what every history has, and facts about facts."""
    found = draw(histories(naming=False, around=False))
    lines = sorted({fact["line"] for fact in found})
    kinds = ["schedule", "account", "moved", "counted", "needs", "spent", "stated", "noticed"]
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=6)):
        found.insert(draw(st.integers(len(lines), len(found))), _more(draw, kind, lines))
    found[:0] = [opened_account("bank", "demand_deposit"), opened_account("fund", "mmf")]
    for _ in range(draw(st.integers(0, 2))):
        _meddle(draw, found)
    return found


def _more(draw: st.DrawFn, kind: str, lines: list[str]) -> Record:
    account = draw(st.sampled_from(["bank", "fund"]))
    match kind:
        case "schedule":
            chosen: dict[str, Any] = draw(st.sampled_from(_SCHEDULES))
            return drew(draw(amounts), draw(dates), line=draw(st.sampled_from(lines)), **chosen)
        case "stated":
            code = draw(st.sampled_from(["P02", "U09", "R04", None]))
            return lender_stated(draw(times), line=draw(st.sampled_from(lines)), reason_code=code)
        case "noticed":
            return platform_noticed(draw(dates), line=draw(st.sampled_from(lines)), reason_code="P02")
        case "needs":
            return needs(3000, draw(dates))
        case "spent":
            return spent(draw(amounts), draw(dates))
        case "counted":
            return counted("12000.55", draw(times), account=account)
        case _:
            return moved(draw(amounts), draw(times), account=account)


def _meddle(draw: st.DrawFn, found: list[Record]) -> None:
    """Correct or void a movement that was recorded before."""
    movable = [place for place, fact in enumerate(found) if fact["type"] in ("DrawnDown", "FeeCharged", "ExpensePaid")]
    if movable:
        place = draw(st.sampled_from(movable))
        target = f"{HOUSEHOLD}:{place + 2}"
        replacement = {**found[place], "effective_at": draw(dates)}
        found.append(corrected(target, replacement) if draw(st.booleans()) else voided(target))


@st.composite
def logs(draw: st.DrawFn) -> list[Moment]:
    """What the log tells of one household: commits at growing times, and lapses."""
    recorded = given(*draw(facts())).recorded
    moments: list[Moment] = []
    at, position, first = FIRST, 0, 0
    while first < len(recorded):
        at += draw(st.integers(1, 5 * DAY))
        position += 1
        if moments and draw(st.integers(0, 3)) == 3:
            moments.append(Moment(position, at))
            continue
        size = len(recorded) - first - draw(st.integers(0, len(recorded) - first - 1))
        commit = tuple(
            msgspec.structs.replace(one, recorded_at=at) for one in recorded[first : first + size]
        )  # fmt: skip
        moments.append(Moment(position, at, commit))
        first += size
    for _ in range(draw(st.integers(0, 3))):
        at += draw(st.integers(1, 20 * DAY))
        position += 1
        moments.append(Moment(position, at))
    return moments


def told(moments: list[Moment]) -> Household:
    """The household after these moments."""
    state = Household(HOUSEHOLD)
    for moment in moments:
        state.take(moment)
    state.settle()
    return state


def on(rows: list[LineDay], day: int) -> LineDay | None:
    """The row that holds on a day."""
    return next((row for row in reversed(rows) if row.day <= day), None)


def household_on(rows: list[HouseholdDay], day: int) -> HouseholdDay | None:
    return next((row for row in reversed(rows) if row.day <= day), None)
