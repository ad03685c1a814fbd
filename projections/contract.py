"""What other rooms work out of debt, reserve, spread, indicators and shocks, in the contract's shape: decimal strings.

Source: contract.md section 4.
"""

from typing import Literal

import msgspec

from ledger.book import Book
from ledger.money import Exact, amount_or_null, amount_text, ratio_or_null, ratio_text, round_fraction
from ledger.vocabulary import AccountKind
from projections.debt import Owed, in_all, owed_by_lender_group
from projections.diversification import WEIGHINGS, CapCode, Concentration, DimensionName, scores
from projections.early_repayment import SafeRepayment
from projections.judgement import Indicator, Light, unit_shown
from projections.liquidity import reserve
from projections.ruleset import Ruleset
from projections.stress import Outcome


class OwedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is owed, as the contract shows it: decimal strings."""

    principal: str
    accrued_interest: str
    overdue: str
    total: str
    due_30_days: str
    due_12_months: str


class DebtAnswer(OwedAnswer, frozen=True, kw_only=True):
    """The household's debt as the contract shows it. Added to the contract: `by_lender_group`."""

    by_lender_group: dict[str, OwedAnswer]


def debt(book: Book) -> DebtAnswer:
    """The household's debt in the contract's shape."""
    groups = owed_by_lender_group(book)
    return DebtAnswer(
        **_owed(in_all(groups.values()), currency=book.currency),
        by_lender_group={group: OwedAnswer(**_owed(owed, currency=book.currency)) for group, owed in groups.items()},
    )


def _owed(owed: Owed, *, currency: str) -> dict[str, str]:
    return {name: amount_text(getattr(owed, name), currency) for name in OwedAnswer.__struct_fields__}


class AccountAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One reserve account: its balance, and what of it counts in each tier after the haircut, `t2b` before its cap."""

    account: str
    kind: AccountKind
    pledged: bool
    balance: str
    t1: str
    t2a: str
    t2b: str


class ReserveAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The reserve as the contract shows it. Added to the contract: `accounts`, and `missing` (what nulls come from)."""

    t1: str
    t2a: str
    t2b: str
    total: str
    contingent: str
    monthly_outflow: str | None
    months: str | None
    immediate_months: str | None
    missing: tuple[str, ...]
    accounts: tuple[AccountAnswer, ...]


def reserves(book: Book) -> ReserveAnswer:
    """The household's reserve in the contract's shape."""
    found = reserve(book)

    def shown(amount: int | Exact) -> str:
        return amount_text(amount if isinstance(amount, int) else round_fraction(amount), book.currency)

    return ReserveAnswer(
        t1=shown(found.t1),
        t2a=shown(found.t2a),
        t2b=shown(found.t2b),
        total=shown(found.total),
        contingent=shown(found.contingent),
        monthly_outflow=amount_or_null(found.monthly_outflow, book.currency),
        months=ratio_or_null(found.months),
        immediate_months=ratio_or_null(found.immediate_months),
        missing=found.missing,
        accounts=tuple(
            AccountAnswer(
                account=each.account.name,
                kind=each.account.kind,
                pledged=each.account.pledged,
                balance=shown(each.account.balance),
                t1=shown(each.t1),
                t2a=shown(each.t2a),
                t2b=shown(each.t2b),
            )
            for each in found.accounts
        ),
    )


class DimensionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One dimension as the contract shows it; all null when nothing is owed."""

    hhi: str | None = None
    effective: str | None = None
    score: str | None = None


class CapAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A cap whose condition holds, and whether it decided the score."""

    code: CapCode
    limit: int
    bit: bool


class DiversificationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The score of unsecured debt as the contract shows it, and that of all debt; null where nothing is owed."""

    score: str | None
    uncapped: str | None
    dimensions: dict[DimensionName, DimensionAnswer]
    largest_share: str | None
    caps: tuple[CapAnswer, ...]
    all_debt_score: str | None
    ruleset: str


def diversification(book: Book, rules: Ruleset) -> DiversificationAnswer:
    """How spread the household's financing is, in the contract's shape, and by which rules."""
    unsecured, all_debt = scores(book, rules)
    all_debt_score = None if all_debt is None else ratio_text(all_debt.value, 2)
    if unsecured is None:
        nothing = {name: DimensionAnswer() for name in WEIGHINGS}
        return DiversificationAnswer(
            score=None,
            uncapped=None,
            dimensions=nothing,
            largest_share=None,
            caps=(),
            all_debt_score=all_debt_score,
            ruleset=rules.name,
        )
    return DiversificationAnswer(
        score=ratio_text(unsecured.value, 2),
        uncapped=ratio_text(unsecured.uncapped, 2),
        dimensions={name: _dimension(name, found) for name, found in unsecured.dimensions.items()},
        largest_share=ratio_text(unsecured.dimensions["lender"].largest),
        caps=tuple(CapAnswer(code=cap.code, limit=cap.limit, bit=unsecured.bit(cap)) for cap in unsecured.caps),
        all_debt_score=all_debt_score,
        ruleset=rules.name,
    )


def _dimension(name: DimensionName, found: Concentration) -> DimensionAnswer:
    return DimensionAnswer(
        hhi=ratio_text(found.hhi),
        effective=ratio_text(found.effective),
        score=ratio_text(found.score(WEIGHINGS[name].classes), 2),
    )


class IndicatorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as the contract shows it.

    Added to the contract: `bad` (the side of a threshold on which the trouble lies), `inputs` (what the value was made
    of, decimal strings), `subject` (the line or lender it is about).
    `unit` is the currency for an amount.
    """

    code: str
    value: str | None
    unit: str
    light: Light
    bad: Literal["high", "low"]
    warn: str | None
    critical: str | None
    source: str
    missing: tuple[str, ...]
    inputs: dict[str, str]
    subject: str | None


def indicator(indicator: Indicator, *, currency: str) -> IndicatorAnswer:
    """An indicator in the contract's shape."""
    measure = indicator.measure
    return IndicatorAnswer(
        code=indicator.code,
        value=indicator.text,
        unit=unit_shown(indicator.rule.unit, currency),
        light=indicator.light,
        bad=indicator.rule.bad,
        warn=None if indicator.warn is None else indicator.warn.text,
        critical=None if indicator.critical is None else indicator.critical.text,
        source=indicator.rule.source,
        missing=measure.missing,
        inputs=measure.inputs,
        subject=measure.subject,
    )


class OutcomeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as the contract shows it. Added to the contract: `missing`, what nulls come from."""

    scenario: str
    margin: str | None
    dsr: str | None
    first_month_below_zero: int | None
    survival_months: str | None
    uncovered: str | None
    missing: tuple[str, ...]


def outcome(outcome: Outcome, *, currency: str) -> OutcomeAnswer:
    """A scenario in the contract's shape."""
    return OutcomeAnswer(
        scenario=outcome.scenario,
        margin=amount_or_null(outcome.margin, currency),
        dsr=ratio_or_null(outcome.dsr),
        first_month_below_zero=outcome.first_month_below_zero,
        survival_months=ratio_or_null(outcome.survival_months),
        uncovered=amount_or_null(outcome.uncovered, currency),
        missing=outcome.missing,
    )


class SafeRepaymentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Safe early repayment as the contract shows it. Added: `restorable`, `missing`."""

    amount: str | None
    restorable: str | None
    months_if_not_restored: str | None
    months_if_restored: str | None
    missing: tuple[str, ...]


def safe_repayment(found: SafeRepayment, *, currency: str) -> SafeRepaymentAnswer:
    """Safe early repayment in the contract's shape."""
    return SafeRepaymentAnswer(
        amount=amount_or_null(found.amount, currency),
        restorable=amount_or_null(found.restorable, currency),
        months_if_not_restored=ratio_or_null(found.months_if_not_restored),
        months_if_restored=ratio_or_null(found.months_if_restored),
        missing=found.missing,
    )
