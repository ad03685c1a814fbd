"""A check as the clock stores it: the canonical JSON of its answer, written without making the answer first.

These are the bytes that `digest.canonical` writes of the answer. Its records have their fields in the order of
canonical JSON already, so that nothing has to be looked through or sorted.
"""

from functools import cache

from ledger.money import amount_or_null, ratio_or_null
from projections.check import Examination
from projections.digest import bare
from projections.early_repayment import SafeRepayment
from projections.findings import Finding
from projections.judgement import Indicator, unit_shown
from projections.stored_records import (
    StoredCheck,
    StoredFinding,
    StoredIndicator,
    StoredOutcome,
    StoredRepayment,
    versions,
    written,
)
from projections.stress import Outcome


def stored(examined: Examination, told: tuple[Finding, ...], *, household: str) -> bytes:
    """An examination with its findings, which need no words, as canonical JSON; facts go by their version."""
    book = examined.basis.book
    currency, facts = book.currency, cache(versions)  # many findings stand on the same facts
    check = StoredCheck(
        book.zone.text(book.at),
        currency,
        [StoredFinding(one.code, facts(one.facts), one.light, one.name) for one in told],
        [_indicator(one, currency) for one in examined.indicators],
        (),
        examined.basis.rules.name,
        _repayment(examined.repayment, currency),
        None,
        [_outcome(one, currency) for one in examined.outcomes],
        book.version,
    )
    return bare(written(check), household=household)


def _indicator(one: Indicator, currency: str) -> StoredIndicator:
    measure, rule = one.measure, one.rule
    return StoredIndicator(
        rule.bad,
        one.code,
        None if one.critical is None else one.critical.text,
        measure.inputs,
        one.light,
        measure.missing,
        rule.source,
        measure.subject,
        unit_shown(rule.unit, currency),
        one.text,
        None if one.warn is None else one.warn.text,
    )


def _repayment(found: SafeRepayment, currency: str) -> StoredRepayment:
    return StoredRepayment(
        amount_or_null(found.amount, currency),
        found.missing,
        ratio_or_null(found.months_if_not_restored),
        ratio_or_null(found.months_if_restored),
        amount_or_null(found.restorable, currency),
    )


def _outcome(one: Outcome, currency: str) -> StoredOutcome:
    return StoredOutcome(
        ratio_or_null(one.dsr),
        one.first_month_below_zero,
        amount_or_null(one.margin, currency),
        one.missing,
        one.scenario,
        ratio_or_null(one.survival_months),
        amount_or_null(one.uncovered, currency),
    )
