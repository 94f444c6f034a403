"""The compiled executor can be lifted out."""

import ast
import sys
from pathlib import Path

import pytest

import graph.compiled

PACKAGE = Path(graph.compiled.__file__).parent
KNOWN = {"graphql", "strawberry", "msgspec"} | sys.stdlib_module_names


@pytest.mark.parametrize("file", sorted(PACKAGE.glob("*.py")), ids=lambda file: file.name)
def test_it_imports_nothing_of_this_project(file: Path) -> None:
    """The standard library, graphql-core, Strawberry, msgspec and itself: nothing that is to come is let in either."""
    tree = ast.parse(file.read_text())
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    foreign = [name for name in names if name.partition(".")[0] not in KNOWN and not name.startswith("graph.compiled")]
    assert foreign == []


@pytest.mark.parametrize("file", sorted(PACKAGE.glob("*.py")), ids=lambda file: file.name)
def test_it_makes_no_code(file: Path) -> None:
    """No text becomes Python: not a client's, not the schema's."""
    calls = [node.func for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    assert not names & {"exec", "eval", "compile", "__import__"}
