"""What is told: messages in the household's language, each with its reason and the facts it rests on.

Every number is worked out again from the cited facts alone before it is written; where those do not suffice, all that
was known is cited.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final, Literal, TypeAlias

import msgspec

from ledger.book import fold
from ledger.line import Line
from ledger.money import Quotient
from ledger.traces import LimitChange
from projections.bridge import fact_ids
from projections.check import Examination, Move, moves
from projections.explanation import answer as explanation
from projections.explanation.window import around
from projections.findings import Worked, proved, resting_on, spoken, told
from projections.indicators.evidence import evidence
from projections.indicators.measure import Measure
from projections.judgement import SEVERITY, Indicator, Light
from projections.limit_changes import change_id
from scheduler.concerns import Turned
from scheduler.message import Message
from scheduler.wording import Language, Paragraph, Words, minute, page

Kind: TypeAlias = Literal["worse", "better", "finding", "limit_changed", "due_soon", "stale", "digest"]
LATE_AFTER: Final = 3_600_000_000
"""How long after an instant a notice about it says that it is late. Units: microseconds."""


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A check and whom it is told to.

    Shape: `earlier` examines the household as it was at an instant, by what was known then; `worked` keeps what was
    folded from cited facts alone.
    Units: `now` and `not_before`, when the household may be disturbed, in microseconds since the epoch.
    """

    household: str
    examined: Examination
    language: Language
    now: int
    not_before: int
    earlier: Callable[[int], Examination]
    worked: Worked = msgspec.field(default_factory=Worked)

    @property
    def at(self) -> int:
        """The instant of the check."""
        return self.examined.basis.book.at

    @property
    def words(self) -> Words:
        return Words(self.language)

    def money(self, amount: int) -> str:
        """An amount as sentences tell it."""
        return spoken(Quotient(amount), "money", self.examined.basis.book.currency)

    def date(self, at: int) -> str:
        """The local date of an instant."""
        return self.examined.basis.book.zone.text(at)[:10]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be told: its message, and the concerns it speaks of."""

    topics: tuple[str, ...]
    at: int
    message: Message


def turned(scene: Scene, turns: Sequence[Turned], *, last_at: int) -> list[Notice]:
    """Lights that turned, by direction: one message each. Units: `last_at` is the instant of the check before."""
    found = []
    directions: tuple[Literal["worse", "better"], ...] = ("worse", "better")
    for kind in directions:
        chosen = sorted(
            (one for one in turns if one.turn == kind), key=lambda one: -SEVERITY[_light(scene, one.topic)]
        )  # fmt: skip
        if chosen:
            paragraphs = [_turned(scene, one, last_at) for one in chosen]
            light = scene.words.say(f"light.{_light(scene, chosen[0].topic)}")
            fields = {"name": scene.words.say(f"indicator.{chosen[0].topic}"), "light": light}
            topics, subject = [one.topic for one in chosen], kind if last_at else "first"
            found.append(_notice(scene, kind, paragraphs, topics=topics, fields=fields, subject=subject))
    return found


def _light(scene: Scene, code: str) -> Light:
    return _indicator(scene.examined, code).light


def _turned(scene: Scene, turn: Turned, last_at: int) -> Paragraph:
    words, after = scene.words, _indicator(scene.examined, turn.topic)
    said = told(scene.examined.basis, after, language=scene.language) if _measured(after) else words.say(
        "paragraph.nothing"
    )  # fmt: skip
    name, lights = (
        words.say(f"indicator.{turn.topic}"),
        [words.say(f"light.{one}") for one in (turn.before, after.light)],
    )
    stands_on = facts_of(scene, after)
    if not (turn.since or last_at):
        first = words.say("paragraph.first", name=name, after=lights[1], told=said)
        facts = fact_ids(scene.household, stands_on)
        return Paragraph(text=words.joined(first, words.cited(facts)), facts=facts)
    before = scene.earlier(turn.since or last_at)
    move = next((one for one in moves(before, scene.examined) if one.code == turn.topic), None)
    text = words.joined(
        words.say("paragraph.turned", name=name, before=lights[0], after=lights[1], told=said),
        _was(scene, before, turn.topic),
        _why(scene, move, by_rules=_by_rules(before, turn)),
    )
    facts = fact_ids(scene.household, tuple(sorted({*stands_on, *(move.facts if move else ())})))
    return Paragraph(text=text, facts=facts)


def _was(scene: Scene, before: Examination, code: str) -> str:
    indicator = _indicator(before, code)
    if indicator.measure.value is None:
        return ""
    value = spoken(indicator.measure.value, indicator.rule.unit, before.basis.book.currency)
    return scene.words.say("paragraph.was", value=value, date=minute(before.basis.book.zone, before.basis.book.at))


def _by_rules(before: Examination, turn: Turned) -> bool:
    """Whether the rules of today judge what was told then otherwise than it was told."""
    then = _indicator(before, turn.topic).light
    return then != turn.before if turn.since else then in ("warn", "critical")


def _why(scene: Scene, move: Move | None, *, by_rules: bool) -> str:
    if by_rules or move is None:
        return scene.words.cited((), otherwise="ruleset" if by_rules else "time")
    return scene.words.cited(fact_ids(scene.household, move.facts), otherwise=move.reason)


def _measured(indicator: Indicator) -> bool:
    return indicator.measure.value is not None or indicator.measure.unbounded


def _indicator(examined: Examination, code: str) -> Indicator:
    return next(one for one in examined.indicators if one.code == code)


def facts_of(scene: Scene, indicator: Indicator) -> tuple[int, ...]:
    """The facts that give an indicator's numbers again when folded alone; all that was known, should none less do."""
    asked = scene.examined.basis
    if proved(asked, indicator, worked=scene.worked):
        return evidence(asked, indicator.measure)
    return tuple(entry.version for entry in asked.entries)


def found(scene: Scene, seen: Sequence[tuple[str, str, tuple[int, ...]]]) -> list[Notice]:
    """Findings that are new. Shape: `seen` holds topic, sentence and versions of facts."""
    if not seen:
        return []
    paragraphs = finding_paragraphs(scene, seen)
    return [_notice(scene, "finding", paragraphs, topics=[topic for topic, _, _ in seen])]


def finding_paragraphs(scene: Scene, seen: Sequence[tuple[str, str, tuple[int, ...]]]) -> list[Paragraph]:
    """A sentence for each finding, with its facts."""
    return [
        Paragraph(text=scene.words.joined(text, scene.words.cited(facts)), facts=facts)
        for text, facts in ((text, fact_ids(scene.household, facts)) for _, text, facts in seen)
    ]


def limits(scene: Scene, changes: Sequence[tuple[Line, LimitChange]]) -> list[Notice]:
    """Limits that changed, each with what can be said about why."""
    if not changes:
        return []
    paragraphs = [_limit(scene, line, change) for line, change in changes]
    topics = [f"limit:{change_id(scene.household, change)}" for _, change in changes]
    return [_notice(scene, "limit_changed", paragraphs, topics=topics)]


def _limit(scene: Scene, line: Line, change: LimitChange) -> Paragraph:
    book, words = scene.examined.basis.book, scene.words
    window = around(book.zone, change)
    why = explanation.explain(
        book.timeline,
        household=scene.household,
        line=line.name,
        since=window.since,
        until=min(window.until, book.at),
        known_at=book.at,
        language=scene.language,
    )
    reasons = why.causes if why.verdict.why_grade not in (None, "E0") else ()  # the verdict says: see below
    cited = (fact for one in reasons for fact in one.facts)
    facts = tuple(dict.fromkeys((*cited, *fact_ids(scene.household, change.facts), *why.verdict.facts)))
    text = words.say("paragraph.limit_changed", line=line.name, told=why.verdict.text)
    change_named = change_id(scene.household, change)
    said = words.say("paragraph.said", household=scene.household, line=line.name, change=change_named)
    told = (text, *(one.text for one in reasons), said if why.said else "")
    return Paragraph(text=words.joined(*told, words.cited(facts)), facts=facts)


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """What falls due on a line on a day. Units: minor units; `due_on`, and `read_on` when it is told, ordinals."""

    topic: str
    line: Line
    due_on: int
    amount: int
    read_on: int


def due_soon(scene: Scene, payments: Sequence[Payment]) -> list[Notice]:
    """Payments that come near."""
    if not payments:
        return []
    basis, words = scene.examined.basis, scene.words
    paragraphs = payment_paragraphs(scene, payments)
    if not basis.reserve_missing:
        hand = words.say("paragraph.at_hand", amount=scene.money(basis.reserve.t1))
        facts = evidence(basis, Measure(None, {}, ("reserves",)))
        paragraphs.append(Paragraph(text=hand, facts=fact_ids(scene.household, facts)))
    first = min(payments, key=lambda one: one.due_on)
    return [
        _notice(
            scene,
            "due_soon",
            paragraphs,
            topics=[one.topic for one in payments],
            fields={"date": _day(scene, first.due_on)},
        )
    ]


def payment_paragraphs(scene: Scene, payments: Iterable[Payment]) -> list[Paragraph]:
    """A sentence for each payment, its amount worked out again from the facts of its line."""
    return [_payment(scene, one) for one in payments]


def _payment(scene: Scene, payment: Payment) -> Paragraph:
    basis = scene.examined.basis
    family = {payment.line.name, *(peer.name for peer in payment.line.peers)}
    facts = tuple(entry.version for entry in basis.entries if getattr(entry.fact, "line", None) in family)
    alone = fold(resting_on(basis.book.timeline, facts), at=scene.at).line(payment.line.name)
    least, proven = (least_on(line, basis.day, payment.due_on) for line in (payment.line, alone))
    if (due_on(alone, basis.day, payment.due_on), proven) != (payment.amount, least):
        facts = tuple(entry.version for entry in basis.entries)
    text = scene.words.say(
        "paragraph.due_soon",
        line=payment.line.name,
        amount=scene.money(payment.amount),
        date=_day(scene, payment.due_on),
        days=payment.due_on - payment.read_on,
    )
    ids = fact_ids(scene.household, facts)
    told = scene.words.say("paragraph.least", amount=scene.money(least)) if 0 < least < payment.amount else ""
    return Paragraph(text=scene.words.joined(text, told, scene.words.cited(ids)), facts=ids)


def least_on(line: Line, day: int, on: int) -> int:
    """What of that has to be paid for nothing to be overdue: of a bill with a minimum, what is left of this."""
    bills = line.loans.standing(min(day, on - 1))[1]
    return due_on(line, day, on) - sum(bill.unpaid - bill.late for bill in bills if bill.due_on == on)


def due_on(line: Line, day: int, on: int) -> int:
    """What falls due on a line on a later day, or on this day itself."""
    return sum(payment.amount for payment in line.loans.ahead(min(day, on - 1)) if payment.due_on == on)


def _day(scene: Scene, ordinal: int) -> str:
    zone = scene.examined.basis.book.zone
    return zone.text(zone.moment_of(ordinal, 12 * 60))[:10]


def stale(scene: Scene, *, day: int, fact: int) -> list[Notice]:
    """The books are too old to judge. Units: `day` of the latest fact, an ordinal."""
    days = scene.examined.basis.day - day
    text, facts = scene.words.say("paragraph.stale", date=_day(scene, day), days=days), fact_ids(
        scene.household, (fact,)
    )  # fmt: skip
    paragraph = Paragraph(text=scene.words.joined(text, scene.words.cited(facts)), facts=facts)
    return [_notice(scene, "stale", [paragraph], topics=["stale"], fields={"days": days})]


def digest(scene: Scene, paragraphs: Sequence[Paragraph]) -> Notice:
    """The week in one message."""
    return _notice(scene, "digest", paragraphs, topics=["digest"], fields={"date": scene.date(scene.at)})


def _notice(
    scene: Scene,
    kind: Kind,
    paragraphs: Sequence[Paragraph],
    *,
    topics: Iterable[str],
    fields: Mapping[str, object] | None = None,
    subject: str | None = None,
) -> Notice:
    named, words, book = tuple(topics), scene.words, scene.examined.basis.book
    title = words.count(f"subject.{subject or kind}", len(named), household=scene.household, **fields or {})
    as_of = words.say(
        "footer.as_of", at=minute(book.zone, scene.at), version=book.version, ruleset=scene.examined.basis.rules.name
    )
    late = words.say("footer.late") if scene.now - scene.at > LATE_AFTER else ""
    text, html = page(title, [one.text for one in paragraphs], words.joined(as_of, late))
    message = Message(
        household=scene.household,
        dedup_key=_key(kind, named, at=scene.at),
        kind=kind,
        language=scene.language,
        subject=title,
        text=text,
        html=html,
        facts=tuple(dict.fromkeys(fact for one in paragraphs for fact in one.facts)),
        not_before=scene.not_before,
        created_at=scene.now,
    )
    return Notice(topics=named, at=scene.at, message=message)


def _key(kind: Kind, topics: tuple[str, ...], *, at: int) -> str:
    """The same thing is told once: a payment and a change by what they are, a turn by the check that found it."""
    mark = sha256("\n".join(topics).encode()).hexdigest()[:16]
    return f"{kind}:{mark}" if kind in ("due_soon", "limit_changed") else f"{kind}:{at}:{mark}"
