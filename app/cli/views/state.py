"""What is said about the book as a whole: backed up, restored, verified, well or not."""

from app.cli.desk import Answer
from app.cli.figures import moment
from app.cli.paper import Cell, Column, Ink, Paper
from app.cli.texts import Texts
from ledger.store.broken import UNREADABLE, wording

SHOWN = 12
"""How many households a sentence names."""


def size_of(texts: Texts, answer: Answer) -> dict[str, str]:
    """How many households and facts, in words."""
    return {
        "households": texts.count("verify.households", answer["households"]),
        "facts": texts.count("verify.facts", answer["facts"]),
    }


def backed_up(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `backup`."""
    megabytes = f"{max(0.1, answer['bytes'] / 1_000_000):.1f}"
    paper.paragraph(texts.say("backup.done", path=answer["path"], size=megabytes, **size_of(texts, answer)))


def restored(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `restore`."""
    paper.paragraph(texts.say("restore.done", **size_of(texts, answer)))
    if answer["channels_waiting"]:
        paper.paragraph(texts.count("restore.channels", answer["channels_waiting"]), style="yellow")
        paper.paragraph(texts.say("restore.whose", households=_some(texts, answer["households_waiting"])))
    if answer["messages_pending"]:
        made_at = moment(answer["made_at"])
        paper.paragraph(texts.count("restore.messages", answer["messages_pending"], at=made_at), style="yellow")


def _some(texts: Texts, households: list[str]) -> str:
    """The first of them; `--json` has all."""
    shown = households if len(households) <= SHOWN else [*households[:SHOWN], "…"]
    return texts.say("word.and").join(shown)


def verified(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `verify`."""
    if answer["ok"]:
        paper.paragraph(texts.say("verify.ok", **size_of(texts, answer)), style="green")
        return
    paper.paragraph(_bad(texts, answer["first_bad"]), style="red")
    paper.paragraph(texts.say("verify.remedy_unread" if answer["first_bad"]["code"] == UNREADABLE else "verify.remedy"))


def _bad(texts: Texts, bad: Answer) -> str:
    return texts.say(
        "verify.bad", fact=bad["fact"], reason=wording(bad["code"], bad["details"], language=texts.language)
    )


def erased(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `erase`: what is gone from the book, and where it may still be."""
    if not answer["erased"]:
        paper.paragraph(texts.say("erase.nothing"))
        return
    paper.paragraph(texts.count("erase.done", len(answer["erased"])))
    columns = [Column(texts.say("erase.column.fact")), Column(texts.say("erase.column.field"))]
    paper.table(columns, [[text["fact"], text["field"]] for text in answer["erased"]])
    paper.line()
    paper.paragraph(texts.say("erase.elsewhere" if answer["rewritten"] else "erase.not_rewritten"))


def evidence_verified(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write what verifying an evidence pack found."""
    say, bad = texts.say, answer["first_bad"]
    if bad is not None:
        paper.paragraph(_bad(texts, bad), style="red")
        paper.paragraph(say("evidence.remedy"))
        return
    if answer["recomputed"] is False:
        paper.paragraph(say("evidence.other_answer"), style="red")
        return
    shown = "whole" if answer["disclosed"] == answer["facts"] else "partly"
    paper.paragraph(say(f"evidence.verified_{shown}", facts=answer["facts"], shown=answer["disclosed"]), style="green")
    paper.paragraph(say("evidence.head", head=answer["head"]))


def examined(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `doctor`: what was looked at, what was found, and the remedy where something is wrong."""
    rows: list[list[Cell]] = []
    for finding in answer["findings"]:
        mark = Ink("✓", "green") if finding["ok"] else Ink("✗", "red")
        rows.append([mark, finding["title"], finding["text"]])
        if finding["remedy"]:
            rows.append(["", "", Ink(finding["remedy"], "yellow")])
    paper.table([Column(), Column(), Column(fold=True)], rows, indent=0)
    if answer["ok"]:
        paper.line()
        paper.line(Ink(texts.say("doctor.all_well"), "green"))
