"""What indicators and stress are computed from, asked of the projections once for a book."""

from collections.abc import Iterable
from typing import final

from ledger.book import Book
from ledger.calendar import month_of
from ledger.line import Line
from ledger.money import Exact, Quotient, amount_text, round_fraction
from ledger.reserve import Account, MonthlyFlow
from ledger.timeline import Entry
from projections.debt import due_within_a_month, owed_by
from projections.diversification import VELOCITY_CAP, NewCredit, Score, new_credit, score
from projections.indicators.known import Known, first_day, known_of
from projections.liquidity import TREATMENTS, reserve
from projections.outlook import Outlook, outlook
from projections.ruleset import Ruleset


@final
class Basis:
    """The quantities of a household at an instant that more than one indicator needs.

    Shape: `known` is what single facts up to the instant say; `owing` the lines on which anything is owed or billed, as
    topics; `reserve_missing` names what keeps the reserve from being known, `assets_missing` what keeps all own assets,
    those that count for no reserve too. `cited` keeps which facts topics stand on, since many indicators stand on the
    same.
    Units: minor units; monthly amounts exact; `day` the local day that is asked about, as an ordinal.
    """

    __slots__ = (
        "_ahead", "_looked_ahead", "_sought", "_spread", "_weighed", "assets_missing", "book", "cited", "day",
        "essentials", "income", "known", "lines", "owed", "owing", "reserve", "reserve_missing", "rules", "service",
    )  # fmt: skip

    def __init__(self, book: Book, rules: Ruleset, known: Known) -> None:
        self.book, self.rules, self.known = book, rules, known
        day = self.day = book.day
        lines = self.lines = tuple(book.lines.values())
        untold = _untold(book, known)
        self.owing = tuple([f"line:{line.name}" for line in lines if line.loans.total(day) or line.loans.ahead(day)])
        self.income, self.essentials = _monthly(book.income, day), _monthly(book.essentials, day)
        self.service = due_within_a_month(lines, day=day)
        self.owed = owed_by(book)
        self.reserve = reserve(book)
        self.reserve_missing = _missing(book, [account for account in untold if _counts(account)])
        self.assets_missing = _missing(book, untold)
        self.cited: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._sought: NewCredit | None = None
        self._spread: Score | None = None
        self._ahead: Outlook | None = None
        self._weighed = self._looked_ahead = False

    # What takes long and few indicators ask for is worked out once it is asked: a proof asks for one of them.

    @property
    def sought(self) -> NewCredit:
        """How much new credit the household sought."""
        if self._sought is None:
            rule = self.rules.indicators[VELOCITY_CAP.code]
            self._sought = new_credit(self.known.requests, day=self.day, rule=rule)
        return self._sought

    @property
    def spread(self) -> Score | None:
        """How spread the unsecured financing is; None where nothing is owed."""
        if not self._weighed:
            unsecured = [line for line in self.lines if not line.terms.secured]
            self._spread, self._weighed = score(unsecured, day=self.day, sought=self.sought), True
        return self._spread

    @property
    def ahead(self) -> Outlook | None:
        """The months ahead; None where something they hang on is not known."""
        if not self._looked_ahead:
            self._ahead, self._looked_ahead = self._look_ahead(), True
        return self._ahead

    def _look_ahead(self) -> Outlook | None:
        if self.income is None or self.essentials is None or self.reserve_missing:
            return None
        return outlook(
            self.lines,
            day=self.day,
            months=self.rules.stress.horizon_months,
            reserve=self.reserve.total,
            income=self.income,
            essentials=self.essentials,
        )

    @property
    def income_missing(self) -> tuple[str, ...]:
        return ("income",) if self.income is None else ()

    @property
    def essentials_missing(self) -> tuple[str, ...]:
        return ("essentials",) if self.essentials is None else ()

    @property
    def ahead_missing(self) -> tuple[str, ...]:
        """What keeps the months ahead from being known."""
        return (*self.income_missing, *self.essentials_missing, *self.reserve_missing)

    @property
    def entries(self) -> list[Entry]:
        """The facts up to the instant, in order of effect; not of a book that was woken and not given its facts."""
        return self.book.timeline.until(self.book.at)

    def window(self, code: str, name: str) -> int:
        """A span of time from an indicator's rule."""
        return self.rules.indicators[code].windows[name]

    def money(self, amount: int | Exact) -> str:
        """An amount as a decimal string, rounded once."""
        return amount_text(amount if isinstance(amount, int) else round_fraction(amount), self.book.currency)


def basis(book: Book, rules: Ruleset, *, known: Known | None = None) -> Basis:
    """Ask the projections what indicators need. Shape: `known` is that of the book, where it was kept with it."""
    return Basis(book, rules, known or known_of(book, since=first_day(rules, book.day)))


def _monthly(flow: MonthlyFlow, day: int) -> Quotient | None:
    known = flow.monthly(month_of(day))
    return None if known is None else Quotient(known[0], known[1])


def _untold(book: Book, known: Known) -> list[Account]:
    """Accounts that were opened and never seen or moved: to have no balance is not to have a balance of 0."""
    return [account for account in book.accounts.values() if account.name not in known.told]


def _counts(account: Account) -> bool:
    """Whether an account counts for the reserve."""
    return not account.pledged and TREATMENTS[account.kind].tier is not None


def _missing(book: Book, untold: Iterable[Account]) -> tuple[str, ...]:
    """What to record before own money is known; where there is no account at all, that."""
    return tuple(f"balance:{name}" for name in sorted(one.name for one in untold)) if book.accounts else ("reserves",)


def limit_missing(line: Line) -> bool:
    """Whether a line may have a limit that nobody recorded or saw; that of lines that share one is their root's."""
    root = line.root
    return root.permanent is None and not root.temporaries and not (root.closed or root.expired)
