"""The compiler: an operation becomes selections of fields, once per document and choice of @skip and @include."""

from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import (
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FragmentDetails, GroupedFieldSet, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from graphql.pyutils import Path

from graph.compiled.abstract import AbstractCompleter
from graph.compiled.completion import Completer
from graph.compiled.failure import Unsupported
from graph.compiled.fields import TypenameField
from graph.compiled.leaf import LeafCompleter
from graph.compiled.lists import ListCompleter
from graph.compiled.objects import ObjectCompleter
from graph.compiled.output import build_conversion, build_output
from graph.compiled.resolution import SchemaFacts, build_field, is_read
from graph.compiled.selection import Field, Selection
from graph.compiled.site import Document, Site
from graph.compiled.timing import NO_COLUMN, TimedField, coordinate, dotted

MOST_FIELDS = 4_000
"""Field paths of a plan: abstract types multiply their fragments by their possible types."""


class Compiler:
    """Compiles one operation with one choice of the variables in @skip and @include."""

    def __init__(
        self,
        facts: SchemaFacts,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self._facts = facts
        self._document = Document(facts.schema, operation, dict(fragments))
        self._fragments = {name: FragmentDetails(node, None) for name, node in fragments.items()}
        self._variables = VariableValues({}, dict(variables))
        self.kinds: dict[str, int] = {}
        self.columns: list[TimedField] = []

    def compile(self) -> Selection:
        """Return the root selection. Raises Unsupported."""
        document = self._document
        root = document.schema.get_root_type(document.operation.operation)
        if root is None:
            raise Unsupported("no root type")
        collected = collect_fields(document.schema, self._fragments, self._variables, root, document.operation)
        return self._selection(root, collected.grouped_field_set, None, fatal=True)

    def _selection(
        self, parent: GraphQLObjectType, grouped: GroupedFieldSet, path: Path | None, *, fatal: bool
    ) -> Selection:
        """Compile a selection; `fatal` says that a null for its objects makes the whole answer null."""
        fields: list[Field] = []
        for key, details in grouped.items():
            name = details[0].node.name.value
            if name == "__typename":
                fields.append(TypenameField(key, parent.name))
            else:
                fields.append(self._field(parent, name, Path(path, key, parent.name), details, fatal=fatal))
            kind = fields[-1].kind
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
            if sum(self.kinds.values()) > MOST_FIELDS:
                raise Unsupported(f"more than {MOST_FIELDS} field paths")
        output: type[msgspec.Struct] = build_output(parent.name, fields)
        return Selection(fields, output, build_conversion(output, fields))

    def _field(self, parent: GraphQLObjectType, name: str, path: Path, details: list[Any], *, fatal: bool) -> Field:
        definition = self._document.schema.get_field(parent, name)
        if definition is None:
            raise Unsupported(f"unknown field {parent.name}.{name}")
        column = NO_COLUMN
        if not is_read(self._facts, definition):
            column = len(self.columns)
            self.columns.append(TimedField(dotted(path), coordinate(parent, name), ""))
        nodes = [one.node for one in details]
        site = Site(self._document, parent, name, definition, details, nodes, path, column)
        field = build_field(self._facts, site, self._completer(site, definition.type, path, fatal=fatal))
        if column != NO_COLUMN:
            self.columns[column] = self.columns[column]._replace(kind=field.kind)
        return field

    def _completer(self, site: Site, kind: GraphQLOutputType, path: Path, *, fatal: bool) -> Completer:
        fatal = fatal and is_non_null_type(kind)
        completer = self._by_kind(site, kind, path, fatal=fatal)
        completer.fatal = fatal
        return completer

    def _by_kind(self, site: Site, kind: GraphQLOutputType, path: Path, *, fatal: bool) -> Completer:
        required = is_non_null_type(kind)
        inner: Any = kind.of_type if is_non_null_type(kind) else kind
        if is_list_type(inner):
            return ListCompleter(site, self._completer(site, inner.of_type, path, fatal=fatal), required=required)
        if is_leaf_type(inner):
            return LeafCompleter(site, self._facts.readiness(inner), required=required)
        if is_abstract_type(inner):
            return self._abstract(site, inner, path, required=required, fatal=fatal)
        return self._object(site, inner, path, required=required, fatal=fatal)

    def _object(
        self, site: Site, kind: GraphQLObjectType, path: Path, *, required: bool, fatal: bool
    ) -> ObjectCompleter:
        document = self._document
        collected = collect_subfields(
            document.schema, self._fragments, self._variables, document.operation, kind, site.details
        )
        selection = self._selection(kind, collected.grouped_field_set, path, fatal=fatal)
        return ObjectCompleter(site, kind, selection, required=required)

    def _abstract(
        self, site: Site, kind: GraphQLAbstractType, path: Path, *, required: bool, fatal: bool
    ) -> AbstractCompleter:
        possible = self._document.schema.get_possible_types(kind)
        concrete = {one.name: self._object(site, one, path, required=False, fatal=fatal) for one in possible}
        return AbstractCompleter(site, kind, concrete, required=required)
