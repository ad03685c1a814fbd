"""`headroom verify`: recompute the hash chain."""

from typing import Final

import click
import msgspec

from app.cli import asking
from app.cli.desk import Desk
from app.cli.evidence.carried import data_of
from app.cli.options import Misused
from app.cli.program import command
from app.cli.views.state import evidence_verified, verified
from app.evidence import examine
from ledger.store import reader
from ledger.store.verify import verify

INTEGRITY_BROKEN: Final = 4


@command("verify")
@click.argument("household", metavar="[HOUSEHOLD]", required=False)
@click.option("--evidence", metavar="FILE")
@click.pass_obj
def run(desk: Desk, household: str | None, *, evidence: str | None) -> int:
    """Verify one household, or all; or an evidence pack, which needs no book."""
    if evidence is not None:
        if household is not None:
            raise Misused("usage.evidence_or_household")
        return _verify_evidence(desk, evidence)
    with desk.reading() as connection:
        with desk.progress("verify.working") as shown:
            verdict = verify(connection, household, progress=shown)
        if household is not None and verdict.ok and verdict.facts == 0:
            raise reader.unknown(connection, household)
    bad = verdict.first_bad
    told = {"households": verdict.households, "facts": verdict.facts, "ok": verdict.ok, "first_bad": bad}
    desk.answer(told, verified)
    return 0 if verdict.ok else INTEGRITY_BROKEN


def _verify_evidence(desk: Desk, file: str) -> int:
    found = examine(data_of(asking.statement(file).decode(errors="replace"), path=file))
    desk.answer({**msgspec.structs.asdict(found), "ok": found.ok}, evidence_verified)
    return 0 if found.ok else INTEGRITY_BROKEN
