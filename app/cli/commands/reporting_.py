"""`headroom reporting`: a reporting view as a CSV or Parquet file."""

from pathlib import Path

import click

from app.cli.desk import Desk
from app.cli.files import written_whole
from app.cli.options import Unusable
from app.cli.program import command
from app.cli.views.readmodels import exported
from app.following import caught_up
from projections.readmodels.export import write_csv, write_parquet
from projections.readmodels.log import Connection


@command("reporting")
@click.argument("view", metavar="VIEW")
@click.argument("file", metavar="FILE")
@click.option("--household", metavar="ID")
@click.pass_obj
def run(desk: Desk, view: str, file: str, household: str | None) -> None:
    """Write a view of the reporting contract to a file, or as CSV to standard output."""
    path = Path(file)
    if file != "-" and path.suffix not in (".csv", ".parquet"):
        raise Unusable("reporting.format", file=file)
    with desk.book() as book:
        caught_up(book)
        with book.reading() as connection:
            if file == "-":
                write_csv(connection, view, desk.give, household=household)
                return
            rows = _written(connection, view, path, household)
    desk.answer({"view": view, "path": file, "rows": rows, "bytes": path.stat().st_size}, exported)


def _written(connection: Connection, view: str, path: Path, household: str | None) -> int:
    with written_whole(path) as stream:
        if path.suffix == ".parquet":
            return write_parquet(connection, view, stream, household=household)
        return write_csv(connection, view, stream.write, household=household)
