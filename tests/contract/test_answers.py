"""The answers of contract.md section 4 over a book of several households: shapes, sums, ids, times and languages."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import pytest

from app.cli.commands.demo_ import FAMILY
from app.cli.options import LANGUAGES
from tests.cli import shapes
from tests.cli.program import Person, address
from tests.cli.test_check import Check
from tests.contract.facts import FACTS, Fields, fact, prelude
from tests.postgres import Cluster

WORDS: Final = frozenset({"text", "letter", "title", "remedy", "known_at"})
"""What may differ between two askings: sentences, which are in the language asked for, and the time of asking."""
AT: Final = ("--at", "2026-06-30")
EVERYTHING: Final = [
    *prelude("every"),
    *(fact(kind, household="every", **FACTS[kind].optional) for kind in FACTS if kind not in ("Corrected", "Voided")),
    fact("Corrected", household="every"),
    fact("Voided", household="every"),
]
STORY: Final[list[Fields]] = [
    {"type": "LineOpened", "line": "a", "lender": "x", "product": "card", "effective_at": "2026-01-01"},
    {"type": "LimitGranted", "line": "a", "limit": "1000", "effective_at": "2026-01-01"},
    {"type": "TemporaryLimitGranted", "line": "a", "amount": "50", "until": "2026-02-01", "effective_at": "2026-01-02"},
    {"type": "LimitObserved", "line": "a", "limit": "1050", "effective_at": "2026-01-05T09:00:00+08:00"},
    {"type": "DrawnDown", "line": "a", "amount": "900", "effective_at": "2026-01-06"},
    {"type": "LimitObserved", "line": "a", "limit": "400", "effective_at": "2026-03-01T09:00:00+08:00"},
    {"type": "LineFrozen", "line": "a", "effective_at": "2026-03-05"},
    {"type": "LimitObserved", "line": "a", "limit": "300", "source": {"kind": "bank"}, "effective_at": "2026-03-06"},
    {"type": "LimitObserved", "line": "a", "limit": "350", "source": {"kind": "lender"}, "effective_at": "2026-03-06"},
    {"type": "RepaymentPosted", "line": "a", "amount": "1000", "effective_at": "2026-03-07"},
]
"""A limit that fell unseen, an expired temporary one, a freeze, two sources that disagree, more paid than owed."""
HOUSEHOLDS: Final = ("lin", "every", "story", "nothing")


@pytest.fixture(scope="module")
def town(cluster: Cluster) -> Iterator[Person]:
    """Somebody whose book holds several households; the tests of this module only read it."""
    name, fresh = cluster.new_database()
    person = Person(HEADROOM_DATABASE_URL=address(fresh.superuser))
    assert person.types("record", str(FAMILY)).code == 0
    story = [one | {"household": "story"} for one in STORY]
    for facts in (EVERYTHING, story, [fact("HouseholdOpened", household="nothing")]):
        given = b"".join(json.dumps(one).encode() + b"\n" for one in facts)
        said = person.types("record", "-", "--json", given=given)
        assert said.code == 0, said.out
    yield person
    cluster.drop(name)


def told(person: Person, *words: str, shape: object) -> Any:
    """An answer of that shape, one JSON value and nothing else, the same in both languages but for its sentences."""
    said = [person.types(*words, "--json", "--lang", language) for language in LANGUAGES]
    for one in said:
        assert (one.code, one.err) == (0, "")
        shapes.holds(one.out, shape)
    first, second = (_wordless(one.json) for one in said)
    assert first == second
    return said[0].json


def _wordless(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: _wordless(value) for name, value in answer.items() if name not in WORDS}
    return [_wordless(one) for one in answer] if isinstance(answer, list) else answer


def ids(person: Person, household: str) -> set[str]:
    """The ids of a household's facts."""
    return {one["id"] for one in person.types("history", household, "--json").json["facts"]}


def cited(answer: Any) -> set[str]:
    """Every fact that an answer names as evidence."""
    if isinstance(answer, list):
        return {one for each in answer for one in cited(each)}
    if not isinstance(answer, dict):
        return set()
    named = {answer[name] for name in ("fact", "without") if isinstance(answer.get(name), str)}
    listed = {one for one in answer.get("facts", []) if isinstance(one, str)}
    return named | listed | {one for value in answer.values() for one in cited(value)}


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_a_position_has_its_shape_and_its_identities(town: Person, household: str) -> None:
    answer = told(town, "position", household, *AT, shape=shapes.Position)
    assert (answer["household"], answer["currency"]) == (household, "CNY")
    assert answer["at"].startswith("2026-06-30T23:59:59.999999+")
    for line in answer["lines"]:
        number = {name: Decimal(value) for name, value in line.items() if shapes.is_money(value)}
        assert number["headroom"] == number["limit"] - number["drawn"] - number["held"] - number["shared_used"]
        assert number["headroom"] == number["available"] + number["blocked"] - number["over_limit"]
        assert number["available"] * number["over_limit"] == 0
        assert (line["utilisation"] is None) == (number["limit"] == 0)
    assert cited(answer) <= ids(town, household)


def test_what_the_books_cannot_explain_is_told_by_name(town: Person) -> None:
    answer = told(town, "position", "story", *AT, shape=shapes.Position)
    assert [(one["line"], one["quantity"]) for one in answer["open_conflicts"]] == [("a", "limit")]
    values = {(one["value"], one["source"]) for one in answer["open_conflicts"][0]["values"]}
    assert values == {("300.00", "bank"), ("350.00", "lender")}
    assert [(one["kind"], one["amount"]) for one in answer["residuals"]] == [("overpaid", "100.00")]


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_a_change_is_dated_or_an_interval(town: Person, household: str) -> None:
    changes = told(town, "changes", household, shape=list[shapes.Change])
    for one in changes:
        assert (one["since"] == one["until"]) == (one["kind"] != "inferred")
    assert cited(changes) <= ids(town, household)


def test_the_changes_of_a_line_are_all_told_in_the_order_of_time(town: Person) -> None:
    changes = told(town, "changes", "story", "--line", "a", shape=list[shapes.Change])
    kinds = [one["kind"] for one in changes]
    assert kinds == ["granted", "temporary_granted", "temporary_expired", "inferred", "frozen"]
    inferred = changes[3]
    assert (inferred["from"], inferred["to"]) == ("1000.00", "400.00")
    assert inferred["until"] == "2026-03-01T09:00:00+08:00"


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_every_bridge_closes_and_every_change_can_be_explained(town: Person, household: str) -> None:
    known = ids(town, household)
    lines = [one["line"] for one in town.types("position", household, *AT, "--json").json["lines"]]
    windows = [(line, ("--since", "2026-01-01", "--until", "2026-06-30")) for line in lines]
    changes = town.types("changes", household, "--json").json
    for line, window in [*windows, *((one["line"], ("--change", one["id"])) for one in changes)]:
        answer = told(town, "explain", household, "--line", line, *window, shape=shapes.Explain)
        bridge = answer["bridge"]
        steps = [(one["kind"], Decimal(one["amount"])) for one in bridge["steps"]]
        opening, closing = (
            {name: Decimal(value) for name, value in bridge[end].items()} for end in ("opening", "closing")
        )
        assert opening["headroom"] + sum(amount for _, amount in steps) == closing["headroom"]
        reconciled = sum(Decimal(one["amount"]) for one in bridge["reconciling"])
        moved = closing["headroom"] - opening["headroom"]
        assert closing["available"] - opening["available"] == moved + reconciled
        open_steps = ("inferred_limit", "inferred_hold", "unexplained")
        assert Decimal(bridge["residual"]) == sum(amount for kind, amount in steps if kind in open_steps)
        assert len(answer["causes"]) <= 4
        assert cited(answer) <= known


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_a_check_has_its_shape(town: Person, household: str) -> None:
    answer = told(town, "check", household, *AT, shape=Check)
    assert cited(answer) <= ids(town, household)
    for one in answer["indicators"]:
        assert (one["light"] == "not_available") == bool(one["missing"])


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_a_history_counts_its_versions_from_1(town: Person, household: str) -> None:
    answer = told(town, "history", household, shape=shapes.History)
    assert [one["id"] for one in answer["facts"]] == [f"{household}:{n}" for n in range(1, answer["version"] + 1)]
    assert answer["facts"][0]["type"] == "HouseholdOpened"
    recorded = [one["recorded_at"] for one in answer["facts"]]
    assert recorded == sorted(recorded)


def test_what_was_known_at_a_recorded_time_includes_what_was_recorded_then(person: Person) -> None:
    for number in range(3):
        words = ("LineOpened", f"line=l{number}", "lender=x", "product=card", "effective_at=2026-01-01")
        assert person.types("add", *words, "--household", "h1").code == 0
    facts = person.types("history", "h1", "--json").json["facts"]
    for number, one in enumerate(facts[1:], start=1):
        known = ("--known-at", one["recorded_at"])
        answer = person.types("position", "h1", *known, "--json").json
        assert (answer["version"], answer["known_at"], len(answer["lines"])) == (number + 1, one["recorded_at"], number)
        for command in ("changes", "check"):
            assert person.types(command, "h1", *known, "--json").code == 0


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_an_exported_household_recorded_under_another_name_gives_the_same_digests(
    town: Person, person: Person, household: str
) -> None:
    exported = town.types("export", household).out
    renamed = exported.replace(f'"{household}:', '"other:').replace(f'"household":"{household}"', '"household":"other"')
    told_of = person.types("record", "-", "--json", given=renamed.encode()).json
    assert told_of["accepted"] == len(exported.splitlines())
    changes = town.types("changes", household, "--json").json
    questions = [("check", "{}", *AT)] + [
        ("explain", "{}", "--line", one["line"], "--change", one["id"].replace(f"{household}:", "{}:"))
        for one in changes
    ]
    for words in questions:
        first, second = (
            each.types(*(word.format(name) for word in words), "--json").json
            for each, name in ((town, household), (person, "other"))
        )
        assert first["digest"] == second["digest"]


def test_a_book_without_households_answers_too(person: Person) -> None:
    assert told(person, "households", shape=list[shapes.Household]) == []
    assert told(person, "verify", shape=shapes.Verify) == {"households": 0, "facts": 0, "ok": True, "first_bad": None}
    for words in (("position",), ("changes",), ("history",), ("check",), ("export",), ("verify",)):
        said = person.types(*words, "nobody", "--json")
        assert (said.code, said.out) == (1, "")
        assert "nobody" in said.err


def test_several_households_are_counted_and_verified(town: Person) -> None:
    listed = told(town, "households", shape=list[shapes.Household])
    assert {one["household"] for one in listed} == set(HOUSEHOLDS)
    whole = told(town, "verify", shape=shapes.Verify)
    assert (whole["households"], whole["facts"]) == (len(HOUSEHOLDS), sum(one["facts"] for one in listed))
    assert told(town, "verify", "story", shape=shapes.Verify)["facts"] == len(STORY) + 1
