"""One invented household through everything it can be told of, a book for each language."""

from scheduler.wishes import Wishes
from tests.build import (
    billed,
    counted,
    drew,
    earns,
    granted,
    lowered,
    needs,
    opened_account,
    opened_line,
    raised,
    repaid,
    saw,
)
from tests.postgres import Database
from tests.scheduler.clockwork import Clockwork

KINDS = ("better", "digest", "due_soon", "finding", "limit_changed", "stale", "worse")


def lived(database: Database, wishes: Wishes) -> Clockwork:
    """A household that borrows too much, is cut, repays, is billed, and then writes nothing down for two months."""
    clock = Clockwork(database, "2026-05-01T12:00:00", usual=wishes)
    clock.record(
        "h1",
        earns(15000),
        needs(6000),
        opened_account(),
        counted(60000, "2026-04-30"),
        opened_line(lender="jiebei", daily_rate="0.0004"),
        granted(50000),
        opened_line("card", product="card", limit_basis="full_balance", revocable=False, daily_rate="0.0005"),
        granted(20000, line="card"),
    )
    clock.runs()
    _later(clock, "2026-05-02T10:00:00")
    clock.record("h1", drew(40000, "2026-05-02T09:30:00+08:00"))
    clock.runs(until="2026-05-03T09:00:00")
    clock.record("h1", lowered(30000, "2026-05-03T08:30:00+08:00", text="risk control", reason_code="P02"))
    clock.runs()
    _later(clock, "2026-05-05T09:00:00")
    clock.record("h1", saw("2026-05-05T08:00:00+08:00", limit=25000))
    clock.runs()
    _later(clock, "2026-05-06T09:00:00")
    clock.record("h1", repaid(38000, "2026-05-06T08:00:00+08:00"), raised(40000, "2026-05-06T08:30:00+08:00"))
    clock.runs()
    card = (drew(800, "2026-05-04", line="card"), billed(800, "2026-05-06", due_on="2026-05-12", line="card"))
    clock.record("h1", *card)
    for day in range(7, 32):
        clock.runs(until=f"2026-05-{day:02}T08:00:00")
    for day in range(1, 29):
        clock.runs(until=f"2026-06-{day:02}T08:00:00")
    return clock


def _later(clock: Clockwork, until: str) -> None:
    clock.runs(until=until)
