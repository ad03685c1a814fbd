"""One question as known at two times: what reads otherwise now, and which facts came in between."""

from app.cli.desk import Answer
from app.cli.figures import moment, money, opening
from app.cli.paper import Cell, Column, Ink, Paper
from app.cli.texts import Texts
from app.cli.views.explain import step_title
from app.cli.views.lists import told


def comparison(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `explain --then`."""
    say, then, now = texts.say, answer["then"], answer["now"]
    paper.line(Ink(say("comparison.title", line=now["line"]), "bold"))
    paper.line(Ink(say("explain.between", since=opening(now["since"]), until=moment(now["until"])), "dim"))
    paper.line()
    if answer["same"]:
        paper.paragraph(say("comparison.same"), indent=2)
    else:
        _differences(paper, texts, answer)
    for part in ("gone", "added"):
        if answer[part]:
            paper.heading(say(f"comparison.{part}"))
            rows: list[list[Cell]] = [[step_title(texts, one), money(one["amount"], sign=True)] for one in answer[part]]
            paper.table([Column(), Column(right=True)], rows)
    if answer["later"]:
        paper.heading(say("comparison.later"))
    for fact in answer["later"]:
        one = answer["told"][fact]
        mark = f"[{fact.rpartition(':')[2]}] "
        paper.paragraph(f"{moment(one['recorded_at'])}  {told(texts, one)}", indent=2, mark=mark)
    for name, one in (("then", then), ("now", now)):
        paper.heading(say("explain.verdict"), say(f"comparison.{name}", at=moment(one["known_at"])))
        paper.paragraph(one["verdict"]["text"], indent=2)


def _differences(paper: Paper, texts: Texts, answer: Answer) -> None:
    say, then, now = texts.say, answer["then"], answer["now"]
    rows: list[list[Cell]] = []
    if then["verdict"]["code"] != now["verdict"]["code"]:
        rows.append([say("comparison.verdict"), then["verdict"]["code"], now["verdict"]["code"]])
    for one in answer["levels"]:
        name = say(f"comparison.{one['where']}", name=say(f"comparison.level.{one['name']}"))
        rows.append([name, money(one["then"]), money(one["now"])])
    titles = [say(f"comparison.{name}", at=moment(told["known_at"])) for name, told in (("then", then), ("now", now))]
    if rows:
        paper.table([Column(), *(Column(title, right=True) for title in titles)], rows)
