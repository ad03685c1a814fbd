"""`headroom doctor`: what is installed, running, behind or wrong, and the remedy."""

from collections.abc import Mapping
from typing import Any, Final

import click

from app.cli.desk import Desk
from app.cli.program import command
from app.cli.texts import Texts
from app.cli.views.state import examined
from app.database.errors import problems
from app.database.health import Finding, examine

UNREACHABLE: Final = 3
DAMAGED: Final = 4


@command("doctor")
@click.pass_obj
def run(desk: Desk) -> int:
    """Examine the program, the database and the book."""
    findings = examine(desk.settings)
    told = [worded(desk.texts, finding) for finding in findings]
    desk.answer({"ok": all(finding.ok for finding in findings), "findings": told}, examined)
    wrong = {finding.code for finding in findings if not finding.ok}
    return UNREACHABLE if wrong & problems().keys() else DAMAGED if "checksums" in wrong else 0


def worded(texts: Texts, finding: Finding) -> dict[str, Any]:
    """A finding with its words: what was looked at, what was found, and the remedy."""
    say, told = texts.say, {"code": finding.code, "ok": finding.ok, "details": finding.details}
    if finding.code in problems():
        text = problems()[finding.code][texts.language].format_map(finding.details)
        return told | {"title": say("doctor.title.database"), "text": text, "remedy": ""}
    state = "ok" if finding.ok else "wrong"
    if finding.code == "horizon" and "pid" in finding.details:
        state = "held" if finding.ok else "wrong"
    if finding.code == "schema" and finding.details["found"] == "-":
        state = "none"
    if finding.code == "clock":
        state = finding.details["state"]
    return told | {
        "title": say(f"doctor.title.{finding.code}"),
        "text": say(f"doctor.found.{finding.code}.{state}", **_filled(texts, finding.details)),
        "remedy": say(f"doctor.remedy.{finding.remedy}", **finding.details) if finding.remedy else "",
    }


def _filled(texts: Texts, details: Mapping[str, str]) -> dict[str, str]:
    """What fills a finding's sentence, the words in it in the language of the person who asks."""
    filled = dict(details)
    if "on" in filled:
        filled["on"] = texts.say(f"word.{filled['on']}")
    if filled.get("kind") == "embedded":
        filled["server"] = texts.say("doctor.found.embedded", server=filled["server"].removesuffix(" (embedded)"))
    return filled
