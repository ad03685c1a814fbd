"""What indicators and stress are computed from, asked of the projections once for a book."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

import msgspec

from ledger import events
from ledger.book import Book
from ledger.calendar import month_of
from ledger.events import Fact
from ledger.line import Line
from ledger.money import amount_text, round_half_up
from ledger.reserve import Account, MonthlyFlow
from ledger.timeline import Entry
from projections.debt import Owed, due_within_a_month, owed_by
from projections.diversification import VELOCITY_CAP, NewCredit, Score, new_credit, score
from projections.liquidity import TREATMENTS, Reserve, reserve
from projections.outlook import Outlook, outlook
from projections.ruleset import Ruleset

BALANCES: Final = (events.ReserveObserved, events.ReserveMoved)
"""Facts that tell what is in an account."""


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """The quantities of a household at an instant that more than one indicator needs.

    Shape: `known` are the facts up to the instant, `kinds` the same by their class, `on_lines` those of each line by
    version; `owing` the lines on which anything is owed or billed, as topics; `reserve_missing` names what keeps the
    reserve from being known, `assets_missing` what keeps all own assets, those that count for no reserve too. `cited`
    keeps which facts topics stand on, since many indicators stand on the same.
    Units: minor units; monthly amounts exact; `day` the local day that is asked about, as an ordinal.
    """

    book: Book
    day: int
    rules: Ruleset
    known: tuple[Entry, ...]
    kinds: dict[type[Fact], list[Entry]]
    on_lines: dict[str, list[int]]
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

    def window(self, code: str, name: str) -> int:
        """A span of time from an indicator's rule."""
        return self.rules.indicators[code].windows[name]

    def money(self, amount: int | Fraction) -> str:
        """An amount as a decimal string, rounded once."""
        whole = amount if type(amount) is int else round_half_up(amount.numerator, amount.denominator)
        return amount_text(whole, self.book.currency)


def basis(book: Book, rules: Ruleset) -> Basis:
    """Ask the projections what indicators need."""
    day, lines = book.day, tuple(book.lines.values())
    known = _known(book)
    kinds, on_lines = _sorted_out(known)
    income, essentials = _monthly(book.income, day), _monthly(book.essentials, day)
    held, untold = reserve(book), _untold(book, kinds)
    sought = _sought(kinds, day, rules)
    reserve_missing = _missing(book, [account for account in untold if _counts(account)])
    return Basis(
        book=book,
        day=day,
        rules=rules,
        known=known,
        kinds=kinds,
        on_lines=on_lines,
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


def _known(book: Book) -> tuple[Entry, ...]:
    entries = book.timeline.entries
    return tuple(entries[: bisect_right(entries, book.at, key=_at)])


def _at(entry: Entry) -> int:
    return entry.at


def _sorted_out(known: Iterable[Entry]) -> tuple[dict[type[Fact], list[Entry]], dict[str, list[int]]]:
    """Facts by their class, each in order of effect, and the versions of those that name a line, class by class."""
    kinds: dict[type[Fact], list[Entry]] = defaultdict(list)
    on_lines: dict[str, list[int]] = defaultdict(list)
    for entry in known:
        kinds[type(entry.fact)].append(entry)
    for kind, entries in kinds.items():
        if "line" in kind.__struct_fields__:
            for entry in entries:
                line = entry.fact.line
                if line is not None:
                    on_lines[line].append(entry.version)
    return kinds, on_lines


def _monthly(flow: MonthlyFlow, day: int) -> Fraction | None:
    known = flow.monthly(month_of(day))
    return None if known is None else Fraction(*known)


def _sought(kinds: dict[type[Fact], list[Entry]], day: int, rules: Ruleset) -> NewCredit:
    openings, inquiries = kinds.get(events.LineOpened, ()), kinds.get(events.InquiryMade, ())
    return new_credit(openings, inquiries, day=day, rule=rules.indicators[VELOCITY_CAP.code])


def _untold(book: Book, kinds: dict[type[Fact], list[Entry]]) -> list[Account]:
    """Accounts that were opened and never seen or moved: to have no balance is not to have a balance of 0."""
    told = {entry.fact.account for kind in BALANCES for entry in kinds.get(kind, ())}
    return [account for account in book.accounts.values() if account.name not in told]


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
