"""A repayment plan on one page: what to pay when, why in this order, what it saves, what to keep in mind."""

from collections.abc import Iterable
from typing import Final

from app.cli.desk import Answer
from app.cli.figures import decimal, is_zero, money, percent
from app.cli.paper import Cell, Column, Ink, Paper
from app.cli.texts import Texts
from app.cli.views.head import head

_DETAILED: Final = 3
_LISTED: Final = 12
_SHORT_SHOWN: Final = 3


def plan(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `plan`."""
    say = texts.say
    head(paper, texts, answer)
    paper.heading(say("plan.title"), say("plan.budget", budget=money(answer["budget"])))
    if answer["status"] == "planned":
        _planned(paper, texts, answer)
    elif answer["status"] == "infeasible":
        _infeasible(paper, texts, answer)
    else:
        paper.paragraph(say("plan.nothing_owed"), indent=2)
    _warnings(paper, texts, answer)
    paper.line()
    paper.line(Ink(say("explain.digest", digest=answer["digest"]), "dim"))


def _planned(paper: Paper, texts: Texts, answer: Answer) -> None:
    own = answer["comparison"][0]
    paper.paragraph(_outcome(texts, answer, own), indent=2)
    paper.paragraph(_saving(texts, answer), indent=2)
    paper.paragraph(_order(texts, answer), indent=2)
    paper.paragraph(optimality(texts, answer["optimality"]), indent=2)
    if answer["floor"]["amount"] is not None:
        paper.paragraph(_floor(texts, answer["floor"]), indent=2)
    _debts(paper, texts, answer["debts"])
    for month in answer["months"][:_DETAILED]:
        _payments(paper, texts, month, [one for one in answer["payments"] if one["month"] == month["month"]])
    _months(paper, texts, answer["months"])
    _comparison(paper, texts, answer["comparison"])


def _outcome(texts: Texts, answer: Answer, own: Answer) -> str:
    if own["months_to_zero"] is None:
        left, months = money(own["owed_at_end"]), answer["horizon_months"]
        return texts.count("plan.still_owed", months, left=left, interest=money(own["interest"]))
    return texts.count("plan.free_after", own["months_to_zero"], interest=money(own["interest"]))


def _saving(texts: Texts, answer: Answer) -> str:
    least = next(one for one in answer["comparison"] if one["strategy"] == "minimum")
    key = "plan.saves" if least["months_to_zero"] is not None else "plan.saves_so_far"
    return texts.count(
        key, least["months_to_zero"] or answer["horizon_months"],
        saves=money(answer["saves"]), interest=money(least["interest"]), left=money(least["owed_at_end"]),
    )  # fmt: skip


def _order(texts: Texts, answer: Answer) -> str:
    early = sorted((one for one in answer["debts"] if one["early_from"]), key=lambda one: one["early_from"])
    if not early:
        return texts.say("plan.no_extra")
    names = texts.say("plan.then").join(_name(one) for one in early)
    return texts.say("plan.dearest_first" if answer["dearest_first"] else "plan.not_dearest_first", names=names)


def optimality(texts: Texts, found: Answer) -> str:
    """How far the plan may be from the cheapest, in words."""
    say = texts.say
    if found["least"] is None:
        return say("plan.optimality.unknown")
    proven = "proven" if is_zero(found["gap"]) else "proven_but_for"
    key = proven if found["proven"] else "gap"
    share = percent(found["gap_share"], digits=2)
    told = say(f"plan.optimality.{key}", least=money(found["least"]), gap=money(found["gap"]), share=share)
    if found["among"] == "all":
        return told
    return told + say("plan.optimality.among")


def _floor(texts: Texts, floor: Answer) -> str:
    key = "plan.floor_unfrozen" if floor["kind"] == "unfrozen" else "plan.floor"
    return texts.say(key, amount=money(floor["amount"]), months=decimal(floor["months"]))


def _name(one: Answer) -> str:
    return str(one["line"]) if one["loan"] is None else f"{one['line']}/{one['loan']}"


def _debts(paper: Paper, texts: Texts, debts: list[Answer]) -> None:
    say = texts.say
    paper.heading(say("plan.debts"))
    columns = [
        Column(say("plan.debt"), fold=True),
        *(Column(say(f"plan.column.{name}"), right=True) for name in ("rate", "owed", "interest", "early", "settled")),
    ]
    paper.table(columns, [_debt(texts, one) for one in debts])


def _debt(texts: Texts, one: Answer) -> list[Cell]:
    rate = percent(one["annual_rate_x365"], digits=1) if one["rate_known"] else texts.say("plan.unknown")
    settled = "-" if one["settled_in"] is None else texts.say("plan.month", month=one["settled_in"])
    return [_name(one), rate, money(one["principal"]), money(one["interest"]), _early(texts, one), settled]


def _early(texts: Texts, one: Answer) -> str:
    if one["early_from"] is None:
        return "-"
    if one["early_from"] == one["early_until"]:
        return texts.say("plan.month", month=one["early_from"])
    return texts.say("plan.months", since=one["early_from"], until=one["early_until"])


def _payments(paper: Paper, texts: Texts, month: Answer, payments: list[Answer]) -> None:
    say = texts.say
    title = say("plan.month_title", month=month["month"], since=month["since"], until=month["until"])
    paper.heading(title, money(month["paid"]))
    rows: list[list[Cell]] = [
        [one["on"], _name(one), money(one["amount"]), Ink(_of_it(texts, one), "dim")] for one in payments
    ]
    if not rows:
        paper.paragraph(say("plan.no_payment"), indent=2)
        return
    paper.table([Column(), Column(fold=True), Column(right=True), Column(fold=True)], rows)


def _of_it(texts: Texts, one: Answer) -> str:
    parts = [] if is_zero(one["interest"]) else [texts.say("plan.of_interest", amount=money(one["interest"]))]
    parts += [] if is_zero(one["early"]) else [texts.say("plan.of_early", amount=money(one["early"]))]
    return " · ".join(parts)


def _months(paper: Paper, texts: Texts, months: list[Answer]) -> None:
    say = texts.say
    paper.heading(say("plan.all_months"))
    known = any(one["reserve"] is not None for one in months)
    names = ("until", "paid", "left", *(("reserve", "frozen") if known else ()))
    columns = [Column(say("plan.column.month"), right=True)]
    columns += [Column(say(f"plan.column.{name}"), right=name != "until") for name in names]
    columns += [Column(say("plan.column.ends"), fold=True)]
    shown = [one for one in months if one["month"] <= _LISTED or one["settled"] or one is months[-1]]
    left_out = len(months) - len(shown)
    if left_out == 1:  # to say so would take the line of the month itself
        shown, left_out = months, 0
    paper.table(columns, [_month(one, known=known) for one in shown])
    if left_out:
        paper.paragraph(say("plan.months_left_out", n=left_out), indent=2, style="dim")


def _month(one: Answer, *, known: bool) -> list[Cell]:
    reserves = [money(one["reserve"]), money(one["reserve_if_frozen"])] if known else []
    amounts = [money(one["paid"]), money(one["principal_left"]), *reserves]
    return [str(one["month"]), one["until"], *amounts, Ink(", ".join(one["settled"]), "green")]


def _comparison(paper: Paper, texts: Texts, comparison: list[Answer]) -> None:
    say = texts.say
    paper.heading(say("plan.comparison"))
    columns = [
        Column(say("plan.way"), fold=True),
        *(Column(say(f"plan.column.{name}"), right=True) for name in ("interest", "free", "lowest", "lowest_frozen")),
        Column(),
    ]
    paper.table(columns, [_way(texts, one) for one in comparison])


def _way(texts: Texts, one: Answer) -> list[Cell]:
    free = "-" if one["months_to_zero"] is None else texts.say("plan.month", month=one["months_to_zero"])
    lowest, frozen = money(one["lowest_reserve"]), money(one["lowest_reserve_if_frozen"])
    return [
        texts.say(f"plan.strategy.{one['strategy']}"),
        money(one["interest"]),
        free,
        lowest,
        frozen,
        _fault(texts, one),
    ]


def _fault(texts: Texts, one: Answer) -> Cell:
    if one["over_budget"]:
        return Ink(texts.say("plan.over_budget", month=one["over_budget"][0]), "red")
    if one["below_floor"]:
        return Ink(texts.say("plan.below_floor", month=one["below_floor"][0]), "red")
    return ""


def _infeasible(paper: Paper, texts: Texts, answer: Answer) -> None:
    say, found = texts.say, answer["infeasible"]
    paper.paragraph(say("plan.none", budget=money(answer["budget"])), indent=2, style="red")
    if found["smallest_budget"] is not None:
        paper.paragraph(say("plan.smallest", amount=money(found["smallest_budget"])), indent=2)
    elif found["highest_floor"] is not None:
        floor, highest = money(answer["floor"]["amount"]), money(found["highest_floor"])
        key = "plan.highest_floor_unfrozen" if answer["floor"]["kind"] == "unfrozen" else "plan.highest_floor"
        key = "plan.runs_out" if found["empty_in"] is not None else key
        empty = {"month": found["empty_in"], "until": found["empty_on"]}
        paper.paragraph(say(key, floor=floor, highest=highest, **empty), indent=2)
    for short in found["short"][:_SHORT_SHOWN]:
        title = say("plan.month_title", month=short["month"], since=short["since"], until=short["until"])
        paper.heading(title, say("plan.short", amount=money(short["short"])))
        columns = [Column(), Column(fold=True), Column(say("plan.column.due"), right=True)]
        columns += [Column(say("plan.column.unmet"), right=True)]
        paper.table(columns, [_unmet(one) for one in short["dues"]])
    more = len(found["short"]) - _SHORT_SHOWN
    if more > 0:
        paper.paragraph(texts.count("plan.more_short", more), indent=2, style="dim")


def _unmet(one: Answer) -> list[Cell]:
    unmet = "-" if is_zero(one["unmet"]) else money(one["unmet"])
    return [one["on"], _name(one), money(one["amount"]), Ink(unmet, "red")]


def missing(texts: Texts, names: Iterable[str]) -> list[str]:
    """What is not known, in words; names of lines stay as they are."""
    return [
        texts.say("plan.missing.balance", account=name.partition(":")[2])
        if name.startswith("balance:")
        else texts.known(f"plan.missing.{name}", name)
        for name in names
    ]


def _warnings(paper: Paper, texts: Texts, answer: Answer) -> None:
    planned = answer["status"] == "planned"
    if planned or answer["warnings"]:
        paper.heading(texts.say("plan.keep_in_mind"))
    for one in answer["warnings"]:
        names, amount = texts.say("plan.and").join(missing(texts, one["names"])), money(one["amount"])
        paper.paragraph(texts.say(f"plan.warning.{one['code']}", names=names, amount=amount), indent=2, mark="· ")
    for key in ("plan.always.no_new_credit", "plan.always.fees", "plan.always.verified") if planned else ():
        paper.paragraph(texts.say(key), indent=2, mark="· ", style="dim")
