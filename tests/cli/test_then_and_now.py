"""`headroom explain --then`: what later facts changed in an answer."""

import pytest

from app.cli.options import LANGUAGES, Language
from tests.cli.program import Person
from tests.golden_files import Golden

WINDOW = ("explain", "h1", "--line", "jiebei", "--since", "2026-03-03", "--until", "2026-03-03")
BEFORE = (
    ("LineOpened", "line=jiebei", "lender=ant", "product=consumer_loan", "effective_at=2026-01-01"),
    ("LimitGranted", "line=jiebei", "limit=50000", "effective_at=2026-01-01"),
    ("DrawnDown", "line=jiebei", "amount=20000", "effective_at=2026-02-01"),
    ("RepaymentPosted", "line=jiebei", "amount=20000", "effective_at=2026-03-03T08:00:00+08:00"),
)
THEN = "2026-07-01T09:00:30+08:00"
"""After what was recorded first: the clock of the tests moves by seconds."""


@pytest.fixture
def learning(person: Person) -> Person:
    """Somebody who learns of a cut on 03-03 only later."""
    for words in BEFORE:
        assert person.types("add", *words, "--household", "h1").code == 0
    while person.types("history", "h1", "--json").code == 0 and person.now() < THEN:
        pass
    cut = ("LimitLowered", "line=jiebei", "limit=12000", "effective_at=2026-03-03T12:00:00+08:00", "reason_code=P02")
    assert person.types("add", *cut, "--household", "h1").code == 0
    return person


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_later_fact_changed_reads_as_promised(learning: Person, golden: Golden, language: Language) -> None:
    said = learning.types(*WINDOW, "--then", THEN, "--lang", language)

    assert (said.code, said.err) == (0, "")
    golden.holds(f"then_and_now.{language}.txt", said.out)


def test_then_is_the_answer_that_was_given_then_and_now_the_one_given_now(learning: Person) -> None:
    told = learning.types(*WINDOW, "--then", THEN, "--json").json
    then = learning.types(*WINDOW, "--known-at", THEN, "--json").json
    now = learning.types(*WINDOW, "--json").json

    assert (told["then"]["digest"], told["now"]["digest"]) == (then["digest"], now["digest"])
    assert then["verdict"]["code"] != now["verdict"]["code"]
    assert told["later"] == ["h1:6"]
    assert [(one["kind"], one["amount"]) for one in told["added"]] == [("limit", "-38000.00")]
    assert told["gone"] == []
    assert {one["name"]: (one["then"], one["now"]) for one in told["levels"]} == {
        "limit": ("50000.00", "12000.00"),
        "headroom": ("50000.00", "12000.00"),
        "available": ("50000.00", "12000.00"),
    }


def test_where_nothing_came_since_nothing_differs(learning: Person) -> None:
    told = learning.types(*WINDOW, "--then", "2030-01-01", "--json").json

    assert (told["same"], told["later"], told["levels"]) == (True, [], [])


@pytest.mark.parametrize("words", [("position", "h1"), ("check", "h1"), WINDOW])
@pytest.mark.parametrize(("language", "remark"), [("en", "lies ahead"), ("zh", "还没有到")])
def test_what_will_be_known_later_is_answered_as_known_now_so_that_it_can_be_answered_again(
    learning: Person, words: tuple[str, ...], language: str, remark: str
) -> None:
    words = words if words is WINDOW else (*words, "--at", "2026-03-31")
    said = learning.types(*words, "--known-at", "2030-01-01", "--json", "--lang", language)
    assert remark in said.err
    assert said.json["known_at"] < learning.now()
    assert learning.types("add", "Voided", "fact=h1:6", "--household", "h1").code == 0
    assert learning.types(*words, "--known-at", said.json["known_at"], "--json", "--lang", language).json == said.json


def test_today_is_known_up_to_now_without_a_remark(learning: Person) -> None:
    said = learning.types("position", "h1", "--known-at", learning.now()[:10], "--json")
    assert (said.err, said.json["known_at"] < learning.now()) == ("", True)


def test_then_that_lies_ahead_is_remarked_too(learning: Person) -> None:
    assert learning.types(*WINDOW, "--then", "2030-01-01").err.startswith("--then 2030-01-01 lies ahead")


@pytest.mark.parametrize(("language", "words"), [("en", "nothing can be said here"), ("zh", "这里无从得知")])
def test_a_window_that_goes_on_after_what_is_known_says_so_and_one_that_is_over_does_not(
    learning: Person, language: str, words: str
) -> None:
    for until, said in (("2099-12-31", True), (learning.now()[:10], False)):
        window = ("explain", "h1", "--line", "jiebei", "--since", "2026-06-01", "--until", until, "--lang", language)
        answer = learning.types(*window, "--json").json
        assert (answer["verdict"]["code"], words in answer["verdict"]["text"]) == ("S00", said)


def test_a_change_that_was_withdrawn_is_found_as_it_was_known(learning: Person) -> None:
    cut = learning.types("changes", "h1", "--json").json[-1]["id"]
    known = learning.now()
    assert learning.types("add", "Voided", f"fact={cut}", "--household", "h1").code == 0

    told = learning.types("explain", "h1", "--line", "jiebei", "--change", cut, "--then", known, "--json")

    assert told.code == 0, told.err
    assert [one["kind"] for one in told.json["gone"]] == ["limit"]


def test_evidence_holds_one_answer(learning: Person) -> None:
    said = learning.types(*WINDOW, "--then", THEN, "--evidence", "why.html")
    assert (said.code, said.out) == (2, "")
