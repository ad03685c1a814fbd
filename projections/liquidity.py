"""What a household could live on if nobody lent it anything: its own money in tiers, after a haircut.

Undrawn credit is shown apart and never counted: a lender can withdraw it at any time.
Source: domain.md section 5, "Liquidity reserve". Oracle O13.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, Literal, NamedTuple, TypeAlias, final

from ledger.book import Book
from ledger.calendar import month_of
from ledger.line import Line, offered
from ledger.money import MINOR_DIGITS, Quotient, round_fraction
from ledger.reserve import Account
from ledger.vocabulary import AccountKind
from projections.debt import due_within_a_month

Tier: TypeAlias = Literal["t1", "t2a", "t2b"]


_NOTHING: Final = Quotient(0)


class Treatment(NamedTuple):
    """How one kind of own money counts: in which tier, and which fraction of it is taken off; no tier, nothing."""

    tier: Tier | None
    haircut: Fraction

    def of(self, balance: int) -> Quotient:
        """What of a balance is left after the haircut, exactly."""
        whole = self.haircut.denominator
        return Quotient(balance * (whole - self.haircut.numerator), whole)


# Source of every row: the table of domain.md section 5.
TREATMENTS: Final[dict[AccountKind, Treatment]] = {
    "cash": Treatment("t1", Fraction(0)),
    "demand_deposit": Treatment("t1", Fraction(0)),
    "mmf": Treatment("t2a", Fraction(2, 100)),
    "term_deposit": Treatment("t2a", Fraction(5, 100)),
    "wmp_t1": Treatment("t2a", Fraction(5, 100)),
    "bond_fund": Treatment("t2b", Fraction(15, 100)),
    "equity": Treatment("t2b", Fraction(50, 100)),
    "locked": Treatment(None, Fraction(1)),
}

INSTANT_PER_FUND: Final = 10_000
"""What of a money-market fund can be had at once, in whole units of the currency; all accounts of a fund share it."""

T2B_TO_REST: Final = Fraction(2, 3)
"""T2B counts up to this multiple of T1 + T2A, so that it is at most 40 % of the reserve."""


@final
class Counted:
    """One account as far as it counts. Units: minor units, exact; `t2b` before its cap."""

    __slots__ = ("account", "t1", "t2a", "t2b")

    def __init__(
        self, account: Account, *, t1: Quotient = _NOTHING, t2a: Quotient = _NOTHING, t2b: Quotient = _NOTHING
    ) -> None:
        self.account = account
        self.t1 = t1
        self.t2a = t2a
        self.t2b = t2b


@final
class Reserve:
    """The reserve, its tiers after haircut and cap, and how long it lasts.

    Units: minor units; `monthly_outflow` exact. Each tier is rounded once and the total is their sum. `missing` names
    what a null comes from.
    """

    __slots__ = ("accounts", "contingent", "missing", "monthly_outflow", "t1", "t2a", "t2b")

    def __init__(
        self,
        accounts: tuple[Counted, ...],
        tiers: tuple[int, int, int],
        *,
        contingent: int,
        monthly_outflow: Quotient | None,
    ) -> None:
        self.accounts = accounts
        self.t1, self.t2a, self.t2b = tiers
        self.contingent = contingent
        self.monthly_outflow = monthly_outflow
        self.missing: tuple[str, ...] = ("essentials",) if monthly_outflow is None else ()

    @property
    def total(self) -> int:
        return self.t1 + self.t2a + self.t2b

    @property
    def months(self) -> Quotient | None:
        """How many months the reserve lasts; None where the outflow is unknown or nothing flows out."""
        return self._lasts(self.total)

    @property
    def immediate_months(self) -> Quotient | None:
        """How many months the money lasts that can be had at once."""
        return self._lasts(self.t1)

    def _lasts(self, amount: int) -> Quotient | None:
        outflow = self.monthly_outflow
        return Quotient(amount * outflow.denominator, outflow.numerator) if outflow else None


def reserve(book: Book) -> Reserve:
    """The household's liquidity reserve."""
    accounts = counted(book)
    return Reserve(accounts, tiers(accounts), contingent=contingent(book), monthly_outflow=monthly_outflow(book))


def tiers(accounts: tuple[Counted, ...]) -> tuple[int, int, int]:
    """T1, T2A and T2B of some accounts, the last after its cap. Units: minor units; each is rounded once."""
    t1 = round_fraction(_sum([each.t1 for each in accounts]))
    t2a = round_fraction(_sum([each.t2a for each in accounts]))
    t2b = _sum([each.t2b for each in accounts])
    return t1, t2a, round_fraction(capped(t2b.fraction, beside=Fraction(t1 + t2a))) if t2b else 0


def _sum(parts: Iterable[Quotient]) -> Quotient:
    found = [part for part in parts if part]
    return sum(found[1:], found[0]) if found else _NOTHING


def capped(t2b: Fraction, *, beside: Fraction) -> Fraction:
    """What of T2B counts beside T1 + T2A."""
    return max(Fraction(0), min(t2b, T2B_TO_REST * beside))


def counted(book: Book) -> tuple[Counted, ...]:
    """Each account as far as it counts, in the order the accounts were met."""
    a_fund = INSTANT_PER_FUND * 10 ** MINOR_DIGITS[book.currency]
    instant_left = {account.fund: a_fund for account in book.accounts.values()}
    return tuple([_counted(account, instant_left) for account in book.accounts.values()])


def _counted(account: Account, instant_left: dict[str, int]) -> Counted:
    """How far an account counts; `instant_left` is what of each fund can still be had at once, and is used up here."""
    treatment = TREATMENTS[account.kind]
    # An asset is never less than nothing: a balance below zero is an overdraft, or money in that nobody recorded.
    balance = max(0, account.balance)
    if account.pledged or treatment.tier is None:
        return Counted(account)
    if account.kind != "mmf":
        counts = treatment.of(balance)
        match treatment.tier:
            case "t1":
                return Counted(account, t1=counts)
            case "t2a":
                return Counted(account, t2a=counts)
            case "t2b":
                return Counted(account, t2b=counts)
    instant = min(balance, instant_left[account.fund])
    instant_left[account.fund] -= instant
    return Counted(account, t1=Quotient(instant), t2a=treatment.of(balance - instant))


def contingent(book: Book) -> int:
    """What could still be borrowed. Units: minor units."""
    return undrawn(book.lines.values())


def undrawn(lines: Iterable[Line]) -> int:
    """What could still be drawn on some lines; those that share a limit offer it once. Units: minor units."""
    return offered([(line.root.name, line.available) for line in lines])


def monthly_outflow(book: Book) -> Quotient | None:
    """A month's essentials and what falls due up to the same day of next month; None if the first are unknown."""
    essentials = book.essentials.monthly(month_of(book.day))
    if essentials is None:
        return None
    return Quotient(essentials[0], essentials[1]) + Quotient(due_within_a_month(book.lines.values(), day=book.day))
