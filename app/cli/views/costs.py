"""What each line has cost a year, all in, as pages show it."""

from app.cli.desk import Answer
from app.cli.figures import percent
from app.cli.paper import Cell, Column, Paper
from app.cli.texts import Texts


def costs(paper: Paper, texts: Texts, told: dict[str, Answer]) -> None:
    """Write the costs of some lines by name, beside the cost line of their kind of lender where there is one."""
    if not told:
        return
    say = texts.say
    compared = any(cost.get("cost_line") for cost in told.values())
    paper.heading(say("costs.title"))
    columns = [
        Column(say("lines.line"), fold=True),
        Column(say("costs.nominal"), right=True),
        Column(say("costs.effective"), right=True),
        *([Column(say("costs.cost_line"), right=True)] if compared else []),
        Column(say("costs.since")),
    ]
    paper.table(columns, [_row(name, cost, compared=compared) for name, cost in told.items()])
    paper.paragraph(say("costs.compare" if compared else "costs.meaning"), indent=2, style="dim")


def _row(name: str, cost: Answer, *, compared: bool) -> list[Cell]:
    line = cost.get("cost_line")
    beside: list[Cell] = [percent(line, digits=1) if line else "-"] if compared else []
    return [name, percent(cost["nominal_x12"], digits=1), percent(cost["effective"], digits=1), *beside, cost["since"]]
