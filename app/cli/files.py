"""Files that a command writes for a person."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from app.cli.options import Unusable


@contextmanager
def written_whole(file: Path) -> Iterator[BinaryIO]:
    """Write all of a file or nothing: another program may read it at any moment. Raises: Unusable."""
    beside = file.with_name(f".{file.name}.part")
    try:
        with beside.open("wb") as stream:
            yield stream
        beside.replace(file)
    except OSError as problem:
        raise Unusable("file.unwritable", path=str(file), problem=problem.strerror or str(problem)) from problem
    finally:
        with suppress(OSError):  # a name that is too long was never there
            beside.unlink(missing_ok=True)


def write_whole(file: Path, data: bytes) -> None:
    """The same for what is at hand already. Raises: Unusable."""
    with written_whole(file) as stream:
        stream.write(data)
