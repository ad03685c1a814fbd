"""The position of a household: its lines, debt, reserve and spread on one page, as of T, as known at K.

Source: contract.md section 4, `position`.
"""

from datetime import date
from fractions import Fraction

import msgspec

from ledger.book import Book
from ledger.dues import LoanView
from ledger.line import Line
from ledger.money import amount_or_null, amount_text, ratio_or_null
from ledger.traces import Conflict, Residual, Status
from ledger.vocabulary import Product, SourceKind
from projections import all_in_cost, contract, debt
from projections.bridge import fact_ids
from projections.ruleset import Ruleset, ruleset


class LoanPosition(msgspec.Struct, frozen=True, kw_only=True):
    """One loan on which something is owed.

    Shape: added to the contract: `posted_unpaid`, what was charged and not paid, and `derived`: whether early
    principal, or a draw taken back, had us solve the schedule anew, so that its payments are ours and not the lender's.
    """

    loan: str
    principal: str
    accrued_interest: str
    posted_unpaid: str
    next_due_on: str | None
    next_due: str | None
    derived: bool


class LinePosition(msgspec.Struct, frozen=True, kw_only=True):
    """One credit line.

    Shape: `utilisation` is a fraction, null where there is no limit. Added to the contract: `total_debt` (principal,
    accrued interest and what was posted and not paid), `overdue`, `limit_known`: false while nobody has recorded or
    seen a limit, so that "0.00" is not taken for one, `held_inferred`: what of `held` no fact explains, less was just
    seen to be available, and `all_in_cost`: what the line has cost a year so far, null where it cannot be told.
    """

    line: str
    lender: str
    lender_group: str
    product: Product
    status: Status
    limit: str
    permanent_limit: str
    temporary_limit: str
    limit_known: bool
    drawn: str
    held: str
    held_inferred: str
    headroom: str
    available: str
    over_limit: str
    blocked: str
    utilisation: str | None
    accrued_interest: str
    days_past_due: int
    overdue: str
    total_debt: str
    shared_used: str
    due_30_days: str
    due_12_months: str
    all_in_cost: all_in_cost.AllInCostAnswer | None
    loans: tuple[LoanPosition, ...]


class ResidualPosition(msgspec.Struct, frozen=True, kw_only=True):
    """What the books of a line cannot explain."""

    line: str
    kind: str
    amount: str
    facts: tuple[str, ...]


class ConflictingValue(msgspec.Struct, frozen=True, kw_only=True):
    """What one source said."""

    value: str
    source: SourceKind
    fact: str


class ConflictPosition(msgspec.Struct, frozen=True, kw_only=True):
    """Sources that contradict each other about one quantity at the same time."""

    line: str
    quantity: str
    values: tuple[ConflictingValue, ...]


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a household at one time. Units: decimal strings of `currency`."""

    household: str
    at: str
    known_at: str
    version: int
    currency: str
    lines: tuple[LinePosition, ...]
    debt: contract.DebtAnswer
    reserves: contract.ReserveAnswer
    diversification: contract.DiversificationAnswer
    residuals: tuple[ResidualPosition, ...]
    open_conflicts: tuple[ConflictPosition, ...]


def position(book: Book, *, household: str, known_at: int, rules: Ruleset | None = None) -> Position:
    """The position that a folded book gives. Units: `known_at` in microseconds since the epoch.

    Shape: `rules` are those that judge the household; those of the current version, if none are given.
    """
    lines = book.lines.values()
    costs = {name: all_in_cost.answer(one, household=household) for name, one in all_in_cost.all_in_costs(book).items()}
    return Position(
        household=household,
        at=book.zone.text(book.at),
        known_at=book.zone.text(known_at, microsecond=True),
        version=book.version,
        currency=book.currency,
        lines=tuple(_line(line, day=book.day, currency=book.currency, cost=costs.get(line.name)) for line in lines),
        debt=contract.debt(book),
        reserves=contract.reserves(book),
        diversification=contract.diversification(book, rules or ruleset()),
        residuals=tuple(_residual(book, household, line, one) for line in lines for one in line.residuals),
        open_conflicts=tuple(_conflict(book, household, line, one) for line in lines for one in line.conflicts),
    )


def utilisation(line: Line) -> Fraction | None:
    """Drawn over limit; None where there is no limit."""
    return Fraction(line.drawn, line.limit) if line.limit else None


def _line(line: Line, *, day: int, currency: str, cost: all_in_cost.AllInCostAnswer | None) -> LinePosition:
    def shown(amount: int) -> str:
        return amount_text(amount, currency)

    used, owed = utilisation(line), debt.owed_on(line, day=day)
    return LinePosition(
        line=line.name,
        lender=line.terms.lender,
        lender_group=debt.lender_group(line),
        product=line.terms.product,
        status=line.status,
        limit=shown(line.limit),
        permanent_limit=shown(line.permanent_limit),
        temporary_limit=shown(line.temporary_limit),
        limit_known=line.root.permanent is not None,
        drawn=shown(line.drawn),
        held=shown(line.held),
        held_inferred=shown(sum(one.amount for one in line.holds if one.inferred)),
        headroom=shown(line.headroom),
        available=shown(line.available),
        over_limit=shown(line.over_limit),
        blocked=shown(line.blocked),
        utilisation=ratio_or_null(used),
        accrued_interest=shown(owed.accrued_interest),
        days_past_due=line.loans.days_past_due(day),
        overdue=shown(owed.overdue),
        total_debt=shown(owed.total),
        shared_used=shown(line.shared_used),
        due_30_days=shown(owed.due_30_days),
        due_12_months=shown(owed.due_12_months),
        all_in_cost=cost,
        loans=tuple(_loan(view, currency=currency) for view in line.loans.views(day)),
    )


def _loan(view: LoanView, *, currency: str) -> LoanPosition:
    return LoanPosition(
        loan=view.loan,
        principal=amount_text(view.principal, currency),
        accrued_interest=amount_text(view.accrued_interest, currency),
        posted_unpaid=amount_text(view.posted_unpaid, currency),
        next_due_on=None if view.next_due_on is None else date.fromordinal(view.next_due_on).isoformat(),
        next_due=amount_or_null(view.next_due, currency),
        derived=view.derived,
    )


def _residual(book: Book, household: str, line: Line, residual: Residual) -> ResidualPosition:
    return ResidualPosition(
        line=line.name,
        kind=residual.kind,
        amount=amount_text(residual.amount, book.currency),
        facts=fact_ids(household, residual.facts),
    )


def _conflict(book: Book, household: str, line: Line, conflict: Conflict) -> ConflictPosition:
    facts = fact_ids(household, (entry.version for entry in conflict.entries))
    return ConflictPosition(
        line=line.name,
        quantity=conflict.quantity,
        values=tuple(
            ConflictingValue(
                value=amount_text(getattr(entry.fact, conflict.quantity), book.currency),
                source=entry.fact.source,
                fact=fact,
            )
            for entry, fact in zip(conflict.entries, facts, strict=True)
        ),
    )
