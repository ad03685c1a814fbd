"""Every command the READMEs show is run here, and what they show is what it says.

A block marked `console` holds commands after `$ ` and what they print; a line of `...` stands for lines left out.
Commands of one file run in order, in one scratch book, at one time.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from app.cli.program import COMMANDS
from tests.cli.program import Person, address
from tests.postgres import Database

ROOT: Final = Path(__file__).parents[1]
READMES: Final = ("README.md", "README.zh-CN.md")
BLOCK: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown(readme: str) -> Iterator[tuple[str, str]]:
    """Each command of a README with the output shown below it."""
    for block in BLOCK.findall((ROOT / readme).read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def agrees(output: str, promised: str) -> bool:
    """Whether an output is what was promised, where a line of `...` stands for any lines."""
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n", promised, flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*?".join(parts), output) is not None


@pytest.mark.parametrize("readme", READMES)
def test_what_a_readme_shows_is_what_the_program_says(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, readme: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app").symlink_to(ROOT / "app")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    language = "zh_CN.UTF-8" if "zh" in readme else "en_US.UTF-8"
    person = Person(HEADROOM_DATABASE_URL=address(database.superuser), LANG=language)
    commands = list(shown(readme))
    assert len(commands) > 8
    for command, promised in commands:
        program, *words = shlex.split(command)
        assert program == "headroom"
        said = person.types(*words)
        assert said.code == 0, said.err
        assert agrees(said.out + said.err, promised), f"$ {command}\n{said.out}{said.err}"


def test_both_readmes_show_the_same_commands() -> None:
    first, second = ([command for command, _ in shown(readme)] for readme in READMES)
    assert first == second


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_lists_every_command_and_no_other(readme: str) -> None:
    listed = re.findall(r"`headroom ([a-z-]+)", (ROOT / readme).read_text(encoding="utf-8"))
    assert set(listed) == set(COMMANDS)


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_a_readme_names_exists(readme: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", "".join(SHELL.findall((ROOT / readme).read_text(encoding="utf-8")))))
    assert {"demo", "test"} <= named <= targets


@pytest.mark.parametrize("readme", READMES)
def test_every_file_a_readme_links_to_exists(readme: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / readme).read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []
