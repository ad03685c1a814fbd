"""A command that records for as long as it lives and says what was acknowledged, to be killed."""

import os
from multiprocessing.connection import Connection
from pathlib import Path

from ledger.store.application import Ledger
from tests.database.homes import opened
from tests.store.facts import income, ticking


def record_until_killed(root: Path, household: str, start: int, told: Connection) -> None:
    """Open the book and record one fact after another; each number is told after its acknowledgement."""
    with opened(root) as access:
        assert access.joined is not None
        told.send((access.joined.running.keeper, access.joined.running.postmaster))
        ledger = Ledger(access.service, clock=ticking(), salts=lambda: os.urandom(16))
        for number in range(start, start + 100_000):
            ledger.record(household, [income(number, key=f"n-{number}")])
            told.send(number)
