"""`headroom check` on the invented family: its pages, its JSON, rules of one's own, and what it refuses."""

from pathlib import Path
from typing import Final, Literal

import msgspec
import pytest
from msgspec import Struct

from app.cli.options import LANGUAGES, Language
from app.cli.paper import width_of
from tests.cli.program import Person
from tests.cli.shapes import Digest, FactId, Instant, Money, Ratio, When, holds
from tests.golden_files import Golden, promised

Light = Literal["ok", "warn", "critical", "not_available"]
ASKED: Final[dict[str, tuple[str, ...]]] = {
    "family": ("check", "lin", "--at", "2026-06-30"),
    "since": ("check", "lin", "--at", "2026-06-30", "--since", "2026-06-10"),
    "early": ("check", "lin", "--at", "2025-11-20"),
    "before_anything": ("check", "lin", "--at", "2020-01-01"),
}
REFUSED: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "no_such_household": (("check", "lee"), 1),
    "no_such_ruleset": (("check", "lin", "--ruleset", "2019.1"), 1),
    "no_such_file": (("check", "lin", "--ruleset", "nowhere.toml"), 1),
    "not_a_time": (("check", "lin", "--since", "yesterday"), 2),
    "backward": (("check", "lin", "--at", "2026-06-10", "--since", "2026-06-11"), 1),
}


class Indicator(Struct):
    code: str
    value: Money | None
    unit: str
    light: Light
    warn: Money | None
    critical: Money | None
    source: str
    missing: list[str]


class Finding(Struct):
    code: str
    light: Light
    text: str
    facts: list[FactId]


class Stress(Struct):
    scenario: str
    margin: Money | None
    dsr: Ratio | None
    first_month_below_zero: int | None
    survival_months: Ratio | None
    uncovered: Money | None


class SafeRepayment(Struct):
    amount: Money | None
    months_if_not_restored: Ratio | None
    months_if_restored: Ratio | None


class Check(Struct):
    """Source: contract.md section 4, `check`."""

    household: str
    at: When
    known_at: Instant
    version: int
    ruleset: str
    indicators: list[Indicator]
    findings: list[Finding]
    stress: list[Stress]
    safe_early_repayment: SafeRepayment
    digest: Digest


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden pages of checks."""
    return Golden("check", update=bool(request.config.getoption("--update-golden")))


def test_position_and_check_score_how_spread_the_financing_is_by_the_same_rules(person: Person, tmp_path: Path) -> None:
    wide = {"a": ("informal", "true"), "b": ("card", "false"), "c": ("instalment", "true"), "d": ("other", "false")}
    for line, (product, revocable) in wide.items():
        for words in (
            ("LineOpened", f"line={line}", f"lender={line}", f"product={product}", f"revocable={revocable}"),
            ("DrawnDown", f"line={line}", "amount=1000"),
        ):
            assert person.types("add", *words, "effective_at=2025-01-01", "--household", "h1").code == 0
    assert person.types("add", "InquiryMade", "lender=x", "effective_at=2026-06-01", "--household", "h1").code == 0

    def scores() -> tuple[str, str, str]:
        told = person.types("position", "h1", "--json").json["diversification"]
        judged = person.types("check", "h1", "--json").json
        (score,) = (one["value"] for one in judged["indicators"] if one["code"] == "diversification")
        assert told["ruleset"] == judged["ruleset"]
        return told["score"], score, told["uncapped"]

    position, check, uncapped = scores()
    assert position == uncapped
    assert float(check) == float(position) > 70
    own = tmp_path / "own.toml"
    own.write_text('[indicators.credit_velocity]\nwarn = "1"\n', encoding="utf-8")
    assert person.types("notify", "h1", "--ruleset", str(own)).code == 0
    position, check, _ = scores()
    assert float(check) == float(position) == 70


@pytest.fixture
def family(family: Person) -> Person:
    """The family a month later."""
    family.waits_until("2026-08-02T09:00:00+08:00")
    return family


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ASKED)
def test_a_check_reads_as_promised_and_fits_80_columns(
    family: Person, golden: Golden, name: str, language: Language
) -> None:
    said = family.types(*ASKED[name], "--known-at", "2026-08-01", "--lang", language)
    assert (said.code, said.err) == (0, "")
    golden.holds(f"{name}.{language}.txt", said.out)
    assert max(width_of(line) for line in said.out.splitlines()) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REFUSED)
def test_a_check_that_cannot_be_made_says_why(family: Person, golden: Golden, name: str, language: Language) -> None:
    words, code = REFUSED[name]
    said = family.types(*words, "--lang", language)
    assert (said.code, said.out) == (code, "")
    golden.holds(f"refuses_{name}.{language}.txt", said.err)


def test_no_promised_page_is_left_over() -> None:
    kept = {f"{name}.{language}.txt" for name in ASKED for language in LANGUAGES}
    kept |= {f"refuses_{name}.{language}.txt" for name in REFUSED for language in LANGUAGES}
    assert promised("check") == kept


def test_what_moved_since_a_day_began_is_told_of_that_very_day_too(family: Person) -> None:
    """Of 2026-06-11, on which the family repaid: domain.md section 1, `since` given as a date means its start."""
    told = family.types("check", "lin", "--at", "2026-06-11", "--since", "2026-06-11", "--json").json
    assert told["since"] == "2026-06-10T23:59:59.999999+08:00"
    assert told["moved"]


@pytest.mark.parametrize("name", ASKED)
def test_its_json_has_the_shape_of_the_contract_and_nothing_else_is_printed(family: Person, name: str) -> None:
    said = family.types(*ASKED[name], "--json")
    assert (said.code, said.err) == (0, "")
    holds(said.out, Check)


def test_a_file_lays_the_households_own_numbers_over_a_version(family: Person, tmp_path: Path) -> None:
    rules = tmp_path / "own.toml"
    rules.write_text('based_on = "2026.1"\n[indicators.dsr]\nwarn = "0.30"\n', encoding="utf-8")
    said = family.types(*ASKED["family"], "--ruleset", str(rules), "--json").json
    assert said["ruleset"].startswith("2026.1+")
    assert (said["indicators"][0]["warn"], said["indicators"][0]["light"]) == ("0.3000", "warn")


@pytest.mark.parametrize("text", ['[indicators.dsr]\nwarm = "0.30"\n', "[indicators.dsr]\nwarn = 0.3\n", "no toml"])
def test_a_file_that_is_no_rules_is_refused_by_what_is_wrong_with_it(family: Person, tmp_path: Path, text: str) -> None:
    rules = tmp_path / "own.toml"
    rules.write_text(text, encoding="utf-8")
    said = family.types("check", "lin", "--ruleset", str(rules))
    assert (said.code, said.out) == (1, "")
    assert "cannot be used as rules" in " ".join(said.err.split())


def test_a_household_copied_by_export_has_the_same_digest(family: Person, person: Person) -> None:
    assert person.types("record", "-", given=family.types("export", "lin").out.encode()).code == 0
    digests = {one.types(*ASKED["since"], "--json").json["digest"] for one in (family, person)}
    assert len(digests) == 1


def test_every_finding_cites_facts_of_the_household_or_says_what_is_missing(family: Person) -> None:
    answered = msgspec.json.decode(family.types(*ASKED["family"], "--json").out, type=Check)
    known = {one["id"] for one in family.types("history", "lin", "--json").json["facts"]}
    assert answered.findings
    for finding in answered.findings:
        assert set(finding.facts) <= known
        assert bool(finding.facts) == (finding.light != "not_available")


@pytest.mark.parametrize(("secured", "shown"), [(True, "5.0%"), (False, None)])
@pytest.mark.parametrize(("language", "words"), [("en", "of it on debt without security"), ("zh", "其中无抵押的欠款")])
def test_the_unsecured_part_of_debt_service_stands_under_the_whole_where_it_is_a_part(
    person: Person, language: str, words: str, secured: bool, shown: str | None
) -> None:
    """Of 10,000 of income 1,500 are due on a home and 500 on a car."""
    at = {"household": "h1", "effective_at": "2026-06-01"}
    facts: list[dict[str, object]] = [{"type": "IncomeDeclared", "monthly": "10000"}]
    for line, due in (("home", "1500"), ("car", "500")):
        opened = {"line": line, "lender": line, "product": "mortgage", "secured": secured and line == "home"}
        facts.append({"type": "LineOpened", **opened})
        facts.append({"type": "DrawnDown", "line": line, "amount": due, "due_on": "2026-07-15"})
    given = b"".join(msgspec.json.encode(at | fact) + b"\n" for fact in facts)
    assert person.types("record", "-", given=given).code == 0
    told = person.types("check", "h1", "--at", "2026-06-30", "--lang", language).out.splitlines()
    found = [line.split() for line in told if words in line]
    assert [line[-1] for line in found] == ([shown] if shown else [])
