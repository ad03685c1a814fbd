"""Lines that share a limit: whose limit it is, what each takes of it, what closing or freezing one of them does.

Source: domain.md section 2.
"""

from projections.bridge import span
from tests.build import (
    closed,
    drew,
    froze,
    granted,
    lowered,
    new_terms,
    opened_line,
    repaid,
    temporary,
    voided,
)
from tests.spec import given, yuan

CHAIN = (
    opened_line("root"),
    granted(10000, line="root"),
    opened_line("middle", shared_with="root"),
    opened_line("end", shared_with="middle"),
    drew(3000, "2026-02-01", line="end"),
)


def test_a_chain_of_shared_lines_has_one_limit_at_its_root() -> None:
    asked = given(*CHAIN).as_of("2026-02-01")
    for name, drawn, used in (("root", "0.00", "3000.00"), ("middle", "0.00", "3000.00"), ("end", "3000.00", "0.00")):
        assert asked.figures(name) == ("10000.00", drawn, "0.00", "7000.00", "7000.00")
        assert yuan(asked.line(name).shared_used) == used
    assert asked.told()["reserves"]["contingent"] == "7000.00"


def test_what_is_held_of_one_line_is_used_of_the_others() -> None:
    asked = given(
        *CHAIN[:3],
        opened_line("end", shared_with="middle", restoration="on_full_settlement"),
        CHAIN[-1],
        repaid(1000, "2026-02-02", line="end"),
    ).as_of("2026-02-02")
    assert asked.figures("end") == ("10000.00", "2000.00", "1000.00", "7000.00", "7000.00")
    assert yuan(asked.line("root").shared_used) == "3000.00"


def test_a_limit_of_a_members_own_does_not_count_while_it_shares_another() -> None:
    own = (granted(500, "2026-02-02", line="end"), temporary(70, "2026-02-02", line="end", until="2026-06-01"))
    assert given(*CHAIN, *own).as_of("2026-02-02").figures("end")[0] == "10000.00"
    apart = new_terms("2026-02-03", "end", shared_with="end")
    asked = given(*CHAIN, *own, apart).as_of("2026-02-03")
    assert asked.figures("end") == ("570.00", "3000.00", "0.00", "-2430.00", "0.00")
    assert asked.figures("root") == ("10000.00", "0.00", "0.00", "10000.00", "10000.00")


def test_a_temporary_limit_of_the_root_is_for_all_until_it_ends() -> None:
    history = given(*CHAIN, temporary(500, "2026-02-02", line="root", until="2026-02-10"))
    assert [history.as_of(f"2026-02-{day}").figures("middle")[-1] for day in ("02", "11")] == ["7500.00", "7000.00"]


def test_closing_the_root_closes_the_limit_and_not_the_members() -> None:
    asked = given(*CHAIN, closed("2026-02-02", line="root")).as_of("2026-02-02")
    assert [asked.line(name).status for name in ("root", "middle", "end")] == ["closed", "open", "open"]
    assert asked.figures("end") == ("0.00", "3000.00", "0.00", "-3000.00", "0.00")


def test_closing_a_member_blocks_it_and_leaves_its_debt_in_the_pool() -> None:
    asked = given(*CHAIN, closed("2026-02-02", line="end")).as_of("2026-02-02")
    end = asked.line("end")
    assert (end.status, yuan(end.available), yuan(end.blocked)) == ("closed", "0.00", "7000.00")
    assert asked.figures("root")[-1] == "7000.00"


def test_freezing_the_root_leaves_the_members_usable() -> None:
    asked = given(*CHAIN, froze("2026-02-02", line="root")).as_of("2026-02-02")
    assert (asked.figures("root")[-1], asked.figures("end")[-1]) == ("0.00", "7000.00")


def test_a_cut_of_the_root_under_the_debt_of_the_pool_is_over_limit_on_every_line() -> None:
    asked = given(*CHAIN, lowered(2000, "2026-02-02", line="root")).as_of("2026-02-02")
    assert [yuan(asked.line(name).over_limit) for name in ("root", "middle", "end")] == ["1000.00"] * 3


def test_a_root_that_expires_takes_the_limit_from_all_and_closes_no_member() -> None:
    facts = (opened_line("root", valid_until="2026-02-10"), *CHAIN[1:])
    history = given(*facts)
    assert history.as_of("2026-02-10").figures("end")[-1] == "7000.00"
    asked = history.as_of("2026-02-11T00:00:00+08:00")
    assert [asked.line(name).status for name in ("root", "middle", "end")] == ["expired", "open", "open"]
    assert asked.figures("end") == ("0.00", "3000.00", "0.00", "-3000.00", "0.00")


def test_a_root_that_joins_another_line_takes_its_members_with_it() -> None:
    wider = (
        opened_line("top"), granted(20000, line="top"), drew(500, "2026-02-02", line="top"),
        new_terms("2026-02-10", "root", shared_with="top"),
    )  # fmt: skip
    history = given(*CHAIN, *wider)
    assert history.as_of("2026-02-09").figures("end") == ("10000.00", "3000.00", "0.00", "7000.00", "7000.00")
    asked = history.as_of("2026-02-10")
    for name, drawn in (("end", "3000.00"), ("middle", "0.00"), ("root", "0.00"), ("top", "500.00")):
        assert asked.figures(name) == ("20000.00", drawn, "0.00", "16500.00", "16500.00")
    since, until = (history.known_at(day) or 0 for day in ("2026-02-09", "2026-02-10"))
    steps = span(history.timeline(), "end", since=since, until=until).bridge.steps
    assert [(leg.kind, yuan(leg.amount)) for leg in steps] == [("limit", "10000.00"), ("shared", "-500.00")]


CIRCLE = (
    opened_line("a"),
    opened_line("b"),
    granted(100, line="a"),
    granted(200, line="b"),
    new_terms("2026-02-01", "a", shared_with="b"),
    new_terms("2026-02-12", "a", shared_with="a"),
    new_terms("2026-02-03", "b", shared_with="a"),
    drew(10, "2026-02-04", line="a"),
    drew(20, "2026-02-04", line="b"),
    lowered(70, "2026-02-06", line="a"),
    lowered(150, "2026-02-07", line="b"),
)
"""As recorded no circle; in order of effect each of the two shares the limit of the other from 3 to 12 February."""


def test_a_circle_that_holds_for_a_while_has_one_limit_and_every_bridge_closes() -> None:
    history = given(*CIRCLE)
    for day, limit, room in (("04", "100.00", "70.00"), ("07", "70.00", "40.00"), ("12", "70.00", "40.00")):
        asked = history.as_of(f"2026-02-{day}")
        assert asked.figures("a") == (limit, "10.00", "0.00", room, room)
        assert asked.figures("b") == (limit, "20.00", "0.00", room, room)
    for name in "ab":
        since, until = (history.known_at(day) or 0 for day in ("2026-02-05", "2026-02-13"))
        steps = span(history.timeline(), name, since=since, until=until).bridge.steps
        assert [(leg.kind, yuan(leg.amount), leg.facts) for leg in steps] == [("limit", "-30.00", (11,))]


def test_a_circle_that_a_voiding_closes_has_one_limit() -> None:
    asked = given(*CIRCLE).and_then(voided("h1:7")).as_of("2026-02-20")
    assert [asked.figures(name)[0] for name in "ab"] == ["70.00", "70.00"]
    assert [yuan(asked.line(name).available) for name in "ab"] == ["40.00", "40.00"]
