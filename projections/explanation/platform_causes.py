"""The platform's side: limits that fell, ended, were shared, capped, frozen, closed, or came (back).

Each function says whether its code fits one move of available credit. Source: domain.md section 7, P01 to P12.
"""

from bisect import bisect_left, bisect_right
from typing import Final, Literal

from ledger import events
from ledger.line import Line
from ledger.traces import LimitChange
from projections.bridge import Move
from projections.explanation.case import Case
from projections.explanation.figures import Before, Effective, Field, Figure, Level, Stepped, money, name, number, when
from projections.explanation.findings import Finding
from projections.explanation.system_causes import available, on

_GIVEN: Final = {
    "granted": "granted", "raised": "raised", "temporary_granted": "temporary", "thawed": "thawed", "inferred": "seen",
}  # fmt: skip

_USED: Final[dict[type[events.Fact], str]] = {
    events.LimitObserved: "seen", events.LineOpened: "joined", events.LineTermsChanged: "joined",
    events.InterestCharged: "charged", events.FeeCharged: "charged", events.PenaltyCharged: "charged",
}  # fmt: skip
"""How a line that shares the limit used it, where it was not a draw."""


def temporary_ended(case: Case, move: Move) -> Finding | None:
    """P05: a temporary limit came to its end."""
    told = _told(case, move, "temporary_expired")
    if told is None:
        return None
    version = told.version
    figures = {
        "amount": money(case.fact(version).amount, Field(version, "amount")),
        "until": Figure("when", case.fact(version).until, Field(version, "until")),
        "available": available(case),
    }
    return Finding(code="P05", grade="E3", facts=(version,), at=move.at, figures=figures)


def validity_ended(case: Case, move: Move) -> Finding | None:
    """P06: the limit itself was valid until a date."""
    told = _told(case, move, "expired")
    return expiry(case, told) if told else None


def expiry(case: Case, change: LimitChange) -> Finding:
    """P06 for a line that expired."""
    figures = {
        "until": Figure("when", case.fact(change.version).valid_until, Field(change.version, "valid_until")),
        "available": available(case),
    }
    return Finding(code="P06", grade="E3", facts=(change.version,), at=change.at, figures=figures)


def used_elsewhere(case: Case, move: Move) -> Finding | None:
    """P08: a line that shares the limit was used."""
    if move.kind != "shared" or move.amount >= 0:
        return None
    version = move.facts[-1]
    figures = {
        "amount": money(move.amount, Stepped(("shared",), move.facts, move.at)),
        "on": on(case, version),
        "other": name(case.fact(version).line, Field(version, "line")),
        "available": available(case),
    }
    say = _USED.get(type(case.fact(version)), "")
    return Finding(code="P08", grade="E3", facts=move.facts, at=move.at, say=say, figures=figures)


def loans_at_cap(case: Case, move: Move) -> Finding | None:
    """P09: a draw took up the last loan allowed, or nothing was available although no limit was seen to fall."""
    if move.kind == "draw" and move.amount < 0:
        return capped(case, at=move.at)
    seen = case.fact(move.facts[-1])
    blank = isinstance(seen, events.LimitObserved) and seen.limit is None and seen.available == 0
    if move.kind != "inferred_limit" or move.amount >= 0 or not blank or case.bridge.closing.available:
        return None
    return capped(case, at=move.at, seen=move.facts[-1])


def capped(case: Case, *, at: int, seen: int | None = None) -> Finding | None:
    """P09: as many loans are open on the line as it allows; an unexplained part of what is drawn is no loan."""
    cap = case.line.terms.max_loans
    if cap is None:
        return None
    still_open = {view.loan for view in case.line.loans.views(case.zone.day(case.until)) if view.principal > 0}
    draws = [(entry.fact.loan or f"#{entry.version}", entry) for entry in case.own(events.DrawnDown, until=case.until)]
    counted = {loan: entry.version for loan, entry in draws if loan in still_open}
    if len(counted) < cap:
        return None
    terms = next(
        entry
        for entry in reversed(list(case.own(events.LineOpened, events.LineTermsChanged, until=case.until)))
        if entry.fact.max_loans == cap
    )
    figures = {"cap": number(cap, Field(terms.version, "max_loans"))}
    figures |= {"available": available(case)} if seen is None else {"on": on(case, seen)}
    facts = (terms.version, *counted.values(), *(() if seen is None else (seen,)))
    return Finding(code="P09", grade="E3", facts=facts, at=at, say="" if seen is None else "blank", figures=figures)


def frozen(case: Case, move: Move) -> Finding | None:
    """P10: the line was frozen."""
    return freeze(case, move.facts[-1], at=move.at) if move.kind == "frozen" else None


def freeze(case: Case, version: int, *, at: int) -> Finding:
    """P10 for the fact that froze the line."""
    figures = {
        "on": on(case, version),
        "limit": money(case.bridge.closing.limit, Level(case.until, "limit")),
        "available": available(case),
    }
    say = "" if case.line.frozen else "thawed"
    return Finding(code="P10", grade="E3", facts=(version,), at=at, say=say, figures=figures)


def closed(case: Case, move: Move) -> Finding | None:
    """P11: the line was closed."""
    return closure(case, move.facts[-1], at=move.at) if move.kind == "closed" else None


def closure(case: Case, version: int, *, at: int) -> Finding:
    """P11 for the fact that closed the line; what is owed stays owed."""
    owed = case.bridge.closing.drawn
    figures = {"on": on(case, version), "available": available(case)}
    if owed > 0:
        figures["drawn"] = money(owed, Level(case.until, "drawn"))
    return Finding(code="P11", grade="E3", facts=(version,), at=at, say="owed" if owed > 0 else "", figures=figures)


def lowered(case: Case, move: Move) -> Finding | None:
    """P01: the limit fell, or the terms of the line took credit away."""
    if move.amount >= 0:
        return None
    if _by_terms(case, move):
        return _of_terms(case, "P01", move)
    if move.kind not in ("limit", "inferred_limit"):
        return None
    told = case.change_of(move)
    if told is None:
        return None
    if told[0].kind == "inferred":
        return _seen_lower(case, told[0], move)
    return _stated_lower(case, move)


def _stated_lower(case: Case, move: Move) -> Finding:
    """P01 where a fact states the new limit."""
    version = move.facts[-1]
    after = case.fact(version).limit
    figures = {
        "before": money(after - move.amount, Before(version, ("limit",))),
        "after": money(after, Field(version, "limit")),
        "on": on(case, version),
        "available": available(case),
    }
    over = case.bridge.closing.over_limit
    if over:
        figures["over"] = money(over, Level(case.until, "over_limit"))
    return Finding(code="P01", grade="E3", facts=(version,), at=move.at, say="over" if over else "", figures=figures)


def _seen_lower(case: Case, change: LimitChange, move: Move) -> Finding:
    """P01 where the limit was only seen to be lower: between two times, or known only through what is available."""
    version = change.version
    figures = {
        "amount": money(move.amount, Stepped(("inferred_limit",), change.facts, move.at)),
        "until": on(case, version),
        "available": available(case),
    } | _since(case, change)
    seen = case.fact(version).limit
    if seen is None:
        return Finding(code="P01", grade="E3", facts=change.facts, at=move.at, say="ambiguous", figures=figures)
    figures["after"] = money(seen, Field(version, "limit"))
    figures["before"] = money(seen - move.amount, Before(version, ("inferred_limit",)))
    say = "between" if "since" in figures else "seen"
    return Finding(code="P01", grade="E3", facts=change.facts, at=move.at, say=say, figures=figures)


def _since(case: Case, change: LimitChange) -> dict[str, Figure]:
    """When the interval of an inferred change begins, proved by the fact that told the limit then."""
    at, names = case.zone.at(change.since), {one.name for one in case.pool}
    first, last = (side(case.in_order, at, key=lambda entry: entry.at) for side in (bisect_left, bisect_right))
    told = (entry for entry in reversed(case.in_order[first:last]) if entry.fact.effective == change.since)
    fact = next((entry for entry in told if getattr(entry.fact, "line", None) in names), None)
    return {"since": when(change.since, Effective(fact.version))} if fact else {}


def _by_terms(case: Case, move: Move) -> bool:
    """Whether the terms of a line, and no change of its own limit, moved it: another limit to share, another basis."""
    return move.kind in ("limit", "other") and case.change_of(move) is None and isinstance(
        case.fact(move.facts[-1]), events.LineOpened | events.LineTermsChanged
    )  # fmt: skip


def _of_terms(case: Case, code: Literal["P01", "P12"], move: Move) -> Finding:
    figures = {
        "amount": money(move.amount, Stepped((move.kind,), move.facts, move.at)),
        "on": on(case, move.facts[-1]),
        "available": available(case),
    }
    return Finding(code=code, grade="E3", facts=move.facts, at=move.at, say="terms", figures=figures)


def given(case: Case, move: Move) -> Finding | None:
    """P12: granted, raised, thawed, restored, or given by the terms of the line."""
    if move.amount > 0 and _by_terms(case, move):
        return _of_terms(case, "P12", move)
    figures = {"available": available(case), "on": on(case, move.facts[-1])}
    if move.kind == "restored" or (move.kind in ("inferred_hold", "held") and move.amount > 0):
        figures["amount"] = money(move.amount, Stepped((move.kind,), move.facts, move.at))
        released = move.kind == "restored" and len(move.facts) == 1
        say = "released" if released else "restored"
        return Finding(code="P12", grade="E3", facts=move.facts, at=move.at, say=say, figures=figures)
    told = case.change_of(move)
    if move.kind in ("reopened", "extended", "thawed") or (told and told[0].kind == "thawed"):
        seen = isinstance(case.fact(move.facts[-1]), events.LimitObserved)
        say = {"extended": "extended", "reopened": "seen_open" if seen else "reopened"}.get(move.kind, "thawed")
        return Finding(code="P12", grade="E3", facts=move.facts, at=move.at, say=say, figures=figures)
    if move.amount <= 0 or told is None or told[0].kind not in _GIVEN:
        return None
    if move.kind == "inferred_limit":
        figures |= _since(case, told[0])
    figures["amount"] = money(move.amount, Stepped((move.kind,), move.facts, move.at))
    return Finding(code="P12", grade="E3", facts=move.facts, at=move.at, say=_GIVEN[told[0].kind], figures=figures)


def blocked_by(case: Case) -> Finding | None:
    """P10, P11 or P06 for a line that could not be used all through the window."""
    change = next((one for one in reversed(case.line.changes) if one.kind == case.line.status), None)
    if change is None:
        return None
    if change.kind == "expired":
        return expiry(case, change)
    if change.kind == "closed":
        return closure(case, change.version, at=change.at)
    return freeze(case, change.version, at=change.at)


def _told(case: Case, move: Move, kind: str) -> LimitChange | None:
    lines: tuple[Line, ...] = case.pool
    wanted = (change for line in lines for change in line.changes if change.kind == kind and change.at == move.at)
    return next((change for change in wanted if change.version in move.facts), None)
