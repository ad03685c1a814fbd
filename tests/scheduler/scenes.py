"""One invented household through everything it can be told of, a book for each language; and what is told seldom."""

from collections.abc import Callable
from typing import Final

from projections.ruleset import chosen
from scheduler.channels.wording import failing, outcome_text, texts, trial
from scheduler.message import Message
from scheduler.wishes import Wishes
from scheduler.wording import Language
from tests.build import (
    billed,
    counted,
    drew,
    earns,
    granted,
    lowered,
    needs,
    opened_account,
    opened_line,
    raised,
    repaid,
    saw,
)
from tests.postgres import Database
from tests.projections.test_findings import CASES
from tests.scheduler.clockwork import Clockwork
from tests.scheduler.lives import Life

KINDS = ("better", "digest", "due_soon", "finding", "limit_changed", "stale", "worse")


def lived(database: Database, wishes: Wishes) -> Clockwork:
    """A household that borrows too much, is cut, repays, is billed, and then writes nothing down for two months."""
    clock = Clockwork(database, "2026-05-01T12:00:00", usual=wishes)
    clock.record(
        "h1",
        earns(15000),
        needs(6000),
        opened_account(),
        counted(60000, "2026-04-30"),
        opened_line(lender="jiebei", daily_rate="0.0004"),
        granted(50000),
        opened_line("card", product="card", limit_basis="full_balance", revocable=False, daily_rate="0.0005"),
        granted(20000, line="card"),
    )
    clock.runs()
    clock.runs(until="2026-05-02T10:00:00")
    clock.record("h1", drew(40000, "2026-05-02T09:30:00+08:00"))
    clock.runs(until="2026-05-03T09:00:00")
    clock.record("h1", lowered(30000, "2026-05-03T08:30:00+08:00", text="risk control", reason_code="P02"))
    clock.runs()
    clock.runs(until="2026-05-05T09:00:00")
    clock.record("h1", saw("2026-05-05T08:00:00+08:00", limit=25000))
    clock.runs()
    clock.runs(until="2026-05-06T09:00:00")
    clock.record("h1", repaid(38000, "2026-05-06T08:00:00+08:00"), raised(40000, "2026-05-06T08:30:00+08:00"))
    clock.runs()
    card = (drew(800, "2026-05-04", line="card"), billed(800, "2026-05-06", due_on="2026-05-12", line="card"))
    clock.record("h1", *card)
    for day in range(7, 32):
        clock.runs(until=f"2026-05-{day:02}T08:00:00")
    for day in range(1, 29):
        clock.runs(until=f"2026-06-{day:02}T08:00:00")
    return clock


BORROWED: Final = (opened_line(daily_rate="0.0004"), granted(9000), drew(2000, "2026-04-01"))
OWN: Final = (earns(9000), needs(1000), opened_account(), counted(90000, "2026-04-01"))


def several_at_once(language: Language) -> list[Message]:
    """A first look at all lights and two payments that come near; later two cuts that nobody looked at at once."""
    bills = (
        billed(500, "2026-02-20", due_on="2026-03-03"),
        billed(90, "2026-02-20", due_on="2026-03-04", line="card", minimum="9"),
    )
    facts = (*CASES["everything-critical"], *bills)
    life = Life(*facts, met="2026-03-01T12:00:00", wishes=Wishes(language=language))
    life.records("2026-03-01T20:00:00", lowered(49000, "2026-03-01"), lowered(6900, "2026-03-01", line="card"))
    life.looks("2026-03-02T08:30:00")
    return [one.message for one in life.told if one.message.kind != "digest"]


def much_unknown(language: Language) -> list[Message]:
    """A household of which little was recorded."""
    life = Life(opened_line(), drew(1, "2026-04-01"), met="2026-05-01T12:00:00", wishes=Wishes(language=language))
    return [one.message for one in life.told]


def nothing_to_tell(language: Language) -> list[Message]:
    """A week in which nothing is open and nothing turned."""
    quiet = (opened_line(revocable=False), granted(9000))
    life = Life(*OWN, *quiet, met="2026-05-01T12:00:00", wishes=Wishes(language=language))
    return [one.message for one in life.looks("2026-05-04T08:30:00")]


def nothing_left_to_compare(language: Language) -> list[Message]:
    """A warned card that is closed and paid: no limit is left, and nothing is drawn."""
    life = Life(*OWN, *BORROWED, drew(4000, "2026-04-02"), met="2026-05-01T12:00:00", wishes=Wishes(language=language))
    life.records("2026-05-02T07:00:00", repaid(6100, "2026-05-02T07:00:00+08:00"), lowered(0, "2026-05-02"))
    life.looks("2026-05-02T07:00:00")
    return [one.message for one in life.looks("2026-05-04T08:30:00") if one.message.kind == "better"]


def other_rules(language: Language) -> list[Message]:
    """A household that chose to be warned earlier."""
    life = Life(*OWN, *BORROWED, met="2026-05-01T12:00:00", wishes=Wishes(language=language))
    life.rules = chosen("2026.1", {"indicators": {"utilisation": {"warn": "0.2"}}})
    return [one.message for one in life.looks("2026-05-02T08:30:00")]


def words_of_a_lender(language: Language) -> list[Message]:
    """A cut with words that name no reason: a message can be taken back by nobody, so it holds none of them."""
    life = Life(*OWN, *BORROWED, met="2026-05-01T12:00:00", wishes=Wishes(language=language))
    life.records("2026-05-02T07:00:00", lowered(5000, "2026-05-02T06:00:00+08:00", text="overall assessment"))
    life.looks("2026-05-02T07:00:00")
    return [one.message for one in life.told if one.message.kind == "limit_changed"]


def channels(language: Language) -> list[Message]:
    """A channel that is tried, and one that does not work, for each reason."""
    reasons = [outcome_text(code, "42", language=language) for code in texts()["outcome"]]
    return [trial(household="h1", name="mail", language=language, now=0)] + [
        failing(household="h1", name="mail", address="lin@example.org", reason=one, language=language, since=0)
        for one in reasons
    ]


SELDOM: Final[dict[str, Callable[[Language], list[Message]]]] = {
    "several_at_once": several_at_once,
    "much_unknown": much_unknown,
    "nothing_to_tell": nothing_to_tell,
    "nothing_left_to_compare": nothing_left_to_compare,
    "other_rules": other_rules,
    "words_of_a_lender": words_of_a_lender,
    "channels": channels,
}
