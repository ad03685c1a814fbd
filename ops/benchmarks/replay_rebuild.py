"""A process that rebuilds the read tables and tells how long it took and what memory: light, as the program is."""

import json
import resource
import sys
import time

from projections.readmodels.rebuild import rebuild

WORKERS = 2


def main(conninfo: str) -> None:
    """Rebuild, and print the facts, the seconds, and megabytes of the process that had the most."""
    begun = time.perf_counter()
    result = rebuild(conninfo, clock=lambda: time.time_ns() // 1000, workers=WORKERS)
    seconds = time.perf_counter() - begun
    assert not result.quarantined
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    print(json.dumps([result.facts, seconds, most // unit]))


if __name__ == "__main__":
    main(*sys.argv[1:])
