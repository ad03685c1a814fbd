"""The house's rules that a tool can hold: sizes, names, sources of time and chance, reasons, nothing of any machine."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
ROOMS = ("ledger", "projections", "scheduler", "app", "ops", "tests")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "service", "base", "misc", "shared"}
PURE = ("ledger", "projections")
"""Rooms where time, chance and identity come in as arguments."""
CHANCE = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "os.urandom", "secrets.token_bytes", "secrets.token_hex", "uuid.uuid4", "uuid4", "uuid1",
    "random.random", "random.randrange", "random.choice",
}  # fmt: skip
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover)")
REASONED = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[a-z-, ]+\]|pragma: no cover)\s+(#|-) \S.{5,}")
HOSTS = re.compile(
    "|".join(
        (
            "pypi" + r"\.org",
            "python" + "hosted",
            "npm" + r"js\.",
            "files" + r"\.python",
            "tuna" + r"\.",
            "mirrors" + r"\.",
        )
    )
)
PATHS = re.compile("|".join(("/wo" + "rk/", "/ro" + "ot/", "/work" + "space/", r"\.py" + "env/")))


def sources(*rooms: str) -> list[Path]:
    """The Python files of some rooms."""
    return sorted(file for room in rooms for file in (HOUSE / room).rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    """A file's syntax, read once."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def place(file: Path, node: ast.AST | None = None) -> str:
    """Where a rule is broken, as an editor understands it."""
    line = getattr(node, "lineno", 1)
    return f"{file.relative_to(HOUSE)}:{line}"


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, inner ones too."""
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def dotted(node: ast.expr) -> str:
    """The name by which something is called."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def tracked() -> list[Path]:
    """Every file under version control."""
    if not (HOUSE / ".git").exists():
        pytest.skip("this is no checkout, so there is no list of its files")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    return [HOUSE / name for name in listed.split("\0") if name and (HOUSE / name).is_file()]


def written_lines(file: Path) -> int:
    """Lines that say something; blank ones cost a reader nothing."""
    return sum(1 for line in file.read_text(encoding="utf-8").splitlines() if line.strip())


def test_no_module_is_longer_than_can_be_read_in_one_sitting() -> None:
    sizes = {place(file): written_lines(file) for file in sources(*ROOMS)}
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    sizes = {
        f"{place(file, function)} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for file in sources(*ROOMS)
        for function in functions(tree(file))
    }
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [place(file) for file in sources(*ROOMS) if file.stem.strip("_") in VAGUE] == []


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    silent = [file for file in sources(*ROOMS) if tree(file).body and not ast.get_docstring(tree(file))]
    assert [place(file) for file in silent] == []


def test_every_public_function_and_class_says_what_it_means() -> None:
    """The facts themselves are told by the contract; their names and fields are its words."""
    silent = [
        f"{place(file, node)} {node.name}"
        for file in sources("ledger", "projections", "scheduler", "app")
        if file != HOUSE / "ledger" / "events.py"
        for node in tree(file).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_money_is_never_a_floating_point_number() -> None:
    found = [
        place(file, node)
        for file in sources(*PURE)
        if "store" not in file.parts
        for node in ast.walk(tree(file))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    assert found == []


def test_time_and_chance_come_in_as_arguments() -> None:
    found = [
        f"{place(file, node)} {dotted(node.func)}"
        for file in sources(*PURE)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and dotted(node.func) in CHANCE
    ]
    assert found == []


def test_every_suppression_carries_its_reason() -> None:
    bare = [
        f"{file.relative_to(HOUSE)}:{number}"
        for file in sources(*ROOMS)
        if file != Path(__file__)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if SUPPRESSION.search(line) and not REASONED.search(line)
    ]
    assert bare == []


def test_an_import_inside_a_function_says_why_it_is_there() -> None:
    unexplained = [
        place(file, node)
        for file in sources("ledger", "projections", "scheduler", "app")
        for function in functions(tree(file))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and not REASONED.search(file.read_text(encoding="utf-8").splitlines()[node.lineno - 1])
    ]
    assert unexplained == []


def test_nothing_speaks_of_a_machine_or_of_where_packages_come_from() -> None:
    found = []
    for file in tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(HOUSE)}: {hit}" for hit in (*HOSTS.findall(text), *PATHS.findall(text))]
    assert found == []


def test_money_is_rounded_in_one_place() -> None:
    """Python's own rounding, halves to even, would be a second home of that rule, and another one."""
    found = [
        f"{place(file, node)} {ast.unparse(node.func)}"
        for file in sources(*PURE)
        if file != HOUSE / "ledger" / "money.py"
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in {"round", "quantize", "ceil", "floor", "to_integral_value"}
    ]
    assert found == []
