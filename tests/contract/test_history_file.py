"""The history file as contract.md sections 1 and 2 promise it, sentence by sentence, through the program's own door."""

import json
from collections.abc import Iterable
from typing import Any, Final

import pytest

from ledger.events import FACT_TYPES
from tests.cli import shapes
from tests.cli.program import Person
from tests.contract.facts import CHOICES, CODES, FACTS, SOURCES, Fields, fact, prelude

KINDS: Final = sorted(FACTS)


def recorded(person: Person, facts: Iterable[Fields]) -> Any:
    """What `record` tells of these facts, one a line."""
    said = person.types("record", "-", "--json", given=b"".join(json.dumps(one).encode() + b"\n" for one in facts))
    assert said.err == ""
    shapes.holds(said.out, shapes.Record)
    assert said.code == bool(said.json["complaints"])
    return said.json


def begun(household: str, one: Fields) -> list[Fields]:
    """A fact in a book in which it can be one."""
    return [one] if one["type"] == "HouseholdOpened" else [*prelude(household), one]


def test_there_are_the_facts_of_the_contract_and_no_others() -> None:
    assert set(FACT_TYPES) == set(FACTS)


def test_every_fact_needs_its_required_fields_only(person: Person) -> None:
    files = [begun(f"h{number}", fact(kind, household=f"h{number}")) for number, kind in enumerate(KINDS)]
    assert recorded(person, [one for file in files for one in file])["complaints"] == []


def test_every_optional_field_is_kept_under_its_name(person: Person) -> None:
    given: dict[str, Fields] = {}
    for kind in KINDS:
        for number, (name, value) in enumerate(FACTS[kind].optional.items()):
            given[f"{kind.lower()}-{number}"] = fact(kind, household=f"{kind.lower()}-{number}", **{name: value})
    assert recorded(person, [one for name, last in given.items() for one in begun(name, last)])["complaints"] == []
    for household, last in given.items():
        told = person.types("history", household, "--json").json["facts"][-1]
        for name in last.keys() - {"household", "fact"}:
            usual = FACTS[last["type"]].defaults.get(name)
            assert told.get(name, usual) == last[name], (household, name)


def test_each_required_field_that_is_left_out_is_complained_of_by_name(person: Person) -> None:
    facts, expected = prelude("h1"), set[tuple[int, str, str]]()
    for kind in KINDS:
        whole = fact(kind, household="h1")
        for name in whole:
            if (kind, name) in (("LimitObserved", "limit"), ("RepaymentReversed", "payment")):
                continue  # one of several suffices
            facts.append({field: value for field, value in whole.items() if field != name})
            expected.add((len(facts), name, "missing_field"))
    told = recorded(person, facts)
    assert {(one["line"], one["field"], one["code"]) for one in told["complaints"]} == expected
    assert (told["accepted"], told["rejected"]) == (0, len(expected))
    assert person.types("households", "--json").json == []


@pytest.mark.parametrize("together", [True, False])
def test_what_stands_as_the_default_is_the_same_content_as_nothing(person: Person, together: bool) -> None:
    once: list[Fields] = []
    again: list[Fields] = []
    for number, kind in enumerate(kind for kind in KINDS if FACTS[kind].defaults):
        for place, (name, value) in enumerate({**FACTS[kind].defaults, "source": {"kind": "user"}}.items()):
            for household, first, second in (
                (f"h{number}-{place}", {name: value}, {}),
                (f"i{number}-{place}", {}, {name: value}),
                (f"j{number}-{place}", {name: value}, {name: value}),
            ):
                once += begun(household, fact(kind, household=household, key="k", **first))
                again.append(fact(kind, household=household, key="k", **second))
    told = recorded(person, [*once, *again]) if together else (recorded(person, once), recorded(person, again))[1]
    assert (told["complaints"], told["duplicates"]) == ([], len(again))


STRANGERS: Final = ("colour", "at", "t", "version", "recorded_at", "id", "document", "voided_by", "allocated", "Type")
"""Words the program itself uses inside, or prints: none of them is a field of the file."""


def test_unknown_fields_are_refused_by_name_in_every_fact(person: Person) -> None:
    facts = prelude("h1")
    given = [(kind, stranger) for kind in KINDS for stranger in STRANGERS]
    told = recorded(person, [*facts, *(fact(kind, household="h1", **{stranger: "x"}) for kind, stranger in given)])
    assert [(one["line"], one["field"], one["code"]) for one in told["complaints"]] == [
        (number, stranger, "unknown_field") for number, (_, stranger) in enumerate(given, start=len(facts) + 1)
    ]


def test_every_word_of_a_choice_is_taken_and_no_other(person: Person) -> None:
    taken: list[Fields] = []
    for number, ((kind, name), words) in enumerate(CHOICES.items()):
        for word in words:
            household = f"h{number}-{word}"
            taken += begun(household, fact(kind, household=household, **{name: word}))
    taken += [fact("InquiryMade", household="s", source={"kind": word, "document": "d"}) for word in SOURCES]
    taken += [fact("LenderStated", household="s", reason_code=word) for word in CODES]
    assert recorded(person, taken)["complaints"] == []
    refused = [
        *prelude("h1"),
        *(fact(kind, household="h1", **{name: "sonstiges"}) for kind, name in CHOICES),
        fact("LenderStated", household="h1", reason_code="U10"),
        fact("LenderStated", household="h1", reason_code="R03"),
        fact("InquiryMade", household="h1", source={"kind": "gossip"}),
    ]
    told = recorded(person, refused)["complaints"]
    assert {one["code"] for one in told} == {"not_a_choice"}
    assert len(told) == len(refused) - len(prelude("h1"))


def test_amounts_and_rates_are_strings_and_no_number_is_taken_for_one(person: Person) -> None:
    facts, expected = prelude("h1"), set[tuple[int, str, str]]()
    for kind in KINDS:
        told = FACTS[kind].required | FACTS[kind].optional
        texts = {name: value for name, value in told.items() if isinstance(value, str) and "." in value}
        for name, value in texts.items():
            for number in (float(value), int(float(value))):
                facts.append(fact(kind, household="h1", **{name: number}))
                expected.add((len(facts), name, "wrong_type"))
    complaints = recorded(person, facts)["complaints"]
    assert {(one["line"], one["field"], one["code"]) for one in complaints} == expected


NAMES: Final = {"a": True, "0": True, "a" * 64: True, "a-b_c": True, "": False, "A": False, "-a": False, "_a": False,
                "a" * 65: False, "a b": False, "é": False, "a\n": False}  # fmt: skip


def test_ids_follow_the_pattern(person: Person) -> None:
    good = [name for name, right in NAMES.items() if right]
    assert recorded(person, [fact("LineOpened", household=name, line=name) for name in good])["accepted"] == len(good)
    bad = [name for name, right in NAMES.items() if not right]
    for field in ("household", "line", "lender"):
        told = recorded(person, [fact("LineOpened", **{"household": "h1", field: name}) for name in bad])
        assert [(one["line"], one["field"]) for one in told["complaints"]] == [
            (number, field) for number in range(1, len(bad) + 1)
        ]


def test_a_key_is_unique_in_its_household(person: Person) -> None:
    once = fact("IncomeReceived", household="h1", key="k")
    assert recorded(person, [once, once])["duplicates"] == 1
    other = recorded(person, [once | {"amount": "6.00"}])
    assert [(one["field"], one["code"]) for one in other["complaints"]] == [("key", "key_reused")]
    assert recorded(person, [once | {"household": "h2", "amount": "6.00"}])["accepted"] == 1
    assert person.types("history", "h1", "--json").json["version"] == 2


def test_the_opening_of_a_household_is_version_1_also_when_it_was_implied(person: Person) -> None:
    recorded(person, [fact("IncomeReceived", household="implied", effective_at="2026-01-05T23:30:00Z")])
    recorded(person, [fact("HouseholdOpened", household="said"), fact("IncomeReceived", household="said")])
    for household in ("implied", "said"):
        told = person.types("history", household, "--json").json["facts"]
        assert [(one["id"], one["type"]) for one in told] == [
            (f"{household}:1", "HouseholdOpened"),
            (f"{household}:2", "IncomeReceived"),
        ]
    assert person.types("history", "implied", "--json").json["facts"][1]["effective_at"] == "2026-01-06T07:30:00+08:00"


def test_a_household_keeps_its_own_zone_and_currency(person: Person) -> None:
    opened = fact("HouseholdOpened", household="ny", timezone="America/New_York", currency="JPY")
    line = fact("LineOpened", household="ny", currency=None)
    recorded(person, [opened, line, fact("LimitGranted", household="ny", line="b", limit="500")])
    told = person.types("position", "ny", "--at", "2026-01-10", "--json").json
    assert (told["currency"], told["lines"][0]["limit"]) == ("JPY", "500")
    assert told["at"] == "2026-01-10T23:59:59.999999-05:00"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n", b" \t\r\n"])
def test_line_ends_and_a_byte_order_mark_change_nothing(person: Person, mark: bytes, end: bytes) -> None:
    lines = [json.dumps(one).encode() for one in prelude("h1")]
    said = person.types("record", "-", "--json", given=mark + end.join(lines))
    assert (said.code, said.json["accepted"]) == (0, len(lines))


def test_a_hundred_households_in_one_file_are_told_apart(person: Person) -> None:
    names = [f"h{number}" for number in range(100)]
    facts = [fact("LineOpened", household=name, line="a") for name in names]
    facts += [
        fact("DrawnDown", household=name, amount=f"{place}.{number:02}", key=str(place))
        for place in range(1, 6)
        for number, name in enumerate(names)
    ]
    assert recorded(person, facts)["accepted"] == 600
    assert recorded(person, facts[100:])["duplicates"] == 500
    for number in (0, 42, 99):
        told = person.types("position", f"h{number}", "--json").json
        assert told["debt"]["principal"] == f"{15 + number * 5 // 100}.{number * 5 % 100:02}"
    assert [one["household"] for one in person.types("households", "--json").json] == sorted(names)


def test_one_bad_line_keeps_out_the_whole_file_with_every_complaint(person: Person) -> None:
    facts = [*prelude("h1"), fact("LimitGranted", household="h1", line="nowhere"), fact("InquiryMade", household="h2")]
    facts.append(fact("LimitGranted", household="h1", limit="-1", colour="red"))
    told = recorded(person, facts)
    assert [(one["line"], one["field"], one["code"]) for one in told["complaints"]] == [
        (6, "line", "unknown_line"),
        (8, "limit", "negative"),
        (8, "colour", "unknown_field"),
    ]
    assert (told["accepted"], told["duplicates"], told["rejected"]) == (0, 0, 2)
    assert person.types("households", "--json").json == []
