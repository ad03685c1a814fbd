"""The units for systemd: what they start exists, and systemd understands them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.cli.program import COMMANDS

UNITS = Path(__file__).parents[1] / "ops" / "systemd"
NAMES = ("headroom-backup.service", "headroom-backup.timer", "headroom.service")
PROGRAM = "/opt/headroom/.venv/bin/headroom"


def test_the_units_are_those_that_are_tried_here() -> None:
    assert sorted(one.name for one in UNITS.iterdir()) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_starts_commands_that_there_are(name: str) -> None:
    words = (UNITS / name).read_text(encoding="utf-8").split(PROGRAM)[1:]
    assert name.endswith(".timer") or words
    for after in words:
        assert after.split()[0] in COMMANDS


def test_the_clock_is_started_again_for_ever_and_not_at_once() -> None:
    lines = (UNITS / "headroom.service").read_text(encoding="utf-8").splitlines()
    assert {"Restart=always", "RestartSec=5", "StartLimitIntervalSec=0"} <= set(lines)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for name in NAMES:
        text = (UNITS / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(PROGRAM, "/bin/true").replace("User=headroom", "User=root"))
    tried = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in NAMES)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in tried.stderr.splitlines() if str(tmp_path) in line or "headroom" in line]
    assert (tried.returncode, ours) == (0, [])
