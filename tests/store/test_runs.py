"""Facts of a run are judged as one, and become what they become when they are judged one after the other."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest

from ledger import events
from ledger.errors import Refused
from ledger.events import FACT_TYPES, AnyFact
from ledger.payload import encode_all
from ledger.record import asked
from ledger.register import TURNING, Register, named
from ledger.store.intake import Intake, Memory
from ledger.store.journal import Head
from ledger.store.runs import Refers, runs
from tests.ledger.examples import AT, EXAMPLES

NOW = AT + 1_000_000
LATER = AT + 90 * 86_400_000_000
CHOICES: dict[str, Sequence[Any]] = {
    "effective": [AT, AT - 5, AT - 86_400_000_000, "2026-02-01", "2026-02-28"],
    "line": ["jiebei", "huabei"],
    "account": ["cash"],
    "loan": ["loan-1", "loan-2", None],
    "payment": ["p1", "p2", None],
    "shared_with": ["huabei", None],
    "currency": ["CNY"],
}
RARELY: dict[str, Sequence[Any]] = {
    "effective": [LATER, "2027-01-01"], "line": ["elsewhere"], "account": ["nowhere"], "currency": ["USD"],
    "shared_with": ["elsewhere"], "loan": ["unknown"],
    "first_due_on": [date(2020, 1, 1)], "due_on": [date(2020, 1, 1)], "minimum": [10_000],
    "allocation": [events.Allocation(fee=1)],
}  # fmt: skip
BEGINNING: tuple[AnyFact, ...] = (
    events.HouseholdOpened(effective="2026-01-01"),
    events.LineOpened(effective="2026-01-01", key="o1", line="jiebei", lender="ant", product="consumer_loan"),
    events.LineOpened(effective="2026-01-01", key="o2", line="huabei", lender="ant", product="card"),
    events.ReserveOpened(effective="2026-01-01", account="cash", kind="cash"),
    *(events.DrawnDown(effective="2026-01-02", line=line, amount=1, loan=loan)
      for line in ("jiebei", "huabei") for loan in ("loan-1", "loan-2")),
    *(events.RepaymentSent(effective="2026-01-02", line=line, amount=1, payment=payment)
      for line in ("jiebei", "huabei") for payment in ("p1", "p2")),
)  # fmt: skip


def varied(chance: random.Random, number: int, *, rarely: float) -> tuple[AnyFact, Refers]:
    """One of the examples with some fields left out and others changed, and what its reference says."""
    fact: Any = chance.choice(EXAMPLES)
    if type(fact) in TURNING and chance.random() < 0.95:
        fact = chance.choice(EXAMPLES)
    changes: dict[str, Any] = {}
    for info in msgspec.structs.fields(type(fact)):
        if not info.required and info.name not in ("loan", "payment") and chance.random() < 0.6:
            changes[info.name] = info.default
        elif info.name in RARELY and chance.random() < rarely:
            changes[info.name] = chance.choice(RARELY[info.name])
        elif info.name in CHOICES:
            changes[info.name] = chance.choice(CHOICES[info.name])
    changes["key"] = chance.choice([None, *[f"k{number}"] * 4, f"k{chance.randrange(number + 400)}"])
    told = None
    if changes.get("fact", getattr(fact, "fact", None)) is not None:
        changes["fact"] = 0
        told = chance.choice([f"h1:{chance.randint(1, number + 1)}", f"key:k{number - 1}"])
    return msgspec.structs.replace(fact, **changes), (told, None)


def file_of(seed: int) -> tuple[list[AnyFact], dict[int, Refers]]:
    chance = random.Random(seed)
    rarely = chance.choice([0, 0.05])
    found = [varied(chance, number, rarely=rarely) for number in range(1, 30)]
    facts = [*BEGINNING[: chance.choice([0, 4, 8, *[len(BEGINNING)] * 9])], *(fact for fact, _ in found)]
    first = len(facts) - len(found) + 1
    return facts, {first + place: refers for place, (_, refers) in enumerate(found) if refers[0] is not None}


def judged(facts: list[AnyFact], refers: dict[int, Refers], *, together: bool) -> tuple[Intake, list[Any], int]:
    """What took the facts in, what was refused or repeated, and how many were judged with others."""
    intake = Intake("h1", Memory(Register(), Head()), salts=lambda: b"0123456789abcdef", recall=lambda _, __: {})
    told: list[Any] = []
    joined = 0
    for run in runs("h1", range(1, len(facts) + 1), facts, encode_all(facts), refers):
        first = intake.admit_run(run, run.columns, recorded_at=NOW, now=NOW) if together and run.columns else 0
        joined += first
        for place, fact in enumerate(run.facts(first), start=first):
            try:
                if not (repeated := intake.repeated(draft := run.draft(fact))):
                    intake.enter_draft(draft, recorded_at=NOW, now=NOW, payload=run.payloads[place])
                told.append((run.numbers[place], repeated))
            except Refused as refused:
                told.append((run.numbers[place], refused.code, refused.details))
    return intake, [one for one in told if one[1]], joined


def test_a_run_is_judged_as_its_facts_are_one_by_one() -> None:
    joined, refused, clean = 0, 0, 0
    for seed in range(400):
        facts, refers = file_of(seed)
        one, told_one, _ = judged(facts, refers, together=False)
        all_, told_all, some = judged(facts, refers, together=True)
        assert told_all == told_one
        for name in Register.__slots__:
            assert getattr(all_.memory.register, name) == getattr(one.memory.register, name), (seed, name)
        assert all_.extension.entries == one.extension.entries
        wrong = sum(isinstance(what[1], str) for what in told_one)
        if not wrong:
            assert all_.extension.span() == one.extension.span()
        joined, refused, clean = joined + some, refused + wrong, clean + (not wrong)
    assert joined > 4_000
    assert refused > 200
    assert clean > 20


@pytest.mark.parametrize("kind", FACT_TYPES.values())
def test_what_makes_a_fact_special_are_fields_of_its_own(kind: type[events.Fact]) -> None:
    assert {*(asked(kind) or ()), *named(kind)} <= set(kind.__struct_fields__)


def test_a_file_of_plain_facts_is_one_run_without_special_ones() -> None:
    drawn: list[AnyFact] = [
        events.DrawnDown(effective=AT + number, key=f"k{number}", line="jiebei", amount=1) for number in range(9)
    ]
    (run,) = runs("h1", range(9), drawn, encode_all(drawn), {})
    assert run.columns is not None
    assert (run.columns.special, run.columns.lines, run.columns.on) == ([], ["jiebei"], [1] * 9)
    assert run.columns.instants == (AT, AT + 8)
