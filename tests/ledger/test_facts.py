"""Facts are stored under explicit names and versions, load for ever, and are written as the contract says."""

from pathlib import Path

import msgspec
import pytest

from ledger import events
from ledger.calendar import zone
from ledger.events import FACT_TYPES, AnyFact, Fact, type_name
from ledger.history import Line, Reader
from ledger.payload import decode, encode
from ledger.register import without_texts
from ledger.writing import Writer
from tests.ledger.examples import EXAMPLES

STORED = Path(__file__).parents[1] / "golden" / "facts"
_IDS = [type_name(fact) for fact in EXAMPLES]


def test_every_kind_of_fact_has_an_example_and_an_explicit_version() -> None:
    assert list(FACT_TYPES) == _IDS
    assert all(str(kind.__struct_config__.tag).endswith(".1") for kind in FACT_TYPES.values())


@pytest.mark.parametrize("fact", EXAMPLES, ids=_IDS)
def test_a_book_written_today_loads_for_ever(fact: AnyFact, request: pytest.FixtureRequest) -> None:
    file = STORED / f"{fact.__struct_config__.tag}.json"
    if request.config.getoption("--update-golden"):
        file.write_bytes(encode(fact) + b"\n")
    assert decode(file.read_bytes()) == fact


@pytest.mark.parametrize("fact", EXAMPLES, ids=_IDS)
def test_what_is_stored_today_is_what_was_stored_when_the_version_was_made(fact: AnyFact) -> None:
    file = STORED / f"{fact.__struct_config__.tag}.json"
    assert encode(fact) + b"\n" == file.read_bytes()


def test_no_stored_file_is_left_without_its_fact() -> None:
    assert {file.stem for file in STORED.iterdir()} == {str(fact.__struct_config__.tag) for fact in EXAMPLES}


@pytest.mark.parametrize("fact", EXAMPLES, ids=_IDS)
def test_a_written_fact_reads_back_as_the_same_fact(fact: AnyFact) -> None:
    writer = Writer("h1", zone=zone("Asia/Shanghai"), currency="CNY")
    (line,) = Reader().lines([writer.line(fact)])
    assert isinstance(line, Line), line
    assert line.household == "h1"
    assert _with_references(line) == fact


@pytest.mark.parametrize("kind", FACT_TYPES.values(), ids=FACT_TYPES)
def test_a_fact_that_is_in_every_list_of_the_program_is_also_folded(kind: type[Fact]) -> None:
    from ledger import book

    about_facts = (events.Corrected, events.Voided)
    assert kind in about_facts or kind in book._ON_LINE or kind in book._ON_HOUSEHOLD


def _with_references(line: Line) -> AnyFact:
    """The fact with the reference it was written with, as admission would resolve it."""
    fact = line.draft.fact
    if line.draft.refers is not None:
        version = int(line.draft.refers.partition(":")[2])
        fact = msgspec.structs.replace(fact, fact=version)
    return fact


@pytest.mark.parametrize(
    "written_out",
    [
        b'"penalty_multiplier":1500000000000',
        b'"source":"user"',
        b'"restoration":"on_post"',
        b'"allocation_order":["fee","penalty_on_principal","penalty_on_interest","overdue_interest","current_interest",'
        b'"overdue_principal","current_principal"]',
    ],
)
def test_a_stored_fact_in_which_a_default_is_written_out_has_the_same_content(written_out: bytes) -> None:
    stored = b'{"t":"LineOpened.1","lender":"x","product":"card","at":1,"line":"a","key":"k"%b}'
    inside = b'{"t":"Corrected.1","fact":2,"replacement":%b,"at":1}'
    plain, other = stored % b"", stored % (b"," + written_out)
    assert without_texts(decode(other)) == without_texts(decode(plain))
    assert without_texts(decode(inside % other)) == without_texts(decode(inside % plain))
    assert without_texts(decode(other.replace(b'"x"', b'"y"'))) != without_texts(decode(plain))
