"""Asking why in a test: a history, a line and a window, and the answer as the contract's JSON gives it."""

from typing import Any

import msgspec

from ledger.calendar import parse_when
from ledger.store.personal import texts_in, words_in
from projections.explanation.answer import explain, no_words
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
    erased: bool = False,
) -> Explanation:
    """The explanation of a line between two times, as known at a time or after a version; else once they are over.

    What was said is quoted unless it was `erased`.
    """
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
        words=no_words if erased else lambda version: words_in(dict(texts_in(history.recorded[version - 1].fact))),
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


def said(answer: Explanation) -> list[tuple[str, ...]]:
    """The facts that are quoted, in order."""
    return [one.facts for one in answer.said]


def excluded(answer: Explanation) -> dict[str, tuple[str, ...]]:
    """What is ruled out, and by which facts."""
    return {one.code: one.facts for one in answer.excluded}
