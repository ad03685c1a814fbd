"""The program's log: one wide line per unit of work, and silence otherwise."""

import io
import json
import subprocess
import sys

from app.logs import open_log


def test_nothing_is_written_unless_it_is_asked_for() -> None:
    stream = io.StringIO()
    open_log(stream, wanted=False)("sweep", {"runs": 3})
    assert stream.getvalue() == ""
    open_log(stream, wanted=True)("sweep", {"runs": 3})
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("timestamp").endswith("Z")
    assert told == {"event": "sweep", "runs": 3}


def test_a_silent_program_does_not_load_the_logger() -> None:
    script = (
        "import sys, io; from app.logs import open_log\n"
        "open_log(io.StringIO(), wanted=False); print('structlog' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
