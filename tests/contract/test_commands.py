"""The commands of contract.md section 3: their options, exit codes, streams, and the environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from app.cli.commands.demo_ import FAMILY
from app.cli.options import LANGUAGES
from tests.cli import shapes
from tests.cli.program import Person, address
from tests.contract.facts import fact, prelude
from tests.importers.statements import FIXTURES
from tests.postgres import Cluster

COMMANDS: Final = (
    "demo", "households", "add", "record", "import", "position", "changes", "explain", "check", "history", "export",
    "verify", "backup", "restore", "rebuild", "serve", "doctor",
)  # fmt: skip
GENERATIONS: Final = (
    "debsig_2019_web.csv", "debsig_2023_mobile_24line.csv", "dhr2333_backend_2026_alipay_utf8.csv",
)  # fmt: skip
REAL: Final = Path(__file__).parents[3] / "shared" / "data" / "alipay"
STATEMENTS: Final = [*(REAL / name for name in GENERATIONS), FIXTURES / "mobile_2023_utf8.csv"]
UNREACHABLE: Final = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture(scope="module")
def asked(cluster: Cluster) -> Iterator[Person]:
    """Somebody whose book has the household h1, and is only asked or refused something."""
    with cluster.lent_database() as lent:
        person = Person(HEADROOM_DATABASE_URL=address(lent.superuser))
        begin(person)
        yield person


def begin(person: Person) -> None:
    """Record the prelude of the history file, so that there is a household h1 with a line a."""
    given = b"".join(json.dumps(one).encode() + b"\n" for one in prelude("h1"))
    assert person.types("record", "-", given=given).code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there_and_helps_in_both_languages(command: str) -> None:
    said = {language: Person().types(command, "--help", "--lang", language) for language in LANGUAGES}
    assert {one.code for one in said.values()} == {0}
    assert said["en"].out != said["zh"].out


def test_the_example_of_the_contract_is_taken_literally(person: Person) -> None:
    """`headroom add RepaymentPosted line=jiebei amount=500 --household h1`."""
    opened = {"line": "jiebei", "lender": "ant", "product": "consumer_loan"}
    line = json.dumps({"type": "LineOpened", "household": "h1", "effective_at": "2026-01-01", **opened})
    assert person.types("record", "-", given=line.encode()).code == 0
    assert person.types("add", "RepaymentPosted", "line=jiebei", "amount=500", "--household", "h1").code == 0
    last = person.types("history", "h1", "--json").json["facts"][-1]
    assert (last["id"], last["type"], last["amount"]) == ("h1:3", "RepaymentPosted", "500.00")


def test_global_options_may_stand_before_or_after_the_command(person: Person) -> None:
    begin(person)
    before = person.types("--json", "--lang", "zh", "--quiet", "changes", "h1")
    after = person.types("changes", "h1", "--quiet", "--json", "--lang=zh")
    assert (before.code, before.out) == (0, after.out)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("households",), 0),
        (("add", "LimitGranted", "line=a", "limit=-1", "--household", "h1"), 1),
        (("position", "nobody"), 1),
        (("changes", "h1", "--line", "nowhere"), 1),
        (("history", "h1", "--line", "nowhere"), 1),
        (("explain", "h1", "--line", "a", "--change", "h1:99"), 1),
        (("check", "h1", "--ruleset", "1999.1"), 1),
        (("import", "alipay", "nowhere.csv", "--household", "h1"), 1),
        (("restore", "nowhere"), 1),
        (("frobnicate",), 2),
        (("position",), 2),
        (("position", "h1", "--at", "2026-01-01T25:00:00"), 2),
        (("explain", "h1", "--line", "a"), 0),
        (("explain", "h1", "--line", "a", "--since", "2026-01-01"), 2),
        (("explain", "h1", "--line", "a", "--change", "h1:4", "--since", "2026-01-01", "--until", "2026-02-01"), 2),
        (("import", "qif", "x", "--household", "h1"), 2),
        (("households", "--lang", "fr"), 2),
        (("households", "--database", UNREACHABLE), 3),
        (("record", str(FAMILY), "--database", UNREACHABLE), 3),
    ],
)
def test_exit_codes_tell_what_happened_and_answers_stand_alone(
    asked: Person, words: tuple[str, ...], code: int
) -> None:
    for more in ((), ("--json",)):
        said = asked.types(*words, *more)
        assert said.code == code
        assert (said.err == "") == (code == 0 or said.out != "")
        if more and said.out:
            json.loads(said.out)


def test_the_option_comes_before_the_environment(person: Person) -> None:
    begin(person)
    elsewhere = Person(HEADROOM_DATABASE_URL=UNREACHABLE)
    assert elsewhere.types("households").code == 3
    own = person.environment["HEADROOM_DATABASE_URL"]
    assert elsewhere.types("households", "--database", own, "--json").json[0]["household"] == "h1"


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda path: path.name)
def test_a_statement_is_imported_once_whatever_its_generation(person: Person, statement: Path) -> None:
    if not statement.exists():
        pytest.skip(f"the real statement {statement.name} is not at hand")
    words = ("import", "alipay", str(statement), "--household", "h1", "--json")
    dry, first, second = person.types(*words, "--dry-run"), person.types(*words), person.types(*words, "--lang", "zh")
    for said in (dry, first, second):
        shapes.holds(said.out, shapes.Import)
        assert (said.code, said.err, said.json["complaints"]) == (0, "", [])
    assert dry.json | {"dry_run": False} == first.json
    assert first.json["facts"] > 0
    assert first.json["opened"]
    assert (second.json["facts"], second.json["opened"]) == (0, [])
    facts = person.types("history", "h1", "--json").json["facts"]
    assert len(facts) == first.json["facts"] + 1
    keys = [one["key"] for one in facts[1:]]
    assert None not in keys
    assert len(set(keys)) == len(keys)
    reasons = [(one["line"], one["reason"]) for one in first.json["skipped"]]
    assert reasons == [(one["line"], one["reason"]) for one in second.json["skipped"]]


def test_a_statement_s_names_are_mapped_to_lines_and_accounts_of_one_s_own(person: Person) -> None:
    statement = str(FIXTURES / "mobile_2023_utf8.csv")
    words = ("--line", "花呗=my-line", "--account", "余额宝=my-fund")
    opened = person.types("import", "alipay", statement, "--household", "h1", *words, "--json").json["opened"]
    assert {"my-line", "my-fund"} <= set(opened)
    assert not {"huabei", "yuebao"} & set(opened)
    position = person.types("position", "h1", "--json").json
    assert "my-line" in {one["line"] for one in position["lines"]}


@pytest.mark.parametrize("words", [("export", "h1"), ("history", "h1", "--json")])
def test_programs_are_given_utf_8_whatever_the_locale_writes(person: Person, words: tuple[str, ...]) -> None:
    given = json.dumps(fact("InquiryMade", household="h1", note="借呗 é")).encode()
    assert person.types("record", "-", given=given).code == 0
    program = [sys.executable, "-c", "from app.cli.main import main; main()"]
    for encoding in ("latin-1", "gb18030", "utf-8"):
        environment = {**os.environ, **person.environment, "PYTHONIOENCODING": encoding}
        ended = subprocess.run([*program, *words], env=environment, capture_output=True, check=True)
        assert "借呗 é" in ended.stdout.decode()


def test_quiet_says_no_more_than_the_answer(person: Person) -> None:
    begin(person)
    said = person.types("add", "InquiryMade", "lender=x", "--household", "h1", "--quiet")
    assert (said.code, said.out, said.err) == (0, "", "")


def test_saving_and_rebuilding_leave_the_book_as_it_was_and_nothing_is_restored_over_it(
    person: Person, tmp_path: Path
) -> None:
    begin(person)
    before = person.types("export", "h1").out
    assert person.types("backup", str(tmp_path / "book")).code == 0
    assert person.types("restore", str(tmp_path / "book")).code == 1
    assert person.types("rebuild").code == 0
    assert person.types("export", "h1").out == before
    given = json.dumps(fact("InquiryMade", household="h1")).encode()
    assert person.types("record", "-", given=given).code == 0
    assert person.types("verify", "h1", "--json").json["ok"]
