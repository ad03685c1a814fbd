"""The program run inside the test: its own streams, environment and clock."""

import io
from collections.abc import Iterator
from typing import Any

import msgspec
from psycopg.conninfo import conninfo_to_dict

from app.cli.desk import World
from app.cli.main import run
from ledger.calendar import parse_when, zone

LEARNED = "2026-07-01T09:00:00+08:00"


class Said(msgspec.Struct, frozen=True):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON value it must be."""
        return msgspec.json.decode(self.out)


class Person:
    """Somebody at the keyboard, with a book of their own."""

    def __init__(self, **environment: str) -> None:
        self.environment = environment
        self._clock = _clock()

    def now(self) -> str:
        """What the clock says, in Chinese time."""
        return zone("Asia/Shanghai").text(next(self._clock))

    def waits_until(self, text: str) -> None:
        """Let the clock go on to a time."""
        self._clock = _clock(text)

    def types(self, *words: str, given: bytes = b"") -> Said:
        """Run one command line; `given` is what stands on standard input."""
        out, err = io.StringIO(), io.StringIO()
        world = World(
            stdin=io.BytesIO(given), stdout=out, stderr=err, environment=self.environment, now=lambda: next(self._clock)
        )
        return Said(run(words, world), out.getvalue(), err.getvalue())


def _clock(begins: str = LEARNED) -> Iterator[int]:
    """A clock that moves a second whenever it is looked at."""
    now = parse_when(begins)
    assert isinstance(now, int)
    while True:
        yield now
        now += 1_000_000


def address(conninfo: str) -> str:
    """A libpq connection string as the URL a person would write."""
    given = conninfo_to_dict(conninfo)
    return f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}&port={given['port']}"
