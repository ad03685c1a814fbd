"""Recording a history file: judged whole before anything is stored, then all of it or nothing."""

import io
import json
import os
import signal
from collections.abc import Iterator, Mapping
from multiprocessing import active_children

import pytest

from ledger import history
from ledger.errors import ConcurrentChange
from ledger.store import bulk, parsing, reader, staging
from ledger.store.bulk import Outcome, Progress, record_file
from ledger.store.journal import Connection
from ledger.store.verify import verify
from tests.postgres import Database
from tests.store.facts import NOON, connected, income, opened, ticking

AT = "2025-01-01T12:00:00+08:00"


@pytest.fixture(params=["direct", "staged", "staged by helpers"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Small files take the direct way, big ones are staged; with tiny limits every file here is a big one."""
    if request.param != "direct":
        monkeypatch.setattr(bulk, "DIRECT_FACTS", 1)
        monkeypatch.setattr(history, "BLOCK_BYTES", 3 * len(lines(*incomes(1))))
        monkeypatch.setattr(parsing, "ALONE_PIECES", 1)
    return str(request.param)


def lines(*facts: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps({"household": "h1", "effective_at": AT, **fact}).encode() + b"\n" for fact in facts)


def incomes(count: int, **fields: object) -> Iterator[dict[str, object]]:
    for number in range(count):
        yield {"type": "IncomeReceived", "amount": f"{number + 1}.00", "key": f"k{number}"} | fields


def recorded(connection: Connection, file: bytes, way: str = "direct", *, dry_run: bool = False) -> Outcome:
    return record_file(
        connection,
        io.BytesIO(file),
        clock=ticking(),
        salts=lambda: os.urandom(16),
        dry_run=dry_run,
        helpers=2 if way == "staged by helpers" else 1,
    )


def test_a_file_is_stored_in_its_order_and_verifies(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        assert recorded(connection, lines(*incomes(20)), way) == Outcome(accepted=20)
        facts = reader.load(connection, "h1")
        assert [fact.fact.key for fact in facts] == [None, *(f"k{number}" for number in range(20))]
        assert len({fact.recorded_at for fact in facts}) == 1
        assert [fact.recorded.version for fact in reader.follow(connection, 0, 100)] == list(range(1, 22))
        assert verify(connection).ok


def test_households_of_one_file_each_keep_their_order(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        mixed = [fact | {"household": f"h{number % 3}"} for number, fact in enumerate(incomes(30))]
        assert recorded(connection, lines(*mixed), way).accepted == 30
        for household in range(3):
            keys = [fact.fact.key for fact in reader.load(connection, f"h{household}")[1:]]
            assert keys == [f"k{number}" for number in range(household, 30, 3)]
        assert [found.facts for found in reader.households(connection)] == [11, 11, 11]
        assert verify(connection).ok


def test_a_file_recorded_twice_adds_nothing(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        file = lines(*incomes(12, note="salary"))
        recorded(connection, file, way)
        assert recorded(connection, file, way) == Outcome(accepted=0, duplicates=12)
        assert len(reader.load(connection, "h1")) == 13


def test_a_key_repeated_within_a_file_is_stored_once(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        file = lines(*incomes(8, note="salary"), *incomes(8, note="salary"))
        assert recorded(connection, file, way) == Outcome(accepted=8, duplicates=8)


def test_a_key_repeated_within_a_file_with_another_text_is_refused(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        outcome = recorded(connection, lines(*incomes(8, note="salary"), *incomes(8, note="bonus")), way)
        assert outcome.rejected == 8
        assert {complaint.code for complaint in outcome.complaints} == {"key_reused"}
        assert reader.households(connection) == []


def test_every_complaint_is_told_with_its_line_and_nothing_is_stored(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        good = lines(*incomes(5))
        unknown = lines({"type": "DrawnDown", "line": "nowhere", "amount": "1.00"})
        file = good + b"not json\n" + good.replace(b': "k', b': "x') + unknown + b'{"type":"Nothing"}\n'
        outcome = recorded(connection, file, way)
        assert (outcome.accepted, outcome.rejected) == (0, 3)
        assert [complaint.line for complaint in outcome.complaints if complaint.line != 13] == [6, 12]
        assert {complaint.line for complaint in outcome.complaints} == {6, 12, 13}
        assert reader.households(connection) == []


OPENS: Mapping[str, object] = {"type": "LineOpened", "line": "a", "lender": "ant", "product": "card", "key": "a"}
DRAWS: Mapping[str, object] = {"type": "DrawnDown", "line": "a", "amount": "1.00"}
WAITING: tuple[Mapping[str, object], ...] = (
    *({**DRAWS, "key": f"draw{number}", "loan": f"loan{number}"} for number in range(8)),
    {**OPENS, "line": "b", "key": "b", "shared_with": "a"},
    {**DRAWS, "line": "b"},
    {"type": "RepaymentPosted", "line": "a", "amount": "1.00", "loan": "loan3", "payment": "p"},
    {"type": "RepaymentReversed", "line": "a", "payment": "p"},
    {"type": "DrawReversed", "line": "a", "amount": "1.00", "fact": "key:draw2"},
    {"type": "Voided", "fact": "key:draw4"},
    {"type": "Voided", "fact": "key:a"},
)
"""Facts that name what the opening of a line, or one of them that waits for it, was to give."""


@pytest.mark.parametrize(
    "wrong",
    [{"effective_at": "2025/01/01"}, {"effective_at": "2999-01-01"}, {"lender": 5}, {"currency": "USD"}, {"loan": "x"}],
    ids=str,
)
def test_what_names_a_refused_opening_waits_for_it(database: Database, way: str, wrong: dict[str, object]) -> None:
    with connected(database.service) as connection:
        begins = {"type": "HouseholdOpened", "currency": "CNY"}
        outcome = recorded(connection, lines(begins, {**OPENS, **wrong}, *WAITING, *incomes(3)), way)
        assert {complaint.line for complaint in outcome.complaints} == {2}
        assert (outcome.accepted, outcome.rejected, outcome.waiting) == (0, 1, len(WAITING))
        assert reader.households(connection) == []
        assert recorded(connection, lines(begins, OPENS, *WAITING, *incomes(3)), way).rejected == 0


def test_what_waits_is_complained_of_where_more_is_wrong_with_it(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        facts: list[Mapping[str, object]] = [
            DRAWS,
            {**OPENS, "lender": 5},
            DRAWS,
            {**DRAWS, "line": "elsewhere"},
            {**DRAWS, "household": "h2"},
            {**DRAWS, "effective_at": "2999-01-01"},
            {**DRAWS, "amount": "none"},
            {"type": "ReserveObserved", "account": "a", "balance": "1.00"},
            {"type": "Voided", "fact": "key:nothing"},
        ]
        outcome = recorded(connection, lines(*facts), way)
        assert [(complaint.line, complaint.code) for complaint in outcome.complaints] == [
            (1, "unknown_line"),
            (2, "wrong_type"),
            (4, "unknown_line"),
            (5, "unknown_line"),
            (6, "in_the_future"),
            (7, "bad_amount"),
            (8, "unknown_account"),
            (9, "unknown_fact"),
        ]
        assert (outcome.rejected, outcome.waiting) == (8, 1)


def test_what_names_a_refused_loan_account_or_payment_waits_for_it(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        facts: list[Mapping[str, object]] = [
            OPENS,
            {"type": "ReserveOpened", "account": "cash"},
            {"type": "ReserveObserved", "account": "cash", "balance": "1.00"},
            {**DRAWS, "loan": "l", "amount": "-1"},
            {"type": "RepaymentPosted", "line": "a", "amount": "1.00", "loan": "l"},
            {"type": "RepaymentSent", "line": "a", "amount": "1.00", "payment": 5},
            {"type": "RepaymentSent", "line": "a", "amount": "x", "payment": "p"},
            {"type": "RepaymentReversed", "line": "a", "payment": "p"},
        ]
        outcome = recorded(connection, lines(*facts), way)
        assert {complaint.line for complaint in outcome.complaints} == {2, 4, 6, 7}
        assert (outcome.rejected, outcome.waiting) == (4, 3)


@pytest.mark.parametrize("wrong", [{"timezone": "Asia/Tokio"}, {"currency": "JPYY"}, {"timezone": 9}], ids=str)
def test_what_is_in_the_currency_of_a_refused_household_waits_for_it(
    database: Database, way: str, wrong: dict[str, object]
) -> None:
    with connected(database.service) as connection:
        begins = {"type": "HouseholdOpened", "currency": "JPY"}
        lent = [{**OPENS, "line": line, "key": line, "currency": "JPY"} for line in ("b", "c")]
        outcome = recorded(connection, lines({**begins, **wrong}, OPENS, *lent), way)
        assert {complaint.line for complaint in outcome.complaints} == {1}
        assert (outcome.rejected, outcome.waiting) == (1, 2)
        assert recorded(connection, lines(begins, OPENS, *lent), way).rejected == 0
        assert recorded(connection, lines({**OPENS, "line": "d", "currency": "CNY"}), way).complaints[0].line == 1


def test_a_dry_run_says_the_same_and_stores_nothing(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        file = lines(*incomes(9), *incomes(3))
        assert recorded(connection, file, way, dry_run=True) == Outcome(accepted=9, duplicates=3)
        assert reader.households(connection) == []
        assert recorded(connection, file, way) == Outcome(accepted=9, duplicates=3)


def test_texts_of_a_file_are_sealed_and_kept_apart(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        recorded(connection, lines(*incomes(7, note="from the\tbakery\\\n")), way)
        assert set(reader.texts(connection, "h1")[5]) == {"note"}
        assert reader.texts(connection, "h1")[5]["note"] == "from the\tbakery\\\n"
        found = connection.execute("SELECT count(*) FROM headroom.event WHERE payload LIKE '%bakery%'::bytea")
        assert found.fetchone() == (0,)
        assert verify(connection).ok


def test_amounts_are_read_in_the_currency_the_file_or_the_book_opened_the_household_with(
    database: Database, way: str
) -> None:
    with connected(database.service) as connection:
        opening: dict[str, object] = {"type": "HouseholdOpened", "currency": "JPY"}
        yen = [fact | {"amount": "7"} for fact in incomes(9)]
        assert recorded(connection, lines(opening, *yen[:8]), way).accepted == 9
        assert recorded(connection, lines(yen[8]), way).accepted == 1
        stored = [getattr(fact.fact, "amount", None) for fact in reader.load(connection, "h1")]
        assert stored == [None] + [7] * 9


def test_a_reference_to_a_key_earlier_in_the_file_is_resolved(database: Database, way: str) -> None:
    with connected(database.service) as connection:
        voids: list[dict[str, object]] = [{"type": "Voided", "fact": f"key:k{number}"} for number in range(6)]
        assert recorded(connection, lines(*incomes(6), *voids), way).accepted == 12
        last = reader.load(connection, "h1")[-1].fact
        assert getattr(last, "fact", None) == 7


def test_a_file_goes_on_where_commands_left_off_and_commands_where_the_file_did(database: Database, way: str) -> None:
    with opened(database.service, clock=lambda: NOON) as ledger, connected(database.service) as connection:
        ledger.record("h1", [income(1)])
        assert recorded(connection, lines(*incomes(6)), way).accepted == 6
        assert ledger.record("h1", [income(2)]).versions == (9,)
        assert verify(connection).ok
        times = [fact.recorded_at for fact in reader.load(connection, "h1")]
        assert times == sorted(times)


def test_a_household_that_moves_on_meanwhile_is_judged_anew(database: Database, way: str) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:
        interfere = iter([True])

        def progress(told: Progress) -> None:
            if told.stage == "judging" and next(interfere, False):
                ledger.record("h1", [income(77, key="k0x")])

        outcome = record_file(
            connection,
            io.BytesIO(lines(*incomes(6))),
            clock=ticking(),
            salts=lambda: os.urandom(16),
            progress=progress,
            helpers=1,
        )
        assert outcome.accepted == 6
        assert [fact.version for fact in reader.load(connection, "h1")] == list(range(1, 9))
        assert verify(connection).ok


def test_a_household_that_keeps_moving_on_is_told_and_nothing_is_stored(database: Database, way: str) -> None:
    with opened(database.service) as ledger, connected(database.service) as connection:

        def progress(told: Progress) -> None:
            if told.stage == "judging":
                ledger.record("h1", [income(1)])

        with pytest.raises(ConcurrentChange):
            record_file(
                connection,
                io.BytesIO(lines(*incomes(6))),
                clock=ticking(),
                salts=lambda: os.urandom(16),
                progress=progress,
                helpers=1,
            )
        assert all(fact.fact.key is None for fact in reader.load(connection, "h1"))


def test_staged_facts_are_in_no_ones_sight_and_leave_nothing_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "DIRECT_FACTS", 1)
    monkeypatch.setattr(history, "BLOCK_BYTES", 3 * len(lines(*incomes(1))))
    seen = []
    with connected(database.service) as connection, connected(database.service) as other:

        def progress(told: Progress) -> None:
            if told.stage == "judging":
                horizon = other.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax("
                                        "pg_current_snapshot())").fetchone()  # fmt: skip
                seen.append((reader.follow(other, 0, 9), reader.households(other), horizon))

        file = io.BytesIO(lines(*incomes(12)))
        record_file(connection, file, clock=ticking(), salts=lambda: b"", progress=progress, helpers=1)
        assert len(seen) > 2
        assert all(told == ([], [], (True,)) for told in seen)
        left = other.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'staged%'").fetchone()
        assert left == (0,)


def test_progress_tells_bytes_while_judging_and_parts_while_publishing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "DIRECT_FACTS", 1)
    monkeypatch.setattr(history, "BLOCK_BYTES", 3 * len(lines(*incomes(1))))
    monkeypatch.setattr(staging, "WRITE_ROWS", 5)
    told: list[Progress] = []
    file = lines(*incomes(12))
    with connected(database.service) as connection:
        record_file(
            connection, io.BytesIO(file), clock=ticking(), salts=lambda: b"", progress=told.append, helpers=1
        )  # fmt: skip
    judged = [step.facts for step in told if step.stage == "judging"]
    assert len(judged) > 2
    assert judged == sorted(set(judged))
    assert judged[-1] == 12
    assert [step.bytes_read for step in told][-1] == len(file)
    published = [step.published for step in told if step.stage == "publishing"]
    assert published == [5 / 13, 10 / 13, 1.0]


def test_ctrl_c_on_a_terminal_is_not_for_the_helpers() -> None:
    """A terminal sends it to the whole group; a helper that ended of it would fill the page with its own end."""
    line = b'{"type":"IncomeDeclared","household":"h1","effective_at":"2026-01-01","monthly":"1.00"}\n'
    blocks = [line * 2_000] * (parsing.ALONE_PIECES + 2 * parsing.AHEAD_PIECES)
    found = parsing.read_pieces(blocks, {}, helpers=2)
    read = [next(found) for _ in range(parsing.ALONE_PIECES + 1)]
    helpers = active_children()
    assert len(helpers) == 2
    for helper in helpers:
        assert helper.pid is not None
        os.kill(helper.pid, signal.SIGINT)
    read += found
    numbers = [number for piece in read for run in piece.runs for number in run.numbers]
    assert numbers == list(range(1, 2_000 * len(blocks) + 1))
