"""A limit granted after a line was closed, or had expired, opens it again. Source: domain.md section 2."""

import pytest

from tests.build import Record, closed, drew, granted, lowered, opened_line, raised, saw, temporary
from tests.spec import given

ENDED: dict[str, tuple[Record, ...]] = {
    "expired": (opened_line(valid_until="2026-02-28"), granted(50000), drew(3000, "2026-01-10")),
    "closed": (opened_line(), granted(50000), drew(3000, "2026-01-10"), closed("2026-03-01")),
}


@pytest.mark.parametrize("status", list(ENDED))
def test_a_limit_granted_anew_opens_the_line(status: str) -> None:
    facts = (*ENDED[status], temporary(900, "2026-01-02", until="2026-12-31"))
    history = given(*facts, granted(20000, "2026-03-10"))
    before, after = history.as_of("2026-03-09"), history.as_of("2026-03-10")
    assert (before.line().status, before.figures()) == (status, ("0.00", "3000.00", "0.00", "-3000.00", "0.00"))
    assert after.line().status == "open"
    assert after.line().permanent_limit == 20_000_00
    change = after.line().changes[-1]
    assert (change.kind, change.limit_before, change.available_before) == ("granted", 0, 0)


@pytest.mark.parametrize("status", list(ENDED))
def test_a_limit_raised_or_lowered_opens_no_line(status: str) -> None:
    for stated in (raised(60000, "2026-03-10"), lowered(20000, "2026-03-10")):
        assert given(*ENDED[status], stated).as_of().line().status == status


def test_a_limit_granted_on_the_day_after_the_last_valid_one_opens_the_line() -> None:
    asked = given(*ENDED["expired"], granted(20000, "2026-03-01")).as_of("2026-03-01")
    assert (asked.line().status, asked.figures()[0]) == ("open", "20000.00")


def test_a_limit_granted_before_the_end_of_validity_does_not_put_it_off() -> None:
    assert given(*ENDED["expired"], granted(20000, "2026-02-27")).as_of("2026-03-01").line().status == "expired"


def test_a_grant_opens_an_expired_line_though_a_limit_of_that_size_was_seen_just_before() -> None:
    asked = given(
        *ENDED["expired"],
        saw("2026-02-25T09:00:00+08:00", limit=40000),
        granted(40000, "2026-03-01T10:00:00+08:00"),
    ).as_of()
    assert (asked.line().status, asked.figures()[0]) == ("open", "40000.00")


def test_what_was_seen_on_the_day_of_a_grant_known_only_to_its_day_agrees_with_it() -> None:
    asked = given(
        *ENDED["expired"], saw("2026-03-10", limit=20000, available=17000), granted(20000, "2026-03-10T15:00:00+08:00")
    ).as_of()
    assert (asked.line().status, asked.figures()[4]) == ("open", "17000.00")
    assert [change.kind for change in asked.line().changes] == ["granted", "expired", "granted"]
