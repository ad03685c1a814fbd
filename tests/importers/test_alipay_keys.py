"""Importing again adds only what is new: keys and contents hang on the row alone."""

import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.events import (
    AnyFact,
    DrawnDown,
    DrawReversed,
    ExpensePaid,
    IncomeReceived,
    RepaymentPosted,
    ReserveMoved,
)
from ledger.importers.statement import Statement
from ledger.payload import encode
from ledger.register import without_texts
from tests.importers.statements import cells, mobile, mobile_text, read, told

UNCOUNTED = "不计收支"
FAMILY_MONTH = (
    cells(at="2024-05-01 08:00:00", order="1", method="余额宝"),
    cells(at="2024-05-02 08:00:00", order="2", amount="1,250.00", category="住房物业", what="五月房租", who="陈房东"),
    cells(at="2024-05-02 08:00:00", order="2", amount="8.00", what="水费", category="充值缴费"),
    cells(at="2024-05-03 08:00:00", order="3", way="收入", what="工资", method="", amount="9000.00"),
    cells(at="2024-05-04 08:00:00", order="4", what="蚂蚁借呗放款至余额", way=UNCOUNTED, method="", amount="3000.00"),
    cells(at="2024-05-05 08:00:00", order="5", what="花呗主动还款-2024年05月账单", way=UNCOUNTED, method="余额",
          amount="1278.00", status="还款成功"),
    cells(at="2024-05-06 08:00:00", order="6", method="中信银行信用卡(6428)", amount="300.00", category="数码电器"),
    cells(at="2024-05-07 08:00:00", order="6_1", method="中信银行信用卡(6428)", amount="100.00", category="退款",
          what="退款-牛肉面", way=UNCOUNTED, status="退款成功"),
    cells(at="2024-05-08 08:00:00", order="7", status="还款失败"),
)  # fmt: skip


def by_key(statement: Statement) -> dict[str, AnyFact]:
    assert not statement.complaints
    keyed = {fact.key: fact for fact in statement.facts if fact.key is not None}
    assert len(keyed) == len(statement.facts), "every fact has a key of its own"
    return keyed


def test_the_same_bytes_give_the_same_facts() -> None:
    first, second = read(mobile(*FAMILY_MONTH)), read(mobile(*FAMILY_MONTH))
    assert [encode(fact) for fact in first.facts] == [encode(fact) for fact in second.facts]


def test_importing_again_adds_nothing() -> None:
    first = read(mobile(*FAMILY_MONTH))
    again = read(
        mobile(*FAMILY_MONTH),
        known_lines=["huabei", "jiebei", "citic-6428"],
        known_accounts=["yuebao", "alipay-balance"],
    )
    assert again.opened == ()
    recorded = by_key(first)
    assert all(without_texts(recorded[key]) == without_texts(fact) for key, fact in by_key(again).items())
    assert len(again.facts) == len(first.facts) - len(first.opened)


def test_a_longer_export_adds_only_what_is_new() -> None:
    earlier = cells(at="2024-04-30 08:00:00", order="0", method="中信银行信用卡(6428)")
    recorded = by_key(read(mobile(*FAMILY_MONTH)))
    longer = read(
        mobile(earlier, *FAMILY_MONTH),
        known_lines=["huabei", "jiebei", "citic-6428"],
        known_accounts=["yuebao", "alipay-balance"],
    )
    new = [fact for key, fact in by_key(longer).items() if key not in recorded]
    assert [type(fact) for fact in new] == [ExpensePaid, DrawnDown]


@pytest.mark.parametrize("later", ["交易成功", "等待确认收货", "支付成功"])
def test_a_status_that_changes_between_exports_keeps_key_and_content(later: str) -> None:
    before, after = read(mobile(cells(status="等待发货"))), read(mobile(cells(status=later)))
    assert by_key(before) == by_key(after)


def test_a_purchase_refunded_and_closed_after_the_first_export_adds_its_refund_only() -> None:
    refund = cells(order="2024050622001_9", category="退款", what="退款-牛肉面", way=UNCOUNTED, status="退款成功",
                   at="2024-05-09 08:00:00")  # fmt: skip
    recorded = by_key(read(mobile(cells())))
    later = by_key(read(mobile(refund, cells(status="交易关闭"))))
    assert recorded.items() <= later.items()
    assert [type(fact) for key, fact in later.items() if key not in recorded] == [DrawReversed]


def test_rows_that_are_alike_are_each_recorded_once() -> None:
    statement = read(mobile(cells(), cells(), cells(what="凉菜")))
    assert told(statement).count("spends 20.00") == 3
    assert sorted(str(fact.key).split(":")[4] for fact in statement.facts if isinstance(fact, DrawnDown)) == [
        "0", "0", "1",
    ]  # fmt: skip


def test_of_two_rows_alike_the_one_that_was_pending_is_added_once_it_is_paid() -> None:
    for early in ((cells(), cells(status="等待付款")), (cells(status="等待付款"), cells())):
        recorded = by_key(read(mobile(*early)))
        later = by_key(read(mobile(cells(), cells())))
        assert recorded.items() <= later.items()
        assert len(later) == len(recorded) + 2


def test_a_reused_order_number_does_not_join_different_trades() -> None:
    statement = read(mobile(cells(), cells(amount="21.00"), cells(who="别家"), cells(at="2024-05-06 12:30:01")))
    assert len({fact.key for fact in statement.facts}) == len(statement.facts) == 1 + 4 * 2


def test_an_order_number_of_any_signs_gives_a_short_key_without_them() -> None:
    for order in ("", "a:b c", "九" * 500):
        keys = by_key(read(mobile(cells(order=order))))
        assert all(len(key) < 120 and key.isascii() and " " not in key for key in keys)


def test_gb18030_and_utf8_with_and_without_bom_are_one_content() -> None:
    text = mobile_text(FAMILY_MONTH)
    facts = [read(text.encode(encoding)).facts for encoding in ("gb18030", "utf-8", "utf-8-sig")]
    assert facts[0] == facts[1] == facts[2] != ()


def test_line_ends_of_either_system_are_one_content() -> None:
    text = mobile_text(FAMILY_MONTH)
    assert read(text.replace("\n", "\r\n").encode()).facts == read(text.encode()).facts


methods = st.sampled_from(
    [
        "花呗",
        "余额宝",
        "余额",
        "中信银行信用卡(6428)",
        "云闪付-中信银行(6428)",
        "招商银行储蓄卡(1234)",
        "花呗&红包",
        "花呗&余额宝",
        "",
    ]
)
statuses = st.sampled_from(["交易成功", "交易关闭", "等待付款", "等待确认收货"])
products = st.sampled_from(["牛肉面", "还款-花呗", "余额宝-单次转入", "余额宝-2024.05.05-收益发放", "伞"])
rows = st.builds(
    lambda day, amount, method, status, what, way, order: cells(
        at=f"2024-05-{day:02} 10:00:00", amount=f"{amount / 100:.2f}", method=method, status=status, what=what,
        way=way, order=order,
    ),
    st.integers(1, 4), st.integers(0, 300_000), methods, statuses, products,
    st.sampled_from(["支出", "收入", UNCOUNTED]), st.sampled_from(["1", "2", "3"]),
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(rows, min_size=1, max_size=12), st.integers())
def test_the_order_of_rows_is_irrelevant(table: list[list[str]], seed: int) -> None:
    shuffled = random.Random(seed).sample(table, len(table))
    one, other = read(mobile(*table)), read(mobile(*shuffled))
    assert by_key(one) == by_key(other)
    assert sorted(note.reason_code for note in one.skipped) == sorted(note.reason_code for note in other.skipped)


@settings(max_examples=150)
@given(st.lists(rows, min_size=1, max_size=12))
def test_every_row_is_recorded_or_reported_and_its_facts_bear_its_amount(table: list[list[str]]) -> None:
    statement = read(mobile(*table))
    grouped: dict[str, list[AnyFact]] = defaultdict(list)
    for key, fact in by_key(statement).items():
        if not key.startswith("opened:"):
            grouped[key.rpartition(":")[0]].append(fact)
    assert len(grouped) + len(statement.skipped) == statement.rows
    amounts = sorted(round(float(row[6]) * 100) for row in table)
    recorded = sorted(_amount(facts) for facts in grouped.values())
    dropped = list(amounts)
    for amount in recorded:
        dropped.remove(amount)
    assert len(dropped) == len(statement.skipped)
    for facts in grouped.values():
        _moves_one_way_or_nets(facts)


def _amount(facts: list[AnyFact]) -> int:
    found = {abs(fact.amount) for fact in facts if isinstance(fact, _MOVING)}
    (amount,) = found
    return amount


_MOVING = (ReserveMoved, DrawnDown, DrawReversed, RepaymentPosted, ExpensePaid, IncomeReceived)


def _moves_one_way_or_nets(facts: list[AnyFact]) -> None:
    """What leaves and what is owed more equals what is spent; money between own places nets to nothing."""
    wealth = sum(fact.amount for fact in facts if isinstance(fact, ReserveMoved | RepaymentPosted | DrawReversed))
    wealth -= sum(fact.amount for fact in facts if isinstance(fact, DrawnDown))
    kinds = {type(fact).__name__ for fact in facts}
    if "ExpensePaid" in kinds:
        assert len(facts) == 1 or wealth == -_amount(facts)
    elif "IncomeReceived" in kinds:
        assert len(facts) == 1 or wealth == _amount(facts)
    else:
        assert len(facts) == 1 or wealth == 0
