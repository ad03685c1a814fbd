"""Files that a command writes for a person."""

from pathlib import Path

from app.cli.options import Unusable


def write_whole(file: Path, data: bytes) -> None:
    """Write all of a file or nothing: another program may read it at any moment. Raises: Unusable."""
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(file)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise Unusable("file.unwritable", path=str(file), problem=problem.strerror or str(problem)) from problem
