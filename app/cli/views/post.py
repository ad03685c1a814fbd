"""What is said about the post: a household's channels, a channel that was tried, and what became of messages."""

from typing import Final

from app.cli.desk import Answer
from app.cli.figures import moment
from app.cli.paper import Cell, Column, Ink, Paper, Style
from app.cli.texts import Texts
from scheduler.channels.wording import outcome_text

_STYLES: Final[dict[str, Style]] = {"sent": "green", "dead": "red", "due": "yellow", "unaddressed": "yellow"}


def channels(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `channel`."""
    say = texts.say
    for done in ("added", "removed"):
        if answer[done]:
            paper.paragraph(say(f"channel.{done}", name=answer[done], household=answer["household"]), style="green")
    if not answer["channels"]:
        paper.paragraph(say("channel.none", household=answer["household"]))
        return
    titles = ("name", "address", "kinds", "state")
    columns = [Column(say(f"channel.{title}"), fold=title == "kinds") for title in titles]
    paper.table(columns, [_channel(texts, one) for one in answer["channels"]], indent=0)
    waiting = [one["name"] for one in answer["channels"] if not one["whole"]]
    if waiting:
        paper.line()
        paper.paragraph(say("channel.remedy", household=answer["household"], name=waiting[0]))


def _channel(texts: Texts, one: Answer) -> list[Cell]:
    failing = one["failing_since"]
    state: Cell = texts.say("channel.works")
    if not one["whole"]:
        state = Ink(texts.say("channel.waits"), "yellow")
    elif failing:
        state = Ink(texts.say("channel.failing", since=moment(failing)), "red")
    return [one["name"], one["address"], ", ".join(one["kinds"]) or texts.say("channel.all_kinds"), state]


def tried(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `channel test`."""
    key = "channel.reached" if answer["sent"] else "channel.not_reached"
    paper.paragraph(
        texts.say(key, name=answer["name"], reason=answer["text"]), style="green" if answer["sent"] else "red"
    )


def outbox(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `outbox`."""
    _letters(paper, texts, answer, none="outbox.none")


def dead_letters(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `outbox --dead`."""
    _letters(paper, texts, answer, none="outbox.none_dead")


def _letters(paper: Paper, texts: Texts, answer: Answer, *, none: str) -> None:
    say = texts.say
    if not answer:
        paper.paragraph(say(none))
        return
    columns = [Column(say("outbox.written")), Column(say("outbox.household")), Column(say("outbox.subject"), fold=True),
               Column(say("outbox.channel")), Column(say("outbox.state"), fold=True)]  # fmt: skip
    paper.table(columns, [_letter(texts, one) for one in answer], indent=0)
    hindered = [one for one in answer if one["outcome"] and one["state"] in ("due", "dead")]
    if hindered:
        paper.heading(say("outbox.why"))
        reasons = dict.fromkeys((one["channel"], _reason(texts, one)) for one in hindered)
        paper.table([Column(), Column(fold=True)], [[channel, reason] for channel, reason in reasons])
    dead = [one for one in answer if one["state"] == "dead"]
    if dead:
        paper.heading(say("outbox.dead"))
        paper.table([Column(), Column(), Column(fold=True)], [[one["id"], one["channel"], one["kind"]] for one in dead])
        paper.paragraph(say("outbox.remedy"), indent=2, style="dim")


def _reason(texts: Texts, one: Answer) -> str:
    return outcome_text(one["outcome"], one["detail"], language=texts.language)


def _letter(texts: Texts, one: Answer) -> list[Cell]:
    state = texts.say(f"outbox.states.{one['state']}")
    if one["attempts"]:
        state += texts.aside(texts.count("outbox.attempts", one["attempts"]))
    elif one["state"] == "waiting" and one["due_at"] > one["created_at"]:
        state += texts.aside(texts.say("outbox.until", at=moment(one["due_at"])))
    style = _STYLES.get(one["state"], "plain")
    return [moment(one["created_at"]), one["household"], one["subject"], one["channel"] or "-", Ink(state, style)]
