"""What a draw, an early repayment, a freeze or another income would do to every indicator, by the one fold.

The history and the supposed facts are folded together; nothing is written. Money that is repaid comes out of the
household's own accounts, the most liquid first, and money that is drawn goes to one of them. Whether a lender lets
repaid money be drawn again is its own decision, so a repayment is shown both ways.
Source: domain.md section 5 (safe early repayment) and section 6.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from ledger import events
from ledger.book import Book, fold
from ledger.errors import NotFound
from ledger.events import Plain
from ledger.line import Line
from ledger.money import amount_or_null, amount_text
from ledger.reserve import Account
from ledger.timeline import Timeline
from projections import judgement
from projections.check import Examination, examine
from projections.digest import digest
from projections.judgement import Light
from projections.liquidity import TREATMENTS
from projections.ruleset import Ruleset

Kind: TypeAlias = Literal["draw", "repay", "freeze", "income"]
Outcome: TypeAlias = Literal["then", "if_restored", "if_not_restored"]
Caution: TypeAlias = Literal["unusable_already", "beyond_available", "beyond_owed", "beyond_own_money", "no_account"]

_HELD_DAYS: Final = 36_500
_TIERS: Final = ("t1", "t2a", "t2b", None)


class Supposed(msgspec.Struct, frozen=True, kw_only=True):
    """What is supposed. Units: `amount` in minor units; for `income` it is a month's."""

    kind: Kind
    line: str | None = None
    amount: int | None = None
    account: str | None = None


class Lit(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator's value and light."""

    value: str | None
    light: Light


class IndicatorChange(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as it is and as it would be."""

    code: str
    unit: str
    before: Lit
    after: dict[Outcome, Lit]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the household would owe, have and could borrow; `available` is that of the line supposed about."""

    debt: str
    reserve: str
    undrawn: str
    available: str | None


class MoneyMove(msgspec.Struct, frozen=True, kw_only=True):
    """What would leave (or reach) one of the household's accounts."""

    account: str
    amount: str


class CautionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something about the supposition itself: it is beyond what there is, and by how much."""

    code: Caution
    amount: str | None = None


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """What a supposition would do. Shape: outcomes are `then`, or for a repayment `if_restored` and not."""

    household: str
    at: str
    known_at: str
    version: int
    ruleset: str
    currency: str
    kind: Kind
    line: str | None
    amount: str | None
    moves: tuple[MoneyMove, ...]
    cautions: tuple[CautionAnswer, ...]
    before: Figures
    after: dict[Outcome, Figures]
    indicators: tuple[IndicatorChange, ...]
    digest: str


def what_if(
    timeline: Timeline, supposed: Supposed, *, at: int, rules: Ruleset, household: str, known_at: int
) -> WhatIf:  # fmt: skip
    """Every indicator before and after. Raises: NotFound."""
    book = fold(timeline, at=at)
    line = None if supposed.line is None else book.line(supposed.line)
    moves = _moves(book, supposed)
    before = examine(book, rules)
    after = {
        outcome: examine(fold(timeline.supposing(facts, until=at), at=at), rules)
        for outcome, facts in _outcomes(supposed, line, moves, at=at).items()
    }
    found = WhatIf(
        household=household,
        at=book.zone.text(at),
        known_at=book.zone.text(known_at, microsecond=True),
        version=book.version,
        ruleset=rules.name,
        currency=book.currency,
        kind=supposed.kind,
        line=supposed.line,
        amount=amount_or_null(supposed.amount, book.currency),
        moves=tuple(MoneyMove(account=name, amount=amount_text(part, book.currency)) for name, part in moves.items()),
        cautions=tuple(_cautions(book, supposed, line, moves)),
        before=_figures(before, supposed.line),
        after={outcome: _figures(one, supposed.line) for outcome, one in after.items()},
        indicators=_changes(before, after),
        digest="",
    )
    return msgspec.structs.replace(found, digest=digest(found, household=household))


def _outcomes(
    supposed: Supposed, line: Line | None, moves: Mapping[str, int], *, at: int
) -> dict[Outcome, tuple[Plain, ...]]:  # fmt: skip
    """The facts of each outcome, all at the instant that is asked about."""
    amount, name = supposed.amount or 0, supposed.line or ""
    moved: tuple[Plain, ...] = tuple(
        events.ReserveMoved(effective=at, account=account, amount=part) for account, part in moves.items()
    )
    match supposed.kind:
        case "draw":
            return {"then": (events.DrawnDown(effective=at, line=name, amount=amount), *moved)}
        case "freeze":
            return {"then": (events.LineFrozen(effective=at, line=name),) if line is not None and line.usable else ()}
        case "income":
            return {"then": (events.IncomeDeclared(effective=at, monthly=amount),)}
        case "repay":
            paid = (events.RepaymentPosted(effective=at, line=name, amount=amount), *moved)
            if line is None or not line.terms.revolving or line.terms.restoration == "never":
                return {"then": paid}
            held = events.LineTermsChanged(effective=at, line=name, restoration="t_plus_n", restoration_days=_HELD_DAYS)
            back = events.LineTermsChanged(effective=at, line=name, restoration="on_post")
            return {"if_not_restored": (held, *paid), "if_restored": (back, *paid)}


def _moves(book: Book, supposed: Supposed) -> dict[str, int]:
    """What leaves or reaches which account. Units: minor units, signed. Raises: NotFound."""
    if supposed.kind not in ("draw", "repay"):
        return {}
    accounts = sorted(book.accounts.values(), key=_liquid_first)
    if supposed.account is not None:
        if supposed.account not in book.accounts:
            raise NotFound("account", supposed.account, known=tuple(sorted(book.accounts)))
        accounts = [book.accounts[supposed.account]]
    amount = supposed.amount or 0
    if supposed.kind == "draw":
        return {accounts[0].name: amount} if accounts else {}
    moves: dict[str, int] = {}
    for account in accounts:
        part = min(amount, max(0, account.balance))
        if part and not account.pledged and TREATMENTS[account.kind].tier is not None:
            moves[account.name] = -part
            amount -= part
    return moves


def _liquid_first(account: Account) -> tuple[bool, int, int, str]:
    return account.pledged, _TIERS.index(TREATMENTS[account.kind].tier), -account.balance, account.name


def _cautions(
    book: Book, supposed: Supposed, line: Line | None, moves: Mapping[str, int]
) -> Iterable[CautionAnswer]:  # fmt: skip
    amount = supposed.amount or 0
    if line is not None and supposed.kind == "freeze" and not line.usable:
        yield CautionAnswer(code="unusable_already")
    if line is not None and supposed.kind == "draw" and amount > line.available:
        yield CautionAnswer(code="beyond_available", amount=amount_text(line.available, book.currency))
    if line is not None and supposed.kind == "repay" and amount > line.loans.total(book.day):
        yield CautionAnswer(code="beyond_owed", amount=amount_text(line.loans.total(book.day), book.currency))
    if supposed.kind == "repay" and book.accounts and amount > -sum(moves.values()):
        yield CautionAnswer(code="beyond_own_money", amount=amount_text(-sum(moves.values()), book.currency))
    if supposed.kind in ("draw", "repay") and not book.accounts:
        yield CautionAnswer(code="no_account")


def _figures(examined: Examination, line: str | None) -> Figures:
    asked = examined.basis
    return Figures(
        debt=asked.money(asked.owed.total),
        reserve=asked.money(asked.reserve.total),
        undrawn=asked.money(asked.reserve.contingent),
        available=None if line is None else asked.money(asked.book.lines[line].available),
    )


def _changes(before: Examination, after: Mapping[Outcome, Examination]) -> tuple[IndicatorChange, ...]:
    currency = before.basis.book.currency
    would = {outcome: {one.code: _lit(one) for one in examined.indicators} for outcome, examined in after.items()}
    return tuple(
        IndicatorChange(
            code=one.code,
            unit=judgement.unit_shown(one.rule.unit, currency),
            before=_lit(one),
            after={outcome: found[one.code] for outcome, found in would.items()},
        )
        for one in before.indicators
    )


def _lit(indicator: judgement.Indicator) -> Lit:
    return Lit(value=indicator.text, light=indicator.light)
