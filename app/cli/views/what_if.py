"""What a supposition would do, on one page: figures and indicators before and after."""

from typing import Final

from app.cli.desk import Answer
from app.cli.figures import is_zero, money
from app.cli.paper import Cell, Column, Ink, Paper
from app.cli.texts import Texts
from app.cli.views.head import head
from app.cli.views.lights import MARKS, STYLES, lit_value

_FIGURES: Final = ("debt", "reserve", "undrawn", "available")


def what_if(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `what-if`."""
    say = texts.say
    head(paper, texts, answer)
    paper.heading(say(f"what_if.title.{answer['kind']}", line=answer["line"], amount=money(answer["amount"])))
    for move in answer["moves"]:
        paper.paragraph(say("what_if.move", account=move["account"], amount=money(move["amount"], sign=True)), indent=2)
    for one in answer["cautions"]:
        nothing = f"what_if.caution.{one['code']}_none"
        key = nothing if nothing in texts and is_zero(one["amount"]) else f"what_if.caution.{one['code']}"
        told = say(key, amount=money(one["amount"]))
        paper.paragraph(told, indent=2, mark="▲ ", style="yellow")
    outcomes = list(answer["after"])
    _figures(paper, texts, answer, outcomes)
    _indicators(paper, texts, answer, outcomes)
    paper.line()
    if "if_restored" in outcomes:
        paper.paragraph(say("what_if.restoration"), style="dim")
    if answer["kind"] == "draw":
        paper.paragraph(say("what_if.borrowed"), style="dim")
    paper.paragraph(say("what_if.nothing_written"), style="dim")
    paper.line(Ink(say("explain.digest", digest=answer["digest"]), "dim"))


def _titles(texts: Texts, outcomes: list[str]) -> list[Column]:
    return [
        Column(texts.say("what_if.now"), right=True),
        *(Column(texts.say(f"what_if.outcome.{outcome}"), right=True) for outcome in outcomes),
    ]


def _figures(paper: Paper, texts: Texts, answer: Answer, outcomes: list[str]) -> None:
    rows: list[list[Cell]] = [
        [
            texts.say(f"what_if.figure.{name}"),
            money(answer["before"][name]),
            *(money(answer["after"][outcome][name]) for outcome in outcomes),
        ]
        for name in _FIGURES
        if answer["before"][name] is not None
    ]
    paper.heading(texts.say("what_if.figures"))
    paper.table([Column(fold=True), *_titles(texts, outcomes)], rows)


def _indicators(paper: Paper, texts: Texts, answer: Answer, outcomes: list[str]) -> None:
    moved = [one for one in answer["indicators"] if any(one["after"][name] != one["before"] for name in outcomes)]
    paper.heading(texts.say("what_if.indicators"))
    if not moved:
        paper.paragraph(texts.say("what_if.no_indicator"), indent=2)
        return
    rows: list[list[Cell]] = [
        [
            texts.say(f"check.indicator.{one['code']}"),
            _lit(texts, one, one["before"]),
            *(_lit(texts, one, one["after"][outcome]) for outcome in outcomes),
        ]
        for one in moved
    ]
    paper.table([Column(fold=True), *_titles(texts, outcomes)], rows)
    paper.paragraph(texts.count("what_if.unmoved", len(answer["indicators"]) - len(moved)), indent=2, style="dim")


def _lit(texts: Texts, indicator: Answer, lit: Answer) -> Cell:
    return Ink(f"{MARKS[lit['light']]} {lit_value(texts, indicator, lit)}", STYLES[lit["light"]])
