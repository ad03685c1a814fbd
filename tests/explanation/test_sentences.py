"""Every sentence an explanation can say, to the letter in both languages, as the first case that says it does.

Source: domain.md section 7. The pages beside this (test_golden_answers.py) are whole answers.
"""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from projections.explanation.shape import Explanation
from projections.explanation.wording import LANGUAGES, Language, sentences
from tests.build import (
    Record,
    billed,
    charged_fee,
    closed,
    drew,
    granted,
    lender_stated,
    lowered,
    new_terms,
    opened_line,
    platform_noticed,
    repaid,
    repayment_reversed,
    restored,
    saw,
    scored,
)
from tests.explanation import test_causes, test_reasons_at_their_borders, test_verdict, test_which_code
from tests.explanation.asking import why
from tests.golden_files import Golden, promised
from tests.spec import given

BOOK = (opened_line(), granted(50000), drew(30000, "2026-02-01"))
AT, LATE = "2026-03-05", "2026-03-09"
MORNING, NOON = f"{AT}T08:00:00+08:00", f"{AT}T12:00:00+08:00"
CUT = lowered(40000, AT)
OTHER = opened_line("other", shared_with="jiebei")
CARD = opened_line("other", shared_with="jiebei", limit_basis="full_balance")
USED = drew(9000, "2026-02-02", line="other")
REPAID = repaid(9000, "2026-03-04", line="other")
MONTHLY: Record = {"method": "equal_instalment", "periods": 12}
OLD = opened_line("x", at="2025-01-01")


def slow(days: int, line: str = "jiebei", **terms: str) -> Record:
    """A line that restores with a delay."""
    return opened_line(line, restoration="t_plus_n", restoration_days=days, **terms)


SELDOM: Final[dict[str, tuple[Record, ...]]] = {
    "S05.E2": (
        opened_line(daily_rate="0.0004"), granted(50000), drew(30000, "2026-02-01"), repaid(10000, AT),
        saw("2026-03-07", drawn="20000")),
    "heard, and nothing told": (*BOOK, CUT, lender_stated(AT, kind="other")),
    "heard, and told": (*BOOK, CUT, lender_stated(AT, text="reviewed every quarter")),
    "heard, a general tightening": (
        *BOOK, platform_noticed("2026-02-01", kind="macro"), CUT, lender_stated(AT, text="reviewed")),
    "heard, a score fell": (
        *BOOK, scored(712, "2025-12-01"), scored(655, "2026-02-15"), CUT, lender_stated(AT, text="reviewed")),
    "held since before": (slow(9), *BOOK[1:], repaid(9000, "2026-03-04")),
    "short of more than was repaid": (*BOOK, repaid(1000, MORNING), saw(NOON, limit=50000, available=5000)),
    "a look that was stale": (
        *BOOK, repaid(9000, MORNING), saw(NOON, available=20000), saw("2026-03-06", available=29000)),
    "reversed on a linked line": (
        *BOOK, OTHER, USED, repaid(9000, AT, line="other", payment="p"),
        repayment_reversed("2026-03-06", line="other", payment="p")),
    "all interest": (*BOOK, repaid(100, AT, allocation={"interest": "100"})),
    "less drawn than recorded": (*BOOK, saw(AT, drawn=29000)),
    "more available than recorded": (*BOOK, saw(AT, limit=50000, available=25000)),
    "let go by its rule on a linked line": (*BOOK, slow(2, "other", shared_with="jiebei"), USED, REPAID),
    "restored on a linked line": (
        *BOOK, slow(9, "other", shared_with="jiebei"), USED, REPAID, restored(4000, AT, line="other")),
    "less used by its terms on a linked line": (
        *BOOK, CARD, USED, charged_fee(100, "2026-02-03", line="other"),
        new_terms(AT, line="other", limit_basis="principal_only")),
    "cut by the terms": (
        *BOOK, opened_line("root"), granted(40000, line="root"), new_terms(AT, shared_with="root")),
    "given by the terms": (
        *BOOK, opened_line("root"), granted(90000, line="root"), new_terms(AT, shared_with="root")),
    "lowered to more than the book had": (*BOOK, lowered(60000, AT)),
    "last seen on a line that shares it no longer": (
        *BOOK, opened_line("other", shared_with="jiebei"), saw("2026-03-01", line="other", limit=50000),
        opened_line("root"), new_terms("2026-03-02", line="other", shared_with="root"), saw(AT, limit=40000)),
    "charged on a linked line": (*BOOK, CARD, charged_fee(10, AT, line="other")),
    "a line that joins": (
        *BOOK, opened_line("other"), granted(9000, line="other"), USED,
        new_terms(AT, line="other", shared_with="jiebei")),
    "nothing shown at the cap of loans": (opened_line(max_loans=1), *BOOK[1:], saw(AT, available=0)),
    "seen open": (opened_line(), granted(50000), closed("2026-02-20"), saw(AT, limit=50000, available=50000)),
    "reopened": (opened_line(), granted(50000), closed("2026-02-20"), granted(50000, AT)),
    "an instalment late": (opened_line(at="2025-01-01"), *BOOK[1:], drew(1200, "2025-12-10", **MONTHLY), CUT),
    "a minimum late": (*BOOK, billed(500, "2026-01-20", due_on="2026-02-10", minimum="50"), CUT),
    "a minimum late elsewhere": (
        *BOOK, OLD, drew(900, "2025-06-01", line="x"),
        billed(500, "2026-01-20", due_on="2026-02-10", line="x", minimum="50"), CUT,
    ),
    "an instalment late elsewhere": (*BOOK, OLD, drew(1200, "2025-12-10", line="x", **MONTHLY), CUT),
    "paid in time elsewhere": (
        *BOOK, OLD, drew(500, "2025-12-01", line="x"), billed(500, "2026-01-20", due_on="2026-02-10", line="x"),
        repaid(500, "2026-02-09", line="x"), CUT),
    "two amounts available": (
        *BOOK, saw(NOON, available=20000), saw(NOON, available=1000, source={"kind": "lender"})),
    "announced for an earlier cut": (
        *BOOK, platform_noticed("2026-02-20", kind="policy_tightening"), lowered(45000, "2026-02-21"), CUT),
    "stated and disputed": (
        *BOOK, billed(500, "2026-01-20", due_on="2026-02-10"), repaid(500, "2026-02-09"), CUT,
        lender_stated("2026-03-08", reason_code="U01")),
    "said with the cut": (*BOOK, lowered(40000, AT, text="综合评估")),
    "paid on the day of the cut": (*BOOK, CUT, repaid(100, AT)),
    "paid between two looks": (*BOOK, saw("2026-03-01", limit=50000), repaid(100, AT), saw(LATE, limit=40000)),
    "paid before the cut": (*BOOK, repaid(100, "2026-03-06"), lowered(40000, "2026-03-07")),
    "paid after the cut": (*BOOK, CUT, repaid(100, "2026-03-06")),
}  # fmt: skip
CASES: Final[dict[str, tuple[Record, ...]]] = {
    **{name: facts for name, (facts, _) in test_verdict.CASES.items()},
    **{name: facts for name, (facts, _) in test_causes.CASES.items()},
    **{f"not {name}": facts for name, facts in test_causes.EXCLUSIONS.items()},
    **{name: facts for name, (facts, _) in test_reasons_at_their_borders.FITS.items()},
    **{f"{name}, linked": (*test_which_code.SHARED, *facts)
       for name, (facts, _, _) in test_which_code.ON_A_SHARED_LINE.items()},
    **SELDOM,
}  # fmt: skip
ELSEWHERE: Final = frozenset({"letter", "window.ahead", "said.with.bare"})
"""Sentences of which others know: the letter and the window ahead have pages of the program's, erased words a test."""


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The folder of sentences."""
    return Golden("sentences", update=bool(request.config.getoption("--update-golden")))


def said(answer: Explanation) -> Iterator[str]:
    """What an answer says."""
    yield answer.verdict.text
    for part in (
        answer.said,
        answer.causes,
        answer.excluded,
        answer.counterfactuals,
        answer.documents,
        answer.next_steps,
    ):
        yield from (one.text for one in part)
    if answer.shares is not None:
        yield answer.shares.text


def page(language: Language) -> dict[str, str]:
    """Each sentence by its key, as the first case that says it does."""
    lines = dict.fromkeys(
        line for facts in CASES.values() for line in said(why(given(*facts), AT, LATE, language=language))
    )
    found: dict[str, str] = {}
    for key, told in sentences().items():
        text = told[language].replace(" {", "{").replace("} ", "}") if language == "zh" else told[language]
        pattern = re.compile(re.sub(r"\\\{\w+\\\}", ".+?", re.escape(text)))
        line = next(filter(pattern.search, lines), None)
        if line is not None:
            found[key] = line
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_an_explanation_reads_as_promised(language: Language, golden: Golden) -> None:
    found = page(language)
    golden.holds(f"explanation.{language}.txt", "".join(f"{key}: {line}\n" for key, line in found.items()))
    assert sentences().keys() - found.keys() == ELSEWHERE


def test_no_page_of_sentences_is_left_over() -> None:
    assert promised("sentences") == {f"explanation.{language}.txt" for language in LANGUAGES}
