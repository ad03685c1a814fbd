"""How fast the store is beside plain INSERT, beside the library's own recorder, and beside COPY.

    python -m ops.benchmarks.append [--lines 1000000] [--seconds 3] [--rounds 5]

Everything runs on one throw-away server with its flushes on. The last line is one JSON object:

single_vs_insert   commands through the ledger a second, 16 callers in two processes, over single-row INSERTs of
                   pgbench's 16 connections in two threads (prepared, autocommit) into a table of the same columns,
                   keys and indexes
single_vs_stock    the same over the library's own PostgreSQL recorder, 16 callers in two processes
..._insert_narrow  INSERTs into a table of three columns and one index
..._insert_threads INSERTs into the table of the same columns from Python, 16 callers in two processes
..._one_process    all 16 callers in one process
bulk_vs_copy       seconds of a bare COPY of the same stored rows, ready-made in binary, into a table of the same
                   columns, keys and indexes, over seconds of recording the history file, helpers' start included;
                   both begin after a checkpoint, with files of the server's log to write over
bulk_rss_mb        largest resident memory of the recording process, plus that of its helpers
bytes_per_fact     table and all indexes after that import: a draw with a caller's key
position_seconds   `headroom position` of a household of 1,000 facts, process start to output, server running
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from ops.benchmarks import append_bulk, append_position, append_single
from tests.postgres import Cluster, binaries

SETTINGS = ("shared_buffers=128MB",)


def main() -> None:
    """Run every measurement and print the numbers."""
    options = argparse.ArgumentParser()
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    programs = binaries(os.environ.get("HEADROOM_TEST_POSTGRES", "18"))
    if programs is None:
        sys.exit("the wanted PostgreSQL is not installed here")
    cluster = Cluster(programs, settings=SETTINGS)
    try:
        single = append_single.measure(cluster, programs, seconds=chosen.seconds, rounds=chosen.rounds)
        with tempfile.TemporaryDirectory(prefix="hr-bench-") as folder:
            bulk = append_bulk.measure(cluster, Path(folder), lines=chosen.lines)
        position = append_position.measure(cluster)
    finally:
        cluster.close()
    numbers = single | bulk | position
    for name, value in numbers.items():
        print(f"{name:>24}  {value}")
    print(json.dumps(numbers))


if __name__ == "__main__":
    main()
