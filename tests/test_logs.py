"""The program's log: one wide line per unit of work, and silence otherwise."""

import io
import json
import subprocess
import sys
from itertools import count

import pytest

from app.logs import open_log, unit_of_work
from ledger.errors import NotFound


def test_a_unit_of_work_becomes_one_line() -> None:
    stream, clock = io.StringIO(), count(0, 2_500)
    with unit_of_work(
        open_log(stream, wanted=True), "facts_recorded", clock=lambda: next(clock), household="h1"
    ) as wide:
        wide["accepted"] = 3
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("timestamp").endswith("Z")
    assert told == {
        "event": "facts_recorded", "household": "h1", "accepted": 3, "duration_ms": 2, "outcome": "done"
    }  # fmt: skip


def test_a_unit_of_work_that_fails_says_how_and_still_fails() -> None:
    stream = io.StringIO()
    log = open_log(stream, wanted=True)
    with pytest.raises(NotFound), unit_of_work(log, "position_asked", clock=lambda: 0):
        raise NotFound("household", "h9")
    assert json.loads(stream.getvalue())["outcome"] == "not_found"


def test_nothing_is_written_unless_it_is_asked_for() -> None:
    stream = io.StringIO()
    with unit_of_work(open_log(stream, wanted=False), "facts_recorded", clock=lambda: 0):
        pass
    assert stream.getvalue() == ""


def test_a_silent_program_does_not_load_the_logger() -> None:
    script = (
        "import sys, io; from app.logs import open_log\n"
        "open_log(io.StringIO(), wanted=False); print('structlog' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
