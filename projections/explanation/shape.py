"""The answer in the shape of the contract. Source: contract.md section 4, `explain`; additions are named."""

import msgspec

from ledger.codes import Grade, ReasonCode, Side
from projections.allocations import AllocationAnswer
from projections.bridge import BridgeAnswer


class VerdictAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What changed most and what it was. Added to the contract: `facts`."""

    code: ReasonCode
    side: Side
    grade: Grade
    why_grade: Grade | None
    text: str
    facts: tuple[str, ...]


class CauseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A possible reason, or what explains another move, with its evidence."""

    code: ReasonCode
    side: Side
    grade: Grade
    text: str
    facts: tuple[str, ...]


class ExcludedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A code that evidence rules out, and which."""

    code: ReasonCode
    text: str
    facts: tuple[str, ...]


class CounterfactualAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What could be borrowed at the end of the window without a fact. Added: `moved_to`, had it come at that time."""

    without: str
    available: str
    moved_to: str | None
    text: str


class DocumentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A document that would settle what is open."""

    code: str
    text: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to the lender, in both languages."""

    en: str
    zh: str


class NextStepAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What to do, until when where there is a date. Added to the contract: `letter`, ready to be sent."""

    code: str
    by: str | None
    text: str
    letter: Letter | None


class ShareAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A share of the change of available. Shape: `kind` names steps of headroom, or "blocked" for a freeze."""

    kind: str
    amount: str
    facts: tuple[str, ...]


class SharesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Shapley values where clamp or freeze interact: a convention for sharing, not a cause."""

    text: str
    shares: tuple[ShareAnswer, ...]


class RepaymentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A repayment posted in the window and how it was used: `allocated` as in `history`."""

    fact: str
    amount: str
    allocated: AllocationAnswer


class SaidAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the lender or its platform said that names no reason: `text` quotes it, where the words are kept."""

    text: str
    facts: tuple[str, ...]


class Explanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a line moved in a window. Added to the contract: `repayments`, `shares`, and what is named above.

    Shape: `said`, also added, is left out where there is nothing of it.
    """

    household: str
    line: str
    since: str
    until: str
    known_at: str
    version: int
    ruleset: str
    bridge: BridgeAnswer
    repayments: tuple[RepaymentAnswer, ...]
    verdict: VerdictAnswer
    causes: tuple[CauseAnswer, ...]
    excluded: tuple[ExcludedAnswer, ...]
    order_undetermined: bool
    counterfactuals: tuple[CounterfactualAnswer, ...]
    shares: SharesAnswer | None
    documents: tuple[DocumentAnswer, ...]
    next_steps: tuple[NextStepAnswer, ...]
    digest: str
    said: tuple[SaidAnswer, ...] = ()
