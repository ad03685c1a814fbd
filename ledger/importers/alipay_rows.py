"""The rows of an Alipay statement, of any of its generations, by the names of their columns.

Source: files of three generations: web (2019, 交易记录明细查询), mobile (2021), mobile with a preamble (2023 on).
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Final

import msgspec

from ledger.calendar import microseconds
from ledger.errors import Complaint
from ledger.importers.reasons import complaint
from ledger.importers.statement import RowNote
from ledger.money import minor_units

LONGEST_LINE_BYTES: Final = 1_000_000
LONGEST_RECORD_LINES: Final = 40
"""A record of more physical lines than this began with a quotation mark that nobody closed."""

_SHANGHAI: Final = timezone(timedelta(hours=8))
_BOM: Final = b"\xef\xbb\xbf"
_WORKBOOK: Final = b"[Content_Types].xml"
"""What a workbook, which is a zip archive too, begins with."""
_MAGIC: Final = {
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_COLUMNS: Final = {
    "paid_at": ("交易时间", "付款时间"),
    "created_at": ("交易创建时间",),
    "category": ("交易分类",),
    "counterparty": ("交易对方",),
    "product": ("商品说明", "商品名称"),
    "direction": ("收/支",),
    "amount": ("金额", "金额(元)"),
    "method": ("收/付款方式", "收付款方式"),
    "status": ("交易状态",),
    "order": ("交易订单号", "交易号"),
    "merchant_order": ("商家订单号", "商户订单号"),
    "remark": ("备注",),
    "fee": ("服务费(元)",),
    "funds": ("资金状态",),
}
_NEEDED: Final = ("paid_at", "product", "direction", "amount", "status", "order")
_FOOTER: Final = re.compile(
    r"共\d+笔|(已收入|待收入|已支出|待支出|收入|支出|不计收支|其他)[:：]\s*\d+笔|导出时间|导出信息|特别提示"
)
_ANNOUNCED: Final = re.compile(r"共\s*(\d+)\s*笔")
_STAMP: Final = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2}) +([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_GROUPED: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_ROUNDED_ORDER: Final = re.compile(r"\d(\.\d+)?[Ee]\+\d+")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a statement, its words as written.

    Shape: `line` counts from 1. Units: `effective` in microseconds since the epoch, `amount` in minor units.
    """

    line: int
    effective: int
    amount: int
    product: str
    direction: str
    status: str
    order: str
    counterparty: str = ""
    category: str = ""
    method: str = ""
    merchant_order: str = ""
    remark: str = ""
    fee: str = ""
    funds: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """All rows of a statement, or what is wrong with it; `notes` are about the file as a whole."""

    rows: tuple[Row, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    notes: tuple[RowNote, ...] = ()


class _Columns(msgspec.Struct, frozen=True):
    places: dict[str, int]
    titles: dict[str, str]
    named: int
    total: int


def read_table(data: bytes) -> Table:
    """The rows of a statement's bytes."""
    text = _text(data)
    if isinstance(text, Complaint):
        return Table(complaints=(text,))
    return _Reader(text).table()


def _text(data: bytes) -> str | Complaint:
    if not data.strip():
        return complaint("empty_file")
    if data.startswith(b"PK\x03\x04"):
        return complaint("workbook" if _WORKBOOK in data[:1024] else "zip_file")
    for magic, found in _MAGIC.items():
        if data.startswith(magic):
            return complaint("not_text", found=found, expects="alipay_statement")
    too_long = _first_long_line(data)
    if too_long:
        return complaint("statement_line_too_long", line=too_long, limit=LONGEST_LINE_BYTES)
    if b"\0" in data:
        number = data.count(b"\n", 0, data.index(b"\0")) + 1
        return complaint("not_text", line=number, found="binary data", expects="alipay_statement")
    return _decoded(data)


def _first_long_line(data: bytes) -> int:
    """The first line longer than any row can be, or 0."""
    start, number = 0, 1
    while start < len(data):
        end = data.find(b"\n", start)
        if (len(data) if end < 0 else end) - start > LONGEST_LINE_BYTES:
            return number
        if end < 0:
            return 0
        start, number = end + 1, number + 1
    return 0


def _decoded(data: bytes) -> str | Complaint:
    if data.startswith(_BOM):
        data, encoding = data[len(_BOM) :], "utf-8"
    else:
        # A column name tells which of the two it is, even where the file is damaged elsewhere.
        encoding = "utf-8" if "收/支".encode() in data or _is_utf8(data) else "gb18030"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as broken:
        line = data.count(b"\n", 0, broken.start) + 1
        return complaint("wrong_encoding", line=line, line_number=line, expected=encoding.upper())


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Reader:
    """Walks the records of one text: preamble, column names, rows, totals, in any order and number."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._columns: _Columns | None = None
        self._in_table = False
        self._rows: list[Row] = []
        self._read = 0
        self._complaints: list[Complaint] = []
        self._announced: tuple[int, int] | None = None
        self._last_short: tuple[int, int] | None = None

    def table(self) -> Table:
        for line, cells in self._records():
            self._take(line, cells)
        if self._last_short is not None and not self._text.endswith(("\n", "\r")):
            self._cut_off(*self._last_short)
        if self._columns is None:
            self._complaints.insert(0, self._headless())
        elif not self._read and not self._complaints:
            self._complaints.append(complaint("no_rows"))
        if self._complaints:
            return Table(complaints=tuple(self._complaints))
        return Table(rows=tuple(self._rows), notes=self._notes())

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(self._text, newline=""))
        line = 1
        try:
            for cells in reader:
                if reader.line_num - line >= LONGEST_RECORD_LINES:
                    self._complaints.append(complaint("unclosed_quote", line=line))
                    return
                yield line, [cell.strip() for cell in cells]
                line = reader.line_num + 1
        except csv.Error as problem:
            self._complaints.append(complaint("field_too_long", line=line, problem=problem))

    def _take(self, line: int, cells: list[str]) -> None:
        first = cells[0] if cells else ""
        columns = _columns(cells)
        if columns is not None:
            self._columns, self._in_table = columns, True
        elif first.startswith("-----") or _FOOTER.match(first):
            self._in_table = False
            self._announce(line, first)
        elif not self._in_table:
            self._announce(line, first)
        elif any(cells):
            self._read += 1
            self._row(line, cells)

    def _announce(self, line: int, text: str) -> None:
        found = _ANNOUNCED.match(text)
        if found is not None:
            self._announced = (line, int(found[1]))

    def _row(self, line: int, cells: list[str]) -> None:
        columns = self._columns
        assert columns is not None
        self._last_short = None
        if len(cells) <= max(columns.places[name] for name in _NEEDED):
            self._cut_off(line, len(cells))
            return
        if len(cells) > max(columns.total, columns.named + 1):
            problem = complaint("too_many_fields", line=line, found=len(cells), expected=columns.named)
            self._complaints.append(problem)
            return
        if len(cells) < columns.named:
            self._last_short = (line, len(cells))
        self._parsed(line, {name: cells[at] for name, at in columns.places.items() if at < len(cells)}, columns.titles)

    def _parsed(self, line: int, cells: dict[str, str], titles: dict[str, str]) -> None:
        stamp = cells.pop("paid_at") or cells.get("created_at", "")
        cells.pop("created_at", None)
        amount_text = cells.pop("amount")
        effective = _effective(stamp, line=line, field=titles["paid_at"])
        amount = _amount(amount_text, line=line, field=titles["amount"])
        problems = [found for found in (effective, amount) if isinstance(found, Complaint)]
        if _ROUNDED_ORDER.fullmatch(cells["order"]):
            problems.append(complaint("order_mangled", line=line, field=titles["order"], found=cells["order"]))
        self._complaints.extend(problems)
        if not isinstance(effective, Complaint) and not isinstance(amount, Complaint) and not problems:
            self._rows.append(Row(line=line, effective=effective, amount=amount, **cells))

    def _cut_off(self, line: int, found: int) -> None:
        assert self._columns is not None
        self._complaints.append(complaint("truncated_row", line=line, found=found, expected=self._columns.named))

    def _headless(self) -> Complaint:
        if "微信支付账单" in self._text:
            return complaint("wechat_file")
        return complaint("no_header", expected=" ".join(_COLUMNS[name][0] for name in _NEEDED))

    def _notes(self) -> tuple[RowNote, ...]:
        if self._announced is None or self._announced[1] == len(self._rows):
            return ()
        line, count = self._announced
        return (RowNote(line=line, reason_code="count_differs", detail=str(count)),)


def _columns(cells: list[str]) -> _Columns | None:
    """Where each column stands, when these cells are the names of columns."""
    if len(cells) < len(_NEEDED) or "收/支" not in cells:
        return None
    titles = [cell.replace("（", "(").replace("）", ")") for cell in cells]
    places = {
        name: titles.index(title)
        for name, choices in _COLUMNS.items()
        for title in choices
        if title in titles
    }  # fmt: skip
    if any(name not in places for name in _NEEDED):
        return None
    named = len(titles) - titles[::-1].index(next(title for title in reversed(titles) if title))
    return _Columns(places, {name: cells[at] for name, at in places.items()}, named, len(titles))


def _effective(stamp: str, *, line: int, field: str) -> int | Complaint:
    try:
        moment = _moment(stamp)
    except ValueError:
        return complaint("bad_statement_time", line=line, field=field, found=stamp)
    if not 2004 <= moment.year < 2100:
        return complaint("time_out_of_range", line=line, field=field, found=stamp)
    return microseconds(moment)


def _moment(written: str) -> datetime:
    found = _STAMP.fullmatch(written)
    if found is None:
        raise ValueError(written)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=_SHANGHAI)


def _amount(text: str, *, line: int, field: str) -> int | Complaint:
    bare = text.lstrip("¥￥").strip()
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    try:
        amount = minor_units(bare, "CNY")
    except ValueError as problem:
        return complaint("bad_statement_amount", line=line, field=field, found=text, problem=problem)
    if amount < 0:
        return complaint("negative_amount", line=line, field=field, found=text)
    return amount
