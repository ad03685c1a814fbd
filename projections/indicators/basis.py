"""What indicators and stress are computed from, asked of the projections once for a book."""

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from ledger.book import Book
from ledger.calendar import month_of
from ledger.line import Line
from ledger.money import amount_text, round_half_up
from ledger.reserve import Account, MonthlyFlow
from ledger.timeline import Entry
from projections.debt import Owed, due_within_a_month, owed_by
from projections.diversification import VELOCITY_CAP, NewCredit, Score, new_credit, score
from projections.indicators.known import Known, first_day, known_of
from projections.liquidity import TREATMENTS, Reserve, reserve
from projections.outlook import Outlook, outlook
from projections.ruleset import Ruleset


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """The quantities of a household at an instant that more than one indicator needs.

    Shape: `known` is what single facts up to the instant say; `owing` the lines on which anything is owed or billed, as
    topics; `reserve_missing` names what keeps the reserve from being known, `assets_missing` what keeps all own assets,
    those that count for no reserve too. `cited` keeps which facts topics stand on, since many indicators stand on the
    same.
    Units: minor units; monthly amounts exact; `day` the local day that is asked about, as an ordinal.
    """

    book: Book
    day: int
    rules: Ruleset
    known: Known
    lines: tuple[Line, ...]
    owing: tuple[str, ...]
    income: Fraction | None
    essentials: Fraction | None
    service: int
    owed: Owed
    reserve: Reserve
    reserve_missing: tuple[str, ...]
    assets_missing: tuple[str, ...]
    sought: NewCredit
    spread: Score | None
    ahead: Outlook | None
    cited: dict[tuple[str, ...], tuple[int, ...]] = msgspec.field(default_factory=dict)

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

    def money(self, amount: int | Fraction) -> str:
        """An amount as a decimal string, rounded once."""
        whole = amount if type(amount) is int else round_half_up(amount.numerator, amount.denominator)
        return amount_text(whole, self.book.currency)


def basis(book: Book, rules: Ruleset, *, known: Known | None = None) -> Basis:
    """Ask the projections what indicators need. Shape: `known` is that of the book, where it was kept with it."""
    day, lines = book.day, tuple(book.lines.values())
    known = known or known_of(book, since=first_day(rules, day))
    income, essentials = _monthly(book.income, day), _monthly(book.essentials, day)
    held, untold = reserve(book), _untold(book, known)
    sought = new_credit(known.requests, day=day, rule=rules.indicators[VELOCITY_CAP.code])
    reserve_missing = _missing(book, [account for account in untold if _counts(account)])
    return Basis(
        book=book,
        day=day,
        rules=rules,
        known=known,
        lines=lines,
        owing=tuple(f"line:{line.name}" for line in lines if line.loans.total(day) or line.loans.ahead(day)),
        income=income,
        essentials=essentials,
        service=due_within_a_month(lines, day=day),
        owed=owed_by(book),
        reserve=held,
        reserve_missing=reserve_missing,
        assets_missing=_missing(book, untold),
        sought=sought,
        spread=score([line for line in lines if not line.terms.secured], day=day, sought=sought),
        ahead=None
        if income is None or essentials is None or reserve_missing
        else outlook(
            lines,
            day=day,
            months=rules.stress.horizon_months,
            reserve=held.total,
            income=income,
            essentials=essentials,
        ),
    )


def _monthly(flow: MonthlyFlow, day: int) -> Fraction | None:
    known = flow.monthly(month_of(day))
    return None if known is None else Fraction(*known)


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
