"""The whole program on the invented family: what it says in both languages, its JSON, and its exit codes."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
import pytest

from app import recording
from app.cli.commands import doctor_
from app.cli.commands.demo_ import FAMILY
from app.cli.options import LANGUAGES, Language
from app.cli.paper import Paper, width_of
from app.cli.program import COMMANDS
from app.cli.texts import texts
from app.cli.views.statement import imported
from app.database.health import Finding
from tests.cli import shapes
from tests.cli.program import Person, address
from tests.golden_files import Golden, promised
from tests.postgres import Database

STATEMENT: Final = Path(__file__).parents[1] / "fixtures" / "alipay" / "mobile_2023_gb18030.csv"
AT: Final = ("--at", "2026-06-30")
ASKED: Final[dict[str, tuple[str, ...]]] = {
    "help": ("--help",),
    "households": ("households",),
    "position": ("position", "lin", *AT),
    "position_before": ("position", "lin", "--at", "2026-06-11T09:00:00+08:00"),
    "changes": ("changes", "lin"),
    "changes_of_a_line": ("changes", "lin", "--line", "jiebei"),
    "explain_change": ("explain", "lin", "--line", "jiebei", "--change", "lin:36"),
    "explain_latest": ("explain", "lin", "--line", "jiebei"),
    "explain_window": ("explain", "lin", "--line", "huabei", "--since", "2026-06-01", "--until", "2026-06-30"),
    "history": ("history", "lin"),
    "history_of_a_line": ("history", "lin", "--line", "jiebei"),
    "verify": ("verify",),
    "verify_one": ("verify", "lin"),
    "facts": ("add",),
    "fields": ("add", "RepaymentPosted"),
    "fields_of_a_look": ("add", "LimitObserved"),
    **{f"help_{name}": (name, "--help") for name in COMMANDS},
}
REFUSED: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "no_such_change": (("explain", "lin", "--line", "jiebei", "--change", "lin:99"), 1),
    "change_and_window": (
        ("explain", "lin", "--line", "jiebei", "--change", "lin:36", "--since", "2026-06-01", "--until", "2026-07-01"),
        2,
    ),
    "half_a_window": (("explain", "lin", "--line", "jiebei", "--since", "2026-06-01"), 2),
    "no_such_household": (("position", "lee"), 1),
    "no_such_line": (("changes", "lin", "--line", "jiebe"), 1),
    "known_too_early": (("position", "lin", "--known-at", "2020-01-01"), 1),
    "no_such_file": (("record", "nowhere.jsonl"), 1),
    "no_such_statement": (("import", "alipay", "nowhere.csv", "--household", "lin"), 1),
    "backup_missing": (("restore", "nowhere.headroom"), 1),
    "no_such_command": (("positon", "lin"), 2),
    "no_such_option": (("position", "lin", "--as-of", "2026-01-01"), 2),
    "household_missing": (("position",), 2),
    "too_many_words": (("position", "lin", "zhou"), 2),
    "value_left_over": (("explain", "lin", "--line", "jiebei", "--letter=why.txt"), 2),
    "value_missing": (("position", "lin", "--at"), 2),
    "not_a_time": (("position", "lin", "--at", "yesterday"), 2),
    "no_such_format": (("import", "wechat", "x.csv", "--household", "lin"), 2),
    "no_format": (("import", "x.csv", "--household", "lin"), 2),
    "no_statement": (("import", "alipay", "--household", "lin"), 2),
    "nested_correction": (
        ("add", "Corrected", "fact=lin:3", 'replacement={"type": "Voided", "fact": "lin:3"}', "--household", "lin"),
        1,
    ),
    "not_a_pair": (("add", "LineFrozen", "jiebei", "--household", "lin"), 2),
    "no_such_action": (("database", "stop"), 2),
    "unreachable": (("households", "--database", "postgresql://nobody@127.0.0.1:1/none"), 3),
    "not_an_address": (("households", "--database", "postgresql://a:b:c/d e"), 3),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ASKED)
def test_an_answer_reads_as_promised_and_fits_80_columns(
    family: Person, golden: Golden, name: str, language: Language
) -> None:
    said = family.types(*ASKED[name], "--lang", language)
    assert (said.code, said.err) == (0, "")
    golden.holds(f"says_{name}.{language}.txt", said.out)
    assert max(width_of(line) for line in said.out.splitlines()) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_reads_as_promised_and_leaves_its_exit_code(
    family: Person, golden: Golden, name: str, language: Language
) -> None:
    words, code = REFUSED[name]
    said = family.types(*words, "--lang", language)
    assert (said.code, said.out) == (code, "")
    golden.holds(f"refuses_{name}.{language}.txt", said.err)


def test_no_promised_answer_is_left_over() -> None:
    kept = {f"says_{name}.{language}.txt" for name in ASKED for language in LANGUAGES}
    kept |= {f"refuses_{name}.{language}.txt" for name in REFUSED for language in LANGUAGES}
    assert {name for name in promised("cli") if name.startswith(("says_", "refuses_"))} == kept


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        (("position", "lin", *AT), shapes.Position),
        (("position", "lin"), shapes.Position),
        (("changes", "lin"), list[shapes.Change]),
        (("explain", "lin", "--line", "jiebei", "--change", "lin:36"), shapes.Explain),
        (("explain", "lin", "--line", "card", "--since", "2026-05-01", "--until", "2026-06-30"), shapes.Explain),
        (("history", "lin"), shapes.History),
        (("households",), list[shapes.Household]),
        (("verify",), shapes.Verify),
        (("doctor",), shapes.Doctor),
    ],
)
def test_json_has_the_shape_of_the_contract_and_nothing_else_is_printed(
    family: Person, words: Sequence[str], shape: object
) -> None:
    said = family.types(*words, "--json")
    assert (said.code, said.err) == (0, "")
    shapes.holds(said.out, shape)


def test_json_is_the_same_in_every_language(family: Person) -> None:
    first, second = (family.types("position", "lin", *AT, "--json", "--lang", language).json for language in LANGUAGES)
    assert first | {"known_at": ""} == second | {"known_at": ""}


def test_the_family_repaid_30000_and_may_borrow_12000_and_not_50000(family: Person) -> None:
    def jiebei(at: str) -> dict[str, str]:
        lines = family.types("position", "lin", "--at", at, "--json").json["lines"]
        found: dict[str, str] = next(line for line in lines if line["line"] == "jiebei")
        return found

    assert jiebei("2026-06-11T09:00:00+08:00")["available"] == "20000.00"
    assert jiebei("2026-06-11T10:00:00+08:00")["available"] == "50000.00"
    assert jiebei("2026-06-30")["available"] == "12000.00"


def test_an_exported_book_recorded_again_gives_the_same_answers(family: Person, person: Person) -> None:
    exported, other = family.types("export", "lin").out, person
    told = other.types("record", "-", "--json", given=exported.encode())
    assert told.json["accepted"] == len(exported.splitlines())
    assert other.types("export", "lin").out == exported
    asked = ("explain", "lin", "--line", "jiebei", "--since", "2026-06-01", "--until", "2026-06-30")
    assert family.types(*asked, "--json").json["digest"] == other.types(*asked, "--json").json["digest"]
    for words in (("position", "lin", *AT), ("changes", "lin")):
        first, second = (_undated(person.types(*words, "--json").out) for person in (family, other))
        assert first == second


def _undated(answer: str) -> str:
    """An answer without the times at which its book learned things."""
    lines = answer.splitlines()
    return "\n".join(line for line in lines if '"known_at"' not in line and '"recorded_at"' not in line)


def test_a_book_is_backed_up_and_restored_whole(family: Person, database: Database, tmp_path: Path) -> None:
    file = str(tmp_path / "book.headroom")
    saved = family.types("backup", file, "--json").json
    assert (saved["facts"], saved["households"]) == (43, 1)
    other = Person(HEADROOM_DATABASE_URL=address(database.superuser))
    restored = other.types("restore", file, "--json")
    assert (restored.code, restored.json["facts"]) == (0, 43)
    assert other.types("history", "lin").out == family.types("history", "lin").out
    again = other.types("restore", file)
    assert again.code == 1
    assert "43" in again.err


def test_one_changed_byte_is_named_with_exit_4(person: Person, database: Database) -> None:
    person.types("record", str(FAMILY))
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        connection.execute(
            "UPDATE headroom.event SET payload = replace(convert_from(payload, 'UTF8'), '5000000', '5000001')::bytea"
            " WHERE household = 'lin' AND version = 3"
        )
    for language in LANGUAGES:
        said = person.types("verify", "--lang", language)
        assert said.code == 4
        assert "lin:3" in said.out
    told = person.types("verify", "lin", "--json")
    shapes.holds(told.out, shapes.Verify)
    assert (told.code, told.json["ok"], told.json["first_bad"]["fact"]) == (4, False, "lin:3")


def test_what_was_known_then_is_not_changed_by_what_was_learned_later(person: Person) -> None:
    person.types("record", str(FAMILY))
    learned = person.types("history", "lin", "--json").json["facts"][-1]["recorded_at"]
    then = person.types("position", "lin", *AT, "--known-at", learned, "--json").json
    assert (
        person.types(
            "add", "DrawnDown", "line=jiebei", "amount=1000", "effective_at=2026-06-20", "--household", "lin"
        ).code
        == 0
    )
    assert person.types("position", "lin", *AT, "--known-at", learned, "--json").json == then
    now = person.types("position", "lin", *AT, "--json").json
    assert now["lines"] != then["lines"]


def test_quiet_leaves_out_remarks_and_never_answers(person: Person) -> None:
    words = ("add", "InquiryMade", "lender=x", "--household", "h1")
    assert person.types(*words).err != ""
    assert person.types(*words, "--quiet").err == ""
    assert person.types("households", "--quiet").out != ""


def test_a_dry_run_says_what_would_be_recorded_and_records_nothing(person: Person) -> None:
    told = person.types("record", str(FAMILY), "--dry-run", "--json")
    shapes.holds(told.out, shapes.Record)
    assert (told.code, told.json["accepted"]) == (0, 43)
    assert person.types("households", "--json").json == []


def test_a_statement_imported_twice_adds_nothing(person: Person) -> None:
    words = ("import", "alipay", str(STATEMENT), "--household", "wang", "--json")
    dry = person.types(*words, "--dry-run")
    shapes.holds(dry.out, shapes.Import)
    assert person.types("households", "--json").json == []
    first, second = person.types(*words), person.types(*words)
    assert first.json["facts"] == dry.json["facts"] > 0
    assert (second.code, second.json["facts"], second.json["opened"]) == (0, 0, [])
    assert second.json["duplicates"] > 0


def test_an_import_tells_the_opening_of_a_household_that_was_not_in_the_book_and_no_other(person: Person) -> None:
    words = ("import", "alipay", str(STATEMENT), "--household", "wang")
    assert "opening would be recorded" in person.types(*words, "--dry-run").out
    first = person.types(*words)
    assert "The household's opening was recorded with them" in first.out
    listed = person.types("households", "--json").json
    assert f" {listed[0]['facts'] - 1} facts recorded." in first.out
    assert person.types(*words, "--json").json["household_opened"] is False
    assert person.types("add", "HouseholdOpened", "--household", "li").code == 0
    assert person.types(*words[:-1], "li", "--json").json["household_opened"] is False


def test_what_is_said_of_a_whole_statement_is_no_row_of_it() -> None:
    """Two things are told of one row, and one of the file: that is one row in part."""
    answer: dict[str, Any] = {
        "rows": 9, "facts": 9, "duplicates": 0, "skipped": [], "opened": [], "complaints": (), "dry_run": False,
        "household_opened": False,
        "partial": [
            {"line": 20, "reason": "fee_not_recorded", "detail": "1", "text": "A fee."},
            {"line": 20, "reason": "joined_sources", "detail": "", "text": "Two sources."},
            {"line": 1, "reason": "count_differs", "detail": "8", "text": "The file says 8."},
        ],
    }  # fmt: skip
    page = io.StringIO()
    imported(Paper(page), texts("en"), answer)
    assert "1 row was recorded in part:" in page.getvalue()
    assert "About the file as a whole:\n  The file says 8." in page.getvalue()


def test_importing_into_a_name_that_cannot_be_one_is_refused(person: Person, tmp_path: Path) -> None:
    said = person.types("import", "alipay", str(tmp_path / "x.csv"), "--household", "王")
    assert said.code == 1
    assert "[bad_name]" in said.err


def test_an_answer_given_to_a_program_is_one_json_value_even_when_refused(person: Person) -> None:
    said = person.types("record", "-", "--json", given=b"{}\n")
    shapes.holds(said.out, shapes.Record)
    assert said.code == 1
    assert msgspec.json.decode(said.out)["complaints"]


def test_a_window_that_ends_before_it_begins_is_refused(family: Person) -> None:
    words = ("explain", "lin", "--line", "card", "--since", "2026-07-01", "--until")
    said = family.types(*words, "2026-06-01")
    assert (said.code, said.out) == (1, "")
    assert "'until' is 2026-06-01, not after its start 2026-07-01" in said.err
    assert family.types(*words, "2026-07-01").code == 0


def test_of_two_imports_at_once_one_tells_that_it_added_nothing(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("import", "alipay", str(STATEMENT), "--household", "wang", "--json")
    judged = recording.judge

    def overtaken(*given: Any, **named: Any) -> recording.Judgement:
        found = judged(*given, **named)
        monkeypatch.undo()
        assert person.types(*words).json["facts"] > 0
        return found

    monkeypatch.setattr("app.cli.commands.import_.judge", overtaken)
    told = person.types(*words).json
    assert (told["facts"], told["opened"]) == (0, [])
    assert told["duplicates"] > 0


def test_a_dry_run_of_an_import_opens_nothing_and_says_so(person: Person) -> None:
    words = ("import", "alipay", str(STATEMENT), "--household", "wang")
    assert "Would be opened: yuebao, huabei" in person.types(*words, "--dry-run").out
    assert "将会新开立：yuebao、huabei" in person.types(*words, "--dry-run", "--lang", "zh").out
    assert "\nOpened: yuebao, huabei" in person.types(*words).out
    assert person.types(*words, "--lang", "zh").out.startswith("读到 16 行。记入 0 条事实。")


@pytest.mark.parametrize("field", ["limit=five", "effective_at=yesterday"])
def test_a_refusal_in_chinese_holds_no_english_sentence(family: Person, field: str) -> None:
    name = field.partition("=")[0]
    given = {"limit": "limit=5"} | {name: field}
    said = family.types("add", "LimitObserved", "line=card", *given.values(), "--household", "lin", "--lang", "zh")
    assert said.code == 1
    assert re.search(r"[a-z]+ [a-z]+ [a-z]+", said.err) is None


def test_what_doctor_found_is_told_in_the_language_asked_for() -> None:
    served = {"server": "/book (embedded)", "kind": "embedded", "version": "18.4", "book_mb": "8"}
    found = [
        Finding(code="server", ok=True, details=served),
        Finding(code="checksums", ok=True, details={"failures": "0", "on": "yes"}),
    ]
    told = {language: [doctor_.worded(texts(language), one)["text"] for one in found] for language in LANGUAGES}
    assert told["en"][0] == "PostgreSQL 18.4 at /book (embedded), the database takes 8 MB"
    assert told["zh"] == ["PostgreSQL 18.4，位于 /book（自带），数据库占 8 MB", "没有读到损坏的页（数据校验和：是）"]


def test_a_command_written_wrong_is_told_with_the_one_that_is_near(family: Person) -> None:
    assert "'posiiton'. Is position meant? The" in " ".join(family.types("posiiton", "lin").err.split())
    assert "是不是 position？" in family.types("posiiton", "lin", "--lang", "zh").err
    assert "'zzz'. The commands" in family.types("zzz").err


def test_a_check_that_was_never_made_is_told_with_its_day(family: Person) -> None:
    said = family.types("checks", "lin", "--at", "2020-01-01")
    assert said.code == 1
    assert "No check was made up to 2020-01-01." in said.err
