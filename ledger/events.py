"""Every fact a household's book can hold, with the name and version it is stored under.

A fact is stored as one JSON object whose "t" names its class and version ("DrawnDown.1"). Amounts are integer
minor units, rates units of 10**-12 a day, instants microseconds since the epoch, bare dates "YYYY-MM-DD".
A stored name is never reused: a changed shape gets a new version, and an upcast beside its class.
Source: contract.md section 2 (fields), domain.md section 1 (the two times).
"""

from datetime import date
from functools import cache
from typing import Any, ClassVar, TypeAlias

import msgspec

from ledger.codes import ReasonCode
from ledger.vocabulary import (
    DEFAULT_ALLOCATION_ORDER,
    AccountKind,
    Amount,
    Bucket,
    DayCount,
    Factor,
    LenderClass,
    Level,
    LimitBasis,
    Method,
    Name,
    NoticeKind,
    PeriodBasis,
    Product,
    Purpose,
    Rate,
    Reference,
    Restoration,
    Signed,
    SourceKind,
    Text,
    Time,
)

# The order of facts that are effective at the same instant. Source: domain.md section 1, step 4. Movements of one
# instant have an order of their own, so that the order in which they were recorded does not decide what is owed.
OPENING, TERMS, LIMITS, DRAWS, CHARGES, REFUNDS, PAYMENTS, REVERSALS, RESTORATIONS, OBSERVATIONS = range(10)


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="t", gc=False):
    """Something that was true in the world from `effective` on, as somebody recorded it."""

    rank: ClassVar[int] = CHARGES

    effective: Time = msgspec.field(name="at")
    key: str | None = None
    source: SourceKind = "user"
    document: Text | None = None
    note: Text | None = None


class LineFact(Fact, frozen=True, kw_only=True):
    """A fact about one credit line."""

    line: Name


class HouseholdOpened(Fact, frozen=True, tag="HouseholdOpened.1"):
    rank: ClassVar[int] = OPENING
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"
    name: Text | None = None


class LineOpened(LineFact, frozen=True, tag="LineOpened.1"):
    rank: ClassVar[int] = OPENING
    lender: Name
    product: Product
    lender_group: Name | None = None
    revolving: bool = True
    revocable: bool = True
    secured: bool = False
    limit_basis: LimitBasis = "principal_only"
    restoration: Restoration = "on_post"
    restoration_days: int = 1
    daily_rate: Rate | None = None
    day_count: DayCount = "act_365f"
    grace_days: int = 0
    penalty_multiplier: Factor = 1_500_000_000_000
    allocation_order: tuple[Bucket, ...] = DEFAULT_ALLOCATION_ORDER
    shared_with: Name | None = None
    max_loans: int | None = None
    valid_until: Time | None = None
    lender_class: LenderClass | None = None
    currency: str | None = None


class LineTermsChanged(LineFact, frozen=True, tag="LineTermsChanged.1"):
    """Terms that changed; a field left out keeps its value."""

    rank: ClassVar[int] = TERMS
    lender: Name | None = None
    product: Product | None = None
    lender_group: Name | None = None
    revolving: bool | None = None
    revocable: bool | None = None
    secured: bool | None = None
    limit_basis: LimitBasis | None = None
    restoration: Restoration | None = None
    restoration_days: int | None = None
    daily_rate: Rate | None = None
    day_count: DayCount | None = None
    grace_days: int | None = None
    penalty_multiplier: Factor | None = None
    allocation_order: tuple[Bucket, ...] | None = None
    shared_with: Name | None = None
    max_loans: int | None = None
    valid_until: Time | None = None
    lender_class: LenderClass | None = None
    currency: str | None = None


class LimitGranted(LineFact, frozen=True, tag="LimitGranted.1"):
    rank: ClassVar[int] = LIMITS
    limit: Level


class LimitRaised(LineFact, frozen=True, tag="LimitRaised.1"):
    rank: ClassVar[int] = LIMITS
    limit: Level
    reason_code: ReasonCode | None = None
    text: Text | None = None


class LimitLowered(LineFact, frozen=True, tag="LimitLowered.1"):
    rank: ClassVar[int] = LIMITS
    limit: Level
    reason_code: ReasonCode | None = None
    text: Text | None = None


class TemporaryLimitGranted(LineFact, frozen=True, tag="TemporaryLimitGranted.1"):
    rank: ClassVar[int] = LIMITS
    amount: Amount
    until: Time


class LineFrozen(LineFact, frozen=True, tag="LineFrozen.1"):
    rank: ClassVar[int] = LIMITS
    reason_code: ReasonCode | None = None
    text: Text | None = None


class LineThawed(LineFact, frozen=True, tag="LineThawed.1"):
    rank: ClassVar[int] = LIMITS
    reason_code: ReasonCode | None = None
    text: Text | None = None


class LineClosed(LineFact, frozen=True, tag="LineClosed.1"):
    rank: ClassVar[int] = LIMITS
    reason_code: ReasonCode | None = None
    text: Text | None = None


class LimitReductionRequested(LineFact, frozen=True, tag="LimitReductionRequested.1"):
    """The household itself asked for a lower limit."""

    limit: Level | None = None


class LimitObserved(LineFact, frozen=True, tag="LimitObserved.1"):
    """What a person saw in the app or on a bill; at least one of the three."""

    rank: ClassVar[int] = OBSERVATIONS
    limit: Level | None = None
    available: Level | None = None
    drawn: Signed | None = None


class DrawnDown(LineFact, frozen=True, tag="DrawnDown.1"):
    rank: ClassVar[int] = DRAWS
    amount: Amount
    loan: Name | None = None
    daily_rate: Rate | None = None
    method: Method = "at_will"
    periods: int | None = None
    first_due_on: date | None = None
    due_on: date | None = None
    period_basis: PeriodBasis = "actual_days"
    purpose: Purpose | None = None


class DrawReversed(LineFact, frozen=True, tag="DrawReversed.1"):
    """A refund, or a draw that was cancelled or failed."""

    rank: ClassVar[int] = REFUNDS
    amount: Amount
    loan: Name | None = None
    fact: Reference | None = None


class RepaymentSent(LineFact, frozen=True, tag="RepaymentSent.1"):
    rank: ClassVar[int] = PAYMENTS
    amount: Amount
    payment: Name | None = None


class Allocation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How the lender said a payment was used; the parts sum to the payment. Units: minor units, zero or more."""

    fee: Level = 0
    penalty: Level = 0
    interest: Level = 0
    principal: Level = 0


class RepaymentPosted(LineFact, frozen=True, tag="RepaymentPosted.1"):
    rank: ClassVar[int] = PAYMENTS
    amount: Amount
    loan: Name | None = None
    payment: Name | None = None
    allocation: Allocation | None = None


class RepaymentReversed(LineFact, frozen=True, tag="RepaymentReversed.1"):
    rank: ClassVar[int] = REVERSALS
    payment: Name | None = None
    fact: Reference | None = None


class AvailabilityRestored(LineFact, frozen=True, tag="AvailabilityRestored.1"):
    rank: ClassVar[int] = RESTORATIONS
    amount: Amount


class InterestCharged(LineFact, frozen=True, tag="InterestCharged.1"):
    amount: Amount
    loan: Name | None = None


class FeeCharged(LineFact, frozen=True, tag="FeeCharged.1"):
    amount: Amount
    loan: Name | None = None


class PenaltyCharged(LineFact, frozen=True, tag="PenaltyCharged.1"):
    amount: Amount
    loan: Name | None = None


class PaymentDue(LineFact, frozen=True, tag="PaymentDue.1"):
    """What a bill says must be paid, and by when; nothing, where its amount is zero."""

    amount: Level
    due_on: date
    minimum: Level | None = None


class LenderStated(Fact, frozen=True, tag="LenderStated.1"):
    lender: Name
    line: Name | None = None
    reason_code: ReasonCode | None = None
    text: Text | None = None
    kind: NoticeKind | None = None


class PlatformNoticed(Fact, frozen=True, tag="PlatformNoticed.1"):
    lender: Name
    line: Name | None = None
    reason_code: ReasonCode | None = None
    text: Text | None = None
    kind: NoticeKind | None = None


class ScoreObserved(Fact, frozen=True, tag="ScoreObserved.1"):
    rank: ClassVar[int] = OBSERVATIONS
    scheme: Name
    score: int


class InquiryMade(Fact, frozen=True, tag="InquiryMade.1"):
    lender: Name


class ReserveOpened(Fact, frozen=True, tag="ReserveOpened.1"):
    rank: ClassVar[int] = OPENING
    account: Name
    kind: AccountKind
    fund: Name | None = None
    pledged: bool = False
    name: Text | None = None


class ReserveObserved(Fact, frozen=True, tag="ReserveObserved.1"):
    rank: ClassVar[int] = OBSERVATIONS
    account: Name
    balance: Signed


class ReserveMoved(Fact, frozen=True, tag="ReserveMoved.1"):
    account: Name
    amount: Signed


class IncomeDeclared(Fact, frozen=True, tag="IncomeDeclared.1"):
    monthly: Level


class EssentialsDeclared(Fact, frozen=True, tag="EssentialsDeclared.1"):
    monthly: Level


class IncomeReceived(Fact, frozen=True, tag="IncomeReceived.1"):
    amount: Amount


class ExpensePaid(Fact, frozen=True, tag="ExpensePaid.1"):
    amount: Amount
    essential: bool = True


Plain: TypeAlias = (
    HouseholdOpened | LineOpened | LineTermsChanged | LimitGranted | LimitRaised | LimitLowered
    | TemporaryLimitGranted | LineFrozen | LineThawed | LineClosed | LimitReductionRequested | LimitObserved
    | DrawnDown | DrawReversed | RepaymentSent | RepaymentPosted | RepaymentReversed | AvailabilityRestored
    | InterestCharged | FeeCharged | PenaltyCharged | PaymentDue | LenderStated | PlatformNoticed | ScoreObserved
    | InquiryMade | ReserveOpened | ReserveObserved | ReserveMoved | IncomeDeclared | EssentialsDeclared
    | IncomeReceived | ExpensePaid
)  # fmt: skip
"""Facts about the world, as opposed to facts about other facts."""


class Corrected(Fact, frozen=True, tag="Corrected.1"):
    """Fact `fact` should have been `replacement`, which takes its place under the original's id."""

    fact: Reference
    replacement: Plain


class Voided(Fact, frozen=True, tag="Voided.1"):
    """Fact `fact` never was; voiding a correction restores what it replaced."""

    fact: Reference
    text: Text | None = None


AnyFact: TypeAlias = Plain | Corrected | Voided

FACT_TYPES: dict[str, type[Fact]] = {
    str(kind.__struct_config__.tag).partition(".")[0]: kind for kind in AnyFact.__args__
}
"""Every kind of fact by its name in the contract."""


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """A fact as the book holds it: its place in the household's stream and when the ledger learned it.

    Units: `recorded_at` in microseconds since the epoch.
    """

    version: int
    recorded_at: int
    fact: AnyFact


@cache
def defaults(kind: type[Fact]) -> dict[str, Any]:
    """What the optional fields of a kind of fact are when left out, those that are then something."""
    absent = (None, msgspec.NODEFAULT)
    return {info.name: info.default for info in msgspec.structs.fields(kind) if info.default not in absent}


def type_name(fact: Fact) -> str:
    """The fact's name in the contract, such as "DrawnDown"."""
    return str(fact.__struct_config__.tag).partition(".")[0]
