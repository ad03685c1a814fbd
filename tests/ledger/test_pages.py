"""A block of lines is read field by field, facts of one shape together, and holds what its lines hold one by one."""

import json
import random
from typing import Any

import pytest

from ledger.calendar import zone
from ledger.errors import Complaint
from ledger.events import HouseholdOpened
from ledger.history import Line, Page, Reader
from ledger.writing import Writer
from tests.ledger.examples import EXAMPLES

CURRENCIES = {"usd": "USD", "yen": "JPY"}


def line(**fields: Any) -> bytes:
    told = {"type": "DrawnDown", "household": "h1", "effective_at": "2026-03-01T12:00:01+08:00", "line": "jiebei"}
    return json.dumps({**told, "amount": "5.00", **fields}).encode()


def opening(household: str, **fields: Any) -> bytes:
    return json.dumps(
        {"type": "HouseholdOpened", "household": household, "effective_at": "2026-01-01"} | fields
    ).encode()


def at_once(raw: list[bytes]) -> Page:
    return Reader(CURRENCIES, household="mine").page(b"\n".join(raw) + b"\n", first=7)


def in_turn(raw: list[bytes]) -> Page:
    read = list(Reader(CURRENCIES, household="mine").lines(raw, first=7))
    lines = [one for one in read if isinstance(one, Line)]
    page = Page.of([one.number for one in lines], [one for one in read if isinstance(one, Complaint)])
    for place, one in enumerate(lines):
        page.put(place, one.household, one.draft)
    return page


def examples() -> list[bytes]:
    """Every kind of fact but an opening, which tells another currency: three times, in any order."""
    writer = Writer("h1", zone=zone("Asia/Shanghai"), currency="CNY")
    written = [writer.line(fact).rstrip() for fact in EXAMPLES if not isinstance(fact, HouseholdOpened)]
    return random.Random(1).sample(3 * written, 3 * len(written))


@pytest.mark.parametrize(
    "raw",
    [
        examples(),
        [line(key=f"k{number}", amount=f"{number}.5{number % 10}") for number in range(1, 40)],
        [line(amount=amount) for amount in ("1", "0.5", "1.000", "999999999999.99", "7.25")],
        [line(effective_at=at) for at in ("2026-03-01", "2026-03-01T12:00:01+08:00", "2026-03-01t04:00:01.5Z")],
        [line(household=household, amount="7") for household in ("usd", "yen", "h1", "yen")],
        [line(household="yen", amount=f"{number}") for number in range(1, 9)],
        [line(source={"kind": "bank", "document": "a:b"}), line(source={"kind": "user"}), line(key="a\x7f"), line()],
        [line(method="at_will", loan="a"), line(method="bullet", loan="b"), line(loan="c", method="at_will")],
        [opening("h2"), line(household="h2"), opening("yen", currency="JPY"), line(household="yen", amount="7")],
        [b'{"type":"IncomeDeclared","effective_at":"2026-01-01","monthly":"1.00"}', line(), line() + b"\r"],
    ],
)
def test_facts_of_a_block_are_those_of_its_lines(raw: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    one_by_one = in_turn(raw)
    assert one_by_one.complaints == []
    monkeypatch.setattr(Reader, "lines", None)
    assert at_once(raw) == one_by_one


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        line() + line(),
        line(type="Nothing"),
        line(type=["DrawnDown"]),
        line(colour="red"),
        line(amount="5.00\n6.00"),
        line(amount="0.00"),
        line(amount="-5.00"),
        line(amount="1000000000000.00"),
        line(amount=None),
        line(amount=["5.00"]),
        line(key=""),
        line(key=["k"]),
        line(key="k" * 201),
        line(key="a\x00b"),
        line(line="Jie Bei"),
        line(line=["jiebei"]),
        line(line=None),
        line(household=None),
        line(household="H 1"),
        line(effective_at="2026-03-01T24:00:01+08:00"),
        line(effective_at="2026-03-01T12:00:60+08:00"),
        line(effective_at="2026-03-01T12:00:01"),
        line(effective_at=20260301),
        line(effective_at="2026-02-30"),
        line()[:-1] + b',"amount":"6.00"}',
        line(source={"kind": "bank"})[:-2] + b',"kind":"user"}}',
        opening("h1", currency="JPY"),
        opening("h1", currency="XXX"),
        opening("yen"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_of_it_in_a_block(bad: bytes) -> None:
    raw = [line(), line(key="k1"), bad, line(key="k2"), line(household="yen", amount="7")]
    assert at_once(raw) == in_turn(raw)
    assert len(at_once(raw).numbers) >= len(raw) - 2
