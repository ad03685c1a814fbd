"""The pack as a PDF to print or to hand in. The data to verify it by is in the HTML page, not here; it says so."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape

import msgspec
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from app.cli.evidence.contents import Contents, Part, Said, contents
from app.cli.evidence.picture import Bar
from app.cli.texts import Texts
from app.evidence import Pack

_WIDTH: Final = A4[0] - 36 * mm
_ROW: Final = 17
_BARS_AT: Final = 215
_COLOURS: Final = {"level": "#2f6f8f", "rise": "#2e7d4f", "fall": "#b3423a", "inferred": "#c98a2b"}
_DIM: Final = colors.HexColor("#5b6470")
_LINE: Final = colors.HexColor("#d8dde3")
_CHINESE: Final = "STSong-Light"
"""A font that every reader of PDF knows or replaces, so that none must be shipped. It has Latin letters, too."""


def laid_out(texts: Texts, pack: Pack) -> bytes:
    """The whole file; the same pack gives the same bytes."""
    said = contents(texts, msgspec.to_builtins(pack))
    pdfmetrics.registerFont(UnicodeCIDFont(_CHINESE))
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=16 * mm,
        title=said.title, author="Headroom", invariant=1,
    )  # fmt: skip
    document.build(list(_story(texts, said)), onFirstPage=_numbered, onLaterPages=_numbered)
    return out.getvalue()


def _story(texts: Texts, said: Contents) -> Iterator[Flowable]:
    yield Paragraph(_marked(said.title), _style(15, leading=20))
    yield Paragraph(_marked(f"{said.between} · {said.household}"), _style(9, dim=True))
    yield Spacer(0, 8)
    yield Paragraph(_marked(said.verdict_text), _style(11, leading=16))
    yield Paragraph(_marked(f"{said.verdict} · {said.grade}"), _style(8.5, dim=True))
    yield from _titled(said.next_steps)
    yield KeepTogether([Paragraph(_marked(said.bridge_title), _heading()), _drawing(said.bars)])
    for note in filter(None, (said.inferred, said.grouped)):
        yield Paragraph(_marked(note), _style(8.5, dim=True))
    for part in said.parts:
        yield from _titled(part)
    if said.letter:
        written = Paragraph(_marked(said.letter).replace("\n", "<br/>"), _style(9.5, indent=20))
        yield KeepTogether([Paragraph(_marked(said.letter_title), _heading()), written])
    yield Paragraph(_marked(said.facts_title), _heading())
    yield _facts(said)
    yield Paragraph(_marked(said.proof_title), _heading())
    for line in (*said.proof, texts.say("evidence.in_page")):
        yield Paragraph(_marked(line), _style(9))
    yield Table(
        [[_small(row.id), _small(row.hash, wrap="CJK")] for row in said.hashes],
        colWidths=[70, _WIDTH - 70],
        style=_ruled(),
    )
    yield Spacer(0, 8)
    yield Paragraph(_marked(said.footer), _style(8, dim=True))


def _titled(part: Part) -> Iterator[Flowable]:
    rows = [_said(one) for one in part.rows]
    if rows:
        yield KeepTogether([Paragraph(_marked(part.title), _heading()), rows[0]])
        yield from rows[1:]


def _said(one: Said) -> Flowable:
    shown = f'<font color="#5b6470" size="8">{_marked(one.cited)}</font>' if one.cited else ""
    return Paragraph(f"- {_marked(one.text)}{shown}", _style(9.5, indent=8))


def _facts(said: Contents) -> Table:
    rows = [[_small(name, dim=True) for name in said.fact_columns]]
    rows += [[_small(row.id), _small(row.effective), _small(row.recorded), _small(row.told)] for row in said.facts]
    return Table(rows, colWidths=[70, 82, 82, _WIDTH - 234], repeatRows=1, style=_ruled())


def _drawing(bars: tuple[Bar, ...]) -> Drawing:
    drawing = Drawing(_WIDTH, len(bars) * _ROW + 4)
    room = _WIDTH - _BARS_AT
    for number, bar in enumerate(bars, start=1):
        bottom = drawing.height - number * _ROW
        text: dict[str, Any] = {"fontName": _CHINESE, "fontSize": 9}
        drawing.add(String(0, bottom + 4, bar.title, **text))
        drawing.add(String(_BARS_AT - 10, bottom + 4, bar.amount, textAnchor="end", **text))
        drawing.add(
            Rect(_BARS_AT + bar.left * room, bottom + 2, max(1, bar.width * room), _ROW - 6,
                 fillColor=colors.HexColor(_COLOURS[bar.colour]), strokeColor=None)
        )  # fmt: skip
    return drawing


def _style(size: float, *, leading: float | None = None, dim: bool = False, indent: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"headroom-{size}-{dim}-{indent}",
        fontName=_CHINESE,
        fontSize=size,
        leading=leading or size * 1.45,
        textColor=_DIM if dim else colors.black,
        leftIndent=indent,
        spaceAfter=2,
        wordWrap="CJK",
    )


def _heading() -> ParagraphStyle:
    style = _style(11.5)
    style.spaceBefore, style.spaceAfter, style.keepWithNext = 12, 4, 1
    return style


def _small(text: str, *, dim: bool = False, wrap: str = "CJK") -> Paragraph:
    style = _style(8, dim=dim)
    style.wordWrap = wrap
    return Paragraph(_marked(text), style)


def _ruled() -> TableStyle:
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )


def _marked(text: str) -> str:
    """Text as a paragraph takes it. The middle dot is not in every font that stands in for ours."""
    return escape(text.replace("·", "-"))


def _numbered(canvas: Any, document: Any) -> None:
    canvas.setFont(_CHINESE, 8)
    canvas.setFillColor(_DIM)
    canvas.drawRightString(A4[0] - 18 * mm, 9 * mm, str(document.page))
