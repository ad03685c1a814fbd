"""The check of a household: every indicator with its light, what is worth telling, stress, safe early repayment.

Source: contract.md section 4, `check`; domain.md section 6.
"""

from datetime import date
from functools import cache, partial
from typing import Literal, TypeAlias

import msgspec

from ledger.book import Book
from ledger.money import ratio_text
from projections import all_in_cost, contract, judgement, stress
from projections.all_in_cost import AllInCostAnswer, all_in_costs
from projections.bridge import fact_ids
from projections.contract import IndicatorAnswer, OutcomeAnswer, SafeRepaymentAnswer
from projections.digest import digest
from projections.early_repayment import SafeRepayment, safe_repayment
from projections.explanation.rules import rules
from projections.findings import Finding, Language, findings
from projections.indicators import burden
from projections.indicators.basis import Basis, basis
from projections.indicators.evidence import evidence
from projections.indicators.known import Known
from projections.indicators.measure import Measure
from projections.judgement import SEVERITY, Indicator, Light
from projections.ruleset import Ruleset
from projections.stress import Outcome

Direction: TypeAlias = Literal["worse", "better", "same", "known", "unknown"]
Reason: TypeAlias = Literal["facts", "time", "ruleset"]


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """A household examined at an instant: everything a check is made of, before it is worded."""

    basis: Basis
    indicators: tuple[Indicator, ...]
    outcomes: tuple[Outcome, ...]
    repayment: SafeRepayment


class FindingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as the contract shows it. Added: `name`, the line or lender or missing input it is about."""

    code: str
    light: Light
    text: str
    facts: tuple[str, ...]
    name: str | None


class LineCost(AllInCostAnswer, frozen=True, kw_only=True):
    """What a line has cost a year, all in. Shape: `cost_line` binds its class of lender since its latest draw."""

    line: str
    cost_line: str | None


class UnsecuredService(msgspec.Struct, frozen=True, kw_only=True):
    """What falls due within a month on lines without security, and that against a month's income.

    Shape: a part of `dsr`, which no threshold judges by itself; `dsr` is null without income, or where that is 0.
    """

    amount: str
    dsr: str | None
    missing: tuple[str, ...]


class MoveAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How one indicator moved since an earlier time, and by which facts."""

    code: str
    light_before: Light
    light_after: Light
    before: str | None
    after: str | None
    direction: Direction
    reason: Reason
    facts: tuple[str, ...]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check as the contract shows it.

    Added to the contract: `currency`; `since` and `moved`, what moved since an earlier time, if that was asked.
    """

    household: str
    at: str
    known_at: str
    version: int
    ruleset: str
    currency: str
    since: str | None
    indicators: tuple[IndicatorAnswer, ...]
    findings: tuple[FindingAnswer, ...]
    moved: tuple[MoveAnswer, ...]
    stress: tuple[OutcomeAnswer, ...]
    safe_early_repayment: SafeRepaymentAnswer
    digest: str


class FullCheck(Check, frozen=True, kw_only=True):
    """A check with what the clock does not ask for, so that stored checks keep their digests.

    Added to the contract: `unsecured_debt_service`; `all_in_cost`, what credit has cost.
    """

    unsecured_debt_service: UnsecuredService
    all_in_cost: tuple[LineCost, ...]


def examine(book: Book, rules: Ruleset, *, stressed: bool = True, known: Known | None = None) -> Examination:
    """Measure and judge everything about a book; a light check tries no stress.

    Shape: `known` is that of the book, where it was kept with it.
    """
    asked = basis(book, rules, known=known)
    return Examination(
        basis=asked,
        indicators=judgement.judge(asked),
        outcomes=stress.stress(asked) if stressed else (),
        repayment=safe_repayment(asked),
    )


def check(book: Book, rules: Ruleset, *, household: str, known_at: int, language: Language = "en") -> Check:
    """The check of a folded book. Units: `known_at` in microseconds since the epoch."""
    return answer(examine(book, rules), household=household, known_at=known_at, language=language)


def answer(
    examined: Examination,
    *,
    household: str,
    known_at: int,
    before: Examination | None = None,
    language: Language = "en",
    full: bool = False,
) -> Check:
    """An examination in the contract's shape, with its digest, and what moved since an earlier one.

    Shape: a `full` one is a `FullCheck`; it needs a folded book, not one that was woken.
    """
    told = findings(examined.basis, examined.indicators, language=language)
    found = _undigested(examined, told, household=household, known_at=known_at, before=before)
    if full:
        fields = {name: getattr(found, name) for name in Check.__struct_fields__}
        costs = _costs(examined.basis, household=household)
        found = FullCheck(**fields, unsecured_debt_service=_unsecured(examined.basis), all_in_cost=costs)
    return msgspec.structs.replace(found, digest=digest(found, household=household))


def _undigested(
    examined: Examination,
    told: tuple[Finding, ...],
    *,
    household: str,
    known_at: int,
    before: Examination | None,
) -> Check:
    asked = examined.basis
    book, currency = asked.book, asked.book.currency
    ids = cache(partial(fact_ids, household))  # many findings stand on the same facts
    return Check(
        household=household,
        at=book.zone.text(book.at),
        known_at=book.zone.text(known_at, microsecond=True),
        version=book.version,
        ruleset=asked.rules.name,
        currency=currency,
        since=None if before is None else book.zone.text(before.basis.book.at),
        indicators=tuple(contract.indicator(one, currency=currency) for one in examined.indicators),
        findings=tuple(
            FindingAnswer(code=one.code, light=one.light, text=one.text, facts=ids(one.facts), name=one.name)
            for one in told
        ),
        moved=() if before is None else tuple(_move_answer(one, household) for one in moves(before, examined)),
        stress=tuple(contract.outcome(one, currency=currency) for one in examined.outcomes),
        safe_early_repayment=contract.safe_repayment(examined.repayment, currency=currency),
        digest="",
    )


def _unsecured(asked: Basis) -> UnsecuredService:
    found = burden.unsecured_debt_service_ratio(asked)
    unit = asked.rules.indicators["dsr"].unit
    dsr = None if found.value is None else judgement.shown(found.value, unit, asked.book.currency)
    return UnsecuredService(amount=asked.money(burden.unsecured_service(asked)), dsr=dsr, missing=found.missing)


def _costs(asked: Basis, *, household: str) -> tuple[LineCost, ...]:
    version = asked.rules.name.partition("+")[0]  # a household's own numbers are laid over a version's indicators
    told: list[LineCost] = []
    for name, cost in all_in_costs(asked.book).items():
        on = date.fromordinal(cost.drawn_on)
        line = rules(version).cost_line(asked.book.lines[name].terms.lender_class, on)
        answered = msgspec.structs.asdict(all_in_cost.answer(cost, household=household))
        told.append(LineCost(**answered, line=name, cost_line=ratio_text(line.yearly(on)) if line else None))
    return tuple(told)


def _move_answer(move: "Move", household: str) -> MoveAnswer:
    told = {name: getattr(move, name) for name in Move.__struct_fields__ if name != "facts"}
    return MoveAnswer(**told, facts=fact_ids(household, move.facts))


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """How an indicator moved from one check to another, and why.

    Shape: `facts` are those between the two that it stands on, and corrections of them; with none, time alone moved it
    (a payment came near, a window passed on), or another ruleset did.
    """

    code: str
    light_before: Light
    light_after: Light
    before: str | None
    after: str | None
    direction: Direction
    reason: Reason
    facts: tuple[int, ...]


def moves(before: Examination, after: Examination) -> tuple[Move, ...]:
    """What moved between two examinations of one household, and by which facts."""
    earlier = {one.code: one for one in before.indicators}
    found = [_move(before, after, earlier[one.code], one) for one in after.indicators if one.code in earlier]
    return tuple(move for move in found if (move.before, move.light_before) != (move.after, move.light_after))


def _move(before: Examination, after: Examination, earlier: Indicator, later: Indicator) -> Move:
    facts = _facts_between(before, after, earlier, later)
    same_rules = before.basis.rules.name == after.basis.rules.name
    return Move(
        code=later.code,
        light_before=earlier.light,
        light_after=later.light,
        before=earlier.text,
        after=later.text,
        direction=_direction(earlier, later),
        reason="facts" if facts else "time" if same_rules else "ruleset",
        facts=facts,
    )


def _direction(earlier: Indicator, later: Indicator) -> Direction:
    """By the lights; where both are the same, by the value."""
    if "not_available" in (earlier.light, later.light):
        return "same" if earlier.light == later.light else "known" if later.light != "not_available" else "unknown"
    turned = SEVERITY[later.light] - SEVERITY[earlier.light]
    value, was = later.measure.value, earlier.measure.value
    if not turned and value is not None and was is not None and value != was:
        turned = 1 if (value > was) == (later.rule.bad == "high") else -1
    return "worse" if turned > 0 else "better" if turned < 0 else "same"


def _facts_between(before: Examination, after: Examination, earlier: Indicator, later: Indicator) -> tuple[int, ...]:
    """Of what the indicator stood on or stands on: facts only one of the two knew, and corrections made since."""
    was, now = before.basis, after.basis
    measures = (earlier.measure, later.measure)
    topics = tuple(dict.fromkeys(topic for measure in measures for topic in measure.topics))
    on = Measure(None, {}, topics, tuple([fact for measure in measures for fact in measure.facts]))
    stood, stands = set(evidence(was, on)), set(evidence(now, on))
    knew, knows = {entry.version for entry in was.entries}, {entry.version for entry in now.entries}
    timeline, version = now.book.timeline, was.book.version
    corrections = {by for target, by in timeline.corrected_by.items() if target in stood | stands and by > version}
    voidings = {timeline.voided_by[one] for one in stood - knows if one in timeline.voided_by}
    return tuple(sorted(((stood | stands) & (knew ^ knows)) | corrections | voidings))
