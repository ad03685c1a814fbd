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
from app.cli.paper import Column

COMMANDS: Final = (
    "demo", "record", "add", "import", "households", "position", "changes", "explain", "check", "plan", "what-if",
    "calendar", "checks", "schedule", "notices", "acknowledge", "notify", "channel", "outbox", "serve", "history",
    "export", "feed", "reporting", "verify", "erase", "backup", "restore", "rebuild", "doctor", "database",
)  # fmt: skip
_GLOBAL: Final = (
    ("--lang en|zh", "lang"), ("--json", "json"), ("--quiet", "quiet"), ("--database URL", "database"),
    ("--help", "help"),
)  # fmt: skip


class Command(click.Command):
    """A command whose help is written from the texts."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises: Misused by words that are no text, or that were left over."""
        for parameter in self.params:
            if "FILE" not in str(parameter.metavar) and not _is_text(ctx.params.get(str(parameter.name))):
                raise Misused("usage.not_text", name=_called(parameter))
        if ctx.args:
            raise Misused("usage.too_many", found=" ".join(ctx.args), command=ctx.command_path)
        return super().invoke(ctx)

    def write_help(self, desk: Desk) -> None:
        """Write what the command does and which options it takes."""
        say, paper, name = desk.texts.say, desk.paper, str(self.name)
        usage = " ".join(["headroom", name, *_usage(self)])
        paper.paragraph(usage, mark=say("help.usage"))
        paper.line()
        paper.paragraph(say(f"command.{name}.help"), indent=2)
        rows = [[_signature(option), say(_option_key(desk, name, option))] for option in _options(self)]
        if rows:
            paper.heading(say("help.options"))
            paper.table([Column(), Column(fold=True)], rows)
        paper.line()
        paper.paragraph(say("help.see_global"), style="dim")


class Program(click.Group):
    """The group of all commands; knows their names without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"app.cli.commands.{cmd_name.replace('-', '_')}_").run
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise Misused("usage.no_such_command", found=args[0], known=", ".join(COMMANDS))
        return super().resolve_command(ctx, args)

    def write_help(self, desk: Desk) -> None:
        """Write the commands, the options all of them take, and the exit codes."""
        say, paper = desk.texts.say, desk.paper
        paper.line(say("help.usage"), say("help.program"))
        paper.line()
        paper.paragraph(say("help.about"), indent=2)
        paper.heading(say("help.commands"))
        paper.table([Column(), Column(fold=True)], [[name, say(f"command.{name}.summary")] for name in COMMANDS])
        paper.heading(say("help.global_options"))
        paper.table([Column(), Column(fold=True)], [[shown, say(f"global.{key}")] for shown, key in _GLOBAL])
        paper.heading(say("help.exit_codes"))
        paper.table([Column(), Column(fold=True)], [[code, say(f"exit.{code}")] for code in "01234"])


def _help(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001  # the shape click calls
    if asked and isinstance(context.command, Command | Program):
        context.command.write_help(context.obj)
        context.exit()


_HELP: Final = click.Option(["--help"], is_flag=True, is_eager=True, expose_value=False, callback=_help)
program: Final = Program(name="headroom", add_help_option=False, no_args_is_help=False, params=[_HELP])


def command(name: str) -> Callable[[Callable[..., Any]], Command]:
    """Turn a function into the command of that name."""

    def made(function: Callable[..., Any]) -> Command:
        leftover = {"allow_extra_args": True}
        found = click.command(name, cls=Command, add_help_option=False, context_settings=leftover)(function)
        found.params.append(_HELP)
        return found

    return made


def _is_text(value: Any) -> bool:
    """Whether what was typed is text: bytes that are not UTF-8 reach a program as halves of surrogate pairs."""
    words = value if isinstance(value, tuple) else (value,)
    return all(word.isascii() or _encodes(word) for word in words if isinstance(word, str))


def _encodes(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _called(parameter: click.Parameter) -> str:
    return parameter.opts[0] if isinstance(parameter, click.Option) else str(parameter.metavar or parameter.name)


def _usage(command: click.Command) -> list[str]:
    """The words of a command line: what must be named, then the options, then what may be repeated."""
    arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    shown = [(str(argument.metavar or argument.name), argument.nargs) for argument in arguments]
    options = [said if needed else f"[{said}]" for said, needed in map(_shown, _options(command))]
    return [
        *(name for name, count in shown if count == 1),
        *options,
        *(f"[{name} ...]" for name, count in shown if count != 1),
    ]


def _shown(option: click.Option) -> tuple[str, bool]:
    return _signature(option), option.required


def _options(command: click.Command) -> list[click.Option]:
    return [option for option in command.params if isinstance(option, click.Option) and option is not _HELP]


def _signature(option: click.Option) -> str:
    return option.opts[0] if option.is_flag else f"{option.opts[0]} {option.metavar or str(option.name).upper()}"


def _option_key(desk: Desk, name: str, option: click.Option) -> str:
    own = f"command.{name}.option.{option.name}"
    return own if own in desk.texts else f"option.{option.name}"
