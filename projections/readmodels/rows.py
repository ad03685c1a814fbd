"""A household's state as rows of the read tables: the numbers of its position, before they are written out as text.

Its days, which are many, are written out by wire.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec
from psycopg.types.json import Jsonb

from ledger.book import Book
from ledger.calendar import When
from ledger.line import Line
from ledger.money import MINOR_DIGITS, Exact, Quotient, ratio_text, round_fraction, unscaled
from ledger.traces import LimitChange
from projections import debt, diversification, liquidity
from projections.diversification import Score
from projections.indicators import credit
from projections.limit_changes import change_id
from projections.position import utilisation
from projections.readmodels import tables
from projections.readmodels.household import Household

Row: TypeAlias = tuple[Any, ...]
_NUMBERS: Final = len(tables.columns(tables.HOUSEHOLD_NOW)) - 11
"""Columns of `household_now` that hold a position."""
_SPREAD: Final = 3 + len(diversification.WEIGHINGS)
"""Those of them that tell how spread the unsecured debt is."""
_CONCENTRATED: Final = 3 + len(diversification.WEIGHINGS)
"""Those that tell how concentrated it is, and what caps the score."""


def household_now(state: Household, *, quarantine: str | None = None) -> Row:
    """The row of `household_now`. A household whose facts cannot be folded has no numbers."""
    book, series = state.book, state.series
    first_days = [rows[0].day for rows in series.lines.values()] + [row.day for row in series.days[:1]]
    first = min(first_days, default=None)
    next_at = None if quarantine else state.next_at
    return (
        state.name, state.version, state.recorded_at, state.as_of, date.fromordinal(book.zone.day(state.as_of)),
        next_at, None if first is None else date.fromordinal(first), book.zone.name, book.currency,
        10 ** MINOR_DIGITS[book.currency], quarantine, *([None] * _NUMBERS if quarantine else _numbers(book)),
    )  # fmt: skip


def _numbers(book: Book) -> Row:
    owed, reserve = debt.owed_by(book), liquidity.reserve(book)
    outflow, (unsecured, all_debt) = reserve.monthly_outflow, diversification.scores(book)
    return (
        owed.principal, owed.accrued_interest, owed.overdue, owed.total, owed.due_30_days, owed.due_12_months,
        reserve.t1, reserve.t2a, reserve.t2b, reserve.contingent, None if outflow is None else round_fraction(outflow),
        _ratio(reserve.months), _ratio(reserve.immediate_months), *_spread(unsecured, all_debt), _used(book),
        *_concentrated(unsecured),
    )  # fmt: skip


def _spread(unsecured: Score | None, all_debt: Score | None) -> Row:
    all_debt_score = None if all_debt is None else _ratio(all_debt.value, 2)
    if unsecured is None:
        return (*([None] * _SPREAD), all_debt_score)
    dimensions, weighings = unsecured.dimensions, diversification.WEIGHINGS
    scores = [_hundredths(dimensions[name].hundredths(each.classes)) for name, each in weighings.items()]
    largest = _ratio(dimensions["lender"].largest)
    own_score = all_debt_score if unsecured is all_debt else _ratio(unsecured.value, 2)
    return own_score, _ratio(unsecured.uncapped, 2), *scores, largest, all_debt_score


def _concentrated(unsecured: Score | None) -> Row:
    if unsecured is None:
        return (None,) * _CONCENTRATED
    dimensions = [unsecured.dimensions[name] for name in diversification.WEIGHINGS]
    caps, bit = unsecured.caps, [cap.code for cap in unsecured.caps if unsecured.bit(cap)]
    effective = _ratio(unsecured.dimensions["lender"].effective)
    return *[_ratio(each.hhi) for each in dimensions], effective, [cap.code for cap in caps], bit


def _used(book: Book) -> Decimal | None:
    """What is drawn on the revolving lines against their limits, where all are known and there is any."""
    found = credit.pools(book.lines.values())
    if any(pool.limit_missing for pool in found):
        return None
    drawn, limit = credit.used(found)
    return _ratio(Quotient(drawn, limit)) if limit else None


def lines_now(state: Household) -> Iterator[Row]:
    """The rows of `line_now`."""
    day = state.book.day
    for line in state.book.lines.values():
        rows = state.series.lines.get(line.name)
        if rows:
            yield _line_now(state.name, line, day=day, first_on=date.fromordinal(rows[0].day))


def _line_now(household: str, line: Line, *, day: int, first_on: date) -> Row:
    owed, terms = debt.owed_on(line, day=day), line.terms
    return (
        household, line.name, terms.lender, debt.lender_group(line), terms.product, terms.secured, terms.revolving,
        terms.revocable, line.status, first_on, line.root.permanent is not None, line.permanent_limit,
        line.temporary_limit, line.drawn, line.held, line.shared_used, line.headroom, line.available, line.over_limit,
        line.blocked, _ratio(utilisation(line)), owed.principal, owed.accrued_interest, owed.overdue, owed.total,
        line.loans.days_past_due(day), owed.due_30_days, owed.due_12_months,
    )  # fmt: skip


def derived_changes(state: Household) -> Iterator[Row]:
    """The rows of `derived_change` that were not stored yet."""
    for change in state.fresh:
        yield (*change[:5], Jsonb(change.data, dumps=msgspec.json.encode))


def limit_changes(state: Household) -> Iterator[Row]:
    """The rows of `limit_change`."""
    for ordinal, place in enumerate(state.standing, start=1):
        yield (*_change(state, place.change, line=place.line, ordinal=ordinal), *state.verdicts[place])


def _change(state: Household, change: LimitChange, *, line: str, ordinal: int) -> Row:
    def instant(when: When) -> tuple[int, bool]:
        return state.book.zone.at(when), isinstance(when, str)

    return (
        state.name, change_id(state.name, change), ordinal, line, change.kind, change.limit_before,
        change.limit_after, change.available_before, change.available_after, *instant(change.since),
        *instant(change.until), change.ambiguous, change.recorded_at, list(change.facts),
    )  # fmt: skip


def _ratio(value: Exact | None, places: int = 4) -> Decimal | None:
    return None if value is None else Decimal(ratio_text(value, places))


def _hundredths(value: int) -> Decimal:
    return Decimal(unscaled(value, 2))
