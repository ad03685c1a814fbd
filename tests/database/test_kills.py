"""Processes killed at any moment: nothing is left running, what was acknowledged is there, the next command works."""

import multiprocessing
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest

from app.database.programs import MAJOR
from ledger.store.reader import load
from ledger.store.verify import verify
from tests.database.homes import gone, opened
from tests.database.recording import record_until_killed
from tests.kills import kills
from tests.store.facts import amounts_of

ROUNDS = {"command": kills(24), "keeper": kills(16), "command and keeper": kills(8), "postmaster": kills(6)}


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    """Children that are quick to start, since all they import is loaded once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.database.recording"])
    return context


@pytest.mark.parametrize("victim", list(ROUNDS))
def test_a_kill_at_any_moment_leaves_no_server_and_loses_no_acknowledged_fact(
    home: Path, victim: str, forks: ForkServerContext
) -> None:
    acknowledged: list[int] = []
    chance = random.Random(f"kill {victim}")
    for _ in range(ROUNDS[victim]):
        start = max(acknowledged, default=0) + 1_000
        acknowledged += killed_while_recording(home, start, victim, chance, forks)
        assert gone(home), "neither server nor lock is left behind"
    stored = Counter(facts_of(home))
    assert [number for number in acknowledged if stored[number] != 1] == []
    assert all(count == 1 for count in stored.values())
    assert len(acknowledged) > ROUNDS[victim], "the kills struck while facts were being recorded"


def test_a_first_start_killed_at_any_moment_is_finished_by_a_later_command(
    folder: Path, forks: ForkServerContext
) -> None:
    chance = random.Random("first start")
    for number in range(kills(10)):
        told, telling = forks.Pipe(duplex=False)
        child = forks.Process(target=record_until_killed, args=(folder, "h1", number * 1_000, telling))
        child.start()
        telling.close()
        child.join(chance.uniform(0.05, 1.2))
        assert child.is_alive(), "no command gives up because another one was killed"
        for pid in keepers_of(folder) if number % 2 else ():
            with suppress(ProcessLookupError):  # a keeper leaves its starter behind as soon as it has begun
                os.kill(pid, signal.SIGKILL)
        child.kill()
        child.join()
        told.close()
    with opened(folder) as access, access.connect() as connection:
        assert verify(connection).first_bad is None
    assert gone(folder)
    assert [left.name for left in (folder / "postgres").iterdir()] == [str(MAJOR)], "nothing half-made is left"


def keepers_of(home: Path) -> list[int]:
    """The keepers of a home, found by their command line, also before they hold its lock."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if b"app.database.keeper" in words and os.fsencode(home) in words:
                found.append(int(entry.name))
    return found


def killed_while_recording(
    home: Path, start: int, victim: str, chance: random.Random, forks: ForkServerContext
) -> list[int]:
    """Let a command record, kill the victim after a while, and give what was acknowledged until then."""
    told: Connection[Any, Any]
    told, telling = forks.Pipe(duplex=False)
    child = forks.Process(target=record_until_killed, args=(home, "h1", start, telling))
    child.start()
    telling.close()
    assert child.pid is not None
    if victim == "command" and chance.random() < 0.3:  # while the server is still starting
        child.join(chance.uniform(0, 0.25))
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        return [number for number in rest(told) if isinstance(number, int)]
    keeper, postmaster = told.recv()
    wanted = chance.randrange(40)
    heard = [told.recv() for _ in range(wanted)]
    victims = {"command": [child.pid], "keeper": [keeper], "postmaster": [postmaster]}
    for pid in victims.get(victim, [child.pid, keeper]):
        os.kill(pid, signal.SIGKILL)
    if victim in ("keeper", "postmaster"):
        heard += until_silent(told)
        child.kill()
    child.join()
    return heard + rest(told)


def until_silent(told: "Connection[Any, Any]") -> list[int]:
    """What is still acknowledged while the server goes down."""
    heard = []
    with suppress(EOFError):
        while told.poll(0.2):
            heard.append(told.recv())
    return heard


def rest(told: "Connection[Any, Any]") -> list[Any]:
    """What a dead command had still said."""
    heard = []
    with suppress(EOFError, OSError):
        while told.poll(0):
            heard.append(told.recv())
    return heard


def facts_of(home: Path) -> list[int]:
    """The numbers in the book, whose chain verifies."""
    with opened(home) as access, access.connect() as connection:
        assert verify(connection).first_bad is None
        return amounts_of(load(connection, "h1"))
