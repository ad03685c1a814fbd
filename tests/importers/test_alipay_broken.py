"""Broken files: every complaint names line, field, code and remedy, and no fact of the file is recorded."""

import io
import zipfile

import pytest

from ledger.errors import Complaint
from ledger.importers.alipay_rows import LONGEST_LINE_BYTES
from ledger.importers.reasons import reasons as all_reasons
from ledger.importers.reasons import wording
from tests.importers.statements import cells, mobile, mobile_text, read

FIRST_ROW = 14


def complaints(data: bytes) -> list[Complaint]:
    statement = read(data)
    assert statement.complaints
    assert statement.facts == ()
    return list(statement.complaints)


def placed(data: bytes) -> list[tuple[int, str, str]]:
    return [(found.line, found.field, found.code) for found in complaints(data)]


def zipped(name: str = "alipay.csv") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, mobile(cells()))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\n \r\n\t", "empty_file"),
        (zipped(), "zip_file"),
        (zipped("[Content_Types].xml"), "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not_text"),
        (b"%PDF-1.7\n", "not_text"),
        (mobile_text([cells()]).encode("utf-16"), "not_text"),
        (b"abc\n\0\0\0", "not_text"),
        ("微信支付账单明细\n交易时间,交易类型,交易对方,商品,收/支,金额(元)\n".encode(), "wechat_file"),
        (b"date,amount\n2024-01-01,5\n", "no_header"),
        (mobile_text([]).encode(), "no_rows"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_statement_is_named_for_what_it_is(data: bytes, code: str) -> None:
    assert [found.code for found in complaints(data)] == [code]


@pytest.mark.parametrize(
    "row",
    [
        {"amount": "NaN"},
        {"amount": "1e9"},
        {"amount": "abc"},
        {"amount": ""},
        {"amount": "12.345"},
        {"amount": "1,23.00"},
        {"amount": "10000000000000.00"},
    ],
)
def test_an_amount_that_is_none_is_complained_about_at_its_place(row: dict[str, str]) -> None:
    assert placed(mobile(cells(order="1"), cells(**row))) == [(FIRST_ROW + 1, "金额", "bad_statement_amount")]


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"amount": "-5.00"}, "金额", "negative_amount"),
        ({"at": "2199-01-01 00:00:00"}, "交易时间", "time_out_of_range"),
        ({"at": "1970-01-01 08:00:00"}, "交易时间", "time_out_of_range"),
        ({"at": "2024-02-30 08:00:00"}, "交易时间", "bad_statement_time"),
        ({"at": ""}, "交易时间", "bad_statement_time"),
        ({"order": "2.02405E+27"}, "交易订单号", "order_mangled"),
    ],
)
def test_a_field_that_cannot_be_is_complained_about_at_its_place(row: dict[str, str], field: str, code: str) -> None:
    assert placed(mobile(cells(order="1"), cells(**row))) == [(FIRST_ROW + 1, field, code)]


def test_all_complaints_of_a_file_are_collected() -> None:
    found = placed(mobile(cells(amount="x"), cells(), cells(at="gestern", amount="-1")))
    assert [line for line, _, _ in found] == [FIRST_ROW, FIRST_ROW + 2, FIRST_ROW + 2]


@pytest.mark.parametrize("cut", [1, 30, 60])
def test_a_last_row_cut_off_is_complained_about(cut: int) -> None:
    text = mobile_text([cells(order="1"), cells()]).rstrip("\n")
    assert placed(text[: -(cut + 5)].encode()) == [(FIRST_ROW + 1, "", "truncated_row")]


def test_a_file_cut_inside_a_sign_is_complained_about() -> None:
    whole = mobile_text([cells(), cells(who="末尾")]).encode()
    end = whole.index("末尾".encode()) + 1
    assert placed(whole[:end]) == [(FIRST_ROW + 1, "", "wrong_encoding")]


def test_two_encodings_in_one_file_are_complained_about_at_the_line() -> None:
    text = mobile_text([cells()]).encode() + "测试".encode("gb18030")
    assert placed(text) == [(FIRST_ROW + 1, "", "wrong_encoding")]


def test_a_comma_outside_quotation_marks_is_complained_about() -> None:
    text = mobile_text([cells(what="面面")]).replace("面面", "面,面")
    assert placed(text.encode()) == [(FIRST_ROW, "", "too_many_fields")]


def test_commas_line_ends_and_quotation_marks_inside_quotes_are_content() -> None:
    statement = read(
        mobile(cells(what="先用后付,订单\n完结后付款", order="1"), cells(what='5"屏', at="2024-05-07 08:00:00"))
    )
    assert not statement.complaints
    notes = [fact.note for fact in statement.facts if fact.note is not None]
    assert notes == ["青禾面馆 · 先用后付,订单 完结后付款", '青禾面馆 · 5"屏']


def test_a_quotation_mark_that_is_never_closed_is_complained_about_where_it_opens() -> None:
    rows = [cells(what='"半句', order="0"), *(cells(order=str(number)) for number in range(1, 100))]
    text = mobile_text(rows)
    assert placed(text.encode()) == [(FIRST_ROW, "", "unclosed_quote")]


def test_a_line_of_two_hundred_megabytes_is_refused_without_being_read() -> None:
    data = mobile(cells()) + b"9" * 200_000_000
    assert placed(data) == [(FIRST_ROW + 1, "", "statement_line_too_long")]


def test_a_field_too_long_for_a_row_is_complained_about() -> None:
    data = mobile(cells(what="面" * (LONGEST_LINE_BYTES // 4)))
    assert placed(data) == [(FIRST_ROW, "", "field_too_long")]


def test_a_mapping_to_something_that_is_no_id_is_complained_about() -> None:
    (found,) = read(mobile(cells()), lines={"花呗": "Hua Bei"}).complaints
    assert (found.field, found.code) == ("line", "bad_mapped_name")


def test_every_reason_has_both_languages_and_takes_its_details() -> None:
    details = dict.fromkeys(
        ("detail", "found", "expected", "field", "limit", "problem", "name", "line_number", "remedy"), "x"
    )  # fmt: skip
    for code in all_reasons():
        assert wording(code, details) != wording(code, details, language="zh")
    (found,) = complaints(b"")
    assert found.message == wording(found.code, found.details)
