"""A command that is stopped from outside, or given words that are no text, ends with its own words and exit code."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.desk import World
from app.cli.main import run
from app.cli.options import LANGUAGES
from tests.cli.program import Person

GBK_WANG = os.fsdecode("王".encode("gbk"))
"""A name as it arrives from a terminal that writes GBK."""


class _Stream(io.StringIO):
    """A stream on which writing is stopped from outside."""

    def __init__(self, stop: BaseException) -> None:
        super().__init__()
        self._stop = stop

    def write(self, text: str) -> int:
        raise self._stop


def _world(stop: BaseException, notes: io.StringIO) -> World:
    return World(stdin=io.BytesIO(), stdout=_Stream(stop), stderr=notes, environment={}, now=lambda: 0)


@pytest.mark.parametrize("words", [("--help",), ("add", "LineFrozen")])
def test_ctrl_c_ends_a_command_with_a_sentence_and_the_exit_code_of_the_signal(words: tuple[str, ...]) -> None:
    notes = io.StringIO()
    assert run(words, _world(KeyboardInterrupt(), notes)) == 130
    assert notes.getvalue() == "Stopped. Nothing is recorded in part.\n"


@pytest.mark.parametrize("module", ["app.cli.main", "click", "app.cli.program"])
@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("en_US.UTF-8", "Stopped. Nothing is recorded in part.\n"), ("zh_CN.UTF-8", "已停止。不会只记下一部分。\n")],
)
def test_ctrl_c_while_the_program_is_loaded_ends_it_the_same_way(module: str, locale: str, sentence: str) -> None:
    """The signal comes just when a module is looked for; a shell that began these tests aside may ignore it."""
    pressed = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Pressed:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "from app.cli.start import main\nmain()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", pressed, "--help"],
        env=os.environ | {"LC_ALL": locale},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr.decode()) == (130, b"", sentence)


@pytest.mark.parametrize("words", [("--help",), ("add", "LineFrozen")])
def test_an_answer_nobody_reads_any_more_is_left_to_the_door(words: tuple[str, ...]) -> None:
    with pytest.raises(BrokenPipeError):
        run(words, _world(BrokenPipeError(errno.EPIPE, "closed"), io.StringIO()))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(("language", "sentence"), [("en", "could not be written whole"), ("zh", "回答没能写完")])
def test_an_answer_for_which_there_is_no_room_ends_with_a_sentence(language: str, sentence: str) -> None:
    begin = "from app.cli.main import main; main()"
    program = [sys.executable, "-X", "utf8", "-c", begin, "--help", "--lang", language]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("position", GBK_WANG), "HOUSEHOLD"),
        (("changes", "lin", "--line", GBK_WANG), "--line"),
        (("add", "LineFrozen", "line=card", f"note={GBK_WANG}", "--household", "lin"), "FIELD=VALUE"),
    ],
)
def test_a_word_that_is_no_text_is_refused_with_its_place(person: Person, words: tuple[str, ...], place: str) -> None:
    for language in LANGUAGES:
        said = person.types(*words, "--lang", language)
        assert said.code == 2
        assert place in said.err
        assert "UTF-8" in said.err


def test_a_file_may_have_a_name_that_is_no_text(person: Person) -> None:
    said = person.types("record", f"{GBK_WANG}.jsonl")
    assert said.code == 1
    assert "There is no file" in said.err


@pytest.mark.parametrize(
    ("closed", "said"), [("<&-", b"Usage"), (">&-", b""), ("2>&-", b"Usage"), ("<&- 2>&-", b"Usage")]
)
def test_a_program_started_with_closed_streams_still_ends_by_itself(closed: str, said: bytes) -> None:
    program = [sys.executable, "-c", "from app.cli.main import main; main()", "--help"]
    ended = subprocess.run(["/bin/sh", "-c", f'exec "$0" "$@" {closed}', *program], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(said)
