"""What a person wrote on the command line, read as times, pairs and files."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

import click

from app.cli.desk import Desk
from app.cli.options import Misused, Unusable
from app.listing import timeline
from ledger.calendar import When, Zone, parse_when
from ledger.errors import Unreadable, complaint
from ledger.fields import NAME
from ledger.money import minor_units

_Command = TypeVar("_Command", bound=Callable[..., Any])
_PACKED: Final = (
    (b"PK\x03\x04", "zip"), (b"\x1f\x8b", "gzip"), (b"%PDF", "PDF"), (b"\xd0\xcf\x11\xe0", "xls"),
    (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"),
)  # fmt: skip
_FIRST_TO_BEGIN: Final = Zone("Etc/GMT-14")
"""Where a day begins before it does anywhere else: one that has not begun there lies ahead for every household."""
LARGEST_STATEMENT_BYTES: Final = 256 * 1024 * 1024


def times(desk: Desk, household: str) -> Callable[[str, str | None], When | None]:
    """What reads the times of a command line about a household; the book is opened only where its clock is needed."""
    clock = cache(lambda: _clock(desk, household))
    return lambda option, text: _time(option, text, clock)


def _clock(desk: Desk, household: str) -> Zone:
    with desk.reading() as connection:
        return timeline(connection, household).zone


def _time(option: str, text: str | None, clock: Callable[[], Zone]) -> When | None:
    """An instant, a bare date, or what a clock shows as an instant.

    Raises: Misused when it is none of these.
    """
    if text is None:
        return None
    with suppress(ValueError, OverflowError):
        return parse_when(text)
    try:
        _FIRST_TO_BEGIN.shown(text)
        return clock().shown(text)
    except (ValueError, OverflowError):
        raise Misused("usage.not_a_time", option=option, found=text) from None


def amount(option: str, text: str, currency: str) -> int:
    """An amount in minor units, zero or more.

    Raises: Misused when it is none.
    """
    try:
        read = minor_units(text, currency)
    except ValueError:
        raise Misused("usage.not_an_amount", option=option, found=text, currency=currency) from None
    if read < 0:
        raise Misused("usage.not_an_amount", option=option, found=text, currency=currency)
    return read


def count(option: str, text: str | None, *, usual: int, least: int, most: int) -> int:
    """A whole number inside its bounds; the usual one where none is given.

    Raises: Misused when it is none, or outside.
    """
    if text is None:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and least <= int(text) <= most):
        raise Misused("usage.not_a_count", option=option, found=text, least=str(least), most=str(most))
    return int(text)


def pairs(words: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE words as a mapping.

    Raises: Misused when one is written otherwise, or a name comes twice.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise Misused("usage.not_a_pair", found=word)
        if name in found:
            raise Misused("usage.twice", name=name)
        found[name] = value
    return found


def statement(path: str) -> bytes:
    """The bytes of a statement file.

    Raises: Unusable when there is no such file, it cannot be read, or no statement is that large.
    """
    file = existing(path)
    if file.stat().st_size > LARGEST_STATEMENT_BYTES:
        raise Unusable("file.too_large", path=path, limit=str(LARGEST_STATEMENT_BYTES >> 20))
    try:
        return file.read_bytes()
    except OSError as problem:
        raise unreadable(path, problem) from problem


def unreadable(path: str, problem: OSError) -> Unusable:
    """What to say of a file that cannot be read."""
    return Unusable("file.unreadable", path=path, problem=problem.strerror or str(problem))


def packing(stream: BinaryIO) -> str | None:
    """What a stream holds instead of plain text, as its first bytes tell; None for text."""
    if not stream.seekable():
        return None
    place = stream.tell()
    start = stream.read(4)
    stream.seek(place)
    return next((name for mark, name in _PACKED if start.startswith(mark)), None)


def existing(path: str) -> Path:
    """A file that is there.

    Raises: Unusable when it is not, or no file can have that name.
    """
    file = Path(path)
    try:
        found = file.exists()
    except OSError as problem:
        raise unreadable(path, problem) from problem
    if not found:
        raise Unusable("file.missing", path=path)
    if file.is_dir():
        raise Unusable("file.folder", path=path)
    return file


def household_name(household: str) -> None:
    """See that a household's id can be one before a book is begun under it.

    Raises: Unreadable when it cannot.
    """
    if NAME.fullmatch(household) is None:
        raise Unreadable((complaint("bad_name", line=0, field="household", found=household),))


def known_at_option(name: str = "--known-at") -> Callable[[_Command], _Command]:
    """`--known-at K`, for every question; it says so when K lies ahead, because the answer is that of now then."""
    return click.option(name, metavar="K", callback=_remark_what_lies_ahead)


def _remark_what_lies_ahead(context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    desk: Desk = context.obj
    known_at = _time(option.opts[0], text, lambda: _FIRST_TO_BEGIN)
    if known_at is not None and _FIRST_TO_BEGIN.at(known_at) > desk.world.now():
        desk.note(desk.texts.say("asking.ahead", option=option.opts[0], found=str(text)))
    return text
