"""Every number of a sentence is worked out again from the facts it cites; a wrong one is never shown."""

from typing import Any

import msgspec
import pytest

from projections.explanation.case import Case, open_case
from projections.explanation.causes import weigh
from projections.explanation.dossier import Dossier
from projections.explanation.figures import Figure, Mismatch
from projections.explanation.findings import Finding
from projections.explanation.rules import rules
from projections.explanation.verdict import decide
from projections.explanation.window import window
from projections.explanation.wording import LANGUAGES, Language, Writer
from tests.build import LINE
from tests.explanation.test_golden_answers import CASES
from tests.spec import HOUSEHOLD, ZONE, given


def opened(name: str) -> Case:
    """A promised case, looked at from 1 to 7 March."""
    asked = window(ZONE, since="2026-03-01", until="2026-03-07")
    dossier = Dossier(given(*CASES[name]).timeline())
    return open_case(dossier, household=HOUSEHOLD, line=LINE, since=asked.since, until=asked.until, rules=rules())


def findings(case: Case) -> list[Finding]:
    """The verdict and the causes, as they are before they become sentences."""
    verdict = decide(case)
    return [verdict.finding, *weigh(case, verdict).causes]


def tampered(figure: Figure) -> Figure:
    """The same proof for another value."""
    value: Any = figure.value
    wrong = value + 1 if isinstance(value, int) else f"{value}x"
    return figure._replace(value=wrong)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_a_sentence_with_one_wrong_figure_is_an_error_and_is_not_shown(name: str, language: Language) -> None:
    case = opened(name)
    writer = Writer(case, language)
    for finding in findings(case):
        assert writer.finding(finding)
        for place, figure in finding.figures.items():
            wrong = msgspec.structs.replace(finding, figures={**finding.figures, place: tampered(figure)})
            with pytest.raises(Mismatch):
                writer.finding(wrong)
