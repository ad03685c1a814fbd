"""What holds whenever facts are taken in: twice is once, and in how many commands they come does not matter.

Source: contract.md section 1 (`key`), domain.md section 1.
"""

from collections.abc import Iterator, Sequence

from hypothesis import given as over
from hypothesis import strategies as st

from ledger.history import Line, Reader
from ledger.payload import encode
from ledger.record import Draft
from ledger.register import Register
from ledger.store.intake import Intake, Memory
from ledger.store.journal import Head
from ledger.writing import Writer
from tests.build import Record
from tests.properties.histories import histories
from tests.spec import HOUSEHOLD, ZONE, given

NOW = ZONE.at("2026-04-01")


def drafts(facts: Sequence[Record]) -> list[Draft]:
    """The facts as a history file gives them, each under a key of its own."""
    reader = Reader(household=HOUSEHOLD)
    read = [reader.record(number, {"key": f"k{number}", **fact}) for number, fact in enumerate(facts, start=1)]
    return [one.draft for one in read if isinstance(one, Line)]


def intake() -> Intake:
    """An empty household, in memory."""
    return Intake(HOUSEHOLD, Memory(Register(), Head()), salts=lambda: b"", recall=lambda _household, _versions: {})


def stored(taken: Intake) -> list[tuple[int, bytes]]:
    return [(entry.version, entry.payload) for entry in taken.extension.entries]


@over(histories())
def test_a_history_fed_twice_is_the_history_fed_once(facts: list[Record]) -> None:
    taken = intake()
    first = taken.take(drafts(facts), now=NOW)
    once = stored(taken)
    second = taken.take(drafts(facts), now=NOW)
    assert (first.duplicates, second.duplicates) == (0, len(facts))
    assert second.versions == first.versions
    assert stored(taken) == once


@over(histories(), st.integers(1, 5))
def test_the_size_of_commands_does_not_matter(facts: list[Record], size: int) -> None:
    whole, in_parts = intake(), intake()
    whole.take(drafts(facts), now=NOW)
    for part in _batches(drafts(facts), size):
        in_parts.take(part, now=NOW)
    assert stored(in_parts) == stored(whole)


def _batches(of: list[Draft], size: int) -> Iterator[list[Draft]]:
    for start in range(0, len(of), size):
        yield of[start : start + size]


@over(histories())
def test_what_is_written_down_is_read_back_the_same(facts: list[Record]) -> None:
    writer = Writer(HOUSEHOLD, zone=ZONE, currency="CNY")
    plain = [one.fact for one in given(*facts).recorded]
    written = b"".join(writer.line(fact) for fact in plain)
    read = [one.fact for one in given(written.decode()).recorded]
    assert [encode(fact) for fact in read] == [encode(fact) for fact in plain]
