"""Every field of a history has the value that its name says. Source: contract.md section 4, `history`."""

import json

from tests.build import Record
from tests.cli.program import Person

ZONED = "2026-01-10T09:00:00+08:00"
DRAW: Record = {"type": "DrawnDown", "line": "a", "amount": "300", "effective_at": ZONED}
FACTS: list[Record] = [
    {"type": "LineOpened", "line": "a", "lender": "b", "product": "card", "effective_at": "2026-01-01", "key": "o1"},
    {**DRAW, "note": "shoes", "source": {"kind": "statement", "document": "january.csv"}},
    {"type": "Corrected", "fact": "h1:3", "replacement": {**DRAW, "amount": "310"}, "effective_at": ZONED},
    {"type": "Corrected", "fact": "h1:4", "replacement": {**DRAW, "amount": "320"}, "effective_at": ZONED},
    {"type": "IncomeReceived", "amount": "5", "effective_at": "2026-01-11"},
    {"type": "Voided", "fact": "h1:6", "text": "twice", "effective_at": "2026-01-12"},
]


def test_a_history_tells_each_fact_as_it_was_recorded_and_what_became_of_it(person: Person) -> None:
    given = "".join(json.dumps({**fact, "household": "h1"}) + "\n" for fact in FACTS).encode()
    assert person.types("record", "-", given=given).code == 0
    told = person.types("history", "h1", "--json").json
    assert (told["household"], told["version"]) == ("h1", 7)
    recorded = {fact.pop("recorded_at") for fact in told["facts"]}
    assert all(len(at) == len("2026-07-01T09:00:00.000000+08:00") for at in recorded)
    plain: Record = {"key": None, "source": {"kind": "user"}, "voided_by": None, "corrected_by": None}
    draw = {**DRAW, "line": "a"}
    assert told["facts"] == [
        {**plain, "id": "h1:1", "type": "HouseholdOpened", "effective_at": "2026-01-01"},
        {**plain, **FACTS[0], "id": "h1:2"},
        {**plain, **FACTS[1], "id": "h1:3", "amount": "300.00", "corrected_by": "h1:4"},
        {**plain, **FACTS[2], "id": "h1:4", "replacement": {**draw, "amount": "310.00"}, "corrected_by": "h1:5"},
        {**plain, **FACTS[3], "id": "h1:5", "replacement": {**draw, "amount": "320.00"}},
        {**plain, **FACTS[4], "id": "h1:6", "amount": "5.00", "voided_by": "h1:7"},
        {**plain, **FACTS[5], "id": "h1:7"},
    ]  # fmt: skip
    of_line = person.types("history", "h1", "--line", "a", "--json").json
    assert [fact["id"] for fact in of_line["facts"]] == ["h1:2", "h1:3", "h1:4", "h1:5"]


def test_the_history_of_a_line_has_what_was_corrected_to_it_and_away_from_it(person: Person) -> None:
    facts: list[Record] = [
        {"type": "LineOpened", "line": "a", "lender": "b", "product": "card", "effective_at": "2026-01-01"},
        {"type": "LineOpened", "line": "c", "lender": "d", "product": "card", "effective_at": "2026-01-01"},
        {"type": "RepaymentPosted", "line": "a", "amount": "5", "payment": "p", "effective_at": ZONED},
        {"type": "RepaymentReversed", "line": "a", "payment": "p", "effective_at": "2026-01-11"},
        {
            "type": "Corrected",
            "fact": "h1:4",
            "replacement": {"type": "RepaymentPosted", "line": "c", "amount": "5", "effective_at": ZONED},
            "effective_at": ZONED,
        },
    ]
    given = "".join(json.dumps({**fact, "household": "h1"}) + "\n" for fact in facts).encode()
    assert person.types("record", "-", given=given).code == 0
    for line, expected in (("a", ["h1:2", "h1:4", "h1:5", "h1:6"]), ("c", ["h1:3", "h1:4", "h1:5", "h1:6"])):
        told = person.types("history", "h1", "--line", line, "--json").json
        assert [fact["id"] for fact in told["facts"]] == expected
