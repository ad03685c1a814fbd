"""How long a person waits for `headroom position` of a household with a thousand facts."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from tests.postgres import PORT, Cluster

FACTS = 1_000
TURNS = 7


def measure(cluster: Cluster) -> dict[str, float]:
    """Median seconds from starting the program to its output, the server running."""
    name, _ = cluster.new_database()
    url = f"postgresql://postgres@/{name}?host={quote(str(cluster.home))}&port={PORT}"
    with tempfile.TemporaryDirectory(prefix="hr-bench-") as home:
        environment = os.environ | {"HEADROOM_DATABASE_URL": url, "HEADROOM_HOME": home}
        file = Path(home) / "history.jsonl"
        file.write_text("".join(json.dumps(fact) + "\n" for fact in facts()))
        ask(environment, "record", str(file))
        times = []
        for _ in range(TURNS):
            start = time.perf_counter()
            ask(environment, "position", "h1")
            times.append(time.perf_counter() - start)
    return {"position_seconds": round(statistics.median(times), 3)}


def ask(environment: dict[str, str], *words: str) -> None:
    """Run the program, installed or from the checkout. Raises: CalledProcessError when it does not answer well."""
    program = Path(sys.executable).with_name("headroom")
    start = [str(program)] if program.exists() else [sys.executable, "-c", "from app.cli.main import main; main()"]
    subprocess.run([*start, *words], env=environment, check=True, stdout=subprocess.DEVNULL)


def facts() -> list[dict[str, object]]:
    """A thousand facts: a line with draws and repayments."""
    household = {"household": "h1"}
    line = {"line": "jiebei", "lender": "ant", "product": "consumer_loan", "daily_rate": "0.0004"}
    found: list[dict[str, object]] = [
        {"type": "LineOpened", "effective_at": "2025-01-01", **line},
        {"type": "LimitGranted", "effective_at": "2025-01-01", "line": "jiebei", "limit": "50000.00"},
    ]
    for number in range(FACTS - len(found) - 1):
        kind = "RepaymentPosted" if number % 2 else "DrawnDown"
        at = f"2025-{number // 84 + 1:02}-{number % 28 + 1:02}T12:{number // 60 % 60:02}:{number % 60:02}+08:00"
        found.append({"type": kind, "effective_at": at, "line": "jiebei", "amount": "100.00", "key": f"k{number}"})
    return [fact | household for fact in found]
