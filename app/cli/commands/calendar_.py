"""`headroom calendar`."""

from pathlib import Path
from typing import Final

import click

from app import diary
from app.cli import asking
from app.cli.desk import Desk, no_page
from app.cli.files import write_whole
from app.cli.program import command
from app.cli.views.calendar import calendar

_MONTHS: Final = 12
_REMIND_DAYS: Final = 3
_MOST_MONTHS: Final = 120
_MOST_DAYS: Final = 60


@command("calendar")
@click.argument("household", metavar="HOUSEHOLD")
@click.argument("file", metavar="FILE|-")
@click.option("--months", metavar="N")
@click.option("--remind", metavar="DAYS")
@click.option("--at", metavar="T")
@asking.known_at_option()
@click.pass_obj
def run(
    desk: Desk,
    *,
    household: str,
    file: str,
    months: str | None,
    remind: str | None,
    at: str | None,
    known_at: str | None,
) -> None:
    """Write what is due and what ends as an iCalendar file."""
    ahead = asking.count("--months", months, usual=_MONTHS, least=1, most=_MOST_MONTHS)
    remind_days = asking.count("--remind", remind, usual=_REMIND_DAYS, least=0, most=_MOST_DAYS)
    time = asking.times(desk, household)
    moment, knowing = time("--at", at), time("--known-at", known_at)
    with desk.reading() as connection:
        answer = diary.days_ahead(
            connection, household, months=ahead, now=desk.world.now(), at=moment, known_at=knowing
        )
    if file != "-":
        write_whole(Path(file), calendar(desk.texts, answer, remind_days=remind_days))
        desk.note(desk.texts.count("calendar.written", len(answer.days), path=file))
    if desk.options.json:
        desk.answer(answer, no_page)
    elif file == "-":
        desk.give(calendar(desk.texts, answer, remind_days=remind_days))
