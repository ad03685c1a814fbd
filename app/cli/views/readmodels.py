"""What is said about the read tables: made anew, the same or not, or the generation before brought back."""

from typing import Final

from app.cli.desk import Answer
from app.cli.paper import Cell, Column, Paper
from app.cli.texts import Texts
from app.cli.views.state import size_of

LISTED: Final = 20
"""Differences that are shown to people."""


def rebuilt(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `rebuild`."""
    paper.paragraph(texts.say("rebuild.done", number=answer["number"], **size_of(texts, answer)))
    for household in answer["quarantined"]:
        paper.paragraph(texts.say("rebuild.quarantined", household=household), style="red")
    if not answer["differences"]:
        same = texts.count("verify.households", answer["compared"])
        paper.paragraph(texts.say("rebuild.same", households=same), style="green")
        return
    paper.paragraph(texts.say("rebuild.differs"), style="yellow")
    rows: list[list[Cell]] = [
        [one["household"], one["table"], f"{one['before']:,}", f"{one['after']:,}"]
        for one in answer["differences"][:LISTED]
    ]
    titles = [texts.say(f"rebuild.column.{name}") for name in ("household", "table", "before", "after")]
    paper.table([Column(titles[0]), Column(titles[1]), *(Column(title, right=True) for title in titles[2:])], rows)
    if len(answer["differences"]) > LISTED:
        paper.paragraph(texts.say("rebuild.more", n=f"{len(answer['differences']) - LISTED:,}"))


def went_back(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `rebuild --back`."""
    paper.paragraph(texts.say("rebuild.back", number=answer["number"]))


def exported(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `reporting`."""
    rows = texts.count("reporting.rows", answer["rows"])
    paper.paragraph(texts.say("reporting.done", rows=rows, view=answer["view"], path=answer["path"]))
