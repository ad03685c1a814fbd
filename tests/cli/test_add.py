"""`headroom add`: one fact by the same rules as a line of a history file."""

from decimal import Decimal

import pytest

from app.cli.commands.add_ import written
from app.cli.options import LANGUAGES
from ledger.events import FACT_TYPES
from tests.cli import shapes
from tests.cli.program import Person

OPEN = (
    "add",
    "LineOpened",
    "line=jiebei",
    "lender=ant",
    "product=consumer_loan",
    "effective_at=2026-01-01",
    "--household",
    "h1",
)


def test_a_fact_is_recorded_without_writing_json(person: Person) -> None:
    said = person.types(*OPEN, "--json")
    assert (said.code, said.json) == (
        0,
        {"accepted": 1, "duplicates": 0, "rejected": 0, "complaints": [], "id": "h1:2"},
    )


def test_a_key_makes_adding_twice_harmless(person: Person) -> None:
    assert person.types(*OPEN, "key=once").code == 0
    again = person.types(*OPEN, "key=once", "--json")
    assert (again.code, again.json["duplicates"], again.json["id"]) == (0, 1, "h1:2")


def test_a_field_the_fact_does_not_have_is_told_with_those_it_has(person: Person) -> None:
    said = person.types("add", "RepaymentPosted", "line=jiebei", "amont=500", "--household", "h1")
    assert said.code == 1
    assert said.out == ""
    assert "amont" in said.err
    assert "allocation" in said.err


def test_a_line_the_book_does_not_know_is_refused(person: Person) -> None:
    said = person.types("add", "RepaymentPosted", "line=nowhere", "amount=500", "--household", "h1", "--lang", "zh")
    assert said.code == 1
    assert "nowhere" in said.err


@pytest.mark.parametrize("words", [("line",), ("=x",), ("line=a", "line=b")])
def test_a_word_that_is_no_pair_is_a_slip_of_usage(person: Person, words: tuple[str, ...]) -> None:
    assert person.types("add", "LineFrozen", *words, "--household", "h1").code == 2


def test_the_words_of_a_field_are_told_with_their_meaning_and_what_holds_unless_one_is_given(person: Person) -> None:
    chinese = " ".join(person.types("add", "LineOpened", "--lang", "zh").out.split())
    english = " ".join(person.types("add", "LineOpened", "--lang", "en").out.split())
    assert "consumer_loan（消费贷）" in chinese
    assert "micro_loan (micro-loan company)" in english
    assert "mortgage |" in english, "a word that says what it means is not told twice"
    for told in ("= true", "= principal_only", "= act_365f", "= 1.5"):
        assert told in english
        assert told in chinese


def test_the_fields_of_a_fact_are_listed_without_a_book(person: Person) -> None:
    said = Person().types("add", "LimitObserved")
    assert said.code == 0
    assert all(field in said.out for field in ("line", "limit", "available", "drawn"))


def test_words_become_the_json_a_history_file_would_hold() -> None:
    found = written("DrawnDown", {"amount": "5", "periods": "12", "due_on": "2026-01-01", "source": "bank"})
    assert found == {"amount": "5", "periods": 12, "due_on": "2026-01-01", "source": {"kind": "bank"}}
    assert written("RepaymentPosted", {"allocation.interest": "1"}) == {"allocation": {"interest": "1"}}
    assert written("LineOpened", {"revolving": "no", "secured": "perhaps"}) == {
        "revolving": False,
        "secured": "perhaps",
    }
    assert written("DrawnDown", {"periods": "1e3"}) == {"periods": "1e3"}


EVERY_TYPE = """
HouseholdOpened timezone=Asia/Shanghai currency=CNY name=林家 effective_at=2026-01-01
LineOpened line=card lender=x product=card effective_at=2026-01-01
LineOpened line=a lender=ant product=consumer_loan lender_group=ant revolving=yes revocable=yes secured=no \
limit_basis=principal_only restoration=t_plus_n restoration_days=2 daily_rate=0.0004 day_count=act_365f grace_days=3 \
penalty_multiplier=1.5 \
allocation_order=fee,penalty_on_principal,penalty_on_interest,overdue_interest,current_interest,overdue_principal,\
current_principal shared_with=card max_loans=5 valid_until=2027-01-01 lender_class=bank currency=CNY \
effective_at=2026-01-01
LimitGranted line=a limit=5000 effective_at=2026-01-01
LimitRaised line=a limit=6000 reason_code=P12 text=better effective_at=2026-01-02
LimitLowered line=a limit=5500 reason_code=P02 text=policy effective_at=2026-01-03
TemporaryLimitGranted line=a amount=500 until=2026-02-01 effective_at=2026-01-03
LineFrozen line=a reason_code=P10 text=why effective_at=2026-01-04
LineThawed line=a effective_at=2026-01-05
LineClosed line=card effective_at=2026-01-05
LimitReductionRequested line=a limit=5000 effective_at=2026-01-05
LineTermsChanged line=a daily_rate=0.0003 lender=ant2 product=other effective_at=2026-01-06
LimitObserved line=a limit=6000 available=6000 drawn=0 effective_at=2026-01-07
DrawnDown line=a amount=1000 loan=l1 daily_rate=0.0005 method=equal_instalment periods=3 first_due_on=2026-02-08 \
due_on=2026-04-08 period_basis=equal purpose=essentials effective_at=2026-01-08T10:00:00+08:00
DrawReversed line=a amount=10 loan=l1 effective_at=2026-01-09
DrawReversed line=a amount=10 fact=h1:14 effective_at=2026-01-09
RepaymentSent line=a amount=100 payment=p1 effective_at=2026-01-10
RepaymentPosted line=a amount=100 loan=l1 payment=p1 allocation.fee=1 allocation.interest=9 allocation.principal=90 \
effective_at=2026-01-11
RepaymentReversed line=a payment=p1 effective_at=2026-01-12
AvailabilityRestored line=a amount=5 effective_at=2026-01-13
InterestCharged line=a amount=1 loan=l1 effective_at=2026-01-14
FeeCharged line=a amount=1 effective_at=2026-01-14
PenaltyCharged line=a amount=1 effective_at=2026-01-14
PaymentDue line=a amount=300 due_on=2026-02-08 minimum=30 effective_at=2026-01-20
LenderStated lender=ant line=a reason_code=P02 text=words kind=policy_tightening effective_at=2026-01-20
PlatformNoticed lender=ant kind=outage effective_at=2026-01-20
ScoreObserved scheme=zhima score=700 effective_at=2026-01-20
InquiryMade lender=y effective_at=2026-01-20
ReserveOpened account=yeb kind=mmf fund=f pledged=false name=宝 effective_at=2026-01-20
ReserveObserved account=yeb balance=-5 effective_at=2026-01-21
ReserveMoved account=yeb amount=-20.5 effective_at=2026-01-22
IncomeDeclared monthly=9000 effective_at=2026-01-22
EssentialsDeclared monthly=0 effective_at=2026-01-22
IncomeReceived amount=9000 effective_at=2026-01-23
ExpensePaid amount=12.34 essential=no effective_at=2026-01-23 key=k1 source=bank source.document=jan.pdf note=n
Corrected fact=key:k1 replacement={"type":"ExpensePaid","amount":"12.35","effective_at":"2026-01-23"} \
effective_at=2026-01-24
Voided fact=h1:34 text=twice effective_at=2026-01-24
"""
"""Every type of fact of contract.md section 2 with all its fields, as it is typed."""


def test_every_type_of_fact_with_every_field_is_recorded_from_the_command_line(person: Person) -> None:
    typed = [line.split() for line in EVERY_TYPE.strip().splitlines()]
    assert {words[0] for words in typed} == set(FACT_TYPES)
    for version, words in enumerate(typed, start=1):
        said = person.types("add", *words, "--household", "h1", "--json")
        assert (said.code, said.json["complaints"], said.json["id"]) == (0, [], f"h1:{version}"), words
    told = person.types("history", "h1", "--json").json["facts"]
    for words, fact in zip(typed, told, strict=True):
        written_out = dict(word.split("=", 1) for word in words[1:])
        assert fact["type"] == words[0]
        assert fact["effective_at"] == written_out["effective_at"]
        for name in ("amount", "limit", "monthly", "balance", "minimum"):
            assert name not in written_out or Decimal(fact[name]) == Decimal(written_out[name])
        for name in ("text", "note", "name", "loan", "payment", "key", "reason_code", "until", "due_on", "lender"):
            assert fact.get(name) == written_out.get(name)
    assert told[17]["allocation"] == {"fee": "1.00", "penalty": "0.00", "interest": "9.00", "principal": "90.00"}
    assert (told[34]["source"], told[35]["fact"]) == ({"kind": "bank", "document": "jan.pdf"}, "h1:35")


@pytest.mark.parametrize(
    ("word", "field", "code"),
    [
        ("household=h2", "household", "household_differs"),
        ("type=LimitRaised", "type", "unknown_field"),
        ("limit=-5", "limit", "negative"),
        ("line=b", "line", "unknown_line"),
        ("key=used", "key", "key_reused"),
        ("source.page=3", "source.page", "unknown_field"),
    ],
)
def test_a_refusal_told_to_a_program_has_the_shape_of_a_record(
    person: Person, word: str, field: str, code: str
) -> None:
    assert person.types(*OPEN, "key=used").code == 0
    given = {"line": "line=jiebei", "limit": "limit=5"} | {word.partition("=")[0]: word}
    words = ("add", "LimitGranted", *given.values(), "--household", "h1")
    for language in LANGUAGES:
        said = person.types(*words, "--json", "--lang", language)
        shapes.holds(said.out, shapes.Record)
        assert (said.code, said.err, said.json["accepted"], said.json["rejected"]) == (1, "", 0, 1)
        assert [(one["line"], one["field"], one["code"]) for one in said.json["complaints"]] == [(0, field, code)]
    assert person.types(*words).out == ""
    assert len(person.types("history", "h1", "--json").json["facts"]) == 2


def test_a_source_is_kept_whole_in_whatever_order_its_parts_are_typed() -> None:
    expected = {"source": {"kind": "bank", "document": "jan.pdf"}}
    assert written("InquiryMade", {"source": "bank", "source.document": "jan.pdf"}) == expected
    assert written("InquiryMade", {"source.document": "jan.pdf", "source": "bank"}) == expected


def test_an_allocation_is_typed_at_once_as_a_history_file_holds_it(person: Person) -> None:
    assert person.types(*OPEN).code == 0
    paid = ("add", "RepaymentPosted", "line=jiebei", "amount=1000", "effective_at=2026-03-01", "--household", "h1")
    assert person.types(*paid, 'allocation={"principal": "900", "interest": "100"}').code == 0
    (told,) = (one for one in person.types("history", "h1", "--json").json["facts"] if one["type"] == "RepaymentPosted")
    assert (told["allocation"]["principal"], told["allocation"]["interest"]) == ("900.00", "100.00")


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (('allocation={"principal": "900", "principal": "100"}',), 1, "allocation.principal"),
        (('allocation={"principal": "900", "rent": "100"}',), 1, "allocation.rent"),
        (("allocation=900",), 1, "allocation"),
        (('allocation={"principal": "900"}', "allocation.principal=900"), 2, "allocation.principal"),
        (("allocation=900", "allocation.principal=900"), 2, "allocation.principal"),
    ],
)
def test_an_allocation_that_cannot_be_one_is_told_by_its_part(
    person: Person, words: tuple[str, ...], code: int, field: str
) -> None:
    assert person.types(*OPEN).code == 0
    said = person.types("add", "RepaymentPosted", "line=jiebei", "amount=1000", *words, "--household", "h1")
    assert said.code == code
    assert field in said.err


def test_a_part_that_is_typed_twice_is_no_guess(person: Person) -> None:
    words = ("add", "InquiryMade", "lender=x", "source=bank", "source.kind=lender", "--household", "h1")
    assert person.types(*words).code == 2
    twice = 'replacement={"type":"LineOpened","line":"jiebei","line":"b"}'
    said = person.types("add", "Corrected", "fact=h1:2", twice, "--household", "h1", "--json")
    assert [(one["field"], one["code"]) for one in said.json["complaints"]] == [("replacement.line", "repeated_field")]
