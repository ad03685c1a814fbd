"""What would settle what is open, and what to do: documents, next steps with dates, and a letter that can be sent.

Nothing here promises that anything brings a limit back. Source: domain.md section 7, "An answer has".
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.calendar import When
from ledger.codes import ReasonCode
from projections.explanation.case import Case
from projections.explanation.causes import Weighed
from projections.explanation.findings import Finding
from projections.explanation.shape import DocumentAnswer, Letter, NextStepAnswer
from projections.explanation.verdict import Verdict
from projections.explanation.wording import LANGUAGES, Language, Writer

_DOCUMENTS: Final[dict[ReasonCode, tuple[str, ...]]] = {
    "S01": ("receipt",),
    "S02": ("agreement",),
    "S04": ("receipt",),
    "S05": ("repayment_detail",),
    "S08": ("statement",),
    "P01": ("limit_notice", "credit_report"),
    "P05": ("limit_notice",),
    "P06": ("agreement",),
    "P07": ("agreement",),
    "P08": ("agreement",),
    "P09": ("agreement",),
    "P10": ("limit_notice", "credit_report"),
    "P11": ("limit_notice", "credit_report"),
    "X00": ("screenshot",),
    "X01": ("screenshot", "limit_notice"),
}
_ASK: Final = ("ask_lender", "credit_report", "object")
"""Where the lender took credit away, or may have: a shortage that looks like a freeze is told of as S02."""
_STEPS: Final[dict[ReasonCode, tuple[str, ...]]] = {
    "S01": ("look_again",),
    "S04": ("pay_again",),
    "S08": ("complete_book",),
    "P01": _ASK,
    "P10": _ASK,
    "P11": _ASK,
    "X00": ("observe",),
    "X01": ("observe", "ask_lender"),
}
_OF_A_REPORT: Final = frozenset({"U01", "U02", "U05", "U06"})
"""Reasons that a credit report would confirm or correct."""


class Advice(NamedTuple):
    """Documents and steps of an answer."""

    documents: tuple[DocumentAnswer, ...]
    next_steps: tuple[NextStepAnswer, ...]


def advise(case: Case, verdict: Verdict, weighed: Weighed, *, language: Language) -> Advice:
    """What would settle it, and what to do."""
    writer = Writer(case, language)
    codes = [verdict.finding.code, *(() if weighed.unasked is None else (weighed.unasked.finding.code,))]
    documents = list(dict.fromkeys(one for code in codes for one in _DOCUMENTS.get(code, ())))
    if _ambiguous(verdict):
        documents.insert(0, "screenshot")
    steps = tuple(_steps(case, verdict, weighed, writer))
    return Advice(tuple(DocumentAnswer(code=code, text=writer.say(f"document.{code}")) for code in documents), steps)


def _ambiguous(verdict: Verdict) -> bool:
    change = verdict.subject.change if verdict.subject else None
    seems = verdict.finding.code == "S02" and verdict.finding.grade == "E1"
    return seems or (change is not None and change.ambiguous and verdict.finding.code == "P01")


def _steps(case: Case, verdict: Verdict, weighed: Weighed, writer: Writer) -> Iterator[NextStepAnswer]:
    finding = verdict.finding
    wait = _wait_until(case, verdict)
    if wait is not None:
        yield _step(writer, "wait", by=case.zone.text(wait), until=writer.when(wait))
    if _ambiguous(verdict):
        yield _step(writer, "observe")
    for code in _STEPS.get(finding.code, ()) if finding.grade != "E4" else ():
        told = verdict.event or finding  # what happened, without anybody's reason for it
        yield _step(writer, code, letter=_letters(case, told) if code == "ask_lender" and verdict.subject else None)
    if weighed.unasked is not None:
        told = weighed.unasked.finding
        for code in _STEPS.get(told.code, _ASK):
            yield _step(writer, code, letter=_letters(case, told) if code == "ask_lender" else None)
    if finding.grade == "E4":
        if weighed.disputed is not None:
            yield _step(writer, "dispute", evidence=writer.exclusion(weighed.disputed))
        elif finding.code in _OF_A_REPORT:
            yield _step(writer, "credit_report")


def _step(
    writer: Writer, code: str, *, by: str | None = None, letter: Letter | None = None, **given: str
) -> NextStepAnswer:
    return NextStepAnswer(code=code, by=by, text=writer.say(f"step.{code}", **given), letter=letter)


def _wait_until(case: Case, verdict: Verdict) -> When | None:
    """When the last hold of a line with a delay falls; for a hold only inferred, when it can no longer be one."""
    if verdict.finding.code not in ("S02", "S00"):
        return None
    if verdict.finding.grade == "E1":
        seen = case.entries[verdict.finding.facts[0]]
        return case.zone.later(seen.fact.effective, case.rules.stale_days)
    falls = [
        case.release_of(one.version)
        for one in case.line.holds
        if not one.inferred and not one.until_settled and one.version in case.entries
    ]
    return max(falls, key=case.zone.at, default=None)


def _letters(case: Case, told: Finding) -> Letter:
    """A letter in both languages that asks for the explanation of an automated decision, with nothing invented."""
    written = {}
    for language in LANGUAGES:
        writer = Writer(case, language)
        event = writer.say("letter.seen", told.figures) if told.code == "S02" else writer.finding(told)
        written[language] = writer.say("letter", lender=case.line.terms.lender, line=case.name, event=event)
    return Letter(**written)
