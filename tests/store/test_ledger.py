"""Recording through the application: what is stored, what is a duplicate, what is refused, and what is known when."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from ledger import events
from ledger.errors import ConcurrentChange, Refused
from ledger.store import batcher, reader
from tests.postgres import Database
from tests.store.facts import NOON, amounts_of, connected, draft, draw, income, line, opened, ticking


def test_the_first_fact_of_a_household_opens_it_as_version_one(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        receipt = ledger.record("h1", [line()])
        assert receipt.versions == (2,)
        stored = reader.load(connection, "h1")
        assert [type(fact.fact) for fact in stored] == [events.HouseholdOpened, events.LineOpened]
        assert [fact.version for fact in stored] == [1, 2]


def test_an_opening_that_is_stated_is_version_one_itself(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        opening = draft(events.HouseholdOpened(effective=NOON, timezone="Europe/Berlin", currency="EUR"))
        assert ledger.record("h1", [opening, line()]).versions == (1, 2)
        assert [fact.version for fact in reader.load(connection, "h1")] == [1, 2]


def test_a_command_of_several_facts_is_stored_whole_or_not_at_all(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        ledger.record("h1", [line()])
        with pytest.raises(Refused, match="huabei"):
            ledger.record("h1", [draw(), draw(line="huabei")])
        assert len(reader.load(connection, "h1")) == 2
        assert ledger.record("h1", [draw()]).versions == (3,)


def test_a_refused_first_command_leaves_no_household_behind(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        with pytest.raises(Refused):
            ledger.record("h1", [draw()])
        assert reader.households(connection) == []
        assert ledger.record("h1", [line()]).versions == (2,)


def test_the_same_key_with_the_same_content_is_a_duplicate(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        first = ledger.record("h1", [line(key="a"), draw(key="b")])
        again = ledger.record("h1", [line(key="a"), draw(key="b"), draw(key="c")])
        assert again.versions == (*first.versions, 4)
        assert again.duplicates == 2
        assert len(reader.load(connection, "h1")) == 4


def test_the_same_key_twice_in_one_command_is_stored_once(database: Database) -> None:
    with opened(database.service) as ledger:
        receipt = ledger.record("h1", [income(key="a", note="salary"), income(key="a", note="salary")])
        assert receipt.versions == (2, 2)
        assert receipt.duplicates == 1
        with pytest.raises(Refused, match="other content"):
            ledger.record("h1", [income(key="b", note="salary"), income(key="b", note="bonus")])


@pytest.mark.parametrize(
    "other",
    [income(2, key="a", note="salary"), income(1, key="a", note="bonus"), income(1, key="a")],
    ids=["another amount", "another note", "no note"],
)
def test_the_same_key_with_other_content_is_refused(database: Database, other: object) -> None:
    with opened(database.service) as ledger:
        ledger.record("h1", [income(1, key="a", note="salary")])
        with pytest.raises(Refused, match="h1:2") as refusal:
            ledger.record("h1", [other])  # type: ignore[list-item]  # parametrize erases the type
        assert refusal.value.code == "key_reused"


def test_a_text_that_was_erased_can_no_longer_contradict_a_repeated_key(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        ledger.record("h1", [income(1, key="a", note="salary")])
        connection.execute("DELETE FROM headroom.personal_text")
        assert ledger.record("h1", [income(1, key="a", note="anything")]).duplicates == 1
        with pytest.raises(Refused):
            ledger.record("h1", [income(2, key="a", note="salary")])


def test_the_same_key_may_be_used_by_two_households(database: Database) -> None:
    with opened(database.service) as ledger:
        assert ledger.record("h1", [income(1, key="a")]).duplicates == 0
        assert ledger.record("h2", [income(2, key="a")]).duplicates == 0


def test_an_expected_version_that_was_passed_is_told_with_both_numbers(database: Database) -> None:
    with opened(database.service) as ledger:
        ledger.record("h1", [line()], expected_version=0)
        ledger.record("h1", [draw()], expected_version=2)
        with pytest.raises(ConcurrentChange) as change:
            ledger.record("h1", [draw()], expected_version=2)
        assert (change.value.expected, change.value.found) == (2, 3)


def test_a_repeated_command_is_a_duplicate_although_it_expected_an_older_version(database: Database) -> None:
    with opened(database.service) as ledger:
        ledger.record("h1", [line(key="a")], expected_version=0)
        assert ledger.record("h1", [line(key="a")], expected_version=0).duplicates == 1


def test_a_writer_learns_what_another_process_has_recorded(database: Database) -> None:
    with opened(database.service) as one, opened(database.service) as other:
        one.record("h1", [income(1)])
        other.record("h1", [line()])
        assert one.record("h1", [draw()]).versions == (4,)
        other.record("h1", [line("huabei")])
        assert one.record("h1", [draw(line="huabei")], expected_version=5).versions == (6,)


def test_recorded_times_grow_with_every_command_although_the_clock_stands_still(database: Database) -> None:
    with opened(database.service, clock=lambda: NOON) as ledger, connected(database.service) as connection:
        times = [ledger.record("h1", [income(amount)]).recorded_at for amount in (1, 2, 3)]
        assert times == [NOON, NOON + 1, NOON + 2]
        assert [fact.recorded_at for fact in reader.load(connection, "h1")] == [NOON, NOON, NOON + 1, NOON + 2]


def test_a_clock_that_goes_back_does_not_take_recorded_times_back(database: Database) -> None:
    with opened(database.service, clock=ticking(NOON)) as ledger:
        before = ledger.record("h1", [income(1)]).recorded_at
    with opened(database.service, clock=ticking(NOON - 10**9)) as ledger:
        assert ledger.record("h1", [income(2)]).recorded_at == before + 1


def test_what_was_known_at_an_earlier_time_is_a_prefix_of_the_versions(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        ledger.record("h1", [income(1)])
        known = ledger.record("h1", [income(2), income(3)]).recorded_at
        ledger.record("h1", [income(4)])
        assert [fact.version for fact in reader.load(connection, "h1", known_at=known)] == [1, 2, 3, 4]
        assert [fact.version for fact in reader.load(connection, "h1", known_at=known - 1)] == [1, 2]
        assert [fact.version for fact in reader.load(connection, "h1", after_version=4)] == [5]


def test_concurrent_commands_all_get_their_own_versions(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        with ThreadPoolExecutor(16) as callers:
            receipts = list(callers.map(lambda n: ledger.record(f"h{n % 3}", [income(n + 1, key=f"k{n}")]), range(300)))
        for household in ("h0", "h1", "h2"):
            facts = reader.load(connection, household)
            assert [fact.version for fact in facts] == list(range(1, 102))
            told = {n: receipt.versions[0] for n, receipt in enumerate(receipts) if household == f"h{n % 3}"}
            assert {int(fact.fact.key[1:]): fact.version for fact in facts[1:] if fact.fact.key} == told


@pytest.mark.parametrize("most", [1, 4])
def test_commands_that_exceed_the_measure_of_a_commit_are_answered_by_the_next_ones(
    database: Database, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(batcher, "MOST_FACTS", most)
    with opened(database.service) as ledger, connected(database.service) as connection:
        with ThreadPoolExecutor(16) as callers:
            pairs = list(callers.map(lambda n: ledger.record("h1", [income(2 * n + 1), income(2 * n + 2)]), range(60)))
        assert sorted(version for pair in pairs for version in pair.versions) == list(range(2, 122))
        assert sorted(amounts_of(reader.load(connection, "h1"))) == list(range(1, 121))


def test_two_processes_that_record_for_the_same_household_lose_nothing(database: Database) -> None:
    with opened(database.service) as one, opened(database.service) as other, connected(database.service) as connection:
        with ThreadPoolExecutor(8) as callers:
            list(callers.map(lambda n: (one, other)[n % 2].record("h1", [income(n + 1)]), range(200)))
        amounts = sorted(amounts_of(reader.load(connection, "h1")))
        assert amounts == list(range(1, 201))


def test_a_refusal_does_not_stop_the_company_it_came_in(database: Database) -> None:
    with opened(database.service) as ledger:
        ledger.record("h1", [line()])

        def attempt(number: int) -> bool:
            try:
                ledger.record("h1", [draw(), draw(line="jiebei" if number % 2 else "nowhere")])
            except Refused:
                return False
            return True

        with ThreadPoolExecutor(12) as callers:
            assert list(callers.map(attempt, range(60))) == [number % 2 == 1 for number in range(60)]
        assert ledger.record("h1", []).version == 2 + 60


def test_a_closed_ledger_has_stored_what_it_took_and_takes_no_more(database: Database) -> None:
    with opened(database.service) as ledger:
        ledger.record("h1", [income(1)])
    with pytest.raises(RuntimeError):
        ledger.record("h1", [income(2)])


def test_the_list_of_households_tells_facts_and_effective_days(database: Database) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        ledger.record("h2", [income(1)])
        ledger.record("h1", [draft(events.IncomeReceived(effective="2024-05-06", amount=1)), income(2)])
        first, second = reader.households(connection)
        assert (first.household, first.facts, second.household, second.facts) == ("h1", 3, "h2", 2)
        assert (str(first.first_on), str(first.last_on)) == ("2024-05-06", "2025-01-01")
        assert first.first_recorded_at == first.last_recorded_at


def test_the_library_reads_what_the_ledger_recorded(database: Database) -> None:
    with opened(database.service) as ledger:
        ledger.record("h1", [income(1, note="salary")])
        assert [event.originator_version for event in ledger.events.get("h1")] == [1, 2]
        assert [notification.topic for notification in ledger.notification_log.select(1, 10)] == ["fact", "fact"]


def test_a_fact_that_nobody_could_read_again_is_not_stored(database: Database) -> None:
    """The log is never edited: one wrong amount would make its household unreadable for good."""
    with opened(database.service) as ledger, connected(database.service) as connection:
        ledger.record("h1", [line()])
        wrong: Any
        for wrong in (30.5, "500", -5):
            with pytest.raises(Refused):
                ledger.record("h1", [draw(amount=wrong)])
        with pytest.raises(Refused, match="household"):
            ledger.record("H 1", [line()])
        with pytest.raises(Refused, match=r"drafts\[0\] is of type LineOpened"):
            ledger.record("h1", [cast("Any", line("huabei").fact)])
        assert len(reader.load(connection, "h1")) == 2


def test_a_refusal_tells_which_of_the_drafts_it_is_about(database: Database) -> None:
    with opened(database.service) as ledger:
        with pytest.raises(Refused, match="huabei") as refused:
            ledger.record("h1", [line(), draw(), draw(line="huabei")])
        assert (refused.value.place, refused.value.field) == (2, "line")


@pytest.mark.parametrize("version", [-1, 0, 3, 99])
def test_a_reference_told_as_a_number_must_be_there(database: Database, version: int) -> None:
    """A voiding of a fact that is yet to come would void whatever is recorded next."""
    with opened(database.service) as ledger:
        ledger.record("h1", [line()])
        undone = events.DrawReversed(effective=NOON, line="jiebei", amount=5, fact=version)
        voided = events.Voided(effective=NOON, fact=version)
        corrected = events.Corrected(effective=NOON, fact=2, replacement=undone)
        for fact in (voided, undone, corrected):
            with pytest.raises(Refused) as refused:
                ledger.record("h1", [draft(fact)])
            assert refused.value.code == "unknown_fact"
        assert ledger.record("h1", [draw()]).versions == (3,)


def test_drafts_that_can_be_read_only_once_are_recorded(database: Database) -> None:
    with opened(database.service) as ledger:
        assert ledger.record("h1", (told for told in (line(), draw()))).versions == (2, 3)
