"""What a person saw on a line, against what the books predict: nothing, an opening value, or an inferred change.

The difference is made explicit, never absorbed in silence, and the state continues from what was observed.
Source: domain.md section 3, "An observation".
"""

from typing import Any, Final

import msgspec

from ledger import events
from ledger.calendar import When
from ledger.hold import Freed, Hold
from ledger.line import Line
from ledger.orders import Shown, Stand, fits_some_order
from ledger.pending import PENDING_DAYS, still_pending
from ledger.sighting import QUANTITIES, Quantity, beyond_the_debt, open_values, take_back_opening, what_was_seen
from ledger.timeline import Entry
from ledger.traces import Conflict, Inference, LimitChange, Residual

STATED_AFTER_DAYS: Final = 7
"""How long after an observation a stated limit to the same value explains what was inferred from it."""


def observe(line: Line, entry: Entry) -> None:
    """Take in an observation of a line."""
    seen = what_was_seen(line, entry)
    _settle(line, entry.at, seen)
    seen = _without_conflicts(line, entry, seen)
    line.observations.append(entry)
    since = line.root.limit_seen
    open_values(line, entry, seen)
    held_before = line.held
    if not _fits(line, entry, seen, _stand(line)):
        _infer(line, entry, seen, since=since)
    if "limit" in seen or ("available" in seen and line.held <= held_before):
        _limit_seen(line.root, entry.fact.effective)
    if "drawn" in seen:
        line.drawn_known = True
        beyond_the_debt(line, entry)


def settle_limit(line: Line, at: int) -> None:
    """A limit fact settles what observations of the limit left open before it."""
    _settle(line, at, ("limit", "available"))


def reconsider(line: Line, entry: Entry) -> None:
    """Take back what a bare-dated observation inferred, when a later movement of that day shows either order agrees."""
    inference = line.inference
    if inference is None or not inference.entry.bare or inference.entry.day != entry.day:
        return
    usable = line.usable and not inference.thawed
    limit = line.limit - inference.limit + inference.taken
    stand = Stand(limit, line.drawn - inference.drawn, line.held - inference.held, usable)
    if _fits(line, inference.entry, what_was_seen(line, inference.entry), stand):
        take_back(line, inference, at=entry.at)


def foresee(line: Line, entry: Entry) -> None:
    """The same for a fact about the limit, before it is taken in: it may say what was seen earlier that day.

    A line that shares a limit is frozen and closed by itself, and its limit is its root's.
    """
    inference, root, fact = line.inference, line.root, entry.fact
    if inference is None or not inference.entry.bare or inference.entry.day != entry.day:
        return
    was = inference.limits_before
    permanent, temporary = was["permanent"] or 0, sum(one.amount for one in was["temporaries"])
    gone, frozen = was["closed"] or was["expired"], line.frozen or inference.thawed
    shut = any(inference.member_before or (line.closed, line.expired))
    match fact:
        case events.LimitGranted() if fact.line == root.name:
            permanent, gone = fact.limit, False
        case events.LimitRaised() | events.LimitLowered() if fact.line == root.name:
            permanent = fact.limit
        case events.TemporaryLimitGranted() if fact.line == root.name:
            temporary += fact.amount
        case events.LineClosed() if fact.line == root.name:
            gone = True
        case events.LineClosed() | events.LimitGranted() if fact.line == line.name:
            shut = type(fact) is events.LineClosed
        case events.LineFrozen() | events.LineThawed() if fact.line == line.name:
            frozen = type(fact) is events.LineFrozen
    usable = not (frozen or (gone if line is root else shut))
    limit = 0 if gone else permanent + temporary
    stand = Stand(limit, line.drawn - inference.drawn, line.held - inference.held, usable)
    if _fits(line, inference.entry, what_was_seen(line, inference.entry), stand):
        take_back(line, inference, at=entry.at)


def foresee_pool(line: Line, root: Line, entry: Entry) -> None:
    """The same for the limit that a line is about to share; its own is then its root's no more."""
    inference = line.inference
    if inference is None or not inference.entry.bare or inference.entry.day != entry.day or root is line.root:
        return
    others = (root, *root.peers) if root is not line else ()
    used = sum(one.drawn + one.held for one in others if one is not line)
    usable = line.usable and not inference.thawed
    limit = root.own_permanent + root.own_temporary
    stand = Stand(limit, line.drawn - inference.drawn, line.held - inference.held, usable)
    if stand.shows(_wanted(what_was_seen(line, inference.entry)), shared_used=used):
        take_back(line, inference, at=entry.at)


def mark_today(line: Line, entry: Entry) -> None:
    """Remember a fact known only to its day, so that an observation of that day may have come before it."""
    for one in (line, *line.peers):
        if one.marks_day != entry.day:
            one.marks_day, one.marks_after = entry.day, len(one.steps)
            one.marks = []
        one.marks.append(entry.version)


def explained_by_statement(line: Line, entry: Entry, limit: int) -> Inference | None:
    """The inferred change that a stated permanent limit to the same value explains, if it was seen within a week."""
    if line.closed or line.expired or line.root is not line:
        return None
    of_pool = (one for each in (line, *line.peers) for one in each.inferences if one.limit and one.change is not None)
    inference = max(of_pool, key=lambda one: one.entry.at, default=None)
    if inference is None or inference.change is None or inference.change.replaced_by is not None:
        return None
    in_time = 0 <= entry.day - inference.entry.day <= STATED_AFTER_DAYS
    return inference if in_time and limit == line.root.permanent else None


def replace_by_statement(line: Line, inference: Inference, entry: Entry) -> None:
    """Count an inferred move of the limit as the stated one from now on; headroom does not move."""
    change = inference.change
    if change is None:
        return
    told = msgspec.structs.replace(change, replaced_by=entry.version)
    explained = msgspec.structs.replace(inference, change=told)
    for each in (line, *line.peers):
        each.changes = [told if one is change else one for one in each.changes]
        each.inferences = [explained if one is inference else one for one in each.inferences]
    line.root.move_limit(entry.at, "inferred_limit", -inference.limit, (inference.entry.version,))
    line.root.move_limit(entry.at, "limit", inference.limit, (entry.version,))


def take_back(line: Line, inference: Inference, *, at: int) -> None:
    """Undo what an observation inferred; each undoing step cites the same facts, so that the two cancel."""
    version = inference.entry.version
    cited = (version,)
    usable = line.usable
    if inference.permanent is not None:
        state = dict(inference.limits_before)
        if state["permanent"] is not None:  # what was repaid on a one-off line since then has lowered its limit too
            state["permanent"] += (line.root.permanent or 0) - inference.permanent - inference.taken
        line.root.set_limits(at, cited, kind="inferred_limit", **state)
    if inference.taken:
        line.root.set_limits(at, cited, permanent=(line.root.permanent or 0) + inference.taken)
    if inference.drawn:
        line.loans.adjust(-inference.drawn, version=inference.entry.version, day=inference.entry.day)
        line.move(at, "unexplained", inference.drawn, cited)
    for held in [held for held in line.holds if held.inferred and held.version == version]:
        line.release(at, held, held.amount, kind="inferred_hold", facts=cited)
    for freed in inference.freed:
        line.hold_again(at, freed, version=version)
    if inference.member_before is not None:
        line.closed, line.expired = inference.member_before
    if inference.thawed:
        line.frozen = True
    line.turn(at, "frozen" if inference.thawed else "closed", cited, was_usable=usable)
    if inference.change in line.changes:
        line.changes.remove(inference.change)
    if inference.residual in line.residuals:
        line.residuals.remove(inference.residual)
    line.inferences.remove(inference)
    line.inference = None


def _stand(line: Line) -> Stand:
    return Stand(line.limit, line.drawn, line.held, line.usable)


def _fits(line: Line, entry: Entry, seen: dict[Quantity, int], stand: Stand) -> bool:
    """Whether an observation fits where the line stands, or stood before some facts of that day known only to it."""
    wanted = _wanted(seen)
    if stand.shows(wanted, shared_used=line.shared_used):
        return True
    return line.marks_day == entry.day and fits_some_order(line, stand, wanted)


def _wanted(seen: dict[Quantity, int]) -> Shown:
    return tuple(seen.get(quantity) for quantity in QUANTITIES)


def _settle(line: Line, at: int, seen: Any) -> None:
    line.conflicts = [one for one in line.conflicts if one.at >= at or one.quantity not in seen]


def _without_conflicts(line: Line, entry: Entry, seen: dict[Quantity, int]) -> dict[Quantity, int]:
    """What remains of an observation once the quantities another source contradicts at the same time are left open."""
    remaining = dict(seen)
    for other in reversed(line.observations):
        if other.at != entry.at or other.bare != entry.bare:
            break
        if other.fact.source == entry.fact.source:
            continue
        told = what_was_seen(line, other)
        contested = [quantity for quantity, value in seen.items() if told.get(quantity, value) != value]
        for quantity in contested:
            _open_conflict(line, quantity, other, entry)
            remaining.pop(quantity, None)
        if contested:
            agreed = {each: told[each] for each in told if each not in contested}
            take_back_opening(line, other, contested, at=entry.at)
            _infer_less(line, other, agreed, at=entry.at)
            if "limit" not in agreed and "available" not in agreed and line.root.limit_seen == entry.fact.effective:
                line.root.limit_seen = line.root.limit_seen_before  # sources that contradict each other tell no limit
    return remaining


def _limit_seen(root: Line, when: When) -> None:
    """Note when the limit was last known; of a first sighting at a time, when it was known before that."""
    if root.limit_seen != when:
        root.limit_seen, root.limit_seen_before = when, root.limit_seen


def _infer_less(line: Line, entry: Entry, seen: dict[Quantity, int], *, at: int) -> None:
    """Infer from an observation anew, and only from what no other source contradicts."""
    inference = next((one for one in line.inferences if one.entry is entry), None)
    if inference is None:
        return
    since = inference.change.since if inference.change is not None else line.root.limit_seen
    take_back(line, inference, at=at)
    if seen and not _fits(line, entry, seen, _stand(line)):
        _infer(line, entry, seen, since=since)


def _open_conflict(line: Line, quantity: Quantity, other: Entry, entry: Entry) -> None:
    for index, conflict in enumerate(line.conflicts):
        if conflict.quantity == quantity and conflict.at == entry.at:
            if entry not in conflict.entries:
                more = (*conflict.entries, entry)
                line.conflicts[index] = msgspec.structs.replace(conflict, entries=more)
            return
    line.conflicts.append(Conflict(quantity=quantity, at=entry.at, entries=(other, entry)))


def _infer(line: Line, entry: Entry, seen: dict[Quantity, int], *, since: When | None) -> None:
    inference = Inference(entry=entry, limits_before=line.root.limits)
    before = (line.limit, line.available)
    if "limit" in seen and seen["limit"] != line.limit:
        _move_limit(line, inference, seen["limit"] - line.limit)
    if "drawn" in seen and seen["drawn"] != line.drawn:
        _move_drawn(line, inference, seen["drawn"] - line.drawn)
        if "limit" not in seen and line.terms.restoration == "never":
            _take_off_limit(line, inference)
    if "available" in seen:
        _infer_from_available(line, inference, seen)
    line.inference = inference
    line.inferences.append(inference)
    if inference.limit or inference.thawed:
        _note_change(line, inference, before, since=since)


def _infer_from_available(line: Line, inference: Inference, seen: dict[Quantity, int]) -> None:
    """Explain a difference of availability that limit and drawn leave: first by what is held, else by the limit.

    Where the limit was seen as well it stands: what is more than it leaves was drawn less than the book says.
    """
    available, limit_seen = seen["available"], "limit" in seen
    usable = line.usable
    if available and not usable:
        inference.thawed, line.frozen = line.frozen, False
        if line.closed or line.expired:
            _move_limit(line, inference, 0)
            _reopen_member(line, inference)
            usable = line.usable
        line.turn(inference.entry.at, "thawed", (inference.entry.version,), was_usable=usable)
    if not limit_seen:
        _release_stale(line, inference)
    if available == line.available:
        return
    missing = line.headroom - available
    if missing < 0:
        missing += _release_inferred(line, inference, -missing)
        if limit_seen and "drawn" not in seen and missing:
            missing += _repaid_unseen(line, inference, -missing)
        if missing:
            _move_limit(line, inference, -missing)
            inference.ambiguous = True
        return
    pending, payments = still_pending(line, inference.entry)
    if missing <= pending or limit_seen:
        inference.repaid = payments
        _hold(line, inference, missing)
        return
    cut = min(missing, line.limit)
    _move_limit(line, inference, -cut)
    _hold(line, inference, missing - cut)  # no limit is below zero: it is a credit balance that cannot be drawn
    inference.ambiguous = True


def _hold(line: Line, inference: Inference, amount: int) -> None:
    if amount:
        inference.held += amount
        line.hold(inference.entry.at, amount, version=inference.entry.version, inferred=True)


def _reopen_member(line: Line, inference: Inference) -> None:
    """A line that shares the limit of another was closed or had expired by itself; it is open again."""
    if line.closed or line.expired:
        usable = line.usable
        inference.member_before = (line.closed, line.expired)
        line.closed = line.expired = False
        line.turn(inference.entry.at, "reopened", (inference.entry.version,), was_usable=usable)


def _repaid_unseen(line: Line, inference: Inference, amount: int) -> int:
    """Take less as drawn, down to nothing: a repayment that the book lacks. Returns how much less."""
    less = min(amount, max(0, line.drawn))
    if less:
        _move_drawn(line, inference, -less)
    return less


def _release_stale(line: Line, inference: Inference) -> None:
    """An inferred hold older than a pending restoration can be no longer explains what is seen now."""
    ages = {one.entry.version: inference.entry.day - one.entry.day for one in line.inferences}
    stale = [held for held in line.holds if held.inferred and ages.get(held.version, 0) > PENDING_DAYS]
    for held in stale:
        inference.held -= _let_go(line, inference, held, held.amount)


def _release_inferred(line: Line, inference: Inference, amount: int) -> int:
    """Let go of holds because more was seen to be available; inferred ones first. Returns what was let go."""
    freed = 0
    for held in sorted(line.holds, key=lambda held: not held.inferred):
        freed += _let_go(line, inference, held, amount - freed)
    inference.held -= freed
    return freed


def _let_go(line: Line, inference: Inference, held: Hold, amount: int) -> int:
    version = inference.entry.version
    freed = line.release(inference.entry.at, held, amount, kind="inferred_hold", facts=(held.version, version))
    if freed:
        one = Freed(held.version, held.inferred, held.until_settled, freed, "inferred_hold")
        inference.freed = (*inference.freed, one)
    return freed


def _move_limit(line: Line, inference: Inference, amount: int) -> None:
    """Move the limit as observed; a temporary limit that no longer fits under it has ended unseen.

    A limit seen on a closed or expired line shows that it is open again.
    """
    root = line.root
    usable = root.usable
    target = line.limit + amount
    kept = [] if target < root.own_temporary else root.temporaries
    permanent = target - sum(one.amount for one in kept)
    before = line.limit
    state = {"permanent": permanent, "temporaries": kept, "closed": False, "expired": False}
    root.set_limits(inference.entry.at, (inference.entry.version,), kind="inferred_limit", **state)
    inference.permanent = permanent
    root.turn(inference.entry.at, "reopened", (inference.entry.version,), was_usable=usable)
    inference.limit += line.limit - before


def _move_drawn(line: Line, inference: Inference, amount: int) -> None:
    cited = (inference.entry.version,)
    line.loans.adjust(amount, version=inference.entry.version, day=inference.entry.day)
    line.move(inference.entry.at, "unexplained", -amount, cited)
    inference.drawn = amount
    inference.residual = Residual(kind="unexplained", amount=amount, facts=cited)
    line.residuals.append(inference.residual)
    inference.freed += line.settle(inference.entry.at, inference.entry.version)


def _take_off_limit(line: Line, inference: Inference) -> None:
    """The limit of a one-off loan falls with what is drawn, also where nobody recorded the repayment."""
    before = line.root.permanent or 0
    inference.taken = min(max(0, -inference.drawn), before)
    if inference.taken:
        line.root.set_limits(inference.entry.at, (inference.entry.version,), permanent=before - inference.taken)


def _note_change(line: Line, inference: Inference, before: tuple[int, int], *, since: When | None) -> None:
    entry = inference.entry
    inference.change = LimitChange(
        kind="inferred",
        version=entry.version,
        at=entry.at,
        limit_before=before[0],
        limit_after=line.limit,
        available_before=before[1],
        available_after=line.available,
        since=entry.fact.effective if since is None else since,
        until=entry.fact.effective,
        recorded_at=entry.recorded_at,
        facts=(entry.version,),
        ambiguous=inference.ambiguous,
    )
    line.changes.append(inference.change)
