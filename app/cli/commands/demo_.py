"""`headroom demo`: an invented family in a scratch book that is gone afterwards."""

import tempfile
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from app import questions, wiring
from app.cli.desk import Answer, Desk
from app.cli.options import Language
from app.cli.paper import Ink, Paper
from app.cli.program import command
from app.cli.texts import Texts
from app.cli.views import lists
from app.cli.views.explain import explain
from app.cli.views.position import position
from app.explaining import Asked, explained
from app.settings import Settings
from app.wiring import OpenBook, fresh_salt
from ledger.calendar import parse_when
from ledger.store.bulk import record_file

FAMILY: Final = Path(__file__).parents[2] / "demo" / "family.jsonl"
HOUSEHOLD: Final = "lin"
LINE: Final = "jiebei"
RECORDED: Final = "2026-07-01T09:00:00+08:00"
"""When the scratch book learns everything, so that its answers are the same on every day."""
AT: Final = "2026-06-30"


@command("demo")
@click.pass_obj
def run(desk: Desk) -> None:
    """Record the family, show where it stands, and explain one limit change."""
    learned = parse_when(RECORDED)
    assert isinstance(learned, int)
    with tempfile.TemporaryDirectory(prefix="headroom-demo-") as home, desk.progress("demo.building") as shown:
        shown(1, 10)
        with wiring.open_book(Settings(home=Path(home)), now=lambda: learned) as book:
            shown(8, 10)
            answer = _answers(book, desk.options.language)
            shown(10, 10)
    desk.answer(answer, _page)


def _answers(book: OpenBook, language: Language) -> dict[str, Any]:
    with book.reading() as connection, FAMILY.open("rb") as family:
        record_file(connection, family, clock=book.now, salts=fresh_salt)
        changes = questions.changes(connection, HOUSEHOLD, line=LINE, now=book.now())
        change = next(one for one in reversed(changes) if one.kind == "inferred")
        asked = Asked(line=LINE, change=change.id)
        return {
            "position": questions.position(connection, HOUSEHOLD, at=AT, now=book.now()),
            "changes": changes,
            "explain": explained(connection, HOUSEHOLD, asked, now=book.now(), language=language),
        }


def _page(paper: Paper, texts: Texts, answer: Answer) -> None:
    paper.paragraph(texts.say("demo.intro"))
    for part, view in (("position", position), ("changes", lists.changes), ("explain", explain)):
        paper.line()
        paper.line(Ink(texts.say(f"demo.{part}"), "bold"))
        paper.line()
        view(paper, texts, msgspec.to_builtins(answer[part]))
    paper.line()
    paper.paragraph(texts.say("demo.next"))
