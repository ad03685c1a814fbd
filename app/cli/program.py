"""The program's commands: each in its own module, imported only when it is run; help written by ourselves.

A command's sentences stand in the texts as `command.<name>.summary`, `command.<name>.help` and
`option.<name>`, so that help is in the language of the person who asks.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import click

from app.cli.desk import Desk
from app.cli.options import Misused
from app.cli.paper import Column, Ink

COMMANDS: Final = (
    "demo", "record", "add", "import", "households", "position", "changes", "explain", "history", "export",
    "verify", "backup", "restore", "doctor", "database",
)  # fmt: skip
_GLOBAL: Final = (
    ("--lang en|zh", "lang"), ("--json", "json"), ("--quiet", "quiet"), ("--database URL", "database"),
    ("--help", "help"),
)  # fmt: skip


class Command(click.Command):
    """A command whose help is written from the texts."""

    def get_help(self, ctx: click.Context) -> str:
        """Write the help where answers go, and hand back nothing more to print."""
        desk: Desk = ctx.obj
        say, paper = desk.texts.say, desk.paper
        name = ctx.command_path.removeprefix("headroom ").replace(" ", "_")
        paper.line(Ink(say("help.usage"), "bold"), f"headroom {' '.join([name.replace('_', ' '), *_usage(self)])}")
        paper.line()
        paper.paragraph(say(f"command.{name}.help"), indent=2)
        rows = [[_signature(option), say(_option_key(desk, name, option))] for option in _options(self)]
        if rows:
            paper.heading(say("help.options"))
            paper.table([Column(), Column(fold=True)], rows)
        paper.line()
        paper.paragraph(say("help.see_global"), style="dim")
        return ""


class Program(click.Group):
    """The group of all commands; knows their names without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"app.cli.commands.{cmd_name}_").run
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise Misused("usage.no_such_command", found=args[0], known=", ".join(COMMANDS))
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        desk: Desk = ctx.obj
        say, paper = desk.texts.say, desk.paper
        paper.line(Ink(say("help.usage"), "bold"), say("help.program"))
        paper.line()
        paper.paragraph(say("help.about"), indent=2)
        paper.heading(say("help.commands"))
        paper.table([Column(), Column(fold=True)], [[name, say(f"command.{name}.summary")] for name in COMMANDS])
        paper.heading(say("help.global_options"))
        paper.table([Column(), Column(fold=True)], [[shown, say(f"global.{key}")] for shown, key in _GLOBAL])
        paper.heading(say("help.exit_codes"))
        paper.table([Column(), Column(fold=True)], [[code, say(f"exit.{code}")] for code in "01234"])
        return ""


program: Final = Program(name="headroom", add_help_option=True, no_args_is_help=False)


def command(name: str) -> Callable[[Callable[..., Any]], Command]:
    """Turn a function into the command of that name."""
    return click.command(name, cls=Command, add_help_option=True)


def _usage(command: click.Command) -> list[str]:
    parts = [f"[{say}]" if not needed else say for say, needed in map(_shown, _options(command))]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            shown = str(parameter.metavar or parameter.name or "").upper()
            parts.insert(0, shown) if parameter.nargs == 1 and parameter.required else parts.append(f"[{shown} ...]")
    return parts


def _shown(option: click.Option) -> tuple[str, bool]:
    return _signature(option), option.required


def _options(command: click.Command) -> list[click.Option]:
    return [option for option in command.params if isinstance(option, click.Option)]


def _signature(option: click.Option) -> str:
    return option.opts[0] if option.is_flag else f"{option.opts[0]} {option.metavar or str(option.name).upper()}"


def _option_key(desk: Desk, name: str, option: click.Option) -> str:
    own = f"command.{name}.option.{option.name}"
    return own if own in desk.texts else f"option.{option.name}"
