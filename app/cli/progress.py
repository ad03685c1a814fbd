"""How far long work is, and about how long it will still take: one line of a terminal, taken away at the end."""

import time
from collections.abc import Callable
from typing import Final, TextIO

from app.cli.paper import bar
from app.cli.texts import Texts

_WIDTH: Final = 30
_MINUTES_FROM: Final = 90
"""Seconds from which on minutes are told."""


class Progress:
    """A line that tells done and total, and what is left by the pace so far; silent without a stream.

    Units: `clock` gives seconds.
    """

    def __init__(
        self, stream: TextIO | None, title: str, *, texts: Texts, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._title = title
        self._texts = texts
        self._clock = clock
        self._begun: tuple[float, int] | None = None
        self._shown = ""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Tell how much is done, of how much if that is known. Written only when the line would change."""
        if self._stream is None:
            return
        if total:
            share = f"{bar(done / total, _WIDTH)} {100 * done // total:3d}%"
            line = f"{self._title}  {share}  {self._left(done, total)}".rstrip()
        else:
            line = f"{self._title}  {done // 1000 * 1000:,}"
        if line != self._shown:
            self._shown = line
            self._stream.write(f"\r{line}\x1b[K")
            self._stream.flush()

    def _left(self, done: int, total: int) -> str:
        """About how long the rest takes if it goes on as since the first call; nothing where that tells nothing yet."""
        now = self._clock()
        begun_at, begun_with = self._begun = self._begun or (now, done)
        if done == begun_with or now - begun_at < 1 or done >= total:
            return ""
        seconds = (now - begun_at) * (total - done) / (done - begun_with)
        if seconds < _MINUTES_FROM:
            return self._texts.say("progress.seconds", n=max(1, round(seconds)))
        return self._texts.say("progress.minutes", n=f"{round(seconds / 60):,}")

    def adding(self) -> Callable[[int], None]:
        """A function that is told each piece as it is done, where the whole is not known."""
        done = 0

        def add(size: int) -> None:
            nonlocal done
            done += size
            self(done)

        return add

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None and self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
