"""Why available credit moved: the verdict and what to do, the bridge drawn as bars, the causes, and a letter."""

from fractions import Fraction
from typing import Final, NamedTuple

from app.cli.desk import Answer
from app.cli.figures import exact_sum, is_zero, moment, money, opening
from app.cli.paper import Cell, Column, Ink, Paper, Style, fold, span, width_of
from app.cli.texts import Texts
from app.cli.views.lists import how_used
from ledger.traces import INFERRED

MOST_ROWS: Final = 12
"""Beyond so many steps a bridge is drawn with those of one kind taken together."""
_TELLS_ORDER: Final = frozenset({"P01"})
"""Verdicts whose own text says that the order is not known."""
CLAMPS: Final = {"over_limit": 1, "blocked": -1}
"""How each clamp leads from headroom to available."""


class Step(NamedTuple):
    """One row of the bridge: a level (`start` is None) or a movement from one level to the next."""

    title: str
    amount: str
    start: Fraction | None
    end: Fraction
    inferred: bool = False
    facts: tuple[str, ...] = ()


def explain(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `explain`."""
    say = texts.say
    paper.line(Ink(say("explain.title", line=answer["line"]), "bold"))
    between = say("explain.between", since=opening(answer["since"]), until=moment(answer["until"]))
    paper.line(Ink(f"{between} · {say('explain.household', household=answer['household'])}", "dim"))
    _verdict(paper, texts, answer)
    _next_steps(paper, texts, answer)
    paper.heading(say("explain.bridge"))
    _bridge(paper, texts, answer["bridge"])
    _unknown_limit(paper, texts, answer)
    _repayments(paper, texts, answer["repayments"])
    _said(paper, texts, answer.get("said", ()))
    _causes(paper, texts, answer)
    _afterwards(paper, texts, answer)
    _letter(paper, texts, answer)
    known = say("position.known", at=moment(answer["known_at"]), version=answer["version"])
    paper.line()
    paper.line(Ink(f"{known} · {say('explain.ruleset', ruleset=answer['ruleset'])}", "dim"))
    paper.line(Ink(say("explain.digest", digest=answer["digest"]), "dim"))


def steps(texts: Texts, bridge: Answer) -> list[Step]:
    """The bridge as rows: what was available, every step of headroom, what is available; the clamps where they act."""
    opening, closing = bridge["opening"], bridge["closing"]
    clamped = any(not is_zero(side[name]) for side in (opening, closing) for name in CLAMPS)
    level = "headroom" if clamped else "available"
    rows = (
        [_level(texts, "available_before", opening["available"]), *_clamps(texts, opening, way=-1)] if clamped else []
    )
    rows.append(_level(texts, f"{level}_before", opening["headroom"]))
    at = Fraction(opening["headroom"])
    for step in _grouped(bridge["steps"]):
        after = at + Fraction(step["amount"])
        rows.append(
            Step(step_title(texts, step), step["amount"], at, after, step["kind"] in INFERRED, tuple(step["facts"]))
        )
        at = after
    rows.append(_level(texts, f"{level}_after", closing["headroom"]))
    if clamped:
        rows += [*_clamps(texts, closing, way=1), _level(texts, "available_after", closing["available"])]
    return rows


def _grouped(told: list[Answer]) -> list[Answer]:
    """The steps of a bridge; where there are too many to see, one for each kind and direction, which sums exactly."""
    if len(told) <= MOST_ROWS:
        return told
    groups: dict[tuple[str, bool], list[Answer]] = {}
    for step in told:
        groups.setdefault((step["kind"], step["amount"].startswith("-")), []).append(step)
    return [
        {
            "kind": kind,
            "amount": exact_sum([one["amount"] for one in group]),
            "facts": [fact for one in group for fact in one["facts"]],
            "steps": len(group),
        }
        for (kind, _), group in groups.items()
    ]


def grouped(texts: Texts, bridge: Answer) -> str:
    """What is said below a bridge whose steps were taken together; nothing where each is drawn."""
    count = len(bridge["steps"])
    return texts.say("bridge.grouped", steps=count) if count > MOST_ROWS else ""


def _level(texts: Texts, name: str, amount: str) -> Step:
    return Step(texts.say(f"bridge.{name}"), amount, None, Fraction(amount))


def _clamps(texts: Texts, side: Answer, *, way: int) -> list[Step]:
    """What lies between headroom and available: A = X - B + O. `way` is 1 from headroom to available, else -1."""
    at = Fraction(side["headroom"] if way == 1 else side["available"])
    rows = []
    for name, sign in CLAMPS.items():
        if not is_zero(side[name]):
            after = at + way * sign * Fraction(side[name])
            text = side[name] if way * sign > 0 else f"-{side[name]}"
            rows.append(Step(texts.say(f"bridge.{name}"), text, at, after))
            at = after
    return rows


def step_title(texts: Texts, step: Answer) -> str:
    """A step's name, told by its direction where the same kind goes both ways, and the facts it rests on."""
    way = "down" if step["amount"].startswith("-") else "up"
    kind = step["kind"]
    named = texts.known(f"bridge.step.{kind}.{way}", texts.known(f"bridge.step.{kind}", kind))
    versions = [fact.rpartition(":")[2] for fact in step["facts"][:2]]
    more = " …" if len(step["facts"]) > 2 else ""
    times = f" ×{step['steps']}" if step.get("steps", 1) > 1 else ""
    return f"{named}{times} [{' '.join(versions)}{more}]" if versions else f"{named}{times}"


def _bridge(paper: Paper, texts: Texts, bridge: Answer) -> None:
    rows = steps(texts, bridge)
    levels = [level for row in rows for level in (row.start, row.end) if level is not None]
    low, high = min(Fraction(0), *levels), max(Fraction(1), *levels)
    paper.line()
    titles = max(width_of(row.title) for row in rows) + 2
    room = max(12, paper.width - titles - 18)
    paper.table([Column(), Column(right=True), Column()], [_drawn(row, low, high, room) for row in rows])
    if any(row.inferred for row in rows):
        paper.line()
        paper.paragraph(texts.say("bridge.inferred"), indent=2, mark="▒ ", style="dim")
    note = grouped(texts, bridge)
    if note:
        paper.line()
        paper.paragraph(note, indent=2, style="dim")


def _unknown_limit(paper: Paper, texts: Texts, answer: Answer) -> None:
    """What is drawn stands over the limit where that was never told: which fact would tell it."""
    opening = answer["bridge"]["opening"]
    if not opening["limit_known"] and not is_zero(opening["over_limit"]):
        paper.line()
        told = texts.say("explain.limit_unknown", line=answer["line"], household=answer["household"])
        paper.paragraph(told, indent=2, mark="! ", style="yellow")


def uses(texts: Texts, repayments: list[Answer]) -> list[str]:
    """What each repayment was used for, where a part of any was no principal: the bridge shows the principal alone."""
    if all(one["allocated"]["principal"] == one["amount"] for one in repayments):
        return []
    return [
        f"[{one['fact'].rpartition(':')[2]}] {money(one['amount'])} · {how_used(texts, one['allocated'])}"
        for one in repayments
    ]


def _repayments(paper: Paper, texts: Texts, repayments: list[Answer]) -> None:
    told = uses(texts, repayments)
    if told:
        paper.heading(texts.say("explain.repayments"))
    for one in told:
        paper.paragraph(one, indent=2, mark="· ")


def _said(paper: Paper, texts: Texts, said: list[Answer]) -> None:
    if said:
        paper.heading(texts.say("explain.said"))
    for one in said:
        text = " ".join(one["text"].splitlines())  # a notice of several lines stays one paragraph
        paper.paragraph(f"{text}{texts.cited(one['facts'])}", indent=2, mark="· ")


def _drawn(row: Step, low: Fraction, high: Fraction, room: int) -> list[Cell]:
    scale = Fraction(1) / (high - low)
    start = (row.start or Fraction(0)) - low
    drawing = span(float(start * scale), float((row.end - low) * scale), room, ink="▒" if row.inferred else "█")
    if row.start is None:
        return [Ink(row.title, "bold"), Ink(money(row.amount), "bold"), Ink(drawing if row.end else "", "cyan")]
    style: Style = "green" if row.end >= row.start else "red"
    return [row.title, money(row.amount, sign=True), Ink(drawing, style)]


def _verdict(paper: Paper, texts: Texts, answer: Answer) -> None:
    say, verdict = texts.say, answer["verdict"]
    paper.heading(
        say("explain.verdict"), say("explain.code", code=verdict["code"], side=say(f"side.{verdict['side']}"))
    )
    paper.paragraph(verdict["text"], indent=2)
    paper.paragraph(grades(texts, verdict), indent=2, style="dim")
    if answer["order_undetermined"] and verdict["code"] not in _TELLS_ORDER:
        paper.paragraph(say("explain.order_undetermined"), indent=2)


def grades(texts: Texts, verdict: Answer) -> str:
    """How sure a verdict is, and how sure its reason where that is another question."""
    grade, why = verdict["grade"], verdict["why_grade"]
    meaning = texts.say(f"grade.{grade}")
    if why in (None, grade):
        return texts.say("explain.grade", grade=grade, meaning=meaning)
    why_meaning = texts.say(f"grade.{why}")
    return texts.say("explain.two_grades", grade=grade, meaning=meaning, why_grade=why, why_meaning=why_meaning)


def _causes(paper: Paper, texts: Texts, answer: Answer) -> None:
    say = texts.say
    for part, mark in (("causes", "· "), ("excluded", "× ")):
        if answer[part]:
            paper.heading(say(f"explain.{part}"))
        for one in answer[part]:
            grade = f" {one['grade']}" if "grade" in one else ""
            told = f"{one['code']}{grade}  {one['text']}{texts.cited(one['facts'])}"
            paper.paragraph(told, indent=2, mark=mark)


def _shares(paper: Paper, texts: Texts, told: Answer) -> None:
    """One number a cause where clamp or freeze interact: a convention for sharing, and labelled as one."""
    paper.heading(texts.say("explain.shares"))
    paper.paragraph(told["text"], indent=2, style="dim")
    rows: list[list[Cell]] = []
    for one in told["shares"]:
        blocked = one["kind"] == "blocked"
        named = texts.say("bridge.blocked") if blocked else step_title(texts, one)
        rows.append([named, money(one["amount"], sign=True)])
    paper.table([Column(), Column(right=True)], rows, indent=4)


def _afterwards(paper: Paper, texts: Texts, answer: Answer) -> None:
    say = texts.say
    if answer.get("shares"):
        _shares(paper, texts, answer["shares"])
    if answer["counterfactuals"]:
        paper.heading(say("explain.counterfactuals"))
    for one in answer["counterfactuals"]:
        paper.paragraph(one["text"], indent=2, mark="~ ")
    if answer["documents"]:
        paper.heading(say("explain.documents"))
    for one in answer["documents"]:
        paper.paragraph(one["text"], indent=2, mark="· ")


def _next_steps(paper: Paper, texts: Texts, answer: Answer) -> None:
    if answer["next_steps"]:
        paper.heading(texts.say("explain.next_steps"))
    for number, one in enumerate(answer["next_steps"], start=1):
        paper.paragraph(one["text"], indent=2, mark=f"{number}. ")


def letter_of(answer: Answer, language: str) -> str | None:
    """The letter that one of the next steps of an answer is to send, if one is."""
    return next((one["letter"][language] for one in answer["next_steps"] if one.get("letter")), None)


def _letter(paper: Paper, texts: Texts, answer: Answer) -> None:
    """A letter that can be copied, set off by a line at its side."""
    text = letter_of(answer, texts.language)
    if text is None:
        return
    paper.heading(texts.say("explain.letter"))
    for line in text.splitlines():
        for part in fold(line, paper.width - 4):
            paper.line(Ink(f"  | {part}", "dim"))


def letter_alone(paper: Paper, texts: Texts, letter: Answer) -> None:
    """Write a letter as it stands, so that it can be kept in a file or pasted."""
    for line in letter[texts.language].splitlines():
        paper.line(line)
