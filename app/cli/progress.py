"""How far long work is, on one line of a terminal that is taken away at the end."""

from collections.abc import Callable
from typing import Final, TextIO

from app.cli.paper import bar

_WIDTH: Final = 30


class Progress:
    """A line that tells done and total; silent without a stream."""

    def __init__(self, stream: TextIO | None, title: str) -> None:
        self._stream = stream
        self._title = title
        self._shown = ""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Tell how much is done, of how much if that is known. Written only when the line would change."""
        if self._stream is None:
            return
        if total:
            line = f"{self._title}  {bar(done / total, _WIDTH)} {100 * done // total:3d}%"
        else:
            line = f"{self._title}  {done // 1000 * 1000:,}"
        if line != self._shown:
            self._shown = line
            self._stream.write(f"\r{line}\x1b[K")
            self._stream.flush()

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
