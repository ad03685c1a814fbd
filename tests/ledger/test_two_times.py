"""What the two times of a fact promise: late facts and corrections change past states, for later knowledge only.

Source: domain.md section 1.
"""

from tests.build import (
    charged_fee,
    corrected,
    drew,
    granted,
    lowered,
    needs,
    new_terms,
    opened_line,
    repaid,
    saw,
    temporary,
    voided,
)
from tests.spec import HOUSEHOLD, Asked, given, yuan


def available(asked: Asked) -> str:
    return yuan(asked.line().available)


def test_a_cut_learned_late_changes_the_past_only_for_later_knowledge() -> None:
    history = given(opened_line(), granted(50000)).later_learned("2026-03-05", lowered(12000, "2026-03-01"))
    assert available(history.as_of("2026-03-03", known="2026-03-03")) == "50000.00"
    assert available(history.as_of("2026-03-03", known="2026-03-06")) == "12000.00"


def test_knowledge_includes_what_was_recorded_at_that_very_moment() -> None:
    history = given(opened_line(), granted(50000), lowered(12000, "2026-03-01"))
    assert available(history.as_of("2026-03-03", known=4)) == "12000.00"
    assert available(history.as_of("2026-03-03", known=3)) == "50000.00"


def test_a_correction_takes_the_originals_place_and_id() -> None:
    wrong, right = drew(300, "2026-01-10"), drew(3000, "2026-01-09")
    history = given(opened_line(), granted(50000), wrong, corrected("h1:4", right))
    assert available(history.as_of("2026-01-09", known=4)) == "50000.00"
    assert available(history.as_of("2026-01-09")) == "47000.00"
    assert history.as_of("2026-01-10").line().steps[-1].facts == (4,)


def test_the_latest_correction_of_a_fact_wins_whatever_its_own_effective_time() -> None:
    history = given(
        opened_line(),
        granted(50000),
        drew(300, "2026-01-10"),
        corrected("h1:4", drew(3000, "2026-01-10"), at="2026-02-01"),
        corrected("h1:4", drew(30, "2026-01-10"), at="2026-01-01"),
    )
    assert available(history.as_of("2026-01-10")) == "49970.00"


def test_voiding_a_fact_makes_it_never_have_been() -> None:
    history = given(opened_line(), granted(50000), drew(300, "2026-01-10"), voided("h1:4"))
    assert available(history.as_of("2026-01-10", known=4)) == "49700.00"
    assert available(history.as_of("2026-01-10")) == "50000.00"


def test_voiding_a_correction_restores_what_it_replaced() -> None:
    history = given(
        opened_line(),
        granted(50000),
        drew(300, "2026-01-10"),
        corrected("h1:4", drew(3000, "2026-01-10")),
        voided("h1:5"),
    )
    assert available(history.as_of("2026-01-10")) == "49700.00"


def test_voiding_a_voiding_restores_the_fact() -> None:
    history = given(opened_line(), granted(50000), drew(300, "2026-01-10"), voided("h1:4"), voided("h1:5"))
    assert available(history.as_of("2026-01-10")) == "49700.00"


def test_a_corrected_correction_speaks_with_its_replacement() -> None:
    history = given(
        opened_line(),
        granted(50000),
        drew(300, "2026-01-10"),
        corrected("h1:4", drew(3000, "2026-01-10")),
        corrected("h1:5", drew(7, "2026-01-10")),
    )
    assert available(history.as_of("2026-01-10")) == "49993.00"


def test_a_chain_of_corrections_is_followed_back_link_by_link_as_they_are_voided() -> None:
    chain = given(opened_line(), granted(50000), drew(1, "2026-01-10")).and_then(
        *(corrected(f"h1:{named}", drew(10**power, "2026-01-10")) for power, named in enumerate((4, 5, 6), start=1))
    )
    timeline = chain.timeline()
    assert (timeline.corrected_by, timeline.voided_by) == ({4: 5, 5: 6, 6: 7}, {})
    drawn = [yuan(chain.as_of().line().drawn)]
    for last in (7, 6, 5):
        chain = chain.and_then(voided(f"h1:{last}"))
        drawn.append(yuan(chain.as_of().line().drawn))
    assert drawn == ["1000.00", "100.00", "10.00", "1.00"]
    assert (chain.timeline().corrected_by, chain.timeline().voided_by) == ({}, {7: 8, 6: 9, 5: 10})


def test_a_chain_of_corrections_broken_in_its_middle_is_broken_altogether() -> None:
    history = given(opened_line(), granted(50000), drew(1, "2026-01-10")).and_then(
        *(corrected(f"h1:{named}", drew(10 * named, "2026-01-10")) for named in (4, 5)), voided("h1:5")
    )
    assert yuan(history.as_of().line().drawn) == "1.00"


def test_a_voiding_that_was_corrected_is_the_fact_it_was_corrected_to() -> None:
    history = given(opened_line(), granted(50000), drew(300, "2026-01-10"), voided("h1:4")).and_then(
        corrected("h1:5", drew(7, "2026-01-11"))
    )
    assert [step.amount for step in history.as_of().line().steps[1:]] == [-300_00, -7_00]


def test_what_a_nested_correction_would_say_is_said_without_one() -> None:
    """Voiding a fact that was corrected, another content for it, and a correction that named the wrong fact."""
    book = (opened_line(), drew(300, "2026-01-10"), drew(500, "2026-01-11"))
    wrong = given(*book, corrected("h1:3", drew(3000, "2026-01-10")))
    assert wrong.as_of().line().drawn == 3_500_00
    assert wrong.and_then(voided("h1:3")).as_of().line().drawn == 500_00
    assert wrong.and_then(corrected("h1:5", drew(310, "2026-01-10"))).as_of().line().drawn == 810_00
    other = wrong.and_then(voided("h1:5"), corrected("h1:4", drew(5000, "2026-01-11")))
    assert other.as_of().line().drawn == 5_300_00


def test_a_fact_may_be_named_by_its_key() -> None:
    history = given(opened_line(), granted(50000), drew(300, "2026-01-10", key="d1"), voided("key:d1"))
    assert available(history.as_of("2026-01-10")) == "50000.00"


def test_a_repayment_learned_late_takes_back_what_was_inferred_without_it() -> None:
    history = given(
        opened_line(), granted(50000), drew(30000, "2026-01-10"), saw("2026-02-01T09:00:00+08:00", drawn=20000)
    )
    assert history.as_of().told()["residuals"] == [
        {"line": "jiebei", "kind": "unexplained", "amount": "-10000.00", "facts": [f"{HOUSEHOLD}:5"]}
    ]  # fmt: skip
    later = history.later_learned("2026-02-10", repaid(10000, "2026-01-20"))
    assert later.as_of("2026-02-01").told()["residuals"] == []
    assert later.as_of("2026-02-01", known="2026-02-05").told()["residuals"] != []


def test_a_household_opens_by_its_first_fact_as_version_one() -> None:
    asked = given(opened_line()).as_of()
    assert (asked.book.version, asked.book.currency, asked.book.zone.name) == (2, "CNY", "Asia/Shanghai")


def test_facts_of_one_instant_take_effect_by_kind_and_then_by_version() -> None:
    """Everything on one bare date, recorded in the reverse of the order it takes effect in."""
    on = "2026-01-01"
    history = given(
        opened_line(),
        saw(on, limit=4000, available=3600, drawn=400),
        repaid(100, on),
        drew(500, on),
        charged_fee(1, on),
        temporary(1000, on, until="2026-06-01"),
        granted(3000),
        new_terms(on, grace_days=3),
        needs(1, on),
    )
    ranks = [entry.rank for entry in history.timeline().entries]
    assert ranks == sorted(ranks)
    assert history.as_of(on).figures() == ("4000.00", "400.00", "0.00", "3600.00", "3600.00")
    assert [change.kind for change in history.as_of(on).line().changes] == ["temporary_granted", "granted"]


def test_terms_changed_before_a_line_was_opened_are_not_undone_by_its_opening() -> None:
    opened, changed = opened_line(at="2026-02-01T10:00:00+08:00"), new_terms("2026-02-01", restoration="never")
    asked = given(opened, changed).as_of("2026-02-01")
    assert asked.line().terms.restoration == "never"


def test_a_line_opened_a_second_time_states_all_its_terms_anew_from_then_on() -> None:
    """Its first opening was voided, and that voided in turn: what the second leaves out has its default."""
    history = given(
        opened_line(daily_rate="0.0005", grace_days=3, restoration="never", max_loans=2),
        voided("h1:2"),
        opened_line(at="2026-02-01", lender="other", restoration="t_plus_n"),
        voided("h1:3"),
    )
    first = history.as_of("2026-01-31").line()
    assert (first.terms.lender, first.terms.restoration, first.terms.grace_days) == ("jiebei", "never", 3)
    second = history.as_of("2026-02-01").line()
    assert (second.terms.lender, second.terms.restoration, second.terms.grace_days) == ("other", "t_plus_n", 0)
    assert (second.terms.daily_rate, second.terms.max_loans) == (None, None)


def test_a_replacement_is_known_by_its_own_version_beside_that_of_its_original() -> None:
    history = given(opened_line(), granted(5000), corrected("h1:3", granted(6000)), corrected("h1:4", granted(7000)))
    entry = history.timeline().entries[-1]
    assert (entry.version, entry.source_version, entry.fact.limit) == (3, 4, 7000_00)


def test_a_correction_of_the_zone_moves_the_days_of_bare_dates() -> None:
    history = given(opened_line(), granted(500, "2026-02-01")).and_then(
        corrected("h1:1", {"type": "HouseholdOpened", "effective_at": "2026-01-01", "timezone": "America/New_York"})
    )
    assert history.as_of("2026-02-01T12:00:00+08:00", known=3).line().limit == 500_00
    assert history.as_of("2026-02-01T12:00:00+08:00").line().limit == 0
    assert history.as_of("2026-02-01T13:00:00+08:00").line().limit == 500_00


def test_a_line_whose_opening_was_voided_or_renamed_can_still_be_folded() -> None:
    history = given(opened_line(restoration="never"), granted(5000), drew(100, "2026-02-01"))
    for righting in (voided("h1:2"), corrected("h1:2", opened_line("other"))):
        line = history.and_then(righting).as_of().line()
        assert (line.terms.lender, line.terms.product, yuan(line.available)) == ("jiebei", "other", "4900.00")


def test_a_correction_to_another_type_or_line_takes_the_old_fact_away() -> None:
    history = given(
        opened_line(), opened_line("visa"), granted(5000), granted(900, line="visa"), drew(100, "2026-02-01")
    )
    moved = history.and_then(corrected("h1:6", drew(100, "2026-02-01", line="visa"))).as_of()
    assert (available(moved), yuan(moved.line("visa").available)) == ("5000.00", "800.00")
    retyped = history.and_then(corrected("h1:6", lowered(4000, "2026-02-01"))).as_of()
    assert (available(retyped), retyped.line().changes[-1].facts) == ("4000.00", (6,))


def test_a_voided_fact_may_be_corrected_back_and_the_latest_word_stands() -> None:
    history = given(opened_line(), granted(5000), drew(100, "2026-02-01"), voided("h1:4"))
    back = history.and_then(corrected("h1:4", drew(70, "2026-02-01")))
    assert available(back.as_of()) == "4930.00"
    assert available(back.and_then(voided("h1:4")).as_of()) == "5000.00"
    assert available(back.and_then(voided("h1:6")).as_of()) == "5000.00"
