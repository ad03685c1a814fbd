"""The system's side: payments under way, pending, reversed or partly interest; gaps in the book; own movements.

Each function says whether its code fits one move of available credit. Source: domain.md section 7, S00 to S09.
"""

from collections.abc import Iterable
from typing import Final

from ledger import events
from ledger.hold import Hold
from ledger.traces import LimitChange, Posting
from projections.bridge import Move
from projections.explanation.case import Case
from projections.explanation.figures import (
    Beyond,
    Effective,
    Field,
    Figure,
    Held,
    Level,
    Release,
    Rule,
    Stepped,
    money,
    name,
    number,
    overpaid,
    when,
)
from projections.explanation.findings import Finding

_LIMITS: Final = (events.LimitGranted, events.LimitRaised, events.LimitObserved)


def reversed_payment(case: Case, move: Move) -> Finding | None:
    """S04: the payment was reversed after it had been posted, on this line or on one that shares its limit."""
    back = next((version for version in move.facts if isinstance(case.fact(version), events.RepaymentReversed)), None)
    return _came_back(case, back, at=move.at) if back is not None else None


def failed_payment(case: Case) -> Finding | None:
    """S04 where nothing moved: a payment that came back before it was posted, or that had all been interest."""
    back = last(entry.version for entry in case.in_window(events.RepaymentReversed))
    return _came_back(case, back, at=case.entries[back].at) if back is not None else None


def _came_back(case: Case, back: int, *, at: int) -> Finding:
    figures = {"on": on(case, back), "available": available(case)}
    postings = ((line.name, one) for line in case.pool for one in line.postings.values())
    line, paid = next(((its, one.version) for its, one in postings if one.reversed_by == back), (case.name, None))
    if paid is None:
        return Finding(code="S04", grade="E3", facts=(back,), at=at, say="failed", figures=figures)
    figures["amount"] = money(case.fact(paid).amount, Field(paid, "amount"))
    if line != case.name:
        figures["other"] = name(line, Field(paid, "line"))
    say = "" if line == case.name else "linked"
    return Finding(code="S04", grade="E3", facts=(paid, back), at=at, say=say, figures=figures)


def not_posted(case: Case) -> Finding | None:
    """S01: a payment was sent and is not posted by the end of the window."""
    waiting = last(case.line.pending)
    if waiting is None:
        return None
    sent = case.entries[waiting]
    figures = {
        "amount": money(sent.fact.amount, Field(waiting, "amount")),
        "on": on(case, waiting),
        "available": available(case),
    }
    return Finding(code="S01", grade="E3", facts=(waiting,), at=sent.at, figures=figures)


def pending(case: Case, move: Move) -> Finding | None:
    """S02: posted, and held until the rule of the line lets go; or an inferred hold that looks like it."""
    if move.kind == "inferred_hold" and move.amount < 0:
        return _seems_pending(case, move)
    held = _held_by(case, move)
    return held_by_rule(case, held, at=move.at) if held is not None and not held.until_settled else None


def _held_by(case: Case, move: Move) -> Hold | None:
    """What is left at the end of the window of a hold that began with a move."""
    return case.line.hold_of(move.facts[-1]) if move.kind == "held" and move.amount < 0 else None


def _seems_pending(case: Case, move: Move) -> Finding:
    """S02 at E1: less is available than the books say, by no more than was repaid in the last days."""
    version = move.facts[-1]
    inference = next((one for one in case.line.inferences if one.entry.version == version), None)
    payments = inference.repaid if inference else ()
    figures = {
        "amount": money(move.amount, Stepped(("inferred_hold",), move.facts, move.at)),
        "on": on(case, version),
        "seen": money(case.fact(version).available, Field(version, "available")),
    }
    if not payments or abs(move.amount) > _principal(case, payments):
        return Finding(code="S02", grade="E1", facts=move.facts, at=move.at, say="unknown", figures=figures)
    figures["repaid_on"] = on(case, payments[-1])
    facts = (*payments, version)
    return Finding(code="S02", grade="E1", facts=facts, at=move.at, figures=figures)


def _principal(case: Case, payments: tuple[int, ...]) -> int:
    """What some payments brought back of principal, on this line and those that share its limit. Units: minor units."""
    posted = (one for line in case.pool for one in line.postings.values())
    return sum(one.principal for one in posted if one.version in payments)


def held_by_rule(case: Case, held: Hold, *, at: int) -> Finding:
    """S02 for what the rule of the line still holds of one payment."""
    payment = held.version
    figures = {
        "on": on(case, payment),
        "release": when(case.release_of(payment), Release(payment)),
        "available": available(case),
    }
    if not Stepped(("held",), (payment,)).again(case):  # held since before the window
        return Finding(code="S02", grade="E3", facts=(payment,), at=at, say="earlier", figures=figures)
    figures["amount"] = money(held.amount, Held(payment))
    return Finding(code="S02", grade="E3", facts=(payment,), at=at, figures=figures)


def still_held(case: Case) -> Finding | None:
    """S02 or P07 for what a payment before the window still holds at its end."""
    holds = [held for held in case.line.holds if not held.inferred and held.version in case.entries]
    if not holds:
        return None
    latest = holds[-1]
    at = case.entries[latest.version].at
    tells = one_off_payment(case, latest.version, at=at) if latest.until_settled else None
    return tells or held_by_rule(case, latest, at=at)


def one_off(case: Case, move: Move) -> Finding | None:
    """P07: the line restores only on full settlement, or not at all."""
    held = _held_by(case, move)
    if held is not None and held.until_settled:
        return one_off_payment(case, held.version, at=move.at)
    fact, never = case.fact(move.facts[-1]), case.line.terms.restoration == "never"
    paid, seen = isinstance(fact, events.RepaymentPosted), never and isinstance(fact, events.LimitObserved)
    if move.kind == "limit" and move.amount < 0 and (paid or seen):
        figures = {
            "amount": money(move.amount, Stepped(("limit",), move.facts, move.at)),
            "on": on(case, move.facts[-1]),
            "available": available(case),
        }
        say = "never" if paid else "never_seen"
        return Finding(code="P07", grade="E3", facts=move.facts, at=move.at, say=say, figures=figures)
    return None


def one_off_payment(case: Case, payment: int, *, at: int) -> Finding:
    """P07 for one payment on a line that restores on full settlement only."""
    figures = {
        "on": on(case, payment),
        "drawn": money(case.bridge.closing.drawn, Level(case.until, "drawn")),
        "available": available(case),
    }
    return Finding(code="P07", grade="E3", facts=(payment,), at=at, figures=figures)


def partly_interest(case: Case, move: Move) -> Finding | None:
    """S05: part of the payment went to interest, fees or penalties, and brings back no credit."""
    if move.kind != "principal_repaid" or move.amount < 0:
        return None
    version = move.facts[-1]
    return partly_interest_payment(case, version, at=move.at)


def all_interest(case: Case) -> Finding | None:
    """S05 for the last payment of the window that stands, where no principal was in it: it moves nothing."""
    for entry in reversed(list(case.in_window(events.RepaymentPosted))):
        posting = case.line.postings.get(entry.version)
        if posting is not None and posting.reversed_by is None and not posting.principal:
            return partly_interest_payment(case, entry.version, at=entry.at)
    return None


def partly_interest_payment(case: Case, version: int, *, at: int) -> Finding | None:
    """S05 for one payment, unless what was seen afterwards speaks against the split."""
    posting = case.line.postings.get(version)
    rest = beyond_principal(case, posting) if posting else 0
    if rest <= 0 or posting is None or _is_doubted(case, version, at=at):
        return None
    figures = {
        "amount": money(case.fact(version).amount, Field(version, "amount")),
        "on": on(case, version),
        "rest": money(rest, Beyond(version)),
        "available": available(case),
    }
    say = "" if posting.principal else "all"
    if posting.principal:
        figures["principal"] = money(posting.principal, Stepped(("principal_repaid",), (version,)))
    return Finding(code="S05", grade="E3", facts=(version,), at=at, say=say, figures=figures)


def doubted_split(case: Case) -> Finding | None:
    """S05 at E2 for the last payment whose split is ours and at odds with what was seen: no arithmetic suffices."""
    for entry in reversed(list(case.in_window(events.RepaymentPosted))):
        posting = case.line.postings.get(entry.version)
        if posting is None or posting.reversed_by is not None or not _is_doubted(case, entry.version, at=entry.at):
            continue
        if (rest := beyond_principal(case, posting)) > 0:
            figures = {
                "amount": money(case.fact(entry.version).amount, Field(entry.version, "amount")),
                "on": on(case, entry.version),
                "rest": money(rest, Beyond(entry.version)),
            }
            return Finding(code="S05", grade="E2", facts=(entry.version,), at=entry.at, figures=figures)
    return None


def _is_doubted(case: Case, version: int, *, at: int) -> bool:
    """Whether no lender stated what a payment was used for, and what was seen as drawn since is not what follows."""
    seen = (move.kind == "unexplained" and move.amount and move.at >= at for move in case.moves)
    return case.fact(version).allocation is None and any(seen)


def beyond_principal(case: Case, posting: Posting) -> int:
    """What of a payment went to interest, fees or penalties. Units: minor units."""
    return int(case.fact(posting.version).amount) - posting.principal - overpaid(case, posting.version)


def book_gap(case: Case, move: Move) -> Finding | None:
    """S08: what was seen as drawn is not what the book adds up to."""
    if move.kind != "unexplained":
        return None
    version = move.facts[-1]
    figures = {
        "amount": money(move.amount, Stepped(("unexplained",), move.facts, move.at)),
        "on": on(case, version),
    }
    seen = case.fact(version)
    if seen.drawn is None:  # told by limit and available together
        figures["seen"] = money(seen.available, Field(version, "available"))
        return Finding(code="S08", grade="E3", facts=move.facts, at=move.at, say="implied", figures=figures)
    figures["seen"] = money(seen.drawn, Field(version, "drawn"))
    taken = case.line.terms.restoration == "never" and seen.limit is None  # the limit falls with it
    say = "more" if move.amount < 0 else "less_taken" if taken else "less"
    return Finding(code="S08", grade="E3", facts=move.facts, at=move.at, say=say, figures=figures)


def came_back_late(case: Case, move: Move) -> Finding | None:
    """S03: after a posting the line showed too little, and soon after showed it restored."""
    if move.kind != "inferred_hold" or move.amount <= 0 or len(move.facts) != 2:
        return None
    first, later = move.facts
    if not isinstance(case.fact(first), events.LimitObserved):
        return None  # what the rule of the line held of a payment, seen to be restored before its time
    if case.entries[later].day - case.entries[first].day > case.rules.stale_days:
        return None
    figures = {
        "first": on(case, first),
        "later": on(case, later),
        "amount": money(move.amount, Stepped(("inferred_hold",), move.facts, move.at)),
    }
    return Finding(code="S03", grade="E3", facts=move.facts, at=move.at, figures=figures)


def own_movement(case: Case, move: Move) -> Finding | None:
    """S09: the household's own draw, charge or repayment, here or (repaid) on a line that shares the limit."""
    says = {"draw": "draw", "principal_repaid": "repaid", "charged": "charged", "shared": "shared"}
    say = says.get(move.kind)
    if say is None:
        return None
    if move.kind == "draw" and move.amount > 0:
        say = "draw_reversed"
    if move.kind == "shared":
        say = _shared_again(case, move)
    if case.bridge.closing.over_limit and move.kind == "principal_repaid" and move.amount > 0:
        say = "repaid_over"
    figures = {"amount": money(move.amount, Stepped((move.kind,), move.facts, move.at)), "on": on(case, move.facts[-1])}
    figures["available"] = available(case)
    if say == "repaid_over":
        figures["over"] = money(case.bridge.closing.over_limit, Level(case.until, "over_limit"))
    return Finding(code="S09", grade="E3", facts=move.facts, at=move.at, say=say, figures=figures)


def _shared_again(case: Case, move: Move) -> str:
    """How a line that shares the limit came to use less of it."""
    fact, entry = case.fact(move.facts[-1]), case.entries[move.facts[-1]]
    match fact:
        case events.RepaymentPosted() if len(move.facts) == 1:
            return "shared" if entry.at == move.at else "shared_released"
        case events.DrawReversed():
            return "shared_refund"
        case events.LimitObserved():
            return "shared_seen"
        case events.LineOpened() | events.LineTermsChanged():
            return "shared_left"
        case _:
            return "shared_restored"


def nothing_changed(case: Case) -> Finding:
    """S00: no step, opening equals closing."""
    return Finding(code="S00", grade="E3", facts=(), at=case.until, figures={"available": available(case)})


def undone_soon(case: Case, cut: LimitChange, *, line: str) -> Finding | None:
    """S07 at E1: within days a limit that had fallen was stated or seen to be at least what it had been."""
    rule = case.rules.undone_days
    fell = cut.limit_after < cut.limit_before
    for entry in case.dossier.facts(_LIMITS, line=line, after=cut.at, until=None) if fell else ():
        if entry.day - case.zone.day(cut.at) > rule:
            return None
        if entry.fact.limit is not None and entry.fact.limit >= cut.limit_before:
            figures = {"days": number(rule, Rule("", "undone_days"))}
            facts = (cut.version, entry.version)
            return Finding(code="S07", grade="E1", facts=facts, at=entry.at, say="undone", figures=figures)
    return None


def available(case: Case) -> Figure:
    """What can be borrowed at the end of the window."""
    return money(case.bridge.closing.available, Level(case.until, "available"))


def on(case: Case, version: int) -> Figure:
    """When a fact took effect."""
    return when(case.fact(version).effective, Effective(version))


def last(versions: Iterable[int]) -> int | None:
    """The last of some versions, if there is one."""
    found = list(versions)
    return found[-1] if found else None
