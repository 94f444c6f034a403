"""An operation prepared for being asked again: what its requests have in common is worked out once.

The first request of an operation is admitted the long way, and so is every later one with variables that are not plain
(missing, null, an input object, wrong): the long way knows what to say of them.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    get_variable_values,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource

from graph.documents.arguments import trait

_MOST_COSTS = 64
_PLAIN = (str, int, float, bool, Enum)


class PreparedOperation:
    """Variables of plain types coerced without a walk, and the costs that were found so far."""

    __slots__ = ("_costs", "_priced_by", "_variables", "kind", "kind_name", "name", "names", "unvaried")

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode, list_items: int) -> None:
        definitions = operation.variable_definitions or ()
        self.names = frozenset(definition.variable.name.value for definition in definitions)
        self.unvaried: Any = None
        self.kind = operation.operation
        self.kind_name: str = operation.operation.value
        self.name = operation.name.value if operation.name else None
        self._variables = [_Variable(schema, definition, list_items) for definition in definitions]
        self._priced_by: tuple[str, ...] = ()
        self._costs: dict[tuple[object, ...], int] = {}

    def coerce(self, raw: Mapping[str, Any]) -> VariableValues | None:
        """Return what graphql-core's coercion returns; None where that is to be asked."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for variable in self._variables:
            value = raw.get(variable.name, Undefined)
            if value is not Undefined:
                sources[variable.name] = VariableValueSource(variable.signature, value)
                value = variable.coerce(value)
                if value is Undefined:
                    return None
                coerced[variable.name] = value
            elif variable.optional:
                sources[variable.name] = variable.absent
                coerced.update(variable.default)
            else:
                return None
        return VariableValues(sources, coerced)

    def cost(self, variables: dict[str, Any], find: Callable[[Mapping[str, Any]], int]) -> int:
        """Return the cost for some variables; `find` is asked where those that decide it have new values."""
        key = tuple([trait(variables.get(name)) for name in self._priced_by])
        known = self._costs.get(key)
        if known is not None:
            return known
        watched = _Watched(variables)
        found = find(watched)
        deciding = watched.read.union(self._priced_by)
        if len(deciding) > len(self._priced_by) or len(self._costs) >= _MOST_COSTS:
            self._priced_by = tuple(sorted(deciding))
            self._costs = {}
        self._costs[tuple([trait(variables.get(name)) for name in self._priced_by])] = found
        return found


class _Variable:
    """One declared variable. `optional` tells that it may be left out, `default` is what it then is."""

    __slots__ = ("_item", "_leaf", "_longest", "absent", "default", "name", "optional", "signature")

    def __init__(self, schema: GraphQLSchema, definition: VariableDefinitionNode, list_items: int) -> None:
        self.name = definition.variable.name.value
        signature = get_variable_signature(schema, definition)
        if isinstance(signature, GraphQLError):  # validation refuses it
            raise signature
        self.signature: GraphQLVariableSignature = signature
        self.absent = VariableValueSource(signature)
        without = get_variable_values(schema, [definition], {})
        self.default: dict[str, Any] = {} if isinstance(without, list) else without.coerced
        plain = all(value is None or isinstance(value, _PLAIN) for value in self.default.values())
        self.optional = plain and not isinstance(without, list)
        self._longest = list_items
        named: Any = _nullable(signature.type)
        self._leaf: Callable[[Any], Any] | None = named.coerce_input_value if is_leaf_type(named) else None
        item: Any = _nullable(named.of_type) if is_list_type(named) else None
        self._item: Callable[[Any], Any] | None = item.coerce_input_value if is_leaf_type(item) else None

    def coerce(self, value: Any) -> Any:
        """Return the coerced value, or Undefined where it is not plain."""
        try:
            if self._leaf is not None and not isinstance(value, list | dict | None):
                return self._leaf(value)
            if self._item is not None and type(value) is list and len(value) <= self._longest:
                return [self._item(one) if one is not None else _refused() for one in value]
        except Exception:  # noqa: BLE001 - whatever is wrong with it, graphql-core says it in full
            return Undefined
        return Undefined


class _Watched(dict[str, Any]):
    """Variables that note which of them are read."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        super().__init__(variables)
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


def _nullable(declared: Any) -> Any:
    return declared.of_type if is_non_null_type(declared) else declared


def _refused() -> Any:
    raise ValueError("a null in a list is graphql-core's to judge")
