"""How long a repayment plan takes for a household with 8 lines: 36 months ahead, and as far as it takes.

A mortgage of 360 instalments, a car, a loan of each other kind, two loans at will and a card with a bill. Measured is
the whole plan: the usual ways of paying, the programme, the walk through the fold, and the fresh fold that verifies.
Shape: the last line is one JSON object.
"""

from datetime import date
from fractions import Fraction
from time import perf_counter
from typing import Any, Final

import msgspec

from ledger import events
from ledger.book import fold
from ledger.events import Plain, Recorded
from ledger.timeline import Timeline
from projections.planning.plan import Plan, plan
from projections.planning.purse import Purse

ROUNDS: Final = 5
ON: Final = "2026-02-20"
PURSE: Final = Purse(
    liquid=Fraction(6_000_000), t2b=Fraction(0), net=Fraction(3_100_000), floor=Fraction(2_000_000)
)  # fmt: skip
BUDGET: Final = 2_500_000
_DEBTS: Final[tuple[tuple[str, int, int, dict[str, Any]], ...]] = (
    ("mortgage", 80_000_000, 110, {"method": "equal_instalment", "periods": 360}),
    ("car", 12_000_000, 180, {"method": "equal_principal", "periods": 48}),
    ("bank", 2_600_000, 420, {"method": "interest_only", "periods": 24}),
    ("boss", 2_900_000, 430, {"method": "bullet", "periods": 18}),
    ("shop", 3_200_000, 440, {"method": "equal_instalment", "periods": 12}),
    ("jiebei", 2_000_000, 400, {}),
    ("weilidai", 2_300_000, 410, {}),
)


def household() -> Timeline:
    """The household's history. Units of the rates above: 10**-6 a day."""
    facts: list[Plain] = [events.HouseholdOpened(effective=ON)]
    for line, amount, rate, agreed in _DEBTS:
        opened = events.LineOpened(
            effective=ON, line=line, lender=line, product="other", daily_rate=rate * 10**6, revocable=not agreed
        )
        facts += [opened, events.DrawnDown(effective=ON, line=line, amount=amount, **agreed)]
    facts += [
        events.LineOpened(
            effective=ON, line="card", lender="card", product="card", limit_basis="full_balance", daily_rate=500 * 10**6
        ),
        events.DrawnDown(effective=ON, line="card", amount=1_200_000),
        events.PaymentDue(effective=ON, line="card", amount=1_200_000, due_on=date(2026, 3, 5), minimum=120_000),
    ]
    return Timeline(Recorded(version=number, recorded_at=number, fact=fact) for number, fact in enumerate(facts, 1))


def timed(timeline: Timeline, *, months: int | None) -> tuple[float, Plan]:
    """The median time of a plan, in seconds, and the plan."""
    at = timeline.zone.last_moment("2026-02-28")
    taken: list[float] = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        found = plan(timeline, at=at, budget=BUDGET, purse=PURSE, count=months)
        taken.append(perf_counter() - begun)
    return sorted(taken)[ROUNDS // 2], found


def main() -> None:
    """Measure, and print."""
    timeline = household()
    fold(timeline)
    short, over_36 = timed(timeline, months=36)
    whole, to_the_end = timed(timeline, months=None)
    assert over_36.chosen is not None
    assert over_36.proposed is not None
    avalanche = next(one for one in over_36.courses if one.strategy == "avalanche")
    print(f"a plan over 36 months          {short * 1000:8.0f} ms, {len(over_36.chosen.payments)} payments")
    print(f"a plan until nothing is owed   {whole * 1000:8.0f} ms, {len(to_the_end.asked.months)} months")
    figures = {
        "plan_36_months_ms": round(short * 1000),
        "plan_to_the_end_ms": round(whole * 1000),
        "interest_minor_units": over_36.chosen.interest,
        "below_avalanche": avalanche.interest - over_36.chosen.interest,
        "rounding_cost": round(over_36.chosen.interest - over_36.proposed),
    }
    print(msgspec.json.encode(figures).decode())


if __name__ == "__main__":
    main()
