"""What an observation promises: an opening value, nothing, or an inferred change that is made explicit.

Source: domain.md section 3, and the worked cases of its bridge.
"""

from typing import Any

import pytest

from ledger.traces import INFERRED, LimitChange
from projections.bridge import merged, span
from tests.build import (
    Record,
    charged_fee,
    closed,
    drew,
    froze,
    granted,
    lowered,
    opened_line,
    raised,
    repaid,
    saw,
    temporary,
)
from tests.spec import Asked, History, given, yuan

BOOK = (opened_line(), granted(50000, "2026-02-01"))
SEEN_AT = "2026-03-06T08:00:00+08:00"


def inferred(asked: Asked, name: str = "jiebei") -> list[LimitChange]:
    return [change for change in asked.line(name).changes if change.kind == "inferred"]


def kinds(asked: Asked) -> list[str]:
    """The kinds of the steps that no recorded fact explains."""
    return [leg.kind for leg in merged(asked.line().steps) if leg.kind in INFERRED]


def steps_after(history: History, since: str) -> list[tuple[str, str]]:
    """The steps of the bridge from the end of a day to the last fact."""
    until = history.as_of().book.at
    bridge = span(history.timeline(), "jiebei", since=history.known_at(since) or 0, until=until).bridge
    return [(leg.kind, yuan(leg.amount)) for leg in bridge.steps]


# Opening values


def test_what_was_never_set_before_is_an_opening_value_and_no_change() -> None:
    asked = given(opened_line(), saw(SEEN_AT, limit=50000, drawn=20000, available=30000)).as_of()
    assert asked.figures() == ("50000.00", "20000.00", "0.00", "30000.00", "30000.00")
    assert (asked.line().changes, asked.line().residuals, kinds(asked)) == ([], [], [])


def test_available_alone_opens_a_limit_that_fits_it() -> None:
    asked = given(opened_line(), drew(20000, "2026-03-01"), saw(SEEN_AT, available=30000)).as_of()
    assert asked.figures() == ("50000.00", "20000.00", "0.00", "30000.00", "30000.00")
    assert (inferred(asked), kinds(asked)) == ([], [])


def test_a_limit_is_unknown_until_somebody_records_or_sees_one() -> None:
    history = given(opened_line(), drew(20000, "2026-03-01"), saw(SEEN_AT, limit=30000))
    unknown, known = history.as_of("2026-03-01").told()["lines"][0], history.as_of().told()["lines"][0]
    assert (unknown["limit_known"], unknown["limit"], unknown["utilisation"]) == (False, "0.00", None)
    assert (known["limit_known"], known["limit"], known["utilisation"]) == (True, "30000.00", "0.6667")


# What the books predict


def test_an_observation_that_the_books_predict_infers_nothing() -> None:
    asked = given(*BOOK, drew(20000, "2026-03-01"), saw(SEEN_AT, limit=50000, drawn=20000, available=30000)).as_of()
    assert (inferred(asked), kinds(asked), asked.line().residuals) == ([], [], [])


def test_another_limit_is_an_inferred_change_of_that_amount_inside_the_interval() -> None:
    seen_before = saw("2026-03-01T09:00:00+08:00", limit=50000)
    asked = given(*BOOK, seen_before, drew(30000, "2026-03-05"), saw(SEEN_AT, limit=12000)).as_of()
    (change,) = inferred(asked)
    told = [asked.book.zone.text(when) for when in (change.since, change.until)]
    assert told == ["2026-03-01T09:00:00+08:00", SEEN_AT]
    assert (yuan(change.limit_before), yuan(change.limit_after)) == ("50000.00", "12000.00")
    assert yuan(asked.line().over_limit) == "18000.00"


def test_a_cut_seen_after_a_repayment_is_inferred_in_the_interval_that_holds_both() -> None:
    history = given(
        *BOOK,
        drew(30000, "2026-02-10"),
        saw("2026-03-01T09:00:00+08:00", limit=50000),
        repaid(30000, "2026-03-05"),
        saw(SEEN_AT, limit=12000),
    )
    (change,) = inferred(history.as_of())
    assert yuan(change.limit_after - change.limit_before) == "-38000.00"
    assert steps_after(history, "2026-03-02") == [("principal_repaid", "30000.00"), ("inferred_limit", "-38000.00")]


@pytest.mark.parametrize("seen", [{"limit": 12000}, {"available": 12000}, {"limit": 12000, "available": 12000}])
def test_less_than_the_books_predict_is_a_residual_and_no_change_of_drawn(seen: dict[str, Any]) -> None:
    history = given(*BOOK, drew(30000, "2026-02-10"), repaid(30000, "2026-03-05"), saw(SEEN_AT, **seen))
    asked = history.as_of()
    assert asked.figures() == ("12000.00", "0.00", "0.00", "12000.00", "12000.00")
    bridge = span(history.timeline(), "jiebei", since=history.known_at("2026-03-05") or 0, until=asked.book.at).bridge
    assert yuan(bridge.residual) == "-38000.00"
    assert asked.line().residuals == []


def test_a_limit_inferred_from_available_alone_is_ambiguous() -> None:
    (by_limit,) = inferred(given(*BOOK, saw(SEEN_AT, limit=12000)).as_of())
    (by_available,) = inferred(given(*BOOK, saw(SEEN_AT, available=12000)).as_of())
    assert (by_limit.ambiguous, by_available.ambiguous) == (False, True)


def test_another_drawn_amount_is_an_unexplained_movement_and_not_a_limit_change() -> None:
    asked = given(*BOOK, drew(20000, "2026-03-01"), saw(SEEN_AT, drawn=20148)).as_of()
    assert asked.figures() == ("50000.00", "20148.00", "0.00", "29852.00", "29852.00")
    assert (inferred(asked), kinds(asked)) == ([], ["unexplained"])
    assert [loan.loan for loan in asked.position().lines[0].loans][-1] == "unexplained"


def test_a_balance_seen_beyond_the_debt_is_overpaid_where_only_principal_counts() -> None:
    seen = saw(SEEN_AT, drawn=-5)
    asked = given(*BOOK, drew(100, "2026-03-01"), seen).as_of()
    assert (asked.figures()[1], [(one.kind, yuan(one.amount)) for one in asked.line().residuals]) == (
        "0.00", [("unexplained", "-100.00"), ("overpaid", "5.00")]
    )  # fmt: skip
    assert [yuan(one.amount) for one in given(opened_line(), seen).as_of().line().residuals] == ["5.00"]
    told_before = given(*BOOK, drew(100, "2026-03-01"), repaid(105, "2026-03-02"), seen).as_of()
    assert [(one.kind, yuan(one.amount)) for one in told_before.line().residuals] == [("overpaid", "5.00")]


def test_a_negative_balance_seen_on_a_full_balance_is_a_credit() -> None:
    asked = given(opened_line(limit_basis="full_balance"), *BOOK[1:], drew(100, "2026-03-01"), saw(SEEN_AT, drawn=-5))
    assert asked.as_of().figures() == ("50000.00", "-5.00", "0.00", "50005.00", "50005.00")


def test_nothing_drawn_seen_on_a_full_balance_leaves_no_charge_owed() -> None:
    asked = given(
        opened_line(limit_basis="full_balance"), *BOOK[1:], drew(1000, "2026-03-01"), charged_fee(20, "2026-03-02"),
        saw(SEEN_AT, drawn=0),
    ).as_of()  # fmt: skip
    assert (asked.figures()[1], asked.told()["debt"]["total"]) == ("0.00", "0.00")


def test_no_limit_is_inferred_below_zero() -> None:
    asked = given(
        opened_line(limit_basis="full_balance"), granted(100), repaid(500, "2026-02-10"), saw(SEEN_AT, available=0)
    ).as_of()
    assert asked.figures() == ("0.00", "-500.00", "500.00", "0.00", "0.00")


ONE_OFF = (opened_line(restoration="never", revolving=False), granted(50000, "2026-02-01"), drew(50000, "2026-02-01"))


@pytest.mark.parametrize("seen", [{"drawn": 35000}, {"drawn": 35000, "available": 0}])
def test_less_drawn_seen_on_a_one_off_loan_takes_its_limit_along_and_nothing_is_left_to_draw(
    seen: dict[str, Any],
) -> None:
    asked = given(*ONE_OFF, saw(SEEN_AT, **seen)).as_of()
    assert asked.figures() == ("35000.00", "35000.00", "0.00", "0.00", "0.00")
    assert [(step.kind, yuan(step.amount), step.facts) for step in asked.line().steps[-2:]] == [
        ("unexplained", "15000.00", (5,)), ("limit", "-15000.00", (5,))
    ]  # fmt: skip
    assert [change.kind for change in asked.line().changes] == ["granted"]


def test_a_limit_seen_on_a_one_off_loan_stands_and_more_drawn_raises_none() -> None:
    seen = given(*ONE_OFF, saw(SEEN_AT, limit=50000, drawn=35000)).as_of()
    assert seen.figures() == ("50000.00", "35000.00", "0.00", "15000.00", "15000.00")
    more = given(*ONE_OFF, repaid(10000, "2026-03-01"), saw(SEEN_AT, drawn=45000)).as_of()
    assert more.figures()[:2] == ("40000.00", "45000.00")


def test_a_repayment_of_that_day_explains_what_was_seen_on_a_one_off_loan() -> None:
    told = given(*ONE_OFF, saw("2026-03-06", drawn=35000), repaid(15000, SEEN_AT))
    twin = given(*ONE_OFF, repaid(15000, SEEN_AT))
    assert told.as_of().figures() == twin.as_of().figures() == ("35000.00", "35000.00", "0.00", "0.00", "0.00")
    assert (kinds(told.as_of()), told.as_of().line().residuals) == ([], [])


def test_what_was_taken_off_a_one_off_loan_and_a_cut_beside_it_are_taken_back_apart() -> None:
    seen = saw("2026-03-06", drawn=35000, available=3000)
    book = given(opened_line(restoration="never"), granted(60000, "2026-02-01"), drew(50000, "2026-02-01"))
    assert book.and_then(seen).as_of().figures() == ("38000.00", "35000.00", "0.00", "3000.00", "3000.00")
    stated = (repaid(15000, SEEN_AT), lowered(38000, "2026-03-06T09:00:00+08:00"))
    told, twin = book.and_then(seen, *stated).as_of(), book.and_then(*stated).as_of()
    assert told.figures() == twin.figures() == ("38000.00", "35000.00", "0.00", "3000.00", "3000.00")
    assert (kinds(told), told.line().residuals) == ([], [])


def test_drawn_and_available_that_fit_each_other_infer_no_limit_change() -> None:
    asked = given(*BOOK, drew(20000, "2026-03-01"), saw(SEEN_AT, drawn=20148, available=29852)).as_of()
    assert (inferred(asked), kinds(asked)) == ([], ["unexplained"])


# Pending restoration


@pytest.mark.parametrize(("repaid_on", "is_held"), [("2026-02-27", True), ("2026-02-26", False)])
def test_a_shortage_within_a_week_of_the_repayment_is_a_hold_and_later_a_limit(
    repaid_on: str, *, is_held: bool
) -> None:
    asked = given(
        *BOOK, drew(30000, "2026-02-10"), repaid(30000, repaid_on), saw(SEEN_AT, available=20000)
    ).as_of()  # fmt: skip
    assert kinds(asked) == (["inferred_hold"] if is_held else ["inferred_limit"])
    assert yuan(asked.line().held) == ("30000.00" if is_held else "0.00")
    assert yuan(asked.line().available) == "20000.00"


def test_a_shortage_larger_than_what_was_repaid_is_a_limit_change() -> None:
    asked = given(*BOOK, drew(30000, "2026-02-10"), repaid(30000, "2026-03-05"), saw(SEEN_AT, available=19999)).as_of()
    assert kinds(asked) == ["inferred_limit"]


def test_an_inferred_hold_is_let_go_when_the_amount_is_seen_again() -> None:
    asked = given(
        *BOOK,
        drew(30000, "2026-02-10"),
        repaid(30000, "2026-03-05"),
        saw(SEEN_AT, available=20000),
        saw("2026-03-08T08:00:00+08:00", available=50000),
    ).as_of()
    assert (inferred(asked), kinds(asked)) == ([], ["inferred_hold", "inferred_hold"])
    assert asked.figures() == ("50000.00", "0.00", "0.00", "50000.00", "50000.00")


def test_a_hold_that_the_rule_predicts_infers_nothing() -> None:
    asked = given(
        opened_line(restoration="t_plus_n", restoration_days=3),
        granted(50000),
        drew(30000, "2026-02-10"),
        repaid(30000, "2026-03-05"),
        saw(SEEN_AT, available=20000),
    ).as_of()
    assert (inferred(asked), kinds(asked)) == ([], [])


# Order inside a day


DAY = "2026-03-05"


@pytest.mark.parametrize(
    "facts",
    [
        (repaid(30000, DAY), saw(DAY, available=20000)),
        (saw(DAY, available=20000), repaid(30000, DAY)),
        (repaid(30000, DAY), saw(DAY, available=50000)),
        (repaid(30000, DAY), saw(f"{DAY}T09:00:00+08:00", available=20000)),
        (repaid(30000, f"{DAY}T09:00:00+08:00"), saw(DAY, available=50000)),
        (repaid(30000, f"{DAY}T09:00:00+08:00"), saw(DAY, available=20000)),
    ],
)
def test_where_only_the_order_inside_a_day_decides_either_order_infers_nothing(facts: tuple[Record, ...]) -> None:
    asked = given(*BOOK, drew(30000, "2026-02-10"), *facts).as_of(DAY)
    assert (inferred(asked), kinds(asked), asked.line().residuals) == ([], [], [])
    assert asked.figures() == ("50000.00", "0.00", "0.00", "50000.00", "50000.00")


def test_two_instants_of_one_day_have_an_order_and_are_held_to_it() -> None:
    asked = given(
        *BOOK,
        drew(30000, "2026-02-10"),
        repaid(30000, f"{DAY}T09:00:00+08:00"),
        saw(f"{DAY}T10:00:00+08:00", available=20000),
    ).as_of()
    assert kinds(asked) == ["inferred_hold"]


# What a later fact settles


def test_a_limit_stated_within_a_week_replaces_the_change_inferred_to_it() -> None:
    history = given(*BOOK, saw(SEEN_AT, limit=12000))
    stated = history.and_then(lowered(12000, "2026-03-13"))
    line = stated.as_of().line()
    assert [(change.kind, change.replaced_by) for change in line.changes[1:]] == [("inferred", 5), ("lowered", None)]
    assert steps_after(stated, "2026-03-01") == [("limit", "-38000.00")]
    assert steps_after(history, "2026-03-01") == [("inferred_limit", "-38000.00")]


def test_a_grant_states_a_limit_too() -> None:
    line = given(*BOOK, saw(SEEN_AT, limit=60000), granted(60000, "2026-03-10")).as_of().line()
    assert [(change.kind, change.replaced_by) for change in line.changes[1:]] == [("inferred", 5), ("granted", None)]


@pytest.mark.parametrize("statement", [lowered(12000, "2026-03-14"), raised(13000, "2026-03-08")])
def test_a_limit_stated_too_late_or_to_another_value_replaces_nothing(statement: Record) -> None:
    line = given(*BOOK, saw(SEEN_AT, limit=12000), statement).as_of().line()
    assert [change.replaced_by for change in line.changes] == [None, None, None]


def test_a_fact_learned_late_replaces_what_was_inferred_for_later_knowledge() -> None:
    history = given(*BOOK, saw(SEEN_AT, limit=12000)).later_learned("2026-03-20", lowered(12000, "2026-03-04"))
    then, now = history.as_of(known="2026-03-10"), history.as_of()
    assert ([one.kind for one in then.line().changes[1:]], kinds(then)) == (["inferred"], ["inferred_limit"])
    assert ([one.kind for one in now.line().changes[1:]], kinds(now)) == (["lowered"], [])


# Conflicts


LENDER = {"kind": "lender"}


def test_sources_that_contradict_each_other_at_one_time_stay_open() -> None:
    asked = given(*BOOK, saw(SEEN_AT, limit=12000), saw(SEEN_AT, limit=50000, source=LENDER)).as_of()
    assert asked.told()["open_conflicts"] == [
        {
            "line": "jiebei",
            "quantity": "limit",
            "values": [
                {"value": "12000.00", "source": "user", "fact": "h1:4"},
                {"value": "50000.00", "source": "lender", "fact": "h1:5"},
            ],
        }
    ]
    assert inferred(asked) == []


@pytest.mark.parametrize("settling", [lowered(12000, "2026-03-07"), saw("2026-03-07T09:00:00+08:00", limit=12000)])
def test_a_later_fact_settles_a_conflict(settling: Record) -> None:
    asked = given(*BOOK, saw(SEEN_AT, limit=12000), saw(SEEN_AT, limit=50000, source=LENDER), settling).as_of()
    assert asked.told()["open_conflicts"] == []
    assert yuan(asked.line().limit) == "12000.00"


def test_what_no_other_source_contradicts_is_taken_in_all_the_same() -> None:
    first = saw(SEEN_AT, limit=12000, drawn=20000)
    for second in (saw(SEEN_AT, limit=50000, source=LENDER), saw(SEEN_AT, limit=49000, source=LENDER)):
        asked = given(*BOOK, drew(30000, "2026-02-10"), first, second).as_of()
        assert [one["quantity"] for one in asked.told()["open_conflicts"]] == ["limit"]
        assert asked.figures() == ("50000.00", "20000.00", "0.00", "30000.00", "30000.00")
        assert (inferred(asked), kinds(asked)) == ([], ["unexplained"])


def test_three_sources_may_contradict_each_other() -> None:
    sources = [
        saw(SEEN_AT, drawn=drawn, source={"kind": kind}) for drawn, kind in ((1, "user"), (2, "bank"), (3, "lender"))
    ]
    asked = given(*BOOK, *sources).as_of()
    (conflict,) = asked.told()["open_conflicts"]
    assert [value["value"] for value in conflict["values"]] == ["1.00", "2.00", "3.00"]
    assert (yuan(asked.line().drawn), kinds(asked)) == ("0.00", [])


def test_one_source_that_says_two_things_is_believed_the_second_time() -> None:
    asked = given(*BOOK, saw(SEEN_AT, limit=12000), saw(SEEN_AT, limit=13000)).as_of()
    assert (asked.told()["open_conflicts"], yuan(asked.line().limit)) == ([], "13000.00")


def test_sources_that_agree_are_no_conflict() -> None:
    asked = given(*BOOK, saw(SEEN_AT, limit=12000), saw(SEEN_AT, limit=12000, source=LENDER)).as_of()
    assert (asked.told()["open_conflicts"], len(inferred(asked))) == ([], 1)


# States a person sees on a line that is not plainly open


def test_nothing_available_on_a_frozen_line_infers_nothing() -> None:
    asked = given(*BOOK, froze("2026-03-01"), saw(SEEN_AT, available=0)).as_of()
    assert (inferred(asked), kinds(asked)) == ([], [])


def test_available_on_a_line_believed_frozen_shows_that_it_was_thawed() -> None:
    asked = given(*BOOK, froze("2026-03-01"), saw(SEEN_AT, available=50000)).as_of()
    assert (asked.line().status, yuan(asked.line().available)) == ("open", "50000.00")
    assert len(inferred(asked)) == 1


def test_an_observed_limit_is_the_limit_in_total() -> None:
    asked = given(*BOOK, temporary(5000, "2026-03-01", until="2026-03-31"), saw(SEEN_AT, limit=55000)).as_of()
    assert (inferred(asked), kinds(asked)) == ([], [])


def test_an_observed_cut_under_a_temporary_limit_moves_the_permanent_one() -> None:
    history = given(*BOOK, temporary(5000, "2026-03-01", until="2026-03-31"), saw(SEEN_AT, limit=25000))
    assert yuan(history.as_of("2026-03-31").line().limit) == "25000.00"
    assert yuan(history.as_of("2026-04-01").line().limit) == "20000.00"


def test_a_sum_seen_on_a_pool_is_inferred_once() -> None:
    asked = given(
        opened_line("root"),
        granted(10000, line="root"),
        opened_line("member", shared_with="root"),
        saw(SEEN_AT, line="member", limit=8000),
        saw("2026-03-07T08:00:00+08:00", line="root", limit=8000),
    ).as_of()
    assert len(inferred(asked, "member")) + len(inferred(asked, "root")) == 1
    assert (yuan(asked.line("root").limit), yuan(asked.line("member").limit)) == ("8000.00", "8000.00")


def test_a_change_seen_on_a_pool_began_after_the_last_limit_known_of_any_of_its_lines() -> None:
    asked = given(
        opened_line("root"),
        granted(10000, line="root"),
        opened_line("member", shared_with="root"),
        lowered(9000, "2026-03-01", line="root"),
        saw(SEEN_AT, line="member", limit=8000),
    ).as_of()
    assert [change.since for change in inferred(asked, "member")] == ["2026-03-01"]


def test_a_shortage_on_a_pool_may_be_a_linked_lines_pending_restoration() -> None:
    asked = given(
        opened_line("root"),
        granted(10000, line="root"),
        opened_line("member", shared_with="root"),
        drew(3000, "2026-02-20", line="root"),
        repaid(3000, "2026-03-05", line="root"),
        saw(SEEN_AT, line="member", available=7000),
    ).as_of()
    assert (inferred(asked, "member"), yuan(asked.line("member").held)) == ([], "3000.00")
    assert yuan(asked.line("root").available) == "7000.00"


def test_a_cut_stated_on_a_pool_replaces_what_was_seen_on_one_of_its_lines() -> None:
    asked = given(
        opened_line("root"),
        granted(10000, line="root"),
        opened_line("member", shared_with="root"),
        saw(SEEN_AT, line="member", limit=8000),
        lowered(8000, "2026-03-08", line="root"),
    ).as_of()
    assert [change.replaced_by for change in inferred(asked, "member")] == [6]


def test_available_seen_on_a_closed_member_of_a_pool_shows_that_it_is_open() -> None:
    asked = given(
        opened_line("root"),
        granted(10000, line="root"),
        opened_line("member", shared_with="root"),
        closed("2026-03-01", line="member"),
        saw(SEEN_AT, line="member", available=10000),
    ).as_of()
    assert (asked.line("member").status, yuan(asked.line("member").available)) == ("open", "10000.00")
    assert asked.line("member").held == 0
