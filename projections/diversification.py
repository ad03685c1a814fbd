"""How spread a household's financing is: 0 to 100 over four dimensions, with the caps that hold.

A measure, never advice: nothing here says that another line should be opened.
Source: domain.md section 5, "Diversification of financing". Oracles O10 and O11.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, Literal, NamedTuple, TypeAlias, final

from ledger.book import Book
from ledger.calendar import add_months
from ledger.line import Line
from ledger.money import Quotient, round_half_up
from projections.debt import lender_group
from projections.requests import Request, requests
from projections.ruleset import Rule, Ruleset, ruleset

DimensionName: TypeAlias = Literal["lender", "product", "maturity", "revocability"]
CapCode: TypeAlias = Literal["largest_lender_over_50", "largest_lender_over_75", "credit_velocity"]
Amounts: TypeAlias = dict[str, int]
"""Outstanding principal by class of a dimension. Units: minor units."""


class Weighing(NamedTuple):
    """How a dimension counts: over how many classes an even spread is complete, and with which weight."""

    classes: int
    weight: Fraction


class Cap(NamedTuple):
    """The score is at most `limit` while the condition called `code` holds."""

    code: CapCode
    limit: int


WEIGHINGS: Final[dict[DimensionName, Weighing]] = {
    "lender": Weighing(4, Fraction(40, 100)),
    "product": Weighing(3, Fraction(20, 100)),
    "maturity": Weighing(4, Fraction(25, 100)),
    "revocability": Weighing(2, Fraction(15, 100)),
}
_PERCENT: Final = {name: int(100 * each.weight) for name, each in WEIGHINGS.items()}
LARGEST_LENDER_CAPS: Final = (
    (Quotient(50, 100), Cap("largest_lender_over_50", 60)),
    (Quotient(75, 100), Cap("largest_lender_over_75", 40)),
)
VELOCITY_CAP: Final = Cap("credit_velocity", 70)


@final
class Concentration:
    """How concentrated amounts are over their classes. Units: fractions.

    `hhi` is the sum of squared shares (Herfindahl and Hirschman), `largest` the largest share.
    """

    __slots__ = ("hhi", "largest")

    def __init__(self, hhi: Quotient, largest: Quotient) -> None:
        self.hhi = hhi
        self.largest = largest

    @property
    def effective(self) -> Quotient:
        """The number of equal classes that would be as concentrated."""
        return Quotient(self.hhi.denominator, self.hhi.numerator)

    @property
    def spread(self) -> Quotient:
        """The chance that two units of debt taken at random lie in different classes (Gini-Simpson)."""
        return Quotient(self.hhi.denominator - self.hhi.numerator, self.hhi.denominator)

    def score(self, classes: int) -> Quotient:
        """0 for a single class, 100 for an even spread over `classes` or more; rounded to 2 places."""
        return Quotient(self.hundredths(classes), 100)

    def hundredths(self, classes: int) -> int:
        """The score in hundredths of a point: 100 x (1 - HHI) / (1 - 1/K), at most 100."""
        apart, all_pairs = self.hhi.denominator - self.hhi.numerator, self.hhi.denominator
        return min(10_000, round_half_up(10_000 * apart * classes, all_pairs * (classes - 1)))


def concentration(amounts: Iterable[int]) -> Concentration:
    """The concentration of positive amounts, of which there is at least one."""
    given = [amount for amount in amounts if amount > 0]
    total = sum(given)
    return Concentration(
        Quotient(sum([amount * amount for amount in given]), total * total), Quotient(max(given), total)
    )


@final
class Score:
    """The score of some lines' debt, and the amounts it comes from.

    Units: points of 100, to 2 places, but for the concentrations; minor units.
    """

    __slots__ = ("amounts", "caps", "dimensions", "uncapped")

    def __init__(
        self,
        amounts: dict[DimensionName, Amounts],
        dimensions: dict[DimensionName, Concentration],
        uncapped: Quotient,
        caps: tuple[Cap, ...],
    ) -> None:
        self.amounts = amounts
        self.dimensions = dimensions
        self.uncapped = uncapped
        self.caps = caps

    @property
    def value(self) -> Quotient:
        return min([self.uncapped, *[Quotient(cap.limit) for cap in self.caps]]) if self.caps else self.uncapped

    def bit(self, cap: Cap) -> bool:
        """Whether the score is what it is because of this cap: a cap under which another one lies did not bite."""
        return self.value == Quotient(cap.limit) < self.uncapped


def score(lines: Iterable[Line], *, day: int, sought: "NewCredit") -> Score | None:
    """How spread the debt on some lines is, and how much new credit was sought; None when they owe no principal."""
    owing = [line for line in lines if line.loans.principal > 0]
    if not owing:
        return None
    amounts = classed(owing, day=day)
    dimensions = {name: concentration(amounts[name].values()) for name in WEIGHINGS}
    hundredths = sum([dimensions[name].hundredths(each.classes) * _PERCENT[name] for name, each in WEIGHINGS.items()])
    uncapped = Quotient(round_half_up(hundredths, 100), 100)
    return Score(amounts, dimensions, uncapped, _caps(dimensions["lender"], sought))


def classed(lines: Iterable[Line], *, day: int) -> dict[DimensionName, Amounts]:
    """Outstanding principal by class, for each dimension."""
    found: dict[DimensionName, Amounts] = {name: {} for name in WEIGHINGS}
    for line in lines:
        principal = line.loans.principal
        _add(found["lender"], lender_group(line), principal)
        _add(found["product"], line.terms.product, principal)
        _add(found["revocability"], revocability(line), principal)
        for term, amount in maturity(line, day=day).items():
            _add(found["maturity"], term, amount)
    return found


def _add(amounts: Amounts, name: str, amount: int) -> None:
    amounts[name] = amounts.get(name, 0) + amount


def revocability(line: Line) -> Literal["revocable_revolving", "contractual_term"]:
    """Whether the lender may take the line away, or has lent for a term."""
    return "revocable_revolving" if line.terms.revocable and line.terms.revolving else "contractual_term"


def maturity(line: Line, *, day: int) -> Amounts:
    """A line's principal by when it falls due; what has no date, or a date that has passed, is due within a month."""
    term = line.loans.maturity(day)
    return {
        "within_1_month": term.within_1_month + term.undated,
        "within_3_months": term.within_3_months,
        "within_12_months": term.within_12_months,
        "over_12_months": term.over_12_months,
    }


@final
class NewCredit:
    """Lenders met for the first time, and inquiries, within the window; `facts` are the versions that say so.

    Shape: `much` when the velocity is at warning.
    """

    __slots__ = ("facts", "inquiries", "lenders", "much")

    def __init__(self, lenders: int, inquiries: int, facts: tuple[int, ...], *, much: bool) -> None:
        self.lenders = lenders
        self.inquiries = inquiries
        self.facts = facts
        self.much = much

    @property
    def count(self) -> int:
        return self.lenders + self.inquiries


def new_credit(asked: Iterable[Request], *, day: int, rule: Rule) -> NewCredit:
    """How much new credit the household sought. A lender is new when its first line opened within the rule's months.

    Shape: `asked` is all that is known, in order of effect; `rule` judges the velocity.
    """
    since = add_months(day, -rule.windows["months"])
    first_lines: dict[str, Request] = {}
    inquiries: list[int] = []
    for one in asked:
        if one.lender is not None:
            first_lines.setdefault(one.lender, one)
        elif one.day > since:
            inquiries.append(one.version)
    opened = [one.version for one in first_lines.values() if one.day > since]
    much = rule.warn.of is None and len(opened) + len(inquiries) >= rule.warn.times
    return NewCredit(len(opened), len(inquiries), tuple(sorted(opened + inquiries)), much=much)


def _caps(lenders: Concentration, sought: NewCredit) -> tuple[Cap, ...]:
    caps = [cap for share, cap in LARGEST_LENDER_CAPS if lenders.largest > share]
    if sought.much:
        caps.append(VELOCITY_CAP)
    return tuple(caps)


def scores(book: Book, rules: Ruleset | None = None) -> tuple[Score | None, Score | None]:
    """The score of the household's unsecured debt, and that of all its debt; None where nothing is owed.

    Shape: `rules` say how much new credit is much; those of the current version, if none are given.
    """
    rule, lines = (rules or ruleset()).indicators[VELOCITY_CAP.code], book.lines.values()
    sought = new_credit(requests(book.timeline.until(book.at)), day=book.day, rule=rule)
    unsecured = [line for line in lines if not line.terms.secured]
    told = score(unsecured, day=book.day, sought=sought)
    return told, told if len(unsecured) == len(lines) else score(lines, day=book.day, sought=sought)
