"""`headroom verify`: recompute the hash chain."""

from typing import Final

import click

from app.cli.desk import Desk
from app.cli.program import command
from app.cli.views.state import verified
from ledger.errors import NotFound
from ledger.store import reader
from ledger.store.verify import verify

INTEGRITY_BROKEN: Final = 4


@command("verify")
@click.argument("household", metavar="HOUSEHOLD", required=False)
@click.pass_obj
def run(desk: Desk, household: str | None) -> int:
    """Verify one household, or all."""
    with desk.reading() as connection:
        with desk.progress("verify.working") as shown:
            verdict = verify(connection, household, progress=shown)
        if household is not None and verdict.ok and verdict.facts == 0:
            raise NotFound("household", household, known=tuple(one.household for one in reader.households(connection)))
    bad = verdict.first_bad
    told = {"households": verdict.households, "facts": verdict.facts, "ok": verdict.ok, "first_bad": bad}
    desk.answer(told, verified)
    return 0 if verdict.ok else INTEGRITY_BROKEN
