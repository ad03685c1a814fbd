"""A book kept by hand: what goes without saying, a wrong entry put right, and a limit nobody wrote down."""

from typing import Any

import pytest

from app.cli.options import LANGUAGES, Language
from tests.cli.program import Person

HOME = ("--household", "h1")
SEEN = ("add", "LimitObserved", "line=jiebei", "limit=12000", "available=12000", "drawn=0")


@pytest.fixture
def keeper(person: Person) -> Person:
    """Somebody with one line, drawn and repaid, and one look at the app."""
    opened = ("line=jiebei", "lender=ant", "product=consumer_loan", "effective_at=2026-01-01")
    for words in (
        ("add", "LineOpened", *opened),
        ("add", "DrawnDown", "line=jiebei", "amount=20000", "effective_at=2026-01-02"),
        ("add", "RepaymentPosted", "line=jiebei", "amount=20310", "effective_at=2026-03-20T10:12"),
        (*SEEN, "effective_at=2026-03-20 21:00", "note=looked in the evening"),
    ):
        assert person.types(*words, *HOME).code == 0
    return person


def facts(person: Person) -> dict[str, Any]:
    """The facts by their ids."""
    return {one["id"]: one for one in person.types("history", "h1", "--json").json["facts"]}


def test_a_time_without_an_offset_is_told_by_the_households_clock(keeper: Person) -> None:
    abroad = ("add", "HouseholdOpened", "timezone=Europe/Berlin", "effective_at=2026-01-01", "--household", "h2")
    assert keeper.types(*abroad).code == 0
    looked = ("add", "ScoreObserved", "scheme=zhima", "score=700", "effective_at=2026-01-02T08:30")

    assert keeper.types(*looked, "--household", "h2").code == 0

    assert keeper.types("history", "h2", "--json").json["facts"][1]["effective_at"] == "2026-01-02T08:30:00+01:00"
    assert [facts(keeper)[f"h1:{number}"]["effective_at"] for number in (3, 4, 5)] == [
        "2026-01-02", "2026-03-20T10:12:00+08:00", "2026-03-20T21:00:00+08:00"
    ]  # fmt: skip


def test_debt_without_a_known_due_day_is_told_until_its_bill_is_recorded(keeper: Person) -> None:
    card = ("line=card", "lender=cmb", "product=card", "limit_basis=full_balance", "effective_at=2026-01-01")
    drawn = ("add", "DrawnDown", "line=card", "amount=900", "effective_at=2026-01-02", *HOME)
    assert keeper.types("add", "LineOpened", *card, *HOME).code == keeper.types(*drawn).code == 0
    asked = ("position", "h1", "--at", "2026-04-01", "--lang", "en")
    assert "add PaymentDue line=card" in " ".join(keeper.types(*asked).out.split())

    bill = ("add", "PaymentDue", "line=card", "amount=900", "due_on=2026-04-20", "effective_at=2026-03-31")
    assert keeper.types(*bill, *HOME).code == 0

    assert "add PaymentDue line=card" not in " ".join(keeper.types(*asked).out.split())


def test_a_household_that_was_not_in_the_book_is_told_to_be_new(keeper: Person) -> None:
    words = ("add", "IncomeDeclared", "monthly=8000", "effective_at=2026-01-01", "--household")
    assert "h1 was not" not in keeper.types(*words, "h1").err
    assert "hl was not in the book" in keeper.types(*words, "hl").err
    assert "hl was not" not in keeper.types(*words, "hl").err


def test_a_fact_is_named_by_its_number_alone(keeper: Person) -> None:
    assert keeper.types("add", "Voided", "fact=5", *HOME).code == 0
    assert facts(keeper)["h1:5"]["voided_by"] == "h1:6"


def test_a_correction_says_only_what_differs(keeper: Person) -> None:
    assert keeper.types("add", "Corrected", "fact=5", "limit=15000", "effective_at=2026-03-20T22:00", *HOME).code == 0

    assert facts(keeper)["h1:6"]["replacement"] == {
        "type": "LimitObserved", "effective_at": "2026-03-20T22:00:00+08:00", "line": "jiebei",
        "limit": "15000.00", "available": "12000.00", "drawn": "0.00", "note": "looked in the evening",
    }  # fmt: skip


def test_a_second_correction_goes_on_from_the_first_and_leaves_a_field_out(keeper: Person) -> None:
    assert keeper.types("add", "Corrected", "fact=h1:5", "limit=15000", *HOME).code == 0
    assert keeper.types("add", "Corrected", "fact=h1:5", "available=", "note=counted twice", *HOME).code == 0

    corrected = facts(keeper)["h1:7"]
    replaced = corrected["replacement"]
    assert (replaced["limit"], "available" in replaced, replaced["drawn"]) == ("15000.00", False, "0.00")
    assert (corrected["note"], replaced["note"]) == ("counted twice", "looked in the evening")


def test_a_part_of_an_allocation_is_corrected_with_the_others_kept(keeper: Person) -> None:
    parts = ("allocation.principal=20000", "allocation.interest=300", "allocation.fee=10")
    assert keeper.types("add", "Corrected", "fact=4", *parts, *HOME).code == 0
    assert keeper.types("add", "Corrected", "fact=4", "allocation.interest=310", "allocation.fee=0", *HOME).code == 0

    stated = facts(keeper)["h1:7"]["replacement"]["allocation"]
    assert stated == {"fee": "0.00", "penalty": "0.00", "interest": "310.00", "principal": "20000.00"}


def test_a_fact_under_a_key_is_corrected_by_its_key(keeper: Person) -> None:
    assert keeper.types("add", "IncomeDeclared", "monthly=8000", "key=pay", "effective_at=2026-01-01", *HOME).code == 0
    assert keeper.types("add", "Corrected", "fact=key:pay", "monthly=8800", *HOME).code == 0
    assert facts(keeper)["h1:7"]["replacement"]["monthly"] == "8800.00"


@pytest.mark.parametrize("words", [("fact=99", "limit=1"), ("fact=h2:1", "limit=1"), ("fact=key:none", "limit=1")])
def test_a_correction_of_no_fact_is_refused_by_that(keeper: Person, words: tuple[str, ...]) -> None:
    said = keeper.types("add", "Corrected", *words, *HOME)
    assert (said.code, said.out) == (1, "")
    assert "fact" in said.err


def test_a_correction_of_a_field_that_the_fact_does_not_have_is_refused(keeper: Person) -> None:
    said = keeper.types("add", "Corrected", "fact=5", "limt=15000", *HOME)
    assert said.code == 1
    assert "replacement.limt" in said.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_limit_that_was_never_told_is_not_taken_for_one_of_nothing_in_silence(
    keeper: Person, language: Language
) -> None:
    asked = ("explain", "h1", "--line", "jiebei", "--since", "2026-03-20", "--until", "2026-03-21")
    told = keeper.types(*asked, "--json").json
    assert (told["bridge"]["opening"]["limit_known"], told["bridge"]["closing"]["limit_known"]) == (False, True)
    remedy = "headroom add LimitObserved line=jiebei"
    assert remedy in " ".join(keeper.types(*asked, "--lang", language).out.split())

    keeper.types("add", "LimitObserved", "line=jiebei", "limit=50000", "effective_at=2026-03-01", *HOME)

    assert remedy not in " ".join(keeper.types(*asked, "--lang", language).out.split())


def test_it_is_told_what_each_repayment_was_used_for(keeper: Person) -> None:
    """20,310 paid off the 20,000 that were owed: the bridge shows those, and the rest has to be told."""
    told = keeper.types("explain", "h1", "--line", "jiebei", "--since", "2026-03-20", "--until", "2026-03-21", "--json")
    (paid,) = told.json["repayments"]
    assert (paid["fact"], paid["amount"]) == ("h1:4", "20310.00")
    assert paid["allocated"] == facts(keeper)["h1:4"]["allocated"]
    assert (paid["allocated"]["principal"], paid["allocated"]["overpaid"]) == ("20000.00", "310.00")


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (("product=card", "limit_basis=full_balance", "daily_rate=0.0005"), True),
        (("product=card", "limit_basis=full_balance"), True),
        (("product=consumer_loan", "daily_rate=0.0005"), False),
        (("product=consumer_loan",), True),
    ],
)
def test_what_waits_for_a_bill_is_told_though_a_months_interest_on_it_is_due(
    person: Person, terms: tuple[str, ...], told: bool
) -> None:
    """At will nothing but interest is due by contract; of a card nobody knows before the bill."""
    opened = ("add", "LineOpened", "line=a", "lender=cmb", "effective_at=2026-01-01", *terms, *HOME)
    drawn = ("add", "DrawnDown", "line=a", "amount=8000", "effective_at=2026-01-05", *HOME)
    assert [person.types(*words).code for words in (opened, drawn)] == [0, 0]
    asked = ("position", "h1", "--at", "2026-02-01", "--lang", "en")
    assert ("No day is recorded on which" in person.types(*asked).out) is told
    assert "No account is recorded" in person.types(*asked).out
    assert "lasts" not in person.types(*asked).out
    bill = ("add", "PaymentDue", "line=a", "amount=8000", "due_on=2026-02-20", "effective_at=2026-01-25", *HOME)
    assert person.types(*bill).code == 0
    assert "No day is recorded" not in person.types(*asked).out


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("came", "late"), [(("effective_at=2026-03-01",), False), ((), True)])
def test_a_bill_that_is_written_down_after_its_due_date_is_asked_when_it_came(
    keeper: Person, language: Language, came: tuple[str, ...], late: bool
) -> None:
    """Without a date it is dated now: what happened since would be counted as if nobody had known of it."""
    bill = ("add", "PaymentDue", "line=jiebei", "amount=500", "due_on=2026-03-20", *came, *HOME)
    said = keeper.types(*bill, "--lang", language)
    number = len(facts(keeper))
    assert said.code == 0
    assert (f"headroom add Corrected fact={number} effective_at=" in " ".join(said.err.split())) is late
    assert keeper.types("add", "Corrected", f"fact={number}", "effective_at=2026-03-01", *HOME).code == 0


def test_of_many_households_the_one_that_is_meant_is_named(person: Person) -> None:
    for number in range(14):
        income = ("add", "IncomeDeclared", "monthly=1", "effective_at=2026-01-01", "--household", f"house-{number:02}")
        assert person.types(*income).code == 0
    said = {name: " ".join(person.types("position", name, "--lang", "en").err.split()) for name in ("hous-13", "zzz")}
    assert said["hous-13"].endswith("Is house-13 meant?")
    assert said["zzz"].endswith("house-11 and 2 more.")
