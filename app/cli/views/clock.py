"""What is said about the clock: what ran and is next, the checks it made, what it told, and how it is to tell."""

from typing import Any

from app.cli.desk import Answer
from app.cli.figures import moment
from app.cli.paper import Cell, Column, Ink, Paper
from app.cli.texts import Texts
from app.cli.views.check import check
from app.cli.views.lights import indicator_value
from projections.ruleset import ruleset


def schedule(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `schedule` about one household."""
    say = texts.say
    paper.line(Ink(answer["household"], "bold"), f"  {say('schedule.zone', timezone=answer['timezone'])}")
    if answer["failure"]:
        paper.paragraph(say("schedule.failing", failure=answer["failure"]), style="red")
    _missed(paper, texts, answer["missed"])
    paper.heading(say("schedule.next"))
    paper.table([Column(), Column()], [[moment(one["scheduled_for"]), _job(texts, one)] for one in answer["next"]])
    paper.heading(say("schedule.ran"))
    if not answer["ran"]:
        paper.paragraph(say("schedule.none_ran"), indent=2)
        return
    titles = [say("schedule.due"), say("schedule.job"), say("schedule.ran_at")]
    paper.table([Column(title) for title in titles], [_ran(texts, one) for one in answer["ran"]])


def _missed(paper: Paper, texts: Texts, missed: list[Answer]) -> None:
    if not missed:
        return
    paper.heading(texts.count("schedule.missed", len(missed)))
    for one in missed[:5]:
        paper.line(Ink(f"  {moment(one['scheduled_for'])}  {_job(texts, one)}", "yellow"))
    paper.paragraph(texts.say("schedule.missed_note"), indent=2, style="dim")


def _ran(texts: Texts, one: Answer) -> list[Cell]:
    ran_at = moment(one["ran_at"])
    late = Ink(f"{ran_at} {texts.say('schedule.late')}", "yellow") if one["late"] else ran_at
    return [moment(one["scheduled_for"]), _job(texts, one), late]


def _job(texts: Texts, one: Answer) -> str:
    return texts.say(f"schedule.jobs.{one['job']}")


def whole_schedule(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `schedule` about all households."""
    say = texts.say
    if answer["leader"] is None:
        paper.paragraph(say("schedule.not_running"), style="yellow")
    else:
        told = {"leader": answer["leader"], "at": moment(answer["swept_at"]), "ms": answer["sweep_ms"]}
        paper.paragraph(say("schedule.running", **told), style="green")
    rows = [
        [say("schedule.households"), f"{answer['households']:,}"],
        [say("schedule.waiting"), f"{answer['due']:,}"],
        [say("schedule.first"), moment(answer["next_at"])],
    ]
    paper.table([Column(), Column(right=True)], rows)
    if answer["failed"]:
        told = {"failed": answer["failed"], "household": answer["first_failed"]}
        paper.paragraph(say("schedule.failed", **told), style="red")


def checks(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `checks`: a line for each stored check."""
    say = texts.say
    if not answer["checks"]:
        paper.paragraph(say("checks.none", household=answer["household"]))
        return
    titles = [Column(say("checks.at")), Column(say("checks.kind"), fold=True)]
    counts = [Column(say(f"checks.{name}"), right=True) for name in ("critical", "warn", "not_available", "version")]
    rows = [_check_row(texts, one) for one in answer["checks"]]
    paper.table([*titles, *counts, Column(say("checks.digest"))], rows, indent=0)
    paper.line()
    paper.paragraph(say("checks.note", household=answer["household"]), style="dim")


def _check_row(texts: Texts, one: Answer) -> list[Cell]:
    lights: list[Cell] = [
        Ink(str(one["critical"]), "red" if one["critical"] else "plain"),
        Ink(str(one["warn"]), "yellow" if one["warn"] else "plain"),
        str(one["not_available"]),
    ]
    kind = texts.say(f"schedule.jobs.{one['kind']}")
    return [moment(one["at"]), kind, *lights, str(one["version"]), Ink(one["digest"][:8], "dim")]


def made_again(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `checks --at`: a stored check made again, and whether it came to the same."""
    check(paper, texts, answer["check"])
    stored = answer["stored"]
    told = {"checked_at": moment(stored["checked_at"]), "digest": stored["digest"][:12]}
    key = "checks.same" if answer["same"] else "checks.differs"
    paper.paragraph(texts.say(key, **told), style="green" if answer["same"] else "red")


def notices(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `notices`."""
    say = texts.say
    paper.line(Ink(answer["household"], "bold"))
    paper.heading(say("notices.open"))
    _concerns(paper, texts, answer["open"])
    paper.heading(say("notices.told"))
    if not answer["notices"]:
        paper.paragraph(say("notices.none_told"), indent=2)
    rows: list[list[Cell]] = [[moment(one["at"]), one["subject"]] for one in answer["notices"]]
    paper.table([Column(), Column(fold=True)], rows)


def _concerns(paper: Paper, texts: Texts, concerns: list[dict[str, Any]]) -> None:
    if not concerns:
        paper.paragraph(texts.say("notices.none_open"), indent=2)
    put_off = any(one["snoozed_until"] for one in concerns)
    columns = [Column(), Column(fold=True), Column(), Column(right=True), Column(fold=put_off)]
    paper.table(columns, [_concern(texts, one) for one in concerns])


def _concern(texts: Texts, one: Answer) -> list[Cell]:
    answered = texts.say("notices.acknowledged") if one["acknowledged"] else ""
    if one["snoozed_until"]:
        answered = texts.say("notices.snoozed", until=moment(one["snoozed_until"]))
    light = Ink(texts.say(f"notices.light.{one['light']}"), "red" if one["light"] == "critical" else "yellow")
    return [one["topic"], _topic(texts, one["topic"]), light, _amount(texts, one), Ink(answered, "dim")]


def _topic(texts: Texts, topic: str) -> str:
    """What a topic is about: an indicator, or something that was found, with whose it is."""
    if not topic.startswith("finding:"):
        return texts.known(f"check.indicator.{topic}", texts.known(f"notices.topic.{topic}", ""))
    _, code, name = topic.split(":", 2)
    return f"{texts.known(f'notices.topic.{code}', '')}{texts.aside(name)}"


def _amount(texts: Texts, one: Answer) -> str:
    """The value of an indicator with its unit: households choose other thresholds, never another unit."""
    rule = ruleset().indicators.get(one["topic"])
    if one["value"] is None or rule is None:
        return one["value"] or ""
    return indicator_value(texts, one["value"], rule.unit)


def acknowledged(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `acknowledge`."""
    if not answer:
        paper.paragraph(texts.say("notices.none_open"))
        return
    snoozed = any(one["snoozed_until"] for one in answer)
    paper.paragraph(texts.count("notices.put_off" if snoozed else "notices.seen", len(answer)))
    _concerns(paper, texts, answer)


def wishes(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `notify`."""
    say = texts.say
    paper.line(Ink(answer["household"], "bold"))
    days = ", ".join(map(str, answer["due_days"])) or say("word.no")
    rows = [
        [say("notify.language"), say(f"notify.{answer['language'] or 'as_served'}")],
        [say("notify.quiet_hours"), answer["quiet_hours"] or say("word.no")],
        [say("notify.due_days"), days],
        [say("notify.ruleset"), answer["ruleset"]],
    ]
    paper.table([Column(), Column()], rows)
