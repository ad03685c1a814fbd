"""Couriers: each has a process of its own that sends, and ends it for good when an attempt takes too long."""

import random
import select
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import IO, Final, Self, TextIO

import msgspec

from ledger.store.reader import Connection
from scheduler.channels.carrying import READY
from scheduler.channels.outcome import Outcome, later
from scheduler.channels.parcel import Parcel
from scheduler.channels.terminal import show
from scheduler.delivery import Rules, Tried, deliver_due

START_SECONDS: Final = 60.0
GRACE_SECONDS: Final = 2.0
"""An attempt ends itself in time unless it hangs where no library looks at a clock."""


class Courier:
    """Sends parcels through a process of its own, started when first needed.

    Shape: what is meant for the terminal is written to `terminal` by this process itself.
    """

    def __init__(self, *, terminal: TextIO, grace_seconds: float = GRACE_SECONDS) -> None:
        self._terminal = terminal
        self._grace_seconds = grace_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, parcel: Parcel) -> Outcome:
        """Send one parcel; how that ended."""
        if parcel.address.kind == "terminal":
            return show(parcel, self._terminal)
        try:
            process = self._running()
            _pipe(process.stdin).write(msgspec.json.encode(parcel) + b"\n")
            line = _line(process, seconds=parcel.seconds + self._grace_seconds)
        except OSError as error:
            self.end()
            return later("failed", type(error).__name__)
        if not line.endswith(b"\n"):
            hung = self._process is not None and self._process.poll() is None and not line
            self.end()
            return later("silent" if hung else "cut")
        return msgspec.json.decode(line, type=Outcome)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.end()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "scheduler.channels.carrying"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        if _line(self._process, seconds=START_SECONDS) != READY:
            raise OSError("the process that sends did not start")
        return self._process

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                _pipe(pipe).close()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _line(process: subprocess.Popen[bytes], *, seconds: float) -> bytes:
    """One line of what a process says; less than a line when it fell silent or ended."""
    pipe, said, deadline = _pipe(process.stdout), b"", time.monotonic() + seconds
    while not said.endswith(b"\n"):
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        piece = pipe.read(65536) if ready else b""
        if not piece:
            break
        said += piece
    return said


class Post:
    """Couriers at work beside other things, until they are told to stop.

    Shape: `connect` opens a connection in autocommit mode; a courier whose connection breaks opens another.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        clock: Callable[[], int],
        terminal: TextIO,
        told: Callable[[Tried], None],
        couriers: int = 2,
        look_seconds: float = 1.0,
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._terminal = terminal
        self._told = told
        self._look_seconds = look_seconds
        self._ending = Event()
        self._threads = [Thread(target=self._work, name=f"courier-{n}", daemon=True) for n in range(couriers)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is being sent, and end."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        with Courier(terminal=self._terminal) as courier:
            while not self._ending.is_set():
                try:
                    with self._connect() as connection:
                        self._deliver(connection, courier)
                except Exception:  # noqa: BLE001  # a courier must not end for good; whatever it was, the next look tries again
                    self._ending.wait(self._look_seconds)

    def _deliver(self, connection: Connection, courier: Courier) -> None:
        while not self._ending.is_set():
            deliver_due(
                connection,
                send=courier,
                clock=self._clock,
                chance=random.random,
                rules=Rules(),
                told=self._told,
                go_on=lambda: not self._ending.is_set(),
            )
            self._ending.wait(self._look_seconds)
