"""`headroom plan`, `what-if` and `calendar` on the invented family: pages, JSON, files, and what they refuse."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from icalendar import Calendar

from app.cli.commands.demo_ import FAMILY
from app.cli.options import LANGUAGES, Language
from app.cli.paper import Paper, width_of
from app.cli.texts import texts
from app.cli.views.plan import optimality
from projections.planning.shape import PlanAnswer
from projections.what_if import WhatIf
from tests.cli.program import Person, address
from tests.cli.shapes import holds
from tests.golden_files import Golden, promised
from tests.postgres import Cluster

AT: Final = ("--at", "2026-06-30")
ASKED: Final[dict[str, tuple[str, ...]]] = {
    "plan": ("plan", "lin", "--budget", "9000", *AT),
    "plan_too_small": ("plan", "lin", "--budget", "2000", *AT),
    "plan_floor_too_high": ("plan", "lin", "--budget", "9000", "--floor", "4", *AT),
    "plan_over_a_year": ("plan", "lin", "--budget", "2300", "--floor-amount", "20000", *AT),
    "plan_without_reserves": ("plan", "lin", "--budget", "3000", "--at", "2025-08-20"),
    "plan_before_anything": ("plan", "lin", "--budget", "3000", "--at", "2020-01-01"),
    "what_if_repay": ("what-if", "lin", "repay", "line=card", "amount=5000", *AT),
    "what_if_draw": ("what-if", "lin", "draw", "line=jiebei", "amount=15000", *AT),
    "what_if_freeze": ("what-if", "lin", "freeze", "line=card", *AT),
    "what_if_income": ("what-if", "lin", "income", "monthly=9000", *AT),
    "what_if_overpaid": ("what-if", "lin", "repay", "line=car", "amount=90000", *AT),
    "what_if_nothing_owed": ("what-if", "lin", "repay", "line=huabei", "amount=900000", "--at", "2025-10-01"),
    "calendar": ("calendar", "lin", "-", "--months", "2", *AT),
}
CHEN: Final = (
    ("2026-06-01", "LineOpened", "line=card", "lender=cmb", "product=card", "limit_basis=full_balance"),
    ("2026-06-01", "LineTermsChanged", "line=card", "daily_rate=0.0005"),
    ("2026-06-01", "LimitGranted", "line=card", "limit=50000"),
    ("2026-06-01", "ReserveOpened", "account=cash", "kind=cash"),
    ("2026-06-01", "ReserveObserved", "account=cash", "balance=8000"),
    ("2026-06-01", "IncomeDeclared", "monthly=16000"),
    ("2026-06-01", "EssentialsDeclared", "monthly=8000"),
    ("2026-06-20", "DrawnDown", "line=card", "amount=30000"),
    ("2026-06-29", "IncomeDeclared", "monthly=1000"),
)
"""A household that owes more on a card than it has, and then loses its income."""
OWING: Final[dict[str, tuple[str, ...]]] = {
    "plan_cards_above_reserve": ("plan", "chen", "--budget", "9000", "--at", "2026-06-28"),
    "plan_cards_above_reserve_floor": ("plan", "chen", "--budget", "9000", "--floor", "3", "--at", "2026-06-28"),
    "plan_runs_out": ("plan", "chen", "--budget", "9000", *AT),
}
REFUSED: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "no_budget": (("plan", "lin"), 2),
    "budget_no_amount": (("plan", "lin", "--budget", "much"), 2),
    "budget_below_zero": (("plan", "lin", "--budget=-5"), 2),
    "two_floors": (("plan", "lin", "--budget", "9000", "--floor", "3", "--floor-amount", "5"), 2),
    "floor_no_months": (("plan", "lin", "--budget", "9000", "--floor", "some"), 2),
    "months_no_count": (("plan", "lin", "--budget", "9000", "--months", "0"), 2),
    "floor_unknown": (("plan", "lin", "--budget", "9000", "--floor", "3", "--at", "2020-01-01"), 1),
    "no_such_supposition": (("what-if", "lin", "sell", "line=card"), 2),
    "supposition_without_line": (("what-if", "lin", "repay", "amount=5"), 2),
    "supposition_with_more": (("what-if", "lin", "freeze", "line=card", "amount=5"), 2),
    "supposition_of_nothing": (("what-if", "lin", "draw", "line=card", "amount=0"), 2),
    "no_such_line": (("what-if", "lin", "repay", "line=none", "amount=5"), 1),
    "no_such_account": (("what-if", "lin", "repay", "line=card", "amount=5", "account=none"), 1),
    "calendar_nowhere": (("calendar", "lin", "nowhere/lin.ics"), 1),
    "remind_too_early": (("calendar", "lin", "-", "--remind", "61"), 2),
}


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden pages of plans."""
    return Golden("plan", update=bool(request.config.getoption("--update-golden")))


@pytest.fixture
def family(family: Person) -> Person:
    """The family a month later."""
    family.waits_until("2026-08-02T09:00:00+08:00")
    return family


@pytest.fixture(scope="module")
def indebted(cluster: Cluster) -> Iterator[Person]:
    """Somebody whose book holds a household that owes more on a card than it has."""
    name, fresh = cluster.new_database()
    person = Person(HEADROOM_DATABASE_URL=address(fresh.superuser))
    for at, *words in CHEN:
        assert person.types("add", *words, f"effective_at={at}", "--household", "chen").code == 0
    person.waits_until("2026-08-02T09:00:00+08:00")
    yield person
    cluster.drop(name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ASKED)
def test_it_reads_as_promised_and_fits_80_columns(
    family: Person, golden: Golden, name: str, language: Language
) -> None:
    said = family.types(*ASKED[name], "--known-at", "2026-08-01", "--lang", language)
    assert (said.code, said.err) == (0, "")
    golden.holds(f"{name}.{language}.txt", said.out.replace("\r\n", "\n") if name == "calendar" else said.out)
    assert max(width_of(line) for line in said.out.splitlines()) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OWING)
def test_who_owes_more_than_there_is_reads_what_can_be_done(
    indebted: Person, golden: Golden, name: str, language: Language
) -> None:
    said = indebted.types(*OWING[name], "--known-at", "2026-08-01", "--lang", language)
    assert (said.code, said.err) == (0, "")
    golden.holds(f"{name}.{language}.txt", said.out)
    holds(indebted.types(*OWING[name], "--json").out, PlanAnswer)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_answered_says_why(family: Person, golden: Golden, name: str, language: Language) -> None:
    words, code = REFUSED[name]
    said = family.types(*words, "--lang", language)
    assert (said.code, said.out) == (code, "")
    golden.holds(f"refuses_{name}.{language}.txt", said.err)


OPTIMALITY: Final[dict[str, dict[str, object]]] = {
    "proven": {"proven": True, "among": "all", "least": "812.40", "gap": "0.00", "gap_share": "0.0000"},
    "proven_but_for": {"proven": True, "among": "all", "least": "812.39", "gap": "0.01", "gap_share": "0.0000"},
    "gap": {"proven": False, "among": "interest_kept_paid", "least": "800.00", "gap": "12.40", "gap_share": "0.0153"},
    "unknown": {"proven": False, "among": "interest_kept_paid", "least": None, "gap": None, "gap_share": None},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_far_a_plan_may_be_from_the_cheapest_is_said(golden: Golden, language: Language) -> None:
    stream = StringIO()
    for name, found in OPTIMALITY.items():
        paper = Paper(stream, width=80)
        paper.paragraph(name)
        paper.paragraph(optimality(texts(language), found), indent=2)
    golden.holds(f"optimality.{language}.txt", stream.getvalue())


@pytest.mark.parametrize(("months", "rows", "left_out"), [("13", 13, 0), ("14", 14, 0), ("16", 14, 2)])
def test_no_line_is_spent_on_saying_that_one_month_is_left_out(
    family: Person, months: str, rows: int, left_out: int
) -> None:
    asked = ("plan", "lin", "--budget", "2300", "--floor-amount", "20000", "--months", months, *AT)
    page = family.types(*asked, "--lang", "en").out
    listed = page[page.index("Month by month") :].split("\n\n")[0].splitlines()[2:]
    assert len([line for line in listed if line.split()[0].isdigit()]) == rows
    assert ("left out" in page) is bool(left_out)


def test_no_promised_page_is_left_over() -> None:
    kept = {f"{name}.{language}.txt" for name in (*ASKED, *OWING) for language in LANGUAGES}
    kept |= {f"refuses_{name}.{language}.txt" for name in REFUSED for language in LANGUAGES}
    kept |= {f"optimality.{language}.txt" for language in LANGUAGES}
    assert promised("plan") == kept


@pytest.mark.parametrize("name", [name for name in ASKED if name != "calendar"])
def test_its_json_is_one_value_of_the_documented_shape(family: Person, name: str) -> None:
    said = family.types(*ASKED[name], "--json")
    assert (said.code, said.err) == (0, "")
    holds(said.out, PlanAnswer if name.startswith("plan") else WhatIf)


@pytest.mark.parametrize("name", ["plan", "what_if_repay"])
def test_a_household_copied_by_export_has_the_same_digest(family: Person, person: Person, name: str) -> None:
    assert person.types("record", "-", given=family.types("export", "lin").out.encode()).code == 0
    digests = {one.types(*ASKED[name], "--json").json["digest"] for one in (family, person)}
    assert len(digests) == 1


def test_a_plan_and_a_supposition_write_nothing(family: Person) -> None:
    before = family.types("history", "lin", "--json").out
    for name in ASKED:
        family.types(*ASKED[name])
    assert family.types("history", "lin", "--json").out == before


def test_the_amounts_of_a_plan_add_up(family: Person) -> None:
    plan = family.types(*ASKED["plan"], "--json").json
    cents = _cents(one["amount"] for one in plan["payments"])
    assert cents == _cents(one["paid"] for one in plan["months"]) == _cents(one["paid"] for one in plan["debts"])
    assert cents == _cents([plan["comparison"][0]["paid"]])
    interest = _cents(one["interest"] for one in plan["payments"])
    assert interest == _cents([plan["comparison"][0]["interest"]]) == _cents([plan["verified"]["interest"]])


def _cents(amounts: Any) -> int:
    return sum(round(float(amount) * 100) for amount in amounts)


# The calendar file


def calendar(person: Person, file: Path, *words: str) -> Any:
    """The calendar file a command writes, read back. Its properties are of as many types as RFC 5545 has."""
    assert person.types("calendar", "lin", str(file), *AT, *words).code == 0
    return Calendar.from_ical(file.read_bytes())


def test_the_calendar_is_what_rfc_5545_asks_for(family: Person, tmp_path: Path) -> None:
    file = tmp_path / "lin.ics"
    read = calendar(family, file, "--lang", "zh")
    data = file.read_bytes()
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert (read["version"], str(read["prodid"])) == ("2.0", "-//Headroom//Diary//EN")
    events = read.walk("VEVENT")
    assert events
    assert len({str(event["uid"]) for event in events}) == len(events)
    for event in events:
        assert event["dtstart"].params["VALUE"] == "DATE"
        assert event["dtend"].dt - event["dtstart"].dt == timedelta(days=1)
        (alarm,) = event.walk("VALARM")
        assert alarm["trigger"].dt == timedelta(hours=9) - timedelta(days=3)
        assert {"dtstamp", "sequence", "summary", "description"} <= {name.lower() for name in event}


def test_the_same_history_gives_the_same_bytes(family: Person, tmp_path: Path) -> None:
    first, second = tmp_path / "first.ics", tmp_path / "second.ics"
    calendar(family, first)
    calendar(family, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_bill_updates_the_event_of_its_month_and_makes_no_second(person: Person, tmp_path: Path) -> None:
    assert person.types("record", str(FAMILY)).code == 0
    before = {str(event["uid"]): event for event in calendar(person, tmp_path / "lin.ics").walk("VEVENT")}
    bill = ("line=car", "amount=1500", "due_on=2026-08-18", "effective_at=2026-06-29", "--household", "lin")
    assert person.types("add", "PaymentDue", *bill).code == 0
    after = {str(event["uid"]): event for event in calendar(person, tmp_path / "lin.ics").walk("VEVENT")}
    assert set(after) == set(before)
    moved = [uid for uid in after if after[uid]["dtstart"].dt != before[uid]["dtstart"].dt]
    assert [after[uid]["dtstart"].dt.isoformat() for uid in moved] == ["2026-08-18"]
    assert all(after[uid]["sequence"] > before[uid]["sequence"] for uid in after)


def test_a_file_that_cannot_be_written_leaves_the_old_one(family: Person, tmp_path: Path) -> None:
    folder = tmp_path / "lin.ics"
    folder.mkdir()
    assert family.types("calendar", "lin", str(folder)).code == 1
    assert list(tmp_path.iterdir()) == [folder]
