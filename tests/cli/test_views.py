"""Pages for people, from answers written by hand: every line kept, nothing beyond 80 columns."""

import io
from itertools import pairwise
from typing import Any

import pytest

from app.cli.desk import View
from app.cli.options import LANGUAGES, Language
from app.cli.paper import Paper, width_of
from app.cli.texts import texts
from app.cli.views.explain import explain, step_title, steps
from app.cli.views.lists import changes, history, households
from app.cli.views.position import position
from tests.cli import samples
from tests.golden_files import Golden, promised

PAGES: dict[str, tuple[View, Any]] = {
    "position": (position, samples.position()),
    "position_empty": (position, samples.empty_position()),
    "explain": (explain, samples.explanation()),
    "explain_clamped": (explain, samples.clamped_explanation()),
    "changes": (changes, samples.changes()),
    "changes_none": (changes, []),
    "households": (households, samples.households()),
    "households_none": (households, []),
    "history": (history, samples.history()),
}


def page(view: View, answer: Any, language: Language, *, width: int = 80) -> str:
    stream = io.StringIO()
    view(Paper(stream, width=width), texts(language), answer)
    return stream.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_as_promised_and_fits_80_columns(golden: Golden, name: str, language: Language) -> None:
    text = page(*PAGES[name], language)
    golden.holds(f"page_{name}.{language}.txt", text)
    assert max(width_of(line) for line in text.splitlines()) <= 80


def test_no_promised_page_is_left_over() -> None:
    pages = {name for name in promised("cli") if name.startswith("page_")}
    assert pages == {f"page_{name}.{language}.txt" for name in PAGES for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bridge_on_paper_ends_where_the_answer_says(language: Language) -> None:
    for answer in (samples.explanation(), samples.clamped_explanation()):
        rows = steps(texts(language), answer["bridge"])
        cited = [number for number, row in enumerate(rows) if row.facts]
        closing = rows[cited[-1] + 1]
        assert (closing.start, closing.end) == (None, rows[cited[-1]].end)
        assert closing.amount == answer["bridge"]["closing"]["headroom"]
        assert rows[-1].amount == answer["bridge"]["closing"]["available"]


def test_bars_of_a_bridge_join_where_one_step_ends_and_the_next_begins() -> None:
    rows = steps(texts("en"), samples.clamped_explanation()["bridge"])
    for before, after in pairwise(rows):
        assert after.end == before.end if after.start is None else after.start == before.end


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bridge_of_many_steps_is_drawn_in_few_rows_that_sum_exactly(language: Language) -> None:
    answer = samples.explanation()
    cents = ("-0.10", "-0.20", "0.30")
    many = [{"kind": "draw", "amount": cents[n % 3], "facts": [f"lin:{n}"]} for n in range(300)]
    bridge = {**answer["bridge"], "steps": [*many, *answer["bridge"]["steps"]]}

    rows = steps(texts(language), bridge)
    text = page(explain, {**answer, "bridge": bridge}, language)

    assert [row.amount for row in rows if "×" in row.title] == ["-30.00", "30.00"]
    assert len(rows) < 12
    assert rows[-1].amount == answer["bridge"]["closing"]["available"]
    assert rows[-2].end == rows[-1].end
    assert str(len(bridge["steps"])) in text
    assert max(width_of(line) for line in text.splitlines()) <= 80


@pytest.mark.parametrize(
    ("kind", "forth", "back"),
    [
        ("draw", ("-5.00", "drawn"), ("5.00", "draw taken back")),
        ("principal_repaid", ("5.00", "principal repaid"), ("-5.00", "repayment taken back")),
        ("held", ("-5.00", "repaid, not yet restored"), ("5.00", "not held any more")),
        ("inferred_hold", ("-5.00", "seems held back"), ("5.00", "seems held no more")),
        ("restored", ("5.00", "restored"), ("-5.00", "restoration taken back")),
    ],
)
def test_a_step_that_is_undone_is_not_called_as_if_it_happened(
    kind: str, forth: tuple[str, str], back: tuple[str, str]
) -> None:
    for amount, title in (forth, back):
        assert step_title(texts("en"), {"kind": kind, "amount": amount, "facts": ["h1:5"]}) == f"{title} [5]"
