"""The published schema declares how long each of its lists can be."""

from graph.documents.cost_table import compile_costs
from graph.schema import build_schema
from ops.settings import Settings


def test_every_list_of_objects_declares_its_size() -> None:
    """A list without `@listSize`, its own or a parent's, would count as a full page and refuse honest queries."""
    schema = build_schema(Settings())._schema
    table = compile_costs(schema)
    sized_by_parent = {
        (type_, name)
        for fields in table.fields.values()
        for cost in fields.values()
        if cost.listing
        for type_ in cost.types
        for name in cost.listing.sized_fields
    }
    undeclared = {
        f"{type_}.{name}"
        for type_, fields in table.fields.items()
        for name, cost in fields.items()
        if cost.is_list and cost.types and not cost.listing and (type_, name) not in sized_by_parent
    }
    assert undeclared == set()
