"""Asking why in a test: a history, a line and a window, and the answer as the contract's JSON gives it."""

from typing import Any

import msgspec

from ledger.calendar import parse_when
from projections.explanation.answer import explain
from projections.explanation.shape import Explanation
from projections.explanation.window import window
from projections.explanation.wording import Language
from tests.build import LINE
from tests.spec import HOUSEHOLD, ZONE, History


def why(
    history: History,
    since: str,
    until: str,
    *,
    line: str = LINE,
    known: str | int | None = None,
    language: Language = "en",
) -> Explanation:
    """The explanation of a line between two times, as known at a time or after a version; else once they are over."""
    asked = window(ZONE, since=parse_when(since), until=parse_when(until))
    known_at = history.known_at(known)
    return explain(
        history.timeline(known=known),
        household=HOUSEHOLD,
        line=line,
        since=asked.since,
        until=asked.until,
        known_at=max(asked.until, history.recorded[-1].recorded_at) if known_at is None else known_at,
        language=language,
    )


def told(answer: Explanation) -> dict[str, Any]:
    """The answer as the contract's JSON."""
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    return plain


def verdict(answer: Explanation) -> tuple[str, str, str | None]:
    """Code, grade and grade of the reason."""
    return answer.verdict.code, answer.verdict.grade, answer.verdict.why_grade


def causes(answer: Explanation) -> dict[str, str]:
    """The causes and their grades, in order."""
    return {one.code: one.grade for one in answer.causes}


def excluded(answer: Explanation) -> dict[str, tuple[str, ...]]:
    """What is ruled out, and by which facts."""
    return {one.code: one.facts for one in answer.excluded}
