"""Widths, folding, bars and tables as the eye sees them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.paper import Column, Ink, Paper, bar, fold, pad, span, width_of

MIXED = st.text(alphabet="ab 可用额度，。-1", max_size=120)


def written(width: int = 80, *, colour: bool = False) -> tuple[Paper, io.StringIO]:
    stream = io.StringIO()
    return Paper(stream, width=width, colour=colour), stream


@pytest.mark.parametrize(("text", "cells"), [("", 0), ("limit", 5), ("额度", 4), ("额度A", 5), ("é", 1), ("█░", 2)])
def test_a_chinese_character_takes_two_cells_and_a_combining_mark_none(text: str, cells: int) -> None:
    assert width_of(text) == cells


def test_padding_counts_cells_and_not_characters() -> None:
    assert pad("额度", 6) == "额度  "
    assert pad("额度", 6, right=True) == "  额度"


@given(text=MIXED, width=st.integers(min_value=12, max_value=40))
def test_folding_loses_nothing_but_spaces_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = fold(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_of(line) <= width for line in lines)


def test_a_path_in_a_sentence_can_be_copied_whole() -> None:
    paper, stream = written(20)
    paper.paragraph("There is no file /a/path/longer/than/the/page here.")
    assert stream.getvalue() == "There is no file\n/a/path/longer/than/the/page\nhere.\n"


def test_a_line_never_begins_with_a_closing_mark() -> None:
    assert fold("一二三四，五六", 8) == ["一二三", "四，五六"]


def test_a_line_never_ends_with_an_opening_mark() -> None:
    assert fold("额度 12,000 元。（lin:35、lin:36）", 18) == ["额度 12,000 元。", "（lin:35、lin:36）"]
    assert fold("已用和账本一致。（lin:36）", 17) == ["已用和账本一致。", "（lin:36）"]


def test_a_line_may_begin_with_a_mark_that_begins_a_word() -> None:
    assert fold("such as ?from=a@b", 12) == ["such as", "?from=a@b"]


def test_a_name_in_quotes_is_kept_whole() -> None:
    assert fold('name it with --line "未注明来源"=LINE', 24) == ["name it with --line", '"未注明来源"=LINE']
    assert fold('请用 --line "山南银行信用卡"=额度 指明', 24)[1].startswith('"山南银行信用卡"=')


def test_what_must_stand_together_is_parted_there_before_it_is_cut() -> None:
    assert fold("2026-06-08\N{NO-BREAK SPACE}20:15 to", 12) == ["2026-06-08", "20:15 to"]


@pytest.mark.parametrize(
    ("share", "drawn"), [(0.0, "░░░░"), (0.5, "██░░"), (1.0, "████"), (3.0, "████"), (-1.0, "░░░░"), (0.3, "█▎░░")]
)
def test_a_bar_is_filled_to_its_share_and_never_beyond(share: float, drawn: str) -> None:
    assert bar(share, 4) == drawn


def test_a_span_is_always_seen_however_small() -> None:
    assert span(0.0, 0.0001, 10) == "█"
    assert span(1.0, 1.0, 10) == "         █"
    assert span(0.9, 0.2, 10) == "  ███████"


def test_columns_line_up_whatever_script_they_are_in() -> None:
    paper, stream = written()
    paper.table([Column("额度"), Column("amount", right=True)], [["借呗", "1.00"], ["card", "12,000.00"]], indent=0)
    assert stream.getvalue() == "额度     amount\n借呗       1.00\ncard  12,000.00\n"


def test_the_long_column_is_folded_so_that_the_page_is_kept() -> None:
    paper, stream = written(30)
    paper.table([Column(), Column(fold=True)], [["id", "a long text that does not fit in here"]], indent=0)
    assert stream.getvalue() == "id  a long text that does not\n    fit in here\n"


def test_colour_is_written_only_where_it_is_seen() -> None:
    plain, plain_stream = written()
    coloured, coloured_stream = written(colour=True)
    for paper in (plain, coloured):
        paper.line(Ink("red", "red"), " plain")
    assert plain_stream.getvalue() == "red plain\n"
    assert coloured_stream.getvalue() == "\x1b[31mred\x1b[0m plain\n"


def test_no_line_ends_in_spaces() -> None:
    paper, stream = written()
    paper.table([Column("a"), Column("b")], [["x", ""], ["longer", "y"]])
    assert all(line == line.rstrip() for line in stream.getvalue().splitlines())


@pytest.mark.parametrize("sign", ["\x1b]0;", "\x9b31m", "\r", "\x7f", "\N{RIGHT-TO-LEFT OVERRIDE}", "\x00"])
def test_a_terminal_obeys_nothing_that_others_wrote(sign: str) -> None:
    paper, stream = written()
    paper.line(f"one{sign}", Ink(f"two{sign}", "red"))
    paper.paragraph(f"three{sign}四")
    paper.table([Column("five"), Column(fold=True)], [[Ink(f"six{sign}"), f"seven{sign}"]])
    assert sign[0] not in stream.getvalue()
    assert "one\N{REPLACEMENT CHARACTER}" in stream.getvalue()


def test_signs_of_any_script_are_written_as_they_are() -> None:
    paper, stream = written()
    paper.line("额度\N{IDEOGRAPHIC SPACE}花呗 café 👨\u200d👩 ▒")
    assert stream.getvalue() == "额度\N{IDEOGRAPHIC SPACE}花呗 café 👨\u200d👩 ▒\n"
