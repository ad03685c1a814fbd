"""The JSON of the contract, as other programs read it: every field there, of that kind; more may be added.

Source: contract.md sections 3 and 4. Decoding an answer into these shapes is the test.
"""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Money = Annotated[str, Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
Ratio = Annotated[str, Meta(pattern=r"^-?[0-9]+\.[0-9]{2,}$")]
When = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+[+-][0-9]{2}:[0-9]{2})?$")]
Instant = Annotated[str, Meta(pattern=r"^[0-9-]{10}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}[+-][0-9]{2}:[0-9]{2}$")]
FactId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]*:[0-9]+$")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[str, Meta(pattern=r"^[SPURX][0-9]{2}$")]
Grade = Literal["E0", "E1", "E2", "E3", "E4"]
Side = Literal["system", "platform", "user", "regulation", "unknown"]


class Complaint(Struct):
    line: int
    field: str
    code: str
    message: str


class Record(Struct):
    accepted: int
    duplicates: int
    rejected: int
    complaints: list[Complaint]


class Skipped(Struct):
    line: int
    reason: str


class Import(Struct):
    rows: int
    facts: int
    duplicates: int
    skipped: list[Skipped]
    opened: list[str]
    complaints: list[Complaint]


class Bad(Struct):
    fact: FactId
    reason: str
    code: str
    details: dict[str, str]


class Verify(Struct):
    households: int
    facts: int
    ok: bool
    first_bad: Bad | None


class Household(Struct):
    household: str
    facts: int
    first: str
    last: str


class Loan(Struct):
    loan: str
    principal: Money
    accrued_interest: Money
    next_due_on: str | None
    next_due: Money | None


class Line(Struct):
    line: str
    lender: str
    lender_group: str
    product: str
    status: Literal["open", "frozen", "closed", "expired"]
    limit: Money
    permanent_limit: Money
    temporary_limit: Money
    drawn: Money
    held: Money
    headroom: Money
    available: Money
    over_limit: Money
    blocked: Money
    utilisation: Ratio | None
    accrued_interest: Money
    days_past_due: int
    shared_used: Money
    due_30_days: Money
    due_12_months: Money
    loans: list[Loan]


class Debt(Struct):
    principal: Money
    accrued_interest: Money
    overdue: Money
    total: Money
    due_30_days: Money
    due_12_months: Money


class Reserves(Struct):
    t1: Money
    t2a: Money
    t2b: Money
    total: Money
    contingent: Money
    monthly_outflow: Money | None
    months: Ratio | None
    immediate_months: Ratio | None


class Dimension(Struct):
    hhi: Ratio | None
    effective: Ratio | None
    score: Ratio | None


class Dimensions(Struct):
    lender: Dimension
    product: Dimension
    maturity: Dimension
    revocability: Dimension


class Cap(Struct):
    code: str
    limit: int
    bit: bool


class Diversification(Struct):
    score: Ratio | None
    uncapped: Ratio | None
    dimensions: Dimensions
    largest_share: Ratio | None
    caps: list[Cap]
    all_debt_score: Ratio | None
    ruleset: str


class Residual(Struct):
    line: str
    kind: Literal["unexplained", "overpaid", "restored_excess"]
    amount: Money
    facts: list[FactId]


class Value(Struct):
    value: Money
    source: str
    fact: FactId


class Conflict(Struct):
    line: str
    quantity: Literal["limit", "available", "drawn"]
    values: list[Value]


class Position(Struct):
    household: str
    at: When
    known_at: Instant
    version: int
    currency: str
    lines: list[Line]
    debt: Debt
    reserves: Reserves
    diversification: Diversification
    residuals: list[Residual]
    open_conflicts: list[Conflict]


class Fact(Struct):
    id: FactId
    type: str
    effective_at: When
    recorded_at: Instant
    key: str | None
    source: dict[str, str]
    voided_by: FactId | None
    corrected_by: FactId | None


class History(Struct):
    household: str
    version: int
    facts: list[Fact]


class Change(Struct, rename={"before": "from", "after": "to"}):
    id: str
    line: str
    kind: Literal[
        "granted", "raised", "lowered", "temporary_granted", "temporary_expired", "frozen", "thawed", "closed",
        "expired", "inferred",
    ]  # fmt: skip
    before: Money
    after: Money
    since: When
    until: When
    recorded_at: Instant
    facts: list[FactId]


class Reading(Struct):
    limit: Money
    drawn: Money
    held: Money
    headroom: Money
    available: Money
    over_limit: Money
    blocked: Money


class Step(Struct):
    kind: Literal[
        "limit", "temporary_limit", "draw", "principal_repaid", "held", "restored", "charged", "shared", "closed",
        "inferred_limit", "inferred_hold", "unexplained", "other",
    ]  # fmt: skip
    amount: Money
    facts: list[FactId]


class Reconciling(Struct):
    kind: Literal["over_limit", "blocked"]
    amount: Money


class Bridge(Struct):
    opening: Reading
    steps: list[Step]
    reconciling: list[Reconciling]
    closing: Reading
    residual: Money


class Verdict(Struct):
    code: Code
    side: Side
    grade: Grade
    why_grade: Grade | None
    text: str


class Cause(Struct):
    code: Code
    side: Side
    grade: Grade
    text: str
    facts: list[FactId]


class Excluded(Struct):
    code: Code
    text: str
    facts: list[FactId]


class Counterfactual(Struct):
    without: FactId
    available: Money
    text: str


class Document(Struct):
    code: str
    text: str


class NextStep(Struct):
    code: str
    by: str | None
    text: str


class Explain(Struct):
    household: str
    line: str
    since: When
    until: When
    known_at: Instant
    version: int
    ruleset: str
    bridge: Bridge
    verdict: Verdict
    causes: list[Cause]
    excluded: list[Excluded]
    order_undetermined: bool
    counterfactuals: list[Counterfactual]
    documents: list[Document]
    next_steps: list[NextStep]
    digest: Digest


class Finding(Struct):
    code: str
    ok: bool
    title: str
    text: str
    remedy: str


class Doctor(Struct):
    ok: bool
    findings: list[Finding]


class Demo(Struct):
    position: Position
    changes: list[Change]
    explain: Explain


def is_money(value: object) -> bool:
    """Whether a value of an answer is a decimal string."""
    return isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is not None


def holds(text: str, shape: object) -> None:
    """Decode an answer into its shape. Raises: msgspec.ValidationError where it is otherwise."""
    msgspec.json.decode(text, type=shape)
