"""Builds Alipay statements of three generations from rows, and tells facts in one short line each."""

from collections.abc import Iterable
from pathlib import Path

from ledger.events import (
    AnyFact,
    DrawnDown,
    DrawReversed,
    ExpensePaid,
    IncomeReceived,
    LineOpened,
    RepaymentPosted,
    ReserveMoved,
    ReserveOpened,
)
from ledger.importers import alipay
from ledger.importers.statement import Names, Statement
from ledger.money import amount_text

FIXTURES = Path(__file__).parent.parent / "fixtures" / "alipay"

MOBILE_TITLES = (
    "交易时间", "交易分类", "交易对方", "对方账号", "商品说明", "收/支", "金额", "收/付款方式", "交易状态",
    "交易订单号", "商家订单号", "备注",
)  # fmt: skip
_DEFAULTS = {
    "交易时间": "2024-05-06 12:30:00", "交易分类": "餐饮美食", "交易对方": "青禾面馆", "对方账号": "/",
    "商品说明": "牛肉面", "收/支": "支出", "金额": "20.00", "收/付款方式": "花呗", "交易状态": "交易成功",
    "交易订单号": "2024050622001", "商家订单号": "", "备注": "",
}  # fmt: skip
_SHORT = {
    "at": "交易时间", "category": "交易分类", "who": "交易对方", "what": "商品说明", "way": "收/支", "amount": "金额",
    "method": "收/付款方式", "status": "交易状态", "order": "交易订单号", "merchant": "商家订单号", "remark": "备注",
}  # fmt: skip
PREAMBLE = (
    "------------------------------------------------------------------------------------",
    "导出信息：",
    "姓名：林小满",
    "支付宝账户：linxiaoman@example.com",
    "起始时间：[2024-01-01 00:00:00]    终止时间：[2024-12-31 23:59:59]",
    "导出交易类型：[全部]",
    "导出时间：[2025-01-02 09:00:00]",
    "",
    "特别提示：",
    "1.本明细仅供个人对账使用。",
    "",
    "------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------",
)


def cells(**told: str) -> list[str]:
    """The cells of one mobile row; what is not told is an ordinary noodle soup on Huabei."""
    return [{**_DEFAULTS, **{_SHORT[name]: text for name, text in told.items()}}[title] for title in MOBILE_TITLES]


def mobile_text(rows: Iterable[list[str]], *, preamble: Iterable[str] = PREAMBLE) -> str:
    """The text of a mobile statement, its order numbers ending in a tab as Alipay writes them."""
    lines = [*preamble, "".join(f"{title:<16}," for title in MOBILE_TITLES)]
    for row in rows:
        quoted = [f'"{cell}"' if "," in cell or "\n" in cell else cell for cell in row]
        lines.append(",".join([*quoted[:9], quoted[9] + "\t", quoted[10] + "\t", quoted[11]]) + ",")
    return "\n".join(lines) + "\n"


def mobile(*rows: list[str], encoding: str = "gb18030") -> bytes:
    return mobile_text(rows).encode(encoding)


def read(
    data: bytes,
    *,
    lines: dict[str, str] | None = None,
    accounts: dict[str, str] | None = None,
    known_lines: Iterable[str] = (),
    known_accounts: Iterable[str] = (),
) -> Statement:
    return alipay.read(
        data,
        names=Names(lines=lines or {}, accounts=accounts or {}),
        known_lines=frozenset(known_lines),
        known_accounts=frozenset(known_accounts),
    )


def read_row(**told: str) -> Statement:
    return read(mobile(cells(**told)))


def told(statement: Statement) -> list[str]:
    """What a statement's facts say, openings left out."""
    assert not statement.complaints, statement.complaints
    return [_line(fact) for fact in statement.facts if not isinstance(fact, LineOpened | ReserveOpened)]


def _line(fact: AnyFact) -> str:
    match fact:
        case DrawnDown() | DrawReversed() | RepaymentPosted():
            verb = {"DrawnDown": "draws", "DrawReversed": "returns to", "RepaymentPosted": "repays"}
            return f"{verb[type(fact).__name__]} {fact.line} {amount_text(fact.amount, 'CNY')}"
        case ReserveMoved():
            return f"moves {fact.account} {amount_text(fact.amount, 'CNY')}"
        case ExpensePaid():
            return f"spends {amount_text(fact.amount, 'CNY')}{'' if fact.essential else ' not essential'}"
        case IncomeReceived():
            return f"earns {amount_text(fact.amount, 'CNY')}"
        case _:
            return type(fact).__name__


def reasons(statement: Statement) -> list[str]:
    return [note.reason_code for note in statement.skipped]


def remarks(statement: Statement) -> list[str]:
    return [note.reason_code for note in statement.partial]
