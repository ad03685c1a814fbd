"""What a row of an Alipay statement moves: from which place, to which, and what it is besides (expense, income).

Source: domain.md section 2 (repayment is no expense), contract.md section 3 (`import`).
"""

import re
from collections.abc import Callable

import msgspec

from ledger.events import (
    AnyFact,
    DrawnDown,
    DrawReversed,
    ExpensePaid,
    IncomeReceived,
    RepaymentPosted,
    ReserveMoved,
)
from ledger.importers.alipay_places import UNNAMED, Found, Place, Places, Unclear
from ledger.importers.alipay_rows import Row
from ledger.importers.alipay_trades import Trade


class Leg(msgspec.Struct, frozen=True):
    """One fact of a row, still without its envelope, and the place it moves money in."""

    suffix: str
    fact: AnyFact
    place: Place | None = None


class Moved(msgspec.Struct, frozen=True):
    """The facts of a row, and what it does not tell."""

    legs: tuple[Leg, ...]
    unclear: tuple[Unclear, ...]


def legs_of(trade: Trade, places: Places, *, essential: bool) -> Moved:
    """What a row moves, as far as it tells."""
    row, reading = trade.row, trade.reading
    match reading.flow:
        case "spend" | "unknown":
            moved = _sides(places.payer(row.method), None, row.amount)
            expense = Leg("expense", ExpensePaid(effective=0, amount=row.amount, essential=essential))
            return Moved((expense, *moved.legs), moved.unclear)
        case "income" | "interest":
            target = _end(row, reading.target, places, otherwise=reading.otherwise)
            credit = [place for place in _places(target) if place.kind == "line"]
            if credit:
                return Moved((), (Unclear(reason_code="income_on_credit", detail=credit[0].words),))
            moved = _sides(None, target, row.amount)
            return Moved((Leg("income", IncomeReceived(effective=0, amount=row.amount)), *moved.legs), moved.unclear)
        case "refund":
            return _sides(None, places.payer(row.method), row.amount)
        case _:
            into_method = reading.target == "{method}"
            named = _end(row, reading.origin if into_method else reading.target, places)
            other = _end(
                row, "{method}" if into_method else reading.origin, places, other=named, otherwise=reading.otherwise
            )
            origin, target = (named, other) if into_method else (other, named)
            return _sides(origin, target, row.amount, repaying=reading.flow == "repay")


def _end(row: Row, name: str, places: Places, *, other: Found | None = None, otherwise: str = "") -> Found:
    """The place at one end of a row; a payment column that is empty or names the other end is no answer."""
    match name:
        case "{method}":
            found = places.payer(row.method)
            silent = found == UNNAMED or (isinstance(found, Place) and _same(found, other))
            return places.single(otherwise) if silent else found
        case "{bank}":
            return places.card((row.method, row.counterparty), kind="account")
        case "{card}":
            named_in_product = re.sub("^信用卡(自动)?还款[-－]?|(主动|自动)?还款$", "", row.product)
            return places.card((row.counterparty, named_in_product), kind="line")
        case "{investment}":
            return places.investment()
        case _:
            return places.single(name)


def _sides(origin: Found | None, target: Found | None, amount: int, *, repaying: bool = False) -> Moved:
    """Money leaving one place and reaching another, each as far as it is told."""
    legs: list[Leg] = []
    if isinstance(target, Place) and repaying:
        legs.append(_repaid(target, amount))
    if isinstance(origin, Place):
        legs.append(_out(origin, amount))
    if isinstance(target, Place) and not repaying:
        legs.append(_into(target, amount))
    unclear = [_told_by_hand(end, leg) for end, leg in ((origin, _out), (target, _into)) if isinstance(end, Unclear)]
    return Moved(tuple(legs), tuple(unclear))


def _places(found: Found) -> tuple[Place, ...]:
    return found.places if isinstance(found, Unclear) else (found,)


def _told_by_hand(end: Unclear, leg: Callable[[Place, int], Leg]) -> Unclear:
    """An unclear end with the facts that would tell each place's share, their amounts left open."""
    return msgspec.structs.replace(end, remedy=tuple(_by_hand(leg(place, 1)) for place in end.places))


def _by_hand(leg: Leg) -> str:
    assert leg.place is not None
    sign = "-" if isinstance(leg.fact, ReserveMoved) and leg.fact.amount < 0 else ""
    return f"{type(leg.fact).__name__} {leg.place.kind}={leg.place.id} amount={sign}…"


def _out(place: Place, amount: int) -> Leg:
    if place.kind == "line":
        return Leg("draw", DrawnDown(effective=0, line=place.id, amount=amount), place)
    return Leg("out", ReserveMoved(effective=0, account=place.id, amount=-amount), place)


def _into(place: Place, amount: int) -> Leg:
    if place.kind == "line":
        return Leg("back", DrawReversed(effective=0, line=place.id, amount=amount), place)
    return Leg("in", ReserveMoved(effective=0, account=place.id, amount=amount), place)


def _repaid(place: Place, amount: int) -> Leg:
    if place.kind == "line":
        return Leg("repay", RepaymentPosted(effective=0, line=place.id, amount=amount), place)
    return _into(place, amount)


def _same(place: Place, other: Found | None) -> bool:
    return isinstance(other, Place) and (place.kind, place.id) == (other.kind, other.id)
