"""What could be borrowed without a fact, or with it at another time, by folding on from a state kept before it.

Arithmetic only: nothing here says what a lender would have done.
Source: domain.md section 7, "counterfactuals".
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from ledger import events
from ledger.timeline import Entry
from projections.explanation.case import Case
from projections.explanation.figures import Mismatch
from projections.explanation.levels import level
from projections.explanation.verdict import Verdict

SHOWN: Final = 3

_MATTER: Final = (
    events.LimitGranted, events.LimitRaised, events.LimitLowered, events.TemporaryLimitGranted, events.LineFrozen,
    events.LineThawed, events.LineClosed, events.LimitObserved, events.DrawnDown, events.DrawReversed,
    events.RepaymentPosted, events.RepaymentReversed, events.AvailabilityRestored, events.InterestCharged,
    events.FeeCharged, events.PenaltyCharged, events.LineTermsChanged,
)  # fmt: skip


class Supposition(NamedTuple):
    """A fact supposed away, or to just before or after another (`past`), and what could be borrowed then.

    Units: minor units; `moved_to` in microseconds since the epoch.
    """

    version: int
    available: int
    moved_to: int | None = None
    past: int | None = None


def suppose(case: Case, verdict: Verdict) -> tuple[Supposition, ...]:
    """Without each of the facts that mattered most; and with a repayment on the other side of a dated cut."""
    found = (Supposition(version, replay(case, version)) for version in _choose(case, verdict))
    now = case.bridge.closing.available
    telling = [one for one in found if one.available != now or case.entries[one.version].at > case.since]
    return (*telling, *_other_order(case, verdict))


def replay(case: Case, version: int, *, moved_to: int | None = None) -> int:
    """What could be borrowed at the end of the window had a fact not been, or been at another time."""
    own = case.track.timeline.entries
    entry = case.entries[version]
    same = bisect_left(own, entry)
    changed = [one for one in own if one is not entry]
    if moved_to is not None:
        moved = _moved(case, entry, moved_to)
        same = min(same, bisect_left(changed, moved))
        insort(changed, moved)
    line = case.track.otherwise(changed, same=same, at=case.until).lines.get(case.name)
    if line is None:
        return 0
    if line.available != level(line, at=case.until, quantity="available"):
        raise Mismatch(f"without fact {version} the steps of line {case.name!r} do not sum to its state")
    return line.available


def _choose(case: Case, verdict: Verdict) -> list[int]:
    """The facts of the verdict, then those of the largest moves; at most three."""
    by_size = sorted(case.moves, key=lambda move: (abs(move.effect), abs(move.amount), move.at), reverse=True)
    cited = [*verdict.finding.facts, *(version for move in by_size for version in move.facts)]
    chosen = [version for version in dict.fromkeys(cited) if isinstance(case.fact(version), _MATTER)]
    return [version for version in chosen if case.entries[version].at <= case.until][:SHOWN]


def _other_order(case: Case, verdict: Verdict) -> Iterator[Supposition]:
    """The last repayment of the window, moved to the other side of a cut that a fact dates."""
    if verdict.subject is None or verdict.subject.change.kind != "lowered":
        return
    cut = case.entries[verdict.subject.change.version]
    paid = [entry for entry in case.in_window(events.RepaymentPosted) if entry.at != cut.at]
    if paid:
        moved_to = cut.at + 1 if paid[-1].at < cut.at else cut.at - 1
        version = paid[-1].version
        yield Supposition(version, replay(case, version, moved_to=moved_to), moved_to, cut.version)


def _moved(case: Case, entry: Entry, at: int) -> Entry:
    fact = msgspec.structs.replace(entry.fact, effective=at)
    return entry._replace(at=at, day=case.zone.day(at), bare=False, fact=fact)
