"""What went wrong, said to a person: what is untrue, what was expected, what was found, what to do next."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

import click

from app.cli.options import Told
from app.cli.paper import Cell, Column, Ink, Paper
from app.cli.texts import Texts
from app.database.errors import DatabaseProblem
from ledger.errors import ConcurrentChange, Corrupt, NotFound, Refused, Unreadable
from ledger.importers.reasons import wording
from ledger.quoting import visible

SHOWN: Final = 20
"""Complaints shown to a person; a program gets all of them."""


def explain_error(paper: Paper, texts: Texts, error: BaseException) -> None:
    """Write an expected error in the language of the person who asked."""
    if isinstance(error, Unreadable):
        complaint_table(paper, texts, [_fields(complaint) for complaint in error.complaints])
        return
    paper.paragraph(_sentence(texts, error), mark=f"{texts.say('error.mark')} ", style="plain")


def complaint_table(paper: Paper, texts: Texts, complaints: Iterable[Mapping[str, Any]]) -> None:
    """Write complaints with the place of each, the first of them if they are many."""
    listed = list(complaints)
    say = texts.say
    columns = [
        Column(say("complaints.line"), right=True),
        Column(say("complaints.field")),
        Column(say("complaints.message"), fold=True),
    ]
    rows: list[list[Cell]] = [
        [
            str(one["line"] or "-"),
            Ink(visible(one["field"]) or "-", "yellow"),
            f"{told(texts, one)} [{one['code']}]",
        ]
        for one in listed[:SHOWN]
    ]
    paper.line(Ink(texts.count("complaints.title", len(listed)), "bold"))
    paper.table(columns, rows)
    if len(listed) > SHOWN:
        paper.line(Ink(f"  {texts.count('complaints.more', len(listed) - SHOWN)}", "dim"))


def told(texts: Texts, complaint: Mapping[str, Any]) -> str:
    """A complaint's sentence in the language asked for; as the ledger wrote it where no wording is known."""
    code, details = complaint["code"], complaint.get("details", {})
    try:
        return wording(code, details, language=texts.language)
    except KeyError:
        return str(complaint["message"])


def _fields(complaint: Any) -> dict[str, Any]:
    return {name: getattr(complaint, name) for name in ("line", "field", "code", "message", "details")}


_LISTED: Final = 12
_NONE_THERE: Final = {
    "household_then": "error.not_known_then", "concern": "error.nothing_open", "check": "error.no_check",
    "move": "error.no_move",
}  # fmt: skip
"""What is said where a question has nothing to be about, by what was looked for."""


def _sentence(texts: Texts, error: BaseException) -> str:
    say = texts.say
    match error:
        case Told(key="usage.no_such_command"):
            near = get_close_matches(error.fields["found"], error.fields["known"].split(", "), n=1)
            return say(error.key, **error.fields, near=say("usage.near", near=near[0]) if near else "")
        case Told():
            return say(error.key, **error.fields)
        case Refused():
            return told(texts, {"code": error.code, "details": error.details, "message": str(error)})
        case NotFound(known=()) if error.what in _NONE_THERE:
            return say(_NONE_THERE[error.what], name=error.name)
        case NotFound():
            what = texts.known(f"what.{error.what}", error.what)
            return say("error.not_found", what=what, name=error.name, known=_known(texts, error))
        case ConcurrentChange():
            return say("error.concurrent", household=error.household, expected=error.expected, found=error.found)
        case Corrupt():
            return say("error.corrupt", fact=error.fact, reason=error.spoken.get(texts.language, error.reason))
        case click.UsageError():
            return _usage(texts, error)
        case DatabaseProblem():
            return error.told(texts.language)
    raise error


def _known(texts: Texts, error: NotFound) -> str:
    """The names that would have been found: all of a few; of many the one that is meant, or the first."""
    say, names = texts.say, error.known
    if len(names) <= _LISTED:
        return say("error.known", names=say("word.and").join(names)) if names else ""
    near = get_close_matches(error.name, names, n=1)
    if near:
        return say("usage.near", near=near[0]).rstrip()
    return say("error.known_some", names=say("word.and").join(names[:_LISTED]), n=len(names) - _LISTED)


def _usage(texts: Texts, error: click.UsageError) -> str:
    """The program's own words for what click found wrong with a command line."""
    say = texts.say
    command = error.ctx.command_path if error.ctx else "headroom"
    match error:
        case click.NoSuchOption():
            return say("usage.no_such_option", found=error.option_name, command=command)
        case click.MissingParameter():
            return say("usage.missing", name=_name(error.param), command=command)
        case click.BadParameter():
            return say("usage.bad_value", name=_name(error.param), problem=error.message, command=command)
        case click.BadOptionUsage() if "does not take a value" in error.message:
            return say("usage.value_left_over", option=error.option_name)
        case click.BadOptionUsage():
            return say("usage.value_missing", option=error.option_name)
    return say("usage.not_understood", problem=error.message, command=command)


def _name(parameter: click.Parameter | None) -> str:
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return str(parameter.metavar or parameter.name).upper() if parameter else "?"
