"""What became of a statement or a history file."""

from app.cli.complaints import complaint_table
from app.cli.desk import Answer
from app.cli.paper import Cell, Column, Ink, Paper
from app.cli.texts import Texts
from ledger.importers.reasons import OF_THE_FILE

_LINES_SHOWN: int = 4


def imported(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `import`: what was recorded, opened, and what recorded nothing, grouped by reason."""
    if answer["complaints"]:
        complaint_table(paper, texts, answer["complaints"])
        return
    read = Ink(texts.count("import.rows", answer["rows"]), "bold")
    paper.line(read, texts.say("word.gap"), stored(texts, answer, answer["facts"]))
    if answer["household_opened"]:
        paper.paragraph(texts.say("import.household_would" if answer["dry_run"] else "import.household_opened"))
    if answer["opened"]:
        key = "import.would_open" if answer["dry_run"] else "import.opened"
        paper.paragraph(texts.say(key, names=texts.say("word.and").join(answer["opened"])))
    for part in ("skipped", "partial"):
        notes = [note for note in answer[part] if note["reason"] not in OF_THE_FILE]
        if notes:
            paper.heading(texts.count(f"import.{part}", len({note["line"] for note in notes})))
            _reasons(paper, texts, notes)
    of_the_file = [note["text"] for note in answer["partial"] if note["reason"] in OF_THE_FILE]
    if of_the_file:
        paper.heading(texts.say("import.of_the_file"))
    for told in of_the_file:
        paper.paragraph(told, indent=2)


def stored(texts: Texts, answer: Answer, accepted: int) -> str:
    """How many facts were recorded, or would be, and how many were there already."""
    said = [texts.count("record.would" if answer.get("dry_run") else "record.accepted", accepted)]
    if answer["duplicates"]:
        said.append(texts.count("record.duplicates", answer["duplicates"]))
    return texts.say("word.gap").join(said)


def _reasons(paper: Paper, texts: Texts, notes: list[Answer]) -> None:
    grouped: dict[str, list[int]] = {}
    for note in notes:
        grouped.setdefault(note["text"], []).append(note["line"])
    columns = [
        Column(texts.say("import.rows_title"), right=True),
        Column(texts.say("import.reason"), fold=True),
        Column(texts.say("import.first_lines")),
    ]
    rows: list[list[Cell]] = [
        [
            f"{len(lines):,}",
            text,
            ", ".join(map(str, lines[:_LINES_SHOWN])) + (" …" if len(lines) > _LINES_SHOWN else ""),
        ]
        for text, lines in sorted(grouped.items(), key=lambda group: -len(group[1]))
    ]
    paper.table(columns, rows)


def recorded(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the answer of `record`."""
    if answer["complaints"]:
        complaint_table(paper, texts, answer["complaints"])
        if answer.get("waiting"):
            paper.paragraph(texts.count("record.waiting", answer["waiting"]))
    else:
        paper.line(stored(texts, answer, answer["accepted"]))
