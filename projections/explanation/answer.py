"""The explanation of a line over a window: the bridge, the verdict, causes, exclusions, and what to do.

Source: domain.md section 7; contract.md section 4, `explain`.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import msgspec

from ledger import events
from ledger.codes import side
from ledger.money import amount_text
from ledger.timeline import Entry, Timeline
from projections.allocations import allocation_of
from projections.allocations import answer as allocation_answer
from projections.bridge import answer as bridge_answer
from projections.bridge import fact_ids
from projections.digest import digest
from projections.explanation.advice import advise
from projections.explanation.case import Case, Subject, open_case
from projections.explanation.causes import Weighed, weigh
from projections.explanation.counterfactuals import Supposition, suppose
from projections.explanation.dossier import Dossier
from projections.explanation.figures import Field, name
from projections.explanation.findings import Exclusion, Finding
from projections.explanation.rules import CURRENT, rules
from projections.explanation.shape import (
    CauseAnswer,
    CounterfactualAnswer,
    ExcludedAnswer,
    Explanation,
    RepaymentAnswer,
    SaidAnswer,
    ShareAnswer,
    SharesAnswer,
    VerdictAnswer,
)
from projections.explanation.shares import shares
from projections.explanation.statements import heard, tells_of_itself
from projections.explanation.system_causes import on
from projections.explanation.verdict import Verdict, decide
from projections.explanation.wording import Language, Writer

Words: TypeAlias = Callable[[int], str | None]
"""What was written with the fact of a version, where that is at hand and was not erased: facts hold its digest only."""


def no_words(version: int) -> None:
    """Nobody's words: for an answer that others may read."""
    del version


def explain(
    known: Timeline | Dossier,
    *,
    household: str,
    line: str,
    since: int,
    until: int,
    known_at: int,
    ruleset: str = CURRENT,
    language: Language = "en",
    words: Words = no_words,
) -> Explanation:
    """Why the limit or the available credit of a line moved after `since`, up to and with `until`.

    Units: instants in microseconds since the epoch. `known` holds the facts as known at `known_at`; a dossier keeps
    what one question works out for the next.
    Raises: NotFound when there is no such line by `until`, or no such ruleset.
    """
    dossier = known if isinstance(known, Dossier) else Dossier(known)
    case = open_case(dossier, household=household, line=line, since=since, until=until, rules=rules(ruleset))
    told = _told(case, known_at=known_at, ruleset=ruleset, language=language, words=words)
    return msgspec.structs.replace(told, digest=digest(told, household=household))


def _told(case: Case, *, known_at: int, ruleset: str, language: Language, words: Words) -> Explanation:
    verdict = decide(case)
    weighed = weigh(case, verdict)
    said = _unreasoned(case, verdict, weighed)
    undetermined = order_undetermined(case)
    writer = Writer(case, language)
    advice = advise(case, verdict, weighed, language=language)
    household, zone = case.household, case.zone
    return Explanation(
        household=household,
        line=case.name,
        since=zone.text(case.since),
        until=zone.text(case.until),
        known_at=zone.text(known_at, microsecond=True),
        version=case.timeline.version,
        ruleset=ruleset,
        bridge=bridge_answer(case.bridge, household=household, currency=case.currency),
        repayments=tuple(_repayments(case)),
        verdict=_verdict(case, writer, verdict, weighed, undetermined=undetermined, known_at=known_at, said=said),
        causes=tuple(_cause(case, writer, one) for one in weighed.causes),
        excluded=tuple(_excluded(case, writer, one) for one in weighed.excluded),
        order_undetermined=undetermined,
        counterfactuals=tuple(_supposed(case, writer, one) for one in suppose(case, verdict)),
        shares=_shares(case, writer),
        documents=advice.documents,
        next_steps=advice.next_steps,
        digest="",
        said=tuple(_said(case, writer, one, words(one.source_version)) for one in said),
    )


def _repayments(case: Case) -> Iterator[RepaymentAnswer]:
    """The repayments posted in the window, and what each was used for: the bridge shows only its principal."""
    for entry in case.in_window(events.RepaymentPosted):
        told = allocation_of(case.line, entry)
        if told is not None:
            due_on = {version: case.entries[version].fact.due_on for version, _ in told.bills}
            yield RepaymentAnswer(
                fact=fact_ids(case.household, (entry.version,))[0],
                amount=amount_text(entry.fact.amount, case.currency),
                allocated=allocation_answer(told, due_on, household=case.household, currency=case.currency),
            )


def order_undetermined(case: Case) -> bool:
    """Whether a repayment was posted in the interval of a fall of the limit that is not dated to the instant."""
    falls = [
        case.change_of(move) for move in case.moves if move.kind in ("limit", "inferred_limit") and move.amount < 0
    ]
    return any(_repaid_inside(case, case.subject(*told)) for told in falls if told is not None)


def _repaid_inside(case: Case, subject: Subject) -> bool:
    """Whether a repayment may have come before as well as after a change."""
    zone, change = case.zone, subject.change
    for entry in case.own(events.RepaymentPosted, until=subject.end):
        inside = subject.start < zone.last_moment(entry.fact.effective) and entry.at <= subject.end
        exact = isinstance(change.until, int) and change.since == change.until
        if inside and not (exact and not entry.bare):
            return True
    return False


def _order(verdict: Verdict) -> str:
    """How it is told that the order is not known: between two looks, or on the day of a dated cut."""
    change = verdict.subject.change if verdict.subject else None
    return "order.same_day" if change is not None and change.since == change.until else "order.undetermined"


def _unreasoned(case: Case, verdict: Verdict, weighed: Weighed) -> tuple[Entry, ...]:
    """What was said about a change without a reason that the rules know, where nothing tells why it happened."""
    grade, subject = weighed.why_grade, verdict.subject
    if weighed.unasked is not None:
        grade, subject = weighed.unasked.why_grade, weighed.unasked.subject
    return () if subject is None or grade is None or grade >= "E3" else heard(case, subject)


def _verdict(
    case: Case,
    writer: Writer,
    verdict: Verdict,
    weighed: Weighed,
    *,
    undetermined: bool,
    known_at: int,
    said: tuple[Entry, ...],
) -> VerdictAnswer:
    finding = verdict.finding
    told = (finding,) if verdict.event is None else (verdict.event, finding)
    text = writer.join(*(writer.finding(one) for one in told))
    if undetermined and "P01" in {one.code for one in told}:
        text = writer.join(text, writer.say(_order(verdict)))
    if finding.code == "S00" and case.zone.day(case.until) > case.zone.day(known_at):
        text = writer.join(text, writer.say("window.ahead", known=writer.when(known_at)))
    grade = weighed.why_grade
    if weighed.unasked is not None:
        grade = weighed.unasked.why_grade
        if weighed.unasked.finding is not finding:
            text = writer.join(text, writer.finding(weighed.unasked.finding))
        elif grade == "E0":
            grade = None  # that there is no evidence has been said
    if grade is not None:
        told_of = said and grade != "E0"  # these sentences say whether the lender was heard
        text = writer.join(text, writer.say(f"why.{grade}.heard" if told_of else f"why.{grade}"))
    return VerdictAnswer(
        code=finding.code,
        side=side(finding.code),
        grade=finding.grade,
        why_grade=weighed.why_grade,
        text=text,
        facts=fact_ids(case.household, finding.facts),
    )


def _cause(case: Case, writer: Writer, finding: Finding) -> CauseAnswer:
    return CauseAnswer(
        code=finding.code,
        side=side(finding.code),
        grade=finding.grade,
        text=writer.finding(finding),
        facts=fact_ids(case.household, finding.facts),
    )


def _excluded(case: Case, writer: Writer, exclusion: Exclusion) -> ExcludedAnswer:
    return ExcludedAnswer(
        code=exclusion.code, text=writer.exclusion(exclusion), facts=fact_ids(case.household, exclusion.facts)
    )


def _supposed(case: Case, writer: Writer, supposed: Supposition) -> CounterfactualAnswer:
    available = writer.money(supposed.available)
    said = {"fact": writer.fact(supposed.version), "available": available}
    moved_to = None
    if supposed.moved_to is None or supposed.past is None:
        text = writer.say("suppose.without", **said)
    else:
        way = "before" if supposed.moved_to < case.entries[supposed.past].at else "after"
        text = writer.say(f"suppose.{way}", other=writer.fact(supposed.past), **said)
        moved_to = case.zone.text(supposed.moved_to)
    return CounterfactualAnswer(
        without=f"{case.household}:{supposed.version}",
        available=amount_text(supposed.available, case.currency),
        moved_to=moved_to,
        text=text,
    )


def _said(case: Case, writer: Writer, entry: Entry, words: str | None) -> SaidAnswer:
    """The quotation stands behind its sentence, letter for letter."""
    figures = {"on": on(case, entry.version)}
    if tells_of_itself(entry.fact):
        say = "said.with"
    else:
        say, figures["lender"] = "said", name(entry.fact.lender, Field(entry.version, "lender"))
    text = writer.say(f"{say}.bare" if words is None else say, figures)
    quoted = () if words is None else (f"“{words}”",)
    return SaidAnswer(text=writer.join(text, *quoted), facts=fact_ids(case.household, (entry.version,)))


def _shares(case: Case, writer: Writer) -> SharesAnswer | None:
    told = tuple(
        ShareAnswer(
            kind=one.player.kind,
            amount=amount_text(one.amount, case.currency),
            facts=fact_ids(case.household, one.player.facts),
        )
        for one in shares(case)
    )
    return SharesAnswer(text=writer.say("shares"), shares=told) if told else None
