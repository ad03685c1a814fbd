"""Random questions over random histories: every bridge closes, every figure is proved, every digest repeats.

As many questions as HEADROOM_TEST_QUESTIONS says; `make questions` asks 10,000, which takes some minutes.
"""

import os
from fractions import Fraction
from typing import Final

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from projections.explanation.answer import explain
from projections.explanation.dossier import Dossier
from projections.explanation.shape import Explanation
from projections.explanation.wording import Language
from tests.explanation.test_properties import windows
from tests.properties.books import books
from tests.properties.histories import LINES
from tests.spec import HOUSEHOLD, History

QUESTIONS: Final = int(os.environ.get("HEADROOM_TEST_QUESTIONS", "500"))
A_HISTORY: Final = 5
"""So many questions are asked about each history."""


def asked(dossier: Dossier, line: str, window: tuple[int, int], language: Language = "en") -> Explanation:
    """The answer to one question."""
    since, until = window
    return explain(
        dossier, household=HOUSEHOLD, line=line, since=since, until=until, known_at=0, language=language
    )  # fmt: skip


questions = st.lists(st.tuples(st.sampled_from(LINES), windows), min_size=A_HISTORY, max_size=A_HISTORY)


@settings(max_examples=QUESTIONS // A_HISTORY)
@over(books(), questions)
def test_every_bridge_closes_and_every_digest_repeats(
    history: History, about: list[tuple[str, tuple[int, int]]]
) -> None:
    warm = Dossier(history.timeline())
    for line, window in about:
        if line not in warm.checkpoints.book(window[1]).lines:
            continue

        answer = asked(warm, line, window)

        steps = sum(Fraction(step.amount) for step in answer.bridge.steps)
        reconciling = sum(Fraction(one.amount) for one in answer.bridge.reconciling)
        opening, closing = answer.bridge.opening, answer.bridge.closing
        assert Fraction(opening.headroom) + steps == Fraction(closing.headroom)
        assert Fraction(opening.available) + steps + reconciling == Fraction(closing.available)
        assert asked(warm, line, window) == answer
        assert asked(Dossier(history.timeline()), line, window) == answer
        assert asked(warm, line, window, "zh").digest == answer.digest
