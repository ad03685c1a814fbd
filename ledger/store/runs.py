"""Facts of a file in runs: those of one household that follow each other, and what is judged of all of them at once.

Most facts of a long file are judged by their time, their line and their key alone, and give no names: these are looked
at as columns. What each guard asks of a fact beyond that is told in ledger.record, what the register keeps of it in
ledger.register. Which facts they are is found where lines are read, by helpers, and judged where the book is known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec

from ledger.events import AnyFact, Fact
from ledger.payload import decode_all
from ledger.record import ON_LINE, Draft, asked
from ledger.register import NUMBERS, REVERSIBLE, TURNING, named
from ledger.store.personal import text_fields

Refers = tuple[str | None, str | None]
"""What the references of a fact and of its replacement say, as written."""


class Columns(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the facts of a run are judged by together.

    Shape: `kinds` has a number for each (ledger.register.NUMBERS); `lines` are those that they are about, each once;
    `on` has the place in `lines` of a draw's or repayment's, counting from 1, and 0 for any other fact; `instants`
    and `days` span the effective times; `special` are the places of facts of which a guard or the register asks more,
    or that hold personal texts.
    """

    kinds: bytes
    lines: list[str]
    on: list[int]
    instants: tuple[int, int] | None
    days: tuple[str, str] | None
    special: list[int]


class Run(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Facts of one household, in the order of the file and in their stored form, with the lines they stand at.

    Shape: without `columns` it is a single fact after which others are judged otherwise, or one that refers to
    another; a reference in it is 0 until it is resolved.
    """

    household: str
    numbers: list[int]
    keys: list[str | None]
    payloads: list[bytes]
    refers: Refers = (None, None)
    columns: Columns | None = None

    def facts(self, first: int = 0) -> list[AnyFact]:
        """The facts from a place on."""
        return decode_all(b"[" + b",".join(self.payloads[first:]) + b"]")

    def draft(self, fact: AnyFact) -> Draft:
        """The draft of a fact of it."""
        refers, inner = self.refers
        return Draft(fact=fact, refers=refers, inner_refers=inner)


def runs(
    household: str, numbers: Sequence[int], facts: Sequence[AnyFact], payloads: Sequence[bytes],
    refers: Mapping[int, Refers],
) -> Iterator[Run]:  # fmt: skip
    """The runs of a household's facts; `refers` tells what references say by the number of the line."""
    kinds, keys = list(map(type, facts)), [fact.key for fact in facts]
    alone: list[int] = []
    if refers or not TURNING.isdisjoint(kinds):
        places = enumerate(zip(kinds, numbers, strict=True))
        alone = [place for place, (kind, number) in places if kind in TURNING or number in refers]
    begin = 0
    for place in (*alone, len(facts)):
        if begin < place:
            cut = slice(begin, place)
            columns = _columns(kinds[cut], facts[cut])
            yield Run(household, list(numbers[cut]), keys[cut], list(payloads[cut]), columns=columns)
        if place < len(facts):
            told = refers.get(numbers[place], (None, None))
            yield Run(household, [numbers[place]], [keys[place]], [payloads[place]], told)
        begin = place + 1


def _columns(kinds: list[type[Fact]], facts: Sequence[Any]) -> Columns:
    met = set(kinds)
    lines: list[str] = []
    on = [0] * len(facts)
    if not ON_LINE.isdisjoint(met):
        of_each = [fact.line if kind in ON_LINE else "" for kind, fact in zip(kinds, facts, strict=True)]
        lines = [line for line in dict.fromkeys(of_each) if line]
        numbers = {line: number for number, line in enumerate(lines, start=1)}
        if REVERSIBLE.issuperset(met):
            on = [numbers[line] for line in of_each]
        else:
            on = [numbers[line] if kind in REVERSIBLE else 0 for kind, line in zip(kinds, of_each, strict=True)]
    whens = [fact.effective for fact in facts]
    instants = [when for when in whens if type(when) is int]
    days = [when for when in whens if type(when) is str] if len(instants) < len(whens) else ()
    return Columns(
        bytes(map(NUMBERS.__getitem__, kinds)),
        lines,
        on,
        (min(instants), max(instants)) if instants else None,
        (min(days), max(days)) if days else None,
        _special(kinds, facts),
    )


def _special(kinds: list[type[Fact]], facts: Sequence[Any]) -> list[int]:
    looks = {kind: _look(kind) for kind in set(kinds)}
    found: list[int] = []
    for place, (kind, fact) in enumerate(zip(kinds, facts, strict=True)):
        look, nothing = looks[kind]
        if look(fact) != nothing:
            found.append(place)
    return found


@cache
def _look(kind: type[Fact]) -> tuple[Callable[[Any], Any], Any]:
    """How to look at all fields of a kind of fact that may make it special, and what one sees where none does."""
    of_guard = asked(kind)
    if of_guard is None:
        return attrgetter("effective"), None
    names = sorted({*of_guard, *named(kind), *text_fields(kind)})
    return attrgetter(*names), (None,) * len(names)
