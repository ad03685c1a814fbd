"""Golden answers: the explanation of each promised case, in both languages, to the letter."""

from typing import Final

import msgspec
import pytest

from projections.explanation.shape import Explanation
from projections.explanation.wording import LANGUAGES, Language
from tests.build import (
    Record,
    asked_for_less,
    billed,
    closed,
    corrected,
    drew,
    froze,
    granted,
    lender_stated,
    lowered,
    opened_line,
    raised,
    repaid,
    repayment_reversed,
    saw,
    scored,
    temporary,
    thawed,
    voided,
)
from tests.explanation.asking import why
from tests.golden_files import Golden, promised
from tests.spec import given

FOLDER: Final = "explanation"
OPENED = (opened_line(at="2025-01-01", daily_rate="0.0004", lender_class="micro_loan"), granted(50000, "2025-01-01"))
BOOK = (*OPENED, drew(30000, "2026-02-01"))
MORNING, EVENING = "2026-03-05T09:20:00+08:00", "2026-03-05T21:40:00+08:00"
PAID = repaid(30384, MORNING, allocation={"principal": "30000", "interest": "384"})

CASES: Final[dict[str, tuple[Record, ...]]] = {
    "repaid-and-pending": (
        opened_line(at="2025-01-01", restoration="t_plus_n", restoration_days=3), granted(50000, "2025-01-01"),
        drew(30000, "2026-02-01"), repaid(30000, MORNING)),
    "repaid-and-cut-in-between": (
        *BOOK, saw("2026-03-01T09:00:00+08:00", limit=50000, available=20000, drawn=30000), PAID,
        saw("2026-03-06T08:00:00+08:00", limit=12000, available=12000, drawn=0)),
    "cut-below-the-debt": (*BOOK, lowered(8000, "2026-03-05")),
    "temporary-limit-expired": (*BOOK, temporary(20000, "2026-02-10", until="2026-03-04")),
    "frozen": (*BOOK, froze(MORNING)),
    "frozen-then-thawed": (*BOOK, froze(MORNING), thawed(EVENING)),
    "shared-limit-used-elsewhere": (
        *BOOK, opened_line("huabei", at="2025-01-01", shared_with="jiebei"), drew(15000, MORNING, line="huabei")),
    "on-full-settlement": (
        opened_line(at="2025-01-01", restoration="on_full_settlement"), granted(50000, "2025-01-01"),
        drew(30000, "2026-02-01"), repaid(12000, MORNING)),
    "part-taken-by-interest-and-fees": (
        *BOOK, repaid(1000, MORNING, allocation={"principal": "600", "interest": "384", "fee": "16"})),
    "payment-reversed": (*BOOK, repaid(9000, MORNING, payment="p1"), repayment_reversed(EVENING, payment="p1")),
    "lender-stated-a-reason": (
        *BOOK, lowered(20000, MORNING), lender_stated("2026-03-20", kind="policy_tightening")),
    "score-fell-and-lender-said-nothing": (
        *BOOK, scored(712, "2025-12-01"), scored(655, "2026-02-15"), lowered(20000, MORNING)),
    "overdue-elsewhere": (
        *BOOK, opened_line("card", at="2025-01-01", lender="cmb", product="card", limit_basis="full_balance"),
        granted(10000, "2025-01-01", line="card"), drew(2000, "2026-01-02", line="card"),
        billed(2000, "2026-01-18", due_on="2026-02-06", line="card"), repaid(2000, "2026-02-20", line="card"),
        lowered(20000, MORNING)),
    "household-asked-for-it": (*BOOK, asked_for_less("2026-03-01", limit="40000"), lowered(40000, MORNING)),
    "observation-only": (
        opened_line(at="2025-01-01"), saw("2026-02-20T09:00:00+08:00", available=50000), saw(MORNING, available=12000)),
    "two-sources-in-conflict": (
        *BOOK, saw(MORNING, limit=50000), saw(MORNING, limit=12000, source={"kind": "lender"})),
    "nothing-known": (opened_line(at="2026-02-01"), granted(50000, "2026-02-01"), lowered(12000, MORNING)),
    "nothing-known-but-heard": (
        opened_line(at="2026-02-01"), granted(50000, "2026-02-01"), lowered(12000, MORNING),
        lender_stated("2026-03-05T15:10:00+08:00", text="额度每季度评估一次", source={"kind": "lender"}),
        lender_stated("2026-03-06", kind="other")),
    "closed-with-debt-left": (*BOOK, closed(MORNING)),
    "limit-raised": (*BOOK, raised(60000, MORNING)),
    "correction-removes-the-cut": (*BOOK, lowered(12000, MORNING, key="cut"), voided("key:cut", at="2026-03-06")),
    "correction-of-the-cut": (*BOOK, lowered(12000, MORNING, key="cut"), corrected(
        "key:cut", lowered(42000, MORNING), at="2026-03-06")),
    "nothing-changed": BOOK,
    "short-by-what-was-repaid": (*BOOK, PAID, saw(EVENING, available=20000)),
}  # fmt: skip


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The folder of golden explanations."""
    return Golden(FOLDER, update=request.config.getoption("--update-golden"))


def answer(name: str, language: Language) -> Explanation:
    """The answer to a case: from 1 to 7 March."""
    return why(given(*CASES[name]), "2026-03-01", "2026-03-07", language=language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_the_promised_cases_are_answered_to_the_letter(name: str, language: Language, golden: Golden) -> None:
    golden.holds(f"{name}.{language}.txt", page(answer(name, language), language))


@pytest.mark.parametrize("name", CASES)
def test_both_languages_rest_on_the_same_answer(name: str) -> None:
    assert answer(name, "en").digest == answer(name, "zh").digest


def test_no_golden_answer_is_left_unused() -> None:
    assert promised(FOLDER) == {f"{name}.{language}.txt" for name in CASES for language in LANGUAGES}


def page(told: Explanation, language: Language) -> str:
    """An answer as plain lines, all that a person reads and all that a program needs."""
    bridge = told.bridge
    lines = [f"{told.verdict.code} {told.verdict.grade} why {told.verdict.why_grade}: {told.verdict.text}"]
    lines.append(f"available {bridge.opening.available} -> {bridge.closing.available}, residual {bridge.residual}")
    lines += [f"  {step.kind} {step.amount} {' '.join(step.facts)}" for step in bridge.steps]
    lines += [f"  ({one.kind} {one.amount})" for one in bridge.reconciling]
    lines += [f"order undetermined: {told.order_undetermined}"]
    lines += [f'" {one.text} {" ".join(one.facts)}' for one in told.said]
    lines += [f"+ {one.code} {one.grade} {one.text} {' '.join(one.facts)}".rstrip() for one in told.causes]
    lines += [f"x {one.code} {one.text} {' '.join(one.facts)}" for one in told.excluded]
    lines += [f"~ {one.text}" for one in told.counterfactuals]
    if told.shares is not None:
        lines += [f"/ {told.shares.text}", *(f"  {one.kind} {one.amount}" for one in told.shares.shares)]
    lines += [f"? {one.code}: {one.text}" for one in told.documents]
    for step in told.next_steps:
        lines.append(f"> {step.code} by {step.by}: {step.text}")
        if step.letter is not None:
            lines += [f"    {line}".rstrip() for line in getattr(step.letter, language).splitlines()]
    return "\n".join([*lines, f"digest {told.digest}", ""])


def test_the_json_is_the_contract_s() -> None:
    told = msgspec.to_builtins(answer("repaid-and-cut-in-between", "en"))

    assert set(told) - {"repayments", "shares"} == {
        "household", "line", "since", "until", "known_at", "version", "ruleset", "bridge", "verdict", "causes",
        "excluded", "order_undetermined", "counterfactuals", "documents", "next_steps", "digest",
    }  # fmt: skip
    assert set(told["verdict"]) - {"facts"} == {"code", "side", "grade", "why_grade", "text"}
    assert set(told["bridge"]) == {"opening", "steps", "reconciling", "closing", "residual"}
