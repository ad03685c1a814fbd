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

FloorKind: TypeAlias = Literal["asked", "target", "today", "possible", "unknown"]
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
    most, where the reserve must fall even when only what is due is paid; or `unknown`, for want of what `missing` says.
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
        if request.floor_months is not None or request.floor_amount is not None:
            raise FloorUnknown(asked.ahead_missing)
        return _plan(timeline, asked, request, None), Floor(kind="unknown", missing=asked.ahead_missing)
    floor = _floor(asked, money, request)
    found = _plan(timeline, asked, request, _above(money, floor))
    if found.infeasible is None or floor.kind == "asked" or found.infeasible.floor is None:
        return found, floor
    possible = found.infeasible.floor - _MARGIN * 10 ** MINOR_DIGITS[timeline.currency]
    if possible < 0:
        return found, floor
    floor = _shown("possible", Fraction(possible), asked)
    return _plan(timeline, asked, request, _above(money, floor)), floor


def _plan(timeline: Timeline, asked: Basis, request: Request, money: Purse | None) -> Plan:
    return plan(timeline, at=asked.book.at, budget=request.budget, purse=money, count=request.count)


def _above(money: Purse, floor: Floor) -> Purse:
    return msgspec.structs.replace(money, floor=None if floor.amount is None else Fraction(floor.amount))


def _floor(asked: Basis, money: Purse, request: Request) -> Floor:
    if request.floor_amount is not None:
        return _shown("asked", Fraction(request.floor_amount), asked)
    outflow = _outflow(asked)
    if request.floor_months is not None:
        return _shown("asked", request.floor_months * outflow, asked)
    called = sum(unbilled(line, asked.day) for line in asked.lines if line.terms.revocable)
    today, target = money.reserve(money.liquid - called), asked.rules.safe_early_repayment.target_months * outflow
    if today < target:
        return _shown("today", max(Fraction(0), today), asked)
    return _shown("target", target, asked)


def _shown(kind: FloorKind, amount: Fraction, asked: Basis) -> Floor:
    outflow = _outflow(asked)
    return Floor(kind=kind, amount=round_fraction(amount), months=amount / outflow if outflow else None)


def _outflow(asked: Basis) -> Fraction:
    """What flows out in a month; nothing where essentials are not known."""
    found = asked.reserve.monthly_outflow
    return Fraction(0) if found is None else found.fraction
