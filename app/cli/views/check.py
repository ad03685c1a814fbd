"""How sustainable a household's credit is, on one page: lights, what is worth telling, stress."""

from typing import Any, Final

from app.cli.desk import Answer
from app.cli.figures import decimal, is_zero, money, opening, percent
from app.cli.paper import Cell, Column, Ink, Paper
from app.cli.texts import Texts
from app.cli.views.costs import costs
from app.cli.views.head import head
from app.cli.views.lights import MARKS, STYLES, indicator_value, lit_value

_FACTS_SHOWN: Final = 4


def check(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `check`."""
    say = texts.say
    head(paper, texts, answer)
    _findings(paper, texts, answer["findings"])
    _indicators(paper, texts, answer["indicators"], unsecured=answer.get("unsecured_debt_service"))
    if answer["since"] is not None:
        _moved(paper, texts, answer)
    _stress(paper, texts, answer["stress"])
    _early_repayment(paper, texts, answer["safe_early_repayment"])
    costs(paper, texts, {cost["line"]: cost for cost in answer.get("all_in_cost", ())})
    paper.line()
    paper.line(Ink(say("explain.digest", digest=answer["digest"]), "dim"))


def _findings(paper: Paper, texts: Texts, findings: list[Answer]) -> None:
    paper.heading(texts.say("check.findings"))
    if not findings:
        paper.paragraph(texts.say("check.no_findings"), indent=2)
    for finding in findings:
        light = finding["light"]
        told = f"{finding['text']}{_cited(texts, finding['facts'])}"
        paper.paragraph(told, indent=2, mark=f"{MARKS[light]} ", style=STYLES[light])


def _cited(texts: Texts, facts: list[str]) -> str:
    """The latest of the facts, the rest by their number; --json has them all."""
    shown, more = facts[-_FACTS_SHOWN:], len(facts) - _FACTS_SHOWN
    if more <= 0:
        return texts.cited(shown)
    return texts.aside(texts.say("check.more_facts", n=more, facts=texts.say("word.and").join(shown)))


def _indicators(paper: Paper, texts: Texts, indicators: list[Answer], *, unsecured: Answer | None) -> None:
    """The indicators; under the debt service ratio its unsecured part, where some of the service is secured."""
    say = texts.say
    paper.heading(say("check.indicators"))
    columns = [
        Column(),
        Column(say("check.indicator_name"), fold=True),
        *(Column(say(f"check.{name}"), right=True) for name in ("value", "light.warn", "light.critical")),
    ]
    rows: list[list[Cell]] = []
    for one in indicators:
        rows.append(_row(texts, one))
        if one["code"] == "dsr" and unsecured and unsecured["dsr"] and unsecured["dsr"] != one["value"]:
            part = indicator_value(texts, unsecured["dsr"], one["unit"])
            rows.append(["", f"  {say('check.unsecured_dsr')}", part, "", ""])
    paper.table(columns, rows)


def _row(texts: Texts, one: Answer) -> list[Cell]:
    style, sign = STYLES[one["light"]], "≥" if one["bad"] == "high" else "<"
    name = texts.say(f"check.indicator.{one['code']}")
    value = lit_value(texts, one, one)
    levels = [
        f"{sign} {indicator_value(texts, one[name], one['unit'])}" if one[name] else "-"
        for name in ("warn", "critical")
    ]
    label = f"{name}{texts.aside(one['subject'] or '')}"
    return [Ink(MARKS[one["light"]], style), label, Ink(value, style), *(Ink(level, "dim") for level in levels)]


def _moved(paper: Paper, texts: Texts, answer: dict[str, Any]) -> None:
    say = texts.say
    paper.heading(say("check.moved", since=opening(answer["since"])))
    if not answer["moved"]:
        paper.paragraph(say("check.nothing_moved"), indent=2)
    units = {one["code"]: one["unit"] for one in answer["indicators"]}
    for move in sorted(answer["moved"], key=lambda move: move["light_before"] == move["light_after"]):
        name = say(f"check.indicator.{move['code']}")
        turned = move["light_before"] != move["light_after"]
        before, after = (_side(texts, move[side], units[move["code"]]) for side in ("before", "after"))
        why = _cited(texts, move["facts"]) or texts.aside(say(f"check.by.{move['reason']}"))
        told = say("check.move", name=name, before=before, after=after, why=why)
        mark, style = f"{MARKS[move['light_after']]} ", STYLES[move["light_after"]] if turned else "plain"
        paper.paragraph(told, indent=2, mark=mark, style=style)


def _side(texts: Texts, value: str | None, unit: str) -> str:
    return "-" if value is None else indicator_value(texts, value, unit)


def _stress(paper: Paper, texts: Texts, outcomes: list[Answer]) -> None:
    say = texts.say
    if not outcomes:
        return
    paper.heading(say("check.stress"))
    if any(one["missing"] for one in outcomes):
        paper.paragraph(say("check.stress_unknown"), indent=2, style="yellow")
        return
    names = ("margin", "dsr", "below_zero", "survival", "uncovered")
    columns = [
        Column(say("check.scenario_name"), fold=True),
        *(Column(say(f"check.{name}"), right=True) for name in names),
    ]
    paper.table(columns, [_scenario(texts, one) for one in outcomes])
    paper.paragraph(say("check.stress_note"), indent=2, style="dim")


def _scenario(texts: Texts, one: Answer) -> list[Cell]:
    below, survives = one["first_month_below_zero"], one["survival_months"]
    return [
        texts.known(f"check.scenario.{one['scenario']}", one["scenario"]),
        Ink(money(one["margin"]), "red" if one["margin"].startswith("-") else "plain"),
        percent(one["dsr"]),
        "-" if below is None else str(below),
        texts.say("check.for_good") if survives is None else decimal(survives),
        Ink(money(one["uncovered"]), "plain" if is_zero(one["uncovered"]) else "red"),
    ]


def _early_repayment(paper: Paper, texts: Texts, found: Answer) -> None:
    say = texts.say
    nothing = not found["missing"] and is_zero(found["amount"])
    paper.heading(say("check.early_repayment"), say("check.early_nothing") if nothing else money(found["amount"]))
    if found["missing"]:
        paper.paragraph(say("check.early_unknown"), indent=2, style="yellow")
    elif found["months_if_not_restored"] is None:
        paper.paragraph(say("check.early_no_outflow"), indent=2)
    elif nothing:
        paper.paragraph(say("check.early_as_it_is", months=decimal(found["months_if_not_restored"])), indent=2)
    else:
        months = {name: decimal(found[f"months_if_{name}"]) for name in ("not_restored", "restored")}
        paper.paragraph(say("check.early_months", **months), indent=2)
