"""The facts of the history file as others write them: copied by hand from contract.md section 2, not from the program.

What stands here is fixed for version 1: a test that fails against it is a break of the contract, not of the test.
"""

from typing import Any, Final, NamedTuple, TypeAlias

Fields: TypeAlias = dict[str, Any]


class Told(NamedTuple):
    """One type: its required fields, its optional ones, and what the latter are when left out."""

    required: Fields
    optional: Fields
    defaults: Fields


ORDER: Final = [
    "fee", "penalty_on_principal", "penalty_on_interest", "overdue_interest", "current_interest", "overdue_principal",
    "current_principal",
]  # fmt: skip
_TERMS: Final = {
    "lender_group": "g", "revolving": False, "revocable": False, "secured": True, "limit_basis": "full_balance",
    "restoration": "t_plus_n", "restoration_days": 3, "daily_rate": "0.0004", "day_count": "act_360", "grace_days": 3,
    "penalty_multiplier": "1.3", "allocation_order": ORDER[::-1], "shared_with": "pool", "max_loans": 3,
    "valid_until": "2026-12-31", "lender_class": "bank", "currency": "CNY",
}  # fmt: skip
_USUAL_TERMS: Final = {
    "revolving": True, "revocable": True, "secured": False, "limit_basis": "principal_only", "restoration": "on_post",
    "restoration_days": 1, "day_count": "act_365f", "grace_days": 0, "penalty_multiplier": "1.5",
}  # fmt: skip
_WHY: Final = {"reason_code": "P02", "text": "words"}
_STATED: Final = Told({"lender": "x"}, {"line": "a", **_WHY, "kind": "outage"}, {})
_CHARGED: Final = Told({"line": "a", "amount": "5.00"}, {"loan": "l"}, {})
_MONTHLY: Final = Told({"monthly": "9000.00"}, {}, {})

FACTS: Final[dict[str, Told]] = {
    "HouseholdOpened": Told(
        {},
        {"timezone": "Europe/Berlin", "currency": "CNY", "name": "林家"},
        {"timezone": "Asia/Shanghai", "currency": "CNY"},
    ),
    "LineOpened": Told({"line": "b", "lender": "y", "product": "card"}, _TERMS, _USUAL_TERMS),
    "LimitGranted": Told({"line": "a", "limit": "5000.00"}, {}, {}),
    "LimitRaised": Told({"line": "a", "limit": "5000.00"}, _WHY, {}),
    "LimitLowered": Told({"line": "a", "limit": "5000.00"}, _WHY, {}),
    "TemporaryLimitGranted": Told({"line": "a", "amount": "500.00", "until": "2026-12-31"}, {}, {}),
    "LineFrozen": Told({"line": "a"}, _WHY, {}),
    "LineThawed": Told({"line": "a"}, _WHY, {}),
    "LineClosed": Told({"line": "a"}, _WHY, {}),
    "LimitReductionRequested": Told({"line": "a"}, {"limit": "5.00"}, {}),
    "LineTermsChanged": Told({"line": "a"}, {**_TERMS, "lender": "z", "product": "other"}, {}),
    "LimitObserved": Told({"line": "a", "limit": "5.00"}, {"available": "5.00", "drawn": "-5.00"}, {}),
    "DrawnDown": Told(
        {"line": "a", "amount": "5.00"},
        {
            "loan": "l2", "daily_rate": "0.0005", "method": "bullet", "periods": 12, "first_due_on": "2026-03-01",
            "due_on": "2026-12-31", "period_basis": "equal", "purpose": "education",
        },
        {"method": "at_will", "period_basis": "actual_days"},
    ),
    "DrawReversed": Told({"line": "a", "amount": "5.00"}, {"loan": "l", "fact": "key:drew"}, {}),
    "RepaymentSent": Told({"line": "a", "amount": "5.00"}, {"payment": "q"}, {}),
    "RepaymentPosted": Told(
        {"line": "a", "amount": "5.00"},
        {
            "loan": "l", "payment": "p",
            "allocation": {"fee": "1.00", "penalty": "0.00", "interest": "1.50", "principal": "2.50"},
        },
        {},
    ),
    "RepaymentReversed": Told({"line": "a", "payment": "p"}, {"fact": "key:sent"}, {}),
    "AvailabilityRestored": Told({"line": "a", "amount": "5.00"}, {}, {}),
    "InterestCharged": _CHARGED,
    "FeeCharged": _CHARGED,
    "PenaltyCharged": _CHARGED,
    "PaymentDue": Told({"line": "a", "amount": "5.00", "due_on": "2026-03-01"}, {"minimum": "1.00"}, {}),
    "LenderStated": _STATED,
    "PlatformNoticed": _STATED,
    "ScoreObserved": Told({"scheme": "zhima", "score": 700}, {}, {}),
    "InquiryMade": Told({"lender": "x"}, {}, {}),
    "ReserveOpened": Told({"account": "s", "kind": "mmf"}, {"fund": "f", "pledged": True, "name": "宝"}, {}),
    "ReserveObserved": Told({"account": "r", "balance": "-5.00"}, {}, {}),
    "ReserveMoved": Told({"account": "r", "amount": "-5.00"}, {}, {}),
    "IncomeDeclared": _MONTHLY,
    "EssentialsDeclared": _MONTHLY,
    "IncomeReceived": Told({"amount": "5.00"}, {}, {}),
    "ExpensePaid": Told({"amount": "5.00"}, {"essential": False}, {"essential": True}),
    "Corrected": Told(
        {
            "fact": "key:drew",
            "replacement": {"type": "DrawnDown", "effective_at": "2026-01-03", "line": "a", "amount": "6.00"},
        },
        {},
        {},
    ),
    "Voided": Told({"fact": "key:drew"}, {"text": "twice"}, {}),
}  # fmt: skip

_SAID: Final = (
    "policy_tightening", "outage", "partner_change", "product_migration", "macro", "data_error", "use_of_funds",
    "profile", "other",
)  # fmt: skip
_PRODUCTS: Final = ("consumer_loan", "card", "instalment", "bank_loan", "mortgage", "informal", "other")
CHOICES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("LineOpened", "product"): _PRODUCTS,
    ("LineTermsChanged", "product"): _PRODUCTS,
    ("LineOpened", "limit_basis"): ("principal_only", "full_balance"),
    ("LineOpened", "restoration"): ("on_post", "t_plus_n", "on_full_settlement", "never"),
    ("LineOpened", "day_count"): ("act_365f", "act_360", "30e_360", "30u_360"),
    ("LineOpened", "lender_class"): ("bank", "consumer_finance", "micro_loan", "other"),
    ("DrawnDown", "method"): ("equal_instalment", "equal_principal", "interest_only", "bullet", "at_will"),
    ("DrawnDown", "period_basis"): ("equal", "actual_days"),
    ("DrawnDown", "purpose"): (
        "essentials", "emergency", "education", "business", "durable", "refinancing", "investment", "other",
    ),
    ("LenderStated", "kind"): _SAID,
    ("PlatformNoticed", "kind"): _SAID,
    ("ReserveOpened", "kind"): (
        "cash", "demand_deposit", "mmf", "term_deposit", "wmp_t1", "bond_fund", "equity", "locked",
    ),
}  # fmt: skip
SOURCES: Final = ("user", "lender", "platform", "statement", "bank", "bureau")
CODES: Final = (
    *(f"S{number:02}" for number in range(10)), *(f"P{number:02}" for number in range(1, 13)),
    *(f"U{number:02}" for number in (*range(1, 10), *range(11, 15))), "R01", "R02", "R04", "X00", "X01",
)  # fmt: skip
"""The codes of domain.md section 7; there is no U10 and no R03."""


def fact(kind: str, /, *, household: str, **told: Any) -> Fields:
    """A fact with its required fields, and more or others by name; a field that is None is left out."""
    fields = {"type": kind, "household": household, "effective_at": "2026-01-05", **FACTS[kind].required, **told}
    return {name: value for name, value in fields.items() if value is not None}


def prelude(household: str) -> list[Fields]:
    """What the facts above speak of: lines, a loan, a payment and an account."""
    base = {"household": household, "effective_at": "2026-01-02"}
    opened = {"type": "LineOpened", "lender": "x", "product": "other"}
    return [
        base | opened | {"line": "a"},
        base | opened | {"line": "pool"},
        base | {"type": "DrawnDown", "line": "a", "amount": "100", "loan": "l", "key": "drew"},
        base | {"type": "RepaymentSent", "line": "a", "amount": "5", "payment": "p", "key": "sent"},
        base | {"type": "ReserveOpened", "account": "r", "kind": "cash"},
    ]
