"""The check as it is answered: shape, findings in both languages, what moved and why, the same bytes for the same."""

import re
import string
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given as any_given
from hypothesis import settings
from hypothesis import strategies as st

import projections
from ledger.events import Recorded
from ledger.timeline import Timeline
from projections.check import Check, moves
from projections.digest import digest
from projections.findings import Language, findings, proved
from projections.judgement import MEASURES
from projections.ruleset import chosen, overridden, ruleset
from tests.build import (
    Record,
    billed,
    charged_interest,
    corrected,
    counted,
    drew,
    earns,
    froze,
    granted,
    inquired,
    lowered,
    moved,
    needs,
    opened_account,
    opened_line,
    repaid,
    saw,
    voided,
)
from tests.projections.checked import examined, family, indicator, instalments, told
from tests.spec import HOUSEHOLD, History, given

TEXTS = tomllib.loads((Path(projections.__file__).parent / "findings.toml").read_text(encoding="utf-8"))
LANGUAGES: tuple[Language, ...] = ("en", "zh")
LOADED = given(
    *family(), *instalments(6_250, 24), opened_line(daily_rate="0.0004"), granted(50_000), drew(30_000, "2026-02-01"),
    repaid(10_000, "2026-02-10"), drew(9_000, "2026-02-12"), lowered(20_000, "2026-02-20"), inquired("x", "2026-02-21"),
)  # fmt: skip


def test_the_answer_is_exactly_that_of_the_contract_with_named_additions() -> None:
    answered: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(told(LOADED)))
    assert set(answered) == {
        "household", "at", "known_at", "version", "ruleset", "indicators", "findings", "stress",
        "safe_early_repayment", "digest",
    } | {"currency", "since", "moved"}  # fmt: skip
    assert answered["indicators"][0] == {
        "code": "dsr", "value": "0.4407", "unit": "fraction", "light": "warn", "warn": "0.4000", "critical": "0.5500",
        "source": "Bank of England (40 %); MAS TDSR and China 2004 guideline (55 %)", "missing": [],
    } | {"bad": "high", "inputs": {"debt_service": "6610.94", "income": "15000.00"}, "subject": None}  # fmt: skip
    assert {*answered["stress"][0]} >= {
        "scenario", "margin", "dsr", "first_month_below_zero", "survival_months", "uncovered",
    }  # fmt: skip
    assert {*answered["findings"][0]} >= {"code", "light", "text", "facts"}
    assert {*answered["safe_early_repayment"]} >= {"amount", "months_if_not_restored", "months_if_restored"}
    assert [one["code"] for one in answered["indicators"]] == list(MEASURES)


def test_amounts_and_rates_are_strings_and_an_amount_has_its_currency_as_unit() -> None:
    by_code = {one.code: one for one in told(LOADED).indicators}
    assert (by_code["financial_margin"].unit, by_code["financial_margin"].critical) == ("CNY", "0.00")
    assert all(isinstance(one.value, str | None) for one in by_code.values())


def test_findings_say_what_turned_worst_first_and_by_which_facts() -> None:
    found = told(given(*family(), *instalments(6_250, 12))).findings
    lights = [one.light for one in found]
    assert lights == sorted(lights, key=["critical", "warn", "not_available"].index)
    assert {("debt_to_assets", "critical"), ("largest_lender", "critical")} <= {(one.code, one.light) for one in found}
    dsr = next(one for one in found if one.code == "dsr")
    assert dsr.text == (
        "6,250.00 falls due within a month, 41.67% of a month's income of 15,000.00. A warning from 40% on."
    )
    assert dsr.facts == ("h1:2", "h1:6", "h1:7", "h1:8")


def test_findings_are_told_in_chinese_too() -> None:
    found = told(given(*family(), *instalments(6_250, 12)), language="zh").findings
    assert "一个月内要还 6,250.00，占月收入 15,000.00 的 41.67%。达到 40% 即提醒。" in [one.text for one in found]


def test_each_missing_input_is_told_once_with_what_to_record() -> None:
    found = told(given(opened_line(), drew(100, "2026-02-01"))).findings
    missing = {one.code: one.text for one in found if one.light == "not_available"}
    assert set(missing) == {
        "missing_income", "missing_essentials", "missing_reserves", "missing_limit", "missing_daily_rate",
    }  # fmt: skip
    assert "jiebei" in missing["missing_limit"]
    assert "IncomeDeclared" in missing["missing_income"]


def test_debt_over_a_limit_a_conflict_and_a_gap_are_told() -> None:
    history = given(
        opened_line(), granted(50_000), drew(30_000, "2026-02-01"), lowered(8_000, "2026-02-02"),
        opened_line("b"), granted(10, line="b"),
        saw("2026-02-03", line="b", drawn=0), saw("2026-02-05", line="b", drawn=7),
        saw("2026-02-06T10:00+08:00", line="b", limit=10),
        saw("2026-02-06T10:00+08:00", line="b", limit=9, source={"kind": "lender"}),
    )  # fmt: skip
    texts = {one.code: one.text for one in told(history).findings}
    assert texts["over_limit"] == "jiebei is 22,000.00 over its limit of 8,000.00."
    assert texts["unexplained"] == "b: what is drawn differs by 7.00 from what the recorded facts explain."
    assert "open_conflict" in texts


def test_income_of_nothing_is_told_without_a_number_that_does_not_exist() -> None:
    found = told(given(*family(income=0), *instalments(10, 12))).findings
    dsr = next(one for one in found if one.code == "dsr")
    assert dsr.text == "10.00 falls due within a month, and there is no income to pay it from."


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def sentences(table: dict[str, Any]) -> list[tuple[str, str]]:
    """Every pair of sentences in the texts."""
    pairs = [(table["en"], table["zh"])] if "en" in table else []
    return pairs + [pair for inner in table.values() if isinstance(inner, dict) for pair in sentences(inner)]


@pytest.mark.parametrize(("english", "chinese"), sentences(TEXTS))
def test_a_sentence_is_written_in_both_languages_with_the_same_blanks(english: str, chinese: str) -> None:
    assert blanks(english) == blanks(chinese)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert not re.search(r"[\u4e00-\u9fff]", english)


def test_every_indicator_can_be_told_and_no_text_is_left_over() -> None:
    assert set(TEXTS["indicator"]) == set(MEASURES)


FORBIDDEN = re.compile(
    r"illegal|should borrow|another line|open (a|another) |非法|违法|应该借|再开|多借", re.IGNORECASE
)


@pytest.mark.parametrize(("english", "chinese"), sentences(TEXTS))
def test_no_sentence_advises_borrowing_or_judges_legality(english: str, chinese: str) -> None:
    assert not FORBIDDEN.search(english)
    assert not FORBIDDEN.search(chinese)


# What moved, and why


def test_a_cut_moves_utilisation_and_is_named_as_the_reason() -> None:
    before = given(opened_line(), granted(50_000), drew(10_000, "2026-02-01"))
    after = before.and_then(lowered(12_000, "2026-02-20"))
    found = {one.code: one for one in moves(examined(before), examined(after))}
    used = found["utilisation"]
    assert (used.before, used.after, used.direction, used.reason, used.facts) == (
        "0.2000", "0.8333", "worse", "facts", (5,),
    )  # fmt: skip
    assert (used.light_before, used.light_after) == ("ok", "critical")


def test_time_alone_moves_what_waits_for_a_date() -> None:
    history = given(*family(), opened_line(), billed(9_000, "2026-02-10", due_on="2026-04-10"))
    found = {one.code: one for one in moves(examined(history, "2026-03-01"), examined(history, "2026-03-20"))}
    assert (found["dsr"].reason, found["dsr"].facts, found["dsr"].direction) == ("time", (), "worse")


def test_other_rules_move_a_light_and_are_named_as_the_reason() -> None:
    history = given(*family(), *instalments(6_250, 12))
    own = overridden("2026.1", {"indicators": {"dsr": {"warn": "0.45"}}})
    found = moves(examined(history), examined(history, rules=own))
    assert [(one.code, one.light_before, one.light_after, one.reason) for one in found] == [
        ("dsr", "warn", "ok", "ruleset")
    ]


def test_a_correction_and_a_voiding_are_the_reason_for_what_they_change() -> None:
    before = given(earns(10_000), *instalments(5_000, 12))
    after = before.and_then(corrected("h1:2", earns(20_000)))
    assert {one.code: one.facts for one in moves(examined(before), examined(after))}["dsr"] == (6,)
    undone = before.and_then(voided("h1:5"))
    assert 6 in {one.code: one.facts for one in moves(examined(before), examined(undone))}["dsr"]


@pytest.mark.parametrize(("balance", "direction"), [(249, "worse"), (251, "better")])
def test_within_one_light_less_reserve_is_worse_and_more_is_better(balance: int, direction: str) -> None:
    before = given(needs(100), opened_account(), counted(250, "2026-02-01"))
    after = before.and_then(counted(balance, "2026-02-02"))
    found = {one.code: one for one in moves(examined(before), examined(after))}["liquidity_months"]
    assert (found.light_before, found.light_after, found.direction) == ("warn", "warn", direction)


def test_what_became_known_is_neither_better_nor_worse() -> None:
    before = given(*instalments(5_000, 12))
    found = {one.code: one for one in moves(examined(before), examined(before.and_then(earns(20_000))))}
    assert (found["dsr"].direction, found["dsr"].facts) == ("known", (5,))


def test_nothing_moves_between_a_check_and_itself() -> None:
    assert moves(examined(LOADED), examined(LOADED)) == ()


# Rules of one's own


def test_a_households_own_numbers_turn_its_lights_and_show_in_the_name_of_the_rules() -> None:
    history = given(*family(), *instalments(5_000, 12))
    own = overridden("2026.1", {"indicators": {"dsr": {"warn": "0.3"}}})
    assert indicator(history, "dsr").light == "ok"
    assert indicator(history, "dsr", rules=own).light == "warn"
    answered = told(history, rules=own)
    assert re.fullmatch(r"2026\.1\+[0-9a-f]{8}", answered.ruleset)
    assert answered.digest != told(history).digest


def test_an_amount_of_ones_own_is_read_in_whole_units_of_the_currency() -> None:
    own = overridden("2026.1", {"indicators": {"financial_margin": {"critical": "3000"}}})
    assert indicator(given(*family(), *instalments(6_250, 24)), "financial_margin", rules=own).light == "critical"


@pytest.mark.parametrize(
    "wrong",
    [
        {"indicators": {"dsr": {"warm": "0.3"}}}, {"indicators": {"dzr": {"warn": "0.3"}}}, {"lights": {}},
        {"indicators": {"dsr": {"warn": 0.3}}}, {"indicators": {"dsr": {"warn": "a third"}}},
        {"indicators": {"dsr": {"warn": {"times": "1", "of": "rent"}}}}, {"indicators": {"dsr": {"bad": "blue"}}},
        {"stress": {"horizon_months": "many"}}, {"stress": {"horizon_months": 0}}, {"indicators": 3},
        {"indicators": {"dsr": "0.3"}}, {"stress": {"scenarios": [{"code": "x", "freezes": "everything"}]}},
    ],
)  # fmt: skip
def test_rules_that_name_nothing_or_cannot_be_read_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        overridden("2026.1", wrong)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dsr": {"unit": "money"}}, "unit and bad are those of its formula, fraction and high"),
        ({"dsr": {"bad": "low"}}, "unit and bad are those of its formula"),
        ({"dsr": {"warn": "0.5501"}}, "warn lies beyond critical"),
        ({"liquidity_months": {"critical": "3.01"}}, "warn lies beyond critical"),
        ({"dsr": {"warn": {"times": "0.1", "of": "income"}}}, "income is no measure of fraction"),
        ({"financial_margin": {"critical": {"times": "1", "of": "lpr_1_year"}}}, "lpr_1_year is no measure of money"),
    ],
)
def test_numbers_that_would_judge_nothing_as_it_is_meant_cannot_be_chosen(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        chosen("2026.1", {"indicators": wrong})
    assert overridden("2026.1", {"indicators": wrong}).name.startswith("2026.1+"), "kept rules are read as they were"


@pytest.mark.parametrize(
    "own",
    [
        {"indicators": {"dsr": {"warn": "0.55", "source": "the family"}}},
        {"indicators": {"liquidity_months": {"critical": "3"}}},
        {"indicators": {"financial_margin": {"critical": {"times": "0.05", "of": "income"}}}},
        {"indicators": {"weighted_apr": {"warn": "0.1", "critical": {"times": "4", "of": "lpr_1_year"}}}},
        {"safe_early_repayment": {"target_months": 0}},
        {},
    ],
)
def test_numbers_of_ones_own_may_be_chosen_up_to_where_both_lights_turn_at_once(own: dict[str, Any]) -> None:
    assert chosen("2026.1", own).name == overridden("2026.1", own).name


def test_two_scenarios_of_one_code_cannot_be_chosen() -> None:
    with pytest.raises(ValueError, match="the same code"):
        chosen("2026.1", {"stress": {"scenarios": [{"code": "x"}, {"code": "x", "months": 3}]}})


def test_no_override_is_the_version_itself() -> None:
    assert overridden("2026.1", {}) is ruleset("2026.1")


# The same history gives the same bytes

LINES = ("jiebei", "huabei", "bank")
_days = st.dates(min_value=date(2025, 9, 1), max_value=date(2026, 2, 28))
_amounts = st.integers(min_value=1, max_value=40_000)


@st.composite
def events(draw: st.DrawFn) -> Record:
    """Something that may happen to a household with three lines and two accounts."""
    on, amount, line = draw(_days).isoformat(), draw(_amounts), draw(st.sampled_from(LINES))
    return draw(
        st.sampled_from(
            [
                drew(amount, on, line=line), drew(amount, on, line=line, method="equal_instalment", periods=12),
                repaid(amount, on, line=line), lowered(amount, on, line=line), froze(on, line=line),
                billed(amount, on, due_on="2026-03-20", line=line), charged_interest(amount, on, line=line),
                counted(amount, on), moved(-amount, on), earns(amount, on), needs(amount, on), inquired("other", on),
                saw(on, limit=amount, line=line), saw(on, drawn=amount, line=line),
            ]
        )
    )  # fmt: skip


def household(happened: list[Record]) -> History:
    """Three lines, one of them a card, and an account, with whatever happened to them."""
    return given(
        opened_line("jiebei", lender_group="ant", daily_rate="0.0004"), granted(50_000, line="jiebei"),
        opened_line("huabei", lender_group="ant", limit_basis="full_balance"), granted(10_000, line="huabei"),
        opened_line("bank", revocable=False, daily_rate="0.0002", restoration="t_plus_n"), granted(90_000, line="bank"),
        opened_account(), opened_account("fund", "bond_fund"), *happened,
    )  # fmt: skip


@any_given(happened=st.lists(events(), max_size=12))
@settings(max_examples=40)
def test_the_same_history_gives_the_same_bytes_wherever_it_is_kept(happened: list[Record]) -> None:
    history = household(happened)
    first, second = told(history), told(history)
    assert msgspec.json.encode(first) == msgspec.json.encode(second)
    moved_house = History(
        tuple(
            Recorded(version=one.version, recorded_at=one.recorded_at + 10**12, fact=one.fact)
            for one in history.recorded
        )
    )
    assert told(moved_house, language="zh").digest == first.digest


@any_given(happened=st.lists(events(), max_size=12))
@settings(max_examples=40)
def test_the_cited_facts_alone_give_every_number_again(happened: list[Record]) -> None:
    found = examined(household(happened))
    assert [one.code for one in found.indicators if not proved(found.basis, one)] == []


@any_given(happened=st.lists(events(), max_size=12))
@settings(max_examples=40)
def test_every_light_that_turned_is_told_in_both_languages(happened: list[Record]) -> None:
    found = examined(household(happened))
    turned = {one.code for one in found.indicators if one.light in ("warn", "critical")}
    for language in LANGUAGES:
        spoken = findings(found.basis, found.indicators, language=language)
        assert turned <= {one.code for one in spoken}
        assert not any("{" in one.text or "None" in one.text for one in spoken)


def test_two_households_with_the_same_history_have_the_same_digest() -> None:
    first = told(LOADED)
    other: Check = msgspec.structs.replace(
        first,
        household="h2",
        known_at="2030-01-01T00:00:00+08:00",
        findings=tuple(
            msgspec.structs.replace(one, text="", facts=tuple(fact.replace("h1:", "h2:") for fact in one.facts))
            for one in first.findings
        ),
        digest="",
    )
    assert (
        digest(other, household="h2")
        == digest(msgspec.structs.replace(first, digest=""), household=HOUSEHOLD)
        == first.digest
    )


def test_a_fact_learned_later_changes_no_check_of_what_was_known_before() -> None:
    known = told(LOADED).digest
    later = LOADED.later_learned("2026-03-05", earns(1, "2026-02-25"))
    timeline = Timeline(later.recorded, known_at=LOADED.recorded[-1].recorded_at)
    assert timeline.version == LOADED.recorded[-1].version
    assert told(History(later.recorded[: timeline.version])).digest == known
    assert told(later).digest != known
