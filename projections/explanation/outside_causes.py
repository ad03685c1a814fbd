"""Reasons from outside the household: waves, partners, products, errors of the lender's data, rules of the regulator.

Source: domain.md section 7, P02 to P04, S07 and R01 to R04.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final

from ledger import events
from ledger.codes import Grade, ReasonCode
from ledger.money import MINOR_DIGITS, RATE_UNIT
from ledger.timeline import Entry
from ledger.traces import LimitChange
from projections.explanation.before import Before
from projections.explanation.case import Case
from projections.explanation.figures import Cap, CostPercent, Field, money, name, number, word
from projections.explanation.findings import Exclusion, Finding
from projections.explanation.statements import is_downward
from projections.explanation.system_causes import last, on, undone_soon
from projections.explanation.user_causes import Look, notice

YEAR_DAYS: Final = 365


def wave(case: Case, before: Before) -> Finding | None:
    """P02 at E2: a policy was announced, but nearer to another cut; at E1: other lines were cut in the same week."""
    announced = notice(case, before, "P02", "E2", "policy_tightening")
    if announced is not None:
        return announced
    zone, days = case.zone, case.rules.wave_days
    first, last = zone.day_of(before.subject.change.since) - days, zone.day(before.subject.end) + days
    cuts = [
        change
        for line in before.others_cut(after=zone.start(first) - 1, until=zone.start(last + 1) - 1)
        for change in line.changes
        if change.replaced_by is None and _is_cut(change) and first <= zone.day(change.at) <= last
    ]
    if not cuts:
        return None
    latest = max(cuts, key=lambda change: (change.at, change.version))
    other = name(case.fact(latest.version).line, Field(latest.version, "line"))
    figures = {"on": on(case, latest.version), "other": other}
    facts = tuple(sorted({change.version for change in cuts}))
    return Finding(code="P02", grade="E1", facts=facts, at=latest.at, say="wave", figures=figures)


def _is_cut(change: LimitChange) -> bool:
    return is_downward(change) and change.kind not in ("expired", "temporary_expired")


def partner_changed(case: Case, before: Before) -> Finding | None:
    """P03: the lender behind the line changed, or a notice says that a funding partner did."""
    told = last(entry.version for entry in _new_terms(case, before, "lender") if before.precedes(entry))
    if told is None:
        return notice(case, before, "P03", "E2", "partner_change")
    figures = {"on": on(case, told), "lender": name(case.fact(told).lender, Field(told, "lender"))}
    return Finding(code="P03", grade="E2", facts=(told,), at=case.entries[told].at, figures=figures)


def product_migrated(case: Case, before: Before) -> Finding | None:
    """P04: the line became another product; by the same day as a dated change a part of the same change."""
    dated, day = before.subject.change.kind != "inferred", case.zone.day(before.subject.end)
    found = [one for one in _new_terms(case, before, "product") if before.precedes(one) or (dated and one.day == day)]
    if not found:
        return notice(case, before, "P04", "E2", "product_migration")
    entry = found[-1]
    figures = {"on": on(case, entry.version), "product": word(entry.fact.product, Field(entry.version, "product"))}
    grade: Grade = "E3" if dated and entry.day == day else "E2"
    return Finding(code="P04", grade=grade, facts=(entry.version,), at=entry.at, figures=figures)


def _new_terms(case: Case, before: Before, field: str) -> Iterator[Entry]:
    """The facts up to the end of the change by which one of the line's terms became another than it had been."""
    known: str | None = None
    for entry in case.own(events.LineOpened, events.LineTermsChanged, until=before.subject.end):
        given: str | None = getattr(entry.fact, field)
        if given is not None and given != known:
            if known is not None and entry.at > before.since:
                yield entry
            known = given


def lender_error(case: Case, before: Before) -> Finding | None:
    """S07: statements that contradict each other (E2), a notice of an error, or a cut soon undone (E1)."""
    change = before.subject.change
    clash = _contradiction(case, before)
    if clash is not None:
        return clash
    noticed = notice(case, before, "S07", "E2", "data_error")
    return noticed or undone_soon(case, change, line=before.subject.line)


def _contradiction(case: Case, before: Before) -> Finding | None:
    """Limits stated for the same moment that are not the same."""
    kinds = (events.LimitGranted, events.LimitRaised, events.LimitLowered)
    stated = list(case.own(*kinds, after=before.since, until=before.subject.end))
    for earlier, later in pairwise(stated):
        if earlier.at == later.at and earlier.fact.limit != later.fact.limit:
            figures = {
                "one": money(earlier.fact.limit, Field(earlier.version, "limit")),
                "other": money(later.fact.limit, Field(later.version, "limit")),
                "on": on(case, later.version),
            }
            facts = (earlier.version, later.version)
            return Finding(code="S07", grade="E2", facts=facts, at=later.at, figures=figures)
    return None


def borrower_cap(case: Case, before: Before) -> Finding | Exclusion | None:
    """R01: the limit came under the cap that binds this class of lender per borrower."""
    terms = case.line.terms
    rule = case.rules.borrower_cap(terms.lender_class, before.in_force_on)
    change = before.subject.change
    if rule is None or terms.product != "consumer_loan":
        return None
    cap = rule.yuan * 10 ** MINOR_DIGITS[case.currency]
    figures = {"cap": money(cap, Cap(terms.lender_class, before.in_force_on.toordinal()))}
    if change.limit_before <= cap:
        known = case.dossier.facts(_LIMITS, line=before.subject.line, after=None, until=before.subject.start)
        told = last(entry.version for entry in known)
        return Exclusion(code="R01", facts=(told,), figures=figures) if told else None
    if change.limit_after > cap:
        return None
    return Finding(code="R01", grade="E2", facts=change.facts, at=before.subject.start, figures=figures)


def cost_cap(case: Case, before: Before) -> Finding | Exclusion | None:
    """R02: the line's yearly rate against the cost line in force on the day."""
    terms, day = case.line.terms, before.in_force_on
    rule = case.rules.cost_line(terms.lender_class, day)
    if rule is None or terms.daily_rate is None:
        return None
    priced = [
        entry.version
        for entry in case.own(events.LineOpened, events.LineTermsChanged, until=before.subject.start)
        if entry.fact.daily_rate == terms.daily_rate
    ]
    if not priced:
        return None
    figures = {"percent": number(rule.percent_text(day), CostPercent(terms.lender_class, day.toordinal()))}
    if Fraction(terms.daily_rate * YEAR_DAYS, RATE_UNIT) > rule.yearly(day):
        return Finding(code="R02", grade="E2", facts=(priced[-1],), at=before.subject.start, figures=figures)
    return Exclusion(code="R02", facts=(priced[-1],), figures=figures)


def tightening(case: Case, before: Before) -> Finding | None:
    """R04: a published context."""
    return notice(case, before, "R04", "E1", "macro")


_LIMITS: Final = (events.LimitGranted, events.LimitRaised, events.LimitLowered, events.LimitObserved)

LOOKS: Final[dict[ReasonCode, Look]] = {
    "P02": wave,
    "P03": partner_changed,
    "P04": product_migrated,
    "S07": lender_error,
    "R01": borrower_cap,
    "R02": cost_cap,
    "R04": tightening,
}
