"""What a household owes, has and can still borrow, on one page."""

from typing import Any

from app.cli.desk import Answer
from app.cli.figures import decimal, is_zero, money, percent, share
from app.cli.paper import Cell, Column, Ink, Paper, Style, bar
from app.cli.texts import Texts
from app.cli.views.costs import costs
from app.cli.views.head import head

_BAR: int = 8


def position(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `position`."""
    head(paper, texts, answer)
    _lines(paper, texts, answer["lines"], household=answer["household"])
    _debt(paper, texts, answer["debt"])
    costs(paper, texts, {line["line"]: line["all_in_cost"] for line in answer["lines"] if line["all_in_cost"]})
    _reserves(paper, texts, answer["reserves"])
    _diversification(paper, texts, answer["diversification"])
    _open_ends(paper, texts, answer)


def _lines(paper: Paper, texts: Texts, lines: list[Answer], *, household: str) -> None:
    say = texts.say
    paper.heading(say("lines.title"))
    if not lines:
        paper.line(f"  {say('lines.none')}")
        return
    held = any(not is_zero(line["held"]) for line in lines)
    amounts = [Column(say(f"lines.{name}"), right=True) for name in _amounts_shown(held=held)]
    columns = [Column(say("lines.line"), fold=True), *amounts, Column(say("lines.used"))]
    paper.table(columns, [_line_row(line, held=held) for line in lines])
    for line in lines:
        for note in _line_notes(texts, line, household=household):
            paper.paragraph(note, indent=2, mark="! ", style="yellow")
    undated = [line["line"] for line in lines if _undated(line)]
    if undated:
        names = texts.say("word.and").join(undated)
        note = say("lines.note.undated", names=names, line=undated[0], household=household)
        paper.paragraph(note, indent=2, mark="! ", style="yellow")


def _amounts_shown(*, held: bool) -> list[str]:
    return ["limit", "drawn", "held", "available"] if held else ["limit", "drawn", "available"]


def _line_row(line: Answer, *, held: bool) -> list[Cell]:
    used = line["utilisation"]
    if not line["limit_known"]:
        amounts = {"drawn": money(line["drawn"]), "held": money(line["held"])}
        return [line["line"], *(Ink(amounts.get(name, "?"), "dim") for name in _amounts_shown(held=held)), ""]
    drawing = f"{bar(share(used), _BAR)} {percent(used):>5}"
    return [line["line"], *(money(line[name]) for name in _amounts_shown(held=held)), Ink(drawing, _light(used))]


def _light(used: str | None) -> Style:
    """A colour for the eye; the thresholds of `check` are data of their own."""
    return "red" if share(used) >= 0.75 else "yellow" if share(used) >= 0.3 else "green"


def _line_notes(texts: Texts, line: Answer, *, household: str) -> list[str]:
    """What is out of the ordinary about a line."""
    notes = []
    if not line["limit_known"]:
        return [texts.say("lines.note.limit_unknown", line=line["line"], household=household)]
    if line["status"] != "open":
        notes.append(texts.say("lines.note.status", line=line["line"], status=texts.say(f"status.{line['status']}")))
    unusual = ("over_limit", "blocked", "held" if is_zero(line["held_inferred"]) else "seems_held")
    inferred = money(line["held_inferred"])
    amounts = {"seems_held": line["held"], **line}
    notes += [
        texts.say(f"lines.note.{name}", line=line["line"], amount=money(amounts[name]), inferred=inferred)
        for name in (*unusual, "temporary_limit", "shared_used")
        if not is_zero(amounts[name])
    ]
    if line["days_past_due"]:
        notes.append(texts.count("lines.note.past_due", line["days_past_due"], line=line["line"]))
    return notes


def _undated(line: Answer) -> bool:
    """Whether a line owes something of which no day is known on which any of it falls due.

    What has no date at will is owed so by contract; where bills are to come, a month's interest is not all of them.
    """
    dated = any(loan["next_due_on"] for loan in line["loans"]) or line["days_past_due"] > 0
    left_out = is_zero(line["due_12_months"]) or line["product"] in ("card", "instalment")
    return not is_zero(line["total_debt"]) and left_out and not dated


def _debt(paper: Paper, texts: Texts, debt: Answer) -> None:
    paper.heading(texts.say("debt.title"), money(debt["total"]))
    rows = [
        ("debt.principal", "debt.accrued_interest"),
        ("debt.overdue", "debt.due_30_days"),
        ("debt.due_12_months", ""),
    ]
    _pairs(paper, texts, debt, rows)


def _pairs(paper: Paper, texts: Texts, values: Answer, rows: list[tuple[str, str]]) -> None:
    """Write named amounts, two to a row; each is named by the key of its text."""
    cells: list[list[Cell]] = []
    for left, right in rows:
        cells.append([texts.say(left), _amount(left, values)])
        cells[-1] += ["", texts.say(right), _amount(right, values)] if right else ["", "", ""]
    paper.table([Column(), Column(right=True), Column(), Column(), Column(right=True)], cells)


def _amount(key: str, values: Answer) -> Cell:
    value = values[key.partition(".")[2]]
    return Ink(money(value), "red") if key == "debt.overdue" and not is_zero(value) else money(value)


def _reserves(paper: Paper, texts: Texts, reserves: Answer) -> None:
    say = texts.say
    paper.heading(say("reserves.title"), money(reserves["total"]))
    rows = [("reserves.t1", "reserves.t2a"), ("reserves.t2b", "reserves.monthly_outflow")]
    _pairs(paper, texts, reserves, rows)
    if not reserves["accounts"]:
        paper.paragraph(say("reserves.no_account"), indent=2, style="yellow")
    elif reserves["months"] is not None:
        months, at_once = decimal(reserves["months"]), decimal(reserves["immediate_months"])
        paper.paragraph(say("reserves.months", months=months, immediate=at_once), indent=2)
    else:
        paper.paragraph(say("reserves.months_unknown"), indent=2, style="yellow")
    paper.paragraph(say("reserves.contingent", amount=money(reserves["contingent"])), indent=2, style="dim")


def _diversification(paper: Paper, texts: Texts, spread: Answer) -> None:
    say = texts.say
    if spread["score"] is None:
        paper.heading(say("spread.title"))
        paper.line(f"  {say('spread.no_debt')}")
        return
    paper.heading(say("spread.title"), say("spread.of_100", score=decimal(spread["score"])))
    rows: list[list[Cell]] = []
    for name, dimension in spread["dimensions"].items():
        drawing = bar(share(dimension["score"]) / 100, 20)
        effective = say("spread.effective", number=decimal(dimension["effective"], digits=2))
        rows.append([say(f"spread.{name}"), drawing, decimal(dimension["score"]), effective])
    paper.table([Column(), Column(), Column(right=True), Column()], rows)
    for cap in sorted(spread["caps"], key=lambda cap: int(cap["limit"]))[:1]:
        key = "spread.capped" if cap["bit"] else "spread.cap_idle"
        why = texts.known(f"cap.{cap['code']}", cap["code"], share=percent(spread["largest_share"]))
        paper.paragraph(say(key, limit=cap["limit"], why=why, uncapped=decimal(spread["uncapped"])), indent=2)


def _open_ends(paper: Paper, texts: Texts, answer: dict[str, Any]) -> None:
    """What no recorded fact explains, and sources that contradict each other."""
    say = texts.say
    if answer["residuals"] or answer["open_conflicts"]:
        paper.heading(say("open_ends.title"))
    for residual in answer["residuals"]:
        signed = residual["kind"] == "unexplained"
        amount = money(residual["amount"], sign=signed)
        kind = say(f"residual.{residual['kind']}", line=residual["line"], amount=amount)
        paper.paragraph(f"{kind}{texts.cited(residual['facts'])}", indent=2, mark="? ")
    for conflict in answer["open_conflicts"]:
        values = say("open_ends.or").join(_value(texts, one) for one in conflict["values"])
        quantity = say(f"quantity.{conflict['quantity']}")
        paper.paragraph(
            say("open_ends.conflict", line=conflict["line"], quantity=quantity, values=values), indent=2, mark="? "
        )


def _value(texts: Texts, one: dict[str, Any]) -> str:
    source = texts.say(f"source.{one['source']}")
    return f"{source} {money(one['value'])}{texts.cited([one['fact']])}"
