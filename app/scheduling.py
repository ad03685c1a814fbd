"""What the clock did and will do, what was told, and what a household answers and wishes, for any door."""

from collections.abc import Sequence
from typing import Any

import msgspec

from app.listing import moment, timeline
from app.rules import own_rules
from ledger.calendar import When, Zone
from ledger.errors import NotFound
from ledger.store import reader
from ledger.store.reader import Connection
from projections.check import Check
from projections.findings import Language
from scheduler import agenda, concerns, leader, results, status, told, wishes
from scheduler.concerns import Concern
from scheduler.results import Result
from scheduler.wishes import Wishes

LISTED = 30


class StoredCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A check that was made, without its lights. Shape: `digest` is that of its canonical JSON."""

    kind: str
    at: str
    checked_at: str
    version: int
    ruleset: str
    warn: int
    critical: int
    not_available: int
    digest: str


class ChecksAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The checks that were made of a household, the newest first."""

    household: str
    checks: tuple[StoredCheck, ...]


class MadeAgain(msgspec.Struct, frozen=True, kw_only=True):
    """A stored check and the same made again. Shape: `same` says whether it came to the same digest."""

    stored: StoredCheck
    same: bool
    check: Check


class JobAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A job, when it was due, and when it ran. Shape: `late` if that was more than an hour after."""

    job: str
    scheduled_for: str
    ran_at: str | None
    late: bool


class ScheduleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A household's schedule.

    Shape: `since` the clock knows it, null while it never met it; `failure` is why it is not being looked at now.
    """

    household: str
    timezone: str
    since: str | None
    ran: tuple[JobAnswer, ...]
    missed: tuple[JobAnswer, ...]
    next: tuple[JobAnswer, ...]
    failure: str | None


class WholeSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """The schedule of all households. Shape: `leader` is the process that runs it, null while none does."""

    leader: str | None
    swept_at: str | None
    sweep_ms: int
    households: int
    due: int
    next_at: str | None
    failed: int
    first_failed: str | None


class ConcernAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was told of one thing and how the household answered it."""

    topic: str
    light: str
    value: str | None
    told_at: str
    acknowledged: bool
    snoozed_until: str | None


class NoticesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a household was told, the newest first, and what is open."""

    household: str
    notices: tuple["NoticeAnswer", ...]
    open: tuple[ConcernAnswer, ...]


class NoticeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One notice and the facts it rests on."""

    kind: str
    at: str
    told_at: str
    subject: str
    facts: tuple[str, ...]


class WishesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How a household wishes to be told. Shape: `language` is None while none is chosen and the clock's holds."""

    household: str
    language: Language | None
    quiet_hours: str | None
    due_days: tuple[int, ...]
    ruleset: str


def checks(connection: Connection, household: str, *, until: When | None, now: int) -> ChecksAnswer:
    """The checks that were made of a household up to a time. Raises: NotFound."""
    zone = timeline(connection, household).zone
    found = results.latest(connection, household, until=moment(zone, until, now=now), limit=LISTED)
    return ChecksAnswer(household=household, checks=tuple(_stored(one, zone) for one in found))


def check_again(connection: Connection, household: str, *, at: When, language: Language) -> MadeAgain:
    """The latest check up to a time, made again from the facts it read. Raises: NotFound."""
    known = timeline(connection, household)
    found = results.latest(connection, household, until=known.zone.last_moment(at), limit=1)
    if not found:
        raise NotFound("check", known.zone.text(at))
    stored = found[0]
    rules = wishes.rules_of(connection, household, stored.ruleset)
    made = results.again(stored, reader.load(connection, household), rules, language=language)
    return MadeAgain(stored=_stored(stored, known.zone), same=made.digest == stored.digest.hex(), check=made)


def schedule(connection: Connection, household: str, *, now: int) -> ScheduleAnswer:
    """What ran for a household, what is next, and what was missed. Raises: NotFound."""
    zone = timeline(connection, household).zone
    found = status.schedule(connection, household, zone=zone, now=now)

    def jobs(told: Sequence[status.Job]) -> tuple[JobAnswer, ...]:
        return tuple(_job(one, zone) for one in told)

    return ScheduleAnswer(
        household=household,
        timezone=zone.name,
        since=None if found.enrolled_at is None else zone.text(found.enrolled_at),
        ran=jobs(found.ran),
        missed=jobs(found.missed),
        next=jobs(found.next),
        failure=found.failure,
    )


def whole_schedule(connection: Connection, *, now: int) -> WholeSchedule:
    """How all households stand with the clock."""
    lease, whole = leader.lease(connection), status.whole(connection, now=now)
    utc = Zone("UTC")
    return WholeSchedule(
        leader=lease.holder if lease.held else None,
        swept_at=utc.text(lease.swept_at) if lease.swept_at else None,
        sweep_ms=lease.sweep_ms,
        households=whole.households,
        due=whole.due,
        next_at=utc.text(whole.next_at) if whole.next_at else None,
        failed=whole.failed,
        first_failed=whole.first_failed,
    )


def notices(connection: Connection, household: str, *, now: int) -> NoticesAnswer:
    """What a household was told, and what is open. Raises: NotFound."""
    zone = timeline(connection, household).zone
    listed = tuple(
        NoticeAnswer(
            kind=one.kind,
            at=zone.text(one.at),
            told_at=zone.text(one.told_at),
            subject=one.subject,
            facts=one.facts,
        )
        for one in told.latest(connection, household, limit=LISTED)
    )
    known = agenda.concerns(connection, [household]).get(household, {})
    standing = [one for one in known.values() if one.light != "ok"]
    return NoticesAnswer(
        household=household, notices=listed, open=tuple(_concern(one, zone, now) for one in standing)
    )  # fmt: skip


def acknowledge(
    connection: Connection, household: str, topic: str | None, *, until: When | None, now: int
) -> tuple[ConcernAnswer, ...]:
    """Acknowledge what is open, or one thing of it, or put it off until a time. Raises: NotFound."""
    zone = timeline(connection, household).zone
    known = agenda.concerns(connection, [household]).get(household, {})
    standing = [one for one in known.values() if one.light != "ok" and topic in (None, one.topic)]
    if topic is not None and not standing:
        raise NotFound("concern", topic, known=tuple(one.topic for one in known.values() if one.light != "ok"))
    answered = [
        concerns.acknowledged(one, now=now)
        if until is None
        else concerns.snoozed(one, until=zone.last_moment(until))
        for one in standing
    ]  # fmt: skip
    agenda.answered(connection, household, answered)
    return tuple(_concern(one, zone, now) for one in answered)


def wished(connection: Connection, household: str) -> WishesAnswer:
    """How a household wishes to be told. Raises: NotFound."""
    timeline(connection, household)
    found = wishes.wishes(connection, [household]).get(household)
    return _wishes(household, found or wishes.USUAL, chosen=found is not None)


def wish(
    connection: Connection,
    household: str,
    changed: dict[str, Any],
    *,
    rules: str | None,
    language: Language,
    now: int,
) -> WishesAnswer:
    """Change how a household wishes to be told, and by which rules it is judged.

    Shape: `language` is that of whoever asks, and the household's from then on if it had chosen none.
    Raises: NotFound; ValueError and OSError for rules that cannot be used.
    """
    timeline(connection, household)
    before = wishes.wishes(connection, [household]).get(household, Wishes(language=language))
    with connection.transaction():
        if rules is not None:
            based_on, overrides = own_rules(rules)
            changed = changed | {"ruleset": wishes.lay_down(connection, household, based_on, overrides, now=now)}
        wanted = msgspec.structs.replace(before, **changed)
        wishes.wish(connection, household, wanted, now=now)
        agenda.answered(connection, household, [])
    return _wishes(household, wanted, chosen=True)


def _stored(one: Result, zone: Zone) -> StoredCheck:
    return StoredCheck(
        kind=one.kind,
        at=zone.text(one.at),
        checked_at=zone.text(one.checked_at),
        version=one.version,
        ruleset=one.ruleset,
        warn=one.warn,
        critical=one.critical,
        not_available=one.not_available,
        digest=one.digest.hex(),
    )


def _job(one: status.Job, zone: Zone) -> JobAnswer:
    ran_at = None if one.ran_at is None else zone.text(one.ran_at)
    return JobAnswer(job=one.job, scheduled_for=zone.text(one.scheduled_for), ran_at=ran_at, late=one.late)


def _concern(one: Concern, zone: Zone, now: int) -> ConcernAnswer:
    put_off = one.snoozed_until if one.snoozed_until is not None and one.snoozed_until > now else None
    return ConcernAnswer(
        topic=one.topic,
        light=one.light,
        value=one.value,
        told_at=zone.text(one.told_at),
        acknowledged=one.acknowledged_at is not None,
        snoozed_until=None if put_off is None else zone.text(put_off),
    )


def _wishes(household: str, wanted: Wishes, *, chosen: bool) -> WishesAnswer:
    quiet = None if wanted.quiet is None else "-".join(_clock(minute) for minute in wanted.quiet)
    return WishesAnswer(
        household=household,
        language=wanted.language if chosen else None,
        quiet_hours=quiet,
        due_days=wanted.due_days,
        ruleset=wanted.ruleset,
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
