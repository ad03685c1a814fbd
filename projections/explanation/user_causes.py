"""The user's side: dated facts of classes known to precede cuts, never more than "preceded, is consistent with".

Each function gives a finding, an exclusion, or nothing where the book cannot tell. Source: domain.md section 7, U01
to U14; base rates forbid blame: most cuts hit people without any such fact.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Final, TypeAlias

from ledger import events
from ledger.calendar import DAY
from ledger.codes import Grade, ReasonCode
from ledger.line import Line
from ledger.timeline import Entry
from ledger.traces import LimitChange
from ledger.vocabulary import NoticeKind
from projections.bridge import Move
from projections.explanation.before import Before, Overdue, dated_dues
from projections.explanation.case import Case
from projections.explanation.figures import Counted, Field, Figure, Rule, Since, Stepped, money, number
from projections.explanation.findings import Exclusion, Finding
from projections.explanation.levels import utilisations
from projections.explanation.system_causes import available, last, on

Look: TypeAlias = Callable[[Case, Before], Finding | Exclusion | None]


def asked_for_it(case: Case, move: Move) -> Finding | None:
    """U12: the household asked for a lower limit before it fell, and did not ask for more than it got."""
    if move.kind not in ("limit", "inferred_limit") or move.amount >= 0:
        return None
    told = case.change_of(move)
    if told is None:
        return None
    subject = case.subject(*told)
    names = {one.name for one in case.pool}
    requests = case.facts(events.LimitReductionRequested, after=case.too_early(subject), until=subject.end)
    asked = [one for one in requests if one.fact.line in names and not _granted(one, told[0], told[1])]
    if not asked or (asked[-1].fact.limit is not None and asked[-1].fact.limit > told[0].limit_after):
        return None
    version = asked[-1].version
    figures = {
        "on": on(case, version),
        "amount": money(move.amount, Stepped((move.kind,), move.facts, move.at)),
        "available": available(case),
    }
    return Finding(code="U12", grade="E3", facts=(version, *move.facts), at=move.at, figures=figures)


def _granted(request: Entry, cut: LimitChange, line: Line) -> bool:
    """Whether an earlier fall of the limit had given the household all that it asked for."""
    wanted: int | None = request.fact.limit
    return any(
        request.at < one.at < cut.at and (wanted is None or one.limit_after <= wanted)
        for one in line.changes
        if one.replaced_by is None and one.kind in ("lowered", "inferred") and one.limit_after < one.limit_before
    )


def overdue_here(case: Case, before: Before) -> Finding | Exclusion | None:
    """U01: this line was past due before the change; excluded where dated payments were all made in time."""
    return _overdue(case, before, case.name, "U01")


def overdue_elsewhere(case: Case, before: Before) -> Finding | Exclusion | None:
    """U02: another line was past due, or a credit bureau says so."""
    others = [line for line in before.overdue if line != case.name]
    if others:
        worst = max(others, key=lambda line: before.overdue[line].days)
        return _late(case, before.overdue[worst], "U02")
    told = [
        entry
        for entry in case.facts(events.LenderStated, events.PlatformNoticed, until=before.subject.start)
        if entry.fact.source == "bureau" and entry.fact.reason_code in ("U01", "U02") and before.precedes(entry)
    ]
    if told:
        figures = {"on": on(case, told[-1].version)}
        return Finding(code="U02", grade="E2", facts=(told[-1].version,), at=told[-1].at, say="bureau", figures=figures)
    lines = [line for line in before.lines if line != case.name]
    found = [_overdue(case, before, line, "U02") for line in lines]
    excluded = [one for one in found if isinstance(one, Exclusion)]
    facts = tuple(fact for one in excluded for fact in one.facts)
    return Exclusion(code="U02", facts=facts) if facts and len(excluded) == len(lines) else None


def _overdue(case: Case, before: Before, line: str, code: ReasonCode) -> Finding | Exclusion | None:
    late = before.overdue.get(line)
    if late is not None:
        return _late(case, late, code)
    dues = dated_dues(case, before, line)
    return Exclusion(code=code, facts=dues) if dues else None


def _late(case: Case, late: Overdue, code: ReasonCode) -> Finding | None:
    if not late.facts:
        return None
    first = case.fact(late.facts[0])
    if not isinstance(first, events.PaymentDue):
        return Finding(code=code, grade="E2", facts=late.facts, at=late.at, say="instalment")
    version = late.facts[0]
    figures = {
        "due_on": Figure("when", first.due_on.isoformat(), Field(version, "due_on")),
        "days": number(late.days, Since(version, "due_on", late.at)),
        "amount": money(first.amount, Field(version, "amount")),
    }
    if first.minimum is None:
        return Finding(code=code, grade="E2", facts=(version,), at=late.at, figures=figures)
    figures["amount"] = money(first.minimum, Field(version, "minimum"))  # no more of the bill was late
    return Finding(code=code, grade="E2", facts=(version,), at=late.at, say="minimum", figures=figures)


def high_utilisation(case: Case, before: Before) -> Finding | Exclusion | None:
    """U03: most of the limit was in use before the change, by the mean over time."""
    rule = case.rules.utilisation
    until = before.subject.start
    spans = list(utilisations(case.line, since=until - rule.days * DAY, until=until))
    lasted = sum(span for span, _ in spans)
    if not lasted:
        return None
    pool = {one.name for one in case.pool}
    used = (one for one in case.facts(events.DrawnDown, events.LimitObserved, until=until) if one.fact.line in pool)
    facts = tuple(entry.version for entry in used)[-2:]
    days = {"days": number(rule.days, Rule("utilisation", "days"))}
    mean = sum((span * used for span, used in spans), Fraction(0)) / lasted
    if mean * 100 >= rule.high_percent and facts:
        days["percent"] = number(rule.high_percent, Rule("utilisation", "high_percent"))
        return Finding(code="U03", grade="E2", facts=facts, at=until, figures=days)
    if max(used for _, used in spans) * 100 < rule.low_percent and facts:
        days["percent"] = number(rule.low_percent, Rule("utilisation", "low_percent"))
        return Exclusion(code="U03", facts=facts, figures=days)
    return None


def high_obligations(case: Case, before: Before) -> Finding | Exclusion | None:
    """U04: what falls due takes much of the income, or the income fell."""
    incomes = case.facts(events.IncomeDeclared, until=before.subject.start)
    declared = [entry for entry in incomes if before.is_earlier(entry)]
    fallen = _income_fell(case, before, declared)
    if fallen is not None:
        return fallen
    share = before.due_against_income
    facts = _income_facts(case, before, declared)
    if share is None or not facts:
        return None
    rule = {"percent": number(case.rules.obligations.high_percent, Rule("obligations", "high_percent"))}
    if share * 100 >= case.rules.obligations.high_percent:
        return Finding(code="U04", grade="E2", facts=facts, at=before.subject.start, figures=rule)
    return Exclusion(code="U04", facts=facts, figures=rule)


def _income_fell(case: Case, before: Before, declared: list[Entry]) -> Finding | None:
    if len(declared) < 2 or not before.precedes(declared[-1]):
        return None
    earlier, later = declared[-2], declared[-1]
    keeps = 100 - case.rules.obligations.income_fall_percent
    if later.fact.monthly * 100 > earlier.fact.monthly * keeps:
        return None
    figures = {
        "before": money(earlier.fact.monthly, Field(earlier.version, "monthly")),
        "after": money(later.fact.monthly, Field(later.version, "monthly")),
        "on": on(case, later.version),
    }
    facts = (earlier.version, later.version)
    return Finding(code="U04", grade="E2", facts=facts, at=later.at, say="income", figures=figures)


def _income_facts(case: Case, before: Before, declared: list[Entry]) -> tuple[int, ...]:
    if declared:
        return (declared[-1].version,)
    seen = case.facts(events.IncomeReceived, until=before.subject.start)
    return tuple(entry.version for entry in seen)[-3:]


def new_lenders(case: Case, before: Before) -> Finding | None:
    """U05: lines opened at other lenders, or one of them drawn on, in the time that counts."""
    opened: dict[str, list[int]] = {}
    drew = False
    for entry in case.facts(events.LineOpened, events.DrawnDown, until=before.subject.start):
        if not before.precedes(entry):
            continue
        if isinstance(entry.fact, events.LineOpened):
            if _other_lender(case, entry.fact) and not _had_before(case, before, entry):
                opened.setdefault(entry.fact.line, []).append(entry.version)
        elif entry.fact.line in opened and len(opened[entry.fact.line]) == 1:
            opened[entry.fact.line].append(entry.version)
            drew = True
    lenders = {_group(case.fact(versions[0])) for versions in opened.values()}
    if not opened or (len(lenders) < case.rules.new_credit.lenders and not drew):
        return None
    facts = tuple(sorted(version for versions in opened.values() for version in versions))
    openings = tuple(versions[0] for versions in opened.values())
    figures = {"count": number(len(openings), Counted(openings)), "on": on(case, openings[-1])}
    return Finding(
        code="U05", grade="E2", facts=facts, at=max(case.entries[version].at for version in facts), figures=figures
    )


def _other_lender(case: Case, opened: events.LineOpened) -> bool:
    return _group(opened) != _group(case.line.terms)


def _group(opened: events.LineOpened) -> str:
    return opened.lender_group or opened.lender


def _had_before(case: Case, before: Before, opened: Entry) -> bool:
    """Whether the book began with this line: then it may be much older than its opening in the book."""
    return opened.day == case.in_order[0].day or opened.at <= before.since


def inquiries(case: Case, before: Before) -> Finding | None:
    """U06: lenders looked into the household's credit."""
    asked = [entry for entry in case.facts(events.InquiryMade, until=before.subject.start) if before.precedes(entry)]
    if len(asked) < case.rules.inquiries.count:
        return None
    facts = tuple(entry.version for entry in asked)
    figures = {"count": number(len(facts), Counted(facts)), "on": on(case, facts[-1])}
    return Finding(code="U06", grade="E2", facts=facts, at=asked[-1].at, figures=figures)


def long_unused(case: Case, before: Before) -> Finding | Exclusion | None:
    """U07: the last draw on record is long ago. No draw on record at all tells nothing."""
    start = before.subject.start
    version = last(entry.version for entry in case.own(events.DrawnDown, until=start))
    if version is None:
        return None
    figures = {"on": on(case, version)}
    if before.day - case.entries[version].day < case.rules.unused.days:
        return Exclusion(code="U07", facts=(version,), figures=figures)
    figures["days"] = number(case.rules.unused.days, Rule("unused", "days"))
    return Finding(code="U07", grade="E2", facts=(version,), at=start, figures=figures)


def early_repayments(case: Case, before: Before) -> Finding | None:
    """U08: drawn and wholly repaid again within days, several times."""
    rule = case.rules.early_repayment
    since = before.subject.start - rule.days * DAY
    drew: Entry | None = None
    settled: list[int] = []
    for entry in case.own(events.DrawnDown, events.RepaymentPosted, after=since, until=before.subject.start):
        if isinstance(entry.fact, events.DrawnDown):
            drew = entry
        elif drew is not None and entry.day - drew.day <= rule.within_days and entry.fact.amount >= drew.fact.amount:
            settled.append(entry.version)
            drew = None
    if len(settled) < rule.count:
        return None
    figures = {
        "count": number(len(settled), Counted(tuple(settled))),
        "days": number(rule.within_days, Rule("early_repayment", "within_days")),
    }
    at = case.entries[settled[-1]].at
    return Finding(code="U08", grade="E1", facts=tuple(settled), at=at, figures=figures)


def score_fell(case: Case, before: Before) -> Finding | Exclusion | None:
    """U13: of two dated scores of one scheme the later is lower."""
    scores: dict[str, list[Entry]] = {}
    for entry in case.facts(events.ScoreObserved, until=before.subject.start):
        scores.setdefault(entry.fact.scheme, []).append(entry)
    pairs = [seen[-2:] for seen in scores.values() if len(seen) > 1 and before.precedes(seen[-1])]
    if not pairs:
        return None
    earlier, later = min(pairs, key=lambda pair: pair[1].fact.score - pair[0].fact.score)
    figures = {
        "before": number(earlier.fact.score, Field(earlier.version, "score")),
        "after": number(later.fact.score, Field(later.version, "score")),
        "on": on(case, later.version),
    }
    facts = (earlier.version, later.version)
    if later.fact.score < earlier.fact.score:
        return Finding(code="U13", grade="E2", facts=facts, at=later.at, figures=figures)
    return Exclusion(code="U13", facts=facts, figures=figures)


def short_history(case: Case, before: Before) -> Finding | Exclusion | None:
    """U14: the oldest account is young; only an opening that is dated for certain tells, not the start of the book."""
    openings = list(case.facts(events.LineOpened, until=before.subject.start))
    if not openings:
        return None
    oldest = openings[0]
    days = {
        "days": number(case.rules.history.short_days, Rule("history", "short_days")),
        "on": on(case, oldest.version),
    }
    if before.day - oldest.day >= case.rules.history.short_days:
        return Exclusion(code="U14", facts=(oldest.version,), figures=days)
    dated = oldest.fact.source != "user" or oldest.day > case.in_order[0].day
    if not dated:
        return None
    return Finding(code="U14", grade="E1", facts=(oldest.version,), at=oldest.at, figures=days)


def notice(case: Case, before: Before, code: ReasonCode, grade: Grade, kind: NoticeKind) -> Finding | None:
    """A code that a notice of the platform indicates."""
    told = [
        entry.version
        for entry in case.facts(events.PlatformNoticed, until=before.subject.start)
        if (entry.fact.kind == kind or entry.fact.reason_code == code)
        and entry.fact.lender in (case.line.terms.lender, case.line.terms.lender_group)
        and entry.fact.line in (None, case.name, before.subject.line)
        and before.precedes(entry)
    ]
    version = last(told)
    if version is None:
        return None
    figures = {"on": on(case, version)}
    return Finding(code=code, grade=grade, facts=(version,), at=case.entries[version].at, say="notice", figures=figures)


def profile_out_of_date(case: Case, before: Before) -> Finding | None:
    """U11: a notice asked for personal data to be brought up to date."""
    return notice(case, before, "U11", "E2", "profile")


LOOKS: Final[dict[ReasonCode, Look]] = {
    "U01": overdue_here,
    "U02": overdue_elsewhere,
    "U03": high_utilisation,
    "U04": high_obligations,
    "U05": new_lenders,
    "U06": inquiries,
    "U07": long_unused,
    "U08": early_repayments,
    "U11": profile_out_of_date,
    "U13": score_fell,
    "U14": short_history,
}
