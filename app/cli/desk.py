"""The desk a command is served at: what was asked, in which language, and where the answer goes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from io import TextIOWrapper
from typing import Any, BinaryIO, TextIO, TypeAlias

import msgspec

from app import wiring
from app.cli.options import Options
from app.cli.paper import Paper
from app.cli.progress import Progress
from app.cli.texts import Texts
from app.settings import Settings
from app.wiring import OpenBook
from ledger.store.reader import Connection

Answer: TypeAlias = Any
"""An answer in the JSON shape of the contract: records, or plain dictionaries and lists of strings."""
View: TypeAlias = Callable[[Paper, Texts, Answer], None]


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Everything outside that a command may touch; a test gives its own.

    Units: `now` in microseconds since the epoch.
    """

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO
    environment: Mapping[str, str]
    now: Callable[[], int]
    columns: int = 80


class Desk:
    """One command's options, sentences and papers."""

    def __init__(self, *, options: Options, texts: Texts, world: World) -> None:
        self.options = options
        self.texts = texts
        self.world = world
        self.paper = _paper(world.stdout, world)
        self.notes = _paper(world.stderr, world)

    def answer(self, answer: Answer, view: View) -> None:
        """Give the answer: as the contract's JSON to a program, on paper to a person."""
        if self.options.json:
            self.give(msgspec.json.format(msgspec.json.encode(answer), indent=2) + b"\n")
        else:
            view(self.paper, self.texts, msgspec.to_builtins(answer))

    def give(self, data: bytes) -> None:
        """Write what programs read: in UTF-8, whatever the locale writes to people."""
        stream = self.world.stdout
        if isinstance(stream, TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(encoding="utf-8", errors="replace")
        stream.write(data.decode())

    @property
    def settings(self) -> Settings:
        """Where the book is, as the environment and the command line say."""
        return wiring.settings(self.world.environment, database_url=self.options.database)

    def book(self) -> AbstractContextManager[OpenBook]:
        """The book, open until the command ends."""
        return wiring.open_book(self.settings, now=self.world.now)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads the book, for a command that does nothing else."""
        with self.book() as book, book.reading() as connection:
            yield connection

    def note(self, text: str) -> None:
        """Say something about the work itself, on standard error, unless quiet is wanted."""
        if not self.options.quiet:
            self.notes.paragraph(text)

    def progress(self, key: str) -> Progress:
        """Show how far long work is, where a terminal shows it."""
        seen = self.world.stderr.isatty() and not self.options.quiet and not self.options.json
        return Progress(self.world.stderr if seen else None, self.texts.say(key), texts=self.texts)


def _paper(stream: TextIO, world: World) -> Paper:
    seen = stream.isatty()
    coloured = seen and not world.environment.get("NO_COLOR") and world.environment.get("TERM") != "dumb"
    return Paper(stream, width=max(60, min(100, world.columns)) if seen else 80, colour=coloured)


def no_page(paper: Paper, texts: Texts, answer: Answer) -> None:
    """The page of an answer that is only ever given to programs."""
    del paper, texts, answer
