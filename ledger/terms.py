"""What the loans of a line share: terms for interest, penalty and allocation, and the months that were billed."""

import msgspec

from ledger.vocabulary import DEFAULT_ALLOCATION_ORDER, Bucket, DayCount, LimitBasis


class LoanTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Terms of a line's loans. Units: rate and multiplier in 10**-12."""

    daily_rate: int | None = None
    day_count: DayCount = "act_365f"
    grace_days: int = 0
    penalty_multiplier: int = 1_500_000_000_000
    allocation_order: tuple[Bucket, ...] = DEFAULT_ALLOCATION_ORDER
    limit_basis: LimitBasis = "principal_only"


class Footing:
    """The terms in force on a line, and the months for which a bill stands instead of schedules."""

    __slots__ = ("billed", "full_balance", "terms")

    def __init__(self, terms: LoanTerms, *, billed: set[int] | None = None) -> None:
        self.billed: set[int] = set() if billed is None else billed
        self.agree(terms)

    def agree(self, terms: LoanTerms) -> None:
        """Let new terms be in force."""
        self.terms = terms
        self.full_balance = terms.limit_basis == "full_balance"
