"""How long a repayment plan takes for a household with 8 lines, with one loan due in one sum and with four.

A mortgage of 360 instalments, a car, a card with a bill, loans at will, and either a loan of each other kind or four
loans due in one sum. These take interest before principal, so that the order in which they are begun has to be tried:
with a budget that is ample, with one that is scarce, where the trials are many, and with one that no order of paying
makes enough, of which the months, the amounts and the smallest that is enough have to be told. Measured is the whole
plan: the usual ways of paying, the programme, the walk through the fold, and the fresh fold that verifies.
Shape: the last line is one JSON object.
"""

from datetime import date
from fractions import Fraction
from math import floor
from time import process_time
from typing import Any, Final, TypeAlias

import msgspec

from ledger import events
from ledger.book import fold
from ledger.events import Plain, Recorded
from ledger.money import amount_text
from ledger.timeline import Timeline
from projections.planning.plan import Plan, plan
from projections.planning.purse import Purse

ROUNDS: Final = 5
FEW_ROUNDS: Final = 3
ON: Final = "2026-02-20"
PURSE: Final = Purse(
    liquid=Fraction(6_000_000), t2b=Fraction(0), net=Fraction(3_100_000), floor=Fraction(2_000_000)
)  # fmt: skip
BUDGET: Final = 2_500_000
SCARCE: Final = 1_450_000
TOO_SMALL: Final = 1_000_000
_Debt: TypeAlias = tuple[str, int, int, dict[str, Any]]
_SECURED: Final[tuple[_Debt, ...]] = (
    ("mortgage", 80_000_000, 110, {"method": "equal_instalment", "periods": 360}),
    ("car", 12_000_000, 180, {"method": "equal_principal", "periods": 48}),
)
ONE_OF_EACH: Final[tuple[_Debt, ...]] = (
    *_SECURED,
    ("bank", 2_600_000, 420, {"method": "interest_only", "periods": 24}),
    ("boss", 2_900_000, 430, {"method": "bullet", "periods": 18}),
    ("shop", 3_200_000, 440, {"method": "equal_instalment", "periods": 12}),
    ("jiebei", 2_000_000, 400, {}),
    ("weilidai", 2_300_000, 410, {}),
)
FOUR_DUE_IN_ONE_SUM: Final[tuple[_Debt, ...]] = (
    *_SECURED,
    ("boss", 2_900_000, 430, {"method": "bullet", "periods": 40}),
    ("kin", 6_000_000, 250, {"method": "bullet", "periods": 60}),
    ("friend", 4_500_000, 380, {"method": "bullet", "periods": 48}),
    ("pawn", 3_800_000, 450, {"method": "bullet", "periods": 36}),
    ("jiebei", 2_000_000, 400, {}),
)


def household(debts: tuple[_Debt, ...] = ONE_OF_EACH) -> Timeline:
    """The household's history. Units of the rates above: 10**-6 a day."""
    facts: list[Plain] = [events.HouseholdOpened(effective=ON)]
    for line, amount, rate, agreed in debts:
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


def timed(timeline: Timeline, *, months: int | None, budget: int = BUDGET, rounds: int = ROUNDS) -> tuple[float, Plan]:
    """The median processor time of a plan, in seconds, and the plan."""
    at = timeline.zone.last_moment("2026-02-28")
    taken: list[float] = []
    for _ in range(rounds):
        begun = process_time()
        found = plan(timeline, at=at, budget=budget, purse=PURSE, count=months)
        taken.append(process_time() - begun)
    return sorted(taken)[rounds // 2], found


def _figures(timeline: Timeline, *, months: int, budget: int) -> dict[str, Any]:
    """The time of a plan, and how good it is. Units: milliseconds; minor units."""
    taken, found = timed(timeline, months=months, budget=budget, rounds=FEW_ROUNDS)
    assert found.chosen is not None
    assert found.proposal is not None
    assert found.proposal.bound is not None
    avalanche = next(one for one in found.courses if one.strategy == "avalanche")
    gap = max(0, found.chosen.interest - floor(found.proposal.bound))
    budget_text = amount_text(budget, timeline.currency)
    print(f"four due in one sum, {months} months, {budget_text:>9} {taken * 1000:8.0f} ms, gap {gap} minor units")
    return {
        "ms": round(taken * 1000),
        "proven": found.proposal.proven,
        "gap_minor_units": gap,
        "interest_minor_units": found.chosen.interest,
        "below_avalanche": avalanche.interest - found.chosen.interest if avalanche.holds else None,
    }


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
    lumps = household(FOUR_DUE_IN_ONE_SUM)
    four = {
        f"four_due_in_one_sum_{count}_months_{name}": _figures(lumps, months=count, budget=budget)
        for count in (36, 60)
        for name, budget in (("ample", BUDGET), ("scarce", SCARCE))
    }
    refused, none = timed(lumps, months=60, budget=TOO_SMALL, rounds=1)
    assert none.infeasible is not None
    print(f"why there is no plan, 60 months {refused * 1000:7.0f} ms, smallest budget {none.infeasible.smallest}")
    figures = {
        "plan_36_months_ms": round(short * 1000),
        "plan_to_the_end_ms": round(whole * 1000),
        "interest_minor_units": over_36.chosen.interest,
        "below_avalanche": avalanche.interest - over_36.chosen.interest,
        "rounding_cost": round(over_36.chosen.interest - over_36.proposed),
        **four,
        "why_none_60_months_ms": round(refused * 1000),
        "smallest_budget_minor_units": none.infeasible.smallest,
    }
    print(msgspec.json.encode(figures).decode())


if __name__ == "__main__":
    main()
