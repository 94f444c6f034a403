"""`insitechart schema plans`: which operations run compiled, by what, and why the others do not."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph.compiled import Plan, Plans
from graph.compiled.coverage import operations_for_all_fields
from ops.cli.document_files import DOCUMENTS
from ops.cli.printable import columns

_ALL = "every field"


@dataclass(slots=True)
class Row:
    """One operation: its field paths by the way they are resolved, or the reason why it has no plan."""

    source: str
    operation: str
    reason: str | None = None
    fields: int = 0
    kinds: dict[str, int] = field(default_factory=dict)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array instead of a table.")
def plans(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Show which operations run compiled, and why others fall back to graphql-core.

    FILES are GraphQL documents, and folders of these (.graphql, .gql). Without any: the operations of
    clients/operations, and every field of the schema.
    Columns count field paths: an attribute read, a batch over all parents, a method of each parent, a generic resolver.

    \b
    Examples:
      insitechart schema plans
      insitechart schema plans clients/operations/stock.graphql

    \b
    Exit codes: 0 all compile; 1 some fall back; 2 wrong use, or a document that the schema does not know.
    """  # noqa: D301 - click reads the backspace as "do not rewrap"
    from graph.schema import build_schema  # noqa: PLC0415 - helping needs no resolvers
    from ops.cli.endpoints import read_settings  # noqa: PLC0415 - as above
    from ops.cli.schema_source import ROOT  # noqa: PLC0415 - as above

    schema = build_schema(read_settings())._schema  # noqa: SLF001 - strawberry has no public way to the executable schema
    known = Plans(schema, most=1)
    chosen = files or (ROOT / "clients" / "operations",)
    rows = [row for path in chosen for file in _documents(path) for row in _rows_of(file, schema, known)]
    if not files:
        rows += every_field(schema, known)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        _print(rows)
    if any(row.reason is not None for row in rows):
        raise SystemExit(1)


def every_field(schema: GraphQLSchema, known: Plans) -> list[Row]:
    """Return a row for each field of the schema."""
    return [_row(_ALL, coordinate, text, known) for coordinate, text in operations_for_all_fields(schema)]


def _documents(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix in DOCUMENTS and not file.is_dir())
    if not found:
        raise click.BadParameter(f"{path}: no file ends in {' or '.join(DOCUMENTS)}", param_hint="FILES")
    return found


def _rows_of(file: Path, schema: GraphQLSchema, known: Plans) -> list[Row]:
    try:
        document = parse(file.read_text("utf-8"))
        errors = validate(schema, document)
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{file}: not UTF-8 at byte {error.start}", param_hint="FILES") from error
    except GraphQLError as error:
        raise click.BadParameter(f"{file}: {error}", param_hint="FILES") from error
    if errors:
        raise click.BadParameter(f"{file}: {errors[0]}", param_hint="FILES")
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return [
        _judged(Row(file.name, node.name.value if node.name else "(no name)"), known.explain(node, fragments, {}))
        for node in operations
    ]


def _row(source: str, operation: str, text: str, known: Plans) -> Row:
    node = parse(text).definitions[0]
    if not isinstance(node, OperationDefinitionNode):
        raise TypeError(f"not an operation: {text}")
    return _judged(Row(source, operation), known.explain(node, {}, {}))


def _judged(row: Row, found: Plan | str) -> Row:
    if isinstance(found, Plan):
        row.fields, row.kinds = found.size, dict(sorted(found.kinds.items()))
    else:
        row.reason = found
    return row


def _print(rows: list[Row]) -> None:
    table = Table("operation", "runs", "fields", "how", "in")
    fields = [row for row in rows if row.source == _ALL]
    for row in rows:
        if row.source != _ALL or row.reason is not None:
            how = (
                ", ".join(f"{kind} {count}" for kind, count in row.kinds.items()) if row.reason is None else row.reason
            )
            runs = "compiled" if row.reason is None else "graphql-core"
            table.add_row(escape(row.operation), runs, str(row.fields or ""), escape(how), escape(row.source))
    console = Console(width=columns(), emoji=False)
    console.print(table)
    if fields:
        compiled = sum(row.reason is None for row in fields)
        click.echo(f"{compiled} of the schema's {len(fields)} fields compile.")
