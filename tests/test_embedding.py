"""What the page on embedding shows is one program: it is run here, and prints what the page says."""

import io
import itertools
import re
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final

import pytest

from app import embedding
from app.embedding import Refused, Unreadable, drafted, events
from ledger.calendar import parse_when
from tests.cli.program import LEARNED, address
from tests.postgres import Database

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("docs/embedding.md", "docs/embedding.zh-CN.md")
BLOCK: Final = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAID: Final = re.compile(r"^ *# -> (.*)\n", re.MULTILINE)


def blocks(page: str) -> list[str]:
    """The examples of a page, in order."""
    return BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock of the machine that moves on a second whenever it is looked at."""
    begins = parse_when(LEARNED)
    assert isinstance(begins, int)
    ticks: Iterator[int] = itertools.count(begins * 1000, 10**9)
    monkeypatch.setattr(time, "time_ns", lambda: next(ticks))


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("page", PAGES)
def test_the_program_of_the_page_prints_what_the_page_says(
    database: Database, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("HEADROOM_DATABASE_URL", address(database.superuser))
    program: dict[str, Any] = {}
    printed = 0
    try:
        for block in blocks(page):
            out = io.StringIO()
            with redirect_stdout(out):
                exec(compile(block, page, "exec"), program)  # the examples are ours
            assert out.getvalue() == "".join(f"{line}\n" for line in SAID.findall(block)), block
            printed += len(out.getvalue())
    finally:
        program["service"].close()
    assert printed > 0


def test_both_pages_show_the_same_program() -> None:
    first, second = map(blocks, PAGES)
    assert len(first) > 5
    assert first == second


@pytest.mark.parametrize("page", PAGES)
def test_the_page_imports_from_the_door_alone(page: str) -> None:
    rooms = {"app", "ledger", "projections", "scheduler"}
    imported = re.findall(r"^from ((\w+)[\w.]*) import", "\n".join(blocks(page)), re.MULTILINE)
    assert {module for module, package in imported if package in rooms} == {"app.embedding"}


@pytest.mark.parametrize("page", PAGES)
def test_the_page_tells_of_every_name_of_the_door(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [name for name in embedding.__all__ if not re.search(rf"\b{name}\b", text)] == []


def test_a_written_fact_is_read_in_the_currency_of_its_household() -> None:
    told = {"type": "IncomeReceived", "effective_at": "2026-03-01", "amount": "500"}
    yen, yuan = (drafted(told, household="sato", currency=currency).fact for currency in ("JPY", "CNY"))
    assert yen == events.IncomeReceived(effective="2026-03-01", amount=500)
    assert yuan == events.IncomeReceived(effective="2026-03-01", amount=500_00)


def test_a_written_fact_of_another_household_is_refused() -> None:
    told = {"type": "IncomeReceived", "effective_at": "2026-03-01", "amount": "500", "household": "wang"}
    with pytest.raises(Refused, match="wang"):
        drafted(told, household="lin")


def test_what_is_wrong_with_a_written_fact_names_no_line_of_a_file() -> None:
    with pytest.raises(Unreadable) as wrong:
        drafted({"type": "IncomeReceived", "amount": "much"}, household="lin")
    assert "line 0" not in str(wrong.value)
    assert {one.field for one in wrong.value.complaints} == {"effective_at", "amount"}
