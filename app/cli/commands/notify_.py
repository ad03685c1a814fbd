"""`headroom notify`: how a household wishes to be told, and by which rules it is judged."""

import re
from typing import Any, Final

import click

from app import scheduling
from app.cli.desk import Desk
from app.cli.options import LANGUAGES, Misused
from app.cli.program import command
from app.cli.rules import usable
from app.cli.views.clock import wishes

_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_MOST_DAYS: Final = 60


@command("notify")
@click.argument("household", metavar="HOUSEHOLD")
@click.option("--language", metavar="en|zh")
@click.option("--quiet-hours", metavar="HH:MM-HH:MM|none")
@click.option("--due-days", metavar="N,N|none")
@click.option("--ruleset", metavar="R")
@click.pass_obj
def run(
    desk: Desk,
    household: str,
    *,
    language: str | None,
    quiet_hours: str | None,
    due_days: str | None,
    ruleset: str | None,
) -> None:
    """Show how a household wishes to be told, or change it."""
    changed = _changed(language, quiet_hours, due_days)
    with desk.reading() as connection:
        if not changed and ruleset is None:
            found = scheduling.wished(connection, household)
        else:
            with usable(str(ruleset)):
                found = scheduling.wish(
                    connection, household, changed,
                    rules=ruleset, language=desk.options.language, now=desk.world.now(),
                )  # fmt: skip
    desk.answer(found, wishes)


def _changed(language: str | None, quiet_hours: str | None, due_days: str | None) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if language is not None:
        if language not in LANGUAGES:
            raise Misused("usage.language_unknown", found=language)
        changed["language"] = language
    if quiet_hours is not None:
        changed["quiet"] = None if quiet_hours == "none" else _hours(quiet_hours)
    if due_days is not None:
        changed["due_days"] = () if due_days == "none" else _days(due_days)
    return changed


def _hours(text: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(text)
    if found is None:
        raise Misused("notify.bad_hours", found=text)
    first, second, third, fourth = map(int, found.groups())
    return first * 60 + second, third * 60 + fourth


def _days(text: str) -> tuple[int, ...]:
    words = text.split(",")
    if not all(word.isdecimal() and word.isascii() and 1 <= int(word) <= _MOST_DAYS for word in words):
        raise Misused("notify.bad_days", found=text, most=str(_MOST_DAYS))
    return tuple(sorted({int(word) for word in words}, reverse=True))
