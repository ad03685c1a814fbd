"""What a household's jobs come to: pure functions of its facts, of what was done before, and of the time.

Each moment is looked at as of that moment, by what was known then: run late, it gives what it would have given in
time. Facts that can move a limit, or set a date, are looked at as of their recording; a change that comes by itself,
such as an expiry, is found by the next daily check.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import msgspec

from ledger import events
from ledger.book import Book
from ledger.calendar import DAY, Zone, zone
from ledger.events import Fact, Recorded
from ledger.line import Line
from ledger.traces import LimitChange
from projections.check import Examination, examine
from projections.findings import Finding, findings
from projections.limit_changes import standing as changes_of
from scheduler import digests, notices
from scheduler.concerns import Concern, Sight, Turned, is_finding, open_ones, weigh
from scheduler.folded import AtRest
from scheduler.household import Household, Run, Standing
from scheduler.lights import Changed, changed, sighted
from scheduler.notices import Notice, Payment, Scene
from scheduler.results import Result, result
from scheduler.timetable import Job, checked_day, due, next_due, quiet_until

CALLING: Final = (
    events.LimitGranted, events.LimitRaised, events.LimitLowered, events.TemporaryLimitGranted, events.LineFrozen,
    events.LineThawed, events.LineClosed, events.LineTermsChanged, events.LimitObserved, events.Corrected,
    events.Voided,
)  # fmt: skip
"""Facts that can move a limit."""
NEWS_DAYS: Final = 30
"""How old a limit change that is only now learned may be to be told still."""
STALE_DAYS: Final = 45
"""How old the latest fact may be before the books are too old to judge."""
MOST_MOMENTS: Final = 40
"""Moments that are looked at before what came of them is kept."""


def calls(fact: Fact) -> bool:
    """Whether a fact calls for a look at once: it can move a limit, or what it says may fall due before the next."""
    if isinstance(fact, events.DrawnDown):
        return fact.due_on is not None or fact.first_due_on is not None
    return isinstance(fact, (*CALLING, events.PaymentDue, events.RepaymentReversed))


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """An instant at which a household is looked at, and for which jobs."""

    at: int
    jobs: tuple[Job, ...]


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a household's jobs came to, to be kept together or not at all.

    Shape: `concerns` are those that changed; `resting` is the book laid to rest, where it had to be folded.
    """

    standing: Standing
    timezone: str
    next_at: int
    runs: tuple[Run, ...]
    results: tuple[Result, ...]
    concerns: tuple[Concern, ...]
    notices: tuple[Notice, ...]
    lights: tuple[Changed, ...]
    resting: AtRest | None = None


def attend(household: Household) -> Done:
    """Do what is due for a household up to now, the rest at once after if that is very much."""
    zone, standing = household.zone, household.standing
    learned = household.recorded if household.version > standing.told_version else ()
    waiting = moments(zone, learned, standing, now=household.now)
    for moment in waiting[:MOST_MOMENTS]:
        look(household, moment)
    return Done(
        standing=household.standing,
        timezone=zone.name,
        next_at=next_due(zone, after=household.standing.checked_to).at if len(waiting) <= MOST_MOMENTS else 0,
        runs=tuple(household.runs),
        results=tuple(household.results),
        concerns=tuple(household.concerns[topic] for topic in sorted(household.touched)),
        notices=tuple(household.told),
        lights=changed(household.seen, zip(household.results, household.saw, strict=True), zone=zone),
        resting=household.laid_to_rest(),
    )


def needs_facts(standing: Standing, kept: AtRest | None, *, version: int, now: int) -> bool:
    """Whether the facts of a household will be asked for, as far as that shows before: many are then read at once."""
    if kept is None or kept.book.version != version or standing.told_version < version or not standing.last_at:
        return True
    waiting = moments(zone(kept.book.timezone), (), standing, now=now)
    return any("weekly" in moment.jobs or not kept.book.good(version, moment.at) for moment in waiting)


def moments(zone: Zone, recorded: Sequence[Recorded], standing: Standing, *, now: int) -> list[Moment]:
    """The moments to look at, in order: once at the beginning, then what is due, and facts that call for a look.

    Facts that could not be looked at at once, because no clock ran, are found by what was due first after them.
    """
    jobs: dict[int, tuple[Job, ...]] = {}
    if not standing.last_at:
        jobs[standing.enrolled_at] = ("first",)
    since = max(standing.checked_to, 0 if standing.last_at else standing.enrolled_at)
    for period in due(zone, after=since, until=now):
        jobs[period.at] = (*jobs.get(period.at, ()), *period.jobs)
    latest = max(jobs, default=0)
    for one in recorded[bisect_right(recorded, standing.told_version, key=lambda each: each.version) :]:
        if calls(one.fact) and max(one.recorded_at, since) > latest:
            at = max(one.recorded_at, since + 1)  # no moment is looked at twice, should the clock have been set back
            jobs[at] = ("change",)
    return [Moment(at=at, jobs=jobs[at]) for at in sorted(jobs)]


def look(household: Household, moment: Moment) -> None:
    """Look at a household as of a moment, by what was known then, and do its jobs."""
    standing, at = household.standing, moment.at
    book, known = household.book(at)
    household.folded = book if known is None else None
    changes = _new_changes(book, standing, at) if standing.last_at else []
    payments = _payments(household, book)
    checked = bool(changes) or moment.jobs != ("change",)
    if checked or payments:
        examined = examine(book, household.rules, stressed="monthly" in moment.jobs, known=known)
        scene = _scene(household, examined)
        if checked:
            _judge(household, scene, moment, changes)
        if payments:
            _remind(household, scene, payments)
        if "weekly" in moment.jobs:
            _sum_up(household, scene)
    household.standing = msgspec.structs.replace(
        standing,
        checked_to=max(standing.checked_to, at),
        told_version=max(standing.told_version, book.version),
        last_at=at if checked else standing.last_at,
        last_version=book.version if checked else standing.last_version,
    )


def _scene(household: Household, examined: Examination) -> Scene:
    return Scene(
        household=household.name,
        examined=examined,
        language=household.wishes.language,
        now=household.now,
        not_before=quiet_until(examined.basis.book.zone, household.now, household.wishes.quiet),
        earlier=partial(_earlier, household),
    )


def _judge(household: Household, scene: Scene, moment: Moment, changes: list[tuple[Line, LimitChange]]) -> None:
    """Do the jobs of a moment that are checks."""
    jobs: list[Job] = [job for job in moment.jobs if job != "change"]
    if changes:
        jobs.append("change")
    seen = findings(scene.examined.basis, scene.examined.indicators, language=None)
    _ran(household, scene, *jobs)
    kind: Job = next(job for job in ("first", "monthly", "daily", "change") if job in jobs)
    household.results.append(
        result(
            scene.examined,
            seen,
            household=household.name,
            kind=kind,
            known_at=scene.examined.basis.known.learned_at,
            checked_at=household.now,
        )
    )
    household.saw.append(sighted(scene.examined.indicators, currency=scene.examined.basis.book.currency))
    _tell(household, scene, seen, changes)


def _remind(household: Household, scene: Scene, payments: list[Payment]) -> None:
    """Tell of payments that come near. It is no check: lights wait for the next one, whatever day a bill comes."""
    household.read_up(scene.examined.basis.book)
    _ran(household, scene, "due")
    household.told += notices.due_soon(scene, payments)
    for payment in payments:
        _remember(household, Concern(topic=payment.topic, light="ok", value=str(payment.amount), told_at=scene.at))


def _sum_up(household: Household, scene: Scene) -> None:
    """Tell the week in one message."""
    book = scene.examined.basis.book
    household.read_up(book)
    told = open_ones(household.concerns.values(), at=scene.at)
    there = _findings_of(scene, {one.topic for one in told if is_finding(one.topic)})
    ahead, week_ago = _ahead(book, until=book.day + 7), book.zone.later(scene.at, -7)
    household.told.append(digests.weekly(scene, told, ahead, there=there, week_ago=week_ago))


def _ran(household: Household, scene: Scene, *jobs: Job) -> None:
    household.runs += [Run(household=household.name, job=job, scheduled_for=scene.at) for job in jobs]


def _earlier(household: Household, at: int) -> Examination:
    book, known = household.book(at)
    household.read_up(book)
    return examine(book, household.rules, stressed=False, known=known)


def _tell(
    household: Household,
    scene: Scene,
    seen: tuple[Finding, ...],
    changes: list[tuple[Line, LimitChange]],
) -> None:
    """Weigh what the check sees against what was told, and write what is to be told."""
    at, latest = scene.at, scene.examined.basis.known.latest
    old = latest is not None and scene.examined.basis.day - latest[0] > STALE_DAYS
    turns: list[Turned] = []
    for sight in _sights(household, scene.examined, seen):
        known = household.concerns.get(sight.topic)
        concern, turn = weigh(known, sight, at=at, stale=old)
        if concern is not None and concern is not known:
            _remember(household, concern)
        if turn is not None:
            turns.append(turn)
    if turns or changes:
        household.read_up(scene.examined.basis.book)
    told = notices.turned(
        scene, [one for one in turns if not is_finding(one.topic)], last_at=household.standing.last_at
    )
    told += notices.found(scene, _findings_of(scene, {one.topic for one in turns if one.turn == "found"}))
    told += notices.limits(scene, changes)
    known_old = household.concerns.get("stale")
    if old and latest is not None and (known_old is None or known_old.light == "ok"):
        told += notices.stale(scene, day=latest[0], fact=latest[1])
        _remember(household, Concern(topic="stale", light="warn", value=None, told_at=at))
    elif not old and known_old is not None and known_old.light != "ok":
        _remember(household, Concern(topic="stale", light="ok", value=None, told_at=at))
    household.told += told


def _remember(household: Household, concern: Concern) -> None:
    household.concerns[concern.topic] = concern
    household.touched.add(concern.topic)


def _sights(household: Household, examined: Examination, seen: tuple[Finding, ...]) -> Iterator[Sight]:
    """What the check sees: indicators, unless all was and is well with them, and every finding that is there or was."""
    for one in examined.indicators:
        if one.light != "ok" or one.code in household.concerns:
            yield Sight(topic=one.code, light=one.light, value=one.text, bad=one.rule.bad)
    there = {topic: finding.light for topic, finding in _apart(examined, seen)}
    for topic, light in there.items():
        yield Sight(topic=topic, light=light)
    for topic, concern in list(household.concerns.items()):
        if topic.startswith("finding:") and concern.light != "ok" and topic not in there:
            yield Sight(topic=topic, light="ok")


def _apart(examined: Examination, seen: tuple[Finding, ...]) -> Iterator[tuple[str, Finding]]:
    """Findings that are no indicator's light, by topic; of several with the same topic the first."""
    codes = {one.code for one in examined.indicators}
    met: set[str] = set()
    for finding in seen:
        topic = f"finding:{finding.code}:{finding.name or ''}"
        if finding.code not in codes and topic not in met:
            met.add(topic)
            yield topic, finding


def _findings_of(scene: Scene, topics: set[str]) -> list[tuple[str, str, tuple[int, ...]]]:
    if not topics:
        return []
    examined = scene.examined
    told = findings(examined.basis, examined.indicators, language=scene.language)
    found = [(topic, finding) for topic, finding in _apart(examined, told) if topic in topics]
    return [(topic, one.text, one.facts or _openings(scene.examined, one.name)) for topic, one in found]


def _openings(examined: Examination, name: str | None) -> tuple[int, ...]:
    """What a missing input is missing from: the opening of the line or account it belongs to, or the household's."""
    opened = examined.basis.known.openings
    return tuple(opened.get(name or "", opened.get("", [])))


def _new_changes(book: Book, standing: Standing, at: int) -> list[tuple[Line, LimitChange]]:
    """Limit changes that were learned since, or have come about since, the moment before."""
    found = [
        (line, change)
        for line in book.lines.values()
        for change in changes_of(line)
        if (max(change.facts, default=0) > standing.told_version and change.at > at - NEWS_DAYS * DAY)
        or standing.checked_to < change.at <= at
    ]
    return sorted(found, key=lambda each: (each[1].at, each[1].version, each[0].name))


def _payments(household: Household, book: Book) -> list[Payment]:
    """What comes near and was not reminded of: for each payment the nearest of the wished days it has reached.

    A payment is reminded of by the daily check. One that became known after that is told of at any look, and may then
    fall due today; days are counted from when it can be read, and what will be over by then is left to other notices.
    """
    wished, checked = household.wishes.due_days, checked_day(book.zone, book.at)
    read_on = book.zone.day(quiet_until(book.zone, book.at, household.wishes.quiet))
    found = []
    for payment in _ahead(
        book, until=checked + max(wished, default=0), today=book.version > household.standing.told_version
    ):
        reached = min(days for days in wished if payment.due_on <= checked + days)
        told = any(f"{payment.topic}:{days}" in household.concerns for days in wished if days <= reached)
        if not told and payment.due_on >= read_on:
            nearest = min(days for days in wished if payment.due_on <= read_on + days)
            found.append(msgspec.structs.replace(payment, topic=f"{payment.topic}:{nearest}", read_on=read_on))
    return found


def _ahead(book: Book, *, until: int, today: bool = False) -> list[Payment]:
    """What falls due on each line on each day after today, or from today on."""
    sums: dict[tuple[int, str], int] = {}
    for line in book.lines.values():
        coming = line.loans.ahead(book.day)
        if today:
            coming += tuple(one for one in line.loans.ahead(book.day - 1) if one.due_on == book.day)
        for payment in coming:
            if payment.due_on <= until:
                place = (payment.due_on, line.name)
                sums[place] = sums.get(place, 0) + payment.amount
    return [
        Payment(topic=f"due:{name}:{day}", line=book.lines[name], due_on=day, amount=amount, read_on=book.day)
        for (day, name), amount in sorted(sums.items())
        if amount > 0
    ]
