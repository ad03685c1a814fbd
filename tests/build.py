"""Short builders of facts, as records of a history file: what happened, when, and on which line.

Amounts are yuan, as whole numbers or decimal strings; times are instants or bare dates as the contract writes them.
Every builder takes further fields of its fact by keyword.
"""

from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]
Yuan: TypeAlias = int | str

LINE = "jiebei"
ACCOUNT = "bank"


def fact(kind: str, at: str, /, **fields: Any) -> Record:
    """A fact of any kind; a field that is None is left out."""
    given = {name: value for name, value in fields.items() if value is not None}
    return {"type": kind, "effective_at": at, **given}


# The life of a line


def opened_line(line: str = LINE, at: str = "2026-01-01", **terms: Any) -> Record:
    """A line at the lender of its own name, unless told otherwise."""
    return fact("LineOpened", at, **{"line": line, "lender": line, "product": "consumer_loan", **terms})


def new_terms(at: str, line: str = LINE, **terms: Any) -> Record:
    return fact("LineTermsChanged", at, line=line, **terms)


def granted(limit: Yuan, at: str = "2026-01-01", *, line: str = LINE, **more: Any) -> Record:
    return fact("LimitGranted", at, line=line, limit=str(limit), **more)


def raised(limit: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("LimitRaised", at, line=line, limit=str(limit), **more)


def lowered(limit: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("LimitLowered", at, line=line, limit=str(limit), **more)


def temporary(amount: Yuan, at: str, *, until: str, line: str = LINE, **more: Any) -> Record:
    return fact("TemporaryLimitGranted", at, line=line, amount=str(amount), until=until, **more)


def froze(at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("LineFrozen", at, line=line, **more)


def thawed(at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("LineThawed", at, line=line, **more)


def closed(at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("LineClosed", at, line=line, **more)


def asked_for_less(at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("LimitReductionRequested", at, line=line, **more)


def saw(at: str, *, line: str = LINE, limit: Yuan | None = None, available: Yuan | None = None,
        drawn: Yuan | None = None, **more: Any) -> Record:  # fmt: skip
    """What somebody saw in the app."""
    seen = {"limit": limit, "available": available, "drawn": drawn}
    seen_texts = {name: str(value) for name, value in seen.items() if value is not None}
    return fact("LimitObserved", at, line=line, **seen_texts, **more)


# What moves it


def drew(amount: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("DrawnDown", at, line=line, amount=str(amount), **more)


def draw_reversed(amount: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("DrawReversed", at, line=line, amount=str(amount), **more)


def sent(amount: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("RepaymentSent", at, line=line, amount=str(amount), **more)


def repaid(amount: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("RepaymentPosted", at, line=line, amount=str(amount), **more)


def repayment_reversed(at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("RepaymentReversed", at, line=line, **more)


def restored(amount: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("AvailabilityRestored", at, line=line, amount=str(amount), **more)


def charged_interest(amount: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("InterestCharged", at, line=line, amount=str(amount), **more)


def charged_fee(amount: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("FeeCharged", at, line=line, amount=str(amount), **more)


def charged_penalty(amount: Yuan, at: str, *, line: str = LINE, **more: Any) -> Record:
    return fact("PenaltyCharged", at, line=line, amount=str(amount), **more)


def billed(amount: Yuan, at: str, *, due_on: str, line: str = LINE, **more: Any) -> Record:
    return fact("PaymentDue", at, line=line, amount=str(amount), due_on=due_on, **more)


# Around it


def lender_stated(at: str, *, lender: str = LINE, **more: Any) -> Record:
    return fact("LenderStated", at, lender=lender, **more)


def platform_noticed(at: str, *, lender: str = LINE, **more: Any) -> Record:
    return fact("PlatformNoticed", at, lender=lender, **more)


def scored(score: int, at: str, **more: Any) -> Record:
    return fact("ScoreObserved", at, **{"scheme": "zhima", "score": score, **more})


def inquired(lender: str, at: str, **more: Any) -> Record:
    return fact("InquiryMade", at, lender=lender, **more)


# The household's own money


def opened_account(account: str = ACCOUNT, kind: str = "demand_deposit", *, at: str = "2026-01-01",
                   **more: Any) -> Record:  # fmt: skip
    return fact("ReserveOpened", at, account=account, kind=kind, **more)


def counted(balance: Yuan, at: str, *, account: str = ACCOUNT, **more: Any) -> Record:
    """The balance of a reserve account, as seen."""
    return fact("ReserveObserved", at, account=account, balance=str(balance), **more)


def moved(amount: Yuan, at: str, *, account: str = ACCOUNT, **more: Any) -> Record:
    return fact("ReserveMoved", at, account=account, amount=str(amount), **more)


def earns(monthly: Yuan, at: str = "2026-01-01", **more: Any) -> Record:
    return fact("IncomeDeclared", at, monthly=str(monthly), **more)


def needs(monthly: Yuan, at: str = "2026-01-01", **more: Any) -> Record:
    return fact("EssentialsDeclared", at, monthly=str(monthly), **more)


def received(amount: Yuan, at: str, **more: Any) -> Record:
    return fact("IncomeReceived", at, amount=str(amount), **more)


def spent(amount: Yuan, at: str, **more: Any) -> Record:
    return fact("ExpensePaid", at, amount=str(amount), **more)


# Facts about facts


def corrected(target: str, replacement: Record, *, at: str = "2026-01-01", **more: Any) -> Record:
    """`target` is "<household>:<version>" or "key:<key>"."""
    return fact("Corrected", at, fact=target, replacement=replacement, **more)


def voided(target: str, *, at: str = "2026-01-01", **more: Any) -> Record:
    return fact("Voided", at, fact=target, **more)
