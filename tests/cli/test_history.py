"""Every field of a history has the value that its name says. Source: contract.md section 4, `history`."""

import json
from typing import Any

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


def test_a_correction_that_another_took_the_place_of_says_so(person: Person) -> None:
    """Two corrections of one draw: the first is replaced, until the second is voided."""
    again = {**FACTS[3], "fact": "h1:3"}
    given = "".join(json.dumps({**fact, "household": "h1"}) + "\n" for fact in (*FACTS[:3], again)).encode()
    assert person.types("record", "-", given=given).code == 0
    assert [one.get("replaced_by") for one in person.types("history", "h1", "--json").json["facts"]] == [
        None, None, None, "h1:5", None
    ]  # fmt: skip
    assert "replaced by h1:5" in " ".join(person.types("history", "h1", "--lang", "en").out.split())
    assert person.types("add", "Voided", "fact=5", "--household", "h1").code == 0
    told = person.types("history", "h1", "--json").json["facts"]
    assert [one["id"] for one in told if "replaced_by" in one] == []


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


BORROWED: list[Record] = [
    {"type": "LineOpened", "line": "a", "lender": "b", "product": "other", "daily_rate": "0.0005",
     "effective_at": "2026-01-01"},
    {"type": "DrawnDown", "line": "a", "amount": "1000", "effective_at": "2026-01-11"},
    {"type": "RepaymentPosted", "line": "a", "amount": "200", "effective_at": "2026-01-31"},
    {"type": "RepaymentPosted", "line": "a", "amount": "100", "payment": "p", "effective_at": "2026-01-31",
     "allocation": {"principal": "100"}},
    {"type": "RepaymentReversed", "line": "a", "payment": "p", "effective_at": "2026-02-01"},
]  # fmt: skip
RIGHTED = {"type": "RepaymentPosted", "line": "a", "effective_at": "2026-01-31"}


def told_of(person: Person, facts: list[Record]) -> dict[str, Any]:
    """What the history tells of how repayments were used, by the fact that it is told of."""
    given = "".join(json.dumps({**fact, "household": "h1"}) + "\n" for fact in facts).encode()
    assert person.types("record", "-", given=given).code == 0
    told = person.types("history", "h1", "--json").json["facts"]
    return {fact["id"]: fact["allocated"] for fact in told if "allocated" in fact}


def test_a_history_tells_how_each_repayment_was_used_and_whether_that_was_derived(person: Person) -> None:
    """20 days at 0.50 are owed when 200.00 is paid."""
    told = told_of(person, BORROWED)
    assert told["h1:4"] == {
        "derived": True, "fee": "0.00", "penalty": "0.00", "interest": "10.00", "principal": "190.00",
        "overpaid": "0.00", "credit_balance": "0.00", "bills": [], "reversed_by": None,
        "loans": [{"loan": "#3", "fee": "0.00", "penalty": "0.00", "interest": "10.00", "principal": "190.00"}],
    }  # fmt: skip
    assert [told["h1:5"][name] for name in ("derived", "principal", "reversed_by")] == [False, "100.00", "h1:6"]
    assert list(told) == ["h1:4", "h1:5"]


def test_the_use_of_a_corrected_repayment_is_told_of_what_corrects_it_last(person: Person) -> None:
    corrections: list[Record] = [
        {
            "type": "Corrected",
            "fact": "h1:4",
            "replacement": {**RIGHTED, "amount": "210"},
            "effective_at": "2026-02-01",
        },
        {
            "type": "Corrected",
            "fact": "h1:7",
            "replacement": {**RIGHTED, "amount": "220"},
            "effective_at": "2026-02-01",
        },
        {"type": "Voided", "fact": "h1:5", "effective_at": "2026-02-01"},
    ]
    told = told_of(person, BORROWED + corrections)
    assert {fact: one["principal"] for fact, one in told.items()} == {"h1:8": "210.00"}
    assert list(told_of(person, [{"type": "Voided", "fact": "h1:8", "effective_at": "2026-02-02"}])) == ["h1:7"]


def test_words_that_hold_commands_of_a_terminal_are_shown_without_them(person: Person) -> None:
    words = "text=\x1b]0;owned\x07red\x1b[31m"
    said = person.types("add", "LenderStated", "lender=b", words, "effective_at=2026-01-01", "--household", "h1")
    assert said.code == 0
    shown = person.types("history", "h1").out
    assert "owned" in shown
    assert not {"\x1b", "\x07"} & set(shown)


def test_a_page_of_a_history_has_notes_and_since_when_what_was_corrected_is_true(person: Person) -> None:
    moved = {**FACTS[2], "replacement": {**DRAW, "effective_at": "2026-01-08", "note": "boots"}}
    given = "".join(json.dumps({**fact, "household": "h1"}) + "\n" for fact in (*FACTS[:2], moved)).encode()
    assert person.types("record", "-", given=given).code == 0
    for language, told in (("en", ("note: shoes", "note: boots", "true since 2026-01-08")),
                           ("zh", ("备注：shoes", "备注：boots", "自 2026-01-08 起"))):  # fmt: skip
        page = " ".join(person.types("history", "h1", "--lang", language).out.split())
        assert [one for one in told if one not in page] == []
