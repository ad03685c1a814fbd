"""Random histories of one household: whatever may be recorded, in few days and few amounts, so that facts meet.

Every history is admissible; it need not make sense, and most do not: limits are cut below the debt, more is repaid
than is owed, observations contradict the books.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from hypothesis import strategies as st

from tests.build import (
    Record,
    asked_for_less,
    billed,
    charged_fee,
    charged_interest,
    charged_penalty,
    closed,
    corrected,
    counted,
    draw_reversed,
    drew,
    earns,
    fact,
    froze,
    granted,
    inquired,
    lender_stated,
    lowered,
    moved,
    needs,
    new_terms,
    opened_account,
    opened_line,
    platform_noticed,
    raised,
    received,
    repaid,
    repayment_reversed,
    restored,
    saw,
    scored,
    sent,
    spent,
    temporary,
    thawed,
    voided,
)

HOUSEHOLD: Final = "h1"
LINES: Final = ("a", "b", "c")
LOANS: Final = ("x", "y")
ACCOUNTS: Final = {"purse": "cash", "fund": "mmf", "shares": "equity", "pension": "locked"}
FIRST_DAY, LAST_DAY = 1, 28

Terms = dict[str, Any]
Draw = st.DrawFn

amounts = st.sampled_from(["0.01", "33.33", "100", "500", "1000", "1500.50"])
levels = st.sampled_from(["0", "100", "1000", "1500.50", "5000"])
accounts = st.sampled_from(sorted(ACCOUNTS))
balances = st.sampled_from(["-50", "0", "100", "1000", "1500.50"])
days = st.integers(FIRST_DAY, LAST_DAY)
dates = days.map(lambda day: f"2026-02-{day:02}")
instants = st.builds(lambda day, hour: f"2026-02-{day:02}T{hour:02}:00:00+08:00", days, st.sampled_from([0, 9, 18, 23]))
times = dates | instants

_TERMS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "restoration": st.sampled_from(["on_post", "t_plus_n", "on_full_settlement", "never"]),
    "restoration_days": st.integers(0, 4),
    "limit_basis": st.sampled_from(["principal_only", "full_balance"]),
    "daily_rate": st.sampled_from(["0.0004", "0.00065"]),
    "grace_days": st.integers(0, 3),
    "day_count": st.sampled_from(["act_365f", "act_360", "30e_360", "30u_360"]),
    "valid_until": st.sampled_from(["2026-02-12", "2026-02-20T09:00:00+08:00", "2026-03-02"]),
}
terms = st.fixed_dictionaries({}, optional=_TERMS)


@st.composite
def openings(draw: Draw) -> list[Record]:
    """One to three lines, some of which share the limit of the one before."""
    opened: list[Record] = []
    for index, line in enumerate(LINES[: draw(st.integers(1, 3))]):
        shared: Terms = {"shared_with": LINES[index - 1]} if index and draw(st.booleans()) else {}
        opened.append(opened_line(line, draw(st.sampled_from(["2026-01-01", "2026-02-10"])), **draw(terms), **shared))
    return opened


def _draw(draw: Draw, line: str) -> Record:
    method: Terms = draw(
        st.sampled_from([
            {}, {}, {"due_on": "2026-03-05"}, {"method": "bullet", "due_on": "2026-03-10"},
            {"method": "equal_instalment", "periods": 3}, {"method": "equal_principal", "periods": 2},
            {"method": "equal_instalment", "periods": 2, "period_basis": "equal"},
            {"method": "interest_only", "periods": 2}, {"method": "equal_instalment"},
        ])
    )  # fmt: skip
    return drew(draw(amounts), draw(times), line=line, loan=draw(st.sampled_from([None, *LOANS])), **method)


def _observation(draw: Draw, line: str) -> Record:
    seen: Terms = draw(
        st.fixed_dictionaries({}, optional={"limit": levels, "available": levels, "drawn": balances}).filter(bool)
    )
    return saw(draw(times), line=line, source={"kind": draw(st.sampled_from(["user", "lender"]))}, **seen)


def _repayment(draw: Draw, line: str, number: int, loans: Sequence[str]) -> Record:
    amount = draw(amounts)
    stated: Terms = draw(
        st.sampled_from([{}, {}, {"interest": "0.01"}, {"fee": "0.01"}, {"penalty": "0.01"}])
    )  # fmt: skip
    parts = {**stated, "principal": f"{float(amount) - 0.01:.2f}"} if stated else None
    loan = draw(st.sampled_from([None, *loans]))
    return repaid(amount, draw(times), line=line, payment=f"p{number}", loan=loan, allocation=parts)


def _reversal(draw: Draw, past: "Past") -> Record | None:
    """A repayment reversed, by its payment's id or by its fact's."""
    known = [(line, *one) for line, of_line in past.payments.items() for one in of_line]
    if not known:
        return None
    line, payment, version = draw(st.sampled_from(known))
    by_version = [{"fact": f"{HOUSEHOLD}:{version}"}] if past.naming else []
    named: Terms = draw(st.sampled_from([{"payment": payment}, *by_version]))
    return repayment_reversed(draw(times), line=line, **named)


def _refund(draw: Draw, line: str, past: "Past") -> Record:
    """A draw reversed: by its loan, by its fact, or by nothing."""
    named: list[Terms] = [{}, *({"loan": loan} for loan in past.loans(line))]
    named += [{"fact": f"{HOUSEHOLD}:{version}"} for version, _ in past.draws[line] if past.naming]
    return draw_reversed(draw(amounts), draw(times), line=line, **draw(st.sampled_from(named)))


class Past:
    """What the facts so far have named, so that later ones can refer to it."""

    def __init__(self, names: Sequence[str], *, naming: bool) -> None:
        self.naming = naming
        self.payments: dict[str, list[tuple[str, int]]] = {name: [] for name in names}
        self.draws: dict[str, list[tuple[int, str | None]]] = {name: [] for name in names}
        self.plain: list[tuple[int, Record]] = []
        self.shares: dict[str, str] = {}

    def pool_path(self, line: str) -> list[str]:
        """A line and, one after the other, those whose limit it shares, as far as is recorded."""
        met = [line]
        while (following := self.shares.get(met[-1])) is not None and following not in met:
            met.append(following)
        return met

    def loans(self, line: str) -> list[str]:
        return sorted({loan for _, loan in self.draws[line] if loan and self.naming})

    def learn(self, version: int, fact: Record) -> None:
        match fact["type"]:
            case "RepaymentPosted" | "RepaymentSent" if "payment" in fact:
                self.payments[fact["line"]].append((fact["payment"], version))
            case "DrawnDown":
                self.draws[fact["line"]].append((version, fact.get("loan")))
            case "LineOpened" | "LineTermsChanged" if "shared_with" in fact:
                self.shares[fact["line"]] = fact["shared_with"]
        if fact["type"] in RIGHTED:
            self.plain.append((version, fact))


RIGHTED: Final = frozenset({
    "LimitGranted", "LimitLowered", "LineFrozen", "LineClosed", "DrawnDown", "InterestCharged", "ReserveMoved",
    "IncomeDeclared",
})  # fmt: skip
"""The facts that random histories correct and void."""


def _righted(draw: Draw, past: Past) -> Record | None:
    """A correction or voiding of an earlier fact."""
    if not past.plain:
        return None
    version, wrong = draw(st.sampled_from(past.plain))
    if draw(st.booleans()):
        return voided(f"{HOUSEHOLD}:{version}", at=draw(times))
    return corrected(f"{HOUSEHOLD}:{version}", {**wrong, "effective_at": draw(times)}, at=draw(times))


def _sharing(draw: Draw, line: str, past: Past) -> Record | None:
    """A line that shares the limit of another from now on, or no other's any more."""
    others = [name for name in past.payments if line not in past.pool_path(name)]
    alone = [line] if len(past.pool_path(line)) > 1 else []
    to = draw(st.sampled_from([*others, *alone])) if others or alone else None
    return None if to is None else new_terms(draw(times), line, shared_with=to)


Make = Callable[[Draw, str], Record]
MOVEMENTS: Final[dict[str, Make]] = {
    "draw": _draw,
    "interest": lambda draw, line: charged_interest(draw(amounts), draw(times), line=line),
    "fee": lambda draw, line: charged_fee(draw(amounts), draw(times), line=line),
    "penalty": lambda draw, line: charged_penalty(draw(amounts), draw(times), line=line),
    "bill": lambda draw, line: billed(draw(amounts), draw(times), line=line, due_on=draw(dates)),
    "asked": lambda draw, line: asked_for_less(draw(times), line=line, limit="100"),
    "restored": lambda draw, line: restored(draw(amounts), draw(times), line=line),
}
LIMITS: Final[dict[str, Make]] = {
    "granted": lambda draw, line: granted(draw(levels), draw(times), line=line),
    "raised": lambda draw, line: raised(draw(levels), draw(times), line=line),
    "lowered": lambda draw, line: lowered(draw(levels), draw(times), line=line),
    "temporary": lambda draw, line: temporary(
        draw(amounts), draw(times), line=line, until=draw(st.sampled_from(["2026-03-01", "2026-03-01T12:00:00+08:00"]))
    ),
    "froze": lambda draw, line: froze(draw(times), line=line),
    "thawed": lambda draw, line: thawed(draw(times), line=line),
    "closed": lambda draw, line: closed(draw(times), line=line),
    "terms": lambda draw, line: new_terms(draw(times), line, **draw(terms.map(_extending))),
}


def _extending(changed: Terms) -> Terms:
    return {**changed, "valid_until": "2026-03-02"} if "valid_until" in changed else changed


def _of_loan(draw: Draw, line: str, loan: str) -> Record:
    """A fact that names a loan of its line."""
    about: Sequence[Make] = (
        lambda draw, line: drew(draw(amounts), draw(times), line=line, loan=loan),
        lambda draw, line: repaid(draw(amounts), draw(times), line=line, loan=loan),
        lambda draw, line: charged_interest(draw(amounts), draw(times), line=line, loan=loan),
        lambda draw, line: charged_fee(draw(amounts), draw(times), line=line, loan=loan),
        lambda draw, line: draw_reversed(draw(amounts), draw(times), line=line, loan=loan),
    )
    return draw(st.sampled_from(about))(draw, line)


def _reaching_back(draw: Draw, lines: Sequence[str]) -> list[Record]:
    """What later undoes or settles what came long before it, on every line."""
    found: list[Record] = []
    for line in lines:
        paid = draw(st.sampled_from(["250", "1000", "1300"]))
        found += [
            drew("1000", "2026-02-01", line=line, loan="l"),
            billed("400", "2026-02-03", line=line, due_on=draw(st.sampled_from(["2026-02-06", "2026-02-12"]))),
            repaid(paid, "2026-02-08T09:00:00+08:00", line=line, payment="early"),
            saw("2026-02-10", line=line, drawn=draw(levels)),
            repaid("100", "2026-02-10T12:00:00+08:00", line=line, payment="later"),
            repayment_reversed(draw(times), line=line, payment=draw(st.sampled_from(["early", "later"]))),
        ]
    return found


ABOUT: Final[dict[str, Callable[[Draw], Record]]] = {
    "household": lambda draw: fact("HouseholdOpened", draw(times)),
    "stated": lambda draw: lender_stated(draw(times), lender="a", line="a", reason_code="P02"),
    "heard": lambda draw: lender_stated(draw(times), lender="a"),
    "noticed": lambda draw: platform_noticed(draw(times), lender="a", kind="outage"),
    "scored": lambda draw: scored(draw(st.sampled_from([350, 700])), draw(times)),
    "inquired": lambda draw: inquired("bank", draw(times)),
    "counted": lambda draw: counted(draw(balances), draw(times), account=draw(accounts)),
    "moved": lambda draw: moved(draw(balances), draw(times), account=draw(accounts)),
    "earns": lambda draw: earns(draw(levels), draw(times)),
    "needs": lambda draw: needs(draw(levels), draw(times)),
    "received": lambda draw: received(draw(amounts), draw(times)),
    "spent": lambda draw: spent(draw(amounts), draw(times), essential=draw(st.booleans())),
}


@st.composite
def histories(
    draw: Draw, *, observed: bool = True, naming: bool = True, around: bool = True, loans: bool = False
) -> list[Record]:
    """A household's facts in the order they were recorded; `naming` ones name loans and other facts, or right them.

    With `loans` many name one loan, or reach far back; `around` adds what concerns no line.

    Shape: the first fact is version 2, after the opening that it implies.
    """
    facts = draw(openings())
    names = [fact["line"] for fact in facts]
    if around:
        facts += [opened_account(name, kind, at="2026-01-20") for name, kind in ACCOUNTS.items()]
    facts += _reaching_back(draw, names) if loans else []
    past = Past(names, naming=naming)
    for number, known in enumerate(facts):
        past.learn(number + 2, known)
    kinds = [
        *MOVEMENTS,
        *LIMITS,
        "repaid",
        "repaid",
        "sent",
        "reversed",
        "refund",
        "shares",
        *(["saw", "saw"] if observed else []),
    ]
    kinds += ["loan"] * 8 if loans else []
    kinds += [*(["righted", "righted"] if naming else []), *(ABOUT if around else [])]
    for number, kind in enumerate(draw(st.lists(st.sampled_from(kinds), max_size=14))):
        made = _made(draw, kind, draw(st.sampled_from(names)), number, past)
        if made is not None:
            facts.append(made)
            past.learn(len(facts) + 1, made)
    return facts


def _made(draw: Draw, kind: str, line: str, number: int, past: Past) -> Record | None:
    match kind:
        case "repaid":
            return _repayment(draw, line, number, past.loans(line))
        case "sent":
            return sent(draw(amounts), draw(times), line=line, payment=f"p{number + draw(st.integers(0, 3))}")
        case "reversed":
            return _reversal(draw, past)
        case "refund":
            return _refund(draw, line, past)
        case "shares":
            return _sharing(draw, line, past)
        case "loan":
            return _of_loan(draw, line, "l")
        case "saw":
            return _observation(draw, line)
        case "righted":
            return _righted(draw, past)
        case _ if kind in ABOUT:
            return ABOUT[kind](draw)
        case _:
            return (MOVEMENTS | LIMITS)[kind](draw, line)
