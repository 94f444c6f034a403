"""`insitechart schema plans`: every field of the API runs compiled, and what does not is told."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.compiled import BATCH, Plans
from graph.compiled.coverage import operations_for_all_fields
from graph.schema import build_schema
from ops.cli import main
from ops.cli.schema_plans import every_field
from ops.settings import Settings
from resolvers import batched


def test_every_field_of_the_api_compiles() -> None:
    """None falls back to graphql-core."""
    schema = build_schema(Settings())._schema
    rows = every_field(schema, Plans(schema, most=1))
    objects = [kind for name, kind in schema.type_map.items() if not name.startswith("__") and hasattr(kind, "fields")]
    assert {row.operation for row in rows} <= {f"{kind.name}.{field}" for kind in objects for field in kind.fields}
    assert len({row.operation for row in rows}) > 100
    assert [(row.operation, row.reason) for row in rows if row.reason is not None] == []


def test_operations_reach_behind_interfaces() -> None:
    """The objects of `node` are found by fragments where nothing shorter leads to them."""
    schema = build_schema(Settings())._schema
    found = dict(operations_for_all_fields(schema))
    assert found["Stock.symbol"].startswith("query {") or found["Stock.symbol"].startswith("subscription {")
    assert "Mention.text" in found


def test_both_name_batches_alike() -> None:
    """The key under which resolvers declare batches is the one that the executor reads."""
    assert batched.BATCH == BATCH


def test_the_command_shows_our_operations() -> None:
    """All of clients/operations compile, so it ends well."""
    ran = CliRunner().invoke(main, ["schema", "plans", "--json"])
    assert ran.exit_code == 0, ran.output
    rows = {row["operation"]: row for row in json.loads(ran.output)}
    assert rows["StockPage"]["fields"] > 10
    assert sum(rows["StockPage"]["kinds"].values()) == rows["StockPage"]["fields"]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('query A { stock(symbol: "A") { name } }', 0, "compiled"),
        ("query B { __schema { types { name } } }", 1, "introspection"),
        ("{ nothing }", 2, "Cannot query field 'nothing'"),
        ("{ nothing", 2, "Syntax Error"),
        ("{ nothing \udcff }", 2, "not UTF-8 at byte 10"),
    ],
)
def test_a_file_is_judged(tmp_path: Path, text: str, code: int, said: str) -> None:
    """What compiles, what falls back and why, and what is no document of this schema."""
    file = tmp_path / "one.graphql"
    file.write_text(text, errors="surrogateescape")
    for place in (file, tmp_path):
        ran = CliRunner().invoke(main, ["schema", "plans", str(place)])
        assert ran.exit_code == code
        assert said in ran.output


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    """It would compile all there is, which is nothing."""
    (tmp_path / "notes.txt").write_text("{ nothing }")
    ran = CliRunner().invoke(main, ["schema", "plans", str(tmp_path)])
    assert ran.exit_code == 2
    assert "no file ends in .graphql or .gql" in ran.output
