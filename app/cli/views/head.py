"""What stands at the head of a page about a household: of whom, when, as known when, and by which rules."""

from app.cli.desk import Answer
from app.cli.figures import moment
from app.cli.paper import Ink, Paper
from app.cli.texts import Texts


def head(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write whom an answer is about and what it was made of; the ruleset where one judged it."""
    say = texts.say
    made_of = [
        say("position.known", at=moment(answer["known_at"]), version=answer["version"]),
        say("position.amounts", currency=answer["currency"]),
        *([say("explain.ruleset", ruleset=answer["ruleset"])] if "ruleset" in answer else []),
    ]
    paper.line(Ink(answer["household"], "bold"), f"  {say('position.at', at=moment(answer['at']))}")
    paper.line(Ink(" · ".join(made_of), "dim"))
