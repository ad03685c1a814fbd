"""A history file is read wholly: each line becomes a fact, or everything wrong with it is told."""

import io
import json
import re
from typing import Any

import pytest

from ledger.errors import Complaint, expectations, wording, wordings
from ledger.events import FACT_TYPES
from ledger.fields import ELSEWHERE, fields
from ledger.history import BLOCK_BYTES, LONGEST_LINE_BYTES, Line, Reader, blocks


def line(**said: Any) -> bytes:
    told = {"type": "LimitGranted", "household": "h1", "effective_at": "2026-03-01", "line": "jiebei", "limit": "5"}
    return json.dumps({**told, **said}).encode()


def complaints(*raw: bytes) -> list[tuple[int, str, str]]:
    return [(one.line, one.field, one.code) for one in Reader().lines(raw) if isinstance(one, Complaint)]


def test_everything_wrong_with_a_line_is_told_at_once() -> None:
    assert complaints(line(line="Jie Bei", limit="NaN", colour="red", effective_at="yesterday")) == [
        (1, "effective_at", "bad_time"),
        (1, "line", "bad_name"),
        (1, "limit", "bad_amount"),
        (1, "colour", "unknown_field"),
    ]


def test_lines_after_a_bad_one_are_still_read() -> None:
    read = list(Reader().lines([b"{", b"\n", line(), b"[]"]))
    assert [type(one) for one in read] == [Complaint, Line, Complaint]
    assert [one.line for one in read if isinstance(one, Complaint)] == [1, 4]


@pytest.mark.parametrize(
    ("raw", "field", "code"),
    [
        (b"\xff\xfe{}", "", "not_json"),
        (b'{"type": "LimitGranted", "household": "\xff"}', "", "not_utf8"),
        (b'{"type": "LimitGranted"', "", "not_json"),
        (b'"LimitGranted"', "", "not_an_object"),
        (line(type="LimitDoubled"), "type", "unknown_type"),
        (line(type=3), "type", "unknown_type"),
        (line(household="H 1"), "household", "bad_name"),
        (line(limit=5), "limit", "wrong_type"),
        (line(limit="1e9"), "limit", "bad_amount"),
        (line(limit="-1"), "limit", "negative"),
        (line(limit="0.001"), "limit", "bad_amount"),
        (line(limit="10000000000000"), "limit", "bad_amount"),
        (line(limit="１００"), "limit", "bad_amount"),
        (line(limit="1_000"), "limit", "bad_amount"),
        (line(effective_at="2026-03-01T10:00:00"), "effective_at", "bad_time"),
        (line(effective_at="2026-02-30"), "effective_at", "bad_time"),
        (line(effective_at="20260301"), "effective_at", "bad_time"),
        (line(effective_at="2026-W09-1"), "effective_at", "bad_time"),
        (line(key=""), "key", "bad_text"),
        (line(note="a\x00b"), "note", "bad_text"),
        (line(note="x" * 10_001), "note", "bad_text"),
        (line(source="lender"), "source", "wrong_type"),
        (line(source={"kind": "gossip"}), "source.kind", "not_a_choice"),
        (line(source={"kind": []}), "source.kind", "not_a_choice"),
        (line(source={"kind": "bank", "page": "3"}), "source.page", "unknown_field"),
        (line(source={"document": 3}), "source.document", "wrong_type"),
        (line(effective=5), "effective", "unknown_field"),
        (line(type="LineOpened", product="card", lender="x", limit="5"), "limit", "told_by_another_fact"),
        (line(type="LineTermsChanged", limit="5"), "limit", "told_by_another_fact"),
        (line(type="ReserveOpened", account="a", kind="cash", balance="5"), "balance", "told_by_another_fact"),
        (line(type="DrawnDown", limit="5", amount="0"), "amount", "not_positive"),
        (line(type="Voided", fact="12"), "fact", "bad_reference"),
        (line(type="ScoreObserved", scheme="zhima", score=349), "score", "out_of_range"),
        (line(type="ScoreObserved", scheme="zhima", score=951), "score", "out_of_range"),
        (line(type="LineOpened", product="cardd", lender="x"), "product", "not_a_choice"),
        (line(type="LineOpened", product="card", lender="x", restoration_days=True), "restoration_days", "wrong_type"),
        (line(type="DrawnDown", amount="5", first_due_on="2026-3-1"), "first_due_on", "bad_date"),
        (line(type="RepaymentPosted", amount="5", allocation={"tip": "5"}), "allocation.tip", "unknown_field"),
        (line(type="RepaymentPosted", amount="5", allocation={"fee": 5}), "allocation.fee", "wrong_type"),
        (line(type="LineOpened", product="card", lender="x", penalty_multiplier="x"), "penalty_multiplier", "bad_rate"),
        (line(type="DrawnDown", amount="5", periods=10**400), "periods", "out_of_range"),
        (line(type="Corrected", fact="h1:2", replacement={"type": "Voided"}), "replacement.type", "nested_correction"),
        (
            line(type="Corrected", fact="h1:2", replacement={"type": "Corrected", "fact": "h1:2", "replacement": {}}),
            "replacement.type",
            "nested_correction",
        ),
        (
            line(type="Corrected", fact="h1:2", replacement={"type": "LimitGranted"}),
            "replacement.line",
            "missing_field",
        ),
        (
            line(type="Corrected", fact="h1:2", replacement={"type": "LimitGranted", "household": "h1"}),
            "replacement.household",
            "unknown_field",
        ),
    ],
)
def test_each_slip_has_its_own_complaint(raw: bytes, field: str, code: str) -> None:
    assert (1, field, code) in complaints(raw)


@pytest.mark.parametrize("score", [350, 950])
def test_a_zhima_score_goes_from_350_to_950(score: int) -> None:
    scored = {"type": "ScoreObserved", "household": "h1", "effective_at": "2026-03-01", "scheme": "zhima"}
    assert complaints(json.dumps({**scored, "score": score}).encode()) == []


def test_a_score_is_held_to_the_scale_of_its_own_scheme_beside_other_slips() -> None:
    slips = {"type": "ScoreObserved", "household": "h1", "effective_at": "tomorrow"}
    off = complaints(json.dumps(slips | {"scheme": "zhima", "score": 300}).encode())
    assert off == [(1, "effective_at", "bad_time"), (1, "score", "out_of_range")]
    other = complaints(json.dumps(slips | {"scheme": "fico", "score": 300}).encode())
    assert other == [(1, "effective_at", "bad_time")]
    absurd = complaints(json.dumps(slips | {"scheme": "zhima", "score": 20_000}).encode())
    assert absurd == [(1, "effective_at", "bad_time"), (1, "score", "out_of_range")]


@pytest.mark.parametrize("nested", ["Corrected", "Voided"])
def test_a_replacement_that_speaks_of_a_fact_is_told_where_it_stands_what_may_and_what_to_do(nested: str) -> None:
    said = line(type="Corrected", fact="h1:3", replacement={"type": nested, "fact": "h1:2"})
    found = [one for one in Reader().lines([said]) if isinstance(one, Complaint)]
    [complaint] = [one for one in found if one.code == "nested_correction"]
    assert (complaint.line, complaint.field) == (1, "replacement.type")
    for words in (
        f"cannot be a {nested}",
        "any type but Corrected and Voided",
        "record a Voided",
        "void it and record",
    ):
        assert words in complaint.message


def test_every_complaint_can_be_told_in_chinese() -> None:
    (complaint,) = Reader().lines([line(limit="NaN")])
    assert isinstance(complaint, Complaint)
    assert "金额" in wording(complaint.code, complaint.details, language="zh")
    assert all(set(texts) == {"en", "zh"} for texts in (*wordings().values(), *expectations().values()))


def test_a_field_that_another_fact_tells_points_to_a_fact_there_is() -> None:
    for (name, field), others in ELSEWHERE.items():
        assert field not in {one.name for one in fields(FACT_TYPES[name])}
        assert set(others.split(" / ")) <= set(FACT_TYPES)
    found = next(one for one in Reader().lines([line(type="LineOpened", product="card", lender="x", limit="5")]))
    assert isinstance(found, Complaint)
    assert "LimitGranted" in found.message
    assert "LimitGranted" in wording(found.code, found.details, language="zh")


@pytest.mark.parametrize(
    ("raw", "write"),
    [
        (line(limit="1万"), '"10000"'),
        (line(limit="10,000"), "逗号"),
        (line(effective_at="2026年7月3日"), '"2026-07-03"'),
        (line(type="PaymentDue", amount="5", due_on="7月3日"), '"2026-07-03"'),
    ],
)
def test_what_is_written_as_chinese_does_is_told_how_to_write_it(raw: bytes, write: str) -> None:
    found = [one for one in Reader().lines([raw]) if isinstance(one, Complaint)]
    assert any(write in wording(one.code, one.details, language="zh") for one in found)


@pytest.mark.parametrize(
    ("raw", "english", "chinese"),
    [
        (line(limit=5), "holds 5. Expected a decimal string, zero or more", "内容是 5。应填：加引号的数，不小于零"),
        (line(type="DrawnDown", amount=5), "a decimal string above zero", "加引号的大于零的数"),
        (line(type="DrawnDown", amount="5", periods="12"), 'holds "12". Expected a whole number', "应填：整数"),
        (line(household=None), "'household' of the fact is missing", "这条事实 缺少字段“household”"),
        (line(source=[]), "an object with kind and document", "含 kind、document 的对象"),
        (
            line(type="LineOpened", product="card", lender="x", penalty_multiplier=2),
            "Expected a multiplier",
            "应填：加引号的倍数",
        ),
        (b"{}", "Expected an id of lower-case letters", "应填：由小写字母"),
    ],
)
def test_what_was_expected_is_said_of_that_field_and_in_one_language(raw: bytes, english: str, chinese: str) -> None:
    found = [one for one in Reader().lines([raw]) if isinstance(one, Complaint)]
    in_chinese = [wording(one.code, one.details, language="zh") for one in found]
    assert any(english in one.message for one in found)
    assert any(chinese in one for one in in_chinese)
    assert not any(re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", one) for one in in_chinese)


TWICE = b'{"type":"LimitGranted","household":"h1","effective_at":"2026-03-01T10:00:00+08:00","line":"a","limit":"5"%b}'


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (b',"limit":"6"', "limit"),
        (b',"limit":"5"', "limit"),
        (b', "limit" : "6"', "limit"),
        (b',"limit"\t:"6"', "limit"),
        (b',"\\u006cimit":"6"', "limit"),
        (b',"line":"a:::","line":"b"', "line"),
        (b',"key":"a\\u003ab\\u003ac","key":"a:b"', "key"),
        (b',"source":{"kind":"bank","kind":"user"}', "source.kind"),
        (b',"source":{"kind":"bank"},"source":{"kind":"user"}', "source"),
    ],
)
def test_a_field_that_stands_twice_is_refused_by_name(more: bytes, field: str) -> None:
    assert (1, field, "repeated_field") in complaints(TWICE % more)


@pytest.mark.parametrize(
    "more",
    [
        b',"note":"\\"limit\\":\\"6\\""',
        b',"key":"a:b:c"',
        b',"source":{"kind":"bank","document":"a:b"}',
        b' ,"note" : ":"',
    ],
)
def test_colons_in_texts_do_not_make_a_field_stand_twice(more: bytes) -> None:
    assert complaints(TWICE % more) == []


def test_amounts_are_read_in_the_household_s_currency() -> None:
    opening = line(type="HouseholdOpened", currency="JPY")
    raw = [json.dumps({k: v for k, v in json.loads(opening).items() if k not in ("line", "limit")}).encode()]
    read = list(Reader().lines([*raw, line(limit="500"), line(limit="5.5")]))
    assert isinstance(read[1], Line)
    assert read[1].draft.fact.limit == 500  # type: ignore[union-attr]  # a LimitGranted
    assert isinstance(read[2], Complaint)


def test_a_byte_order_mark_and_blank_lines_are_passed_over() -> None:
    read = list(Reader().lines([b"\xef\xbb\xbf" + line(), b"   \n", line()]))
    assert [one.number for one in read if isinstance(one, Line)] == [1, 3]


def test_a_line_of_two_hundred_megabytes_is_refused_in_bounded_memory() -> None:
    class Endless(io.RawIOBase):
        left = 200_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            buffer[:size] = b"x" * size
            self.left -= size
            return size

    stream = io.BufferedReader(Endless())
    (block,) = blocks(stream)
    assert LONGEST_LINE_BYTES < len(block) <= LONGEST_LINE_BYTES + BLOCK_BYTES
    assert complaints(block) == [(1, "", "line_too_long")]


def test_blocks_are_whole_lines_whatever_their_length() -> None:
    long = b"x" * (2 * BLOCK_BYTES)
    file = b"".join([b"a\n", b"\n", long + b"\n", b"b\r\n", b"y" * (LONGEST_LINE_BYTES + 3 * BLOCK_BYTES), b"\nc"])
    found = list(blocks(io.BytesIO(file)))
    assert all(block.endswith(b"\n") for block in found[:-2])
    assert b"".join(found[:-2]) == b"".join([b"a\n", b"\n", long + b"\n", b"b\r\n"])
    assert set(found[-2]) == {ord("y")}
    assert found[-1] == b"c"


def test_a_file_may_end_with_or_without_a_line_end() -> None:
    assert list(blocks(io.BytesIO(b"a\nb"))) == [b"a\n", b"b"]
    assert list(blocks(io.BytesIO(b"a\nb\n"))) == [b"a\nb\n"]
    assert list(blocks(io.BytesIO(b""))) == []


@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("2026/03/01", "not written YYYY-MM-DD"),
        ("2026-02-30", "which no calendar or clock shows"),
        ("2026-03-01T25:00:00+08:00", "which no calendar or clock shows"),
        ("2026-03-01T10:00", "an instant needs an offset, such as +08:00"),
        ("1 March 2026", "neither an instant nor a date"),
    ],
)
def test_what_is_wrong_with_a_time_is_said_in_words_of_this_program(time: str, problem: str) -> None:
    (found,) = Reader().lines([line(effective_at=time)])
    assert isinstance(found, Complaint)
    assert found.details["problem"] == problem
