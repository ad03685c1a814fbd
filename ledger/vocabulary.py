"""The words a fact's fields may hold, and what kind of value each field is.

Source: contract.md section 2.
"""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from ledger.calendar import When


class Kind:
    """What a field holds, where its Python type alone does not tell."""

    amount = "amount"
    signed = "signed"
    level = "level"
    rate = "rate"
    factor = "factor"
    when = "when"
    name = "name"
    text = "text"
    reference = "reference"


Amount: TypeAlias = Annotated[int, msgspec.Meta(extra={"kind": Kind.amount})]
"""Minor units, more than zero."""
Level: TypeAlias = Annotated[int, msgspec.Meta(extra={"kind": Kind.level})]
"""Minor units, zero or more: a limit, an observed limit or available."""
Signed: TypeAlias = Annotated[int, msgspec.Meta(extra={"kind": Kind.signed})]
"""Minor units of either sign: a balance, a drawn amount, a movement of a reserve."""
Rate: TypeAlias = Annotated[int, msgspec.Meta(extra={"kind": Kind.rate})]
"""Units of 10**-12 per day, zero or more."""
Factor: TypeAlias = Annotated[int, msgspec.Meta(extra={"kind": Kind.factor})]
"""A multiplier in units of 10**-12, zero or more."""
Time: TypeAlias = Annotated[When, msgspec.Meta(extra={"kind": Kind.when})]
Name: TypeAlias = Annotated[str, msgspec.Meta(extra={"kind": Kind.name})]
"""A caller's id, `[a-z0-9][a-z0-9_-]{0,63}`."""
Text: TypeAlias = Annotated[str, msgspec.Meta(extra={"kind": Kind.text})]
"""Personal free text; in a stored fact its salted digest (see ledger.personal)."""
Reference: TypeAlias = Annotated[int, msgspec.Meta(extra={"kind": Kind.reference})]
"""The version of another fact of the same household."""

SourceKind: TypeAlias = Literal["user", "lender", "platform", "statement", "bank", "bureau"]
Product: TypeAlias = Literal["consumer_loan", "card", "instalment", "bank_loan", "mortgage", "informal", "other"]
LimitBasis: TypeAlias = Literal["principal_only", "full_balance"]
Restoration: TypeAlias = Literal["on_post", "t_plus_n", "on_full_settlement", "never"]
DayCount: TypeAlias = Literal["act_365f", "act_360", "30e_360", "30u_360"]
LenderClass: TypeAlias = Literal["bank", "consumer_finance", "micro_loan", "other"]
Method: TypeAlias = Literal["equal_instalment", "equal_principal", "interest_only", "bullet", "at_will"]
PeriodBasis: TypeAlias = Literal["equal", "actual_days"]
Purpose: TypeAlias = Literal[
    "essentials", "emergency", "education", "business", "durable", "refinancing", "investment", "other"
]
NoticeKind: TypeAlias = Literal[
    "policy_tightening", "outage", "partner_change", "product_migration", "macro", "data_error",
    "use_of_funds", "profile", "other",
]  # fmt: skip
AccountKind: TypeAlias = Literal[
    "cash", "demand_deposit", "mmf", "term_deposit", "wmp_t1", "bond_fund", "equity", "locked"
]
Bucket: TypeAlias = Literal[
    "fee", "penalty_on_principal", "penalty_on_interest", "overdue_interest", "current_interest",
    "overdue_principal", "current_principal",
]  # fmt: skip
"""What a payment can settle, as parts of a line's allocation order."""

DEFAULT_ALLOCATION_ORDER: tuple[Bucket, ...] = (
    "fee", "penalty_on_principal", "penalty_on_interest", "overdue_interest", "current_interest",
    "overdue_principal", "current_principal",
)  # fmt: skip

UNEXPLAINED: Final = "unexplained"
"""The synthetic loan that holds movements nobody recorded; payments may name it."""
