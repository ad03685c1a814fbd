"""What jobs come to at the edges of their numbers: old books, old news, payments that come near, looks at once."""

from hashlib import sha256

import msgspec
import pytest

from ledger.calendar import parse_when
from scheduler.jobs import moments
from scheduler.wishes import Wishes
from tests.build import (
    Record,
    billed,
    charged_interest,
    closed,
    corrected,
    drew,
    earns,
    fact,
    froze,
    granted,
    inquired,
    lender_stated,
    lowered,
    needs,
    new_terms,
    opened_line,
    raised,
    repaid,
    repayment_reversed,
    saw,
    sent,
    temporary,
    thawed,
    voided,
)
from tests.scheduler.lives import Life, moment
from tests.spec import ZONE

LINE = (opened_line(), granted(50_000), drew(100, "2026-03-01"))


def days(first: str, count: int) -> list[str]:
    """Days on which the clock looks, a while after eight."""
    start = ZONE.day(ZONE.at(parse_when(first)))
    return [ZONE.text(ZONE.moment_of(start + day, 9 * 60))[:16] + ":00" for day in range(count)]


def told_on(life: Life, kind: str, looks: list[str]) -> list[str]:
    """The days of some looks on which a kind of notice is told."""
    return [at[:10] for at in looks if kind in life.kinds(at)]


# What is kept of a check


def test_what_is_kept_of_a_check_holds_value_inputs_thresholds_rules_version_and_digest() -> None:
    facts = (earns(1_000), opened_line(daily_rate="0"), granted(900), drew(500, "2026-03-01"),
             billed(500, "2026-03-02", due_on="2026-03-20"))  # fmt: skip
    (kept,) = Life(*facts, met="2026-03-02T12:00:00").results
    answer = msgspec.json.decode(kept.answer)
    dsr = answer["indicators"][0]
    assert dsr == dsr | {
        "code": "dsr", "value": "0.5000", "light": "warn", "warn": "0.4000", "critical": "0.5500",
        "inputs": {"debt_service": "500.00", "income": "1000.00"},
    }  # fmt: skip
    assert (kept.ruleset, answer["ruleset"], kept.version, answer["version"]) == ("2026.1", "2026.1", 6, 6)
    assert kept.digest == sha256(kept.answer).digest()
    (again,) = Life(*facts, met="2026-03-02T12:00:00").results
    assert again.answer == kept.answer


def test_shocks_are_tried_at_the_beginning_of_each_month_only() -> None:
    life = Life(*LINE, met="2026-03-30T12:00:00")
    life.looks("2026-04-02T09:00:00")
    assert [(one.kind, one.stressed, len(msgspec.json.decode(one.answer)["stress"])) for one in life.results] == [
        ("first", False, 0), ("daily", False, 0), ("monthly", True, 8), ("daily", False, 0),
    ]  # fmt: skip


# Books too old to judge: the latest fact speaks of 1 March, and 15 April is 45 days later


def test_books_are_too_old_to_judge_after_45_days_which_is_told_once() -> None:
    life = Life(*LINE, met="2026-03-02T12:00:00")
    assert told_on(life, "stale", days("2026-03-03", 60)) == ["2026-04-16"]
    (told,) = (one.message for one in life.told if one.message.kind == "stale")
    assert "2026-03-01, 46 days before" in told.text
    assert told.facts == ("h1:4",)


def test_a_household_that_is_met_with_old_books_is_told_so_at_the_first_look() -> None:
    for met, told in (("2026-04-15T12:00:00", False), ("2026-04-16T12:00:00", True)):
        assert ("stale" in [one.message.kind for one in Life(*LINE, met=met).told]) is told


def test_a_new_fact_makes_books_fit_to_judge_and_they_may_grow_old_again() -> None:
    life = Life(*LINE, met="2026-03-02T12:00:00")
    assert told_on(life, "stale", days("2026-03-03", 46)) == ["2026-04-16"]
    life.records("2026-04-20T12:00:00", drew(1, "2026-04-20"))
    assert told_on(life, "stale", days("2026-04-21", 50)) == ["2026-06-05"]


def test_a_fact_that_speaks_of_long_ago_or_opens_the_household_does_not_make_books_young() -> None:
    life = Life(fact("HouseholdOpened", "2026-04-10"), *LINE, met="2026-04-12T12:00:00")
    life.records("2026-04-14T12:00:00", needs(1, "2026-02-01"))
    assert told_on(life, "stale", days("2026-04-15", 3)) == ["2026-04-16"]


@pytest.mark.parametrize("writes", [True, False])
def test_nothing_gets_better_on_old_books_and_does_on_young_ones(writes: bool) -> None:
    """Three inquiries of 1 March leave the six months that count on 1 September."""
    asked = tuple(inquired(f"bank-{number}", "2026-03-01") for number in range(3))
    life = Life(opened_line("old", "2020-01-01"), *asked, met="2026-03-02T12:00:00")
    assert "credit_velocity" in life.concerns
    life.looks("2026-08-20T09:00:00")
    if writes:
        life.records("2026-08-20T12:00:00", needs(1, "2026-08-20"))
    life.looks("2026-08-31T09:00:00")
    assert ("credit_velocity" in better(life, days("2026-09-01", 5))) is writes


def better(life: Life, looks: list[str]) -> set[str]:
    """What is told to be better by some looks."""
    return {topic for at in looks for one in life.looks(at) if one.message.kind == "better" for topic in one.topics}


def test_a_finding_that_was_over_for_two_days_is_told_anew_when_it_comes_back() -> None:
    life = Life(opened_line(), granted(100), drew(200, "2026-03-01"), met="2026-03-02T12:00:00")
    assert open_topics(life) >= {"finding:over_limit:jiebei"}
    life.records("2026-03-03T12:00:00", repaid(150, "2026-03-03"))
    assert told_on(life, "finding", days("2026-03-04", 6)) == []
    assert "finding:over_limit:jiebei" not in open_topics(life)
    life.records("2026-03-09T12:00:00", drew(150, "2026-03-09"))
    assert told_on(life, "finding", days("2026-03-10", 3)) == ["2026-03-10"]


def open_topics(life: Life) -> set[str]:
    """What was told and is not over."""
    return {topic for topic, concern in life.concerns.items() if concern.light != "ok"}


# News: a cut that is learned of later than it happened


@pytest.mark.parametrize(
    ("cut_at", "learned", "told"),
    [
        ("2026-04-01T12:00:00+08:00", "2026-05-01T11:59:59", True),
        ("2026-04-01T12:00:00+08:00", "2026-05-01T12:00:00", False),
        ("2026-04-01", "2026-04-30T23:59:59", True),
        ("2026-04-01", "2026-05-01T00:00:00", False),
    ],
)
def test_a_limit_change_is_news_for_thirty_days(cut_at: str, learned: str, told: bool) -> None:
    life = Life(*LINE, met="2026-03-02T12:00:00")
    life.looks("2026-04-30T09:00:00")
    life.records(learned, lowered(40_000, cut_at))
    assert ("limit_changed" in life.kinds(learned)) is told
    assert "limit_changed" not in life.kinds("2026-05-03T09:00:00")


def test_what_had_changed_before_the_clock_met_the_household_is_no_news() -> None:
    life = Life(*LINE, lowered(40_000, "2026-03-01"), met="2026-03-02T12:00:00")
    life.looks("2026-03-04T09:00:00")
    assert "limit_changed" not in [one.message.kind for one in life.told]


def test_a_limit_that_ends_at_the_very_moment_of_a_check_is_told_by_that_check_and_no_other() -> None:
    ends = temporary(10, "2026-03-01", until="2026-03-04T08:00:00+08:00")
    life = Life(*LINE, ends, met="2026-03-02T12:00:00")
    assert told_on(life, "limit_changed", days("2026-03-03", 4)) == ["2026-03-04"]


LOOKED_AT_ONCE: dict[str, Record] = {
    "granted": granted(60_000, "2026-03-03"), "raised": raised(60_000, "2026-03-03"),
    "lowered": lowered(40_000, "2026-03-03"), "temporary": temporary(10, "2026-03-03", until="2026-04-03"),
    "frozen": froze("2026-03-03"), "thawed": thawed("2026-03-03"), "closed": closed("2026-03-03"),
    "terms": new_terms("2026-03-03", restoration="never"), "seen": saw("2026-03-03", limit=40_000),
    "corrected": corrected("h1:3", granted(40_000)), "voided": voided("h1:3"),
}  # fmt: skip
LOOKED_AT_FOR_ITS_DATE: dict[str, Record] = {
    "billed": billed(1, "2026-03-03", due_on="2026-04-01"),
    "drawn until": drew(1, "2026-03-03", due_on="2026-04-01", method="bullet"),
    "in instalments": drew(1, "2026-03-03", first_due_on="2026-04-01", periods=2, method="equal_instalment"),
    "bounced": repayment_reversed("2026-03-03", payment="p"),
}  # fmt: skip
LOOKED_AT_LATER: dict[str, Record] = {
    "drawn": drew(1, "2026-03-03"), "repaid": repaid(1, "2026-03-03"), "charged": charged_interest(1, "2026-03-03"),
    "stated": lender_stated("2026-03-03", kind="macro"), "needs": needs(1, "2026-03-03"),
    "inquiry": inquired("x", "2026-03-03"), "sent": sent(1, "2026-03-03"),
}  # fmt: skip


@pytest.mark.parametrize("name", [*LOOKED_AT_ONCE, *LOOKED_AT_FOR_ITS_DATE, *LOOKED_AT_LATER])
def test_a_fact_that_can_move_a_limit_or_set_a_date_is_looked_at_at_once_and_no_other(name: str) -> None:
    life = Life(*LINE, repaid(1, "2026-03-01", payment="p"), met="2026-03-02T12:00:00")
    life.looks("2026-03-03T09:00:00")
    life.records("2026-03-03T12:00:00", {**LOOKED_AT_ONCE, **LOOKED_AT_FOR_ITS_DATE, **LOOKED_AT_LATER}[name])
    found = moments(ZONE, life.history.recorded, life.standing, now=moment("2026-03-03T12:01:00"))
    assert [(one.at, one.jobs) for one in found] == (
        [] if name in LOOKED_AT_LATER else [(moment("2026-03-03T12:00:00"), ("change",))]
    )
    changed = "limit_changed" in life.kinds("2026-03-03T12:01:00")
    assert changed is (name in LOOKED_AT_ONCE and name not in ("terms", "corrected", "voided"))


# Payments that come near: 500 is due on 20 March


def owing(*facts: Record, met: str = "2026-03-10T12:00:00", due_days: tuple[int, ...] = (3,)) -> Life:
    bill = billed(500, "2026-03-05", due_on="2026-03-20")
    return Life(opened_line(), granted(900), drew(500, "2026-03-01"), bill, *facts, met=met,
                wishes=Wishes(due_days=due_days))  # fmt: skip


@pytest.mark.parametrize(
    ("due_days", "told"),
    [
        ((3,), ["2026-03-17"]),
        ((1,), ["2026-03-19"]),
        ((7, 3, 1), ["2026-03-13", "2026-03-17", "2026-03-19"]),
        ((1, 3, 7), ["2026-03-13", "2026-03-17", "2026-03-19"]),
        ((), []),
    ],
)
def test_a_payment_is_reminded_of_once_for_each_wished_day(due_days: tuple[int, ...], told: list[str]) -> None:
    assert told_on(owing(due_days=due_days), "due_soon", days("2026-03-11", 14)) == told


@pytest.mark.parametrize(
    ("looked", "told"), [("2026-03-16T09:00:00", 0), ("2026-03-18T09:00:00", 1), ("2026-03-21T09:00:00", 1)]
)
def test_a_reminder_that_was_missed_is_made_up_for_once_and_says_the_days_of_then(looked: str, told: int) -> None:
    life = owing(due_days=(7, 3))
    life.looks("2026-03-14T09:00:00")
    found = [one for one in life.looks(looked) if one.message.kind == "due_soon"]
    assert len(found) == told
    assert all("500.00 is due on 2026-03-20, days from now: 3." in one.message.text for one in found)


@pytest.mark.parametrize(("met", "left"), [("2026-03-17T12:00:00", 3), ("2026-03-19T12:00:00", 1)])
def test_who_is_met_shortly_before_a_payment_is_reminded_at_the_first_look(met: str, left: int) -> None:
    life = owing(met=met)
    (told,) = (one.message for one in life.told if one.message.kind == "due_soon")
    assert f"500.00 is due on 2026-03-20, days from now: {left}." in told.text
    assert told_on(life, "due_soon", days("2026-03-20", 3)) == []


def test_what_was_paid_is_not_reminded_of_and_of_what_is_paid_in_part_the_rest_is() -> None:
    life = owing(repaid(500, "2026-03-09"))
    assert told_on(life, "due_soon", days("2026-03-11", 14)) == []
    life = owing(repaid(200, "2026-03-09"))
    assert told_on(life, "due_soon", days("2026-03-11", 14)) == ["2026-03-17"]
    assert any("300.00 is due on 2026-03-20" in one.message.text for one in life.told)


# Payments that become known when the time to remind of them has passed: 500 is due on 20 March


def learning(due_days: tuple[int, ...], at: str, *facts: Record, until: str = "2026-03-24") -> list[tuple[str, str]]:
    """What is told of a bill that is recorded at a time: when it may be read, and how many days are said to be left."""
    life = Life(opened_line(), granted(900), drew(500, "2026-03-01"), met="2026-03-10T12:00:00",
                wishes=Wishes(due_days=due_days))  # fmt: skip
    for day in days("2026-03-11", ZONE.day(moment(at)) - ZONE.day(moment("2026-03-11"))):
        life.looks(day)
    life.looks(at)
    life.records(at, *(facts or (billed(500, "2026-03-05", due_on="2026-03-20"),)))
    for look in [at, *(day for day in days(at[:10], 20) if at < day[:16] <= until)]:
        life.looks(look)
    found = [one.message for one in life.told if one.message.kind == "due_soon"]
    assert all("500.00 is due on 2026-03-20" in one.text for one in found)
    return [(ZONE.text(one.not_before)[:16], one.text.split("days from now: ")[1][0]) for one in found]


@pytest.mark.parametrize(
    ("due_days", "at", "told"),
    [
        ((1,), "2026-03-19T07:59:59", [("2026-03-19T09:00", "1")]),
        ((1,), "2026-03-19T08:00:01", [("2026-03-19T08:00", "1")]),
        ((1,), "2026-03-19T21:59:00", [("2026-03-19T21:59", "1")]),
        ((1,), "2026-03-19T22:00:00", [("2026-03-20T07:00", "0")]),
        ((1,), "2026-03-20T15:00:00", [("2026-03-20T15:00", "0")]),
        ((1,), "2026-03-20T22:00:00", []),
        ((1,), "2026-03-21T12:00:00", []),
        ((3,), "2026-03-17T12:00:00", [("2026-03-17T12:00", "3")]),
        ((3,), "2026-03-16T12:00:00", [("2026-03-17T09:00", "3")]),
        ((3, 1), "2026-03-17T12:00:00", [("2026-03-17T12:00", "3"), ("2026-03-19T09:00", "1")]),
        ((3, 1), "2026-03-18T23:00:00", [("2026-03-19T07:00", "1")]),
        ((3, 1), "2026-03-19T00:30:00", [("2026-03-19T07:00", "1")]),
        ((), "2026-03-19T12:00:00", []),
    ],
)
def test_a_bill_that_becomes_known_when_its_reminder_is_over_is_told_of_at_once_and_no_more_than_once(
    due_days: tuple[int, ...], at: str, told: list[tuple[str, str]]
) -> None:
    assert learning(due_days, at) == told


@pytest.mark.parametrize(
    "known",
    [
        (drew(500, "2026-03-02", due_on="2026-03-20", method="bullet"), repaid(500, "2026-03-02")),
        (corrected("h1:4", drew(500, "2026-03-01", due_on="2026-03-20", method="bullet")),),
    ],
)
def test_any_date_that_becomes_known_late_is_told_of_at_once(known: tuple[Record, ...]) -> None:
    assert learning((3,), "2026-03-18T12:00:00", *known) == [("2026-03-18T12:00", "2")]


def test_a_payment_that_bounces_shortly_before_its_bill_is_due_brings_the_reminder() -> None:
    life = owing(repaid(500, "2026-03-09", payment="p"))
    assert told_on(life, "due_soon", days("2026-03-11", 8)) == []
    life.records("2026-03-18T12:00:00", repayment_reversed("2026-03-18", payment="p"))
    assert life.kinds("2026-03-18T12:00:00") == ["due_soon"]


def test_what_was_reminded_of_is_not_told_again_because_something_else_is_learned_in_the_night() -> None:
    life = owing(due_days=(3, 1))
    assert told_on(life, "due_soon", days("2026-03-11", 8)) == ["2026-03-17"]
    life.records("2026-03-19T00:30:00", billed(90, "2026-03-05", due_on="2026-04-20"))
    assert life.kinds("2026-03-19T00:30:00") == []
    assert told_on(life, "due_soon", days("2026-03-19", 3)) == ["2026-03-19"]


def test_a_reminder_at_once_is_a_job_that_ran_and_judges_nothing() -> None:
    life = Life(opened_line(), granted(900), drew(500, "2026-03-01"), met="2026-03-19T12:00:00")
    life.records("2026-03-19T14:00:00", billed(500, "2026-03-05", due_on="2026-03-20"))
    kept = len(life.results)
    assert life.kinds("2026-03-19T14:00:00") == ["due_soon"]
    assert [(one.job, one.scheduled_for) for one in life.runs[-1:]] == [("due", moment("2026-03-19T14:00:00"))]
    assert len(life.results) == kept
    assert told_on(life, "worse", days("2026-03-20", 2)) == ["2026-03-21"]


@pytest.mark.parametrize(("due_on", "told"), [("2026-03-16", True), ("2026-03-17", False)])
def test_the_week_in_one_message_tells_what_falls_due_within_seven_days(due_on: str, told: bool) -> None:
    bill = billed(500, "2026-03-05", due_on=due_on)
    life = Life(opened_line(), granted(900), drew(500, "2026-03-01"), bill, met="2026-03-06T12:00:00")
    (digest,) = (one.message for one in life.looks("2026-03-09T09:00:00") if one.message.kind == "digest")
    assert (f"500.00 is due on {due_on}" in digest.text) is told


# How late a notice is


@pytest.mark.parametrize(("looked", "late"), [("2026-03-17T09:00:00", False), ("2026-03-17T09:00:01", True)])
def test_what_is_told_more_than_an_hour_after_its_time_says_so(looked: str, late: bool) -> None:
    life = owing()
    life.looks("2026-03-16T09:00:00")
    (told,) = (one.message for one in life.looks(looked) if one.message.kind == "due_soon")
    assert ("told late" in told.text) is late
