"""The week in one message: lights, what is open, what moved and by which facts, and what falls due next."""

from collections.abc import Iterable, Sequence

from projections.bridge import fact_ids
from projections.check import moves
from projections.findings import spoken, told
from projections.indicators.evidence import evidence
from scheduler import notices
from scheduler.concerns import Concern
from scheduler.notices import Notice, Payment, Scene, facts_of
from scheduler.wording import Paragraph


def weekly(
    scene: Scene,
    concerns: Iterable[Concern],
    payments: Sequence[Payment],
    *,
    there: Sequence[tuple[str, str, tuple[int, ...]]],
    week_ago: int,
) -> Notice:
    """The week up to a check.

    Shape: `concerns` are those that are open, `there` the findings among them as topic, sentence and versions of facts.
    Units: `week_ago` in microseconds since the epoch.
    """
    paragraphs = [
        _lights(scene),
        _totals(scene),
        *_open(scene, concerns, notices.finding_paragraphs(scene, there)),
        *_moved(scene, week_ago),
        *notices.payment_paragraphs(scene, payments),
    ]
    return notices.digest(scene, paragraphs)


def _lights(scene: Scene) -> Paragraph:
    lights = [one.light for one in scene.examined.indicators]
    counts = {name: lights.count(name) for name in ("critical", "warn", "ok")}
    text = scene.words.say("paragraph.lights", **counts, unknown=lights.count("not_available"))
    return Paragraph(text=text, facts=())


def _totals(scene: Scene) -> Paragraph:
    basis = scene.examined.basis
    text = scene.words.say(
        "paragraph.totals",
        debt=scene.money(basis.owed.total),
        reserve=scene.money(basis.reserve.total),
        due=scene.money(basis.service),
    )
    facts = {version for one in scene.examined.indicators for version in evidence(basis, one.measure)}
    return Paragraph(text=text, facts=fact_ids(scene.household, tuple(sorted(facts))))


def _open(scene: Scene, concerns: Iterable[Concern], there: list[Paragraph]) -> list[Paragraph]:
    codes = {one.topic for one in concerns}
    still = [one for one in scene.examined.indicators if one.code in codes and one.light in ("warn", "critical")]
    words = scene.words
    if not still and not there:
        return [Paragraph(text=words.say("paragraph.none_open"), facts=())]
    return [
        Paragraph(
            text=words.say(
                "paragraph.open_one",
                light=words.say(f"light.{one.light}"),
                told=told(scene.examined.basis, one, language=scene.language),
            ),
            facts=fact_ids(scene.household, facts_of(scene, one)),
        )
        for one in sorted(still, key=lambda one: one.light != "critical")
    ] + there


def _moved(scene: Scene, week_ago: int) -> list[Paragraph]:
    words, before = scene.words, scene.earlier(week_ago)
    turned = [one for one in moves(before, scene.examined) if one.light_before != one.light_after]
    if not before.basis.known.facts:  # of a household that nothing was known of, nothing turned by becoming known
        turned = [one for one in turned if one.direction != "known"]
    if not turned:
        return [Paragraph(text=words.say("paragraph.nothing_moved"), facts=())]
    units = {one.code: one.rule.unit for one in scene.examined.indicators}
    values = [{one.code: one.measure.value for one in each.indicators} for each in (before, scene.examined)]
    currency = scene.examined.basis.book.currency
    paragraphs = []
    for move in turned:
        lights = (move.light_before, move.light_after)
        shown = [
            words.say(f"light.{light}")
            if light == "not_available"
            else spoken(each[move.code], units[move.code], currency)
            for each, light in zip(values, lights, strict=True)
        ]
        facts = fact_ids(scene.household, move.facts)
        name = words.say(f"indicator.{move.code}")
        why = words.cited(facts, otherwise=move.reason)
        text = words.say("paragraph.moved", name=name, before=shown[0], after=shown[1], why=why)
        paragraphs.append(Paragraph(text=text, facts=facts))
    return paragraphs
