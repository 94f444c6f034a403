"""House rules that no linter knows: SQL stays in storage, and nothing is awaited before a load."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOADS = {"load", "load_many", "load_column", "load_segment"}
ROOMS = ("graph", "resolvers", "loaders", "ingest", "ops")
STATEMENT = re.compile(
    r"\b(SELECT\s+[\w*]|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX|TEMP)|COPY\s+\w+\s*\()"
)


def parsed(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of some rooms with its syntax tree."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text())


def docstrings(tree: ast.Module) -> set[int]:
    """Return the lines on which docstrings start; they may speak of SQL."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.body[0].lineno
        for node in ast.walk(tree)
        if isinstance(node, owners) and ast.get_docstring(node) is not None
    }


def statements(tree: ast.Module) -> list[str]:
    """Return the string constants that read like SQL."""
    spoken = docstrings(tree)
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.lineno not in spoken
        and STATEMENT.search(node.value)
    ]


def awaits_before_load(function: ast.AsyncFunctionDef) -> bool:
    """Tell whether some await starts, in source order, before the first call that loads."""
    loads = [
        (node.lineno, node.col_offset)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOADS
    ]
    awaits = [
        (node.value.lineno, node.value.end_lineno or 0, node.value.col_offset)
        for node in ast.walk(function)
        if isinstance(node, ast.Await)
    ]
    return bool(loads) and any(end < min(loads)[0] for _, end, _ in awaits)


def test_sql_stays_in_storage() -> None:
    """No room but storage holds a string that reads like SQL; the analysis of logs asks files, by DuckDB."""
    asks_files = Path("ops/log_analysis")
    found = {
        str(path): texts
        for path, tree in parsed(*ROOMS)
        if asks_files not in path.parents and (texts := statements(tree))
    }
    assert found == {}


def test_no_resolver_awaits_before_it_loads() -> None:
    """An await before a load splits the batch: rows that arrive a turn later miss it."""
    guilty = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in parsed("resolvers", "graph")
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef) and awaits_before_load(node)
    ]
    assert guilty == []


@pytest.mark.parametrize(
    ("source", "guilty"),
    [
        ("async def f():\n    await g()\n    return await loader.load(1)", True),
        ("async def f():\n    return await loader.load(1)", False),
        ("async def f():\n    row = await loader.load(1)\n    await g(row)", False),
    ],
)
def test_the_await_rule_sees_what_it_should(source: str, guilty: bool) -> None:  # noqa: FBT001 - a parameter set
    """The rule's own proof: it finds the mistake and lets the rest be."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.AsyncFunctionDef)
    assert awaits_before_load(function) is guilty


def test_the_sql_rule_sees_what_it_should() -> None:
    """The rule's own proof: a statement is found, prose and a docstring are not."""
    assert statements(ast.parse('x = "SELECT symbol FROM stocks"')) == ["SELECT symbol FROM stocks"]
    assert statements(ast.parse('"""SELECT a FROM b."""\nx = "Select a file"')) == []


def test_files_stay_short() -> None:
    """A file is read in one sitting: 250 lines at most."""
    rooms = (*ROOMS, "storage", "tests")
    long = {
        str(path.relative_to(ROOT)): lines
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 250
    }
    assert long == {}
