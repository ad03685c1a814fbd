"""Each wording of a statement, one row at a time: what it moves, or why nothing is recorded."""

import pytest

from ledger.events import LineOpened
from ledger.importers.reasons import note_text
from tests.importers.statements import cells, mobile, read, read_row, reasons, remarks, told

UNCOUNTED = "不计收支"


@pytest.mark.parametrize(
    ("method", "facts"),
    [
        ("花呗", ["spends 20.00", "draws huabei 20.00"]),
        ("花呗分期(12期)", ["spends 20.00", "draws huabei 20.00"]),
        ("花呗&红包", ["spends 20.00", "draws huabei 20.00"]),
        ("花呗&花呗青春特惠", ["spends 20.00", "draws huabei 20.00"]),
        ("花呗&优惠", ["spends 20.00", "draws huabei 20.00"]),
        ("中信银行信用卡(6428)", ["spends 20.00", "draws citic-6428 20.00"]),
        ("中信银行信用卡（6428）&红包&支付宝随机立减", ["spends 20.00", "draws citic-6428 20.00"]),
        ("中国工商银行信用卡(0007)", ["spends 20.00", "draws icbc-0007 20.00"]),
        ("平安银行信用卡", ["spends 20.00", "draws pab-credit 20.00"]),
        ("中国银行储蓄卡(0814)", ["spends 20.00", "moves boc-0814 -20.00"]),
        ("余额", ["spends 20.00", "moves alipay-balance -20.00"]),
        ("账户余额", ["spends 20.00", "moves alipay-balance -20.00"]),
        ("余额宝", ["spends 20.00", "moves yuebao -20.00"]),
        ("余额宝&积分", ["spends 20.00", "moves yuebao -20.00"]),
        ("花呗&现金抵价券", ["spends 20.00", "draws huabei 20.00"]),
        ("花呗&花呗分期(3期)", ["spends 20.00", "draws huabei 20.00"]),
    ],
)
def test_spending_is_an_expense_and_a_draw_or_a_movement_of_what_paid_for_it(method: str, facts: list[str]) -> None:
    statement = read_row(method=method)
    assert told(statement) == facts
    assert statement.skipped == ()
    assert statement.partial == ()


@pytest.mark.parametrize(
    ("row", "facts"),
    [
        ({"what": "蚂蚁借呗放款至余额", "method": ""}, ["draws jiebei 20.00", "moves alipay-balance 20.00"]),
        ({"what": "蚂蚁借呗放款至余额", "way": "收入"}, ["draws jiebei 20.00", "moves alipay-balance 20.00"]),
        (
            {"what": "蚂蚁借呗放款至银行卡", "method": "招商银行储蓄卡(1234)", "status": "放款成功"},
            ["draws jiebei 20.00", "moves cmb-1234 20.00"],
        ),
        (
            {"what": "蚂蚁借呗还款", "method": "余额宝", "status": "还款成功"},
            ["repays jiebei 20.00", "moves yuebao -20.00"],
        ),
        ({"what": "还款-花呗", "method": "余额"}, ["repays huabei 20.00", "moves alipay-balance -20.00"]),
        (
            {"what": "还款-花呗", "method": "余额", "way": "支出"},
            ["repays huabei 20.00", "moves alipay-balance -20.00"],
        ),
        (
            {"what": "花呗主动还款-2024年05月账单", "method": "宁波银行储蓄卡(0042)"},
            ["repays huabei 20.00", "moves nbcb-0042 -20.00"],
        ),
        ({"what": "花呗自动还款-2024年05月账单", "method": "余额宝"}, ["repays huabei 20.00", "moves yuebao -20.00"]),
        (
            {"what": "自动还款-花呗|信用购2024年05月账单", "method": "余额宝", "who": "花呗|信用购"},
            ["repays huabei 20.00", "moves yuebao -20.00"],
        ),
        ({"what": "网商贷放款至余额", "method": ""}, ["draws wangshangdai 20.00", "moves alipay-balance 20.00"]),
        (
            {"what": "网商贷-放款", "method": "招商银行储蓄卡(1234)"},
            ["draws wangshangdai 20.00", "moves cmb-1234 20.00"],
        ),
        (
            {"what": "网商贷放款至银行卡", "who": "招商银行(1234)", "status": "放款成功"},
            ["draws wangshangdai 20.00", "moves cmb-1234 20.00"],
        ),
        ({"what": "网商贷还款", "method": "余额宝"}, ["repays wangshangdai 20.00", "moves yuebao -20.00"]),
        (
            {"what": "网商贷-自动还款", "method": "余额", "way": "支出"},
            ["repays wangshangdai 20.00", "moves alipay-balance -20.00"],
        ),
        (
            {"what": "招商银行信用卡(5678)还款", "who": "招商银行", "method": "余额宝"},
            ["repays cmb-5678 20.00", "moves yuebao -20.00"],
        ),
        (
            {"what": "招商银行信用卡还款", "who": "招商银行信用卡(5678)", "method": "余额宝", "way": "支出"},
            ["repays cmb-5678 20.00", "moves yuebao -20.00"],
        ),
        ({"what": "备用金取出至余额", "method": "余额"}, ["draws beiyongjin 20.00", "moves alipay-balance 20.00"]),
        ({"what": "备用金归还", "method": "余额"}, ["repays beiyongjin 20.00", "moves alipay-balance -20.00"]),
        (
            {"what": "信用卡还款", "who": "招商银行信用卡(5678)", "method": "余额宝"},
            ["repays cmb-5678 20.00", "moves yuebao -20.00"],
        ),
        (
            {"what": "信用卡还款-招商银行(5678)", "method": "中国银行储蓄卡(0814)"},
            ["repays cmb-5678 20.00", "moves boc-0814 -20.00"],
        ),
        ({"what": "余额宝-单次转入", "method": "账户余额"}, ["moves alipay-balance -20.00", "moves yuebao 20.00"]),
        (
            {"what": "余额宝-单次转入", "method": "建设银行储蓄卡(7023)"},
            ["moves ccb-7023 -20.00", "moves yuebao 20.00"],
        ),
        ({"what": "余额宝-自动转入", "method": "余额宝"}, ["moves alipay-balance -20.00", "moves yuebao 20.00"]),
        ({"what": "余额宝-自动转入", "method": ""}, ["moves alipay-balance -20.00", "moves yuebao 20.00"]),
        ({"what": "转账收款到余额宝", "method": "余额宝"}, ["moves alipay-balance -20.00", "moves yuebao 20.00"]),
        ({"what": "余额宝-2024.05.05-收益发放", "method": "余额宝"}, ["earns 20.00", "moves yuebao 20.00"]),
        ({"what": "余额宝-收益发放", "way": "收入", "method": ""}, ["earns 20.00", "moves yuebao 20.00"]),
        ({"what": "余额-2024.05.05-收益发放", "method": "余额"}, ["earns 20.00", "moves alipay-balance 20.00"]),
        ({"what": "余额宝-转出到余额", "method": "余额宝"}, ["moves yuebao -20.00", "moves alipay-balance 20.00"]),
        ({"what": "转出到余额宝", "method": "账户余额"}, ["moves alipay-balance -20.00", "moves yuebao 20.00"]),
        (
            {"what": "余额宝-转出到银行卡", "method": "招商银行储蓄卡(1234)"},
            ["moves yuebao -20.00", "moves cmb-1234 20.00"],
        ),
        ({"what": "转出到银行卡", "who": "招商银行(1234)"}, ["moves yuebao -20.00", "moves cmb-1234 20.00"]),
        ({"what": "提现-实时提现", "who": "招商银行(1234)"}, ["moves alipay-balance -20.00", "moves cmb-1234 20.00"]),
        (
            {"what": "充值-普通充值", "method": "招商银行储蓄卡(1234)"},
            ["moves cmb-1234 -20.00", "moves alipay-balance 20.00"],
        ),
    ],
)
def test_money_between_the_households_own_places_is_neither_income_nor_expense(
    row: dict[str, str], facts: list[str]
) -> None:
    statement = read_row(**{"way": UNCOUNTED, "category": "信用借还", **row})
    assert told(statement) == facts
    assert statement.skipped == ()
    assert statement.partial == ()


@pytest.mark.parametrize(
    ("method", "account"), [("", "alipay-balance"), ("余额", "alipay-balance"), ("余额宝", "yuebao")]
)
def test_income_without_a_named_account_reaches_the_alipay_balance(method: str, account: str) -> None:
    statement = read_row(way="收入", method=method, what="项目结算", category="收入")
    assert told(statement) == ["earns 20.00", f"moves {account} 20.00"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("交易关闭", "closed"),
        ("已关闭", "closed"),
        ("还款失败", "failed"),
        ("支付失败", "failed"),
        ("等待付款", "pending"),
        ("处理中", "pending"),
        ("解冻成功", "released"),
        ("芝麻免押下单成功", "released"),
        ("交易被吞掉了", "unknown_status"),
        ("", "unknown_status"),
    ],
)
def test_a_row_in_which_no_money_moved_records_nothing_and_says_why(status: str, reason: str) -> None:
    statement = read_row(status=status)
    assert statement.facts == ()
    assert reasons(statement) == [reason]


@pytest.mark.parametrize("status", ["等待确认收货", "等待对方发货", "支付成功"])
def test_goods_that_are_paid_and_on_their_way_are_spent(status: str) -> None:
    assert told(read_row(status=status)) == ["spends 20.00", "draws huabei 20.00"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"amount": "0.00"}, "zero_amount"),
        ({"method": "花呗&小荷包"}, "unknown_source"),
        ({"method": "亲情卡(爸爸)&余额宝"}, "joined_with_relative"),
        ({"way": "收入", "method": "花呗&余额宝"}, "income_on_credit"),
        ({"method": "红包"}, "paid_by_discount"),
        ({"method": "亲情卡(爸爸)"}, "paid_by_relative"),
        ({"method": "亲情卡(爸爸)&红包"}, "paid_by_relative"),
        ({"method": "小荷包"}, "unknown_source"),
        ({"way": UNCOUNTED}, "unknown_wording"),
        ({"way": "退"}, "unknown_wording"),
        ({"way": "收入"}, "income_on_credit"),
        ({"way": UNCOUNTED, "what": "网商贷放款扣费", "category": "信用借还"}, "unknown_wording"),
        ({"way": UNCOUNTED, "what": "某某银行信用卡还款", "category": "信用借还"}, "unknown_wording"),
        ({"way": UNCOUNTED, "what": "微粒贷还款", "category": "信用借还"}, "unknown_wording"),
        ({"way": "支出", "what": "会员卡", "status": "退款成功"}, "refunded_purchase"),
    ],
)
def test_what_the_row_does_not_tell_is_reported_and_never_guessed(row: dict[str, str], reason: str) -> None:
    statement = read_row(**row)
    assert statement.facts == ()
    assert reasons(statement) == [reason]


@pytest.mark.parametrize(
    ("row", "facts", "remark"),
    [
        ({"method": ""}, ["spends 20.00"], "source_not_named"),
        ({"method": "云闪付-中信银行(6428)"}, ["spends 20.00"], "card_kind_not_told"),
        ({"method": "某某消金信用购"}, ["spends 20.00"], "line_not_named"),
        ({"method": "北京银行信用购(原花呗)"}, ["spends 20.00"], "line_not_named"),
        ({"what": "信用购还款", "way": UNCOUNTED, "method": "余额宝"}, ["moves yuebao -20.00"], "line_not_named"),
        ({"what": "北京银行信用购自动还款", "way": UNCOUNTED, "method": "余额宝"}, ["moves yuebao -20.00"],
         "line_not_named"),
        ({"what": "招商银行信用卡还款", "who": "招商银行", "way": UNCOUNTED, "method": "余额"},
         ["moves alipay-balance -20.00"], "card_not_named"),
        ({"what": "网商贷放款", "way": UNCOUNTED, "method": ""}, ["draws wangshangdai 20.00"], "source_not_named"),
        ({"what": "网商贷放款", "way": UNCOUNTED, "method": "网商贷"}, ["draws wangshangdai 20.00"],
         "source_not_named"),
        ({"what": "信用卡还款", "who": "招商银行", "way": UNCOUNTED, "method": "余额"}, ["moves alipay-balance -20.00"],
         "card_not_named"),
        ({"what": "提现-实时提现", "who": "招商银行", "way": UNCOUNTED}, ["moves alipay-balance -20.00"],
         "bank_not_named"),
        ({"what": "余额宝-单次转入", "way": UNCOUNTED, "method": "余额宝"}, ["moves yuebao 20.00"], "source_not_named"),
        ({"what": "蚂蚁财富-晨星混合-买入", "way": UNCOUNTED, "method": "余额宝"}, ["moves yuebao -20.00"],
         "investment_not_tracked"),
        ({"what": "蚂蚁财富-晨星混合(QDII-LOF)A-卖出至余额宝", "way": UNCOUNTED, "method": "余额宝"},
         ["moves yuebao 20.00"], "investment_not_tracked"),
    ],
)  # fmt: skip
def test_a_row_that_tells_one_end_only_records_that_end_with_a_remark(
    row: dict[str, str], facts: list[str], remark: str
) -> None:
    statement = read_row(**row)
    assert told(statement) == facts
    assert remarks(statement) == [remark]


@pytest.mark.parametrize(
    ("row", "facts", "opened", "remedy"),
    [
        (
            {"method": "花呗&余额宝"}, ["spends 20.00"], ("huabei", "yuebao"),
            ("DrawnDown line=huabei amount=…", "ReserveMoved account=yuebao amount=-…"),
        ),
        (
            {"method": "余额＆中信银行信用卡（6428）&红包"}, ["spends 20.00"], ("alipay-balance", "citic-6428"),
            ("ReserveMoved account=alipay-balance amount=-…", "DrawnDown line=citic-6428 amount=…"),
        ),
        (
            {"method": "花呗&云闪付-中信银行(6428)"}, ["spends 20.00"], ("huabei",),
            ("DrawnDown line=huabei amount=…",),
        ),
        (
            {"what": "蚂蚁借呗还款", "way": UNCOUNTED, "method": "余额&余额宝"}, ["repays jiebei 20.00"],
            ("alipay-balance", "yuebao", "jiebei"),
            ("ReserveMoved account=alipay-balance amount=-…", "ReserveMoved account=yuebao amount=-…"),
        ),
        (
            {"what": "退款-牛肉面", "category": "退款", "way": UNCOUNTED, "method": "花呗&余额宝"}, [],
            ("huabei", "yuebao"),
            ("DrawReversed line=huabei amount=…", "ReserveMoved account=yuebao amount=…"),
        ),
    ],
)  # fmt: skip
def test_sources_that_share_an_amount_are_reported_with_the_facts_that_would_tell_their_shares(
    row: dict[str, str], facts: list[str], opened: tuple[str, ...], remedy: tuple[str, ...]
) -> None:
    statement = read_row(**row)
    assert told(statement) == facts
    assert statement.opened == opened
    assert statement.skipped == ()
    (note,) = [note for note in statement.partial if note.reason_code == "joined_sources"]
    assert note.remedy == remedy
    for language in ("en", "zh"):
        assert all(f"`headroom add {fact}`" in note_text(note, language=language) for fact in remedy)


def test_a_refund_to_several_sources_still_makes_its_expense_smaller() -> None:
    rows = mobile(
        cells(method="花呗&余额宝"),
        cells(method="花呗&余额宝", category="退款", what="退款-牛肉面", way=UNCOUNTED, status="退款成功",
              amount="5.00", order="2024050622001_9", at="2024-05-07 08:00:00"),
    )  # fmt: skip
    statement = read(rows)
    assert told(statement) == ["spends 20.00"]
    assert [(refund.amount, refund.expense_key is not None) for refund in statement.refunds] == [(500, True)]


def test_a_line_that_many_lenders_offer_is_the_one_the_household_says() -> None:
    rows = mobile(
        cells(method="信用购", at="2024-05-06 10:00:00"),
        cells(what="信用购还款", way=UNCOUNTED, method="余额", at="2024-05-07 10:00:00"),
    )
    statement = read(rows, lines={"信用购": "bob-buy"}, known_lines=["bob-buy"])
    assert told(statement) == [
        "spends 20.00", "draws bob-buy 20.00", "repays bob-buy 20.00", "moves alipay-balance -20.00",
    ]  # fmt: skip
    assert statement.partial == ()


def test_the_loans_of_mybank_are_a_line_of_the_ant_group() -> None:
    line = read_row(what="网商贷还款", way=UNCOUNTED, method="余额").facts[0]
    assert isinstance(line, LineOpened)
    assert (line.lender, line.lender_group, line.lender_class, line.product) == ("mybank", "ant", "bank", "bank_loan")


def test_the_households_own_names_complete_what_rows_leave_open() -> None:
    rows = mobile(
        cells(what="信用卡还款", who="招商银行", way=UNCOUNTED, method="余额宝", at="2024-05-06 10:00:00"),
        cells(what="提现-实时提现", who="招商银行", way=UNCOUNTED, at="2024-05-06 11:00:00"),
        cells(method="", at="2024-05-06 12:00:00"),
        cells(method="小荷包", at="2024-05-06 13:00:00"),
        cells(what="蚂蚁财富-晨星混合-买入", way=UNCOUNTED, method="余额宝", at="2024-05-06 14:00:00"),
    )
    statement = read(
        rows,
        lines={"招商银行信用卡": "cmb-gold", "花呗": "huabei-mei"},
        accounts={"招商银行": "cmb-wages", "未注明": "purse", "小荷包": "pouch", "基金": "funds"},
        known_accounts=("purse", "pouch", "funds"),
    )
    assert told(statement) == [
        "repays cmb-gold 20.00", "moves yuebao -20.00",
        "moves alipay-balance -20.00", "moves cmb-wages 20.00",
        "spends 20.00", "moves purse -20.00",
        "spends 20.00", "moves pouch -20.00",
        "moves yuebao -20.00", "moves funds 20.00",
    ]  # fmt: skip
    assert statement.partial == ()
    assert statement.opened == ("cmb-gold", "yuebao", "alipay-balance", "cmb-wages")


def test_a_renamed_line_takes_draws_and_repayments_under_its_own_id() -> None:
    rows = mobile(
        cells(at="2024-05-06 10:00:00"),
        cells(what="花呗主动还款-2024年05月账单", way=UNCOUNTED, method="余额", at="2024-05-07 10:00:00"),
    )
    statement = read(rows, lines={"花呗": "huabei-mei"})
    assert told(statement)[1:3] == ["draws huabei-mei 20.00", "repays huabei-mei 20.00"]


@pytest.mark.parametrize(
    ("other", "paid"),
    [("中信银行信用卡(6428)", "draws citic-6428 20.00"), ("中信银行储蓄卡(6428)", "moves citic-6428 -20.00")],
)
def test_a_card_whose_kind_is_left_out_is_the_one_named_elsewhere(other: str, paid: str) -> None:
    quick = cells(method="云闪付-中信银行(6428)", at="2024-05-06 09:00:00")
    for rows in ((quick, cells(method=other)), (cells(method=other), quick)):
        assert told(read(mobile(*rows)))[:2] == ["spends 20.00", paid]


def test_a_card_whose_kind_is_left_out_is_the_one_the_book_knows() -> None:
    rows = mobile(cells(method="云闪付-中信银行(6428)"))
    assert told(read(rows, known_lines=["citic-6428"]))[1] == "draws citic-6428 20.00"
    assert told(read(rows, known_accounts=["citic-6428"]))[1] == "moves citic-6428 -20.00"


@pytest.mark.parametrize(
    ("category", "essential"),
    [
        ("餐饮美食", True),
        ("医疗健康", True),
        ("文化休闲", False),
        ("转账红包", False),
        ("没见过的分类", True),
        ("", True),
    ],
)
def test_essential_spending_is_told_by_the_table_of_categories(category: str, essential: bool) -> None:
    assert told(read_row(category=category))[0] == ("spends 20.00" if essential else "spends 20.00 not essential")


def test_a_family_card_of_ours_is_our_draw_and_no_essential() -> None:
    statement = read_row(category="亲友代付", what="亲情卡", method="交通银行信用卡(7449)")
    assert told(statement) == ["spends 20.00 not essential", "draws bocom-7449 20.00"]


@pytest.mark.parametrize(
    ("method", "fact"),
    [
        ("花呗", "returns to huabei 5.00"),
        ("交通银行信用卡(7449)", "returns to bocom-7449 5.00"),
        ("余额宝", "moves yuebao 5.00"),
        ("中国银行储蓄卡(0814)", "moves boc-0814 5.00"),
    ],
)
def test_a_refund_goes_back_where_it_came_from_and_is_no_income(method: str, fact: str) -> None:
    rows = mobile(
        cells(method=method),
        cells(method=method, category="退款", what="退款-牛肉面", way=UNCOUNTED, status="退款成功", amount="5.00",
              order="2024050622001_9", at="2024-05-07 08:00:00"),
    )  # fmt: skip
    statement = read(rows)
    assert told(statement)[2:] == [fact]
    assert [refund.amount for refund in statement.refunds] == [500]
    assert statement.partial == ()


def test_a_closed_purchase_and_its_full_refund_are_both_recorded_and_net_to_nothing() -> None:
    rows = mobile(
        cells(method="余额宝", status="交易关闭"),
        cells(method="余额宝", category="退款", what="退款-牛肉面", way=UNCOUNTED, status="退款成功",
              order="2024050622001*R1", at="2024-05-06 13:00:00"),
    )  # fmt: skip
    statement = read(rows)
    assert told(statement) == ["spends 20.00", "moves yuebao -20.00", "moves yuebao 20.00"]
    assert statement.skipped == ()


def test_a_closed_purchase_that_is_no_longer_counted_still_nets_to_nothing_with_its_refund() -> None:
    refund = cells(category="退款", what="退款-牛肉面", way=UNCOUNTED, status="退款成功", order="2024050622001_1",
                   at="2024-05-06 13:00:00")  # fmt: skip
    counted = read(mobile(cells(), refund))
    closed = read(mobile(cells(status="交易关闭", way=UNCOUNTED), refund))
    assert closed.facts == counted.facts


def test_a_refund_whose_purchase_is_elsewhere_is_recorded_with_a_remark() -> None:
    statement = read_row(category="退款", what="退款-伞", way=UNCOUNTED, status="退款成功")
    assert told(statement) == ["returns to huabei 20.00"]
    assert remarks(statement) == ["refund_without_purchase"]


def test_missing_lines_and_accounts_are_opened_on_the_day_of_their_first_use() -> None:
    rows = mobile(
        cells(at="2024-05-08 00:10:00", order="3"),
        cells(at="2024-05-06 23:50:00", order="2"),
        cells(at="2024-05-09 00:00:00", method="中信银行信用卡(6428)", order="4"),
        cells(at="2024-05-07 12:00:00", method="余额宝", order="5"),
    )
    statement = read(rows)
    assert statement.opened == ("huabei", "yuebao", "citic-6428")
    huabei, yuebao, card = statement.facts[:3]
    assert (huabei.effective, huabei.key) == ("2024-05-06", "opened:line:huabei")
    assert (yuebao.effective, yuebao.key) == ("2024-05-07", "opened:account:yuebao")
    assert getattr(huabei, "lender_group", None) == "ant"
    assert (getattr(card, "product", None), getattr(card, "limit_basis", None)) == ("card", "full_balance")
    assert getattr(card, "lender", None) == "citic"


def test_what_the_book_already_has_is_not_opened_again() -> None:
    statement = read(mobile(cells(method="余额宝"), cells()), known_lines=["huabei"], known_accounts=["yuebao"])
    assert statement.opened == ()
    assert len(told(statement)) == len(statement.facts)


def test_a_mapped_name_whose_kind_cannot_be_told_must_be_opened_first() -> None:
    rows = mobile(cells(method="某某消金信用购"))
    (found,) = read(rows, lines={"某某消金信用购": "quick-loan"}).complaints
    assert (found.line, found.code) == (14, "open_first")
    known = read(rows, lines={"某某消金信用购": "quick-loan"}, known_lines=["quick-loan"])
    assert told(known) == ["spends 20.00", "draws quick-loan 20.00"]


def test_cards_of_banks_outside_the_table_get_stable_ids_that_differ_between_banks() -> None:
    one, other = (read_row(method=f"{bank}储蓄卡(6322)").opened for bank in ("云岭农信", "海州农信"))
    assert one == read_row(method="云岭农信储蓄卡(6322)").opened
    assert one != other
    assert one[0].startswith("card-6322-")
