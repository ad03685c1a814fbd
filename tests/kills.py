"""How often a test kills: as often as a run of all tests has time for, or HEADROOM_TEST_KILLS times (`make kills`)."""

import os


def kills(usual: int) -> int:
    """The number of kills of one test, which is `usual` unless the environment says otherwise."""
    return int(os.environ.get("HEADROOM_TEST_KILLS", usual))
