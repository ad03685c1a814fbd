"""Random histories of one household: whatever may be recorded, in few days and few amounts, so that facts meet.

Every history is admissible; it need not make sense, and most do not: limits are cut below the debt, more is repaid
than is owed, observations contradict the books.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from hypothesis import strategies as st

from tests.build import (
    Record,
    billed,
    charged_fee,
    charged_interest,
    charged_penalty,
    closed,
    draw_reversed,
    drew,
    froze,
    granted,
    lowered,
    new_terms,
    opened_line,
    raised,
    repaid,
    repayment_reversed,
    restored,
    saw,
    temporary,
    thawed,
)

LINES: Final = ("a", "b", "c")
FIRST_DAY, LAST_DAY = 1, 28

Terms = dict[str, Any]
Draw = st.DrawFn

amounts = st.sampled_from(["0.01", "33.33", "100", "500", "1000", "1500.50"])
levels = st.sampled_from(["0", "100", "1000", "1500.50", "5000"])
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
            {}, {}, {"method": "bullet", "due_on": "2026-03-10"},
            {"method": "equal_instalment", "periods": 3}, {"method": "interest_only", "periods": 2},
        ])
    )  # fmt: skip
    return drew(draw(amounts), draw(times), line=line, **method)


def _observation(draw: Draw, line: str) -> Record:
    seen = draw(st.fixed_dictionaries({}, optional=dict.fromkeys(("limit", "available", "drawn"), levels)).filter(bool))
    return saw(draw(times), line=line, source={"kind": draw(st.sampled_from(["user", "lender"]))}, **seen)


def _reversal(draw: Draw, line: str, payments: Sequence[str]) -> Record | None:
    return repayment_reversed(draw(times), line=line, payment=draw(st.sampled_from(payments))) if payments else None


Make = Callable[[Draw, str], Record]
MOVEMENTS: Final[dict[str, Make]] = {
    "draw": _draw,
    "draw_reversed": lambda draw, line: draw_reversed(draw(amounts), draw(times), line=line),
    "interest": lambda draw, line: charged_interest(draw(amounts), draw(times), line=line),
    "fee": lambda draw, line: charged_fee(draw(amounts), draw(times), line=line),
    "penalty": lambda draw, line: charged_penalty(draw(amounts), draw(times), line=line),
    "bill": lambda draw, line: billed(draw(amounts), draw(times), line=line, due_on=draw(dates)),
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


@st.composite
def histories(draw: Draw, *, observed: bool = True, loans: bool = False) -> list[Record]:
    """A household's facts in the order they were recorded; with `loans` some name one, or reach far back."""
    facts = draw(openings())
    names = [fact["line"] for fact in facts]
    payments: dict[str, list[str]] = {name: [] for name in names}
    kinds = [*MOVEMENTS, *LIMITS, "repaid", "repaid", "reversed", *(["saw", "saw"] if observed else [])]
    kinds += ["loan"] * 8 if loans else []
    facts += _reaching_back(draw, names) if loans else []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(kinds), max_size=14))):
        line = draw(st.sampled_from(names))
        if kind == "repaid":
            payments[line].append(f"p{number}")
            facts.append(repaid(draw(amounts), draw(times), line=line, payment=f"p{number}"))
        elif kind == "reversed":
            made = _reversal(draw, line, payments[line])
            facts += [made] if made else []
        elif kind == "loan":
            facts.append(_of_loan(draw, line, "l"))
        elif kind == "saw":
            facts.append(_observation(draw, line))
        else:
            facts.append((MOVEMENTS | LIMITS)[kind](draw, line))
    return facts
