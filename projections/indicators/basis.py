"""What indicators and stress are computed from, asked of the projections once for a book."""

from fractions import Fraction

import msgspec

from ledger.book import Book
from ledger.calendar import month_of
from ledger.line import Line
from ledger.money import amount_text, round_fraction
from ledger.reserve import MonthlyFlow
from ledger.timeline import Entry
from projections.debt import Owed, due_within_a_month, owed_by
from projections.diversification import Score, score
from projections.liquidity import TREATMENTS, Reserve, reserve
from projections.outlook import Outlook, outlook
from projections.ruleset import Ruleset


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """The quantities of a household at an instant that more than one indicator needs.

    Units: minor units; monthly amounts exact. `known` are the facts up to the instant, `on_lines` those of each line by
    version; `owing` the lines on which anything is owed or billed, as topics; `reserve_missing` names what keeps the
    reserve from being known.
    """

    book: Book
    rules: Ruleset
    known: tuple[Entry, ...]
    on_lines: dict[str, list[int]]
    lines: tuple[Line, ...]
    owing: tuple[str, ...]
    income: Fraction | None
    essentials: Fraction | None
    service: int
    owed: Owed
    reserve: Reserve
    reserve_missing: tuple[str, ...]
    spread: Score | None
    ahead: Outlook | None

    @property
    def day(self) -> int:
        """The local day that is asked about, as an ordinal."""
        return self.book.day

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
        return amount_text(round_fraction(Fraction(amount)), self.book.currency)


def basis(book: Book, rules: Ruleset) -> Basis:
    """Ask the projections what indicators need."""
    lines = tuple(book.lines.values())
    known = tuple(entry for entry in book.timeline.entries if entry.at <= book.at)
    asked = Basis(
        book=book,
        rules=rules,
        known=known,
        on_lines=_on_lines(known),
        lines=lines,
        owing=tuple(f"line:{line.name}" for line in lines if line.loans.total(book.day) or line.loans.ahead(book.day)),
        income=_monthly(book.income, book.day),
        essentials=_monthly(book.essentials, book.day),
        service=due_within_a_month(book),
        owed=owed_by(book),
        reserve=reserve(book),
        reserve_missing=_reserve_missing(book, known),
        spread=score(book, [line for line in lines if not line.terms.secured]),
        ahead=None,
    )
    return msgspec.structs.replace(asked, ahead=_ahead(asked))


def _on_lines(known: tuple[Entry, ...]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for entry in known:
        line = getattr(entry.fact, "line", None)
        if line is not None:
            found.setdefault(line, []).append(entry.version)
    return found


def _monthly(flow: MonthlyFlow, day: int) -> Fraction | None:
    known = flow.monthly(month_of(day))
    return None if known is None else Fraction(*known)


def _ahead(asked: Basis) -> Outlook | None:
    if asked.income is None or asked.essentials is None or asked.reserve_missing:
        return None
    return outlook(
        asked.lines,
        day=asked.day,
        months=asked.rules.stress.horizon_months,
        reserve=asked.reserve.total,
        income=asked.income,
        essentials=asked.essentials,
    )


def _reserve_missing(book: Book, known: tuple[Entry, ...]) -> tuple[str, ...]:
    """An account that was opened and never seen or moved has no balance, which is not the same as a balance of 0."""
    if not book.accounts:
        return ("reserves",)
    told = {entry.fact.account for entry in known if hasattr(entry.fact, "account") and not hasattr(entry.fact, "kind")}
    untold = [
        account.name
        for account in book.accounts.values()
        if account.name not in told and not account.pledged and TREATMENTS[account.kind].tier is not None
    ]
    return tuple(f"balance:{name}" for name in sorted(untold))


def limit_missing(line: Line) -> bool:
    """Whether a line may have a limit that nobody recorded or saw."""
    return line.root.permanent is None and not line.root.temporaries and not (line.closed or line.expired)
