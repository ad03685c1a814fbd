"""A process that records a history file and tells how long it took and what memory: light, as the program itself is."""

import json
import os
import resource
import sys
import time
from pathlib import Path

import psycopg

from ledger.store.bulk import record_file

HELPERS = 2


def main(conninfo: str, file: str) -> None:
    """Record the file and print seconds, and megabytes of this process and its helpers."""
    start = time.perf_counter()
    with psycopg.connect(conninfo, autocommit=True) as connection, Path(file).open("rb") as stream:
        outcome = record_file(
            connection,
            stream,
            clock=lambda: time.time_ns() // 1000,
            salts=lambda: os.urandom(16),
            helpers=HELPERS,
        )
    seconds = time.perf_counter() - start
    assert outcome.complaints == ()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    helper = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    print(json.dumps([seconds, (own + HELPERS * helper) / unit]))


if __name__ == "__main__":
    main(*sys.argv[1:])
