"""Times on a command line: a date, an instant with an offset, or a time by the household's own clock."""

from collections.abc import Iterator

import pytest

from tests.cli.program import Person, address
from tests.postgres import Cluster

HERE, THERE = "h1", "h2"
"""Households in Shanghai and in Berlin."""
DRAWN = {HERE: "2026-03-29T01:30:00+08:00", THERE: "2026-03-29T01:30:00+01:00"}
KNOWN = ("--known-at", "2026-07-01T20:00:00+08:00")


@pytest.fixture(scope="module")
def book(cluster: Cluster) -> Iterator[str]:
    """A book of two households that drew at the same time of day, each by its own clock, and were cut in April."""
    with cluster.lent_database() as lent:
        found = address(lent.superuser)
        _fill(Person(HEADROOM_DATABASE_URL=found))
        yield found


def _fill(person: Person) -> None:
    for household, timezone in ((HERE, "Asia/Shanghai"), (THERE, "Europe/Berlin")):
        for words in (
            ("HouseholdOpened", f"timezone={timezone}", "effective_at=2026-01-01"),
            ("LineOpened", "line=jiebei", "lender=ant", "product=consumer_loan", "effective_at=2026-01-01"),
            ("LimitGranted", "line=jiebei", "limit=50000", "effective_at=2026-01-01"),
            ("DrawnDown", "line=jiebei", "amount=20000", f"effective_at={DRAWN[household]}"),
            ("LimitLowered", "line=jiebei", "limit=30000", "effective_at=2026-04-01"),
            ("EssentialsDeclared", "monthly=100", "effective_at=2026-01-01"),
            ("ReserveOpened", "account=bank", "kind=cash", "effective_at=2026-01-01"),
            ("ReserveObserved", "account=bank", "balance=30000", "effective_at=2026-01-01"),
        ):
            assert person.types("add", *words, "--household", household).code == 0


@pytest.fixture
def clocks(book: str) -> Person:
    """Somebody who asks it on 2 July."""
    person = Person(HEADROOM_DATABASE_URL=book)
    person.waits_until("2026-07-02T09:00:00+08:00")
    return person


def asked(person: Person, *words: str) -> dict[str, object]:
    """An answer for programs."""
    said = person.types(*words, "--json")
    assert (said.code, said.err) == (0, "")
    found: dict[str, object] = said.json
    return found


@pytest.mark.parametrize(
    ("household", "by_its_clock", "instant"),
    [
        (HERE, "2026-03-29T01:30", "2026-03-29T01:30:00+08:00"),
        (HERE, "2026-03-29 01:29", "2026-03-29T01:29:00+08:00"),
        (HERE, "2026-03-29 01:29:59.5", "2026-03-29T01:29:59.500000+08:00"),
        (THERE, "2026-03-29 01:30", "2026-03-29T01:30:00+01:00"),
        (THERE, "2026-06-11t21:40:07", "2026-06-11T21:40:07+02:00"),
        (THERE, "2026-03-29 02:30", "2026-03-29T03:30:00+02:00"),
        (THERE, "2025-10-26 02:30", "2025-10-26T02:30:00+02:00"),
    ],
)
def test_a_time_without_an_offset_is_one_of_the_households_own_clock(
    clocks: Person, household: str, by_its_clock: str, instant: str
) -> None:
    """A time that clocks skip is as far after the skip; of two that they show it is the first."""
    told = asked(clocks, "position", household, "--at", by_its_clock, *KNOWN)
    assert told == asked(clocks, "position", household, "--at", instant, *KNOWN)
    assert told["at"] == instant


COMMANDS = {
    "position": ("position", THERE, "--at", "{}", *KNOWN),
    "position known": ("position", THERE, "--at", "2026-06-01", "--known-at", "{}"),
    "changes": ("changes", THERE, "--known-at", "{}"),
    "explain": ("explain", THERE, "--line", "jiebei", "--since", "2026-03-29 01:30", "--until", "{}", *KNOWN),
    "explain since": ("explain", THERE, "--line", "jiebei", "--since", "{}", "--until", "2026-07-01", *KNOWN),
    "explain then": ("explain", THERE, "--line", "jiebei", "--change", f"{THERE}:5", "--then", "{}", *KNOWN),
    "check": ("check", THERE, "--at", "{}", *KNOWN),
    "check since": ("check", THERE, "--since", "{}", "--at", "2026-07-01", *KNOWN),
    "plan": ("plan", THERE, "--budget", "5000", "--at", "{}", *KNOWN),
    "what-if": ("what-if", THERE, "draw", "line=jiebei", "amount=100", "--at", "{}", *KNOWN),
    "calendar": ("calendar", THERE, "-", "--at", "{}", *KNOWN),
    "checks": ("checks", THERE, "--until", "{}"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_question_reads_it_so(clocks: Person, name: str) -> None:
    times = ("2026-07-01 14:00", "2026-07-01T14:00:00+02:00", "2026-07-01T20:00+08:00")
    answers = [asked(clocks, *(word.format(time) for word in COMMANDS[name])) for time in times]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    "time", ["yesterday", "2026-06-31", "2026-06-31 10:00", "2026-06-11 9:00", "2026-06-11 24:30", "0900-06-11 10:00",
             "9999-12-31T23:59:60", "2026-06-11 21:40 Uhr", "20:15"]
)  # fmt: skip
def test_what_is_no_time_is_refused_before_the_book_is_opened(time: str) -> None:
    nobody = Person(HEADROOM_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    said = nobody.types("position", HERE, "--at", time)
    assert said.code == 2
    assert "neither a date nor a time" in said.err


def test_a_household_that_is_not_there_has_no_clock(clocks: Person) -> None:
    said = clocks.types("position", "h3", "--at", "2026-03-29 01:30")
    assert said.code == 1
    assert "h3" in said.err


@pytest.mark.parametrize(("ahead", "told"), [("2026-07-02 10:00", False), ("2026-07-03 10:00", True)])
def test_a_time_that_lies_ahead_wherever_one_is_is_remarked(clocks: Person, ahead: str, told: bool) -> None:
    assert ("--known-at" in clocks.types("changes", HERE, "--known-at", ahead).err) is told
