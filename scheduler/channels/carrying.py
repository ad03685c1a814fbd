"""The process that sends: takes parcels on standard input, one JSON a line, and answers each with an outcome.

It is a process of its own so that an attempt can be ended for good, wherever it hangs: in a name look-up, a handshake,
or a header that arrives a letter at a time. What libraries print goes nowhere, for it may hold tokens.
"""

import os
import sys
from importlib import import_module
from typing import BinaryIO, Final

import msgspec

from scheduler.channels.outcome import Outcome, later, never
from scheduler.channels.parcel import Parcel

MODULES: Final = {
    "mail": "mail", "webhook": "webhook", "dingtalk": "dingtalk", "wecom": "wecom", "feishu": "feishu",
    "lark": "feishu", "serverchan": "serverchan", "pushdeer": "pushdeer", "bark": "bark", "apprise": "others",
}  # fmt: skip
READY: Final = b"ready\n"


def carry(parcel: Parcel) -> Outcome:
    """Send a parcel by its channel. Whatever a library throws becomes an outcome that tells its kind and no more."""
    if not parcel.address.whole:
        return never("no_keys")
    try:
        found: Outcome = import_module(f"scheduler.channels.{MODULES[parcel.address.kind]}").carry(parcel)
    except Exception as error:  # noqa: BLE001  # one parcel must not end the process, and the error may quote a token
        return later("failed", type(error).__name__)
    return found


def serve(parcels: BinaryIO, outcomes: BinaryIO) -> None:
    """Answer parcels until nobody sends any more."""
    outcomes.write(READY)
    outcomes.flush()
    for line in parcels:
        outcomes.write(msgspec.json.encode(carry(msgspec.json.decode(line, type=Parcel))) + b"\n")
        outcomes.flush()


if __name__ == "__main__":
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    import_module("scheduler.channels.posting")
    serve(sys.stdin.buffer, answers)
