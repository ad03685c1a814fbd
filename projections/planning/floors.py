"""The floor under the reserve that a plan keeps: the one asked for, else the target of the ruleset as far as it goes.

Source: domain.md section 5 ("safe early repayment"); docs/planning.md.
"""

from fractions import Fraction
from typing import Final, Literal, TypeAlias

import msgspec

from ledger.money import MINOR_DIGITS, round_fraction
from ledger.timeline import Timeline
from projections.indicators.basis import Basis
from projections.outlook import unbilled
from projections.planning.plan import Plan, plan
from projections.planning.purse import Purse, purse

FloorKind: TypeAlias = Literal["asked", "target", "today", "possible", "unfrozen", "unknown"]
_MARGIN: Final = 1


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a household asks of a plan. Units: `budget` and `floor_amount` in minor units; months for the others."""

    budget: int
    floor_months: Fraction | None = None
    floor_amount: int | None = None
    count: int | None = None


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """The floor a plan keeps.

    Shape: asked for; the `target` of the ruleset; what is there `today`, where that is less; what is `possible` at
    most, where the reserve must fall even when only what is due is paid; `unfrozen`, any of these without a freeze,
    where after one nothing can be kept whatever is paid; or `unknown`, for want of what `missing` says.
    Units: minor units; months of outflow.
    """

    kind: FloorKind
    amount: int | None = None
    months: Fraction | None = None
    missing: tuple[str, ...] = ()


class FloorUnknown(ValueError):
    """A floor was asked for that cannot be told, because something about the household is missing."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def planned(timeline: Timeline, asked: Basis, request: Request) -> tuple[Plan, Floor]:
    """The plan of a household with its floor. Raises: FloorUnknown."""
    money = purse(asked)
    if money is None:
        if _asks(request):
            raise FloorUnknown(asked.ahead_missing)
        return _plan(timeline, asked, request, None), Floor(kind="unknown", missing=asked.ahead_missing)
    found, floor = _above_floor(timeline, asked, request, money)
    if _runs_out(found) and any(debt.callable for debt in found.debts):
        return _above_floor(timeline, asked, request, msgspec.structs.replace(money, if_frozen=False))
    return found, floor


def _above_floor(timeline: Timeline, asked: Basis, request: Request, money: Purse) -> tuple[Plan, Floor]:
    """The plan above the floor that is asked for or follows from the rules, else above what can be kept at most."""
    floor = _floor(asked, money, request)
    found = _plan(timeline, asked, request, _above(money, floor))
    possible = None if _asks(request) else _possible(found)
    if possible is None or possible < 0:
        return found, floor
    floor = _shown("possible" if money.if_frozen else "unfrozen", Fraction(possible), asked)
    return _plan(timeline, asked, request, _above(money, floor)), floor


def _asks(request: Request) -> bool:
    return request.floor_months is not None or request.floor_amount is not None


def _possible(found: Plan) -> int | None:
    """The highest floor that can be kept for sure, where only the floor is in the way. Units: minor units."""
    highest = None if found.infeasible is None else found.infeasible.floor
    return None if highest is None else highest - _MARGIN * 10 ** MINOR_DIGITS[found.asked.timeline.currency]


def _runs_out(found: Plan) -> bool:
    """Whether no floor at all can be kept, whatever is paid."""
    possible = _possible(found)
    return possible is not None and possible < 0


def _plan(timeline: Timeline, asked: Basis, request: Request, money: Purse | None) -> Plan:
    return plan(timeline, at=asked.book.at, budget=request.budget, purse=money, count=request.count)


def _above(money: Purse, floor: Floor) -> Purse:
    return msgspec.structs.replace(money, floor=None if floor.amount is None else Fraction(floor.amount))


def _floor(asked: Basis, money: Purse, request: Request) -> Floor:
    def told(kind: FloorKind, amount: Fraction) -> Floor:
        return _shown(kind if money.if_frozen else "unfrozen", amount, asked)

    outflow = _outflow(asked)
    if request.floor_amount is not None:
        return told("asked", Fraction(request.floor_amount))
    if request.floor_months is not None:
        return told("asked", request.floor_months * outflow)
    called = sum(unbilled(line, asked.day) for line in asked.lines if line.terms.revocable) if money.if_frozen else 0
    today, target = money.reserve(money.liquid - called), asked.rules.safe_early_repayment.target_months * outflow
    return told("today", max(Fraction(0), today)) if today < target else told("target", target)


def _shown(kind: FloorKind, amount: Fraction, asked: Basis) -> Floor:
    outflow = _outflow(asked)
    return Floor(kind=kind, amount=round_fraction(amount), months=amount / outflow if outflow else None)


def _outflow(asked: Basis) -> Fraction:
    """What flows out in a month; nothing where essentials are not known."""
    found = asked.reserve.monthly_outflow
    return Fraction(0) if found is None else found.fraction
