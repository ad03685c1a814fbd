"""Lines on a terminal: widths as the eye sees them, aligned tables, bars, and colour only where it is seen.

Written here because importing a rendering library costs more than the whole of `headroom position` may take.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal, TextIO, TypeAlias

import msgspec

Style: TypeAlias = Literal["plain", "bold", "dim", "red", "green", "yellow", "cyan"]
_CODES: Final[dict[Style, str]] = {
    "plain": "", "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"
}  # fmt: skip
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_WIDE: Final = frozenset("WF")
_NARROWEST: Final = 12
# No line begins with one of these when a sentence is folded.
_CLINGING: Final = frozenset("，。；：、）」』”！？,.;:)!?%·")
# No line ends with one of these.
_OPENING: Final = frozenset("（「『《“")
# A name in quotes stays whole, so that it can be copied.
_QUOTED: Final = re.compile(r'"[^"\s]+"')
# What would move the cursor, colour what follows or turn the direction of writing; ends of lines and tabs are let be.
_COMMANDS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Ink(msgspec.Struct, frozen=True):
    """A piece of text and the colour it is written in."""

    text: str
    style: Style = "plain"


Cell: TypeAlias = str | Ink


class Column(msgspec.Struct, frozen=True):
    """One column of a table. `fold` marks the one whose long texts are folded to fit the page."""

    title: str = ""
    right: bool = False
    fold: bool = False


def width_of(text: str) -> int:
    """The number of terminal cells a text takes: two for a Chinese character, none for a combining mark."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text filled with spaces to a width in cells; `right` puts the spaces before it."""
    gap = " " * max(0, width - width_of(text))
    return gap + text if right else text + gap


def fold(text: str, width: int, *, whole_words: bool = False) -> list[str]:
    """Break a text into lines of at most `width` cells: at spaces, or between Chinese characters.

    A longer word is broken too, unless `whole_words` lets it stand out, as a path must that is to be copied.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width_of(line) + width_of(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
        while width_of(line.rstrip()) > width and not whole_words:
            head = _head(line, width)
            lines.append(head.rstrip())
            line = line[len(head) :]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """What a text is broken between: words with the space after them, wide characters, each with its closing mark."""
    pieces: list[str] = []
    whole = True
    quoted = {place for found in _QUOTED.finditer(text) for place in range(found.start() + 1, found.end())}
    for place, character in enumerate(text):
        begins_word = text[place - 1 : place] == " " != text[place + 1 : place + 2]
        opened = text[place - 1 : place] in _OPENING
        clings = opened or place in quoted or (character in _CLINGING and not begins_word)
        if pieces and (clings or (not whole and _cells(character) != 2)):
            pieces[-1] += character
        else:
            pieces.append(character)
        whole = character == " " or _cells(character) == 2 or (whole and clings and not opened and place not in quoted)
    return pieces


def _head(text: str, width: int) -> str:
    taken = 0
    for index, character in enumerate(text):
        taken += _cells(character)
        if taken > width:
            return text[: text.rfind("\N{NO-BREAK SPACE}", 0, index) + 1] or text[:index]
    return text


def bar(share: float, width: int) -> str:
    """A bar filled to a share of its width, full beyond 1.

    Units: `share` is for the eye only; no amount is computed from it.
    """
    filled = round(min(1.0, max(0.0, share)) * width * 8)
    whole, rest = divmod(filled, 8)
    body = "█" * whole + (_EIGHTHS[rest] if rest else "")
    return body + "░" * (width - len(body))


def span(start: float, end: float, width: int, *, ink: str = "█") -> str:
    """A block drawn from one share of the width to another; something is always seen.

    Units: shares of the width, for the eye only.
    """
    low, high = sorted((start, end))
    left = min(width - 1, round(low * width))
    length = max(1, round(high * width) - left)
    return " " * left + ink * length


class Paper:
    """Where an answer is written."""

    def __init__(self, stream: TextIO, *, width: int = 80, colour: bool = False) -> None:
        self.stream = stream
        self.width = width
        self.colour = colour

    def ink(self, text: str, style: Style) -> str:
        """The text in a colour, where colours are seen."""
        code = _CODES[style]
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code and text else text

    def line(self, *cells: Cell) -> None:
        """Write one line, as it is."""
        self.stream.write("".join(self._inked(cell) for cell in cells).rstrip(" ") + "\n")

    def heading(self, text: str, note: str = "") -> None:
        """Write the title of a part, after an empty line."""
        self.line()
        self.line(Ink(text, "bold"), Ink(f"  {note}" if note else "", "dim"))

    def paragraph(self, text: str, *, indent: int = 0, mark: str = "", style: Style = "plain") -> None:
        """Write a text folded to the page, indented; `mark` stands before its first line."""
        first = " " * indent + mark
        room = self.width - width_of(first)
        for number, part in enumerate(fold(text, room, whole_words=True)):
            self.line(first if number == 0 else " " * width_of(first), Ink(part, style))

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, indent: int = 2) -> None:
        """Write rows under their titles, aligned; titles are left out when there are none."""
        widths = self._widths(columns, rows, indent)
        if any(column.title for column in columns):
            self._row(columns, [Ink(column.title, "dim") for column in columns], widths, indent=indent)
        for row in rows:
            self._row(columns, row, widths, indent=indent)

    def _widths(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], indent: int) -> list[int]:
        widths = [
            max([width_of(column.title), *(width_of(_plain(row[index])) for row in rows)])
            for index, column in enumerate(columns)
        ]
        over = indent + sum(widths) + 2 * (len(widths) - 1) - self.width
        folding = [index for index, column in enumerate(columns) if column.fold]
        for index in sorted(folding, key=lambda index: -widths[index]):
            taken = max(0, min(over, widths[index] - _NARROWEST))
            widths[index] -= taken
            over -= taken
        return widths

    def _row(self, columns: Sequence[Column], row: Sequence[Cell], widths: Sequence[int], *, indent: int) -> None:
        folded = [
            fold(_plain(cell), width) if column.fold else [_plain(cell)]
            for column, cell, width in zip(columns, row, widths, strict=True)
        ]
        for depth in range(max(len(parts) for parts in folded)):
            cells: list[Cell] = [" " * indent]
            for index, parts in enumerate(folded):
                text = pad(parts[depth] if depth < len(parts) else "", widths[index], right=columns[index].right)
                cells.append(Ink(text, _style(row[index])))
                cells.append("  " if index + 1 < len(folded) else "")
            self._trimmed(cells)

    def _trimmed(self, cells: list[Cell]) -> None:
        """Write cells without the spaces that would end the line."""
        while cells and not _plain(cells[-1]).strip():
            cells.pop()
        if cells:
            last = cells[-1]
            cells[-1] = Ink(_plain(last).rstrip(), _style(last))
        self.line(*cells)

    def _inked(self, cell: Cell) -> str:
        return self.ink(_plain(cell), _style(cell))


def _plain(cell: Cell) -> str:
    """The text of a cell, without what a terminal would obey: much of it was written by others."""
    text = cell.text if isinstance(cell, Ink) else cell
    return text if text.isprintable() else _COMMANDS.sub("\N{REPLACEMENT CHARACTER}", text)


def _style(cell: Cell) -> Style:
    return cell.style if isinstance(cell, Ink) else "plain"
