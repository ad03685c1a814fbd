"""The door: reads the command line, runs one command, and turns what went wrong into a sentence and an exit code."""

import errno
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from app.cli.complaints import explain_error
from app.cli.desk import Desk, World
from app.cli.options import LANGUAGES, Language, Misused, Options, Unusable, speaks, split_options
from app.cli.program import program
from app.cli.texts import texts
from app.database.errors import BackupRefused, DatabaseUnreachable
from ledger.errors import ConcurrentChange, Corrupt, NotFound, Refused, Unreadable

DONE: Final = 0
REFUSED: Final = 1
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What writing an answer fails with where its file has no room for it."""
INTERRUPTED: Final = 130
"""What a shell expects of a program that Ctrl-C ended: 128 and the number of the signal."""
EXITS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (Refused, REFUSED),
    (NotFound, REFUSED),
    (Unreadable, REFUSED),
    (ConcurrentChange, REFUSED),
    (Unusable, REFUSED),
    (BackupRefused, REFUSED),
    (Misused, 2),
    (click.UsageError, 2),
    (DatabaseUnreachable, 3),
    (Corrupt, 4),
)
"""What each kind of error leaves behind. Source: contract.md section 3."""


def main() -> None:
    """Run the program on the process's own arguments, streams and clock."""
    _open_what_was_closed()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # both are TextIOWrappers at start-up
    world = World(
        stdin=sys.stdin.buffer,
        stdout=sys.stdout,
        stderr=sys.stderr,
        environment=os.environ,
        now=lambda: time.time_ns() // 1000,
        columns=shutil.get_terminal_size().columns,
    )
    try:
        code = run(sys.argv[1:], world)
        sys.stdout.flush()
    except BrokenPipeError:
        code = DONE
        _write_nowhere()
    except OSError as problem:
        if problem.errno not in NO_ROOM:
            raise
        say = texts(_hinted(sys.argv[1:], world)).say
        world.stderr.write(f"{say('error.mark')} {say('error.no_room', problem=problem.strerror)}\n")
        code = REFUSED
        _write_nowhere()
    sys.exit(code)


def _write_nowhere() -> None:
    """Let what is left of the answer go nowhere: whoever should have it cannot take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_what_was_closed() -> None:
    """Let nothing be read from, or written to, standard streams that whoever started the program had closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # open until the end


def run(arguments: Sequence[str], world: World) -> int:
    """Run one command line and give its exit code; every expected error is told on standard error.

    Click's own `main` is left out: it would turn Ctrl-C and a closed pipe into errors of its own.
    Raises: BrokenPipeError when nobody reads the answer any more, OSError where there is no room for it.
    """
    desk = Desk(options=Options(), texts=texts(_hinted(arguments, world)), world=world)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # held back while the program was loaded
        options, rest = split_options(arguments, world.environment)
        desk = Desk(options=options, texts=texts(options.language), world=world)
        with program.make_context("headroom", rest or ["--help"], obj=desk) as context:
            code = program.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except KeyboardInterrupt:
        desk.note(desk.texts.say("error.interrupted"))
        return INTERRUPTED
    except tuple(kind for kind, _ in EXITS) as error:
        explain_error(desk.notes, desk.texts, error)
        return next(code for kind, code in EXITS if isinstance(error, kind))
    return code if isinstance(code, int) else DONE


def _hinted(arguments: Sequence[str], world: World) -> Language:
    """The language in which to say that the options themselves are wrong."""
    words = " ".join(arguments)
    asked = next(
        (language for language in LANGUAGES if f"--lang {language}" in words or f"--lang={language}" in words), None
    )
    return asked or speaks(world.environment)
