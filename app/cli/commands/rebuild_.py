"""`headroom rebuild`: derive the read tables anew beside the live ones, compare, swap."""

import os

import click

from app.cli.desk import Desk
from app.cli.options import Unusable
from app.cli.program import command
from app.cli.views.readmodels import rebuilt, went_back
from app.following import caught_up
from projections.readmodels.rebuild import Busy, NothingKept, go_back, rebuild

MOST_WORKERS = 8


@command("rebuild")
@click.option("--back", is_flag=True)
@click.pass_obj
def run(desk: Desk, *, back: bool) -> None:
    """Rebuild the read tables, or go back to those before the last rebuild."""
    try:
        _go_back(desk) if back else _rebuild(desk)
    except Busy:
        raise Unusable("rebuild.busy") from None
    except NothingKept:
        raise Unusable("rebuild.nothing_kept") from None


def _rebuild(desk: Desk) -> None:
    shown, comparing = desk.progress("rebuild.working"), desk.progress("rebuild.comparing")
    with desk.book() as book, shown, comparing:
        caught_up(book)
        workers = min(MOST_WORKERS, os.cpu_count() or 1)
        result = rebuild(
            book.access.service, clock=book.now, workers=workers, progress=shown, comparing=comparing
        )  # fmt: skip
    desk.answer(result, rebuilt)


def _go_back(desk: Desk) -> None:
    with desk.book() as book:
        with book.reading() as connection:
            generation = go_back(connection, now=book.now())
        caught_up(book)
    desk.answer({"number": generation.number}, went_back)
